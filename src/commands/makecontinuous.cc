// makecontinuous: puts the numbers or times of a field into ranges and adds rows for the ranges
// between them that no row is in.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "commands/entry.h"
#include "exec/batch_builder.h"
#include "exec/column_setter.h"
#include "exec/ranged_rows.h"
#include "exec/row_sink.h"
#include "plan/limits.h"
#include "value/bin_span.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

struct MakeContinuousNode final : plan::Node {
  static constexpr std::string_view kName = "makecontinuous";
  Field field;
  bool is_time = false;  // The field is _time: spans without a unit are seconds.
  std::string width;     // Empty: chosen for the whole range of values.
  uint64_t bins = 100;
  std::optional<double> start;
  std::optional<double> end;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.runs = Runs::kSink;
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({field});
    flow.makes = {field};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("is_time", is_time);
    visit("span", width);
    visit("bins", bins);
    visit("start", start);
    visit("end", end);
  }
};

// Takes rows in the order of their numbers.
class GapFiller final : public exec::Output {
 public:
  GapFiller(const MakeContinuousNode& node, const BinSpan& span, const exec::RunContext& run,
            exec::Output& next)
      : node_(node),
        span_(span),
        run_(run),
        next_(next),
        setter_(node.field),
        added_(std::make_shared<Schema>(std::vector<Field>{node.field}), "makecontinuous", run) {
    if (node.start) expected_ = Around(*node.start);
  }

  absl::Status Push(Batch batch) override {
    SPELK_ASSIGN_OR_RETURN(const std::vector<Place> places, PlaceRows(&batch));
    size_t begin = 0;
    for (size_t r = 0; r < places.size(); ++r) {
      if (places[r].outside) {
        SPELK_RETURN_IF_ERROR(PushRows(batch, begin, r));
        begin = r + 1;
        continue;
      }
      if (!places[r].range) continue;
      if (expected_ && expected_->low < places[r].range->low) {
        SPELK_RETURN_IF_ERROR(PushRows(batch, begin, r));
        begin = r;
        SPELK_RETURN_IF_ERROR(FillTo(places[r].range->low));
      }
      expected_ = Around(places[r].range->high);
    }
    return PushRows(batch, begin, places.size());
  }
  bool enough() const override { return next_.enough(); }

  // The ranges after the last row, up to the end that was asked for.
  absl::Status FillToEnd() { return node_.end ? FillTo(*node_.end) : absl::OkStatus(); }

 private:
  // Where a row belongs: in a range, outside of what was asked for, or neither.
  struct Place {
    std::optional<BinSpan::Range> range;
    bool outside = false;
  };

  std::optional<BinSpan::Range> Around(double value) const {
    return span_.Around(value, run_.evaluation.constants.zone);
  }

  Value ValueOf(const BinSpan::Range& range, Arena& arena) const {
    if (span_.is_time()) return NumberValue(range.low);
    return Value::Text(arena.Copy(span_.TextOf(range)));
  }

  // Puts the ranges into the batch and tells them.
  absl::StatusOr<std::vector<Place>> PlaceRows(Batch* batch) {
    std::vector<Place> places(batch->size());
    Value* values = exec::CopyColumn(*batch, node_.field);
    SPELK_RETURN_IF_ERROR(batch->arena().status("makecontinuous"));
    for (size_t r = 0; r < places.size(); ++r) {
      Value& value = values[batch->physical(r)];
      const std::optional<Number> number = NumberOf(value);
      if (!number || !std::isfinite(number->value)) continue;
      places[r].outside = (node_.start && number->value < *node_.start) ||
                          (node_.end && number->value > *node_.end);
      places[r].range = Around(number->value);
      if (places[r].range) value = ValueOf(*places[r].range, batch->arena());
    }
    SPELK_RETURN_IF_ERROR(batch->arena().status("makecontinuous"));
    setter_.Set(Column::Values({values, batch->physical_rows()}), batch);
    return places;
  }

  absl::Status PushRows(const Batch& batch, size_t begin, size_t end) {
    if (begin >= end) return absl::OkStatus();
    Batch rows = batch;
    rows.Slice(begin, end);
    return next_.Push(std::move(rows));
  }

  // Rows for the expected range and those after it that begin before `end`.
  absl::Status FillTo(double end) {
    const uint64_t most = plan::MostOf(run_.services.limits, plan::kDiscretizeMaxBins);
    Arena scratch(run_.budget);
    while (expected_ && expected_->low < end) {
      if (++filled_ > most) {
        return absl::ResourceExhaustedError(fmt::format(
            "makecontinuous: more than {} ranges have no row; a longer span makes fewer{}", most,
            plan::CutBy(plan::kDiscretizeMaxBins)));
      }
      const Value value = ValueOf(*expected_, scratch);
      SPELK_RETURN_IF_ERROR(added_.Add({&value, 1}));
      if (added_.full()) SPELK_RETURN_IF_ERROR(PushAdded());
      expected_ = Around(expected_->high);
    }
    return PushAdded();
  }

  absl::Status PushAdded() {
    if (added_.rows() == 0) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(Batch batch, added_.Take());
    return next_.Push(std::move(batch));
  }

  const MakeContinuousNode& node_;
  const BinSpan span_;
  const exec::RunContext& run_;
  exec::Output& next_;
  exec::ColumnSetter setter_;
  exec::BatchBuilder added_;
  std::optional<BinSpan::Range> expected_;  // That which follows the last row's.
  uint64_t filled_ = 0;
};

