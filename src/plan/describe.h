// How plain structs are printed, saved and loaded from one declaration of their fields.
//
// A struct has   template <class Visitor> void Describe(Visitor& visit) { visit("limit", limit); }
// and the visitors here take bool, integers, doubles, texts, enums, fields, expressions, optionals,
// vectors and other structs with Describe. A field or expression that may be null is declared with
// visit.MayBeNull("output", output): a null one elsewhere is damage. Of a list
// declared with visit.Counted("rules", rules) only the length is printed, of what is declared with
// visit.Unprinted(…) nothing. Members that must fit
// each other have a say in   bool WellFormed(const Registry& entries) const   what else is
// damage.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "base/bytes.h"
#include "base/span.h"
#include "plan/expr.h"

namespace spelk::plan {

class Registry;

// What loading needs beside the bytes: where names are interned and entries looked up.
struct LoadContext {
  FieldTable* fields = nullptr;
  const Registry* entries = nullptr;
  int depth = 0;  // Of nested expressions and plans; bounded.
};

// Whether ids and places in the text are saved too. Without them, equal bytes mean equal work.
enum class SaveDetail : uint8_t { kAll, kWithoutIdentity };
void SaveExpr(const Expr& expr, ByteWriter& out, SaveDetail detail = SaveDetail::kAll);
// Null, with the reader failed, for damaged bytes or unknown functions.
ExprPtr LoadExpr(ByteReader& in, LoadContext& context);

namespace describe_internal {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

}  // namespace describe_internal

// name=value, …; what is false, empty or null is left out.
class PrintVisitor {
 public:
  template <class T>
  void operator()(std::string_view name, T& value) {
    std::string text = Render(value);
    if (text.empty()) return;
    if (!out_.empty()) out_ += ' ';
    out_ += name;
    out_ += '=';
    out_ += text;
  }
  template <class T>
  void MayBeNull(std::string_view name, T& value) {
    (*this)(name, value);
  }
  template <class T>
  void Counted(std::string_view name, const T& list) {
    const size_t size = list.size();
    if (size > 0) (*this)(name, size);
  }
  template <class T>
  void Unprinted(std::string_view, const T&) {}
  const std::string& text() const { return out_; }

