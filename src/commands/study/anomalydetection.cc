// anomalydetection: rows that are improbable as a whole.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "commands/chart/options.h"
#include "commands/chart/wide_rows.h"
#include "commands/quantile.h"
#include "commands/study/anomalous_values.h"
#include "syntax/unescape.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kMarks[] = {"log_event_prob", "probable_cause", "probable_cause_freq",
                                       "max_freq"};
constexpr std::string_view kSummary[] = {"num_anomalies", "thresh",       "max_logprob",
                                         "min_logprob",   "1st_quartile", "3rd_quartile"};

struct AnomalyNode final : plan::Node {
  static constexpr std::string_view kName = "anomalydetection";
  std::vector<Field> names;
  AnomalyAction action = AnomalyAction::kFilter;
  std::optional<double> threshold;  // Nothing: computed.
  bool cutoff = true;
  std::vector<Field> columns;  // kMarks, or kSummary.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kSink};
    flow.reads = ReadsOf(names);
    if (action == AnomalyAction::kSummary) {
      flow.passes = false;
      flow.order = Order::kNeeds;
      flow.columns = columns;
      return flow;
    }
    flow.results = false;
    flow.writes = plan::FieldSet::Of(columns);
    flow.makes = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const {
    return columns.size() ==
           (action == AnomalyAction::kSummary ? std::size(kSummary) : std::size(kMarks));
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
    visit("action", action);
    visit("pthresh", threshold);
    visit("cutoff", cutoff);
    visit("columns", columns);
  }
};

// How frequent the values of a row are.
struct RowStudy {
  double log_probability = 0;
  double most = 0;
  double least = std::numeric_limits<double>::infinity();
  Field cause;  // The field with the least frequent value; null without any value.
};

class AnomalyDetection final : public WholeSink {
 public:
  AnomalyDetection(const AnomalyNode& node, const exec::RunContext& run)
      : WholeSink("anomalydetection", node, run), node_(node) {}

 private:
  struct Bound {
    double threshold = 0;
    double low = 0;
    double high = 0;
  };

  absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                    exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(
        rows.Reserve(rows.size() * (sizeof(RowStudy) + 2 * sizeof(double) + 4 * sizeof(Value))));
    std::vector<RowStudy> studies(rows.size());
    for (const Field field : fields) {
      if (TakesField(node_.names, field)) SPELK_RETURN_IF_ERROR(Study(rows, field, &studies));
    }
    const Bound bound = BoundOf(studies);
    if (node_.action == AnomalyAction::kSummary) return Summarize(studies, bound, out);
    std::vector<NewColumn> columns;
    for (const Field field : node_.columns) columns.push_back({field, {}});
    std::vector<bool> kept;
    for (const RowStudy& study : studies) {
      const bool anomalous = IsAnomalous(study, bound);
      kept.push_back(anomalous || node_.action == AnomalyAction::kAnnotate);
      const bool any = static_cast<bool>(study.cause);
      columns[0].values.push_back(any ? NumberValue(study.log_probability) : Value::Null());
      columns[1].values.push_back(anomalous ? Value::Text(study.cause.name()) : Value::Null());
      columns[2].values.push_back(anomalous ? NumberValue(study.least) : Value::Null());
      columns[3].values.push_back(any ? NumberValue(study.most) : Value::Null());
    }
    return rows.Emit(columns, &kept, out);
  }

  absl::Status Study(AllRows& rows, Field field, std::vector<RowStudy>* studies) const {
    const std::vector<Value> values = rows.ValuesOf(field);
    std::vector<double> numbers;
    bool numeric = true;
    for (const Value& value : values) {
      const std::optional<Number> number = NumberOf(value);
      numeric = numeric && (value.is_null() || (number && std::isfinite(number->value)));
      if (numeric && number) numbers.push_back(number->value);
    }
    if (numeric && numbers.empty()) return absl::OkStatus();
    const auto all = static_cast<double>(rows.size());
    const auto note = [&](size_t row, double count) {
      RowStudy& study = (*studies)[row];
      const double frequency = count / all;
      study.log_probability += std::log(frequency);
      study.most = std::max(study.most, frequency);
      if (frequency < study.least) {
        study.least = frequency;
        study.cause = field;
      }
    };
    if (numeric) {
      const double low = *std::min_element(numbers.begin(), numbers.end());
      const double high = *std::max_element(numbers.begin(), numbers.end());
      // Sturges' rule.
      const auto bins =
          static_cast<size_t>(std::ceil(std::log2(static_cast<double>(numbers.size())))) + 1;
      const double width = (high - low) / static_cast<double>(bins);
      const auto bin_of = [&](double number) {
        if (!(width > 0)) return size_t{0};
        return std::min(bins - 1, static_cast<size_t>((number - low) / width));
      };
      std::vector<double> counts(bins, 0);
      for (const double number : numbers) ++counts[bin_of(number)];
      for (size_t r = 0; r < values.size(); ++r) {
        if (!values[r].is_null()) note(r, counts[bin_of(NumberOf(values[r])->value)]);
      }
      return absl::OkStatus();
    }
    absl::flat_hash_map<std::string, double> counts;
    for (const Value& value : values) {
      if (value.is_null()) continue;
      std::string text = TextOf(value);
      const size_t bytes = 96 + text.size();
      if (++counts[std::move(text)] == 1) SPELK_RETURN_IF_ERROR(rows.Reserve(bytes));
    }
    for (size_t r = 0; r < values.size(); ++r) {
      if (!values[r].is_null()) note(r, counts[TextOf(values[r])]);
    }
    return absl::OkStatus();
  }

  Bound BoundOf(const std::vector<RowStudy>& studies) const {
    std::vector<double> sorted;
    for (const RowStudy& study : studies) {
      if (study.cause) sorted.push_back(study.log_probability);
    }
    Bound bound;
    if (sorted.empty()) return bound;
    std::sort(sorted.begin(), sorted.end());
    bound.low = Quantile(sorted, 0.25);
    bound.high = Quantile(sorted, 0.75);
    const double reach = (node_.cutoff ? 3 : 1.5) * (bound.high - bound.low);
    bound.threshold = node_.threshold ? std::log(*node_.threshold) : bound.low - reach;
    return bound;
  }

  static bool IsAnomalous(const RowStudy& study, const Bound& bound) {
    return static_cast<bool>(study.cause) && study.log_probability < bound.threshold;
  }

  absl::Status Summarize(const std::vector<RowStudy>& studies, const Bound& bound,
                         exec::Output& out) const {
    int64_t anomalies = 0;
    double most = -std::numeric_limits<double>::infinity();
    double least = std::numeric_limits<double>::infinity();
    for (const RowStudy& study : studies) {
      anomalies += IsAnomalous(study, bound) ? 1 : 0;
      if (!study.cause) continue;
      most = std::max(most, study.log_probability);
      least = std::min(least, study.log_probability);
    }
    WideRows table(node_.columns, run(), "anomalydetection", out);
    SPELK_RETURN_IF_ERROR(table.Begin());
    table.Set(0, Value::Integer(anomalies));
    if (std::isfinite(most)) {
      table.Set(1, NumberValue(bound.threshold));
      table.Set(2, NumberValue(most));
      table.Set(3, NumberValue(least));
      table.Set(4, NumberValue(bound.low));
      table.Set(5, NumberValue(bound.high));
    }
    return table.Finish();
  }

  const AnomalyNode& node_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<std::optional<double>> Threshold(const ast::CommandCall& call,
                                                plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> threshold, binder.Decimal(call, "pthresh"));
  if (!threshold || (*threshold > 0 && *threshold <= 1)) return threshold;
  const ast::ArgumentOption* option = binder.FindOption(call, "pthresh");
  return binder.BadOption(*option, binder.TextOf(option->value->span));
}

// method=iqr is what outlier does.
absl::StatusOr<plan::NodePtr> BindInterquartile(const ast::CommandCall& call,
                                                std::string_view action,
                                                const std::vector<Field>& names,
                                                plan::Binder& binder) {
  std::string commands = fmt::format("| outlier action={}", action);
  for (const std::string_view name : {"param", "uselower", "mark"}) {
    const ast::ArgumentOption* option = binder.FindOption(call, name);
    if (option == nullptr) continue;
    commands += fmt::format(" {}", binder.TextOf(Cover(option->name.span, option->value->span)));
  }
  for (const Field name : names) commands += fmt::format(" {}", syntax::Quote(name.name()));
  plan::NodePtr rows = binder.TakeInput();
  if (rows == nullptr) rows = binder.NewScan(call.span);
  return binder.CommandsIn(commands, call.span, "method=iqr", std::move(rows));
}

