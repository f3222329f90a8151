// Binding chart and timechart. An option belongs to the field before it where both may have one;
// those of the series may stand anywhere.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "base/string_map.h"
#include "commands/chart/chart.h"
#include "value/bin_span.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

// "top5", "bottom3", "5".
bool ParseSide(std::string_view text, SeriesTest* test, uint64_t* count) {
  *test = SeriesTest::kHighest;
  for (const auto& [word, side] : {std::pair(std::string_view("top"), SeriesTest::kHighest),
                                   {"bottom", SeriesTest::kLowest}}) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(word.size());
    *test = side;
  }
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), *count);
  return error == std::errc() && stop == text.data() + text.size();
}

class ChartBinder {
 public:
  ChartBinder(const ast::CommandCall& call, plan::Binder& binder, ChartNode& node)
      : call_(call), binder_(binder), node_(node) {}
  absl::Status Bind();

 private:
  absl::Status Clause(const ast::Clause& clause);
  absl::Status Split(const ast::Argument& argument, bool over);
  absl::Status Option(const ast::ArgumentOption& option);
  absl::StatusOr<bool> BinOption(const ast::ArgumentOption& option, const std::string& name);
  absl::Status CheckAxis(const ChartAxis& axis);
  // An option of bins may stand once for each axis.
  std::string PlaceName(const ChartAxis* axis, std::string_view name) const {
    return fmt::format("{}{}", axis == &node_.series ? "series " : "", name);
  }
  absl::Status Bad(const ast::ArgumentOption& option, std::string_view wanted);
  absl::StatusOr<double> NumberOf(const ast::ArgumentOption& option);

  absl::Status Statistic(const ast::Argument& argument);
  absl::Status AddCall(plan::AggregateCall call);
  absl::Status Computed(const ast::Argument& argument, const ast::ArgumentExpression& expression);
  absl::Status CheckOutputs();

  // Of options behind BY: whether one is about time, which the rows of timechart have.
  bool IsOfTime(const ast::ArgumentOption& option, std::string_view name) const;
  absl::Status Series();
  absl::Status Where(const ast::Clause& clause);
  absl::Status Score(const ast::Argument& argument);
  absl::Status ScoreByEvents(plan::AggregateCall call);
  absl::Status Invalid(const ast::Argument& argument, std::vector<std::string> notes = {});

  const ast::CommandCall& call_;
  plan::Binder& binder_;
  ChartNode& node_;
  ChartAxis* axis_ = nullptr;  // That options of bins belong to.
  // Where the values of options stand, by PlaceName; which options there are.
  StringMap<Span> seen_;
  const ast::Clause* where_ = nullptr;
  const ast::ArgumentOption* agg_ = nullptr;
  SeriesFilter limit_;
};

absl::Status ChartBinder::Invalid(const ast::Argument& argument, std::vector<std::string> notes) {
  return binder_.Error(ErrorCode::kBadStatistic, argument.span,
                       fmt::format("the argument '{}' is invalid", binder_.TextOf(argument.span)),
                       std::move(notes));
}

absl::Status ChartBinder::Bad(const ast::ArgumentOption& option, std::string_view wanted) {
  return binder_.Error(ErrorCode::kBadOptionValue, option.value->span,
                       fmt::format("option {} does not take \"{}\"", option.name.text,
                                   binder_.TextOf(option.value->span)),
                       {fmt::format("it takes {}", wanted)});
}

absl::StatusOr<double> ChartBinder::NumberOf(const ast::ArgumentOption& option) {
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder_.OptionText(option));
  const std::optional<Number> number = ParseNumber(text);
  if (number && std::isfinite(number->value)) return number->value;
  return Bad(option, "a number");
}

// ---------------------------------------------------------------- options

// Options that each axis has for itself.
absl::StatusOr<bool> ChartBinder::BinOption(const ast::ArgumentOption& option,
                                            const std::string& name) {
  ChartBins& bins = axis_->bins;
  if (name == "start" || name == "end") {
    SPELK_ASSIGN_OR_RETURN(const double number, NumberOf(option));
    (name == "start" ? bins.start : bins.end) = number;
    return true;
  }
  SPELK_ASSIGN_OR_RETURN(std::string text, binder_.OptionText(option));
  if (name == "bins") {
    const std::optional<Number> number = ParseNumber(text);
    const bool whole = number && number->value >= 1 && number->value <= 1e9 &&
                       std::floor(number->value) == number->value;
    if (!whole) return Bad(option, "a whole number, 1 or more");
    bins.bins = static_cast<uint64_t>(number->value);
    return true;
  }
  if (name == "span")
    bins.span = std::move(text);
  else if (name == "minspan")
    bins.min_span = std::move(text);
  else if (name == "aligntime")
    bins.align_time = std::move(text);
  else
    return false;
  return true;
}

