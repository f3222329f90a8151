// By what the nodes declare of their dataflow.
#include "engine/why/origins.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/why/findings.h"
#include "engine/why/hints.h"
#include "plan/entry.h"
#include "plan/partial.h"

namespace spelk::engine {
namespace {

// They change the values of a field that they do not make.
bool OnlyChanges(const plan::Node& node, const plan::Dataflow& flow, Field field) {
  constexpr std::string_view kChangers[] = {"mvexpand", "makemv",  "nomv", "mvcombine",
                                            "replace",  "convert", "bin",  "fillnull"};
  return flow.reads.Has(field) &&
         std::find(std::begin(kChangers), std::end(kChangers), node.label()) != std::end(kChangers);
}

const plan::Expr* ValueFor(const plan::Node& node, Field field) {
  const auto* extend = plan::TryAs<plan::ExtendNode>(&node);
  if (extend == nullptr) return nullptr;
  const plan::Expr* value = nullptr;
  for (const plan::NamedExpr& each : extend->assignments) {
    if (each.target == field) value = each.value.get();
  }
  return value;
}

bool IsCall(const plan::Expr& expr, std::string_view name) {
  return expr.kind == plan::ExprKind::kCall && expr.function->name == name;
}

}  // namespace

// "; User is ana, bo"
std::string FieldOrigins::WhatItHad(size_t stage, const plan::FieldSet& reads, Field field) const {
  constexpr size_t kMost = 2;
  const FieldProfile* came = before_(stage);
  if (came == nullptr) return "";
  std::string had;
  size_t shown = 0;
  for (const Field each : reads.fields()) {
    const FieldValues* values = came->Find(each.name());
    if (values == nullptr || each.hidden() || each == field || values->values.empty()) continue;
    if (shown++ == kMost) break;
    had += fmt::format("; {} is {}", each.name(), Frequent(*values));
  }
  return had;
}

std::optional<bool> FieldOrigins::Has(size_t stage, std::string_view name) const {
  const FieldProfile* came = stage == stage_ ? &rows_ : stage == 0 ? &events_ : before_(stage);
  if (came == nullptr) return std::nullopt;
  return came->Find(name) != nullptr;
}

// A command may be made of several nodes, whose places lie within its own.
bool FieldOrigins::IsPartOf(size_t stage, size_t whole) const {
  const Span part = chain_[stage]->span;
  const Span span = chain_[whole]->span;
  return !part.empty() && span.begin <= part.begin && part.end <= span.end;
}

std::string FieldOrigins::Named(size_t stage) const {
  for (size_t i = stage + 1; i < chain_.size(); ++i) {
    if (IsPartOf(stage, i)) stage = i;
  }
  return named_(stage);
}

std::string FieldOrigins::WhyAbsent(size_t stage, Field field) const {
  const std::string_view name = field.name();
  const std::string remover = RemovedBefore(name, stage);
  if (!remover.empty() && ExistedBefore(name, stage)) return "removed by " + remover;
  const FieldProfile* came = before_(stage);
  const uint64_t rows = came == nullptr ? 0 : came->rows();
  const std::string_view plural = rows == 1 ? "" : "s";
  if (const std::optional<size_t> maker = MakerBefore(field, stage)) {
    return fmt::format("which {} gave to none of {} row{}", Named(*maker), rows, plural);
  }
  if (events_.Find(name) == nullptr) return "in no event";
  return fmt::format("in none of {} row{} that come to it", rows, plural);
}

FieldMaker FieldOrigins::Maker(size_t stage, Field field) const {
  const plan::Expr* value = ValueFor(*chain_[stage], field);
  const plan::Dataflow flow = chain_[stage]->GetDataflow();
  plan::FieldSet reads;
  if (value != nullptr) {
    plan::CollectFields(*value, &reads);
  } else if (const auto* aggregate = plan::TryAs<plan::AggregateNode>(chain_[stage])) {
    for (const plan::AggregateCall& call : aggregate->aggregates) {
      if (call.output != field) continue;
      if (call.field) reads.Add(call.field);
      if (call.expression != nullptr) plan::CollectFields(*call.expression, &reads);
    }
  } else if (!flow.reads.open()) {
    reads = flow.reads;
  }
  std::vector<std::pair<std::string, std::vector<std::string_view>>> missing;  // By the reason.
  for (const Field each : reads.fields()) {
    if (each.hidden() || (each == field && value == nullptr)) continue;
    if (each.name().starts_with(plan::kPartialPrefix)) continue;  // Read where there are any.
    if (Has(stage, each.name()).value_or(true)) continue;
    const std::string why = WhyAbsent(stage, each);
    const auto known = std::find_if(missing.begin(), missing.end(),
                                    [&why](const auto& group) { return group.first == why; });
    auto& group = known == missing.end() ? missing.emplace_back(why, 0) : *known;
    group.second.push_back(each.name());
  }
  if (!missing.empty()) {
    std::string list;
    for (const auto& [why, names] : missing) {
      list += fmt::format("{}{}, {}", list.empty() ? "" : ", and ", ListOfNames(names), why);
    }
    return {fmt::format("{}, which reads {},", Named(stage), list), ""};
  }
  FieldMaker maker{Named(stage), ""};
  if (value != nullptr && IsCall(*value, "case")) {
    maker.note = "; no condition of its case() holds";
  } else if (value != nullptr && value->kind == plan::ExprKind::kCall) {
    maker.note = fmt::format("; {} is null", ShownValue(Shown(*value)));
  }
  maker.note += WhatItHad(stage, reads, field);
  maker.note += table_(stage);
  return maker;
}

// What statistics give counts, too, unless it is what they read: the BY fields.
bool FieldOrigins::Makes(size_t stage, Field field) const {
  const plan::Dataflow flow = chain_[stage]->GetDataflow();
  if (std::find(flow.makes.begin(), flow.makes.end(), field) != flow.makes.end()) return true;
  if (plan::TryAs<plan::ProjectNode>(chain_[stage]) != nullptr) return false;
  if (const auto* rename = plan::TryAs<plan::RenameNode>(chain_[stage])) {
    return std::find(rename->to.begin(), rename->to.end(), field) != rename->to.end();
  }
  if (flow.passes) return !flow.writes.open() && flow.writes.Has(field);
  const auto columns = chain_[stage]->OutputColumns(std::nullopt);
  return columns && std::find(columns->begin(), columns->end(), field) != columns->end() &&
         (flow.reads.open() || !flow.reads.Has(field));
}

std::optional<size_t> FieldOrigins::MakerBefore(Field field, size_t end) const {
  for (size_t i = end; i-- > 1;) {
    if (!IsPartOf(i, end) && Makes(i, field) &&
        !OnlyChanges(*chain_[i], chain_[i]->GetDataflow(), field)) {
      return i;
    }
  }
  return std::nullopt;
}

FieldMaker FieldOrigins::MadeBy(std::string_view name) const {
  const Field field = fields_.Find(name);
  for (size_t i = stage_; field && i-- > 1;) {
    if (IsPartOf(i, stage_) || !Makes(i, field)) continue;
    const bool had = Has(i, name).value_or(false);
    const bool gave = Has(i + 1, name).value_or(false);
    const bool changes = OnlyChanges(*chain_[i], chain_[i]->GetDataflow(), field);
    // It took away what there was.
    if (had && !gave && changes) {
      return {Named(i), fmt::format("; it was {}", Frequent(*before_(i)->Find(name)))};
    }
    if (changes || (events_.Find(name) != nullptr && (!had || gave))) continue;
    FieldMaker maker = gave ? FieldMaker{Named(i), ""} : Maker(i, field);
    maker.gave = gave;
    return maker;
  }
  return {};
}

std::string FieldOrigins::LostAt(std::string_view name) const {
  for (size_t i = stage_; i-- > 0;) {
    if (!Has(i, name).value_or(false)) continue;
    return i == 0 ? "the base search" : Named(i);
  }
  return "";
}

bool FieldOrigins::ExistedBefore(std::string_view name, size_t end) const {
  if (events_.Find(name) != nullptr) return true;
  const Field field = fields_.Find(name);
  for (size_t i = 1; field && i < end; ++i) {
    if (const std::optional<bool> has = Has(i + 1, name)) {
      if (*has) return true;
      continue;
    }
    const auto columns = chain_[i]->OutputColumns(std::nullopt);
    const plan::Dataflow flow = chain_[i]->GetDataflow();
    const bool listed =
        columns && std::find(columns->begin(), columns->end(), field) != columns->end();
    if (listed && plan::TryAs<plan::ProjectNode>(chain_[i]) == nullptr && !flow.passes) return true;
  }
  return false;
}

// Whether all that comes between this stage and the one that is asked about is the same command.
bool FieldOrigins::IsLastCommand(size_t stage, size_t end) const {
  for (size_t i = stage + 1; i < end; ++i) {
    if (chain_[i]->span != chain_[stage]->span) return false;
  }
  return true;
}

// What was made after it was removed is there again.
std::string FieldOrigins::RemovedBefore(std::string_view name, size_t end) const {
  const Field field = fields_.Find(name);
  if (!field) return "";
  const std::optional<size_t> maker = MakerBefore(field, end);
  for (size_t i = maker ? *maker + 1 : 1; i < end; ++i) {
    if (IsPartOf(i, end)) break;  // The command's own doing is none that people know.
    const plan::Dataflow flow = chain_[i]->GetDataflow();
    plan::FieldSet needed;
    needed.Add(field);
    if (const auto* rename = plan::TryAs<plan::RenameNode>(chain_[i])) {
      const auto at = std::find(rename->from.begin(), rename->from.end(), field);
      if (at != rename->from.end()) {
        const Field to = rename->to[static_cast<size_t>(at - rename->from.begin())];
        return fmt::format("{}, which calls it {}", Named(i), to.name());
      }
    }
    if (flow.passes && chain_[i]->InputNeeds(needed).Has(field)) continue;
    const auto columns = chain_[i]->OutputColumns(std::nullopt);
    const bool shown =
        columns && std::find(columns->begin(), columns->end(), field) != columns->end();
    if (shown) continue;
    std::vector<std::string_view> names;
    if (columns) {
      for (const Field column : *columns) names.push_back(column.name());
    } else if (!flow.passes && end == stage_ && IsLastCommand(i, end)) {
      names = rows_.names();  // Those that the data gave.
    }
    if (names.empty()) return Named(i);
    return fmt::format("{}, which gives {}", Named(i), ListOfNames(names));
  }
  return "";
}

}  // namespace spelk::engine
