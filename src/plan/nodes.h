// The plan nodes that the planner itself knows: what searches read, filter, compute, keep and sort.
// Every other node is a command's own and is known by its Dataflow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/aggregate.h"
#include "plan/computed_columns.h"
#include "plan/node.h"
#include "plan/partial.h"
#include "value/field_order.h"

namespace spelk::plan {

// ---------------------------------------------------------------- reading events

// Literals of which a line must hold at least one, or the line cannot match.
struct LiteralGroup {
  std::vector<std::string> literals;
  bool ignore_case = true;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("any_of", literals);
    visit("ignore_case", ignore_case);
  }
};

// The time range that a search gives itself: time modifiers as they were written, an open end
// empty.
struct TimeModifiers {
  std::string earliest;
  std::string latest;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("earliest", earliest);
    visit("latest", latest);
  }
};

// Reads the run's inputs.
struct ScanNode final : Node {
  static constexpr std::string_view kName = "scan";
  bool all_fields = true;             // Every member of every event.
  std::vector<Field> fields;          // Otherwise these, hidden ones included …
  std::vector<std::string> patterns;  // … and those that a pattern takes.
  std::vector<Field> implicit;  // Of `fields`: what commands only read; see hidden::kImplicit.
  ComputedColumnsList rules;    // What knowledge adds, for the fields that are read.
  ExprPtr predicate;            // Events for which it is not true are left out.
  std::vector<LiteralGroup> prefilter;  // All of the groups must be met by a line's text.
  // The time ranges of the search commands of the plan that this scan begins; all of them hold. The
  // conditions themselves stand in predicates: this is for what asks for the range (bin, timechart,
  // addinfo).
  std::vector<TimeModifiers> time_ranges;
  bool late = false;  // Fields that decide nothing are read only for events that stay.
  // Fields of partial rows that statistics merge. Few feeds have any, so they are looked for only
  // where the text of the input holds such a name.
  std::vector<Field> partials;

  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("all_fields", all_fields);
    visit("fields", fields);
    visit("patterns", patterns);
    visit("implicit", implicit);
    visit.Counted("rules", rules);
    visit.MayBeNull("predicate", predicate);
    visit("prefilter", prefilter);
    visit.Counted("time_ranges", time_ranges);
    visit("late", late);
    visit.Unprinted("partials", partials);
  }
};

// Where the rows of a body come from: its holder hands them over.
struct RowsNode final : Node {
  static constexpr std::string_view kName = "rows";
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor&) {}
};

// Unites streams of events, each the beginning of a search of its own (multisearch, union). The
// rows stand newest first, those of equal times by the order of the streams; what follows sees to
// that as it does for a scan.
struct UniteNode final : Node {
  static constexpr std::string_view kName = kUniteType;
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor&) {}
};

// Puts rows newest first (Order "needs", sequential). Made by the order analysis.
struct TimeSortNode final : Node {
  static constexpr std::string_view kName = "time-sort";
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor&) {}
};

// Numbers the rows as they come, in hidden::kRow: what random() counts on. Made by the optimizer.
struct OrdinalityNode final : Node {
  static constexpr std::string_view kName = "ordinality";
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor&) {}
};

// Takes away again what events were given only for commands to read, unless it was changed. Made by
// the optimizer.
struct StripImplicitNode final : Node {
  static constexpr std::string_view kName = "strip-implicit";
  std::vector<Field> fields;
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("fields", fields);
  }
};

// ---------------------------------------------------------------- rows and fields

// Keeps the rows for which the predicate is true.
struct FilterNode final : Node {
  static constexpr std::string_view kName = "filter";
  ExprPtr predicate;
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("predicate", predicate);
  }
};

struct NamedExpr {
  Field target;
  // If the target's name has {field} parts: the texts around the fields, one more than those.
  std::vector<std::string> name_texts;
  std::vector<Field> name_fields;
  ExprPtr value;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit.MayBeNull("target", target);
    visit("name_texts", name_texts);
    visit("name_fields", name_fields);
    visit("value", value);
  }
};

// Computes fields, left to right; later ones see earlier ones.
struct ExtendNode final : Node {
  static constexpr std::string_view kName = "extend";
  std::vector<NamedExpr> assignments;
  bool WellFormed(const Registry& entries) const;
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("assignments", assignments);
  }
};

enum class ProjectMode : uint8_t {
  kKeep,    // fields: the named ones and all internal ones.
  kRemove,  // fields -
  kTable,   // table: exactly these columns, in this order.
};
constexpr size_t EnumSize(ProjectMode) { return 3; }
std::string_view NameOf(ProjectMode mode);

// Keeps or removes columns. Names may be patterns.
struct ProjectNode final : Node {
  static constexpr std::string_view kName = "project";
  ProjectMode mode = ProjectMode::kKeep;
  std::vector<Field> names;  // In the order written; patterns are interned like names.
  Dataflow GetDataflow() const override;
  FieldSet InputNeeds(const FieldSet& needed) const override;
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override;
  // kKeep: the fields of `input` that stay, the named ones first, in the order in which they are
  // named.
  std::vector<Field> KeptInOrder(const std::vector<Field>& before) const;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("mode", mode);
    visit("names", names);
  }
};

struct RenamePair {
  std::string from;  // Both may hold stars, equally many.
  std::string to;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("from", from);
    visit("to", to);
  }
};

// Renames fields, pair by pair.
struct RenameNode final : Node {
  static constexpr std::string_view kName = "rename";
  std::vector<RenamePair> pairs;
  std::vector<Field> from;  // The fields of pairs without stars; null fields otherwise.
  std::vector<Field> to;
  bool WellFormed(const Registry& entries) const;
  Dataflow GetDataflow() const override;
  FieldSet InputNeeds(const FieldSet& needed) const override;
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("pairs", pairs);
    visit.MayBeNull("from", from);
    visit.MayBeNull("to", to);
  }
};

