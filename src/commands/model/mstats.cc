// mstats: statistics of metrics: events that carry `metric_name:NAME` members, or one measurement
// as `metric_name` and `_value`.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "commands/bin.h"
#include "commands/combine/subsearches.h"
#include "commands/entry.h"
#include "commands/model/metric_points.h"
#include "syntax/unescape.h"
#include "value/ascii.h"
#include "value/bin_span.h"

namespace spelk::commands {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;
using syntax::Quote;

constexpr std::string_view kValue = "_value";
constexpr std::string_view kMetricName = "metric_name";
constexpr std::string_view kSeries = "_timeseries";
// What chart=t takes, and what chart and timechart call it.
constexpr std::string_view kChart = "chart.";
constexpr std::string_view kChartOptions[] = {"chart.limit",    "chart.agg",     "chart.usenull",
                                              "chart.useother", "chart.nullstr", "chart.otherstr"};

// What rate_avg and rate_sum make of the rates of time series; empty for other statistics.
std::string_view StatisticOfRates(std::string_view function) {
  if (EqualsIgnoringCase(function, "rate_avg")) return "avg";
  return EqualsIgnoringCase(function, "rate_sum") ? "sum" : "";
}

class MstatsBinder {
 public:
  MstatsBinder(const ast::CommandCall& call, plan::Binder& binder) : call_(call), binder_(binder) {}

  absl::StatusOr<plan::NodePtr> Bind() {
    SPELK_RETURN_IF_ERROR(ReadOptions());
    auto node = plan::Make<plan::AggregateNode>(call_.span);
    SPELK_ASSIGN_OR_RETURN(node->by, binder_.By(call_));
    SPELK_RETURN_IF_ERROR(ReadSpan(node.get()));
    SPELK_RETURN_IF_ERROR(ReadStatistics(node.get()));
    SPELK_ASSIGN_OR_RETURN(plan::NodePtr rows, Measurements(node->by));
    if (fill_ && !node->by.empty()) {
      SPELK_ASSIGN_OR_RETURN(rows, Over(FillGroups(node->by), std::move(rows)));
    }
    if (!every_.empty()) {
      SPELK_ASSIGN_OR_RETURN(rows, Over(Sample(), std::move(rows)));
    }
    for (const std::string& metric : rates_) {
      SPELK_ASSIGN_OR_RETURN(rows, Over(RateOf(metric, has_time_ ? span_ : ""), std::move(rows)));
    }
    if (chart_) return Over(Chart(node->by), std::move(rows));
    if (has_time_) {
      plan::NodePtr bin = MakeTimeBin(call_.span, binder_.Intern("_time"), span_);
      bin->input = std::move(rows);
      rows = std::move(bin);
    }
    node->input = std::move(rows);
    if (prestats_) plan::MakePartial(binder_.entries(), binder_.fields(), node.get());
    if (!append_) return node;
    std::vector<plan::NodePtr> others;
    others.push_back(std::move(node));
    return MakeAppend(call_.span, std::move(others), {UINT64_MAX, false});
  }

