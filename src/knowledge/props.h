// Props: props.conf: which fields of which events come about by an alias or a calculation.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/string_map.h"
#include "knowledge/conf.h"
#include "plan/field_set.h"
#include "plan/nodes.h"

namespace spelk::knowledge {

using CompileExpression = std::function<absl::StatusOr<plan::ExprPtr>(std::string_view text)>;

// Rules for a scan, in the order of application, and what an app says that is not built yet and
// might have given a field that is read.
struct InlinedRules {
  std::vector<plan::FieldRule> rules;
  std::vector<std::string> unbuilt;
};

class Props {
 public:
  // The stanzas of a props.conf. `builtin`: its rules only add fields that are missing, and are not
  // among "all fields". InvalidArgument, with file and line, for a setting that means nothing.
  absl::Status AddAll(const Conf& conf, bool builtin);

  // The rules by which needed fields, and the fields that such rules read in turn, come about.
  // Splunk's order: aliases before calculations, which all see the values before any of them; by
  // class; and of one class only the stanza of the highest precedence that is for the event.
  absl::StatusOr<InlinedRules> RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                        const CompileExpression& compile) const;

  // What a sourcetype is shown as: [old] rename = new.
  const StringMap<std::string>& renames() const { return renames_; }

 private:
  // One alias or calculation.
  struct Rule {
    plan::EventSet where;
    int rank = 0;  // Of the kind of stanza: [default], sourcetype, host::, source::.
    bool literal = true;
    int64_t priority = 0;
    std::string stanza;
    std::string key;  // "FIELDALIAS-cim"
    std::string target;
    std::string expression;
    std::string place;
    bool calculated = false;
    bool builtin = false;
    bool only_missing = false;
  };
  // A setting that has no effect yet.
  struct Unbuilt {
    std::string what;                 // "EXTRACT-a of [app:log] (…/props.conf:3)"
    std::vector<std::string> fields;  // That it would give; none: any.
  };

  absl::Status AddSetting(const Conf& conf, const Stanza& stanza, const Setting& setting,
                          const Rule& common);
  absl::Status AddAliases(const Conf& conf, const Setting& setting, const Rule& common);
  void AddUnbuilt(const Conf& conf, const Stanza& stanza, const Setting& setting);
  static bool ComesBefore(const Rule& a, const Rule& b);
  static bool IsListed(const Rule& rule, const plan::FieldSet& needs);
  std::vector<plan::EventSet> Overriding(const Rule& rule) const;
  absl::StatusOr<plan::FieldRule> Inline(const Rule& rule, FieldTable& table,
                                         const CompileExpression& compile) const;

  std::vector<Rule> rules_;
  std::vector<size_t> order_;  // Of the rules, as they are applied.
  StringMap<std::vector<size_t>> by_key_;
  std::vector<Unbuilt> unbuilt_;
  StringMap<std::string> renames_;
};

}  // namespace spelk::knowledge
