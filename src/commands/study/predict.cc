// predict: what a series of numbers was to be expected to be, and how it goes on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/all_rows.h"
#include "commands/chart/wide_rows.h"
#include "commands/study/kalman.h"
#include "value/ascii.h"
#include "value/number.h"
#include "value/number_value.h"
#include "value/relative_time.h"

namespace spelk::commands {
namespace {

enum class Algorithm : uint8_t { kLevel, kSeason, kSlope, kSlopeAndSeason, kTwoLevels, kBoth };
constexpr std::string_view kAlgorithms[] = {"LL", "LLP", "LLT", "LLP5", "LLB", "BiLL"};
constexpr size_t EnumSize(Algorithm) { return std::size(kAlgorithms); }
std::string_view NameOf(Algorithm algorithm) { return kAlgorithms[static_cast<size_t>(algorithm)]; }

// A field, how it is predicted, and the fields that say what is expected of it.
struct Series {
  Field field;
  Field mean;
  Field upper;
  Field lower;
  Algorithm algorithm = Algorithm::kSlopeAndSeason;
  uint64_t ahead = 5;
  uint64_t held_back = 0;
  uint64_t period = 0;  // 0: found out.
  double upper_share = 0.95;
  double lower_share = 0.95;
  Field correlate;  // LLB: the series that helps; BiLL: that predicted together; else null.

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("as", mean);
    visit("upper", upper);
    visit("lower", lower);
    visit("algorithm", algorithm);
    visit("future_timespan", ahead);
    visit("holdback", held_back);
    visit("period", period);
    visit("upper_share", upper_share);
    visit("lower_share", lower_share);
    visit.MayBeNull("correlate", correlate);
  }
};

struct PredictNode final : plan::Node {
  static constexpr std::string_view kName = "predict";
  std::vector<Series> series;
  Field suppress;  // A field that is not shown; may be null.
  Field time;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.runs = Runs::kSink};
    flow.reads = plan::FieldSet::Of({time});
    flow.writes.Clear();
    for (const Series& each : series) {
      flow.reads.Add(each.field);
      if (each.correlate) flow.reads.Add(each.correlate);
      flow.writes.Add(plan::FieldSet::Of({each.mean, each.upper, each.lower}));
      // The rows to come have none of the others.
      if (each.field == suppress) continue;
      flow.makes.push_back(each.mean);
      if (each.algorithm == Algorithm::kTwoLevels) continue;
      flow.makes.push_back(each.upper);
      flow.makes.push_back(each.lower);
    }
    return flow;
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    if (!before) return std::nullopt;
    std::vector<Field> columns = *before;
    for (const Field field : GetDataflow().makes) {
      if (std::find(columns.begin(), columns.end(), field) == columns.end()) {
        columns.push_back(field);
      }
    }
    return columns;
  }
  bool WellFormed(const plan::Registry&) const { return !series.empty(); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("series", series);
    visit.MayBeNull("suppress", suppress);
    visit("time", time);
  }
};

class PredictRows final : public WholeSink {
 public:
  PredictRows(const PredictNode& node, const exec::RunContext& run)
      : WholeSink("predict", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    if (rows.size() == 0) return absl::OkStatus();
    std::vector<NewColumn> columns;
    size_t all = rows.size();
    for (const Series& series : node_.series) {
      const size_t known = rows.size() - std::min<size_t>(series.held_back, rows.size());
      // Forecasts reach from the last row that is known; of rows that were held back the first
      // ones alone have one if there are fewer forecasts (future_timespan).
      const size_t reach = known + series.ahead;
      SPELK_RETURN_IF_ERROR(rows.Reserve(reach * (6 * sizeof(double) + 6 * sizeof(Value))));
      SPELK_ASSIGN_OR_RETURN(const Forecast forecast,
                             ForecastOf(rows, series, known, reach - known));
      AddColumns(series, forecast, &columns);
      all = std::max(all, reach);
      SPELK_RETURN_IF_ERROR(run().cancel->status());
    }
    const std::vector<Value> times = rows.ValuesOf(node_.time);
    std::vector<NewColumn> of_rows;
    of_rows.reserve(columns.size());
    for (const NewColumn& column : columns) {
      std::vector<Value> values = column.values;
      values.resize(times.size(), Value::Null());
      of_rows.push_back({column.field, std::move(values)});
    }
    SPELK_RETURN_IF_ERROR(rows.Emit(of_rows, nullptr, out));
    return AddRows(times, columns, all, out);
  }

