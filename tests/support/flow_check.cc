// Marking rows, comparing what comes out.
#include "support/flow_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/status.h"
#include "plan/entry.h"
#include "value/number.h"

namespace spelk::tests {
namespace {

using exec::Operator;
using exec::OperatorPtr;
using exec::OperatorState;
using exec::OperatorStatePtr;
using exec::Output;
using exec::Position;

std::string Shown(const Value& value) {
  if (value.is_null()) return "null";
  if (!value.is_multi()) return "'" + TextOf(value) + "'";
  std::string all = "[";
  for (const Value& each : value.each()) all += Shown(each) + ",";
  return all + "]";
}

Value Get(const Batch& batch, Field field, size_t row) {
  const Column* column = batch.Find(field);
  return column == nullptr ? Value::Null() : column->At(batch.physical(row));
}

// What is compared of a row that came out: its mark and some fields, by name.
std::string Render(const Batch& batch, size_t row, Field mark, const plan::FieldSet* of) {
  std::map<std::string, std::string> fields;
  for (const Field field : batch.schema()->fields()) {
    if (field.hidden() || (of != nullptr && !of->Has(field))) continue;
    const Value value = Get(batch, field, row);
    if (!value.is_null()) fields[std::string(field.name())] = Shown(value);
  }
  std::string text = of == nullptr ? "" : Shown(Get(batch, mark, row));
  for (const auto& [name, value] : fields) text += " " + name + "=" + value;
  return text;
}

// Rows of another operator that is fed otherwise, as texts.
class Capture final : public Output {
 public:
  Capture(Field mark, const plan::FieldSet* of, const Output* beside)
      : mark_(mark), of_(of), beside_(beside) {}
  absl::Status Push(Batch batch) override {
    for (size_t r = 0; r < batch.size(); ++r) rows.push_back(Render(batch, r, mark_, of_));
    return absl::OkStatus();
  }
  bool enough() const override { return beside_ != nullptr && beside_->enough(); }

  std::vector<std::string> rows;

 private:
  Field mark_;
  const plan::FieldSet* of_;
  const Output* beside_;
};

// What wrappers of all kinds share.
class Checked {
 public:
  Checked(const FlowChecker& checker, const plan::Node& node, OperatorPtr made,
          const exec::RunContext& run)
      : checker_(checker), node_(node), flow_(node.GetDataflow()), made_(std::move(made)) {
    if (flow_.passes) {
      compared_ = flow_.writes;
    } else if (flow_.columns) {
      compared_ = plan::FieldSet::Of(*flow_.columns);
    } else {
      compared_ = plan::FieldSet::All();
    }
    needs_ = node.InputNeeds(compared_);
    const auto* sequential = dynamic_cast<const exec::SequentialOperator*>(made_.get());
    repeatable_ = node.others.empty() && !flow_.runs_searches && flow_.writes_table.empty() &&
                  (sequential == nullptr || !sequential->wants_all_rows());
    if (!repeatable_) return;
    const plan::NodeEntry* entry = run.entries->Node(node.type().name);
    if (entry == nullptr) return;  // Of a test's own; these come with a second operator.
    if (!needs_.all() || !flow_.ignores_without.empty()) narrow_ = entry->build(node, run);
    const bool ignores = flow_.order == plan::Order::kIgnores && flow_.runs == plan::Runs::kSink;
    if (ignores) reversed_ = entry->build(node, run);
  }

  absl::StatusOr<Batch> Mark(const Batch& batch) {
    const std::lock_guard lock(mutex_);
    auto* marks = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("flow check"));
    std::fill(marks, marks + batch.physical_rows(), Value::Null());
    for (size_t r = 0; r < batch.size(); ++r) {
      marks[batch.physical(r)] = Value::Integer(static_cast<int64_t>(rows_.size()));
      rows_.emplace_back(batches_.size(), r);
    }
    SPELK_ASSIGN_OR_RETURN(Batch kept, batch.Own(nullptr, "flow check"));
    batches_.push_back(std::move(kept));
    std::vector<Field> fields = batch.schema()->fields();
    std::vector<Column> columns = batch.columns();
    fields.push_back(mark_);
    columns.push_back(Column::Values({marks, batch.physical_rows()}));
    Batch marked = batch;
    marked.Reshape(std::make_shared<Schema>(std::move(fields), batch.schema()->placed()),
                   std::move(columns));
    return marked;
  }
  // The same rows with nothing but what the node needs, without those that it ignores.
  Batch Narrowed(const Batch& marked) const {
    std::vector<Field> fields;
    std::vector<Column> columns;
    for (size_t c = 0; c < marked.schema()->size(); ++c) {
      const Field field = (*marked.schema())[c];
      if (!field.hidden() && !needs_.Has(field)) continue;
      fields.push_back(field);
      columns.push_back(marked.column(c));
    }
    Batch narrowed = marked;
    std::vector<uint32_t> rows;
    for (size_t r = 0; r < marked.size(); ++r) {
      const bool ignored =
          std::any_of(flow_.ignores_without.begin(), flow_.ignores_without.end(),
                      [&](const plan::FieldSet& set) { return LacksAll(set, marked, r); });
      if (!ignored) rows.push_back(static_cast<uint32_t>(marked.physical(r)));
    }
    narrowed.Select(std::move(rows));
    narrowed.Reshape(std::make_shared<Schema>(std::move(fields)), std::move(columns));
    return narrowed;
  }

