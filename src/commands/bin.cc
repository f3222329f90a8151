// bin (bucket, discretize): puts numbers and times into ranges.
#include <algorithm>
#include <cmath>
#include <limits>

#include "commands/bin.h"
#include "exec/column_map.h"
#include "exec/column_setter.h"
#include "exec/ranged_rows.h"
#include "exec/row_sink.h"
#include "exec/spool.h"
#include "value/bin_span.h"
#include "value/multivalue.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct BinNode final : plan::Node {
  static constexpr std::string_view kName = "bin";
  Field field;
  Field target;          // The field itself without AS.
  bool is_time = false;  // The field is _time: spans without a unit are seconds.
  std::string width;     // Empty: chosen for the whole range of values.
  uint64_t bins = 100;
  std::string min_span;
  std::optional<double> start;
  std::optional<double> end;
  std::string align_time;
  // Without a width: chosen for the search's range of time, if it has both ends.
  bool over_search_range = false;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({target});
    flow.makes = {target};
    flow.runs = width.empty() ? Runs::kSink : Runs::kStreaming;
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("as", target);
    visit("is_time", is_time);
    visit("span", width);
    visit("bins", bins);
    visit("minspan", min_span);
    visit("start", start);
    visit("end", end);
    visit("aligntime", align_time);
    visit("over_search_range", over_search_range);
  }
};

// ---------------------------------------------------------------- values

// Replaces numbers by their ranges. Other text and absent fields stay as they are.
class Binner {
 public:
  Binner(BinSpan span, absl::TimeZone zone, double align)
      : span_(span), zone_(zone), align_(align) {}

  absl::Status Apply(Field field, exec::ColumnSetter& setter, Batch* batch) const {
    Arena& arena = batch->arena();
    const auto range_of_each = [&](const Value& value) {
      return MapEach(value, arena, [&](const Value& each) { return RangeOf(each, arena); });
    };
    return exec::MapColumn(field, setter, "bin", range_of_each, batch);
  }

 private:
  Value RangeOf(const Value& value, Arena& arena) const {
    const std::optional<Number> number = NumberOf(value);
    if (!number || !std::isfinite(number->value)) return value;
    if (span_.is_time()) return TimeValue(span_.StartOf(number->value, zone_, align_));
    const std::optional<std::string> range = span_.RangeOf(number->value);
    return range ? Value::Text(arena.Copy(*range)) : value;
  }

  const BinSpan span_;
  const absl::TimeZone zone_;
  const double align_;
};

// ---------------------------------------------------------------- a given span

class BinBySpan final : public exec::Streaming<exec::ColumnSetter> {
 public:
  BinBySpan(const BinNode& node, const Binner& binner)
      : field_(node.field), target_(node.target), binner_(binner) {}
  absl::StatusOr<exec::ColumnSetter> NewState() const override {
    return exec::ColumnSetter(target_);
  }
  absl::Status Process(Batch batch, exec::ColumnSetter& setter, exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(binner_.Apply(field_, setter, &batch));
    return out.Push(std::move(batch));
  }

 private:
  const Field field_;
  const Field target_;
  const Binner binner_;
};

// ---------------------------------------------------------------- a span for the range of values

using RangeState = exec::RangedRows<exec::Spool>;

class BinByRange final : public exec::StateSink<RangeState> {
 public:
  BinByRange(const BinNode& node, double align, const exec::RunContext& run)
      : field_(node.field),
        target_(node.target),
        is_time_(node.is_time),
        bins_(node.bins),
        start_(node.start),
        end_(node.end),
        align_(align),
        over_search_range_(node.over_search_range),
        run_(run) {
    if (const auto least = BinSpan::Parse(node.min_span, node.is_time)) {
      least_ = least->width();
      is_time_ = is_time_ || least->is_time();
    }
  }

