// Reading props.conf, and choosing the rules that a search needs.
#include "knowledge/props.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "knowledge/stanza_pattern.h"
#include "plan/lookup.h"
#include "value/ascii.h"

namespace spelk::knowledge {
namespace {

constexpr int64_t kPriorityOfLiterals = 100;  // Patterns have 0.

constexpr std::string_view kAlias = "FIELDALIAS-";
constexpr std::string_view kCalculation = "EVAL-";
constexpr std::string_view kExtract = "EXTRACT-";
constexpr std::string_view kReport = "REPORT-";
constexpr std::string_view kLookup = "LOOKUP-";

// Words, parted at blanks and commas; "…" keeps them.
std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  constexpr std::string_view kBetween = " \t\r\n,";
  while (true) {
    const size_t begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const bool quoted = text.front() == '"';
    if (quoted) text.remove_prefix(1);
    const size_t end =
        std::min(quoted ? text.find('"') : text.find_first_of(kBetween), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + (quoted ? 1 : 0)));
  }
}

// The field as an expression names it.
std::string FieldExpression(std::string_view name) {
  std::string out = "'";
  for (const char c : name) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// Settings that decide what `_time` is.
bool IsOfTime(std::string_view key) {
  constexpr std::string_view kKeys[] = {"TIME_PREFIX", "TIME_FORMAT", "TIMESTAMP_FIELDS", "TZ"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

bool NeedsAny(const plan::FieldSet& needs, const std::vector<std::string>& names) {
  if (needs.open() && names.empty()) return true;
  if (needs.all()) return true;
  if (names.empty()) {
    return std::any_of(needs.fields().begin(), needs.fields().end(),
                       [](Field field) { return !field.hidden(); });
  }
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::any_of(needs.fields().begin(), needs.fields().end(),
                       [&](Field field) { return field.name() == name; }) ||
           std::any_of(needs.patterns().begin(), needs.patterns().end(),
                       [&](const std::string& p) { return plan::PatternTakes(p, name); });
  });
}

bool IsNamed(const plan::FieldSet& set, Field field) {
  return std::find(set.fields().begin(), set.fields().end(), field) != set.fields().end();
}

bool IsOnlyStars(std::string_view pattern) {
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

}  // namespace

absl::Status Props::AddAll(const Conf& conf, const Conf& transforms,
                           const plan::LookupCatalog& lookups, bool builtin) {
  lookups_ = &lookups;
  for (const Stanza& stanza : conf.stanzas()) {
    const StanzaPattern pattern = ParseStanzaName(stanza.name);
    Rule common;
    common.where = pattern.where;
    common.rank = pattern.rank;
    common.literal = pattern.literal;
    common.priority = pattern.literal ? kPriorityOfLiterals : 0;
    common.stanza = stanza.name;
    common.builtin = builtin;
    common.only_missing = builtin;
    if (const Setting* priority = stanza.Find("priority")) {
      const char* end = priority->value.data() + priority->value.size();
      if (std::from_chars(priority->value.data(), end, common.priority).ptr != end) {
        return absl::InvalidArgumentError(
            fmt::format("{}: priority must be a whole number", conf.PlaceOf(*priority)));
      }
    }
    for (const Setting& setting : stanza.settings) {
      Rule rule = common;
      rule.key = setting.key;
      rule.place = conf.PlaceOf(setting);
      SPELK_RETURN_IF_ERROR(AddSetting(conf, transforms, setting, rule));
    }
  }
  order_.resize(rules_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::stable_sort(order_.begin(), order_.end(),
                   [this](size_t a, size_t b) { return ComesBefore(rules_[a], rules_[b]); });
  return absl::OkStatus();
}

void Props::Add(Rule rule) {
  by_key_[rule.key].push_back(rules_.size());
  rules_.push_back(std::move(rule));
}

absl::Status Props::AddSetting(const Conf& conf, const Conf& transforms, const Setting& setting,
                               const Rule& common) {
  const std::string_view key = setting.key;
  if (key.starts_with(kAlias)) return AddAliases(conf, setting, common);
  if (key.starts_with(kExtract)) return AddExtraction(conf, setting, common);
  if (key.starts_with(kReport)) return AddTransforms(conf, transforms, setting, common);
  if (key.starts_with(kLookup)) return AddLookup(conf, setting, common);
  if (key == "rename" && common.rank == 1) renames_[common.stanza] = setting.value;
  if (IsOfTime(key)) {
    AddUnbuilt(conf, common.stanza, setting, {"_time", std::string(hidden::kTime.name())});
  }
  // The members of JSON are fields anyway, and none has nothing to take away from them.
  if (key == "KV_MODE" && !EqualsIgnoringCase(setting.value, "none") &&
      !EqualsIgnoringCase(setting.value, "json")) {
    AddUnbuilt(conf, common.stanza, setting, {});
  }
  if (!key.starts_with(kCalculation)) return absl::OkStatus();
  Rule rule = common;
  rule.kind = plan::RuleKind::kCalculate;
  rule.targets = {std::string(key.substr(kCalculation.size()))};
  rule.expression = setting.value;
  if (rule.targets[0].empty() || rule.expression.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected EVAL-field = expression", rule.place));
  }
  Add(std::move(rule));
  return absl::OkStatus();
}

absl::Status Props::AddAliases(const Conf& conf, const Setting& setting, const Rule& common) {
  const std::vector<std::string> words = WordsOf(setting.value);
  const std::string place = conf.PlaceOf(setting);
  for (size_t i = 0; i < words.size(); i += 3) {
    const bool as_new = i + 2 < words.size() && EqualsIgnoringCase(words[i + 1], "asnew");
    if (i + 2 >= words.size() || (!as_new && !EqualsIgnoringCase(words[i + 1], "as"))) {
      return absl::InvalidArgumentError(
          fmt::format("{}: expected {} = field AS alias", place, setting.key));
    }
    Rule rule = common;
    rule.kind = plan::RuleKind::kAlias;
    rule.targets = {words[i + 2]};
    rule.expression = FieldExpression(words[i]);
    rule.only_missing = common.only_missing || as_new;
    Add(std::move(rule));
  }
  return absl::OkStatus();
}

absl::Status Props::AddExtraction(const Conf&, const Setting& setting, const Rule& common) {
  absl::StatusOr<NamedExtraction> made = ParseExtract(setting.value);
  if (!made.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}: {}", common.place, setting.key, MessageOf(made.status())));
  }
  Rule rule = common;
  rule.kind = plan::RuleKind::kExtract;
  rule.targets = made->targets;
  rule.extraction = *std::move(made);
  Add(std::move(rule));
  return absl::OkStatus();
}

absl::Status Props::AddTransforms(const Conf& conf, const Conf& transforms, const Setting& setting,
                                  const Rule& common) {
  for (const std::string& name : WordsOf(setting.value)) {
    const Stanza* stanza = transforms.Find(name);
    if (stanza == nullptr) {
      AddUnbuilt(conf, common.stanza, setting, {},
                 fmt::format(", which names the transform {} that is not there", name));
      continue;
    }
    absl::StatusOr<std::optional<NamedExtraction>> made = ParseTransform(*stanza);
    if (absl::IsUnimplemented(made.status())) {
      AddUnbuilt(conf, common.stanza, setting, {},
                 fmt::format(", whose transform {} has {}", name, MessageOf(made.status())));
      continue;
    }
    if (!made.ok()) {
      const std::string place =
          stanza->settings.empty() ? common.place : transforms.PlaceOf(stanza->settings.front());
      return absl::InvalidArgumentError(
          fmt::format("{}: [{}]: {}", place, name, MessageOf(made.status())));
    }
    if (!*made) continue;
    Rule rule = common;
    rule.kind = plan::RuleKind::kExtract;
    rule.targets = (*made)->targets;
    rule.extraction = *std::move(*made);
    Add(std::move(rule));
  }
  return absl::OkStatus();
}

absl::Status Props::AddLookup(const Conf&, const Setting& setting, const Rule& common) {
  const std::vector<std::string> words = WordsOf(setting.value);
  const auto wrong = [&] {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected {} = table column [AS field] … [OUTPUT|OUTPUTNEW column [AS "
                    "field] …]",
                    common.place, setting.key));
  };
  if (words.size() < 2) return wrong();
  Lookup lookup;
  lookup.table = words[0];
  auto* columns = &lookup.inputs;
  for (size_t i = 1; i < words.size(); ++i) {
    const bool only_missing = EqualsIgnoringCase(words[i], "outputnew");
    if (only_missing || EqualsIgnoringCase(words[i], "output")) {
      if (columns == &lookup.outputs) return wrong();
      columns = &lookup.outputs;
      lookup.only_missing = only_missing;
    } else if (EqualsIgnoringCase(words[i], "as")) {
      if (columns->empty() || i + 1 == words.size()) return wrong();
      columns->back().second = words[++i];
    } else {
      columns->emplace_back(words[i], words[i]);
    }
  }
  if (lookup.inputs.empty() || (columns == &lookup.outputs && columns->empty())) return wrong();
  Rule rule = common;
  rule.kind = plan::RuleKind::kLookup;
  for (const auto& [column, field] : lookup.outputs) rule.targets.push_back(field);
  rule.only_missing = common.only_missing || lookup.only_missing;
  rule.lookup = std::move(lookup);
  Add(std::move(rule));
  return absl::OkStatus();
}

void Props::AddUnbuilt(const Conf& conf, const std::string& stanza, const Setting& setting,
                       std::vector<std::string> fields, std::string_view why) {
  unbuilt_.push_back(
      {fmt::format("{} of [{}] ({}){}", setting.key, stanza, conf.PlaceOf(setting), why),
       std::move(fields)});
}

// Aliases of spelk's own name what a layout holds, for the rules of apps to build on; an app's
// calculation replaces spelk's.
int Props::PhaseOf(const Rule& rule) {
  switch (rule.kind) {
    case plan::RuleKind::kExtract:
      return rule.key.starts_with(kExtract) ? 1 : 2;
    case plan::RuleKind::kAlias:
      return rule.builtin ? 0 : 3;
    case plan::RuleKind::kCalculate:
      return rule.builtin ? 4 : 5;
    default:
      return 6;
  }
}

// The order of application; of two rules for one field the later one decides.
bool Props::ComesBefore(const Rule& a, const Rule& b) {
  if (PhaseOf(a) != PhaseOf(b)) return PhaseOf(a) < PhaseOf(b);
  if (a.key != b.key) return a.key < b.key;
  if (a.rank != b.rank) return a.rank < b.rank;
  if (a.priority != b.priority) return a.priority < b.priority;
  return a.stanza > b.stanza;  // The first in ASCII order has precedence.
}

// The stanzas in whose events another setting of the same name takes the place of this one. Of
// calculations the last one decides anyway.
std::vector<plan::EventSet> Props::Overriding(const Rule& rule) const {
  std::vector<plan::EventSet> sets;
  if (rule.kind == plan::RuleKind::kCalculate || rule.builtin) return sets;
  for (const size_t index : by_key_.find(rule.key)->second) {
    const Rule& other = rules_[index];
    const bool apart = rule.literal && other.literal && rule.rank == other.rank;
    if (other.builtin || other.stanza == rule.stanza || apart) continue;
    if (!ComesBefore(rule, other)) continue;
    if (std::find(sets.begin(), sets.end(), other.where) == sets.end()) sets.push_back(other.where);
  }
  return sets;
}

// The fields that a rule may give, if those are wanted that are: those of its own, and of names
// that only the text or the table tells those that somebody asks for.
std::vector<std::string> Props::TargetsOf(const Rule& rule, const plan::FieldSet& wanted,
                                          InlinedRules* result) const {
  std::vector<std::string> targets = rule.targets;
  if (rule.extraction && rule.extraction->names_in_text) {
    if (wanted.open()) {
      result->unbuilt.push_back(
          fmt::format("{} of [{}] ({}) for fields that the search does not name", rule.key,
                      rule.stanza, rule.place));
    }
    for (const Field field : wanted.fields()) {
      const bool own = std::find(targets.begin(), targets.end(), field.name()) != targets.end();
      const bool event = field.hidden() || field.name() == "_raw" || field.name() == "_time";
      if (!own && !event) targets.emplace_back(field.name());
    }
  }
  if (!rule.lookup || !targets.empty()) return targets;
  const absl::StatusOr<plan::LookupPtr> lookup = lookups_->FindLookup(rule.lookup->table);
  if (!lookup.ok() || *lookup == nullptr) return targets;
  for (const std::string& column : (*lookup)->columns) {
    const auto& inputs = rule.lookup->inputs;
    const bool input = std::any_of(inputs.begin(), inputs.end(),
                                   [&](const auto& each) { return each.first == column; });
    if (!input && !column.starts_with('_')) targets.push_back(column);
  }
  return targets;
}

void Props::InlineExtraction(const Rule& rule, const std::vector<std::string>& targets,
                             FieldTable& table, plan::FieldRule* made) {
  made->extraction = rule.extraction->extraction;
  made->extraction.source = table.Intern(rule.extraction->source);
  made->only_missing = !made->extraction.add;
  // The values that nobody asks for need not be taken out.
  std::vector<plan::ExtractedText> values;
  for (const std::string& target : targets) {
    const auto own = std::find(rule.targets.begin(), rule.targets.end(), target);
    if (own == rule.targets.end() || rule.extraction->extraction.values.empty()) continue;
    values.push_back(
        rule.extraction->extraction.values[static_cast<size_t>(own - rule.targets.begin())]);
  }
  made->extraction.values = std::move(values);
}

absl::Status Props::InlineLookup(const Rule& rule, const std::vector<std::string>& targets,
                                 FieldTable& table, plan::FieldRule* made) const {
  SPELK_ASSIGN_OR_RETURN(const plan::LookupPtr lookup, lookups_->FindLookup(rule.lookup->table));
  if (lookup == nullptr) {
    return absl::NotFoundError(fmt::format(
        "the lookup table '{}' does not exist or is not available", rule.lookup->table));
  }
  const auto check = [&](std::string_view column) {
    const auto& columns = lookup->columns;
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        fmt::format("the lookup table '{}' has no column '{}'", rule.lookup->table, column));
  };
  made->lookup.table = rule.lookup->table;
  made->lookup.only_missing = rule.only_missing;
  for (const auto& [column, field] : rule.lookup->inputs) {
    SPELK_RETURN_IF_ERROR(check(column));
    made->lookup.input_columns.push_back(column);
    made->lookup.inputs.push_back(table.Intern(field));
  }
  for (const std::string& target : targets) {
    const auto& outputs = rule.lookup->outputs;
    const auto output = std::find_if(outputs.begin(), outputs.end(),
                                     [&](const auto& each) { return each.second == target; });
    const std::string& column = output == outputs.end() ? target : output->first;
    SPELK_RETURN_IF_ERROR(check(column));
    made->lookup.output_columns.push_back(column);
  }
  if (!lookup->time_column.empty()) made->lookup.time = table.Intern("_time");
  return absl::OkStatus();
}

