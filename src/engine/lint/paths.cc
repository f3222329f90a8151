// Names of files compared with fields that hold full paths.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "engine/lint/conditions.h"
#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

constexpr LintRule kPathsRules[] = {
    {.id = "L0404",
     .name = "name-for-path",
     .title = "a file's name compared with a field that holds a full path",
     .explanation = "Image, ParentImage, NewProcessName and the like hold a path; without a "
                    "wildcard the value "
                    "must be equal, so that this never holds.",
     .fix = "write *\\\\ before the name, or %\\\\ in LIKE",
     .bad = "EventCode=1 Image=\"rundll32.exe\"",
     .at = "\"rundll32.exe\"",
     .good = "EventCode=1 Image=\"*\\\\rundll32.exe\"",
     .mends = true,
     .on_run = true},
};

bool HoldsPath(std::string_view field) {
  constexpr std::string_view kPathFields[] = {
      "Image",         "ParentImage",         "SourceImage",
      "TargetImage",   "ImageLoaded",         "NewProcessName",
      "process_path",  "parent_process_path", "New_Process_Name",
      "TargetFilename"};
  return std::find(std::begin(kPathFields), std::end(kPathFields), field) != std::end(kPathFields);
}

// name.exe: a file of Windows, without path or wildcard.
bool IsFileName(std::string_view text) {
  const std::string lower = LowerAscii(text);
  const bool ends = lower.ends_with(".exe") || lower.ends_with(".dll") || lower.ends_with(".sys") ||
                    lower.ends_with(".ps1") || lower.ends_with(".bat") || lower.ends_with(".msc");
  return ends && text.find_first_of("\\/*?%\"") == std::string_view::npos;
}

void AddName(Visit& visit, std::string_view field, Span span, std::string_view name,
             std::optional<Edit> edit, std::string_view instead) {
  Report report{.rule = "L0404",
                .span = span,
                .message = fmt::format("{} holds a full path, so it never equals {}", field, name),
                .notes = {fmt::format("write {}", instead)}};
  if (edit) {
    report.fix = "take any folder";
    report.edits = {std::move(*edit)};
  }
  visit.Add(std::move(report));
}

void PathsTerms(Visit& visit, const ast::SearchExpr& terms) {
  ForEachValue(terms, [&](const ast::Name& field, CompareOp op, const ast::SearchValue& value) {
    const ast::Name* word = WordOf(value);
    const bool equality = op == CompareOp::kEqual || op == CompareOp::kNotEqual;
    if (word == nullptr || !equality || !HoldsPath(field.text) || !IsFileName(word->text)) return;
    const std::string better = fmt::format("\"*\\\\{}\"", Escaped(word->text));
    AddName(visit, field.text, value.span, word->text, Edit{value.span, better},
            fmt::format("{}={}", field.text, better));
  });
}

void PathsExpression(Visit& visit, const ast::Expr& expr) {
  if (const auto* comparison = std::get_if<ast::Comparison>(&expr.node)) {
    const std::string* field = FieldOf(*comparison->left);
    const std::string* text = TextOf(*comparison->right);
    const bool equality =
        comparison->op == CompareOp::kEqual || comparison->op == CompareOp::kNotEqual;
    if (field == nullptr || text == nullptr || !equality || !HoldsPath(*field) ||
        !IsFileName(*text))
      return;
    // Rows without the field pass neither = nor !=, but NOT LIKE.
    const std::string_view name = visit.TextOf(comparison->left->span);
    const std::string like = fmt::format("{} LIKE \"%\\\\{}\"", name, Escaped(*text));
    const std::string better = comparison->op == CompareOp::kEqual
                                   ? like
                                   : fmt::format("(NOT {} AND isnotnull({}))", like, name);
    std::optional<Edit> edit;
    if (NullIsFalse(visit)) edit = Edit{expr.span, better};
    return AddName(visit, *field, comparison->right->span, *text, std::move(edit), better);
  }
  const auto* in = std::get_if<ast::InOperator>(&expr.node);
  const std::string* field = in == nullptr ? nullptr : FieldOf(*in->operand);
  if (field == nullptr || !HoldsPath(*field)) return;
  for (const ast::ExprPtr& value : in->values) {
    const std::string* text = TextOf(*value);
    if (text == nullptr || !IsFileName(*text)) continue;
    return AddName(visit, *field, value->span, *text, std::nullopt,
                   fmt::format("{} LIKE \"%\\\\{}\"", visit.TextOf(in->operand->span), *text));
  }
}

}  // namespace

const Family kPaths = {.rules = kPathsRules, .expression = &PathsExpression, .terms = &PathsTerms};

}  // namespace spelk::engine::lint