  // Checks rows that come out and gives them on without their marks.
  class Out final : public Output {
   public:
    Out(Checked& checked, Output& next) : checked_(checked), next_(next) {}
    absl::Status Push(Batch batch) override {
      if (!batch.empty()) checked_.Check(batch, *this);
      std::vector<Field> fields;
      std::vector<Column> columns;
      for (size_t c = 0; c < batch.schema()->size(); ++c) {
        if ((*batch.schema())[c] == checked_.mark_) continue;
        fields.push_back((*batch.schema())[c]);
        columns.push_back(batch.column(c));
      }
      const size_t placed = std::min(batch.schema()->placed(), fields.size());
      batch.Reshape(std::make_shared<Schema>(std::move(fields), placed), std::move(columns));
      return next_.Push(std::move(batch));
    }
    bool enough() const override { return next_.enough(); }

    std::vector<std::string> narrow;  // What is compared with the other operators.
    std::vector<std::string> reversed;

   private:
    friend class Checked;
    Checked& checked_;
    Output& next_;
  };

  void Check(const Batch& batch, Out& out) {
    const std::lock_guard lock(mutex_);
    for (const Field field : flow_.makes) {
      if (batch.Find(field) || LacksSources(batch)) continue;
      Report(fmt::format("does not make {}", field.name()));
    }
    CheckColumns(batch);
    for (size_t r = 0; r < batch.size(); ++r) {
      if (narrow_ != nullptr) out.narrow.push_back(Render(batch, r, mark_, &compared_));
      if (reversed_ != nullptr) out.reversed.push_back(Render(batch, r, mark_, nullptr));
      const Value mark = Get(batch, mark_, r);
      if (mark.is_null()) {
        if (flow_.passes && !flow_.results && flow_.runs == plan::Runs::kStreaming) {
          Report("gives a row that is none of those it got");
        }
        continue;
      }
      CheckRow(batch, r, static_cast<size_t>(mark.integer()));
    }
  }

  void Compare(const std::vector<std::string>& rows, const std::vector<std::string>& other,
               const absl::Status& failure, bool may_stop, std::string_view how) {
    if (!failure.ok())
      return Report(fmt::format("fails {}: {}", how, std::string(failure.message())));
    const size_t least = std::min(rows.size(), other.size());
    for (size_t i = 0; i < least; ++i) {
      if (rows[i] == other[i]) continue;
      return Report(fmt::format("gives another row {}: {} instead of {}", how, other[i], rows[i]));
    }
    if (rows.size() != other.size() && !may_stop) {
      Report(fmt::format("gives {} rows instead of {} {}", other.size(), rows.size(), how));
    }
  }

  void Report(const std::string& what) const { checker_.Report(node_, what); }

  const FlowChecker& checker_;
  const plan::Node& node_;
  const plan::Dataflow flow_;
  OperatorPtr made_;
  OperatorPtr narrow_;    // Gets only what the node needs; null where that is everything.
  OperatorPtr reversed_;  // Gets the rows the other way round; null where order matters.
  plan::FieldSet compared_;
  plan::FieldSet needs_;
  bool repeatable_ = false;
  const FieldName mark_name_{"(checked row)", true};
  const Field mark_{&mark_name_};

  std::mutex mutex_;
  std::vector<Batch> batches_;
  std::vector<std::pair<size_t, size_t>> rows_;  // By mark: batch and row.
  size_t last_ = 0;                              // The mark of the last row that came out.