  absl::StatusOr<RangeState> NewState() const override {
    return RangeState(exec::Spool("bin", run_));
  }
  absl::Status Update(RangeState& state, Batch batch, exec::Position at) const override {
    const Column* column = batch.Find(field_);
    for (size_t r = 0; column != nullptr && r < batch.size(); ++r) {
      const Value value = column->At(batch.physical(r));
      for (const Value& each : value.each()) {
        const std::optional<Number> number = NumberOf(each);
        if (number && std::isfinite(number->value)) state.Widen(number->value, number->value);
      }
    }
    return state.rows.Add(std::move(batch), at);
  }
  absl::Status Finish(RangeState state, exec::Output& out) const override {
    const bool any = state.low <= state.high;
    const exec::TimeRange& range = run_.time_range;
    const bool given = over_search_range_ && range.earliest && range.latest;
    const double low = given ? *range.earliest : any ? state.low : 0;
    const double high = given ? *range.latest : any ? state.high : 0;
    const BinSpan span = is_time_ ? BinSpan::NiceTime(low, high, start_, end_, bins_, least_)
                                  : BinSpan::Nice(low, high, start_, end_, bins_, least_);
    const Binner binner(span, run_.evaluation.constants.zone, align_);
    exec::ColumnSetter setter(target_);
    const auto apply = [&](Batch* batch) { return binner.Apply(field_, setter, batch); };
    exec::ChangedOutput changed(apply, out);
    return state.rows.Emit(changed);
  }

 private:
  const Field field_;
  const Field target_;
  bool is_time_;
  const uint64_t bins_;
  const std::optional<double> start_;
  const std::optional<double> end_;
  const double align_;
  const bool over_search_range_;
  double least_ = 0;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- aligntime

double AlignmentOf(const BinNode& node, const exec::RunContext& run) {
  if (node.align_time.empty()) return 0;
  if (node.align_time == "earliest") return run.time_range.earliest.value_or(0);
  if (node.align_time == "latest") return run.time_range.latest.value_or(0);
  const plan::RunConstants& constants = run.evaluation.constants;
  const auto time = ParseTimeModifier(node.align_time, constants.now, constants.zone);
  return time && std::fabs(*time) < 1e12 ? *time : 0;
}

// ---------------------------------------------------------------- binding

absl::Status BadSpan(const ast::CommandCall& call, std::string_view option, plan::Binder& binder) {
  const ast::ArgumentOption* given = binder.FindOption(call, option);
  return binder.Error(ErrorCode::kBadOptionValue, given->value->span,
                      "invalid " + std::string(option) + " \"" +
                          std::string(binder.TextOf(given->value->span)) + "\"",
                      {"it takes a number, a time (5m, 1h, 1d, 1mon), or a logarithm (1log10)"});
}

absl::Status BindAlignTime(const ast::CommandCall& call, plan::Binder& binder, BinNode* node) {
  SPELK_ASSIGN_OR_RETURN(node->align_time, binder.Text(call, "aligntime"));
  if (node->align_time.empty()) return absl::OkStatus();
  const ast::ArgumentOption* option = binder.FindOption(call, "aligntime");
  const std::string& text = node->align_time;
  const bool known = text == "earliest" || text == "latest" ||
                     ParseTimeModifier(text, 0, absl::UTCTimeZone()).has_value();
  if (!known) {
    return binder.Error(ErrorCode::kBadOptionValue, option->value->span,
                        "option aligntime does not take \"" + text + "\"",
                        {"it takes earliest, latest or a time such as 1500567890 or @d+3h"});
  }
  const auto span = BinSpan::Parse(node->width, node->is_time);
  if (node->is_time || (span && span->is_time())) return absl::OkStatus();
  return binder.Error(ErrorCode::kBadArgument, option->name.span,
                      "aligntime is for spans of time only");
}

absl::StatusOr<plan::NodePtr> BindBin(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "a field must be given");
  }
  if (arguments.size() > 1) return binder.Unexpected(*arguments[1], {"it takes one field"});
  auto node = plan::Make<BinNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->field, binder.FieldName(*arguments[0]));
  node->target = node->field;
  for (const ast::Argument& argument : call.arguments) {
    if (argument.alias) node->target = binder.Intern(argument.alias->text);
  }
  node->is_time = node->field.name() == "_time";
  SPELK_ASSIGN_OR_RETURN(const int64_t bins, binder.Integer(call, "bins", 1));
  node->bins = static_cast<uint64_t>(bins);
  SPELK_ASSIGN_OR_RETURN(node->width, binder.Text(call, "span"));
  SPELK_ASSIGN_OR_RETURN(node->min_span, binder.Text(call, "minspan"));
  SPELK_ASSIGN_OR_RETURN(node->start, binder.Decimal(call, "start"));
  SPELK_ASSIGN_OR_RETURN(node->end, binder.Decimal(call, "end"));
  if (binder.FindOption(call, "span") != nullptr && !BinSpan::Parse(node->width, node->is_time)) {
    return BadSpan(call, "span", binder);
  }
  if (binder.FindOption(call, "minspan") != nullptr) {
    const auto least = BinSpan::Parse(node->min_span, node->is_time);
    if (!least || least->width() == 0) return BadSpan(call, "minspan", binder);
  }
  SPELK_RETURN_IF_ERROR(BindAlignTime(call, binder, node.get()));
  return node;
}

