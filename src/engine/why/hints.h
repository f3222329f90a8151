// Hints: how something that does not match was likely meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "engine/why/field_profile.h"
#include "engine/why/nearest.h"
#include "plan/expr.h"

namespace spelk::engine {

inline constexpr std::string_view kNullHint = "a missing field makes the comparison null";
inline constexpr std::string_view kMultiHint =
    "it has several values in each row: mvfilter() or mvexpand looks at each";
inline constexpr std::string_view kConstantsHint =
    "compares two constants; a field's name stands without quotes, or in single ones";

// A text as it must be written between double quotes.
std::string Escaped(std::string_view text);
// A field's name as it must be written in an expression.
std::string InEval(std::string_view field);
std::string StarsToPercents(std::string_view text);

// How a value differs from what was asked for, and what to write instead; empty if that is plain.
std::string HintFor(std::string_view field, std::string_view wanted, Comparison comparison,
                    Difference difference);
// What is wrong with a pattern whatever the values are.
std::string HintForPattern(std::string_view pattern, Comparison comparison);
// A word of an expression without quotes is a field.
std::string HintForBareWord(std::string_view word);
std::string HintForOrder(std::string_view field, const Value& bound, const FieldValues& values);
std::string HintForCall(const plan::Expr& call, const FieldValues& values);
// Text that no event holds.
std::string HintForTerm(std::string_view text, ast::TermKind kind, const FieldProfile& events);

bool SameButForCase(std::string_view a, std::string_view b);
// "a, b, c and 4 more"
std::string ListOfNames(const std::vector<std::string_view>& names);
// "2024-03-12T10:00:00Z"
std::string InstantText(double seconds, absl::TimeZone zone);

// "-2h@h", "now": counted from now.
bool IsRelativeTime(std::string_view text);

}  // namespace spelk::engine