 private:
  // Of a node that names the fields to be kept, whether it names this one; others keep all.
  bool IsListed(Field field) const {
    if (flow_.lists.empty() || field.hidden() || field.internal()) return true;
    return std::any_of(flow_.lists.begin(), flow_.lists.end(), [field](Field name) {
      return plan::PatternTakes(name.name(), field.name());
    });
  }
  static bool LacksAll(const plan::FieldSet& set, const Batch& batch, size_t row) {
    return std::all_of(set.fields().begin(), set.fields().end(),
                       [&](Field field) { return Get(batch, field, row).is_null(); });
  }
  // Of what is not there nothing is made: it counts as null.
  bool LacksSources(const Batch& batch) const {
    const auto& reads = flow_.reads.fields();
    return std::any_of(reads.begin(), reads.end(),
                       [&](Field field) { return !AnyRowHad(batch, field); });
  }
  // True if a row of the batch had a value of the field when it came in.
  bool AnyRowHad(const Batch& batch, Field field) const {
    for (size_t r = 0; r < batch.size(); ++r) {
      const Value mark = Get(batch, mark_, r);
      if (mark.is_null()) continue;
      const auto [place, row] = rows_[static_cast<size_t>(mark.integer())];
      if (!Get(batches_[place], field, row).is_null()) return true;
    }
    return false;
  }
  void CheckColumns(const Batch& batch) const {
    if (flow_.passes || !flow_.columns) return;
    for (const Field field : batch.schema()->fields()) {
      if (field.hidden()) continue;
      const auto& known = *flow_.columns;
      if (std::find(known.begin(), known.end(), field) != known.end()) continue;
      Report(fmt::format("gives the column {}, which is none of its columns", field.name()));
    }
  }

  void CheckRow(const Batch& batch, size_t row, size_t mark) {
    const Batch& before = batches_[rows_[mark].first];
    const size_t was = rows_[mark].second;  // A name of its own: clang binds no parts to closures.
    // Where rows have their time, that is what their order goes by, wherever a sink puts them.
    const bool by_time = flow_.runs == plan::Runs::kSink && before.Find(hidden::kTime) != nullptr;
    const bool keeps = (flow_.order == plan::Order::kKeeps || flow_.keeps_order) && !by_time;
    if (keeps && flow_.passes && mark < last_) Report("does not keep the order of rows");
    last_ = mark;
    if (!flow_.passes) return;
    const auto check = [&](Field field) {
      // What an event is written out by stays with it; the rest of what is hidden is the engine's.
      const bool checked = !field.hidden() || (field == hidden::kLine && !flow_.results);
      if (!checked || flow_.writes.Has(field)) return;
      const Value old = Get(before, field, was);
      const Value now = Get(batch, field, row);
      if (Shown(old) == Shown(now) || (now.is_null() && !IsListed(field))) return;
      Report(fmt::format("changes {} from {} to {} and does not write it", field.name(), Shown(old),
                         Shown(now)));
    };
    for (const plan::Dataflow::Sources& each : flow_.sources) {
      if (!LacksAll(each.of, before, was) || Get(batch, each.field, row).is_null()) continue;
      Report(fmt::format("makes {} of none of the fields that it says", each.field.name()));
    }
    for (const Field field : before.schema()->fields()) check(field);
    for (const Field field : batch.schema()->fields()) {
      if (!before.Find(field)) check(field);
    }
  }
};

constexpr std::string_view kNarrow = "where it gets only the fields that it needs";
constexpr std::string_view kReversed = "where it gets the rows the other way round";

// The states of an operator and of those beside it.
struct States final : OperatorState {
  OperatorStatePtr made;
  OperatorStatePtr narrow;
  std::vector<std::string> rows;  // Of operators that give rows bit by bit.
  std::vector<std::string> narrow_rows;
  std::vector<std::pair<Batch, Position>> reversed;
};

template <class Kind>
absl::StatusOr<std::unique_ptr<States>> NewStates(const Checked& checked) {
  auto states = std::make_unique<States>();
  SPELK_ASSIGN_OR_RETURN(states->made, dynamic_cast<const Kind&>(*checked.made_).NewAnyState());
  if (checked.narrow_ != nullptr) {
    SPELK_ASSIGN_OR_RETURN(states->narrow,
                           dynamic_cast<const Kind&>(*checked.narrow_).NewAnyState());
  }
  return states;
}

class CheckedStreaming final : public exec::StreamingOperator {
 public:
  explicit CheckedStreaming(std::unique_ptr<Checked> checked) : checked_(std::move(checked)) {}
  absl::StatusOr<OperatorStatePtr> NewAnyState() const override {
    return NewStates<exec::StreamingOperator>(*checked_);
  }
  absl::Status ProcessAny(Batch batch, OperatorState& state, Output& out) const override {
    auto& states = static_cast<States&>(state);
    SPELK_ASSIGN_OR_RETURN(Batch marked, checked_->Mark(batch));
    const Batch narrowed = checked_->Narrowed(marked);
    Checked::Out checking(*checked_, out);
    SPELK_RETURN_IF_ERROR(dynamic_cast<const exec::StreamingOperator&>(*checked_->made_)
                              .ProcessAny(std::move(marked), *states.made, checking));
    if (states.narrow == nullptr) return absl::OkStatus();
    Capture capture(checked_->mark_, &checked_->compared_, &out);
    absl::Status failure;
    if (!narrowed.empty())
      failure = dynamic_cast<const exec::StreamingOperator&>(*checked_->narrow_)
                    .ProcessAny(narrowed, *states.narrow, capture);
    checked_->Compare(checking.narrow, capture.rows, failure, out.enough(), kNarrow);
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<Checked> checked_;
};

class CheckedSequential final : public exec::SequentialOperator {
 public:
  explicit CheckedSequential(std::unique_ptr<Checked> checked) : checked_(std::move(checked)) {}
  bool wants_all_rows() const override { return made().wants_all_rows(); }
  absl::StatusOr<OperatorStatePtr> NewAnyState() const override {
    return NewStates<exec::SequentialOperator>(*checked_);
  }
  absl::StatusOr<exec::Demand> ProcessAny(Batch batch, OperatorState& state,
                                          Output& out) const override {
    auto& states = static_cast<States&>(state);
    SPELK_ASSIGN_OR_RETURN(Batch marked, checked_->Mark(batch));
    const Batch narrowed = checked_->Narrowed(marked);
    Checked::Out checking(*checked_, out);
    absl::StatusOr<exec::Demand> demand =
        made().ProcessAny(std::move(marked), *states.made, checking);
    if (!demand.ok() || states.narrow == nullptr) return demand;
    Capture capture(checked_->mark_, &checked_->compared_, &out);
    absl::Status failure;
    if (!narrowed.empty())
      failure = narrow().ProcessAny(narrowed, *states.narrow, capture).status();
    Keep(checking, capture, states);
    if (!failure.ok()) checked_->Compare({}, {}, failure, false, kNarrow);
    return demand;
  }
  absl::Status FinishAny(OperatorState& state, Output& out) const override {
    auto& states = static_cast<States&>(state);
    Checked::Out checking(*checked_, out);
    SPELK_RETURN_IF_ERROR(made().FinishAny(*states.made, checking));
    if (states.narrow == nullptr) return absl::OkStatus();
    Capture capture(checked_->mark_, &checked_->compared_, &out);
    const absl::Status failure = narrow().FinishAny(*states.narrow, capture);
    Keep(checking, capture, states);
    checked_->Compare(states.rows, states.narrow_rows, failure, out.enough(), kNarrow);
    return absl::OkStatus();
  }