enum class SortBy : uint8_t { kAuto, kNumber, kText, kAddress };
constexpr size_t EnumSize(SortBy) { return 4; }
std::string_view NameOf(SortBy by);

struct SortKey {
  Field field;
  SortBy by = SortBy::kAuto;
  bool descending = false;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("by", by);
    visit("descending", descending);
  }
};

// Sorts; ties keep the order of the input. With a limit only the first rows are kept (top-k).
struct SortNode final : Node {
  static constexpr std::string_view kName = "sort";
  std::vector<SortKey> keys;
  std::optional<uint64_t> limit;
  bool default_limit = false;  // Nobody asked for the limit: rows that it cuts are worth a warning.
  Dataflow GetDataflow() const override;
  bool DependsOnOrder(const FieldSet& needed, bool ignored) const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("keys", keys);
    visit("limit", limit);
    visit("default_limit", default_limit);
  }
};

// The first rows.
struct LimitNode final : Node {
  static constexpr std::string_view kName = "limit";
  uint64_t count = 10;
  bool ordered_input = false;  // Rows come in their final order, or any will do; set by the order
                               // analysis.
  bool in_order = false;  // So reading stops when enough were seen, instead of ranking all rows.
  Dataflow GetDataflow() const override;
  bool DependsOnOrder(const FieldSet& needed, bool ignored) const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("count", count);
    visit("ordered_input", ordered_input);
    visit("in_order", in_order);
  }
};

// Groups rows and computes statistics. Rows that are partial themselves are merged.
struct AggregateNode final : Node {
  static constexpr std::string_view kName = "aggregate";
  AggregateMode mode = AggregateMode::kWhole;
  std::vector<AggregateCall> aggregates;
  std::vector<Field> by;
  bool all_numbers = false;            // allnum: a column with any text gives nothing.
  bool distinct_split_values = false;  // dedup_splitvals
  std::string delimiter;     // delim: accepted; how Splunk shows values(), no effect on values.
  bool needs_order = false;  // Some aggregate keeps the order: first, last, list.
  bool needs_time = false;   // Some aggregate reads _time.
  Field time;                // _time, if so.
  // By which partial rows are known; null: rows are never taken for such.
  Field partial_version;
  bool WellFormed(const Registry& entries) const;
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("mode", mode);
    visit("aggregates", aggregates);
    visit("by", by);
    visit("all_numbers", all_numbers);
    visit("distinct_split_values", distinct_split_values);
    visit("delimiter", delimiter);
    visit("needs_order", needs_order);
    visit("needs_time", needs_time);
    visit.MayBeNull("time", time);
    visit.Unprinted("partial_version", partial_version);
  }
};

// Makes a node that is bound like stats give partial rows: it keeps what its statistics are made
// of.
void MakePartial(const Registry& entries, FieldTable& fields, AggregateNode* node);

// A command with subsearches among its arguments. Their texts stand there as if typed, so the
// command is bound when they have run, and its nodes take this one's place; this one never runs.
struct DeferredNode final : Node {
  static constexpr std::string_view kName = "deferred";
  std::vector<std::string> texts;    // The command around its subsearches, one more than those.
  std::vector<ExprPtr> subsearches;  // kSubsearch, with the places of their brackets.
  bool first = false;                // It is the first command of its search …
  bool generates = false;            // … and makes rows: it has no input.
  bool WellFormed(const Registry& entries) const;
  Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("texts", texts);
    visit("subsearches", subsearches);
    visit("first", first);
    visit("generates", generates);
  }
};

// ---------------------------------------------------------------- properties of a whole plan

// What the result of a plan is, for whoever writes it.
struct OutputShape {
  bool events = false;  // Events: the input's objects with what the search made of them.
  std::optional<std::vector<Field>> columns;  // Known columns of results.
  std::vector<Field> made;  // Events: fields made or changed, in order of their making.
  FieldSet removed;         // Events: fields taken away.
  bool open = false;        // Events: some command may have made or changed any field.
  FieldSet derived;  // Open events: what knowledge adds to all fields; shown only if in `made`.
  // Results whose columns are not known: names and patterns in the order in which what they take
  // comes; what one pattern takes comes in the order of its appearance, or of the names.
  std::vector<Field> order;
  bool order_by_name = false;
  std::vector<Field> made_later;  // Behind that order; new fields, in order of their making.

  // Where a field stands among those that appear in one row; a copy, which needs nothing of this.
  FieldStage Stages() const;
  // Puts the columns that were found, in the order of their appearance, into that order; fields
  // that nothing takes come last.
  void Arrange(std::vector<Field>* found) const;
};
OutputShape ShapeOf(const Node& root);
// The columns after a node, if it can be told; `before` are those of its input.
std::optional<std::vector<Field>> ColumnsAfter(const Node& node,
                                               const std::optional<std::vector<Field>>& before);

// The nodes from the source to the root.
std::vector<const Node*> ChainOf(const Node& root);
std::vector<Node*> ChainOf(Node& root);
// The scan at the beginning of a plan's chain, or null if it generates its rows or unites streams.
ScanNode* ScanOf(Node& root);
const ScanNode* ScanOf(const Node& root);
// All scans of a plan: more than one if it unites streams.
std::vector<ScanNode*> ScansOf(Node& root);
std::vector<const ScanNode*> ScansOf(const Node& root);

}  // namespace spelk::plan