  static absl::Status Refuse(const Series& series, std::string_view what) {
    return absl::FailedPreconditionError(
        fmt::format("predict: the field '{}' {}", series.field.name(), what));
  }

  absl::StatusOr<Forecast> ForecastOf(AllRows& rows, const Series& series, size_t known,
                                      size_t ahead) const {
    std::vector<double> values = NumbersOf(rows, series.field);
    values.resize(known);
    const auto points = static_cast<size_t>(std::count_if(
        values.begin(), values.end(), [](double value) { return !std::isnan(value); }));
    const bool slopes =
        series.algorithm == Algorithm::kSlope || series.algorithm == Algorithm::kSlopeAndSeason;
    const size_t least = slopes ? 3 : 2;
    if (points < least) {
      return Refuse(series,
                    fmt::format("has {} numbers to learn from; {} are needed", points, least));
    }
    const bool seasons =
        series.algorithm == Algorithm::kSeason || series.algorithm == Algorithm::kSlopeAndSeason;
    size_t period = 0;  // None.
    if (seasons) period = series.period > 0 ? series.period : FindPeriod(values).value_or(0);
    if (series.algorithm == Algorithm::kSeason && period == 0) {
      return Refuse(series, "is not periodic; period= says after how many values it comes again");
    }
    // A season is known when it was seen twice.
    if (2 * period > points) {
      if (series.period > 0) return Refuse(series, "has fewer numbers than two periods");
      period = 0;
    }
    SPELK_RETURN_IF_ERROR(rows.Reserve(std::max<size_t>(1, period * period) * 16));
    if (series.algorithm == Algorithm::kSeason) {
      return Predict(values, ahead, {.slope = false, .period = period});
    }
    if (series.algorithm == Algorithm::kSlope) return Predict(values, ahead, {.slope = true});
    if (series.algorithm == Algorithm::kSlopeAndSeason) {
      const Forecast slope = Predict(values, ahead, {.slope = true});
      if (period == 0) return slope;
      return Mixed(slope, Predict(values, ahead, {.slope = false, .period = period}));
    }
    if (series.algorithm == Algorithm::kBoth) {
      std::vector<double> other = NumbersOf(rows, series.correlate);
      other.resize(known);
      return PredictWith(values, other, ahead);
    }
    Forecast forecast = Predict(values, ahead, {});
    if (series.algorithm == Algorithm::kTwoLevels) {
      Correlate(NumbersOf(rows, series.correlate), values, ahead, &forecast);
    }
    return forecast;
  }

  static std::vector<double> NumbersOf(const AllRows& rows, Field field) {
    std::vector<double> numbers;
    for (const Value& value : rows.ValuesOf(field)) {
      const std::optional<Number> number = NumberOf(value);
      numbers.push_back(number && std::isfinite(number->value) ? number->value : NAN);
    }
    return numbers;
  }

  // Each counts the more the nearer it came.
  static Forecast Mixed(const Forecast& a, const Forecast& b) {
    const double both = a.error + b.error;
    const double share = both > 0 ? b.error / both : 0.5;
    Forecast mixed;
    for (size_t i = 0; i < a.means.size(); ++i) {
      mixed.means.push_back(share * a.means[i] + (1 - share) * b.means[i]);
      mixed.variances.push_back(share * a.variances[i] + (1 - share) * b.variances[i]);
    }
    return mixed;
  }

  // Where the other series is off what was expected, so is this one, as far as they go together.
  static void Correlate(const std::vector<double>& others, const std::vector<double>& values,
                        size_t ahead, Forecast* forecast) {
    std::vector<double> learned = others;
    learned.resize(values.size());
    const Forecast other = Predict(learned, ahead, {});
    double together = 0;
    double squares = 0;
    for (size_t i = 1; i < values.size(); ++i) {
      const double away = others[i] - other.means[i];
      const double ours = values[i] - forecast->means[i];
      if (std::isnan(away) || std::isnan(ours)) continue;
      together += away * ours;
      squares += away * away;
    }
    if (!(squares > 0)) return;
    for (size_t i = 1; i < forecast->means.size() && i < others.size(); ++i) {
      const double away = others[i] - other.means[i];
      if (!std::isnan(away)) forecast->means[i] += together / squares * away;
    }
  }

  // All values lie within bounds of 100 percent, which have no end, but where none is off at all.
  static double Away(double deviations, double deviation) {
    return deviation == 0 ? 0 : deviations * deviation;
  }

