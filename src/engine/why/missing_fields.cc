// Findings of fields that no row has.
#include <fmt/format.h>

#include <algorithm>

#include "engine/why/findings.h"
#include "engine/why/hints.h"

namespace spelk::engine {
namespace {

using Kind = WhyFinding::Kind;
using plan::Expr;
using plan::ExprKind;

}  // namespace

void Findings::AddMissing(std::string_view field, Span span, std::string_view note) {
  const std::string after = note.empty() ? "" : fmt::format("; {}", note);
  const FieldOrigins* origins = context_.origins;
  const std::string remover = origins != nullptr ? origins->RemovedBy(field) : "";
  const bool existed = origins != nullptr && origins->Existed(field);
  const FieldMaker maker = origins != nullptr ? origins->MadeBy(field) : FieldMaker();
  if (!maker.by.empty() && !maker.gave && (remover.empty() || !existed)) {
    Add(Kind::kMissing, field, span,
        fmt::format("{}: {} gave it to none of {} row{}{}{}", field, maker.by,
                    context_.rows->rows(), context_.rows->rows() == 1 ? "" : "s", maker.note,
                    after));
    return;
  }
  if (existed && !remover.empty()) {
    std::string text = fmt::format("{}: removed by {}", field, remover);
    const std::vector<std::string> others = SimilarNames(field, context_.rows->names());
    if (!others.empty() && others.front().ends_with(fmt::format(".{}", field))) {
      text += fmt::format(" (there is {})", others.front());
    }
    return Add(Kind::kRemoved, field, span, std::move(text));
  }
  std::string text = fmt::format("{}: in no {}", field, context_.base ? "event" : "row");
  const bool in_events = context_.events->Find(field) != nullptr;
  if (!context_.base) {
    const std::string lost = origins != nullptr ? origins->LostAt(field) : "";
    if (!lost.empty()) {
      text += fmt::format(" after {}", lost);
    } else if (!in_events) {
      text = fmt::format("{}: in no event", field);
    }
  }
  std::vector<std::string> similar = SimilarNames(field, context_.rows->names());
  // An object has no value of its own, its members have.
  for (const std::string_view name : context_.rows->names()) {
    if (similar.empty() && name.starts_with(fmt::format("{}.", field))) similar.emplace_back(name);
  }
  // The fields of a data model have its name before theirs.
  const std::vector<std::string_view> names = context_.rows->names();
  const std::string ending = fmt::format(".{}", field);
  const auto of_object = std::find_if(names.begin(), names.end(), [&ending](std::string_view name) {
    return name.ends_with(ending);
  });
  if (!context_.base && of_object != names.end()) {
    text += fmt::format(" (there is {})", *of_object);
  } else if (!similar.empty() && SameButForCase(field, similar.front())) {
    text += fmt::format("; names are case-sensitive, and there is {}", similar.front());
  } else if (const std::string rule =
                 context_.knowledge && !in_events ? context_.knowledge(field) : "";
             !rule.empty() || !similar.empty()) {
    if (!similar.empty()) text += fmt::format(" (there is {})", fmt::join(similar, ", "));
    if (!rule.empty()) text += fmt::format("; {}", rule);
  } else if (!remover.empty()) {
    text += fmt::format("; and not made by {}", remover);
  } else {
    text += after;
  }
  Add(Kind::kMissing, field, span, std::move(text));
}

bool Findings::AddMissingOf(const Expr& expr) {
  plan::FieldSet fields;
  plan::CollectFields(expr, &fields);
  bool any = false;
  for (const Field field : fields.fields()) {
    if (field.hidden() || SubjectOf(field).values != nullptr) continue;
    AddMissing(WrittenName(field), expr.span);
    any = true;
  }
  return any;
}

void Findings::AddNeeded(std::string_view field, Span span) {
  if (context_.rows->Find(field) == nullptr) AddMissing(field, span);
}

// Field names with a dot between them join their texts, with a minus they are subtracted; a name
// with it is meant.
bool Findings::AddDotted(const Expr& expr) {
  if (expr.kind != ExprKind::kArithmetic) return false;
  std::string name;
  const ast::ArithmeticOp op = expr.operators.front();
  const bool minus = op == ast::ArithmeticOp::kSubtract;
  if (!minus && op != ast::ArithmeticOp::kConcatenate) return false;
  for (size_t i = 0; i < expr.arguments.size(); ++i) {
    const Expr& part = *expr.arguments[i];
    if (part.kind != ExprKind::kField) return false;
    if (i > 0 && expr.operators[i - 1] != op) return false;
    name += (i == 0 ? "" : minus ? "-" : ".") + std::string(part.field.name());
  }
  const std::string_view last = expr.arguments.back()->field.name();
  const std::string_view there = context_.rows->Find(name) != nullptr             ? name
                                 : !minus && context_.rows->Find(last) != nullptr ? last
                                                                                  : "";
  if (there.empty()) return false;
  const bool quoted = there == name;
  Add(Kind::kHint, there, expr.span,
      fmt::format("{}: the {} here; {}", name, minus ? "- subtracts" : "dot joins texts",
                  quoted ? fmt::format("a name with a {} needs single quotes: '{}'",
                                       minus ? "-" : "dot", name)
                         : fmt::format("the field is {}", there)));
  return true;
}

}  // namespace spelk::engine