 private:
  template <class T>
  static std::string Render(T& value) {
    if constexpr (std::is_same_v<T, Span>) {
      return "";
    } else if constexpr (std::is_same_v<T, bool>) {
      return value ? "true" : "";
    } else if constexpr (std::is_enum_v<T>) {
      return std::string(NameOf(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
      return fmt::format("{}", value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      return value.empty() ? "" : fmt::format("\"{}\"", value);
    } else if constexpr (std::is_same_v<T, Field>) {
      return value ? std::string(value.name()) : "";
    } else if constexpr (std::is_same_v<T, ExprPtr>) {
      return value == nullptr ? "" : Print(*value);
    } else if constexpr (std::is_same_v<T, Pattern>) {
      return fmt::format("\"{}\"", value.text);
    } else if constexpr (describe_internal::IsOptional<T>::value) {
      return value ? Render(*value) : "";
    } else if constexpr (describe_internal::IsVector<T>::value) {
      std::string list;
      for (auto& each : value) {
        if (!list.empty()) list += ", ";
        list += Render(each);
      }
      return value.empty() ? "" : "[" + list + "]";
    } else {
      PrintVisitor inner;
      value.Describe(inner);
      return "(" + inner.text() + ")";
    }
  }

  std::string out_;
};

class SaveVisitor {
 public:
  explicit SaveVisitor(ByteWriter& out, SaveDetail detail = SaveDetail::kAll)
      : out_(out), detail_(detail) {}
  // The id of a node or an expression, what it came from, and its place in the text.
  template <class T>
  void Identity(T& part) {
    if (detail_ == SaveDetail::kWithoutIdentity) return;
    Save(part.id);
    Save(part.from);
    Save(part.span);
  }
  template <class T>
  void operator()(std::string_view, T& value) {
    Save(value);
  }
  template <class T>
  void MayBeNull(std::string_view, T& value) {
    Save(value);
  }
  template <class T>
  void Counted(std::string_view, T& value) {
    Save(value);
  }
  template <class T>
  void Unprinted(std::string_view, T& value) {
    Save(value);
  }

 private:
  template <class T>
  void Save(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.Bool(value);
    } else if constexpr (std::is_enum_v<T>) {
      out_.Byte(static_cast<uint8_t>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
      out_.Double(value);
    } else if constexpr (std::is_integral_v<T>) {
      out_.Fixed(static_cast<int64_t>(value));
    } else if constexpr (std::is_same_v<std::remove_const_t<T>, Span>) {
      if (detail_ == SaveDetail::kWithoutIdentity) return;
      out_.Fixed(value.begin);
      out_.Fixed(value.end);
    } else if constexpr (std::is_same_v<T, std::string>) {
      out_.Text(value);
    } else if constexpr (std::is_same_v<T, Field>) {
      out_.Bool(static_cast<bool>(value));
      if (value) out_.Text(value.name());
      if (value) out_.Bool(value.hidden());
    } else if constexpr (std::is_same_v<T, ExprPtr>) {
      out_.Bool(value != nullptr);
      if (value != nullptr) SaveExpr(*value, out_, detail_);
    } else if constexpr (std::is_same_v<T, Pattern>) {
      out_.Text(value.text);
      out_.Bool(value.exact_case);
    } else if constexpr (describe_internal::IsOptional<T>::value) {
      out_.Bool(value.has_value());
      if (value) Save(*value);
    } else if constexpr (describe_internal::IsVector<T>::value) {
      out_.Varint(value.size());
      for (auto& each : value) Save(each);
    } else {
      value.Describe(*this);
    }
  }

  ByteWriter& out_;
  SaveDetail detail_;
};

// The hidden field of that name, or a null field.
Field HiddenField(std::string_view name);

class LoadVisitor {
 public:
  LoadVisitor(ByteReader& in, LoadContext& context) : in_(in), context_(context) {}
  template <class T>
  void operator()(std::string_view, T& value) {
    Load(value);
  }
  template <class T>
  void MayBeNull(std::string_view, T& value) {
    may_be_null_ = true;
    Load(value);
    may_be_null_ = false;
  }
  template <class T>
  void Counted(std::string_view, T& value) {
    Load(value);
  }
  template <class T>
  void Unprinted(std::string_view, T& value) {
    may_be_null_ = true;
    Load(value);
    may_be_null_ = false;
  }
  template <class T>
  void Identity(T& part) {
    Load(part.id);
    Load(part.from);
    Load(part.span);
  }
  // Fails if the loaded struct is not well formed.
  template <class T>
  void Check(const T& loaded) {
    if constexpr (requires { loaded.WellFormed(*context_.entries); }) {
      if (!in_.failed() && !loaded.WellFormed(*context_.entries)) in_.Fail();
    }
  }

 private:
  template <class T>
  void Load(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = in_.Bool();
    } else if constexpr (std::is_enum_v<T>) {
      const uint8_t number = in_.Byte();
      value = number < EnumSize(T{}) ? static_cast<T>(number) : T{};
    } else if constexpr (std::is_floating_point_v<T>) {
      value = in_.Double();
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(in_.Fixed<int64_t>());
    } else if constexpr (std::is_same_v<T, Span>) {
      value.begin = in_.Fixed<uint32_t>();
      value.end = in_.Fixed<uint32_t>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = std::string(in_.Text());
    } else if constexpr (std::is_same_v<T, Field>) {
      value = LoadField();
    } else if constexpr (std::is_same_v<T, ExprPtr>) {
      value = NextIsNull() ? nullptr : LoadExpr(in_, context_);
    } else if constexpr (std::is_same_v<T, Pattern>) {
      value.text = std::string(in_.Text());
      value.exact_case = in_.Bool();
    } else if constexpr (describe_internal::IsOptional<T>::value) {
      value.reset();
      if (in_.Bool()) Load(value.emplace());
    } else if constexpr (describe_internal::IsVector<T>::value) {
      value.clear();
      const size_t count = in_.Count();
      for (size_t i = 0; i < count && !in_.failed(); ++i) Load(value.emplace_back());
    } else {
      value.Describe(*this);
      Check(value);
    }
  }
  Field LoadField() {
    if (NextIsNull()) return {};
    const std::string_view name = in_.Text();
    const Field field = in_.Bool() ? HiddenField(name) : context_.fields->Intern(name);
    if (!field) in_.Fail();
    return field;
  }
  bool NextIsNull() {
    if (in_.Bool()) return false;
    if (!may_be_null_) in_.Fail();
    return true;
  }

  ByteReader& in_;
  LoadContext& context_;
  bool may_be_null_ = false;
};

// Calls `take` with every expression of a struct, so that rules can rewrite them in place. What
// several plans share is left out.
template <class Take>
class ExprVisitor {
 public:
  explicit ExprVisitor(Take& take) : take_(take) {}
  template <class T>
  void operator()(std::string_view, T& value) {
    Visit(value);
  }
  template <class T>
  void MayBeNull(std::string_view, T& value) {
    Visit(value);
  }
  template <class T>
  void Counted(std::string_view, T& value) {
    Visit(value);
  }
  template <class T>
  void Unprinted(std::string_view, T& value) {
    Visit(value);
  }

 private:
  template <class T>
  void Visit(T& value) {
    if constexpr (requires { T::kIsShared; }) {
      return;  // Others read them, too.
    } else if constexpr (std::is_same_v<T, ExprPtr>) {
      if (value != nullptr) take_(value);
    } else if constexpr (describe_internal::IsOptional<T>::value) {
      if (value) Visit(*value);
    } else if constexpr (describe_internal::IsVector<T>::value) {
      for (auto& each : value) Visit(each);
    } else if constexpr (std::is_class_v<T> && requires { value.Describe(*this); }) {
      value.Describe(*this);
    }
  }

  Take& take_;
};

}  // namespace spelk::plan
