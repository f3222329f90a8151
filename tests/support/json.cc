// Reading and comparing JSON.
#include "support/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "io/json_text.h"

namespace spelk::tests {
namespace {

constexpr int kMostDepth = 500;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Value(Json* out, int depth = 0) {
    SkipBlanks();
    if (depth > kMostDepth || at_end()) return false;
    switch (text_[at_]) {
      case '{':
        return Object(out, depth);
      case '[':
        return Array(out, depth);
      case '"':
        out->kind = Json::Kind::kText;
        return Text(&out->text);
      default:
        return Scalar(out);
    }
  }
  void SkipBlanks() {
    while (!at_end() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool at_end() const { return at_ == text_.size(); }
  size_t at() const { return at_; }

 private:
  bool Take(char c) {
    SkipBlanks();
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool Text(std::string* out) {
    if (!Take('"')) return false;
    const size_t begin = at_;
    while (!at_end() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) return false;
    io::AppendUnescaped(text_.substr(begin, at_ - begin), *out);
    ++at_;
    return true;
  }

  bool Scalar(Json* out) {
    const size_t begin = at_;
    while (!at_end() && std::string_view(" \t\r\n,]}{[").find(text_[at_]) == std::string_view::npos)
      ++at_;
    out->text = text_.substr(begin, at_ - begin);
    if (out->text == "null") {
      out->kind = Json::Kind::kNull;
    } else if (io::IsJsonLiteral(out->text)) {
      out->kind = Json::Kind::kBoolean;
    } else {
      out->kind = Json::Kind::kNumber;
      return io::IsJsonNumber(out->text);
    }
    return true;
  }

  bool Array(Json* out, int depth) {
    out->kind = Json::Kind::kArray;
    ++at_;
    if (Take(']')) return true;
    do {
      if (!Value(&out->items.emplace_back(), depth + 1)) return false;
    } while (Take(','));
    return Take(']');
  }

  bool Object(Json* out, int depth) {
    out->kind = Json::Kind::kObject;
    ++at_;
    if (Take('}')) return true;
    do {
      auto& [name, value] = out->members.emplace_back();
      if (!Text(&name) || !Take(':') || !Value(&value, depth + 1)) return false;
    } while (Take(','));
    return Take('}');
  }

  std::string_view text_;
  size_t at_ = 0;
};

std::optional<double> NumberOf(const Json& value) {
  if (value.kind != Json::Kind::kNumber && value.kind != Json::Kind::kText) return std::nullopt;
  double number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

bool SameNumber(double want, double got) {
  return want == got || std::fabs(want - got) <= 1e-9 * std::max(std::fabs(want), std::fabs(got));
}

bool SameList(const Json& want, const Json& got) {
  const std::vector<Json> one_want{want}, one_got{got};
  const auto& w = want.kind == Json::Kind::kArray ? want.items : one_want;
  const auto& g = got.kind == Json::Kind::kArray ? got.items : one_got;
  return std::equal(w.begin(), w.end(), g.begin(), g.end(), SameValue);
}

}  // namespace

const Json* Json::Find(std::string_view name) const {
  for (const auto& [member, value] : members) {
    if (member == name) return &value;
  }
  return nullptr;
}

std::optional<Json> ParseJson(std::string_view text) {
  Json value;
  Reader reader(text);
  if (!reader.Value(&value)) return std::nullopt;
  reader.SkipBlanks();
  if (!reader.at_end()) return std::nullopt;
  return value;
}

std::optional<std::vector<std::string>> SplitJson(std::string_view text) {
  std::vector<std::string> values;
  Reader reader(text);
  for (reader.SkipBlanks(); !reader.at_end(); reader.SkipBlanks()) {
    const size_t begin = reader.at();
    Json ignored;
    if (!reader.Value(&ignored)) return std::nullopt;
    values.emplace_back(text.substr(begin, reader.at() - begin));
  }
  return values;
}

bool SameValue(const Json& want, const Json& got) {
  if (want.kind == Json::Kind::kArray || got.kind == Json::Kind::kArray) return SameList(want, got);
  if (want.kind == Json::Kind::kObject || got.kind == Json::Kind::kObject) {
    return want.kind == got.kind && SameRow(want, got);
  }
  if (want.kind == Json::Kind::kNumber || got.kind == Json::Kind::kNumber) {
    const std::optional<double> w = NumberOf(want), g = NumberOf(got);
    if (w && g) return SameNumber(*w, *g);
  }
  return (want.kind == Json::Kind::kNull) == (got.kind == Json::Kind::kNull) &&
         want.text == got.text;
}

bool SameRow(const Json& want, const Json& got) {
  const auto covers = [](const Json& all, const Json& some) {
    return std::all_of(some.members.begin(), some.members.end(), [&all](const auto& member) {
      if (member.value.kind == Json::Kind::kNull) return true;
      const Json* other = all.Find(member.name);
      return other != nullptr && SameValue(member.value, *other);
    });
  };
  return covers(got, want) && covers(want, got);
}

}  // namespace spelk::tests