 private:
  static void Keep(const Checked::Out& checking, const Capture& capture, States& states) {
    states.rows.insert(states.rows.end(), checking.narrow.begin(), checking.narrow.end());
    states.narrow_rows.insert(states.narrow_rows.end(), capture.rows.begin(), capture.rows.end());
  }
  const exec::SequentialOperator& made() const {
    return dynamic_cast<const exec::SequentialOperator&>(*checked_->made_);
  }
  const exec::SequentialOperator& narrow() const {
    return dynamic_cast<const exec::SequentialOperator&>(*checked_->narrow_);
  }
  std::unique_ptr<Checked> checked_;
};

class CheckedSink final : public exec::SinkOperator {
 public:
  explicit CheckedSink(std::unique_ptr<Checked> checked) : checked_(std::move(checked)) {}
  absl::StatusOr<OperatorStatePtr> NewAnyState() const override {
    return NewStates<exec::SinkOperator>(*checked_);
  }
  absl::Status UpdateAny(OperatorState& state, Batch batch, Position at) const override {
    auto& states = static_cast<States&>(state);
    SPELK_ASSIGN_OR_RETURN(Batch marked, checked_->Mark(batch));
    if (checked_->reversed_ != nullptr) {
      SPELK_ASSIGN_OR_RETURN(Batch kept, batch.Own(nullptr, "flow check"));
      states.reversed.emplace_back(std::move(kept), at);
    }
    const Batch narrowed = checked_->Narrowed(marked);
    SPELK_RETURN_IF_ERROR(made().UpdateAny(*states.made, std::move(marked), at));
    if (states.narrow == nullptr || narrowed.empty()) return absl::OkStatus();
    return Of(checked_->narrow_).UpdateAny(*states.narrow, narrowed, at);
  }
  absl::Status MergeAny(OperatorState& into, OperatorStatePtr from) const override {
    auto& states = static_cast<States&>(into);
    auto& other = static_cast<States&>(*from);
    std::move(other.reversed.begin(), other.reversed.end(), std::back_inserter(states.reversed));
    SPELK_RETURN_IF_ERROR(made().MergeAny(*states.made, std::move(other.made)));
    if (states.narrow == nullptr) return absl::OkStatus();
    return Of(checked_->narrow_).MergeAny(*states.narrow, std::move(other.narrow));
  }
  absl::Status FinishAny(OperatorStatePtr state, Output& out) const override {
    auto& states = static_cast<States&>(*state);
    Checked::Out checking(*checked_, out);
    SPELK_RETURN_IF_ERROR(made().FinishAny(std::move(states.made), checking));
    if (states.narrow != nullptr) {
      Capture capture(checked_->mark_, &checked_->compared_, &out);
      const absl::Status failure =
          Of(checked_->narrow_).FinishAny(std::move(states.narrow), capture);
      checked_->Compare(checking.narrow, capture.rows, failure, out.enough(), kNarrow);
    }
    if (checked_->reversed_ != nullptr) {
      Capture capture(checked_->mark_, nullptr, &out);
      const absl::Status failure = Reversed(states, capture);
      checked_->Compare(checking.reversed, capture.rows, failure, out.enough(), kReversed);
    }
    return absl::OkStatus();
  }
  // These states stay within the process.
  absl::Status SaveAny(OperatorState&, ByteWriter&) const override {
    return absl::UnimplementedError("a checked state is not saved");
  }
  absl::StatusOr<OperatorStatePtr> LoadAny(ByteReader&) const override {
    return absl::UnimplementedError("a checked state is not loaded");
  }

