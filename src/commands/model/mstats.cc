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
#include "commands/entry.h"
#include "syntax/unescape.h"
#include "value/bin_span.h"

namespace spelk::commands {
namespace {

using plan::ExprKind;
using plan::ExprPtr;
using syntax::Quote;
using syntax::QuoteField;

constexpr std::string_view kValue = "_value";
constexpr std::string_view kMember = "metric_name:";

class MstatsBinder {
 public:
  MstatsBinder(const ast::CommandCall& call, plan::Binder& binder) : call_(call), binder_(binder) {}

  absl::StatusOr<plan::NodePtr> Bind() {
    SPELK_RETURN_IF_ERROR(ReadOptions());
    auto node = plan::Make<plan::AggregateNode>(call_.span);
    SPELK_ASSIGN_OR_RETURN(node->by, binder_.By(call_));
    SPELK_RETURN_IF_ERROR(ReadSpan(node.get()));
    SPELK_RETURN_IF_ERROR(ReadStatistics(node.get()));
    SPELK_ASSIGN_OR_RETURN(plan::NodePtr rows,
                           binder_.SearchIn(Measurements(), call_.name.span, "metrics"));
    SPELK_RETURN_IF_ERROR(AddWhere(rows.get()));
    if (has_time_) {
      plan::NodePtr bin = MakeTimeBin(call_.span, binder_.Intern("_time"), span_);
      bin->input = std::move(rows);
      rows = std::move(bin);
    }
    node->input = std::move(rows);
    return node;
  }

 private:
  absl::Status ReadOptions() {
    for (const std::string_view name : {"prestats", "append", "chart", "backfill"}) {
      SPELK_ASSIGN_OR_RETURN(const bool given, binder_.Flag(call_, name));
      if (!given || name == "backfill") continue;
      return binder_.Error(ErrorCode::kUnbuiltOption, binder_.FindOption(call_, name)->name.span,
                           fmt::format("the option {} is not built yet", name));
    }
    return binder_.Integer(call_, "update_period").status();
  }

  // span= gives every row its time, whether BY names it or not.
  absl::Status ReadSpan(plan::AggregateNode* node) {
    const Field time = binder_.Intern("_time");
    has_time_ = std::find(node->by.begin(), node->by.end(), time) != node->by.end();
    const ast::ArgumentOption* span = binder_.FindOption(call_, "span");
    if (span == nullptr) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(span_, binder_.OptionText(*span));
    if (!has_time_) node->by.insert(node->by.begin(), time);
    has_time_ = true;
    if (span_ == "auto") {
      span_.clear();
      return absl::OkStatus();
    }
    const std::optional<BinSpan> parsed = BinSpan::Parse(span_, true);
    if (parsed && parsed->is_time()) return absl::OkStatus();
    return binder_.BadOption(*span, span_);
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
      const bool metrics = call.field || !call.pattern.empty();
      if (!metrics || call.expression != nullptr || call.is_sparkline) {
        return binder_.Error(
            ErrorCode::kBadStatistic, argument->span,
            fmt::format("the argument '{}' is invalid", binder_.TextOf(argument->span)),
            {"a statistic takes the name of a metric, a pattern of names, or _value"});
      }
      if (!call.pattern.empty()) {
        call.pattern = fmt::format("{}{}", kMember, call.pattern);
        if (std::find(patterns_.begin(), patterns_.end(), call.pattern) == patterns_.end()) {
          patterns_.push_back(call.pattern);
        }
        SPELK_RETURN_IF_ERROR(
            binder_.AddStatistic(std::move(call), argument->span, node->by, node));
        continue;
      }
      std::string metric(call.field.name());
      if (std::find(metrics_.begin(), metrics_.end(), metric) == metrics_.end()) {
        metrics_.push_back(std::move(metric));
      }
      SPELK_RETURN_IF_ERROR(binder_.AddStatistic(std::move(call), argument->span, node->by, node));
    }
    return absl::OkStatus();
  }