  void AddColumns(const Series& series, const Forecast& forecast,
                  std::vector<NewColumn>* columns) const {
    NewColumn mean{series.mean, {}};
    NewColumn upper{series.upper, {}};
    NewColumn lower{series.lower, {}};
    const double above = DeviationsFor(series.upper_share);
    const double below = DeviationsFor(series.lower_share);
    for (size_t i = 0; i < forecast.means.size(); ++i) {
      const double deviation = std::sqrt(std::max(forecast.variances[i], 0.0));
      mean.values.push_back(NumberValue(forecast.means[i]));
      upper.values.push_back(NumberValue(forecast.means[i] + Away(above, deviation)));
      lower.values.push_back(NumberValue(forecast.means[i] - Away(below, deviation)));
    }
    if (series.field == node_.suppress) return;
    columns->push_back(std::move(mean));
    // With a series that helps there are no bounds.
    if (series.algorithm == Algorithm::kTwoLevels) return;
    columns->push_back(std::move(upper));
    columns->push_back(std::move(lower));
  }

  // The rows to come, at the distance of the last two.
  absl::Status AddRows(const std::vector<Value>& times, const std::vector<NewColumn>& columns,
                       size_t all, exec::Output& out) const {
    std::vector<Field> fields = {node_.time};
    for (const NewColumn& column : columns) fields.push_back(column.field);
    WideRows rows(std::move(fields), run(), "predict", out);
    for (size_t i = times.size(); i < all && !out.enough(); ++i) {
      SPELK_RETURN_IF_ERROR(rows.Begin());
      if (const auto time = TimeAfter(times, i - times.size() + 1)) {
        rows.Set(0, NumberValue(*time));
      }
      for (size_t c = 0; c < columns.size(); ++c) {
        if (i < columns[c].values.size()) rows.Set(c + 1, columns[c].values[i]);
      }
    }
    return rows.Finish();
  }

  std::optional<double> TimeAfter(const std::vector<Value>& times, size_t steps) const {
    if (times.size() < 2) return std::nullopt;
    const std::optional<Number> last = NumberOf(times.back());
    const std::optional<Number> before = NumberOf(times[times.size() - 2]);
    if (!last || !before) return std::nullopt;
    const double step = last->value - before->value;
    constexpr double kDay = 86400;
    const absl::TimeZone zone = run().evaluation.constants.zone;
    // Months and days go by the calendar.
    const auto count = static_cast<int64_t>(steps);
    if (step >= 28 * kDay && AddUnits(before->value, 1, TimeUnit::kMonth, zone) == last->value) {
      return AddUnits(last->value, count, TimeUnit::kMonth, zone);
    }
    return last->value + static_cast<double>(steps) * step;
  }

  const PredictNode& node_;
};

// ---------------------------------------------------------------- binding

// upper90=name, lower97=name: the share, and the name of the field.
struct BoundOption {
  double share = 0.95;
  std::string digits = "95";
  std::string name;
};

// Options hold for the fields before them, back to the options before those; the first ones may
// stand before all fields.
class PredictBinder {
 public:
  PredictBinder(const ast::CommandCall& call, plan::Binder& binder)
      : call_(call), binder_(binder), node_(plan::Make<PredictNode>(call.span)) {}