 private:
  absl::Status Reversed(States& states, Output& out) const {
    const exec::SinkOperator& sink = Of(checked_->reversed_);
    SPELK_ASSIGN_OR_RETURN(OperatorStatePtr state, sink.NewAnyState());
    for (size_t i = states.reversed.size(); i-- > 0;) {
      Batch batch = std::move(states.reversed[i].first);
      std::vector<uint32_t> rows;
      for (size_t r = batch.size(); r-- > 0;) rows.push_back(static_cast<uint32_t>(r));
      batch.Select(std::move(rows));
      const uint64_t at = states.reversed.size() - i;
      SPELK_RETURN_IF_ERROR(sink.UpdateAny(*state, std::move(batch), Position{at, 0}));
    }
    return sink.FinishAny(std::move(state), out);
  }
  const exec::SinkOperator& made() const { return Of(checked_->made_); }
  static const exec::SinkOperator& Of(const OperatorPtr& op) {
    return dynamic_cast<const exec::SinkOperator&>(*op);
  }
  std::unique_ptr<Checked> checked_;
};

class CheckedSource final : public exec::SourceOperator {
 public:
  explicit CheckedSource(std::unique_ptr<Checked> checked) : checked_(std::move(checked)) {}
  absl::Status Produce(Output& out) const override {
    Checked::Out checking(*checked_, out);
    return dynamic_cast<const exec::SourceOperator&>(*checked_->made_).Produce(checking);
  }

 private:
  std::unique_ptr<Checked> checked_;
};

}  // namespace

OperatorPtr FlowChecker::Wrap(const plan::Node& node, OperatorPtr made,
                              const exec::RunContext& run) const {
  const Operator* kind = made.get();
  auto checked = std::make_unique<Checked>(*this, node, std::move(made), run);
  if (dynamic_cast<const exec::StreamingOperator*>(kind) != nullptr) {
    return std::make_unique<CheckedStreaming>(std::move(checked));
  }
  if (dynamic_cast<const exec::SinkOperator*>(kind) != nullptr) {
    return std::make_unique<CheckedSink>(std::move(checked));
  }
  if (dynamic_cast<const exec::SequentialOperator*>(kind) != nullptr) {
    return std::make_unique<CheckedSequential>(std::move(checked));
  }
  return std::make_unique<CheckedSource>(std::move(checked));
}

std::vector<std::string> FlowChecker::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

void FlowChecker::Report(const plan::Node& node, const std::string& what) const {
  const std::lock_guard lock(mutex_);
  const std::string text = fmt::format("{} ({}) {}", node.label(), node.type().name, what);
  const bool known = std::find(violations_.begin(), violations_.end(), text) != violations_.end();
  if (!known) violations_.push_back(text);
}

}  // namespace spelk::tests
