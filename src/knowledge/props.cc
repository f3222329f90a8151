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

namespace spelk::knowledge {
namespace {

constexpr int64_t kPriorityOfLiterals = 100;  // Patterns have 0.

constexpr std::string_view kAlias = "FIELDALIAS-";
constexpr std::string_view kCalculation = "EVAL-";
constexpr std::string_view kExtract = "EXTRACT-";
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

bool IsWord(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char c, char l) { return (c >= 'A' && c <= 'Z' ? c | 0x20 : c) == l; });
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

// The names of the groups of a regular expression: (?<name>…), (?P<name>…).
std::vector<std::string> GroupsOf(std::string_view regex) {
  std::vector<std::string> names;
  for (size_t at = regex.find("(?"); at != std::string_view::npos; at = regex.find("(?", at + 2)) {
    std::string_view rest = regex.substr(at + 2);
    if (rest.starts_with('P')) rest.remove_prefix(1);
    if (!rest.starts_with('<')) continue;
    const size_t end = rest.find('>');
    if (end == std::string_view::npos || rest[1] == '=' || rest[1] == '!') continue;
    names.emplace_back(rest.substr(1, end - 1));
  }
  return names;
}

// "acts code AS kind OUTPUT action AS verdict note": the names behind OUTPUT; none if there is no
// OUTPUT, which gives every column.
std::vector<std::string> OutputsOf(std::string_view lookup) {
  const std::vector<std::string> words = WordsOf(lookup);
  std::vector<std::string> outputs;
  bool behind = false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsWord(words[i], "output") || IsWord(words[i], "outputnew")) {
      behind = true;
    } else if (behind && IsWord(words[i], "as") && i + 1 < words.size() && !outputs.empty()) {
      outputs.back() = words[++i];
    } else if (behind) {
      outputs.push_back(words[i]);
    }
  }
  return outputs;
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

absl::Status Props::AddAll(const Conf& conf, bool builtin) {
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
      SPELK_RETURN_IF_ERROR(AddSetting(conf, stanza, setting, common));
    }
  }
  order_.resize(rules_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::stable_sort(order_.begin(), order_.end(),
                   [this](size_t a, size_t b) { return ComesBefore(rules_[a], rules_[b]); });
  return absl::OkStatus();
}

absl::Status Props::AddSetting(const Conf& conf, const Stanza& stanza, const Setting& setting,
                               const Rule& common) {
  const std::string_view key = setting.key;
  if (key.starts_with(kAlias)) return AddAliases(conf, setting, common);
  if (!key.starts_with(kCalculation)) {
    if (key == "rename" && common.rank == 1) renames_[stanza.name] = setting.value;
    AddUnbuilt(conf, stanza, setting);
    return absl::OkStatus();
  }
  Rule rule = common;
  rule.key = key;
  rule.target = key.substr(kCalculation.size());
  rule.expression = setting.value;
  rule.place = conf.PlaceOf(setting);
  rule.calculated = true;
  if (rule.target.empty() || rule.expression.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected EVAL-field = expression", rule.place));
  }
  by_key_[rule.key].push_back(rules_.size());
  rules_.push_back(std::move(rule));
  return absl::OkStatus();
}

absl::Status Props::AddAliases(const Conf& conf, const Setting& setting, const Rule& common) {
  const std::vector<std::string> words = WordsOf(setting.value);
  const std::string place = conf.PlaceOf(setting);
  for (size_t i = 0; i < words.size(); i += 3) {
    const bool as_new = i + 2 < words.size() && IsWord(words[i + 1], "asnew");
    if (i + 2 >= words.size() || (!as_new && !IsWord(words[i + 1], "as"))) {
      return absl::InvalidArgumentError(
          fmt::format("{}: expected {} = field AS alias", place, setting.key));
    }
    Rule rule = common;
    rule.key = setting.key;
    rule.target = words[i + 2];
    rule.expression = FieldExpression(words[i]);
    rule.place = place;
    rule.only_missing = common.only_missing || as_new;
    by_key_[rule.key].push_back(rules_.size());
    rules_.push_back(std::move(rule));
  }
  return absl::OkStatus();
}

