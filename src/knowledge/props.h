// Props: props.conf: which fields of which events come about by extractions, aliases, calculations
// and lookups.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/string_map.h"
#include "knowledge/conf.h"
#include "knowledge/extractions.h"
#include "knowledge/rule_cache.h"
#include "plan/computed_columns.h"
#include "plan/field_set.h"
#include "plan/services.h"

namespace spelk::knowledge {

inline constexpr std::string_view kExtractClass = "EXTRACT-";

using CompileExpression = std::function<absl::StatusOr<plan::ExprPtr>(std::string_view text)>;

// Rules for a scan, in the order of application, and what an app says that is not built yet and
// might have given a field that is read.
struct InlinedRules {
  plan::ComputedColumnsList rules;
  std::vector<std::string> unbuilt;
  std::vector<std::string> notes;  // What else may surprise.
};

class Props {
 public:
  // The stanzas of a props.conf, and of the transforms.conf beside it. `builtin`: its rules only
  // add fields that are missing, and are not among "all fields". A setting that means nothing does
  // no harm to searches that do not read what it would give. `lookups` outlives this.
  absl::Status AddAll(const Conf& conf, const Conf& transforms, const plan::LookupCatalog& lookups,
                      bool builtin);

  // The same in two steps, for several of them: Arrange after the last.
  absl::Status Read(const Conf& conf, const Conf& transforms, const plan::LookupCatalog& lookups,
                    bool builtin);
  void Arrange();

  // What a fields.conf says of fields.
  void AddFields(const Conf& conf);

  // The rules by which needed fields, and the fields that such rules read in turn, come about.
  // Splunk's order: extractions, those of transforms, aliases, calculations, which all see the
  // values before any of them, lookups; each by class; and of one class only the stanza of the
  // highest precedence that is for the event.
  // InvalidArgument, with file and line, where a field is read by name that a broken setting gives.
  // `cache`: of all that is asked for with this table.
  absl::StatusOr<InlinedRules> RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                        const CompileExpression& compile, RuleCache& cache) const;
  // Calls `take` with the events of each rule, and each field that it gives or reads there by name.
  using TakeField = std::function<void(const plan::EventSet& where, std::string_view field)>;
  void ForEachField(const TakeField& take) const;
  // What is wrong in the files, with file and line.
  std::vector<std::string> Problems() const;

  // Where times stand in texts: TIME_PREFIX, TIME_FORMAT, MAX_TIMESTAMP_LOOKAHEAD, TZ. Of each key
  // the first that is for an event decides.
  const std::vector<plan::TextSetting>& times() const { return times_; }
  // How inputs are read: see InputSettings.
  const std::vector<plan::TextSetting>& inputs() const { return inputs_; }
  // What a sourcetype is shown as: [old] rename = new.
  const StringMap<std::string>& renames() const { return renames_; }

 private:
  // "table column AS field OUTPUT column AS field"
  struct Lookup {
    std::string table;
    std::vector<std::pair<std::string, std::string>> inputs;   // Column, field.
    std::vector<std::pair<std::string, std::string>> outputs;  // Likewise; none: all others.
    bool only_missing = false;
  };
  // What all rules of a stanza share.
  struct StanzaFacts {
    std::string name;
    plan::EventSet where;
    int rank = 0;  // Of the kind of stanza: [default], sourcetype, host::, source::.
    bool literal = true;
    int64_t priority = 0;
    bool builtin = false;
  };
  // One alias, calculation, extraction or lookup.
  struct Rule {
    plan::RuleKind kind = plan::RuleKind::kCalculate;
    std::shared_ptr<const StanzaFacts> stanza;
    std::string key;                   // "FIELDALIAS-cim"
    std::vector<std::string> targets;  // Of a lookup of all columns: none until it is asked for.
    std::string expression;            // Of an alias: the field that it names anew.
    std::optional<NamedExtraction> extraction;
    std::optional<Lookup> lookup;
    std::string place;
    bool only_missing = false;
    int phase = 0;        // See PhaseOf.
    bool ingest = false;  // INGEST_EVAL: comes before all others.
    bool again = false;   // Of spelk's own aliases: for what texts gave in the meantime.
  };
  // KV_MODE and what belongs to it.
  struct TextRule {
    plan::TextSetting setting;
    int rank = 0;
    int64_t priority = 0;
  };
  // A setting that has no effect yet.
  struct Unbuilt {
    std::string what;                 // "EXTRACT-a of [app:log] (…/props.conf:3)"
    std::vector<std::string> fields;  // That it would give; none: any.
  };

