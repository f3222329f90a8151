// By what the nodes declare of their dataflow.
#include "engine/why/origins.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/why/findings.h"
#include "engine/why/hints.h"
#include "plan/entry.h"

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
std::string FieldOrigins::WhatItHad(const plan::FieldSet& reads, Field field) const {
  constexpr size_t kMost = 2;
  std::string had;
  size_t shown = 0;
  for (const Field each : reads.fields()) {
    const FieldValues* values = rows_.Find(each.name());
    if (values == nullptr) values = events_.Find(each.name());
    if (values == nullptr || each.hidden() || each == field || values->values.empty()) continue;
    if (shown++ == kMost) break;
    had += fmt::format("; {} is {}", each.name(), Frequent(*values));
  }
  return had;
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

FieldMaker FieldOrigins::Maker(size_t stage, Field field) const {
  const plan::Expr* value = ValueFor(*chain_[stage], field);
  plan::FieldSet reads;
  if (value != nullptr) {
    plan::CollectFields(*value, &reads);
  } else if (!chain_[stage]->GetDataflow().reads.open()) {
    reads = chain_[stage]->GetDataflow().reads;
  }
  std::vector<std::string_view> missing;
  for (const Field each : reads.fields()) {
    const bool there = events_.Find(each.name()) != nullptr || rows_.Find(each.name()) != nullptr;
    const bool made =
        std::any_of(chain_.begin() + 1, chain_.begin() + static_cast<std::ptrdiff_t>(stage),
                    [&](const plan::Node* node) { return node->GetDataflow().writes.Has(each); });
    if (!there && !made && !each.hidden() && each != field) missing.push_back(each.name());
  }
  if (!missing.empty()) {
    return {fmt::format("{}, which reads {}, in no event,", Named(stage), ListOfNames(missing)),
            ""};
  }
  FieldMaker maker{Named(stage), ""};
  if (value != nullptr && IsCall(*value, "case")) {
    maker.note = "; no condition of its case() holds";
  } else if (value != nullptr && value->kind == plan::ExprKind::kCall) {
    maker.note = fmt::format("; {} is null", ShownValue(Shown(*value)));
  }
  maker.note += WhatItHad(reads, field);
  maker.note += table_(stage);
  return maker;
}

bool FieldOrigins::Makes(size_t stage, Field field) const {
  const plan::Dataflow flow = chain_[stage]->GetDataflow();
  const bool makes = std::find(flow.makes.begin(), flow.makes.end(), field) != flow.makes.end();
  return makes || (!flow.writes.open() && flow.writes.Has(field));
}

FieldMaker FieldOrigins::MadeBy(std::string_view name) const {
  const Field field = fields_.Find(name);
  for (size_t i = stage_; field && i-- > 1;) {
    if (IsPartOf(i, stage_) || !Makes(i, field) ||
        OnlyChanges(*chain_[i], chain_[i]->GetDataflow(), field))
      continue;
    const auto* project = plan::TryAs<plan::ProjectNode>(chain_[i]);
    if (project == nullptr && events_.Find(name) == nullptr) return Maker(i, field);
  }
  return {};
}

bool FieldOrigins::Existed(std::string_view name) const {
  if (events_.Find(name) != nullptr) return true;
  const Field field = fields_.Find(name);
  for (size_t i = 1; field && i < stage_; ++i) {
    const auto columns = chain_[i]->OutputColumns(std::nullopt);
    const plan::Dataflow flow = chain_[i]->GetDataflow();
    const bool listed =
        columns && std::find(columns->begin(), columns->end(), field) != columns->end();
    if (listed && plan::TryAs<plan::ProjectNode>(chain_[i]) == nullptr && !flow.passes) return true;
  }
  return false;
}

// Whether all that comes between this stage and the one that is asked about is the same command.
bool FieldOrigins::IsLastCommand(size_t stage) const {
  for (size_t i = stage + 1; i < stage_; ++i) {
    if (chain_[i]->span != chain_[stage]->span) return false;
  }
  return true;
}

std::string FieldOrigins::RemovedBy(std::string_view name) const {
  const Field field = fields_.Find(name);
  if (!field) return "";
  for (size_t i = 1; i < stage_; ++i) {
    if (IsPartOf(i, stage_)) break;  // The command's own doing is none that people know.
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
    } else if (!flow.passes && IsLastCommand(i)) {
      names = rows_.names();  // Those that the data gave.
    }
    if (names.empty()) return Named(i);
    return fmt::format("{}, which gives {}", Named(i), ListOfNames(names));
  }
  return "";
}

}  // namespace spelk::engine