  absl::StatusOr<plan::NodePtr> Bind() {
    SPELK_RETURN_IF_ERROR(binder_.NoSigns(call_));
    for (const ast::Argument& argument : call_.arguments) {
      const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
      if (option != nullptr) {
        options_.push_back(option);
        continue;
      }
      if (!options_.empty() && !names_.empty()) SPELK_RETURN_IF_ERROR(FinishBlock());
      names_.push_back(&argument);
    }
    SPELK_RETURN_IF_ERROR(FinishBlock());
    if (node_->series.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument, call_.name.span, "a field is missing",
                           {"usage: predict <field> [AS <field>] [<options>]"});
    }
    node_->time = binder_.Intern("_time");
    return std::move(node_);
  }

 private:
  absl::Status FinishBlock() {
    Series settings;
    BoundOption upper;
    BoundOption lower;
    std::vector<std::string> seen;
    for (const ast::ArgumentOption* option : options_) {
      const std::string name = LowerAscii(option->name.text);
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
        return binder_.Error(ErrorCode::kRepeatedOption, option->name.span,
                             fmt::format("option \"{}\" is given twice", name));
      }
      seen.push_back(name);
      if (name.starts_with("upper") || name.starts_with("lower")) {
        SPELK_RETURN_IF_ERROR(ReadBound(*option, name.starts_with("upper") ? &upper : &lower));
        continue;
      }
      SPELK_RETURN_IF_ERROR(binder_.CheckOption(*option));
      SPELK_RETURN_IF_ERROR(ReadSetting(name, *option, &settings));
    }
    // With the help of another series only what that has is predicted.
    const bool told = std::find(seen.begin(), seen.end(), "future_timespan") != seen.end();
    if (settings.algorithm == Algorithm::kTwoLevels && !told) settings.ahead = settings.held_back;
    settings.upper_share = upper.share;
    settings.lower_share = lower.share;
    if ((settings.algorithm == Algorithm::kTwoLevels) != (settings.correlate != Field())) {
      return binder_.Error(ErrorCode::kBadOptionValue, call_.name.span,
                           "algorithm=LLB and correlate=<field> go together");
    }
    if (settings.algorithm == Algorithm::kBoth && names_.size() != 2) {
      return binder_.Error(ErrorCode::kBadArgument, call_.name.span,
                           "algorithm=BiLL predicts two fields together",
                           {"usage: predict <field> <field> algorithm=BiLL"});
    }
    const size_t before = node_->series.size();
    for (const ast::Argument* argument : names_) {
      Series series = settings;
      SPELK_ASSIGN_OR_RETURN(series.field, binder_.FieldName(*argument));
      const std::string mean = argument->alias ? std::string(argument->alias->text)
                                               : fmt::format("prediction({})", series.field.name());
      series.mean = binder_.Intern(mean);
      series.upper = NameOfBound("upper", upper, mean);
      series.lower = NameOfBound("lower", lower, mean);
      node_->series.push_back(series);
    }
    if (settings.algorithm == Algorithm::kBoth) {
      node_->series[before].correlate = node_->series[before + 1].field;
      node_->series[before + 1].correlate = node_->series[before].field;
    }
    SPELK_RETURN_IF_ERROR(CheckSuppressed());
    options_.clear();
    names_.clear();
    return absl::OkStatus();
  }

  // What is not predicted cannot be left out, and would be shown without a word.
  absl::Status CheckSuppressed() {
    for (const ast::ArgumentOption* option : options_) {
      if (!EqualsIgnoringCase(option->name.text, "suppress")) continue;
      const Field hidden = node_->suppress;
      const bool known =
          std::any_of(node_->series.begin(), node_->series.end(),
                      [hidden](const Series& series) { return series.field == hidden; });
      if (known) continue;
      return binder_.Error(ErrorCode::kBadOptionValue, option->value->span,
                           fmt::format("\"{}\" is not predicted", hidden.name()),
                           {"suppress= leaves out one of the fields that are"});
    }
    return absl::OkStatus();
  }

  absl::Status ReadBound(const ast::ArgumentOption& option, BoundOption* bound) {
    bound->digits = option.name.text.substr(5);
    const std::optional<uint64_t> share = ParseWholeNumber(bound->digits);
    if (!share || *share > 100) {
      return binder_.Error(ErrorCode::kUnknownOption, option.name.span,
                           fmt::format("predict has no option \"{}\"", option.name.text),
                           {"a whole number from 0 to 100 follows upper and lower: upper95=high"});
    }
    bound->share = static_cast<double>(*share) / 100;
    SPELK_ASSIGN_OR_RETURN(bound->name, binder_.OptionText(option));
    return absl::OkStatus();
  }

  absl::Status ReadSetting(std::string_view name, const ast::ArgumentOption& option,
                           Series* settings) {
    SPELK_ASSIGN_OR_RETURN(const std::string text, binder_.OptionText(option));
    if (name == "correlate") {
      settings->correlate = binder_.Intern(text);
      return absl::OkStatus();
    }
    if (name == "suppress") {
      node_->suppress = binder_.Intern(text);
      return absl::OkStatus();
    }
    if (name == "algorithm") {
      const auto* known =
          std::find_if(std::begin(kAlgorithms), std::end(kAlgorithms),
                       [&](std::string_view each) { return EqualsIgnoringCase(each, text); });
      if (known == std::end(kAlgorithms)) return binder_.BadOption(option, text);
      settings->algorithm = static_cast<Algorithm>(known - std::begin(kAlgorithms));
      return absl::OkStatus();
    }
    constexpr uint64_t kMostAhead = 100'000;
    constexpr uint64_t kLongest = 2000;
    const std::optional<uint64_t> number = ParseWholeNumber(text);
    const bool fits = number && (name != "future_timespan" || *number <= kMostAhead) &&
                      (name != "period" || (*number >= 2 && *number <= kLongest));
    if (!fits) return binder_.BadOption(option, text);
    if (name == "future_timespan") settings->ahead = *number;
    if (name == "holdback") settings->held_back = *number;
    if (name == "period") settings->period = *number;
    return absl::OkStatus();
  }

  Field NameOfBound(std::string_view side, const BoundOption& bound, std::string_view mean) {
    if (!bound.name.empty()) return binder_.Intern(bound.name);
    return binder_.Intern(fmt::format("{}{}({})", side, bound.digits, mean));
  }

  const ast::CommandCall& call_;
  plan::Binder& binder_;
  std::unique_ptr<PredictNode> node_;
  std::vector<const ast::Argument*> names_;  // Of the block at hand.
  std::vector<const ast::ArgumentOption*> options_;
};