// All rows, by the number they have, and which numbers there are.
using NumberedRows = exec::RangedRows<exec::Sorter>;

class MakeContinuous final : public exec::StateSink<NumberedRows> {
 public:
  MakeContinuous(const MakeContinuousNode& node, const exec::RunContext& run)
      : node_(node), run_(run) {}

  absl::StatusOr<NumberedRows> NewState() const override {
    return NumberedRows(exec::Sorter(
        {.keys = {{.field = node_.field, .by = plan::SortBy::kNumber}}, .what = "makecontinuous"},
        run_));
  }
  absl::Status Update(NumberedRows& state, Batch batch, exec::Position at) const override {
    const Column* column = batch.Find(node_.field);
    for (size_t r = 0; column != nullptr && r < batch.size(); ++r) {
      const std::optional<Number> number = NumberOf(column->At(batch.physical(r)));
      if (!number || !std::isfinite(number->value)) continue;
      state.low = std::min(state.low, number->value);
      state.high = std::max(state.high, number->value);
    }
    return state.rows.Add(std::move(batch), at);
  }
  absl::Status Finish(NumberedRows state, exec::Output& out) const override {
    GapFiller filler(node_, SpanFor(state), run_, out);
    SPELK_RETURN_IF_ERROR(state.rows.Emit(filler));
    return filler.FillToEnd();
  }

 private:
  BinSpan SpanFor(const NumberedRows& state) const {
    if (const auto given = BinSpan::Parse(node_.width, node_.is_time)) return *given;
    const bool any = state.low <= state.high;
    const double low = any ? state.low : 0;
    const double high = any ? state.high : 0;
    return node_.is_time ? BinSpan::NiceTime(low, high, node_.start, node_.end, node_.bins, 0)
                         : BinSpan::Nice(low, high, node_.start, node_.end, node_.bins, 0);
  }

  const MakeContinuousNode& node_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<plan::NodePtr> BindMakeContinuous(const ast::CommandCall& call,
                                                 plan::Binder& binder) {
  auto node = plan::Make<MakeContinuousNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  node->field = binder.Intern("_time");
  if (!binder.Positional(call).empty()) {
    SPELK_ASSIGN_OR_RETURN(node->field, binder.OneField(call));
  }
  node->is_time = node->field.name() == "_time";
  SPELK_ASSIGN_OR_RETURN(const int64_t bins, binder.Integer(call, "bins", 1));
  node->bins = static_cast<uint64_t>(bins);
  SPELK_ASSIGN_OR_RETURN(node->start, binder.Decimal(call, "start"));
  SPELK_ASSIGN_OR_RETURN(node->end, binder.Decimal(call, "end"));
  SPELK_ASSIGN_OR_RETURN(node->width, binder.Text(call, "span"));
  const ast::ArgumentOption* span = binder.FindOption(call, "span");
  if (span != nullptr && !BinSpan::Parse(node->width, node->is_time)) {
    return binder.BadOption(*span, node->width);
  }
  return node;
}

exec::OperatorPtr BuildMakeContinuous(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<MakeContinuous>(plan::As<MakeContinuousNode>(node), run);
}

constexpr Argument kMakeContinuousArguments[] = {
    {.name = "field",
     .type = "field",
     .fallback = "_time",
     .summary = "What is put into ranges, as bin does it."},
    {.name = "span",
     .type = "number, time or logarithm",
     .fallback = "",
     .summary = "The width: 10, 5m, 1d, 1mon, 2log10.",
     .is_option = true},
    {.name = "bins",
     .type = "int",
     .fallback = "100",
     .summary = "Without a span: the most ranges.",
     .is_option = true},
    {.name = "start",
     .type = "number",
     .fallback = "",
     .summary = "Where the ranges begin; rows below are left out.",
     .is_option = true},
    {.name = "end",
     .type = "number",
     .fallback = "",
     .summary = "Where the ranges end; rows beyond are left out.",
     .is_option = true}};
constexpr std::string_view kMakeContinuousNotes[] = {
    "rows come in the order of the field's numbers; a value that is no number stays as it is, and "
    "its row comes last",
    "the rows that are added have this field alone; at most 50000 are (limits.conf [discretize] "
    "maxbins)"};
constexpr Example kMakeContinuousExamples[] = {
    {.title = "A row for each ten minutes",
     .input = R"({"_time":1700004000} {"_time":1700002800})",
     .query = "stats count BY _time | makecontinuous span=10m | eval t=_time | table t count",
     .output = R"({"t":1700002800,"count":1} {"t":1700003400} {"t":1700004000,"count":1})"},
    {.title = "Ranges of numbers",
     .input = R"({"n":31} {"n":7})",
     .query = "makecontinuous n span=10 | table n",
     .output = R"({"n":"0-10"} {"n":"10-20"} {"n":"20-30"} {"n":"30-40"})"},
};

constexpr plan::NodeEntry kMakeContinuousNodes[] = {
    {&plan::TypeOf<MakeContinuousNode>, &BuildMakeContinuous}};

}  // namespace

extern constexpr CommandEntry kMakeContinuous = {
    .name = "makecontinuous",
    .signature =
        "makecontinuous [<field>] [span=<span>] [bins=<int>] [start=<number>] [end=<number>]",
    .summary = "Puts a field into ranges and adds rows for those that have none.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kMakeContinuousArguments,
    .notes = kMakeContinuousNotes,
    .examples = kMakeContinuousExamples,
    .nodes = kMakeContinuousNodes,
    .bind = &BindMakeContinuous,
};

}  // namespace spelk::commands