absl::StatusOr<plan::FieldRule> Props::Inline(const Rule& rule,
                                              const std::vector<std::string>& targets,
                                              FieldTable& table,
                                              const CompileExpression& compile) const {
  plan::FieldRule made;
  made.kind = rule.kind;
  made.where = rule.where;
  made.except = Overriding(rule);
  made.name = rule.key;
  made.only_missing = rule.only_missing;
  made.parallel_before = rule.kind == plan::RuleKind::kCalculate;
  for (const std::string& target : targets) made.targets.push_back(table.Intern(target));
  absl::Status status;
  if (rule.extraction) {
    InlineExtraction(rule, targets, table, &made);
  } else if (rule.lookup) {
    status = InlineLookup(rule, targets, table, &made);
  } else {
    absl::StatusOr<plan::ExprPtr> value = compile(rule.expression);
    status = value.status();
    if (value.ok()) made.value = *std::move(value);
  }
  if (status.ok()) return made;
  return absl::Status(status.code(), fmt::format("{}: {}", rule.place, MessageOf(status)));
}

// True if all fields, or a pattern, ask for the rule's field by the way.
bool Props::IsListed(const Rule& rule, std::string_view target, const plan::FieldSet& needs) {
  if (needs.all() && !rule.builtin) return true;
  return std::any_of(
      needs.patterns().begin(), needs.patterns().end(), [&](const std::string& pattern) {
        return plan::PatternTakes(pattern, target) && !(rule.builtin && IsOnlyStars(pattern));
      });
}