absl::Status ChartBinder::Option(const ast::ArgumentOption& option) {
  const std::string name = Lower(option.name.text);
  SPELK_RETURN_IF_ERROR(binder_.CheckOption(option));
  const bool of_axis = name == "span" || name == "bins" || name == "minspan" || name == "start" ||
                       name == "end" || name == "aligntime";
  if (node_.is_timechart && axis_ == &node_.series && IsOfTime(option, name)) {
    // Written behind BY it is the time's all the same, if that has none of its own.
    axis_ = &node_.row;
    const absl::Status status = Option(option);
    axis_ = &node_.series;
    return status;
  }
  if (!seen_.emplace(PlaceName(of_axis ? axis_ : nullptr, name), option.value->span).second) {
    return binder_.Error(ErrorCode::kRepeatedOption, option.name.span,
                         fmt::format("option \"{}\" is given twice", name));
  }
  if (of_axis) return BinOption(option, name).status();
  if (name == "agg") agg_ = &option;
  if (name != "limit") return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder_.OptionText(option));
  if (!ParseSide(text, &limit_.test, &limit_.count)) {
    return Bad(option, "a whole number, which top or bottom may stand before: 5, top5, bottom5");
  }
  if (limit_.count == 0) limit_.test = SeriesTest::kAll;
  return absl::OkStatus();
}

bool ChartBinder::IsOfTime(const ast::ArgumentOption& option, std::string_view name) const {
  const std::string text = binder_.OptionText(option).value_or("");
  if (name == "aligntime") return node_.row.bins.align_time.empty();
  if (name != "span" && name != "minspan") return false;
  if (!node_.row.bins.span.empty() || !node_.row.bins.min_span.empty()) return false;
  const std::optional<BinSpan> parsed = BinSpan::Parse(text, false);
  return parsed && parsed->is_time();
}

absl::Status ChartBinder::CheckAxis(const ChartAxis& axis) {
  const ChartBins& bins = axis.bins;
  const auto place = [&](std::string_view name) {
    return seen_.find(PlaceName(&axis, name))->second;
  };
  const auto bad = [&](std::string_view name, const std::string& text) {
    return binder_.Error(ErrorCode::kBadOptionValue, place(name),
                         fmt::format("invalid {} \"{}\"", name, text),
                         {"it takes a number, a time (5m, 1h, 1d, 1mon), or a logarithm (1log10)"});
  };
  if (bins.given() && !axis.field) {
    return binder_.Error(ErrorCode::kBadArgument, call_.span,
                         "options for ranges need a field that is divided",
                         {"usage: chart count BY <field> span=10"});
  }
  const auto span = BinSpan::Parse(bins.span, axis.is_time);
  if (!bins.span.empty() && (!span || (axis.is_time && !span->is_time()))) {
    return bad("span", bins.span);
  }
  if (!bins.min_span.empty()) {
    const auto least = BinSpan::Parse(bins.min_span, axis.is_time);
    if (!least || least->width() == 0) return bad("minspan", bins.min_span);
  }
  if (bins.align_time.empty()) return absl::OkStatus();
  const bool is_time = axis.is_time || (span && span->is_time());
  const std::string& text = bins.align_time;
  if (is_time &&
      (text == "earliest" || text == "latest" || ParseTimeModifier(text, 0, absl::UTCTimeZone()))) {
    return absl::OkStatus();
  }
  return binder_.Error(ErrorCode::kBadOptionValue, place("aligntime"),
                       is_time ? fmt::format("option aligntime does not take \"{}\"", text)
                               : "aligntime is for spans of time only",
                       {"it takes earliest, latest or a time such as 1500567890 or @d+3h"});
}

// ---------------------------------------------------------------- axes

