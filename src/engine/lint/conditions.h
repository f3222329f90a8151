// What rules about conditions share.
#pragma once

#include <string_view>

#include "engine/lint/rule.h"

namespace spelk::engine::lint {

// So many conditions are compared with each other; a longer list was made by a program.
inline constexpr size_t kMostCompared = 400;

// Whether a field often has several values in one event.
bool MayHaveSeveral(std::string_view field);
// As the search command compares: case ignored, numbers by value.
bool SameValue(std::string_view a, std::string_view b);
// Whether rows are events there: no command before has put several together.
bool AmongEvents(const Visit& visit);
// LIKE of a field that is not there is false, a comparison with it null: under NOT and in other
// places this makes a difference. Conditions of where that must all hold, or one of them, are safe.
bool NullIsFalse(const Visit& visit);
bool InParentheses(const Visit& visit, Span span);
// TargetObejct and TargetObject: one letter changed, added, left out, or two in turned order.
bool IsSlip(std::string_view name, std::string_view right);
// Commands after which each row is still an event, with the values that it had.
bool KeepsEvents(const ast::CommandCall& call);

// The plain values that a term asks of a field.
struct Asked {
  std::string field;
  std::vector<std::string> values;
};
// Nothing for other terms, and for values with wildcards.
std::optional<Asked> AskedBy(const ast::SearchExpr& terms);
// Those of each operand of an AND, of fields that have one value.
void AskedByAll(const ast::SearchExpr& terms, std::vector<Asked>* asked);
// Whether both ask for the same field, and for no value in common.
bool Excludes(const Asked& a, const Asked& b);

}  // namespace spelk::engine::lint
