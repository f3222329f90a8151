// ComputedColumns: fields that knowledge adds to events, inlined into the scan like views.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/expr.h"
#include "plan/field_set.h"

namespace spelk::plan {

// Which events a rule of props.conf is for.
enum class StanzaKind : uint8_t { kSourcetype, kSource, kHost };
constexpr size_t EnumSize(StanzaKind) { return 3; }
std::string_view NameOf(StanzaKind kind);

// The events that a stanza of props.conf is for: by a regular expression for the whole value of
// sourcetype, source or host. Empty: every event.
struct EventSet {
  StanzaKind stanza = StanzaKind::kSourcetype;
  std::string pattern;
  std::string exact;  // The value, where the pattern is for this one alone.
  std::string name;   // Of the stanza, as written.

  friend bool operator==(const EventSet&, const EventSet&) = default;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("stanza", stanza);
    visit("pattern", pattern);
    visit("exact", exact);
    visit("name", name);
  }
};

// How a rule finds its values.
enum class RuleKind : uint8_t {
  kAlias,      // FIELDALIAS-: the value of another field.
  kCalculate,  // EVAL-: an expression.
  kExtract,    // EXTRACT-, REPORT-: pieces of a text.
  kLookup,     // LOOKUP-: cells of a table.
  kClassify,   // Event types and tags: texts, each where a condition holds.
  kAutomatic,  // KV_MODE: what the text in _raw names itself.
};
constexpr size_t EnumSize(RuleKind) { return 6; }
std::string_view NameOf(RuleKind kind);

// Values of one target out of a match: text around groups, "x-$1" → {"x-", ""} and {1}.
struct ExtractedText {
  std::vector<std::string> texts;  // One more than groups.
  std::vector<uint64_t> groups;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("texts", texts);
    visit("groups", groups);
  }
};

// What is taken out of a text: by a regular expression, or by cutting at delimiters.
struct Extraction {
  Field source;
  std::string regex;                  // Empty: cut.
  std::vector<ExtractedText> values;  // One for each target; none: names are in the text, too.
  std::vector<ExtractedText> names;   // With names from the text: of the pairs, and their values.
  std::vector<ExtractedText> named_values;
  bool repeat = false;               // All matches, not only the first.
  std::string delimiters;            // Of values, or of pairs.
  std::string pair_delimiters;       // Between a name and its value.
  std::vector<std::string> columns;  // Names of the values by their place.
  bool add = false;                  // MV_ADD: found values are added to those there are.
  bool clean_names = true;           // CLEAN_KEYS
  bool keep_empty = false;           // KEEP_EMPTY_VALS

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit.MayBeNull("source", source);
    visit("regex", regex);
    visit("values", values);
    visit("names", names);
    visit("named_values", named_values);
    visit("repeat", repeat);
    visit("delimiters", delimiters);
    visit("pair_delimiters", pair_delimiters);
    visit("columns", columns);
    visit("add", add);
    visit("clean_names", clean_names);
    visit("keep_empty", keep_empty);
  }
};

// What is looked up in a table; the targets get the outputs.
struct RuleLookup {
  std::string table;
  std::vector<std::string> input_columns;
  std::vector<Field> inputs;
  std::vector<std::string> output_columns;  // One for each target.
  bool only_missing = false;                // OUTPUTNEW
  Field time;                               // Of the events, if the table goes by times.

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("table", table);
    visit("input_columns", input_columns);
    visit("inputs", inputs);
    visit("output_columns", output_columns);
    visit("only_missing", only_missing);
    visit.MayBeNull("time", time);
  }
};

// A text that events get for which a condition is true.
struct RuleChoice {
  ExprPtr condition;
  std::string text;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("condition", condition);
    visit("text", text);
  }
};

// A setting of how texts are read: KV_MODE, AUTO_KV_JSON or KV_TRIM_SPACES.
struct TextSetting {
  EventSet where;
  std::string key;
  std::string value;
  bool builtin = false;  // One of spelk's own, which explain does not list.

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("where", where);
    visit("key", key);
    visit("value", value);
    visit("builtin", builtin);
  }
};

// Rules are applied in order.
struct ComputedColumns {
  RuleKind kind = RuleKind::kCalculate;
  EventSet where;
  std::vector<EventSet> except;  // Where a stanza of higher precedence has the same setting.
  std::string name;              // "FIELDALIAS-cim", for explain.
  std::vector<Field> targets;
  ExprPtr value;                    // kAlias, kCalculate. Null result: the field is removed, unless
                                    // only_missing.
  Extraction extraction;            // kExtract
  RuleLookup lookup;                // kLookup
  std::vector<RuleChoice> choices;  // kClassify: added to the values there are.
  std::vector<TextSetting> text;    // kAutomatic: of each key the first that is for the event.
  Field text_source;                // _raw, for rules that are only for events that have one
                                    // themselves.
  bool open = false;                // All that the text names is wanted, beside the targets.
  bool only_missing = false;        // Never changes a field that the event has.
  std::vector<Field> listed;        // Targets asked for by a pattern, or together with all fields.
  bool parallel_before =
      false;  // Computed from the values before the run of rules it belongs to (EVAL-*).

  // The fields that it reads beside its targets.
  FieldSet Inputs() const;
  bool Lists(Field field) const;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("kind", kind);
    visit("where", where);
    visit("except", except);
    visit("name", name);
    visit("targets", targets);
    visit.MayBeNull("value", value);
    visit("extraction", extraction);
    visit("lookup", lookup);
    visit("choices", choices);
    visit("text", text);
    visit.MayBeNull("text_source", text_source);
    visit("open", open);
    visit("only_missing", only_missing);
    visit("listed", listed);
    visit("parallel_before", parallel_before);
  }
};

// A rule that plans have in common: what knowledge says of a field is bound once for all of them.
// Immutable, and thread-safe. Its expressions have no ids of a plan.
class SharedColumns {
 public:
  SharedColumns() = default;  // None, until it is loaded.
  explicit SharedColumns(ComputedColumns rule)
      : rule_(std::make_shared<ComputedColumns>(std::move(rule))) {}

  operator const ComputedColumns&() const { return *rule_; }  // NOLINT(google-explicit-constructor)
  const ComputedColumns* operator->() const { return rule_.get(); }

  // A visitor that writes has one of its own before it.
  template <class Visitor>
  void Describe(Visitor& visit) {
    if (rule_ == nullptr) rule_ = std::make_shared<ComputedColumns>();
    rule_->Describe(visit);
  }
  static constexpr bool kIsShared = true;  // For describe.h: expressions are not to be rewritten.

 private:
  std::shared_ptr<ComputedColumns> rule_;
};
using ComputedColumnsList = std::vector<SharedColumns>;

// Whether a text may name a field so: not one that every event has.
bool TextMayName(std::string_view name);

// As explain shows what a rule does: its value, or where its values come from.
std::string PrintRule(const ComputedColumns& rule);

}  // namespace spelk::plan
