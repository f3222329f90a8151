// Choosing the rules of props.conf that a search needs.
#include "knowledge/props.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/bytes.h"
#include "base/status.h"
#include "plan/lookup.h"

namespace spelk::knowledge {
namespace {

// Where automatic extraction (KV_MODE) stands among the phases.
constexpr int kAutomaticPhase = 5;

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

// Whoever names the field is told that it cannot be had; whoever reads all fields is warned.
absl::Status Props::AddProblems(const plan::FieldSet& needs, const plan::FieldSet& wanted,
                                InlinedRules* result) const {
  plan::FieldSet named;
  for (const Field field : wanted.fields()) named.Add(field);
  for (const Broken& broken : broken_) {
    if (!broken.fields.empty() && NeedsAny(named, broken.fields)) return broken.status;
    if (needs.open()) result->unbuilt.push_back(broken.what);
  }
  for (const Unbuilt& unbuilt : unbuilt_) {
    if (NeedsAny(wanted, unbuilt.fields)) result->unbuilt.push_back(unbuilt.what);
  }
  return absl::OkStatus();
}

// Aliases of spelk's own name what a layout holds, for the rules of apps to build on, and once more
// what texts gave; what an app extracts comes before what spelk does, and its calculation replaces
// spelk's.
int Props::PhaseOf(const Rule& rule) {
  const int own = rule.stanza->builtin ? 1 : 0;
  if (rule.ingest) return -1;
  switch (rule.kind) {
    case plan::RuleKind::kExtract:
      if (rule.key.starts_with(kTokenizer)) return kAutomaticPhase + 1;
      return (rule.key.starts_with(kExtractClass) ? 1 : 3) + own;
    case plan::RuleKind::kAlias:
      if (rule.stanza->builtin) return rule.again ? kAutomaticPhase + 1 : 0;
      return kAutomaticPhase + 2;
    case plan::RuleKind::kCalculate:
      return kAutomaticPhase + 4 - own;
    default:
      return kAutomaticPhase + 5 + own;
  }
}

// The order of application; of two rules for one field the later one decides.
bool Props::ComesBefore(const Rule& a, const Rule& b) {
  if (a.phase != b.phase) return a.phase < b.phase;
  if (a.key != b.key) return a.key < b.key;
  if (a.stanza->rank != b.stanza->rank) return a.stanza->rank < b.stanza->rank;
  if (a.stanza->priority != b.stanza->priority) return a.stanza->priority < b.stanza->priority;
  return a.stanza->name > b.stanza->name;  // The first in ASCII order has precedence.
}

// The stanzas in whose events another setting of the same name takes the place of this one. Of
// calculations the last one decides anyway.
std::vector<plan::EventSet> Props::Overriding(const Rule& rule) const {
  std::vector<plan::EventSet> sets;
  const bool calculates = rule.kind == plan::RuleKind::kCalculate && !rule.ingest;
  if (calculates || rule.stanza->builtin) return sets;
  for (const size_t index : by_key_.find(rule.key)->second) {
    const Rule& other = rules_[index];
    const bool apart =
        rule.stanza->literal && other.stanza->literal && rule.stanza->rank == other.stanza->rank;
    if (other.stanza->builtin || other.stanza->name == rule.stanza->name || apart) continue;
    if (!ComesBefore(rule, other)) continue;
    if (std::find(sets.begin(), sets.end(), other.stanza->where) == sets.end())
      sets.push_back(other.stanza->where);
  }
  return sets;
}

// The fields that a rule may give, if those are wanted that are: those of its own, and of names
// that only the text or the table tells those that somebody asks for.
std::vector<std::string> Props::TargetsOf(const Rule& rule, const plan::FieldSet& from_text) const {
  std::vector<std::string> targets = rule.targets;
  if (rule.extraction && rule.extraction->names_in_text) {
    for (const Field field : from_text.fields()) {
      const bool own = std::find(targets.begin(), targets.end(), field.name()) != targets.end();
      if (!own && !field.hidden() && plan::TextMayName(field.name())) {
        targets.emplace_back(field.name());
      }
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
                             FieldTable& table, plan::ComputedColumns* made) {
  made->extraction = rule.extraction->extraction;
  made->extraction.source = table.Intern(rule.extraction->source);
  made->only_missing = !made->extraction.add && !rule.key.starts_with(kTokenizer);
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
                                 FieldTable& table, plan::ComputedColumns* made) const {
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

void Props::ForEachField(const TakeField& take) const {
  for (const Rule& rule : rules_) {
    for (const std::string& target : rule.targets) take(rule.stanza->where, target);
    if (rule.kind == plan::RuleKind::kAlias) take(rule.stanza->where, rule.expression);
    if (!rule.lookup) continue;
    for (const auto& [column, field] : rule.lookup->inputs) take(rule.stanza->where, field);
  }
}

absl::StatusOr<plan::ComputedColumns> Props::Inline(const Rule& rule,
                                                    const std::vector<std::string>& targets,
                                                    FieldTable& table,
                                                    const CompileExpression& compile) const {
  plan::ComputedColumns made;
  made.kind = rule.kind;
  made.where = rule.stanza->where;
  made.except = Overriding(rule);
  made.name = rule.key;
  made.only_missing = rule.only_missing;
  made.parallel_before = rule.kind == plan::RuleKind::kCalculate && !rule.ingest;
  const bool reads_text = rule.extraction && rule.extraction->source == "_raw";
  if (rule.again || (rule.stanza->builtin && reads_text)) made.text_source = table.Intern("_raw");
  for (const std::string& target : targets) made.targets.push_back(table.Intern(target));
  absl::Status status;
  if (rule.extraction) {
    InlineExtraction(rule, targets, table, &made);
  } else if (rule.lookup) {
    status = InlineLookup(rule, targets, table, &made);
  } else if (rule.kind == plan::RuleKind::kAlias) {
    made.value = plan::MakeField(table.Intern(rule.expression));
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
  if (needs.all() && !rule.stanza->builtin) return true;
  return std::any_of(needs.patterns().begin(), needs.patterns().end(),
                     [&](const std::string& pattern) {
                       return plan::PatternTakes(pattern, target) &&
                              !(rule.stanza->builtin && IsOnlyStars(pattern));
                     });
}

// What apps give to whoever asks for it by the way. Texts may give it, too, and so must all that
// take fields out of texts.
plan::FieldSet Props::Listed(const plan::FieldSet& needs, FieldTable& table) const {
  plan::FieldSet listed;
  if (!needs.open()) return listed;
  for (const Rule& rule : rules_) {
    for (const std::string& target : rule.targets) {
      if (!rule.stanza->builtin && IsListed(rule, target, needs)) listed.Add(table.Intern(target));
    }
  }
  return listed;
}

void Props::AddAutomatic(const plan::FieldSet& from_text, FieldTable& table, bool open,
                         plan::FieldSet* wanted, plan::ComputedColumnsList* rules) const {
  plan::ComputedColumns made;
  made.kind = plan::RuleKind::kAutomatic;
  made.name = "KV_MODE";
  made.only_missing = true;
  made.open = open;
  for (const Field field : from_text.fields()) {
    if (!field.hidden() && plan::TextMayName(field.name())) made.targets.push_back(field);
  }
  if (made.targets.empty() && !made.open) return;
  made.text_source = made.extraction.source = table.Intern("_raw");
  for (const TextRule& each : texts_) made.text.push_back(each.setting);
  wanted->Add(made.Inputs());
  rules->emplace_back(std::move(made));
}

void Props::AddNote(const Rule& rule, InlinedRules* result) const {
  const absl::StatusOr<plan::LookupPtr> lookup = lookups_->FindLookup(rule.lookup->table);
  if (!lookup.ok() || *lookup == nullptr || !(*lookup)->empty) return;
  result->notes.push_back(
      fmt::format("the collection '{}', which {} of [{}] looks up, has no rows "
                  "here: lookups/{}.csv gives them",
                  (*lookup)->table, rule.key, rule.stanza->name, (*lookup)->table));
}

namespace {

// What tells a rule from others that are bound for other fields.
std::string KeyOf(std::pair<size_t, size_t> rule, const std::vector<std::string>& targets,
                  const std::vector<Field>& listed, bool open) {
  std::string key;
  ByteWriter out(key);
  out.Varint(rule.first);
  out.Varint(rule.second);
  out.Bool(open);
  for (const std::string& target : targets) out.Text(target);
  out.Varint(0);
  for (const Field field : listed) out.Text(field.name());
  return key;
}

}  // namespace

// From the last rule to the first, as a rule sees only what those before it made.
absl::StatusOr<InlinedRules> Props::RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                             const CompileExpression& compile,
                                             RuleCache& cache) const {
  InlinedRules result;
  plan::FieldSet wanted = needs;
  plan::FieldSet before_calculations;  // They all see the values before any of them.
  const plan::FieldSet listed_names = Listed(needs, table);
  // What a rule that finds names in a text is asked for.
  const auto from_text = [&] {
    plan::FieldSet fields = plan::FieldSet::Of(wanted.fields());
    fields.Add(listed_names);
    return fields;
  };
  bool automatic = false;
  const auto add_automatic = [&] {
    if (std::exchange(automatic, true)) return;
    wanted.Add(std::exchange(before_calculations, {}));
    AddAutomatic(from_text(), table, needs.open(), &wanted, &result.rules);
  };
  // The names of what is wanted: most rules give nothing of it.
  absl::flat_hash_set<std::string_view> names_wanted;
  size_t noted = 0;
  const auto may_give = [&](const Rule& rule) {
    const std::vector<Field>& fields = wanted.fields();
    for (; noted < fields.size(); ++noted) names_wanted.insert(fields[noted].name());
    return std::any_of(rule.targets.begin(), rule.targets.end(),
                       [&](const std::string& target) { return names_wanted.contains(target); });
  };
  for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
    const Rule& rule = rules_[*at];
    if (rule.phase < kAutomaticPhase) add_automatic();
    const bool calculates = rule.kind == plan::RuleKind::kCalculate && !rule.ingest;
    if (!calculates && !before_calculations.empty()) {
      wanted.Add(std::exchange(before_calculations, {}));
    }
    const bool finds_names = rule.extraction && rule.extraction->names_in_text;
    const bool tells_all = !finds_names && !rule.targets.empty();
    if (tells_all && !needs.open() && !may_give(rule)) continue;
    std::vector<std::string> targets;
    std::vector<Field> listed;
    const plan::FieldSet names = finds_names ? from_text() : plan::FieldSet();
    for (std::string& target : TargetsOf(rule, names)) {
      const Field field = table.Intern(target);
      const bool lists = IsListed(rule, target, needs);
      if (lists) listed.push_back(field);
      if (lists || IsNamed(wanted, field) || IsNamed(names, field)) {
        targets.push_back(std::move(target));
      }
    }
    const bool open = finds_names && needs.open();
    if (targets.empty() && !open) continue;
    if (rule.lookup) AddNote(rule, &result);
    // More rules may have been read since, and hide some.
    plan::ComputedColumnsList& known = cache[KeyOf({*at, rules_.size()}, targets, listed, open)];
    if (known.empty()) {
      SPELK_ASSIGN_OR_RETURN(plan::ComputedColumns made, Inline(rule, targets, table, compile));
      made.listed = std::move(listed);
      made.open = open;
      known.emplace_back(std::move(made));
    }
    const plan::SharedColumns& made = known.front();
    for (const Field target : made->targets) wanted.Add(target);
    (calculates ? before_calculations : wanted).Add(made->Inputs());
    result.rules.push_back(made);
  }
  add_automatic();
  wanted.Add(before_calculations);
  std::reverse(result.rules.begin(), result.rules.end());
  SPELK_RETURN_IF_ERROR(AddProblems(needs, wanted, &result));
  return result;
}

}  // namespace spelk::knowledge
