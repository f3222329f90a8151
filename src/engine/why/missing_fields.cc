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
  if (!maker.by.empty() && (remover.empty() || !existed)) {
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
  if (!context_.base && context_.events->Find(field) == nullptr) {
    text = fmt::format("{}: in no event", field);
  }
  const std::vector<std::string> similar = SimilarNames(field, context_.rows->names());
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
  } else if (const std::string rule = context_.knowledge ? context_.knowledge(field) : "";
             !rule.empty()) {
    text += fmt::format("; {}", rule);
  } else if (!similar.empty()) {
    text += fmt::format(" (there is {})", fmt::join(similar, ", "));
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

// Field names with a dot between them join their texts; a name with a dot is meant.
bool Findings::AddDotted(const Expr& expr) {
  if (expr.kind != ExprKind::kArithmetic) return false;
  std::string name;
  for (size_t i = 0; i < expr.arguments.size(); ++i) {
    const Expr& part = *expr.arguments[i];
    if (part.kind != ExprKind::kField) return false;
    if (i > 0 && expr.operators[i - 1] != ast::ArithmeticOp::kConcatenate) return false;
    name += (i > 0 ? "." : "") + std::string(part.field.name());
  }
  const std::string_view last = expr.arguments.back()->field.name();
  const std::string_view there = context_.rows->Find(name) != nullptr   ? name
                                 : context_.rows->Find(last) != nullptr ? last
                                                                        : "";
  if (there.empty()) return false;
  const bool quoted = there == name;
  Add(Kind::kHint, there, expr.span,
      fmt::format("{}: the dot joins texts here; {}", name,
                  quoted ? fmt::format("a name with a dot needs single quotes: '{}'", name)
                         : fmt::format("the field is {}", there)));
  return true;
}

}  // namespace spelk::engine
