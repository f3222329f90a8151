// dedup: keeps the first rows of each combination of values.
#include <algorithm>

#include "commands/entry.h"
#include "exec/aggregate/group_keys.h"
#include "exec/column_setter.h"
#include "exec/row_sink.h"
#include "exec/top_n_per_key.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct DedupNode final : plan::Node {
  static constexpr std::string_view kName = "dedup";
  std::vector<Field> fields;
  uint64_t count = 1;  // Rows kept of each combination.
  bool keep_events = false;
  bool keep_empty = false;
  bool consecutive = false;

  // Which rows come first can be told from ranks, unless rows between them count.
  bool in_order() const { return keep_events || consecutive; }
  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.writes = plan::FieldSet(), .runs = Runs::kSink, .results = false};
    flow.reads = plan::FieldSet::Of(fields);
    if (keep_events) {
      flow.writes = plan::FieldSet::Of(fields);
      flow.makes = fields;
    }
    flow.runs = in_order() ? Runs::kSequential : Runs::kSink;
    const bool counts = keep_events || keep_empty || consecutive;
    if (!counts) flow.ignores_without = plan::EachOf(fields);
    return flow;
  }
  // How many rows are kept of a combination does not depend on which they are.
  bool DependsOnOrder(const plan::FieldSet& needed, bool ignored) const override {
    if (!ignored || in_order() || needed.open()) return true;
    return !std::all_of(needed.fields().begin(), needed.fields().end(), [this](Field field) {
      return std::find(fields.begin(), fields.end(), field) != fields.end();
    });
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("fields", fields);
    visit("count", count);
    visit("keepevents", keep_events);
    visit("keepempty", keep_empty);
    visit("consecutive", consecutive);
  }
};

// Makes the keys of a batch's rows.
class KeyMaker {
 public:
  KeyMaker(const Batch& batch, const std::vector<Field>& fields) : batch_(batch) {
    for (const Field field : fields) columns_.push_back(batch.Find(field));
  }
  // False for a row that lacks a field. A multivalue is compared as a whole.
  bool Append(size_t row, std::string& key) const {
    char buffer[kNumberText];
    for (const Column* column : columns_) {
      const Value value = column == nullptr ? Value::Null() : column->At(batch_.physical(row));
      if (value.is_null()) return false;
      ByteWriter(key).Varint(value.count());
      for (const Value& each : value.each()) exec::AppendKeyPart(TextOf(each, buffer), key);
    }
    return true;
  }

 private:
  const Batch& batch_;
  std::vector<const Column*> columns_;
};

// ---------------------------------------------------------------- by rank

class Dedup final : public exec::StateSink<exec::TopNPerKey> {
 public:
  Dedup(const DedupNode& node, const exec::RunContext& run)
      : fields_(node.fields), count_(node.count), keep_empty_(node.keep_empty), run_(run) {}

  absl::StatusOr<exec::TopNPerKey> NewState() const override {
    return exec::TopNPerKey(count_, "dedup", run_);
  }
  absl::Status Update(exec::TopNPerKey& state, Batch batch, exec::Position at) const override {
    const KeyMaker keys(batch, fields_);
    const auto key_of = [&keys](size_t row, std::string& key) { return keys.Append(row, key); };
    return state.Add(batch, at, key_of, keep_empty_);
  }
  absl::Status Finish(exec::TopNPerKey state, exec::Output& out) const override {
    return state.Emit(out);
  }

 private:
  const std::vector<Field> fields_;
  const uint64_t count_;
  const bool keep_empty_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- in order

// How often a combination was seen.
struct Seen {
  uint64_t times = 0;
  void Add(const plan::AggregateInput&, plan::AggregateMemory&) {}
  void Merge(const Seen& other, plan::AggregateMemory&) { times += other.times; }
  Value Result(plan::AggregateResult&) const { return Value::Null(); }
  void Save(ByteWriter& out) const { out.Fixed(times); }
  void Load(ByteReader& in, plan::AggregateMemory&) { times = in.Fixed<uint64_t>(); }
};

struct OrderedState {
  explicit OrderedState(const exec::GroupLayout& layout, const exec::RunContext& run)
      : seen(layout, run, "dedup") {}
  exec::GroupTable seen;            // All combinations …
  std::optional<std::string> last;  // … or the last one, for consecutive.
  uint64_t times = 0;               // Of the last one.
  std::vector<exec::ColumnSetter> setters;
};

class OrderedDedup final : public exec::Sequential<OrderedState> {
 public:
  OrderedDedup(const DedupNode& node, const exec::RunContext& run)
      : fields_(node.fields),
        count_(node.count),
        keep_events_(node.keep_events),
        keep_empty_(node.keep_empty),
        consecutive_(node.consecutive),
        layout_({&plan::OpsOf<Seen>()}),
        run_(run) {}

