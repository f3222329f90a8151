// Which of the values that a field has comes nearest to what was asked for, and how it differs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/why/field_profile.h"

namespace spelk::engine {

// How values are compared.
enum class Comparison : uint8_t {
  kSearch,  // Case ignored, `*` any run.
  kEval,    // Exact.
  kLike,    // Exact, `%` any run, `_` one character.
  kRegex,   // Anywhere in the value.
};

enum class Difference : uint8_t {
  kCase,         // Letters in other case.
  kStars,        // It would match if `*` meant any run.
  kQuestions,    // It would match if `?` meant any character.
  kPercents,     // It would match if `%` meant any run.
  kMarks,        // Quotes, a comma or a semicolon around it.
  kPath,         // The value ends with it, after a slash or backslash.
  kFileName,     // It ends with the value, after a slash or backslash.
  kContains,     // The value holds it.
  kBackslashes,  // Other backslashes.
  kBlanks,       // Other blanks.
  kNumber,       // The same number, written otherwise.
  kAnchors,      // Without ^ and $ the regular expression matches.
  kRegexText,    // As plain text, not as a regular expression, the value holds it.
  kSpelling,     // A few other letters.
};

struct Nearest {
  std::string value;
  Difference difference = Difference::kSpelling;
  uint64_t rows = 0;  // That have a value with this difference.
};

// Whether a value meets it as it stands.
bool AnyMeets(std::string_view wanted, Comparison comparison, const FieldValues& values);
// Nothing if no value is near.
std::optional<Nearest> FindNearest(std::string_view wanted, Comparison comparison,
                                   const FieldValues& values);

// How many letters must be changed, added or left out; `most` + 1 if more than that.
size_t EditDistance(std::string_view a, std::string_view b, size_t most);

}  // namespace spelk::engine