absl::StatusOr<plan::NodePtr> BindAnomalyDetection(const ast::CommandCall& call,
                                                   plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(const std::string method, binder.Choice(call, "method"));
  SPELK_ASSIGN_OR_RETURN(std::string action, binder.Choice(call, "action"));
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> threshold, Threshold(call, binder));
  SPELK_ASSIGN_OR_RETURN(const bool cutoff, binder.Flag(call, "cutoff"));
  SPELK_ASSIGN_OR_RETURN(const std::vector<Field> names,
                         binder.FieldNames(binder.Positional(call), true));
  const bool of_iqr =
      action == "remove" || action == "rm" || action == "transform" || action == "tf";
  if (action.empty()) action = method == "iqr" ? "transform" : "filter";
  if (binder.FindOption(call, "action") != nullptr && of_iqr != (method == "iqr")) {
    return binder.Error(ErrorCode::kBadOptionValue, binder.FindOption(call, "action")->value->span,
                        fmt::format("method={} has no action={}", method, action),
                        {"method=iqr takes remove and transform, the others filter, annotate and "
                         "summary"});
  }
  if (method == "iqr" && threshold) {
    return binder.Error(ErrorCode::kBadOptionValue, binder.FindOption(call, "pthresh")->name.span,
                        "method=iqr has no pthresh");
  }
  if (method == "iqr") return BindInterquartile(call, action, names, binder);
  if (method == "zscore") {
    auto node = plan::Make<AnomalousValueNode>(call.span);
    node->action = ActionOf(action);
    SPELK_RETURN_IF_ERROR(ReadAnomalousValue(call, binder, node.get()));
    return node;
  }
  auto node = plan::Make<AnomalyNode>(call.span);
  node->names = names;
  node->action = ActionOf(action);
  node->threshold = threshold;
  node->cutoff = cutoff;
  if (node->action == AnomalyAction::kSummary) {
    for (const std::string_view name : kSummary) node->columns.push_back(binder.Intern(name));
  } else {
    for (const std::string_view name : kMarks) node->columns.push_back(binder.Intern(name));
  }
  return node;
}

exec::OperatorPtr BuildAnomalyDetection(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<AnomalyDetection>(plan::As<AnomalyNode>(node), run);
}

constexpr Argument kAnomalyDetectionArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "Which fields are looked at."},
    {.name = "method",
     .type = "one of histogram|zscore|iqr",
     .fallback = "histogram",
     .summary = "By the frequencies of the values of a row; as anomalousvalue; as outlier.",
     .is_option = true},
    {.name = "action",
     .type = "one of filter|annotate|summary|remove|rm|transform|tf",
     .fallback = "",
     .summary = "Only improbable rows (filter), all of them (annotate), or a table (summary); of "
                "iqr transform, or remove.",
     .is_option = true},
    {.name = "pthresh",
     .type = "number from 0 to 1",
     .fallback = "",
     .summary = "What is less likely is anomalous; of histogram it follows from the rows.",
     .is_option = true},
    {.name = "cutoff",
     .type = "bool",
     .fallback = "true",
     .summary = "Whether that is so low that fewer rows are anomalous.",
     .is_option = true},
    {.name = "param",
     .type = "number",
     .fallback = "2.5",
     .summary = "Of iqr, as outlier has it, like the next two.",
     .is_option = true},
    {.name = "uselower",
     .type = "bool",
     .fallback = "false",
     .summary = "Values that are too low are looked for, too.",
     .is_option = true},
    {.name = "mark",
     .type = "bool",
     .fallback = "false",
     .summary = "A value that was cut gets 000 before it.",
     .is_option = true}};
constexpr auto kAllAnomalyDetectionArguments =
    JoinArguments(kAnomalyDetectionArguments, kAnomalousValueOptions);
constexpr std::string_view kAnomalyDetectionNotes[] = {
    "the probability of a row is the product of the frequencies of its values; log_event_prob is "
    "its natural logarithm, and probable_cause the field with the rarest value",
    "Splunk does not publish its bins: here a field of numbers has as many as Sturges' rule says, "
    "all equally wide",
    "without pthresh a row is anomalous below the first quartile less 1.5 times the distance of "
    "the quartiles, or with cutoff=t less 3 times that"};
constexpr Example kAnomalyDetectionExamples[] = {
    {.title = "The row that is unlike the others",
     .input = R"({"k":"x"} {"k":"x"} {"k":"x"} {"k":"x"} {"k":"y"})",
     .query = "anomalydetection k | table k probable_cause probable_cause_freq",
     .output = R"({"k":"y","probable_cause":"k","probable_cause_freq":0.2})"},
};

constexpr plan::NodeEntry kAnomalyDetectionNodes[] = {
    {&plan::TypeOf<AnomalyNode>, &BuildAnomalyDetection}};

}  // namespace

extern constexpr CommandEntry kAnomalyDetection = {
    .name = "anomalydetection",
    .signature =
        "anomalydetection [method=histogram|zscore|iqr] [action=<action>] "
        "[pthresh=<number>] [cutoff=<bool>] [<field>…]",
    .summary = "Finds rows that are improbable.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kAllAnomalyDetectionArguments,
    .notes = kAnomalyDetectionNotes,
    .differs =
        "How Splunk computes it is not published; `spelk help anomalydetection` tells how it is "
        "done here.",
    .examples = kAnomalyDetectionExamples,
    .nodes = kAnomalyDetectionNodes,
    .bind = &BindAnomalyDetection,
};

}  // namespace spelk::commands