  absl::StatusOr<OrderedState> NewState() const override {
    OrderedState state(layout_, run_);
    for (const Field field : fields_) state.setters.emplace_back(field);
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, OrderedState& state,
                                       exec::Output& out) const override {
    const KeyMaker keys(batch, fields_);
    std::vector<uint32_t> kept;
    std::vector<uint32_t> repeated;  // Of those kept.
    std::string key;
    for (size_t r = 0; r < batch.size(); ++r) {
      key.clear();
      const bool has_key = keys.Append(r, key);
      SPELK_ASSIGN_OR_RETURN(const bool first, has_key ? IsFirst(key, state)
                                                       : absl::StatusOr<bool>(KeepsEmpty(state)));
      if (!first && !keep_events_) continue;
      kept.push_back(static_cast<uint32_t>(batch.physical(r)));
      if (!first && has_key) repeated.push_back(kept.back());
    }
    if (kept.empty()) return exec::Demand::kMore;
    batch.Select(std::move(kept));
    SPELK_RETURN_IF_ERROR(ClearFields(repeated, state, &batch));
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

 private:
  // Whether a row that lacks a field stays; it then ends a run of equal rows.
  bool KeepsEmpty(OrderedState& state) const {
    if (keep_empty_ || keep_events_) state.last.reset();
    return keep_empty_;
  }

  // Whether the row is among the first of its combination.
  absl::StatusOr<bool> IsFirst(const std::string& key, OrderedState& state) const {
    if (consecutive_) {
      if (state.last != key) {
        state.last = key;
        state.times = 0;
      }
      return ++state.times <= count_;
    }
    SPELK_ASSIGN_OR_RETURN(const uint32_t group, state.seen.Group(key));
    return ++static_cast<Seen*>(state.seen.State(group, 0))->times <= count_;
  }

  absl::Status ClearFields(const std::vector<uint32_t>& rows, OrderedState& state,
                           Batch* batch) const {
    if (rows.empty()) return absl::OkStatus();
    for (exec::ColumnSetter& setter : state.setters) {
      Value* values = exec::CopyColumn(*batch, setter.field());
      if (values == nullptr) return batch->arena().status("dedup");
      for (const uint32_t row : rows) values[row] = Value::Null();
      setter.Set(Column::Values({values, batch->physical_rows()}), batch);
    }
    return absl::OkStatus();
  }

  const std::vector<Field> fields_;
  const uint64_t count_;
  const bool keep_events_;
  const bool keep_empty_;
  const bool consecutive_;
  const exec::GroupLayout layout_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- binding

bool IsSortBy(const ast::Argument& argument) {
  const auto* word = std::get_if<ast::Name>(&argument.value);
  return word != nullptr && !word->quoted && EqualsIgnoringCase(word->text, "sortby");
}

// The arguments after `sortby`.
absl::StatusOr<plan::NodePtr> BindSortBy(const std::vector<const ast::Argument*>& arguments,
                                         Span span, plan::Binder& binder) {
  auto sort = plan::Make<plan::SortNode>(span);
  bool descending = false;
  for (const ast::Argument* argument : arguments) {
    if (const auto* sign = std::get_if<ast::ArgumentSign>(&argument->value)) {
      descending = sign->sign == '-';
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(plan::SortKey key, binder.OneSortKey(*argument));
    key.descending = std::exchange(descending, false);
    sort->keys.push_back(key);
  }
  if (sort->keys.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, span, "sortby is followed by no field");
  }
  return sort;
}

absl::StatusOr<plan::NodePtr> BindDedup(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<DedupNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->keep_events, binder.Flag(call, "keepevents"));
  SPELK_ASSIGN_OR_RETURN(node->keep_empty, binder.Flag(call, "keepempty"));
  SPELK_ASSIGN_OR_RETURN(node->consecutive, binder.Flag(call, "consecutive"));
  std::vector<const ast::Argument*> sort_by;
  std::optional<Span> sort_by_span;
  bool numbered = false;
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
    if (sort_by_span) {
      sort_by.push_back(&argument);
    } else if (IsSortBy(argument)) {
      sort_by_span = argument.span;
    } else if (const auto count = plan::Binder::WholeNumber(argument);
               count && !numbered && node->fields.empty()) {
      if (*count == 0) {
        return binder.Error(ErrorCode::kBadArgument, argument.span,
                            "the number of rows to keep must be at least 1");
      }
      node->count = *count;
      numbered = true;
    } else {
      const auto* word = std::get_if<ast::Name>(&argument.value);
      if (word != nullptr && !word->quoted && (word->text == "by" || word->text == "BY")) {
        binder.Warn(ErrorCode::kClauseAsField, argument.span, "'by' is the name of a field here",
                    {"fields follow dedup without BY"});
      }
      SPELK_ASSIGN_OR_RETURN(const std::vector<Field> field, binder.FieldNames({&argument}));
      node->fields.push_back(field[0]);
    }
  }
  if (node->fields.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "at least one field must be given as an argument");
  }
  if (sort_by_span) {
    SPELK_ASSIGN_OR_RETURN(node->input, BindSortBy(sort_by, *sort_by_span, binder));
  }
  return node;
}