exec::OperatorPtr BuildBin(const plan::Node& node, const exec::RunContext& run) {
  const auto& bin = plan::As<BinNode>(node);
  const double align = AlignmentOf(bin, run);
  const auto span = BinSpan::Parse(bin.width, bin.is_time);
  if (bin.width.empty() || !span) return std::make_unique<BinByRange>(bin, align, run);
  return std::make_unique<BinBySpan>(bin, Binner(*span, run.evaluation.constants.zone, align));
}

constexpr std::string_view kBinAliases[] = {"bucket", "discretize"};
constexpr Argument kBinArguments[] = {
    {.name = "field AS name",
     .type = "field",
     .fallback = "",
     .summary = "What is put into ranges; AS keeps it and gives the range a name of its own."},
    {.name = "span",
     .type = "number, time or logarithm",
     .fallback = "",
     .summary = "The width: 10, 5m, 1d, 1mon, 1w@w1, 2log10.",
     .is_option = true},
    {.name = "bins",
     .type = "int",
     .fallback = "100",
     .summary = "Without a span: the most ranges; the width is a power of ten, or for times one of "
                "1s 5s 10s 30s 1m 5m 10m 30m 1h 1d 30d.",
     .is_option = true},
    {.name = "minspan",
     .type = "number or time",
     .fallback = "",
     .summary = "Without a span: the smallest width.",
     .is_option = true},
    {.name = "start",
     .type = "number",
     .fallback = "",
     .summary = "Without a span: where the ranges begin at the latest.",
     .is_option = true},
    {.name = "end",
     .type = "number",
     .fallback = "",
     .summary = "Without a span: where the ranges end at the earliest.",
     .is_option = true},
    {.name = "aligntime",
     .type = "earliest, latest or a time",
     .fallback = "",
     .summary =
         "Where a range of time begins, instead of the epoch; days and longer begin at local "
         "midnight in any case.",
     .is_option = true}};
constexpr std::string_view kBinNotes[] = {
    "_time and spans with a unit of time give the start of the range in seconds, other numbers the "
    "text low-high, where low belongs to the range",
    "what is no number stays as it is; of a multivalue each value is put into its range",
    "weeks are counted from the epoch and so begin on Thursday; span=1w@w0 lets them begin on "
    "Sunday, 1w@w1 on Monday"};
constexpr Example kBinExamples[] = {
    {.title = "Five minutes",
     .input = R"({"_time":1700003110} {"_time":1700003099})",
     .query = "bin _time span=5m | table _time",
     .output = R"({"_time":1700003100} {"_time":1700002800})"},
    {.title = "Numbers become ranges",
     .input = R"({"v":1} {"v":12} {"v":"n/a"})",
     .query = "bin span=10 v AS range | table v range",
     .output = R"({"v":1,"range":"0-10"} {"v":12,"range":"10-20"} {"v":"n/a","range":"n/a"})"},
    {.title = "Powers of ten",
     .input = R"({"v":7} {"v":70})",
     .query = "bin span=1log10 v | table v",
     .output = R"({"v":"1-10"} {"v":"10-100"})"},
};

constexpr plan::NodeEntry kBinNodes[] = {{&plan::TypeOf<BinNode>, &BuildBin}};

}  // namespace

Value TimeValue(double seconds) {
  const bool whole = std::floor(seconds) == seconds && std::fabs(seconds) < 9e15;
  return whole ? Value::Integer(static_cast<int64_t>(seconds)) : Value::Double(seconds);
}

plan::NodePtr MakeTimeBin(Span span, Field time, std::string width) {
  auto node = plan::Make<BinNode>(span);
  node->field = node->target = time;
  node->is_time = true;
  node->over_search_range = width.empty();
  node->width = std::move(width);
  return node;
}

extern constexpr CommandEntry kBin = {
    .name = "bin",
    .aliases = kBinAliases,
    .signature =
        "bin [span=<span>] [bins=<int>] [minspan=<span>] [start=<number>] [end=<number>] "
        "[aligntime=<time>] <field> [AS <field>]",
    .summary = "Puts numbers and times into ranges.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .alias_behind_options = true,
    .arguments = kBinArguments,
    .notes = kBinNotes,
    .examples = kBinExamples,
    .nodes = kBinNodes,
    .bind = &BindBin,
};

}  // namespace spelk::commands