// From the last rule to the first, as a rule sees only what those before it made.
absl::StatusOr<InlinedRules> Props::RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                             const CompileExpression& compile) const {
  InlinedRules result;
  plan::FieldSet wanted = needs;
  plan::FieldSet before_calculations;  // They all see the values before any of them.
  for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
    const Rule& rule = rules_[*at];
    const bool calculates = rule.kind == plan::RuleKind::kCalculate;
    if (!calculates) wanted.Add(std::exchange(before_calculations, {}));
    std::vector<std::string> targets;
    std::vector<Field> listed;
    for (std::string& target : TargetsOf(rule, wanted, &result)) {
      const Field field = table.Intern(target);
      const bool lists = IsListed(rule, target, needs);
      if (lists) listed.push_back(field);
      if (lists || IsNamed(wanted, field)) targets.push_back(std::move(target));
    }
    if (targets.empty()) continue;
    SPELK_ASSIGN_OR_RETURN(plan::FieldRule made, Inline(rule, targets, table, compile));
    made.listed = std::move(listed);
    for (const Field target : made.targets) wanted.Add(target);
    (calculates ? before_calculations : wanted).Add(made.Inputs());
    result.rules.push_back(std::move(made));
  }
  wanted.Add(before_calculations);
  std::reverse(result.rules.begin(), result.rules.end());
  for (const Unbuilt& unbuilt : unbuilt_) {
    if (!NeedsAny(wanted, unbuilt.fields)) continue;
    result.unbuilt.push_back(unbuilt.what);
  }
  return result;
}

}  // namespace spelk::knowledge
