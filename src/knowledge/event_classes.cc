// Reading eventtypes.conf and tags.conf, and making rules of them.
#include "knowledge/event_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "knowledge/builtin.h"
#include "syntax/unescape.h"
#include "value/ascii.h"
#include "value/number.h"
#include "value/wildcard.h"

namespace spelk::knowledge {
namespace {

constexpr std::string_view kEventType = "eventtype";
constexpr std::string_view kTag = "tag";
constexpr std::string_view kTagOf = "tag::";

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

// Names of stanzas are written as in addresses: %20 is a blank.
std::string Decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto high = i + 2 < text.size() ? HexDigit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? HexDigit(text[i + 2]) : std::nullopt;
    if (text[i] == '%' && high && low) {
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// 1 is the highest; any other text is none.
int64_t PriorityOf(std::string_view text) {
  constexpr int64_t kNone = INT64_MAX;
  int64_t priority = 0;
  return ParseCanonicalInteger(text, &priority) && priority > 0 ? priority : kNone;
}

bool IsEnabled(std::string_view text) { return text == "enabled" || IsTrue(text); }

// Adds the patterns by which terms ask for event types.
void CollectTypes(const plan::Expr& expr, std::vector<std::string>* patterns) {
  const bool matches =
      expr.kind == plan::ExprKind::kMatch || expr.kind == plan::ExprKind::kMatchAny;
  if (matches && expr.field.name() == kEventType) {
    for (const plan::Pattern& pattern : expr.patterns) patterns->push_back(pattern.text);
  }
  for (const plan::ExprPtr& argument : expr.arguments) CollectTypes(*argument, patterns);
}

// Whether the field is asked for by the way, together with others.
bool IsListed(const plan::FieldSet& needs, std::string_view name) {
  const auto& patterns = needs.patterns();
  return needs.all() || std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
           return plan::PatternTakes(pattern, name);
         });
}

// Or by its name.
bool Needs(const plan::FieldSet& needs, std::string_view name) {
  const auto& fields = needs.fields();
  return std::any_of(fields.begin(), fields.end(),
                     [&](Field field) { return field.name() == name; });
}

plan::ComputedColumns NewRule(std::string name, Field target, bool listed) {
  plan::ComputedColumns rule;
  rule.kind = plan::RuleKind::kClassify;
  rule.name = std::move(name);
  rule.targets = {target};
  if (listed) rule.listed = {target};
  return rule;
}

absl::Status At(std::string_view place, const absl::Status& status) {
  return absl::Status(status.code(), fmt::format("{}: {}", place, MessageOf(status)));
}

}  // namespace

absl::Status EventClasses::Load(const Conf& event_types, const Conf& tags) {
  return lists_.Add(event_types, tags, false);
}

const EventClasses::Lists& EventClasses::lists() const {
  std::call_once(builtin_once_, [this] {
    if (!builtin_) return;
    const absl::StatusOr<Conf> types = BuiltinConf("eventtypes.conf");
    const absl::StatusOr<Conf> tags = BuiltinConf("tags.conf");
    if (types.ok() && tags.ok()) lists_.Add(*types, *tags, true).IgnoreError();  // Tested.
  });
  return lists_;
}

absl::Status EventClasses::Lists::Add(const Conf& event_types, const Conf& tag_stanzas,
                                      bool builtin) {
  for (const Stanza& stanza : event_types.stanzas()) {
    const Setting* search = stanza.Find("search");
    if (builtin ? known_types.contains(stanza.name) : !known_types.insert(stanza.name).second) {
      continue;
    }
    if (stanza.name == Conf::kDefault || search == nullptr || search->value.empty()) continue;
    if (IsTrue(stanza.Text("disabled"))) continue;
    types.push_back({stanza.name, search->value, event_types.PlaceOf(*search), builtin,
                     PriorityOf(stanza.Text("priority"))});
  }
  std::sort(types.begin(), types.end(), [](const EventType& a, const EventType& b) {
    return std::tie(a.priority, a.name) < std::tie(b.priority, b.name);
  });
  for (const Stanza& stanza : tag_stanzas.stanzas()) {
    if (stanza.name != Conf::kDefault) SPELK_RETURN_IF_ERROR(AddTags(tag_stanzas, stanza, builtin));
  }
  std::stable_sort(tags.begin(), tags.end(),
                   [](const Tag& a, const Tag& b) { return a.name < b.name; });
  return absl::OkStatus();
}

