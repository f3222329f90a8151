// Commands, functions, statistics, and what apps bring, as data.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "commands/entry.h"
#include "engine/assist/names.h"
#include "engine/impl.h"
#include "plan/data_model.h"
#include "spelk/assist.h"
#include "value/ascii.h"

namespace spelk {
namespace engine {

DefinitionPlace PlaceOf(std::string_view place, bool with_line) {
  if (place.starts_with("builtin/") || place.starts_with("--")) return {};
  if (!with_line) return {std::string(place), 1};
  const size_t colon = place.rfind(':');
  if (colon == std::string_view::npos) return {};
  DefinitionPlace made{std::string(place.substr(0, colon)), 0};
  for (const char c : place.substr(colon + 1)) {
    if (c < '0' || c > '9') return {};
    made.line = made.line * 10 + static_cast<size_t>(c - '0');
  }
  return made;
}

std::vector<std::string> ChoicesOf(const plan::Argument& argument) {
  constexpr std::string_view kOneOf = "one of ";
  std::string_view words = argument.type;
  if (words == "bool") return {"true", "false"};
  std::vector<std::string> choices;
  if (!words.starts_with(kOneOf)) return choices;
  words.remove_prefix(kOneOf.size());
  while (!words.empty()) {
    const size_t bar = std::min(words.find('|'), words.size());
    if (bar > 0) choices.emplace_back(words.substr(0, bar));
    words.remove_prefix(std::min(bar + 1, words.size()));
  }
  return choices;
}

namespace {

// What functions and statistics have alike.
template <class Entry>
void CopyCommon(const Entry& entry, ReferenceEntry* made) {
  made->name = entry.name;
  made->aliases.assign(entry.aliases.begin(), entry.aliases.end());
  made->signature = entry.signature;
  made->summary = entry.summary;
  made->notes.assign(entry.notes.begin(), entry.notes.end());
  for (const plan::Example& example : entry.examples) {
    made->examples.push_back({std::string(example.title), std::string(example.input),
                              std::string(example.query), std::string(example.output)});
  }
}

}  // namespace

ReferenceEntry DescribeCommand(const plan::CommandEntry& entry) {
  ReferenceEntry made;
  CopyCommon(entry, &made);
  made.about = plan::Describe(entry.kind);
  made.generates = entry.kind == plan::CommandKind::kGenerating;
  for (const plan::Argument& argument : entry.arguments) {
    made.arguments.push_back({std::string(argument.name), std::string(argument.type),
                              std::string(argument.fallback), std::string(argument.summary),
                              argument.is_option, argument.no_effect, ChoicesOf(argument)});
  }
  return made;
}

ReferenceEntry DescribeFunction(const plan::FunctionEntry& entry) {
  ReferenceEntry made;
  CopyCommon(entry, &made);
  made.kind = ReferenceKind::kFunction;
  made.about = entry.page;
  return made;
}

ReferenceEntry DescribeStatistic(const plan::AggregateEntry& entry) {
  ReferenceEntry made;
  CopyCommon(entry, &made);
  made.kind = ReferenceKind::kStatistic;
  made.about = entry.page;
  return made;
}

ReferenceEntry DescribeRefused(const plan::UnbuiltCommand& entry) {
  ReferenceEntry made;
  made.name = entry.name;
  made.summary = entry.why;
  made.instead = entry.instead;
  made.runs = false;
  return made;
}

}  // namespace engine

std::vector<ReferenceEntry> Reference(const Engine& engine) {
  const plan::Registry& entries = engine.impl()->core.entries();
  std::vector<ReferenceEntry> all;
  for (const auto* entry : entries.commands()) all.push_back(engine::DescribeCommand(*entry));
  for (const auto* entry : entries.functions()) all.push_back(engine::DescribeFunction(*entry));
  for (const auto* entry : entries.aggregates()) all.push_back(engine::DescribeStatistic(*entry));
  for (const auto& entry : commands::UnbuiltCommands()) {
    all.push_back(engine::DescribeRefused(entry));
  }
  std::sort(all.begin(), all.end(), [](const ReferenceEntry& a, const ReferenceEntry& b) {
    return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
  });
  return all;
}

std::vector<MacroEntry> MacrosOf(const Engine& engine) {
  std::vector<MacroEntry> macros;
  engine.impl()->core.knowledge().macros().ForEach(
      [&](std::string_view stanza, const knowledge::Macro& macro) {
        macros.push_back({std::string(stanza.substr(0, stanza.find('('))), macro.arguments,
                          macro.definition, macro.is_eval, engine::PlaceOf(macro.place)});
      });
  std::sort(macros.begin(), macros.end(), [](const MacroEntry& a, const MacroEntry& b) {
    const size_t of_a = a.arguments.size();
    const size_t of_b = b.arguments.size();
    return std::tie(a.name, of_a) < std::tie(b.name, of_b);
  });
  return macros;
}

std::vector<std::string> LookupsOf(const Engine& engine) {
  std::vector<std::string> names = engine.impl()->core.knowledge().lookups().LookupNames();
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<LookupEntry> FindLookup(const Engine& engine, std::string_view name) {
  const absl::StatusOr<plan::LookupPtr> lookup =
      engine.impl()->core.knowledge().lookups().FindLookup(name);
  if (!lookup.ok() || *lookup == nullptr) return std::nullopt;
  return LookupEntry{(*lookup)->name, (*lookup)->columns, engine::PlaceOf((*lookup)->place)};
}

std::vector<std::string> DataModelsOf(const Engine& engine) {
  return engine.impl()->core.knowledge().models().Names();
}

std::optional<DataModelEntry> FindDataModel(const Engine& engine, std::string_view name) {
  const absl::StatusOr<plan::DataModelPtr> model =
      engine.impl()->core.knowledge().models().Find(name);
  if (!model.ok() || *model == nullptr) return std::nullopt;
  DataModelEntry made{(*model)->name, {}, engine::PlaceOf((*model)->place, false)};
  for (const plan::Dataset& dataset : (*model)->datasets) {
    DataModelEntry::Dataset& to = made.datasets.emplace_back();
    to.name = dataset.name;
    to.lineage = dataset.lineage;
    const auto add = [&](const plan::Dataset& of, const plan::ModelField& field) {
      const bool plain = field.of_event || field.name.starts_with('_');
      // A field of a data set below others is written with all of their names.
      to.fields.push_back(
          {plain ? field.name : fmt::format("{}.{}", of.lineage, field.name), field.type});
    };
    for (const plan::Dataset* each : (*model)->PathTo(dataset)) {
      for (const plan::ModelField& field : each->fields) add(*each, field);
      for (const plan::ModelCalculation& calculation : each->calculations) {
        for (const auto& output : calculation.outputs) add(*each, output.field);
      }
    }
  }
  return made;
}

}  // namespace spelk
