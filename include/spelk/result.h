// spelk/result.h: values or errors. Standard library only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace spelk {

// What kind of thing went wrong.
enum class ErrorKind : uint8_t {
  kQuery,        // The query is wrong; details() says where.
  kUnsupported,  // Splunk documents it, spelk does not have it yet.
  kNotFound,     // A macro, an input, an app folder is missing.
  kLimit,        // A limit was reached; the message names it and how to raise it.
  kInput,        // Input could not be read, or a line is broken under RunOptions::strict.
  kCancelled,    // Stopped from outside.
  kInternal,     // A bug of spelk's; please report it.
};

// One problem of a query or a run. Of a query it has its place in the text as it was given to
// Compile; what a run warns of may have none, which is a length of 0.
struct ErrorDetail {
  std::string code;  // "E0203"; warnings begin with W.
  bool warning = false;
  size_t offset = 0;  // In bytes.
  size_t length = 0;
  size_t line = 1;  // Line and column count from 1, columns in Unicode code points.
  size_t column = 1;
  std::string message;  // "dedup has no option \"keepnull\""
  std::vector<std::string> notes;
  std::string rendered;  // Place, message, the line with a caret, notes: for people.
};

// Why something failed. Cheap to move, safe to copy.
class Error {
 public:
  Error() = default;
  Error(ErrorKind kind, std::string message, std::vector<ErrorDetail> details = {})
      : kind_(kind), message_(std::move(message)), details_(std::move(details)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  // "E0501" of a limit, "E0601" of an input, "E0406" of what is missing; else that of the first
  // detail, or empty.
  std::string code() const;
  // Empty unless the query is at fault.
  const std::vector<ErrorDetail>& details() const { return details_; }
  // All details for people, or the message alone. Ends with a newline.
  std::string Render() const;

 private:
  ErrorKind kind_ = ErrorKind::kInternal;
  std::string message_;
  std::vector<ErrorDetail> details_;
};

// A T, or the Error that stands in its place. Asking for what is not there ends the program.
template <class T>
class [[nodiscard]] Result {
 public:
  // Both may stand where a Result is returned.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace spelk