  // The search that gives the metrics as fields.
  std::string Measurements() const {
    std::string any;
    std::string fields;
    for (const std::string& metric : metrics_) {
      if (!any.empty()) any += " OR ";
      if (metric == kValue) {
        any += "(metric_name=* _value=*)";
        continue;
      }
      const std::string member = fmt::format("{}{}", kMember, metric);
      any += fmt::format("{}=* OR (metric_name={} _value=*)", Quote(member), Quote(metric));
      fields += fmt::format("{}{}=coalesce({},if(metric_name=={},_value,null()))",
                            fields.empty() ? " | eval " : ", ", Quote(metric), QuoteField(member),
                            Quote(metric));
    }
    return patterns_.empty() ? fmt::format("search ({}){}", any, fields) : OfPatterns(fields);
  }

  // Which metrics a pattern takes is known only when all fields of an event are: a measurement
  // becomes a member like the others, then events that have one of them stay.
  std::string OfPatterns(const std::string& fields) const {
    std::string names;
    for (const std::string& pattern : patterns_) names += fmt::format(" {}", Quote(pattern));
    std::string others;
    for (const std::string& metric : metrics_) {
      others += fmt::format(" OR isnotnull({})", QuoteField(metric));
    }
    return fmt::format(
        "search * | eval mstats_name=\"{}\".metric_name | eval {{mstats_name}}=_value{} "
        "| foreach{} [eval mstats_any=if(isnotnull('<<FIELD>>'),1,mstats_any)] "
        "| where mstats_any=1{}",
        kMember, fields, names, others);
  }

  absl::Status AddWhere(plan::Node* rows) {
    const ast::Clause* where = binder_.FindClause(call_, ast::ClauseWord::kWhere);
    if (where == nullptr || !where->search) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(ExprPtr terms, binder_.SearchTerms(*where->search, true));
    if (terms == nullptr) return absl::OkStatus();
    binder_.NoteTimeRange(*terms);
    plan::ScanNode* scan = plan::ScanOf(*rows);
    std::vector<ExprPtr> all = plan::SplitAnd(std::move(scan->predicate));
    all.push_back(std::move(terms));
    scan->predicate = plan::MakeLogical(ExprKind::kAnd, std::move(all));
    return absl::OkStatus();
  }

  const ast::CommandCall& call_;
  plan::Binder& binder_;
  std::vector<std::string> metrics_;
  std::vector<std::string> patterns_;  // Of members: "metric_name:cpu.*".
  std::string span_;
  bool has_time_ = false;
};

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  return MstatsBinder(call, binder).Bind();
}

constexpr Argument kArguments[] = {
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
     .summary = "Not built yet.",
     .is_option = true},
    {.name = "append",
     .type = "bool",
     .fallback = "f",
     .summary = "Not built yet.",
     .is_option = true},
    {.name = "chart",
     .type = "bool",
     .fallback = "f",
     .summary = "Not built yet.",
     .is_option = true},
    {.name = "backfill",
     .type = "bool",
     .fallback = "f",
     .summary = "Of searches in real time.",
     .is_option = true,
     .no_effect = true},
    {.name = "update_period",
     .type = "int",
     .fallback = "0",
     .summary = "Of searches in real time.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kNotes[] = {
    "an event has a metric as a member metric_name:NAME, or as metric_name and _value; "
    "statistics of _value and WHERE metric_name= look at the second kind alone",
    "events without any of the metrics are left out"};
constexpr Example kExamples[] = {
    {.title = "A metric by host",
     .input =
         R"({"_time":2,"host":"a","metric_name:cpu.idle":90} {"_time":1,"host":"a","metric_name":"cpu.idle","_value":70} {"_time":1,"host":"b","metric_name":"mem.free","_value":5})",
     .query = "| mstats avg(cpu.idle) AS idle BY host",
     .output = R"({"host":"a","idle":80})"},
};

}  // namespace

extern constexpr CommandEntry kMstats = {
    .name = "mstats",
    .signature =
        "| mstats <statistic>(<metric>) [AS <field>]… [WHERE <terms>] [BY <field>…] [span=<span>]",
    .summary = "Computes statistics of metrics.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kClauseBy | kClauseSearchWhere},
    .arguments = kArguments,
    .notes = kNotes,
    .examples = kExamples,
    .bind = &Bind,
};

}  // namespace spelk::commands