  // A setting that means nothing, and the fields that it seems to give.
  struct Broken {
    absl::Status status;
    std::string what;
    std::vector<std::string> fields;
  };
  void AddBroken(const Setting& setting, const Conf& transforms, const Rule& common,
                 absl::Status status);
  absl::Status AddProblems(const plan::FieldSet& needs, const plan::FieldSet& wanted,
                           InlinedRules* result) const;
  absl::Status AddSetting(const Conf& conf, const Conf& transforms, const Setting& setting,
                          const Rule& common);
  absl::Status AddAliases(const Conf& conf, const Setting& setting, const Rule& common);
  static RegexCheck CheckOf(const Rule& common);
  absl::Status AddExtraction(const Conf& conf, const Setting& setting, const Rule& common);
  absl::Status AddTransforms(const Conf& conf, const Conf& transforms, const Setting& setting,
                             const Rule& common);
  absl::Status AddIndexTime(const Conf& conf, const Conf& transforms, const Setting& setting,
                            const Rule& common);
  absl::Status AddIngestEval(const Conf& conf, const Setting& list, const Setting& setting,
                             const Rule& common);
  absl::Status AddLookup(const Conf& conf, const Setting& setting, const Rule& common);
  void AddUnbuilt(const Conf& conf, const std::string& stanza, const Setting& setting,
                  std::vector<std::string> fields, std::string_view why = "");
  void Add(Rule rule);
  absl::Status AddTextSetting(const Conf& conf, const Setting& setting, const Rule& common);
  static void InsertByPrecedence(TextRule rule, std::vector<TextRule>* rules);
  absl::Status AddTimeSetting(const Setting& setting, const Rule& common);
  absl::Status AddInputSetting(const Setting& setting, const Rule& common);
  static int PhaseOf(const Rule& rule);
  static bool ComesBefore(const Rule& a, const Rule& b);
  static bool IsListed(const Rule& rule, std::string_view target, const plan::FieldSet& needs);
  std::vector<plan::EventSet> Overriding(const Rule& rule) const;
  std::vector<std::string> TargetsOf(const Rule& rule, const plan::FieldSet& from_text) const;
  void AddNote(const Rule& rule, InlinedRules* result) const;
  plan::FieldSet Listed(const plan::FieldSet& needs, FieldTable& table) const;
  void AddAutomatic(const plan::FieldSet& from_text, FieldTable& table, bool open,
                    plan::FieldSet* wanted, plan::ComputedColumnsList* rules) const;
  absl::StatusOr<plan::ComputedColumns> Inline(const Rule& rule,
                                               const std::vector<std::string>& targets,
                                               FieldTable& table,
                                               const CompileExpression& compile) const;
  static void InlineExtraction(const Rule& rule, const std::vector<std::string>& targets,
                               FieldTable& table, plan::ComputedColumns* made);
  absl::Status InlineLookup(const Rule& rule, const std::vector<std::string>& targets,
                            FieldTable& table, plan::ComputedColumns* made) const;

  static constexpr std::string_view kTokenizer = "TOKENIZER";

  const plan::LookupCatalog* lookups_ = nullptr;
  std::vector<Rule> rules_;
  std::vector<size_t> order_;  // Of the rules, as they are applied.
  StringMap<std::vector<size_t>> by_key_;
  std::vector<TextRule> texts_;  // The one that decides first.
  std::vector<TextRule> time_rules_;
  std::vector<plan::TextSetting> times_;
  std::vector<TextRule> input_rules_;
  std::vector<plan::TextSetting> inputs_;
  std::vector<Unbuilt> unbuilt_;
  std::vector<Broken> broken_;
  StringMap<std::string> renames_;
};

}  // namespace spelk::knowledge