absl::Status EventClasses::Lists::AddTags(const Conf& conf, const Stanza& stanza, bool builtin) {
  if (stanza.settings.empty()) return absl::OkStatus();
  const size_t equals = stanza.name.find('=');
  if (equals == std::string::npos || equals == 0) {
    return absl::InvalidArgumentError(
        fmt::format("{}: the stanza [{}] of tags.conf names no field=value",
                    conf.PlaceOf(stanza.settings.front()), stanza.name));
  }
  const std::string field = Decoded(TrimBlanks(std::string_view(stanza.name).substr(0, equals)));
  const std::string value = Decoded(TrimBlanks(std::string_view(stanza.name).substr(equals + 1)));
  for (const Setting& setting : stanza.settings) {
    std::string known = fmt::format("{}={} {}", field, value, setting.key);
    if (builtin ? known_tags.contains(known) : !known_tags.insert(std::move(known)).second) {
      continue;
    }
    if (!IsEnabled(setting.value)) continue;
    tags.push_back({setting.key, field, value, conf.PlaceOf(setting), builtin});
  }
  return absl::OkStatus();
}

bool EventClasses::HasEventType(std::string_view pattern) const {
  const Wildcard wildcard(pattern, Case::kIgnore);
  const std::vector<EventType>& types = lists().types;
  return std::any_of(types.begin(), types.end(),
                     [&](const EventType& type) { return wildcard.Matches(type.name); });
}

bool EventClasses::HasTag(std::string_view field, std::string_view pattern) const {
  const Wildcard wildcard(pattern, Case::kIgnore);
  const std::vector<Tag>& tags = lists().tags;
  return std::any_of(tags.begin(), tags.end(), [&](const Tag& tag) {
    return (field.empty() || tag.field == field) && wildcard.Matches(tag.name);
  });
}

