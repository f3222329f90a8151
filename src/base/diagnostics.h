// Diagnostics: what is wrong with a query, with its place, for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/error_codes.h"
#include "base/source.h"
#include "base/span.h"

namespace spelk {

enum class Severity { kError, kWarning };

struct Diagnostic {
  ErrorCode code = ErrorCode::kSyntax;
  Severity severity = Severity::kError;
  Span span;            // In Source::text().
  std::string message;  // Lower case, no full stop, what was seen in quotes.
  std::vector<std::string> notes;
};

// "E0203", "W0101".
std::string CodeText(ErrorCode code);
// A text as messages quote it. One that holds a double quote stands for itself.
std::string InQuotes(std::string_view text);

// The diagnostic as people read it: place, code, message, the line, a caret, notes.
//   failed_logins.spl:3:9: error E0203: dedup has no option "keepnull"
//     | dedup keepnull=true host
//             ^^^^^^^^
//     note: its options are consecutive, keepempty, keepevents
std::string Render(const Diagnostic& diagnostic, const Source& source);
// The same of anything that is said of a piece of source.written(); `label` stands for severity and
// code, `place` is shown as it is: the text may stand in the middle of a file.
std::string RenderAt(const Source& source, Span written, LineColumn place, std::string_view label,
                     std::string_view message, const std::vector<std::string>& notes);

// The status of a problem of the query that shows only when it runs; it carries all of it.
absl::Status ErrorAt(ErrorCode code, Span span, std::string message,
                     std::vector<std::string> notes = {});
// What such a status carries.
std::optional<Diagnostic> DiagnosticOf(const absl::Status& status);

// Collects the problems of one query. Not thread-safe: a query is compiled by one thread.
class Diagnostics {
 public:
  // Adds an error and returns the status that carries on: InvalidArgument, or Unimplemented and
  // NotFound for the codes that stand for those. The status holds the first line only.
  absl::Status Error(ErrorCode code, Span span, std::string message,
                     std::vector<std::string> notes = {});
  // Adds a warning; an equal warning (code and message) is added once.
  void Warn(ErrorCode code, Span span, std::string message, std::vector<std::string> notes = {});

  // Puts what was added since there were `from` of them into the order of the text, errors first.
  void SortByPlace(size_t from = 0);

  bool has_errors() const { return errors_ > 0; }
  // The status of the first error since then; ok if there is none.
  absl::Status FirstError(size_t from = 0) const;
  const std::vector<Diagnostic>& all() const { return all_; }

 private:
  std::vector<Diagnostic> all_;
  size_t errors_ = 0;
};

}  // namespace spelk
