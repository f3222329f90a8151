// Reading eventtypes.conf and tags.conf, and making rules of them.
#include "knowledge/event_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "syntax/unescape.h"
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

bool IsOn(std::string_view text) { return text == "enabled" || IsTrue(text); }

// Adds the patterns by which terms ask for event types.
void CollectTypes(const plan::Expr& expr, std::vector<std::string>* patterns) {
  const bool matches =
      expr.kind == plan::ExprKind::kMatch || expr.kind == plan::ExprKind::kMatchAny;
  if (matches && expr.field.name() == kEventType) {
    for (const plan::Pattern& pattern : expr.patterns) patterns->push_back(pattern.text);
  }
  for (const plan::ExprPtr& argument : expr.arguments) CollectTypes(*argument, patterns);
}

// Whether the field is asked for: by name, or by the way together with others.
enum class Need : uint8_t { kNone, kNamed, kListed };
Need NeedOf(const plan::FieldSet& needs, std::string_view name) {
  if (needs.all()) return Need::kListed;
  for (const std::string& pattern : needs.patterns()) {
    if (plan::PatternTakes(pattern, name)) return Need::kListed;
  }
  const auto& fields = needs.fields();
  const bool named =
      std::any_of(fields.begin(), fields.end(), [&](Field field) { return field.name() == name; });
  return named ? Need::kNamed : Need::kNone;
}

plan::FieldRule NewRule(std::string name, Field target, bool listed) {
  plan::FieldRule rule;
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
  for (const Stanza& stanza : event_types.stanzas()) {
    const Setting* search = stanza.Find("search");
    if (stanza.name == Conf::kDefault || search == nullptr) continue;
    if (IsTrue(stanza.Text("disabled"))) continue;
    types_.push_back({stanza.name, search->value, event_types.PlaceOf(*search)});
  }
  std::sort(types_.begin(), types_.end(),
            [](const EventType& a, const EventType& b) { return a.name < b.name; });
  for (const Stanza& stanza : tags.stanzas()) {
    if (stanza.name != Conf::kDefault) SPELK_RETURN_IF_ERROR(AddTags(tags, stanza));
  }
  std::stable_sort(tags_.begin(), tags_.end(),
                   [](const Tag& a, const Tag& b) { return a.name < b.name; });
  return absl::OkStatus();
}

absl::Status EventClasses::AddTags(const Conf& conf, const Stanza& stanza) {
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
    if (IsOn(setting.value)) tags_.push_back({setting.key, field, value, conf.PlaceOf(setting)});
  }
  return absl::OkStatus();
}

bool EventClasses::HasEventType(std::string_view pattern) const {
  const Wildcard wildcard(pattern, Case::kIgnore);
  return std::any_of(types_.begin(), types_.end(),
                     [&](const EventType& type) { return wildcard.Matches(type.name); });
}

bool EventClasses::HasTag(std::string_view field, std::string_view pattern) const {
  const Wildcard wildcard(pattern, Case::kIgnore);
  return std::any_of(tags_.begin(), tags_.end(), [&](const Tag& tag) {
    return (field.empty() || tag.field == field) && wildcard.Matches(tag.name);
  });
}

absl::Status EventClasses::AddTypeRules(FieldTable& table, const CompileTerms& compile, bool listed,
                                        std::vector<plan::FieldRule>* rules) const {
  struct Bound {
    plan::ExprPtr condition;
    std::vector<std::string> asks;
    bool placed = false;
  };
  std::vector<Bound> bound(types_.size());
  for (size_t t = 0; t < types_.size(); ++t) {
    absl::StatusOr<plan::ExprPtr> condition = compile(types_[t].search);
    if (!condition.ok()) return At(types_[t].place, condition.status());
    bound[t].condition = *std::move(condition);
    CollectTypes(*bound[t].condition, &bound[t].asks);
  }
  // Each rule holds the types that ask for none but those of the rules before it.
  const Field target = table.Intern(kEventType);
  for (size_t left = types_.size(); left > 0;) {
    std::vector<size_t> ready;
    for (size_t t = 0; t < types_.size(); ++t) {
      const bool waits =
          std::any_of(bound[t].asks.begin(), bound[t].asks.end(), [&](const std::string& pattern) {
            const Wildcard wildcard(pattern, Case::kIgnore);
            for (size_t other = 0; other < types_.size(); ++other) {
              if (other != t && !bound[other].placed && wildcard.Matches(types_[other].name)) {
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
      const EventType& type = types_[static_cast<size_t>(stuck - bound.begin())];
      return absl::InvalidArgumentError(fmt::format(
          "{}: the event type '{}' asks for others that ask for it", type.place, type.name));
    }
    plan::FieldRule rule = NewRule("eventtypes", target, listed);
    for (const size_t t : ready) {
      bound[t].placed = true;
      rule.choices.push_back({std::move(bound[t].condition), types_[t].name});
    }
    left -= ready.size();
    rules->push_back(std::move(rule));
  }
  return absl::OkStatus();
}

// `field`: of tag::FIELD; empty for tag.
absl::Status EventClasses::AddTagRule(std::string_view field, FieldTable& table,
                                      const CompileTerms& compile, bool listed,
                                      std::vector<plan::FieldRule>* rules) const {
  const std::string name = field.empty() ? std::string(kTag) : fmt::format("{}{}", kTagOf, field);
  plan::FieldRule rule = NewRule("tags", table.Intern(name), listed);
  for (const Tag& tag : tags_) {
    if (!field.empty() && tag.field != field) continue;
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
  if (!rule.choices.empty()) rules->push_back(std::move(rule));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<plan::FieldRule>> EventClasses::RulesFor(
    const plan::FieldSet& needs, FieldTable& table, const CompileTerms& compile) const {
  std::vector<plan::FieldRule> tag_rules;
  if (!tags_.empty()) {
    if (const Need need = NeedOf(needs, kTag); need != Need::kNone) {
      SPELK_RETURN_IF_ERROR(AddTagRule("", table, compile, need == Need::kListed, &tag_rules));
    }
    std::vector<std::string> fields;
    for (const Tag& tag : tags_) {
      if (std::find(fields.begin(), fields.end(), tag.field) == fields.end()) {
        fields.push_back(tag.field);
      }
    }
    for (const std::string& field : fields) {
      const Need need = NeedOf(needs, fmt::format("{}{}", kTagOf, field));
      if (need == Need::kNone) continue;
      SPELK_RETURN_IF_ERROR(AddTagRule(field, table, compile, need == Need::kListed, &tag_rules));
    }
  }
  plan::FieldSet read = needs;
  for (const plan::FieldRule& rule : tag_rules) read.Add(rule.Inputs());
  std::vector<plan::FieldRule> rules;
  if (const Need need = NeedOf(read, kEventType); need != Need::kNone && !types_.empty()) {
    SPELK_RETURN_IF_ERROR(AddTypeRules(table, compile, need == Need::kListed, &rules));
  }
  for (plan::FieldRule& rule : tag_rules) rules.push_back(std::move(rule));
  return rules;
}

}  // namespace spelk::knowledge