std::string EventClasses::Described(std::string_view field, std::string_view value) const {
  constexpr size_t kMost = 3;
  const Wildcard wildcard(value, Case::kIgnore);
  if (field == kEventType) {
    for (const EventType& type : lists().types) {
      if (wildcard.Matches(type.name)) return fmt::format("{} is {}", type.name, type.search);
    }
    return "no eventtypes.conf defines it";
  }
  const bool any_field = field == kTag;
  if (!any_field) field.remove_prefix(std::min(field.size(), kTagOf.size()));
  std::vector<std::string> of;
  for (const Tag& tag : lists().tags) {
    if ((!any_field && tag.field != field) || !wildcard.Matches(tag.name)) continue;
    of.push_back(fmt::format("{}={}", tag.field, tag.value));
  }
  if (of.empty()) return "no tags.conf gives it";
  const size_t more = of.size() > kMost ? of.size() - kMost : 0;
  of.resize(of.size() - more);
  return fmt::format("{} is of {}{}", value, fmt::join(of, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

absl::Status EventClasses::AddTypeRules(FieldTable& table, const CompileTerms& compile,
                                        Wanted wanted, std::vector<std::string> asked,
                                        plan::ComputedColumnsList* rules) const {
  struct Bound {
    plan::ExprPtr condition;
    std::vector<std::string> asks;
    bool placed = false;
  };
  const std::vector<EventType>& types = lists().types;
  std::vector<Bound> bound(types.size());
  size_t left = 0;
  const auto bind = [&](size_t t) -> absl::Status {
    absl::StatusOr<plan::ExprPtr> condition = compile(types[t].search);
    if (!condition.ok()) return At(types[t].place, condition.status());
    bound[t].condition = *std::move(condition);
    bound[t].placed = false;
    ++left;
    CollectTypes(*bound[t].condition, &bound[t].asks);
    asked.insert(asked.end(), bound[t].asks.begin(), bound[t].asks.end());
    return absl::OkStatus();
  };
  for (size_t t = 0; t < types.size(); ++t) {
    bound[t].placed = true;  // Unless it is wanted.
    if (!types[t].builtin || wanted.builtin) SPELK_RETURN_IF_ERROR(bind(t));
  }
  // Of spelk's own otherwise those that others ask for.
  for (size_t a = 0; a < asked.size(); ++a) {
    const std::string pattern = asked[a];  // The list grows.
    const Wildcard wildcard(pattern, Case::kIgnore);
    for (size_t t = 0; t < types.size(); ++t) {
      if (bound[t].condition != nullptr || !wildcard.Matches(types[t].name)) continue;
      SPELK_RETURN_IF_ERROR(bind(t));
    }
  }
  // Each rule holds the types that ask for none but those of the rules before it.
  const Field target = table.Intern(kEventType);
  while (left > 0) {
    std::vector<size_t> ready;
    for (size_t t = 0; t < types.size(); ++t) {
      const bool waits =
          std::any_of(bound[t].asks.begin(), bound[t].asks.end(), [&](const std::string& pattern) {
            const Wildcard wildcard(pattern, Case::kIgnore);
            for (size_t other = 0; other < types.size(); ++other) {
              if (other != t && !bound[other].placed && wildcard.Matches(types[other].name)) {
                return true;
              }
            }
            return false;
          });
      if (!bound[t].placed && !waits) ready.push_back(t);
    }
    if (ready.empty()) {
      const auto stuck =
          std::find_if(bound.begin(), bound.end(), [](const Bound& each) { return !each.placed; });
      const EventType& type = types[static_cast<size_t>(stuck - bound.begin())];
      return absl::InvalidArgumentError(fmt::format(
          "{}: the event type '{}' asks for others that ask for it", type.place, type.name));
    }
    plan::ComputedColumns rule = NewRule("eventtypes", target, wanted.listed);
    for (const size_t t : ready) {
      bound[t].placed = true;
      rule.choices.push_back({std::move(bound[t].condition), types[t].name});
    }
    left -= ready.size();
    rules->emplace_back(std::move(rule));
  }
  return absl::OkStatus();
}

// `field`: of tag::FIELD; empty for tag.
absl::Status EventClasses::AddTagRule(std::string_view field, FieldTable& table,
                                      const CompileTerms& compile, Wanted wanted,
                                      plan::ComputedColumnsList* rules) const {
  const std::string name = field.empty() ? std::string(kTag) : fmt::format("{}{}", kTagOf, field);
  plan::ComputedColumns rule = NewRule("tags", table.Intern(name), wanted.listed);
  for (const Tag& tag : lists().tags) {
    if (!field.empty() && tag.field != field) continue;
    if (tag.builtin && !wanted.builtin) continue;
    absl::StatusOr<plan::ExprPtr> condition =
        compile(fmt::format("{}={}", syntax::Quote(tag.field), syntax::Quote(tag.value)));
    if (!condition.ok()) return At(tag.place, condition.status());
    const bool again = !rule.choices.empty() && rule.choices.back().text == tag.name;
    if (!again) {
      rule.choices.push_back({*std::move(condition), tag.name});
      continue;
    }
    std::vector<plan::ExprPtr> either;
    either.push_back(std::move(rule.choices.back().condition));
    either.push_back(*std::move(condition));
    rule.choices.back().condition = plan::MakeLogical(plan::ExprKind::kOr, std::move(either));
  }
  if (!rule.choices.empty()) rules->emplace_back(std::move(rule));
  return absl::OkStatus();
}

absl::StatusOr<plan::ComputedColumnsList> EventClasses::RulesFor(const plan::FieldSet& needs,
                                                                 FieldTable& table,
                                                                 const CompileTerms& compile,
                                                                 RuleCache& cache) const {
  const auto wanted = [](const plan::FieldSet& read, std::string_view name) {
    return Wanted{Needs(read, name), IsListed(read, name)};
  };
  const auto any = [](Wanted each) { return each.builtin || each.listed; };
  std::string key = needs.all() ? "classes of all" : "classes";
  bool asked_for = needs.open();
  for (const Field field : needs.fields()) {
    const std::string_view name = field.name();
    if (name != kTag && name != kEventType && !name.starts_with(kTagOf)) continue;
    key += fmt::format("\n{}", name);
    asked_for = true;
  }
  if (!asked_for) return plan::ComputedColumnsList();
  for (const std::string& pattern : needs.patterns()) key += fmt::format("\n*{}", pattern);
  if (const auto known = cache.find(key); known != cache.end()) return known->second;
  plan::ComputedColumnsList tag_rules;
  if (!lists().tags.empty()) {
    if (const Wanted each = wanted(needs, kTag); any(each)) {
      SPELK_RETURN_IF_ERROR(AddTagRule("", table, compile, each, &tag_rules));
    }
    std::vector<std::string> fields;
    for (const Tag& tag : lists().tags) {
      if (std::find(fields.begin(), fields.end(), tag.field) == fields.end()) {
        fields.push_back(tag.field);
      }
    }
    for (const std::string& field : fields) {
      const Wanted each = wanted(needs, fmt::format("{}{}", kTagOf, field));
      if (any(each)) SPELK_RETURN_IF_ERROR(AddTagRule(field, table, compile, each, &tag_rules));
    }
  }
  std::vector<std::string> asked;
  for (const plan::ComputedColumns& rule : tag_rules) {
    for (const plan::RuleChoice& choice : rule.choices) CollectTypes(*choice.condition, &asked);
  }
  plan::ComputedColumnsList rules;
  const Wanted each = wanted(needs, kEventType);
  if ((any(each) || !asked.empty()) && !lists().types.empty()) {
    SPELK_RETURN_IF_ERROR(AddTypeRules(table, compile, each, std::move(asked), &rules));
  }
  for (plan::SharedColumns& rule : tag_rules) rules.push_back(std::move(rule));
  cache[key] = rules;
  return rules;
}

absl::StatusOr<std::vector<std::pair<std::string, plan::ExprPtr>>> EventClasses::ConditionsOf(
    std::string_view field, std::string_view pattern, const CompileTerms& compile) const {
  std::vector<std::pair<std::string, plan::ExprPtr>> conditions;
  const Wildcard wildcard(pattern, Case::kIgnore);
  if (field == kEventType) {
    for (const EventType& type : lists().types) {
      if (!wildcard.Matches(type.name)) continue;
      absl::StatusOr<plan::ExprPtr> condition = compile(type.search);
      if (!condition.ok()) return At(type.place, condition.status());
      conditions.emplace_back(fmt::format("eventtype {}", type.name), *std::move(condition));
    }
    return conditions;
  }
  const bool any_field = field == kTag;
  if (!any_field) field.remove_prefix(kTagOf.size());
  for (const Tag& tag : lists().tags) {
    if ((!any_field && tag.field != field) || !wildcard.Matches(tag.name)) continue;
    std::string terms = fmt::format("{}={}", syntax::Quote(tag.field), syntax::Quote(tag.value));
    absl::StatusOr<plan::ExprPtr> condition = compile(terms);
    if (!condition.ok()) return At(tag.place, condition.status());
    conditions.emplace_back(std::move(terms), *std::move(condition));
  }
  return conditions;
}

}  // namespace spelk::knowledge