exec::OperatorPtr BuildDedup(const plan::Node& node, const exec::RunContext& run) {
  const auto& dedup = plan::As<DedupNode>(node);
  if (dedup.in_order()) return std::make_unique<OrderedDedup>(dedup, run);
  return std::make_unique<Dedup>(dedup, run);
}

constexpr Argument kDedupArguments[] = {
    {.name = "count",
     .type = "int",
     .fallback = "1",
     .summary = "How many rows of each combination are kept; stands first."},
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary = "Rows are alike if all of these have the same texts."},
    {.name = "keepevents",
     .type = "bool",
     .fallback = "f",
     .summary = "Keeps all rows and takes the fields out of the repeated ones.",
     .is_option = true},
    {.name = "keepempty",
     .type = "bool",
     .fallback = "f",
     .summary = "Keeps every row that lacks one of the fields.",
     .is_option = true},
    {.name = "consecutive",
     .type = "bool",
     .fallback = "f",
     .summary = "Only rows that follow each other are compared.",
     .is_option = true},
    {.name = "sortby",
     .type = "[+|-] field…",
     .fallback = "",
     .summary = "Sorts first; stands last."}};
constexpr std::string_view kDedupNotes[] = {
    "a multivalue is compared as a whole",
    "consecutive=t looks at rows as they stand in the result: "
    "one that lacks a field and is dropped "
    "does not part its neighbours"};
constexpr Example kDedupExamples[] = {
    {.title = "The first row of each host",
     .input = R"({"host":"a","n":1} {"host":"b","n":2} {"host":"a","n":3} {"n":4})",
     .query = "dedup host",
     .output = R"({"host":"a","n":1} {"host":"b","n":2})"},
    {.title = "The highest of each host",
     .input = R"({"host":"a","n":1} {"host":"b","n":2} {"host":"a","n":3})",
     .query = "dedup host sortby -n",
     .output = R"({"host":"a","n":3} {"host":"b","n":2})"},
    {.title = "Keep every row, but say each host once",
     .input = R"({"host":"a","n":1} {"host":"a","n":2})",
     .query = "dedup host keepevents=t",
     .output = R"({"host":"a","n":1} {"n":2})"},
};

constexpr plan::NodeEntry kDedupNodes[] = {{&plan::TypeOf<DedupNode>, &BuildDedup}};

}  // namespace

extern constexpr CommandEntry kDedup = {
    .name = "dedup",
    .signature =
        "dedup [<count>] <field>… [keepevents=<bool>] [keepempty=<bool>] "
        "[consecutive=<bool>] [sortby [+|-]<field>…]",
    .summary = "Keeps the first rows of each combination of values.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kDedupArguments,
    .notes = kDedupNotes,
    .examples = kDedupExamples,
    .nodes = kDedupNodes,
    .bind = &BindDedup,
};

}  // namespace spelk::commands