void Props::AddUnbuilt(const Conf& conf, const Stanza& stanza, const Setting& setting) {
  const std::string_view key = setting.key;
  Unbuilt unbuilt;
  if (key.starts_with(kExtract)) {
    unbuilt.fields = GroupsOf(setting.value);
  } else if (key.starts_with(kLookup)) {
    unbuilt.fields = OutputsOf(setting.value);
  } else if (IsOfTime(key)) {
    unbuilt.fields = {"_time", std::string(hidden::kTime.name())};
  } else if (key == "KV_MODE") {
    // The members of JSON are fields anyway, and none has nothing to take away from them.
    if (IsWord(setting.value, "none") || IsWord(setting.value, "json")) return;
  } else if (!key.starts_with("REPORT-")) {
    return;
  }
  unbuilt.what = fmt::format("{} of [{}] ({})", setting.key, stanza.name, conf.PlaceOf(setting));
  unbuilt_.push_back(std::move(unbuilt));
}

// The order of application; of two rules for one field the later one decides.
bool Props::ComesBefore(const Rule& a, const Rule& b) {
  // Aliases of spelk's own name what a shape holds, for the aliases of apps to build on; an app's
  // calculation replaces spelk's.
  const auto phase = [](const Rule& rule) {
    return rule.calculated ? 2 + (rule.builtin ? 0 : 1) : (rule.builtin ? 0 : 1);
  };
  if (phase(a) != phase(b)) return phase(a) < phase(b);
  if (a.key != b.key) return a.key < b.key;
  if (a.rank != b.rank) return a.rank < b.rank;
  if (a.priority != b.priority) return a.priority < b.priority;
  return a.stanza > b.stanza;  // The first in ASCII order has precedence.
}

// The stanzas in whose events another setting of the same name takes the place of an alias. Of
// calculations the last one decides anyway.
std::vector<plan::EventSet> Props::Overriding(const Rule& rule) const {
  std::vector<plan::EventSet> sets;
  if (rule.calculated || rule.builtin) return sets;
  for (const size_t index : by_key_.find(rule.key)->second) {
    const Rule& other = rules_[index];
    const bool apart = rule.literal && other.literal && rule.rank == other.rank;
    if (other.builtin || other.stanza == rule.stanza || apart) continue;
    if (!ComesBefore(rule, other)) continue;
    if (std::find(sets.begin(), sets.end(), other.where) == sets.end()) sets.push_back(other.where);
  }
  return sets;
}

absl::StatusOr<plan::FieldRule> Props::Inline(const Rule& rule, FieldTable& table,
                                              const CompileExpression& compile) const {
  plan::FieldRule made;
  made.where = rule.where;
  made.except = Overriding(rule);
  made.name = rule.key;
  made.target = table.Intern(rule.target);
  made.only_missing = rule.only_missing;
  made.parallel_before = rule.calculated;
  absl::StatusOr<plan::ExprPtr> value = compile(rule.expression);
  if (!value.ok()) {
    return absl::Status(value.status().code(),
                        fmt::format("{}: {}", rule.place, MessageOf(value.status())));
  }
  made.value = std::move(*value);
  return made;
}

// True if all fields, or a pattern, ask for the rule's field by the way.
bool Props::IsListed(const Rule& rule, const plan::FieldSet& needs) {
  if (needs.all() && !rule.builtin) return true;
  return std::any_of(
      needs.patterns().begin(), needs.patterns().end(), [&](const std::string& pattern) {
        return plan::PatternTakes(pattern, rule.target) && !(rule.builtin && IsOnlyStars(pattern));
      });
}

// From the last rule to the first, as a rule sees only what those before it made.
absl::StatusOr<InlinedRules> Props::RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                             const CompileExpression& compile) const {
  InlinedRules result;
  plan::FieldSet wanted = needs;
  plan::FieldSet before_calculations;  // They come last, and see the values before any of them.
  for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
    const Rule& rule = rules_[*at];
    if (!rule.calculated) wanted.Add(std::exchange(before_calculations, {}));
    const Field target = table.Intern(rule.target);
    const bool listed = IsListed(rule, needs);
    if (!listed && !IsNamed(wanted, target)) continue;
    SPELK_ASSIGN_OR_RETURN(plan::FieldRule made, Inline(rule, table, compile));
    made.listed = listed;
    wanted.Add(target);
    plan::CollectFields(*made.value, rule.calculated ? &before_calculations : &wanted);
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