absl::Status ChartBinder::Split(const ast::Argument& argument, bool over) {
  SPELK_ASSIGN_OR_RETURN(const Field field, binder_.FieldName(argument));
  const bool row =
      over || (!node_.row.field && binder_.FindClause(call_, ast::ClauseWord::kOver) == nullptr);
  ChartAxis& axis = row ? node_.row : node_.series;
  if (axis.field) {
    return Invalid(argument, {node_.is_timechart ? "timechart takes one field after BY"
                                                 : "a chart has at most two fields to split by"});
  }
  axis.field = field;
  axis.is_time = field.name() == "_time";
  axis_ = &axis;
  return absl::OkStatus();
}

absl::Status ChartBinder::Clause(const ast::Clause& clause) {
  if (clause.word == ast::ClauseWord::kWhere) {
    where_ = &clause;
    return absl::OkStatus();
  }
  for (const ast::Argument& argument : clause.arguments) {
    if (const auto* option = std::get_if<ast::ArgumentOption>(&argument.value)) {
      SPELK_RETURN_IF_ERROR(Option(*option));
    } else {
      SPELK_RETURN_IF_ERROR(Split(argument, clause.word == ast::ClauseWord::kOver));
    }
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- statistics

absl::Status ChartBinder::AddCall(plan::AggregateCall call) {
  double number = 0;
  const plan::AggregateEntry* entry = binder_.entries().Aggregate(call.function, &number);
  node_.needs_order = node_.needs_order || entry->needs != plan::AggregateNeeds::kValue;
  plan::NamePartials(binder_.entries(), false, binder_.fields(), &call);
  if (entry->needs == plan::AggregateNeeds::kTime || call.is_sparkline)
    node_.time = binder_.Intern("_time");
  node_.calls.push_back(std::move(call));
  return absl::OkStatus();
}

double SecondsOf(std::string_view function) {
  const std::string name = Lower(function);
  if (name == "per_second") return 1;
  if (name == "per_minute") return 60;
  if (name == "per_hour") return 3600;
  return name == "per_day" ? 86400 : 0;
}

// eval(avg(size)/max(delay)): the statistics in it are calls of their own.
absl::Status ChartBinder::Computed(const ast::Argument& argument,
                                   const ast::ArgumentExpression& expression) {
  ChartColumn column;
  std::vector<plan::AggregateCall> calls;
  SPELK_ASSIGN_OR_RETURN(column.expression,
                         binder_.ExpressionOfStatistics(*expression.expression, &calls));
  if (calls.empty()) {
    return Invalid(argument, {"eval(…) here computes with statistics: eval(avg(size)/max(delay))"});
  }
  plan::FieldSet read;
  plan::CollectFields(*column.expression, &read);
  for (const Field field : read.fields()) {
    const bool made = std::any_of(calls.begin(), calls.end(),
                                  [field](const auto& call) { return call.output == field; });
    if (made) continue;
    return Invalid(argument, {fmt::format("the field '{}' stands outside of a statistic, where "
                                          "there are no events",
                                          field.name())});
  }
  if (column.expression->type == plan::Type::kBoolean) {
    return binder_.Error(ErrorCode::kBooleanAssigned, argument.span,
                         "fields cannot be assigned a boolean result. instead, try "
                         "if([bool expr], [expr], [expr])");
  }
  for (plan::AggregateCall& call : calls) {
    if (SecondsOf(call.function) != 0) {
      return Invalid(argument, {fmt::format("{} stands alone, not in eval(…)", call.function)});
    }
    const auto same =
        std::find_if(node_.calls.begin(), node_.calls.end(),
                     [&](const plan::AggregateCall& other) { return other.output == call.output; });
    if (same == node_.calls.end()) {
      SPELK_RETURN_IF_ERROR(AddCall(std::move(call)));
    } else if (same->function != call.function || same->field != call.field) {
      return Invalid(argument, {fmt::format("another statistic is called {}", call.output.name())});
    }
  }
  column.output = binder_.Intern(argument.alias ? std::string_view(argument.alias->text)
                                                : binder_.TextOf(argument.span));
  node_.columns.push_back(std::move(column));
  return absl::OkStatus();
}

absl::Status ChartBinder::Statistic(const ast::Argument& argument) {
  if (const auto* expression = std::get_if<ast::ArgumentExpression>(&argument.value);
      expression != nullptr && expression->expression != nullptr) {
    return Computed(argument, *expression);
  }
  SPELK_ASSIGN_OR_RETURN(plan::AggregateCall call, binder_.Aggregate(argument));
  if (!call.pattern.empty()) {
    if (!std::holds_alternative<ast::ArgumentCall>(argument.value)) {
      return Invalid(argument, {"only count stands without a field here"});
    }
    if (node_.is_timechart) return Invalid(argument, {"timechart takes no wildcards"});
    return AddCall(std::move(call));
  }
  if (call.is_sparkline && node_.is_timechart) {
    return Invalid(argument, {"sparkline is a statistic of stats and chart only"});
  }
  const Field output = call.output;
  node_.columns.push_back({output, nullptr, SecondsOf(call.function)});
  // A statistic that eval(…) has needed before may have the same name.
  const auto same =
      std::find_if(node_.calls.begin(), node_.calls.end(),
                   [&](const plan::AggregateCall& other) { return other.output == output; });
  if (same != node_.calls.end()) {
    const bool is_same = same->function == call.function && same->field == call.field;
    return is_same ? absl::OkStatus() : Invalid(argument, {"another statistic has that name"});
  }
  return AddCall(std::move(call));
}

absl::Status ChartBinder::CheckOutputs() {
  std::vector<Field> outputs;
  for (const ChartColumn& column : node_.columns) {
    if (std::find(outputs.begin(), outputs.end(), column.output) != outputs.end()) {
      return binder_.Error(
          ErrorCode::kBadArgument, call_.span,
          fmt::format("the output field '{}' is given twice", column.output.name()));
    }
    if (column.output == node_.row.field) {
      return binder_.Error(ErrorCode::kBadArgument, call_.span,
                           fmt::format("the output field '{}' cannot have the same name as a "
                                       "group-by field",
                                       column.output.name()));
    }
    outputs.push_back(column.output);
  }
  for (const plan::AggregateCall& call : node_.calls) {
    const bool split = call.field && ((call.field == node_.row.field && !node_.is_timechart) ||
                                      call.field == node_.series.field);
    if (split && call.function != "count" && call.function != "c") {
      return binder_.Error(
          ErrorCode::kBadArgument, call.span,
          fmt::format("the field '{}' cannot be both in a statistic and split by",
                      call.field.name()),
          {"eval gives it a second name: … | eval copy='" + std::string(call.field.name()) + "'"});
    }
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- series

absl::Status ChartBinder::ScoreByEvents(plan::AggregateCall call) {
  // A name that nothing else has.
  std::string name = "(score)";
  const auto taken = [&](Field field) {
    return std::any_of(node_.calls.begin(), node_.calls.end(),
                       [&](const plan::AggregateCall& other) { return other.output == field; });
  };
  while (taken(binder_.Intern(name))) name += '#';
  call.output = binder_.Intern(name);
  node_.filter.over_events = node_.calls.size() + 1;
  node_.filter.over_cells.clear();
  return AddCall(std::move(call));
}

plan::AggregateCall CountCall() {
  plan::AggregateCall count;
  count.function = "count";
  return count;
}

// A name alone is a statistic of the series' cells, except count, which like a call is one of its
// events.
absl::Status ChartBinder::Score(const ast::Argument& argument) {
  SPELK_ASSIGN_OR_RETURN(plan::AggregateCall call, binder_.Aggregate(argument));
  double number = 0;
  const plan::AggregateEntry* entry = binder_.entries().Aggregate(call.function, &number);
  const bool alone = std::holds_alternative<ast::Name>(argument.value);
  if (alone && !entry->without_field) {
    if (entry->needs != plan::AggregateNeeds::kValue) {
      return Invalid(argument, {"it depends on the order of events: name a field"});
    }
    node_.filter.over_events = 0;
    node_.filter.over_cells = call.function;
    return absl::OkStatus();
  }
  if (!call.pattern.empty() || call.is_sparkline) {
    return Invalid(argument, {"it takes one field"});
  }
  return ScoreByEvents(std::move(call));
}

// max(x) out of the text before a comparison.
ast::Argument StatisticOf(const ast::Name& text) {
  ast::Argument argument;
  argument.span = text.span;
  const size_t open = text.text.find('(');
  if (open == std::string::npos || !text.text.ends_with(')')) {
    argument.value = ast::Name{text.text, text.span};
    return argument;
  }
  ast::ArgumentCall call;
  call.name = {text.text.substr(0, open), text.span};
  std::string inner = text.text.substr(open + 1, text.text.size() - open - 2);
  if (inner.size() > 1 && inner.front() == '"' && inner.back() == '"') {
    inner = inner.substr(1, inner.size() - 2);
  }
  if (!inner.empty()) {
    call.arguments.emplace_back();
    call.arguments.back().span = text.span;
    call.arguments.back().value = ast::Name{std::move(inner), text.span};
  }
  argument.value = std::move(call);
  return argument;
}

// where max in top5, where count > 10: instead of limit and agg.
absl::Status ChartBinder::Where(const ast::Clause& clause) {
  const auto usage = [&](Span span) {
    return binder_.Error(ErrorCode::kBadArgument, span,
                         fmt::format("unexpected \"{}\"", binder_.TextOf(span)),
                         {"usage: where <statistic> in|notin top<n>|bottom<n>, or where "
                          "<statistic> <|> <number>"});
  };
  SeriesFilter& filter = node_.filter;
  filter = SeriesFilter();
  size_t next = 1;
  const ast::Argument& first = clause.arguments.front();
  if (const auto* comparison = std::get_if<ast::ArgumentOption>(&first.value)) {
    if (comparison->op != CompareOp::kLess && comparison->op != CompareOp::kGreater) {
      return usage(first.span);
    }
    filter.test = comparison->op == CompareOp::kLess ? SeriesTest::kBelow : SeriesTest::kAbove;
    SPELK_ASSIGN_OR_RETURN(filter.threshold, NumberOf(*comparison));
    SPELK_RETURN_IF_ERROR(Score(StatisticOf(comparison->name)));
  } else {
    const auto word = [&](size_t i) {
      const auto* name = i < clause.arguments.size()
                             ? std::get_if<ast::Name>(&clause.arguments[i].value)
                             : nullptr;
      return name == nullptr ? std::string() : Lower(name->text);
    };
    next = 3;
    if (word(1) != "in" && word(1) != "notin") {
      return usage(clause.arguments[std::min<size_t>(1, clause.arguments.size() - 1)].span);
    }
    const std::string side = word(2);
    if (!(side.starts_with("top") || side.starts_with("bottom")) ||
        !ParseSide(side, &filter.test, &filter.count)) {
      return usage(clause.arguments[std::min<size_t>(2, clause.arguments.size() - 1)].span);
    }
    filter.negated = word(1) == "notin";
    SPELK_RETURN_IF_ERROR(Score(first));
  }
  for (; next < clause.arguments.size(); ++next) {
    const auto* option = std::get_if<ast::ArgumentOption>(&clause.arguments[next].value);
    if (option == nullptr) return usage(clause.arguments[next].span);
    SPELK_RETURN_IF_ERROR(Option(*option));
  }
  return absl::OkStatus();
}

absl::Status ChartBinder::Series() {
  node_.filter = limit_;
  if (where_ != nullptr) SPELK_RETURN_IF_ERROR(Where(*where_));
  if (where_ != nullptr && !node_.series.field) {
    return binder_.Error(ErrorCode::kBadArgument, where_->span,
                         "where chooses among series, which a second split field makes",
                         {"rows are kept by the command where, after the next pipe"});
  }
  if (!node_.series.field || where_ != nullptr) return absl::OkStatus();
  if (node_.filter.test == SeriesTest::kAll) return absl::OkStatus();
  if (agg_ != nullptr) return Score(*agg_->value);
  // timechart, "limit": the sum of the cells, or with several statistics how frequent a value is.
  const bool patterns =
      std::any_of(node_.calls.begin(), node_.calls.end(),
                  [](const plan::AggregateCall& call) { return !call.pattern.empty(); });
  if (node_.columns.size() > 1 || patterns) return ScoreByEvents(CountCall());
  node_.filter.over_cells = "sum";
  return absl::OkStatus();
}

absl::Status ChartBinder::Bind() {
  SPELK_RETURN_IF_ERROR(
      binder_.NoSigns(call_, {"a statistic is computed with in eval(…): eval(max(x)-min(x))"}));
  if (node_.is_timechart) {
    node_.row.field = binder_.Intern("_time");
    node_.row.is_time = true;
  }
  axis_ = &node_.row;
  for (const ast::Argument& argument : call_.arguments) {
    if (const auto* option = std::get_if<ast::ArgumentOption>(&argument.value)) {
      SPELK_RETURN_IF_ERROR(Option(*option));
    } else {
      SPELK_RETURN_IF_ERROR(Statistic(argument));
    }
  }
  for (const ast::Clause& clause : call_.clauses) SPELK_RETURN_IF_ERROR(Clause(clause));
  if (node_.calls.empty()) {
    return binder_.Error(ErrorCode::kMissingArgument, call_.name.span,
                         "you must specify data field(s) to chart",
                         {fmt::format("usage: {} <statistic>… [BY <field>…]", binder_.command())});
  }
  SPELK_RETURN_IF_ERROR(CheckOutputs());
  SPELK_RETURN_IF_ERROR(Series());
  SPELK_RETURN_IF_ERROR(CheckAxis(node_.row));
  SPELK_RETURN_IF_ERROR(CheckAxis(node_.series));
  SPELK_ASSIGN_OR_RETURN(node_.use_null, binder_.Flag(call_, "usenull"));
  SPELK_ASSIGN_OR_RETURN(node_.use_other, binder_.Flag(call_, "useother"));
  SPELK_ASSIGN_OR_RETURN(node_.null_text, binder_.Text(call_, "nullstr"));
  SPELK_ASSIGN_OR_RETURN(node_.other_text, binder_.Text(call_, "otherstr"));
  SPELK_ASSIGN_OR_RETURN(node_.sep, binder_.Text(call_, "sep"));
  SPELK_ASSIGN_OR_RETURN(node_.format, binder_.Text(call_, "format"));
  SPELK_ASSIGN_OR_RETURN(node_.continuous, binder_.Flag(call_, "cont"));
  SPELK_ASSIGN_OR_RETURN(node_.distinct_split_values, binder_.Flag(call_, "dedup_splitvals"));
  if (!node_.is_timechart) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(node_.partial, binder_.Flag(call_, "partial"));
  SPELK_ASSIGN_OR_RETURN(node_.fixed_range, binder_.Flag(call_, "fixedrange"));
  return absl::OkStatus();
}

}  // namespace

namespace {

// The statistic of an axis that is divided: partial rows say where its values began and ended.
std::optional<plan::AggregateCall> RangeCall(const ChartAxis& axis, bool divided,
                                             plan::Binder& binder) {
  if (!axis.field || !divided) return std::nullopt;
  plan::AggregateCall call;
  call.function = "range";
  call.field = axis.field;
  call.output = binder.Intern("range(" + std::string(axis.field.name()) + ")");
  plan::NamePartials(binder.entries(), false, binder.fields(), &call);
  return call;
}

void BindPartial(plan::Binder& binder, ChartNode* node) {
  node->partial_version = binder.Intern(plan::kPartialVersion);
  const auto row = RangeCall(node->row, node->is_timechart || node->row.bins.given(), binder);
  const auto series = RangeCall(node->series, node->series.bins.given(), binder);
  if (row) node->row_range = {row->partials[0], row->partials[1]};
  if (series) node->series_range = {series->partials[0], series->partials[1]};
  if (node->mode == plan::AggregateMode::kWhole) return;
  for (const auto& call : {&row, &series}) {
    if (*call) node->calls.push_back(plan::CopyCall(**call));
  }
  node->calls = plan::PartialCalls(node->calls, binder.entries(), false, binder.fields());
  for (const plan::AggregateCall& call : node->calls) {
    double number = 0;
    const plan::AggregateEntry* entry = binder.entries().Aggregate(call.function, &number);
    node->needs_order = node->needs_order || entry->needs != plan::AggregateNeeds::kValue;
  }
  // Which series have columns, and what columns show, is for the command that merges.
  node->columns.clear();
  node->filter = SeriesFilter();
  node->filter.test = SeriesTest::kAll;
}

}  // namespace

absl::StatusOr<plan::NodePtr> BindChart(const ast::CommandCall& call, plan::Binder& binder,
                                        bool is_timechart, plan::AggregateMode mode) {
  auto node = plan::Make<ChartNode>(call.span);
  node->is_timechart = is_timechart;
  node->mode = mode;
  SPELK_RETURN_IF_ERROR(ChartBinder(call, binder, *node).Bind());
  BindPartial(binder, node.get());
  return node;
}

}  // namespace spelk::commands