absl::StatusOr<plan::NodePtr> BindPredict(const ast::CommandCall& call, plan::Binder& binder) {
  return PredictBinder(call, binder).Bind();
}

exec::OperatorPtr BuildPredict(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<PredictRows>(plan::As<PredictNode>(node), run);
}

constexpr Argument kPredictArguments[] = {
    {.name = "field AS name",
     .type = "field…",
     .fallback = "",
     .summary = "The numbers, in the order of the rows; AS names what is expected of them."},
    {.name = "algorithm",
     .type = "LL, LLT, LLP, LLP5, LLB or BiLL",
     .fallback = "LLP5",
     .summary = "A level; with a slope; with a season; both together; a level with the help of "
                "another field; the levels of two fields together.",
     .is_option = true},
    {.name = "future_timespan",
     .type = "int, at most 100000",
     .fallback = "5",
     .summary =
         "How many values it looks ahead, from the last that is known; with algorithm=LLB so "
         "many as are held back.",
     .is_option = true},
    {.name = "holdback",
     .type = "int",
     .fallback = "0",
     .summary = "How many of the last rows are taken as not known.",
     .is_option = true},
    {.name = "period",
     .type = "int, from 2 to 2000",
     .fallback = "",
     .summary = "After how many rows a season comes again; without it that is found out.",
     .is_option = true},
    {.name = "correlate",
     .type = "field",
     .fallback = "",
     .summary = "For LLB: the field that helps.",
     .is_option = true},
    {.name = "suppress",
     .type = "field",
     .fallback = "",
     .summary = "One of the fields, of which nothing is shown.",
     .is_option = true},
    {.name = "upper95",
     .type = "field",
     .fallback = "",
     .summary = "Gets the upper end of where so many percent of values lie; any whole number "
                "from 0 to 100.",
     .is_option = true},
    {.name = "lower95",
     .type = "field",
     .fallback = "",
     .summary = "Likewise the lower end.",
     .is_option = true}};
constexpr std::string_view kPredictNotes[] = {
    "each value is predicted from those before it by a Kalman filter, whose variances are what "
    "makes the values most likely; Splunk does not publish how it chooses them, so numbers differ "
    "a little",
    "columns: prediction(field), upper95(prediction(field)), lower95(prediction(field)); LLB has "
    "no "
    "bounds; BiLL takes two fields: predict a b algorithm=BiLL",
    "without a season that was seen twice LLP5 is LLT, and LLP is refused",
    "options hold for the fields that stand before them: predict a algorithm=LL b algorithm=LLT"};
constexpr Example kPredictExamples[] = {
    {.title = "A series that stays the same",
     .input = R"({"_time":1,"n":7} {"_time":2,"n":7} {"_time":3,"n":7})",
     .query = "sort _time | predict n AS p algorithm=LL future_timespan=1 | table _time n p",
     .output = R"({"_time":1,"n":7,"p":7} {"_time":2,"n":7,"p":7} {"_time":3,"n":7,"p":7}
                  {"_time":4,"p":7})"},
};

constexpr plan::NodeEntry kPredictNodes[] = {{&plan::TypeOf<PredictNode>, &BuildPredict}};

}  // namespace

extern constexpr CommandEntry kPredict = {
    .name = "predict",
    .signature =
        "predict <field> [AS <field>]… [algorithm=<algorithm>] [future_timespan=<int>] "
        "[holdback=<int>] [period=<int>] [upper<int>=<field>] [lower<int>=<field>] "
        "[correlate=<field>] [suppress=<field>]",
    .summary = "Predicts how a series of numbers goes on.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kPredictArguments,
    .notes = kPredictNotes,
    .differs = "How Splunk finds the variances is not published: numbers differ a little.",
    .examples = kPredictExamples,
    .nodes = kPredictNodes,
    .bind = &BindPredict,
};

}  // namespace spelk::commands
