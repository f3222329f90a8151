// EventClasses: event types and tags: eventtypes.conf and tags.conf as rules that give events the
// fields eventtype, tag and tag::FIELD.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "knowledge/conf.h"
#include "knowledge/rule_cache.h"
#include "plan/computed_columns.h"
#include "plan/field_set.h"
#include "plan/services.h"

namespace spelk::knowledge {

// Search terms as those of a base search.
using CompileTerms = std::function<absl::StatusOr<plan::ExprPtr>(std::string_view text)>;

// Loaded once, then shared between threads.
class EventClasses final : public plan::EventClasses {
 public:
  // InvalidArgument, with file and line, for a stanza that means nothing.
  absl::Status Load(const Conf& event_types, const Conf& tags);
  // Puts spelk's own, which are not among "all fields", below those of apps, which hide such of the
  // same name. They are read when something is first asked for.
  void AddBuiltin() { builtin_ = true; }

  bool HasEventType(std::string_view pattern) const override;
  bool HasTag(std::string_view field, std::string_view pattern) const override;

  // What gives events a value of eventtype, tag or tag::FIELD, for people: "logon is EventID=4624".
  std::string Described(std::string_view field, std::string_view value) const;

  // The rules that give the fields that are needed. An event type may ask for others, which come
  // before it. InvalidArgument for terms that mean nothing, and for types that ask for each other.
  // `cache`: of all that is asked for with this table.
  absl::StatusOr<plan::ComputedColumnsList> RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                                     const CompileTerms& compile,
                                                     RuleCache& cache) const;

  // The conditions under which knowledge gives an event a value of the field (eventtype, tag or
  // tag::FIELD) that the pattern takes, each with a text that tells it from others.
  absl::StatusOr<std::vector<std::pair<std::string, plan::ExprPtr>>> ConditionsOf(
      std::string_view field, std::string_view pattern, const CompileTerms& compile) const;

 private:
  struct EventType {
    std::string name;
    std::string search;
    std::string place;
    bool builtin = false;
    int64_t priority = 0;  // Lower ones come first; those without one last.
  };
  struct Tag {
    std::string name;
    std::string field;
    std::string value;
    std::string place;
    bool builtin = false;
  };
  // Whether rules are wanted of spelk's own, too, and whether their targets are listed.
  struct Wanted {
    bool builtin = false;
    bool listed = false;
  };
  // What there is.
  struct Lists {
    absl::Status Add(const Conf& event_types, const Conf& tag_stanzas, bool builtin);
    absl::Status AddTags(const Conf& conf, const Stanza& stanza, bool builtin);

    std::vector<EventType> types;  // By priority, then by name.
    std::vector<Tag> tags;         // By name.
    StringSet known_types;         // Stanzas of apps, disabled ones too.
    StringSet known_tags;          // Likewise: "field=value" and the tag.
  };
  const Lists& lists() const;
  // `asked`: patterns of types that are wanted in any case.
  absl::Status AddTypeRules(FieldTable& table, const CompileTerms& compile, Wanted wanted,
                            std::vector<std::string> asked, plan::ComputedColumnsList* rules) const;
  absl::Status AddTagRule(std::string_view field, FieldTable& table, const CompileTerms& compile,
                          Wanted wanted, plan::ComputedColumnsList* rules) const;

  bool builtin_ = false;
  mutable std::once_flag builtin_once_;
  mutable Lists lists_;
};

}  // namespace spelk::knowledge