 private:
  absl::Status ReadOptions() {
    SPELK_RETURN_IF_ERROR(binder_.Flag(call_, "backfill").status());
    SPELK_ASSIGN_OR_RETURN(prestats_, binder_.Flag(call_, "prestats"));
    SPELK_ASSIGN_OR_RETURN(append_, binder_.Flag(call_, "append"));
    SPELK_ASSIGN_OR_RETURN(chart_, binder_.Flag(call_, "chart"));
    if (append_ && !prestats_) return Conflict("append", "append=t goes with prestats=t only");
    if (chart_ && prestats_) return Conflict("chart", "chart=t does not go with prestats=t");
    append_ = append_ && !binder_.is_first();  // Before the first command there is nothing.
    for (const std::string_view name : kChartOptions) {
      const ast::ArgumentOption* option = binder_.FindOption(call_, name);
      if (option == nullptr) continue;
      if (!chart_) return Conflict(name, fmt::format("{} goes with chart=t only", name));
      SPELK_ASSIGN_OR_RETURN(const std::string text, binder_.OptionText(*option));
      const bool statistic = name == "chart.agg";
      if (statistic && text.find_first_of("|[]`\"") != std::string::npos) {
        return binder_.BadOption(*option, text);
      }
      chart_options_ +=
          fmt::format(" {}={}", name.substr(kChart.size()), statistic ? text : Quote(text));
    }
    if (const ast::ArgumentOption* fill = binder_.FindOption(call_, "fillnull_value")) {
      SPELK_ASSIGN_OR_RETURN(fill_, binder_.OptionText(*fill));
    }
    SPELK_RETURN_IF_ERROR(binder_.Integer(call_, "chunk_size", 10'000).status());
    return binder_.Integer(call_, "update_period").status();
  }

  absl::Status Conflict(std::string_view option, std::string_view message) {
    return binder_.Error(ErrorCode::kBadOptionValue, binder_.FindOption(call_, option)->name.span,
                         message);
  }

  absl::StatusOr<plan::NodePtr> Over(const std::string& commands, plan::NodePtr rows) {
    return binder_.CommandsIn(commands, call_.name.span, "metrics", std::move(rows));
  }

  std::string FillGroups(const std::vector<Field>& by) const {
    std::string fields;
    for (const Field field : by) {
      if (field.name() != "_time") fields += " " + Quote(field.name());
    }
    if (fields.empty()) return "| noop";
    return fmt::format("| fillnull value={}{}", Quote(*fill_), fields);
  }

  // chart=t: what timechart makes of the metrics, or without a span chart, whose first field makes
  // the rows.
  std::string Chart(const std::vector<Field>& fields) const {
    std::string by;
    for (const Field field : fields) {
      if (field.name() == "_time") continue;
      by += fmt::format("{}{}", by.empty() ? " BY " : ", ", Quote(field.name()));
    }
    if (!has_time_ && !by.empty()) {
      return fmt::format("| chart{}{}{}", chart_options_, statistics_, by);
    }
    const std::string span = span_.empty() ? "" : fmt::format(" span={}", Quote(span_));
    return fmt::format("| timechart{}{}{}{}", chart_options_, span, statistics_, by);
  }

  // every=: of each stretch of time its first span alone counts. Months have 30 days, years 365.
  std::string Sample() const {
    return fmt::format("| where _time-floor(_time/{0})*{0}<{1}", every_seconds_, span_seconds_);
  }

  absl::Status ReadEvery(const std::optional<BinSpan>& span) {
    SPELK_ASSIGN_OR_RETURN(const std::optional<Given> every, Find("every"));
    if (!every) return absl::OkStatus();
    const auto refuse = [&](std::string_view why) {
      return binder_.Error(ErrorCode::kBadOptionValue, every->name, why);
    };
    every_ = every->text;
    if (!span) return refuse("every goes with a span only, and not with span=auto");
    const std::optional<BinSpan> parsed = BinSpan::Parse(every_, true);
    if (!parsed || !parsed->is_time()) return BadSpan(*every);
    every_seconds_ = parsed->time().seconds();
    span_seconds_ = span->time().seconds();
    if (every_seconds_ > span_seconds_) return absl::OkStatus();
    return refuse("every must be longer than the span");
  }

  // span= gives every row its time, whether BY names it or not.
  absl::Status ReadSpan(plan::AggregateNode* node) {
    const Field time = binder_.Intern("_time");
    has_time_ = std::find(node->by.begin(), node->by.end(), time) != node->by.end();
    SPELK_ASSIGN_OR_RETURN(const std::optional<Given> span, Find("span"));
    if (!span) return ReadEvery(std::nullopt);
    span_ = span->text;
    if (!has_time_ && !chart_) node->by.insert(node->by.begin(), time);
    has_time_ = true;
    if (span_ == "auto") {
      span_.clear();
      return ReadEvery(std::nullopt);
    }
    const std::optional<BinSpan> parsed = BinSpan::Parse(span_, true);
    if (parsed && parsed->is_time()) return ReadEvery(parsed);
    return BadSpan(*span);
  }

  // An option, which may stand among the terms of WHERE, too.
  struct Given {
    std::string text;
    Span name;
    Span value;
  };
  absl::StatusOr<std::optional<Given>> Find(std::string_view name) {
    std::vector<Given> all;
    if (const ast::ArgumentOption* option = binder_.FindOption(call_, name)) {
      SPELK_ASSIGN_OR_RETURN(std::string text, binder_.OptionText(*option));
      all.push_back({std::move(text), option->name.span, option->value->span});
    }
    const auto add = [&](const ast::SearchExpr& term) {
      const auto* comparison = std::get_if<ast::SearchComparison>(&term.node);
      if (comparison == nullptr || comparison->op != CompareOp::kEqual) return;
      const auto* text = std::get_if<ast::Name>(&comparison->value.value);
      if (text == nullptr || comparison->field.text != name) return;
      all.push_back({text->text, comparison->field.span, comparison->value.span});
    };
    const ast::Clause* where = binder_.FindClause(call_, ast::ClauseWord::kWhere);
    if (where != nullptr && where->search) {
      add(*where->search);
      if (const auto* terms = std::get_if<ast::SearchAnd>(&where->search->node)) {
        for (const ast::SearchExpr& term : terms->operands) add(term);
      }
    }
    if (all.empty()) return std::nullopt;
    if (all.size() == 1) return all.front();
    return binder_.Error(ErrorCode::kRepeatedOption, all.back().name,
                         fmt::format("option \"{}\" is given twice", name),
                         {"among the terms of WHERE it is the option, too, no dimension"});
  }

  absl::Status BadSpan(const Given& given) {
    return binder_.Error(ErrorCode::kBadOptionValue, given.value,
                         fmt::format("\"{}\" is no span of time", given.text));
  }

  absl::Status ReadStatistics(plan::AggregateNode* node) {
    SPELK_RETURN_IF_ERROR(binder_.NoSigns(call_));
    const std::vector<const ast::Argument*> arguments = binder_.Positional(call_);
    if (arguments.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument, call_.name.span, "a statistic is missing",
                           {"usage: mstats avg(cpu.idle) [WHERE …] [BY …] [span=…]"});
    }
    for (const ast::Argument* argument : arguments) {
      SPELK_ASSIGN_OR_RETURN(plan::AggregateCall call, binder_.Aggregate(*argument));
      if (const std::string_view of_rates = StatisticOfRates(call.function); !of_rates.empty()) {
        SPELK_RETURN_IF_ERROR(ReadRate(of_rates, &call));
        SPELK_RETURN_IF_ERROR(
            binder_.AddStatistic(std::move(call), argument->span, node->by, node));
        continue;
      }
      // For the commands that merge partial rows, a count alone is one of measurements.
      const bool alone = !call.field && call.pattern.empty() && call.expression == nullptr;
      if (prestats_ && alone && call.function == "count") call.field = binder_.Intern(kValue);
      const bool metrics = call.field || !call.pattern.empty();
      if (!metrics || call.expression != nullptr || call.is_sparkline) {
        return binder_.Error(
            ErrorCode::kBadStatistic, argument->span,
            fmt::format("the argument '{}' is invalid", binder_.TextOf(argument->span)),
            {"a statistic takes the name of a metric, a pattern of names, or _value"});
      }
      if (!call.pattern.empty() && chart_) {
        return binder_.Error(ErrorCode::kBadStatistic, argument->span,
                             "with chart=t a statistic takes one metric, without wildcards");
      }
      if (!call.pattern.empty()) {
        call.pattern = fmt::format("{}{}", kMetricMember, call.pattern);
        if (std::find(patterns_.begin(), patterns_.end(), call.pattern) == patterns_.end()) {
          patterns_.push_back(call.pattern);
        }
        SPELK_RETURN_IF_ERROR(
            binder_.AddStatistic(std::move(call), argument->span, node->by, node));
        continue;
      }
      statistics_ += fmt::format(" {}", binder_.TextOf(argument->span));
      AddOnce(std::string(call.field.name()), &metrics_);
      SPELK_RETURN_IF_ERROR(binder_.AddStatistic(std::move(call), argument->span, node->by, node));
    }
    return CheckForms(*arguments.front());
  }

  static void AddOnce(std::string name, std::vector<std::string>* names) {
    if (std::find(names->begin(), names->end(), name) == names->end()) {
      names->push_back(std::move(name));
    }
  }

  // Statistics take the names of metrics, or _value and WHERE chooses the metrics; not both (Stats
  // metric term options).
  absl::Status CheckForms(const ast::Argument& statistic) {
    of_values_ = std::find(metrics_.begin(), metrics_.end(), kValue) != metrics_.end();
    if (of_values_ && (metrics_.size() > 1 || !patterns_.empty())) {
      return binder_.Error(ErrorCode::kBadStatistic, statistic.span,
                           "statistics of _value and of named metrics do not go together");
    }
    return absl::OkStatus();
  }

  // rate_avg(metric) is the average of a field that holds the rates of the time series.
  absl::Status ReadRate(std::string_view statistic, plan::AggregateCall* call) {
    const auto refuse = [&](std::string_view what) {
      return binder_.Error(ErrorCode::kBadStatistic, call->span,
                           fmt::format("{} {}", call->function, what));
    };
    if (!call->field) return refuse("takes the name of one metric");
    if (prestats_) return refuse("does not go with prestats=t");
    if (has_time_ && span_.empty()) return refuse("takes a span that is given, as span=1h");
    const std::string metric(call->field.name());
    AddOnce(metric, &metrics_);
    AddOnce(metric, &rates_);
    call->function = statistic;
    call->field = binder_.Intern(RateFieldOf(metric));
    statistics_ += fmt::format(" {}({}) AS {}", statistic, Quote(call->field.name()),
                               Quote(call->output.name()));
    return absl::OkStatus();
  }

  // The rows that give the metrics as fields.
  absl::StatusOr<plan::NodePtr> Measurements(const std::vector<Field>& by) {
    const auto grouped = [&](std::string_view name) {
      return std::any_of(by.begin(), by.end(),
                         [name](Field field) { return field.name() == name; });
    };
    const bool by_metric = grouped(kMetricName);
    if (by_metric && !patterns_.empty()) {
      return binder_.Error(ErrorCode::kUnbuiltOption, call_.name.span,
                           "BY metric_name is not built yet for patterns of names",
                           {"statistics of _value, with WHERE metric_name=, take BY metric_name"});
    }
    const MetricPoints points = {of_values_ || by_metric, grouped(kSeries) || !rates_.empty()};
    const std::string search =
        points.single || !patterns_.empty() ? "search *metric_name*" : SearchForMetrics(metrics_);
    SPELK_ASSIGN_OR_RETURN(plan::NodePtr rows,
                           binder_.SearchIn(search, call_.name.span, "metrics"));
    SPELK_ASSIGN_OR_RETURN(ExprPtr of_metric, AddWhere(rows.get()));
    if (points.single || points.series) {
      plan::NodePtr node = MakeMetricPoints(call_.span, points, binder_);
      node->input = std::move(rows);
      rows = std::move(node);
    }
    if (of_metric != nullptr) {
      auto filter = plan::Make<plan::FilterNode>(call_.span);
      filter->predicate = std::move(of_metric);
      filter->input = std::move(rows);
      rows = std::move(filter);
    }
    if (of_values_) return rows;
    return Over(by_metric ? FieldsOfPoints(metrics_) : FieldsOfEvents(metrics_, patterns_),
                std::move(rows));
  }

  // Values are compared with their case (mstats, WHERE clause), unlike in search.
  static void MatchCase(Expr* expr) {
    for (plan::Pattern& pattern : expr->patterns) pattern.exact_case = !expr->field.hidden();
    for (ExprPtr& argument : expr->arguments) {
      if (argument != nullptr) MatchCase(argument.get());
    }
  }

  static bool Reads(const Expr& expr, std::string_view name) {
    plan::FieldSet fields;
    plan::CollectFields(expr, &fields);
    return std::any_of(fields.fields().begin(), fields.fields().end(),
                       [name](Field field) { return field.name() == name; });
  }
  static bool ReadsHidden(const Expr& expr) {
    plan::FieldSet fields;
    plan::CollectFields(expr, &fields);
    return std::any_of(fields.fields().begin(), fields.fields().end(),
                       [](Field field) { return field.hidden(); });
  }

  // Gives the terms to the scan, but those that choose metrics: they are for the measurements.
  absl::StatusOr<ExprPtr> AddWhere(plan::Node* rows) {
    const ast::Clause* where = binder_.FindClause(call_, ast::ClauseWord::kWhere);
    if (where == nullptr || !where->search) return ExprPtr();
    SPELK_ASSIGN_OR_RETURN(ExprPtr terms, binder_.SearchTerms(*where->search, true));
    if (terms == nullptr) return ExprPtr();
    plan::ScanNode* scan = plan::ScanOf(*rows);
    for (plan::TimeModifiers& each : plan::Binder::TimeRangesIn(*terms)) {
      scan->time_ranges.push_back(std::move(each));
    }
    std::vector<ExprPtr> all = plan::SplitAnd(std::move(scan->predicate));
    std::vector<ExprPtr> of_metric;
    for (ExprPtr& term : plan::SplitAnd(std::move(terms))) {
      const bool option = term->kind == ExprKind::kMatch && term->op == CompareOp::kEqual &&
                          (term->field.name() == "span" || term->field.name() == "every");
      if (option) continue;
      MatchCase(term.get());
      if (!Reads(*term, kMetricName)) {
        all.push_back(std::move(term));
        continue;
      }
      if (!of_values_) {
        return binder_.Error(ErrorCode::kBadArgument, term->span,
                             "WHERE metric_name= goes with statistics of _value only",
                             {"a statistic of a named metric looks at that metric alone"});
      }
      if (ReadsHidden(*term)) {
        return binder_.Error(ErrorCode::kUnbuiltOption, term->span,
                             "metric_name= and terms of the index are not built yet within one OR");
      }
      of_metric.push_back(std::move(term));
    }
    scan->predicate = plan::MakeLogical(ExprKind::kAnd, std::move(all));
    if (of_metric.empty()) return ExprPtr();
    return plan::MakeLogical(ExprKind::kAnd, std::move(of_metric));
  }

  const ast::CommandCall& call_;
  plan::Binder& binder_;
  bool prestats_ = false;
  bool append_ = false;  // The rows come after those of the commands before.
  bool chart_ = false;
  std::string chart_options_;  // As timechart takes them.
  std::string statistics_;     // Likewise.
  std::optional<std::string> fill_;
  std::vector<std::string> metrics_;
  std::vector<std::string> rates_;     // Metrics of rate_avg and rate_sum.
  bool of_values_ = false;             // Statistics of _value, whose metrics WHERE chooses.
  std::vector<std::string> patterns_;  // Of members: "metric_name:cpu.*".
  std::string span_;
  std::string every_;
  double span_seconds_ = 0;  // With every_.
  double every_seconds_ = 0;
  bool has_time_ = false;
};

absl::StatusOr<plan::NodePtr> BindMstats(const ast::CommandCall& call, plan::Binder& binder) {
  return MstatsBinder(call, binder).Bind();
}

constexpr Argument kMstatsArguments[] = {
    {.name = "statistic",
     .type = "statistic(metric)…",
     .fallback = "",
     .summary = "avg(cpu.idle) AS idle, avg(cpu.*) AS *; of _value: the measurements that WHERE "
                "metric_name= "
                "chooses."},
    {.name = "WHERE",
     .type = "search terms",
     .fallback = "",
     .summary = "Over dimensions, metric_name, index=, earliest= and latest=."},
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "One row for each combination of dimensions."},
    {.name = "span",
     .type = "span of time",
     .fallback = "",
     .summary = "One row for each span, with its start as _time.",
     .is_option = true},
    {.name = "prestats",
     .type = "bool",
     .fallback = "f",
     .summary = "Gives partial rows, which stats, chart, timechart and their like merge.",
     .is_option = true},
    {.name = "append",
     .type = "bool",
     .fallback = "f",
     .summary = "With prestats=t: after the rows that there are, in the middle of a search.",
     .is_option = true},
    {.name = "chart",
     .type = "bool",
     .fallback = "f",
     .summary = "Gives what timechart would, a row for each span and a column for each series; "
                "without a span and with BY what chart would.",

     .is_option = true},
    {.name = "every",
     .type = "span of time",
     .fallback = "",
     .summary = "Of so much time only the first span counts.",
     .is_option = true},
    {.name = "chart.limit",
     .type = "int, which top or bottom may stand before",
     .fallback = "",
     .summary = "With chart=t: as timechart has it, and likewise the next five.",
     .is_option = true},
    {.name = "chart.agg",
     .type = "statistic",
     .fallback = "",
     .summary = "What limit goes by.",
     .is_option = true},
    {.name = "chart.usenull",
     .type = "bool",
     .fallback = "",
     .summary = "Rows without the series field make a series.",
     .is_option = true},
    {.name = "chart.useother",
     .type = "bool",
     .fallback = "",
     .summary = "The series that were not chosen make one together.",
     .is_option = true},
    {.name = "chart.nullstr",
     .type = "text",
     .fallback = "",
     .summary = "What the series of rows without the field is called.",
     .is_option = true},
    {.name = "chart.otherstr",
     .type = "text",
     .fallback = "",
     .summary = "What the series of the others is called.",
     .is_option = true},
    {.name = "fillnull_value",
     .type = "text",
     .fallback = "",
     .summary = "What stands for a missing value of a BY field.",
     .is_option = true},
    {.name = "chunk_size",
     .type = "int, at least 10000",
     .fallback = "10000000",
     .summary = "How much is read at a time.",
     .is_option = true,
     .no_effect = true},
    {.name = "backfill",
     .type = "bool",
     .fallback = "t",
     .summary = "Of searches in real time.",
     .is_option = true,
     .no_effect = true},
    {.name = "update_period",
     .type = "int",
     .fallback = "1000",
     .summary = "Of searches in real time.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kMstatsNotes[] = {
    "an event has a metric as a member metric_name:NAME, or as metric_name and _value",
    "statistics of _value take each measurement of an event, those of the metrics that WHERE "
    "metric_name= chooses; they do not go with statistics of named metrics",
    "BY _timeseries groups by the metrics and the dimensions of an event; as a field the time "
    "series is a JSON object of them, whose form Splunk does not document",
    "rate_avg and rate_sum compute the rate of each time series, within a span from the latest "
    "measurement of the spans before, then the average or the sum of these rates",
    "events without any of the metrics are left out",
    "every= counts its stretches from the epoch, in months of 30 days and years of 365"};
constexpr Example kMstatsExamples[] = {
    {.title = "A metric by host",
     .input =
         R"({"_time":2,"host":"a","metric_name:cpu.idle":90} {"_time":1,"host":"a","metric_name":"cpu.idle","_value":70} {"_time":1,"host":"b","metric_name":"mem.free","_value":5})",
     .query = "| mstats avg(cpu.idle) AS idle BY host",
     .output = R"({"host":"a","idle":80})"},
    {.title = "A column for each host",
     .input =
         R"({"_time":7260,"host":"a","metric_name:cpu.idle":90} {"_time":3600,"host":"b","metric_name:cpu.idle":70})",
     .query = "| mstats chart=t max(cpu.idle) WHERE index=* BY host span=1h",
     .output = R"({"_time":3600,"b":70} {"_time":7200,"a":90})"},
};

}  // namespace

extern constexpr CommandEntry kMstats = {
    .name = "mstats",
    .signature =
        "| mstats [prestats=<bool>] [append=<bool>] [chart=<bool> [<series options>]] "
        "<statistic>(<metric>) [AS <field>]… [WHERE <terms>] [BY <field>…] [span=<span> "
        "[every=<span>]]",
    .summary = "Computes statistics of metrics.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kClauseBy | kClauseSearchWhere},
    .arguments = kMstatsArguments,
    .notes = kMstatsNotes,
    .examples = kMstatsExamples,
    .nodes = {&kMetricPointsNode, 1},
    .bind = &BindMstats,
};

}  // namespace spelk::commands
