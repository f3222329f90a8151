// What rules about conditions share.
#include "engine/lint/conditions.h"

#include <algorithm>
#include <optional>

#include "engine/why/nearest.h"
#include "value/ascii.h"
#include "value/case_fold.h"
#include "value/number.h"

namespace spelk::engine::lint {

namespace {

bool IsPlainWord(const ast::Name& word) {
  return word.text.find('*') == std::string::npos && !word.text.empty();
}

}  // namespace

bool MayHaveSeveral(std::string_view field) {
  constexpr std::string_view kFieldsOfSeveral[] = {
      "tag",         "eventtype",  "account_name", "user",    "logon_id",   "account_domain",
      "security_id", "message",    "src",          "dest",    "sourcetype", "host",
      "object_name", "permission", "privileges",   "category"};
  const std::string lower = LowerAscii(field);
  return lower.find("{}") != std::string::npos || lower.ends_with("s") ||
         std::find(std::begin(kFieldsOfSeveral), std::end(kFieldsOfSeveral), lower) !=
             std::end(kFieldsOfSeveral);
}

bool SameValue(std::string_view a, std::string_view b) {
  if (FoldCase(a) == FoldCase(b)) return true;
  const std::optional<Number> x = ParseNumber(a);
  const std::optional<Number> y = ParseNumber(b);
  return x && y && x->value == y->value;
}

bool AmongEvents(const Visit& visit) {
  const auto& commands = visit.pipeline->commands;
  return !visit.pipeline->leading_pipe &&
         std::all_of(commands.begin(),
                     commands.begin() + static_cast<std::ptrdiff_t>(visit.position), &KeepsEvents);
}

bool KeepsEvents(const ast::CommandCall& call) {
  constexpr std::string_view kCommands[] = {"search", "where",  "eval", "fields", "bin",
                                            "bucket", "rename", "rex",  "regex",  "sort"};
  return !call.macro && std::find(std::begin(kCommands), std::end(kCommands),
                                  LowerAscii(call.name.text)) != std::end(kCommands);
}

bool NullIsFalse(const Visit& visit) {
  return visit.CommandName() == "where" &&
         std::all_of(visit.around.begin(), visit.around.end(), [](const ast::Expr* each) {
           const auto* list = std::get_if<ast::LogicalList>(&each->node);
           return list != nullptr && list->op != ast::LogicalOp::kXor;
         });
}

bool InParentheses(const Visit& visit, Span span) {
  const std::string_view text = visit.search.text();
  const size_t before =
      span.begin == 0 ? std::string_view::npos : text.find_last_not_of(" \t\r\n", span.begin - 1);
  const size_t after = text.find_first_not_of(" \t\r\n", span.end);
  return before != std::string_view::npos && after != std::string_view::npos &&
         text[before] == '(' && text[after] == ')';
}

bool IsSlip(std::string_view name, std::string_view right) {
  if (EditDistance(name, right, 1) == 1) return true;
  if (name.size() != right.size()) return false;
  const auto [a, b] = std::mismatch(name.begin(), name.end(), right.begin());
  const auto at = static_cast<size_t>(a - name.begin());
  return at + 1 < name.size() && name[at] == right[at + 1] && name[at + 1] == right[at] &&
         name.substr(at + 2) == right.substr(at + 2);
}

std::optional<Asked> AskedBy(const ast::SearchExpr& terms) {
  if (const auto* any = std::get_if<ast::SearchOr>(&terms.node)) {
    Asked all;
    for (const ast::SearchExpr& operand : any->operands) {
      const std::optional<Asked> one = AskedBy(operand);
      if (!one || (!all.field.empty() && one->field != all.field)) return std::nullopt;
      all.field = one->field;
      all.values.insert(all.values.end(), one->values.begin(), one->values.end());
    }
    return all;
  }
  Asked asked;
  bool plain = true;
  ForEachValue(terms, [&](const ast::Name& field, CompareOp op, const ast::SearchValue& value) {
    const ast::Name* word = WordOf(value);
    plain = plain && op == CompareOp::kEqual && word != nullptr && IsPlainWord(*word);
    asked.field = field.text;
    if (plain) asked.values.push_back(word->text);
  });
  if (!plain || asked.field.empty()) return std::nullopt;
  return asked;
}

void AskedByAll(const ast::SearchExpr& terms, std::vector<Asked>* asked) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    for (const ast::SearchExpr& operand : all->operands) AskedByAll(operand, asked);
    return;
  }
  std::optional<Asked> one = AskedBy(terms);
  if (one && !one->field.empty() && !MayHaveSeveral(one->field)) asked->push_back(std::move(*one));
}

bool Excludes(const Asked& a, const Asked& b) {
  if (a.field != b.field) return false;
  return std::none_of(a.values.begin(), a.values.end(), [&b](const std::string& v) {
    return std::any_of(b.values.begin(), b.values.end(),
                       [&v](const std::string& w) { return SameValue(v, w); });
  });
}

}  // namespace spelk::engine::lint
