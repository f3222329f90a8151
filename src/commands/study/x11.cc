// x11: a series of numbers without its season.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/all_rows.h"
#include "commands/study/kalman.h"
#include "commands/study/seasonal.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

struct X11Node final : plan::Node {
  static constexpr std::string_view kName = "x11";
  Field field;
  Field output;
  Seasonality seasonality = Seasonality::kMultiplicative;
  uint64_t period = 0;  // 0: found out.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kNeeds, .keeps_order = true, .runs = Runs::kSink};
    flow.results = false;
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({output});
    flow.makes = {output};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("as", output);
    visit("type", seasonality);
    visit("period", period);
  }
};

constexpr uint64_t kLeastX11Period = 5;
constexpr uint64_t kMostX11Period = 1000;

class X11 final : public WholeSink {
 public:
  X11(const X11Node& node, const exec::RunContext& run)
      : WholeSink("x11", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    if (rows.size() == 0) return absl::OkStatus();
    run().warnings->Add(ErrorCode::kDiffers,
                        "x11: Splunk does not say which steps of the X-11 method it takes, so "
                        "figures may differ: `spelk help x11` tells those taken here");
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (12 * sizeof(double) + 3 * sizeof(Value))));
    const std::vector<Value> texts = rows.ValuesOf(node_.field);
    std::vector<double> values;
    std::vector<bool> seen;
    for (const Value& text : texts) {
      const std::optional<Number> number = NumberOf(text);
      seen.push_back(number && std::isfinite(number->value));
      values.push_back(seen.back() ? number->value : NAN);
    }
    SPELK_ASSIGN_OR_RETURN(const uint64_t period, PeriodOf(values));
    FillGaps(&values);
    const std::vector<double> adjusted = WithoutSeason(values, period, node_.seasonality);
    NewColumn column{node_.output, {}};
    for (size_t i = 0; i < adjusted.size(); ++i) {
      const bool shown = seen[i] && std::isfinite(adjusted[i]);
      column.values.push_back(shown ? NumberValue(adjusted[i]) : Value::Null());
    }
    return rows.Emit({&column, 1}, nullptr, out);
  }

  absl::Status Refuse(std::string_view what) const {
    return absl::FailedPreconditionError(
        fmt::format("x11: the field '{}' {}", node_.field.name(), what));
  }

  absl::StatusOr<uint64_t> PeriodOf(const std::vector<double>& values) const {
    for (const double value : values) {
      if (value < 0 && node_.seasonality == Seasonality::kMultiplicative) {
        return Refuse("has values below 0, which no season multiplies; add() takes them");
      }
    }
    if (std::all_of(values.begin(), values.end(), [](double value) { return std::isnan(value); })) {
      return Refuse("has no numbers");
    }
    uint64_t period = node_.period;
    if (period == 0) period = FindPeriod(values).value_or(0);
    if (period == 0) {
      return Refuse(
          "is not periodic; a number says after how many values it comes again: "
          "mult7(field)");
    }
    if (period < kLeastX11Period || period > kMostX11Period) {
      return Refuse(
          fmt::format("comes again after {} values, and a period has from 5 to 1000", period));
    }
    if (values.size() < LeastValues(period)) {
      return Refuse(
          fmt::format("has {} values; three periods of {} are needed", values.size(), period));
    }
    return period;
  }

  // Where there is no number, the line from the one before to the one after it.
  static void FillGaps(std::vector<double>* values) {
    for (size_t i = 0; i < values->size();) {
      if (!std::isnan((*values)[i])) {
        ++i;
        continue;
      }
      size_t end = i;
      while (end < values->size() && std::isnan((*values)[end])) ++end;
      const bool first = i == 0;
      const bool last = end == values->size();
      const double before = first ? (last ? 0 : (*values)[end]) : (*values)[i - 1];
      const double after = last ? before : (*values)[end];
      const auto steps = static_cast<double>(end - i + 1);
      for (size_t j = i; j < end; ++j) {
        (*values)[j] = before + (after - before) * static_cast<double>(j - i + 1) / steps;
      }
      i = end;
    }
  }

  const X11Node& node_;
};

// add, mult15, 15: what stands before the field. False for other texts.
bool ParseType(std::string_view name, X11Node* node) {
  for (size_t i = 0; i < std::size(kSeasonalities); ++i) {
    if (!name.starts_with(kSeasonalities[i])) continue;
    node->seasonality = static_cast<Seasonality>(i);
    name.remove_prefix(kSeasonalities[i].size());
    break;
  }
  if (name.empty()) return true;
  const char* end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data(), end, node->period);
  // A period that is given as 0 is none of those that are taken.
  if (node->period == 0) node->period = kMostX11Period + 1;
  return error == std::errc() && at == end;
}

constexpr std::string_view kX11Forms = "series are add7(field), mult7(field) or 7(field)";

absl::Status CheckPeriod(const X11Node& node, Span span, plan::Binder& binder) {
  if (node.period == 0 || (node.period >= kLeastX11Period && node.period <= kMostX11Period)) {
    return absl::OkStatus();
  }
  return binder.Error(ErrorCode::kBadArgument, span, "a period is a number from 5 to 1000");
}

// The type and the period as words of their own, as the page writes them: add() 7 (field).
absl::Status BindApart(const std::vector<const ast::Argument*>& arguments, plan::Binder& binder,
                       X11Node* node) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ast::Argument& argument = *arguments[i];
    const auto* word = std::get_if<ast::Name>(&argument.value);
    const auto* empty = std::get_if<ast::ArgumentCall>(&argument.value);
    std::string_view text;
    if (word != nullptr) text = word->text;
    if (empty != nullptr && empty->arguments.empty()) text = empty->name.text;
    const bool is_number = !text.empty() && text[0] >= '0' && text[0] <= '9';
    const bool in_order = is_number ? node->period == 0 : i == 0;
    if (text.empty() || argument.alias || !in_order || !ParseType(text, node)) {
      return binder.Unexpected(argument, {std::string(kX11Forms)});
    }
    SPELK_RETURN_IF_ERROR(CheckPeriod(*node, argument.span, binder));
  }
  return absl::OkStatus();
}

// The field, in parentheses with what stands right before them, or alone.
absl::Status BindSeries(const ast::Argument& argument, bool may_be_typed, plan::Binder& binder,
                        X11Node* node) {
  if (const auto* inner = std::get_if<ast::ArgumentExpression>(&argument.value);
      inner != nullptr && !inner->is_eval) {
    const auto* field = std::get_if<ast::FieldReference>(&inner->expression->node);
    if (field == nullptr) return binder.Unexpected(argument, {std::string(kX11Forms)});
    node->field = binder.Intern(field->name);
    return absl::OkStatus();
  }
  const auto* typed = std::get_if<ast::ArgumentCall>(&argument.value);
  if (typed == nullptr) {
    SPELK_ASSIGN_OR_RETURN(node->field, binder.FieldName(argument));
    return absl::OkStatus();
  }
  if (!may_be_typed || typed->arguments.size() != 1 || !ParseType(typed->name.text, node)) {
    return binder.Unexpected(argument, {std::string(kX11Forms)});
  }
  SPELK_RETURN_IF_ERROR(CheckPeriod(*node, typed->name.span, binder));
  SPELK_ASSIGN_OR_RETURN(node->field, binder.FieldName(typed->arguments[0]));
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> BindX11(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<X11Node>(call.span);
  std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "a field is missing",
                        {"usage: x11 [add|mult][<period>](<field>) [AS <field>]"});
  }
  const ast::Argument& argument = *arguments.back();
  arguments.pop_back();
  SPELK_RETURN_IF_ERROR(BindApart(arguments, binder, node.get()));
  SPELK_RETURN_IF_ERROR(BindSeries(argument, arguments.empty(), binder, node.get()));
  node->output = binder.Intern(argument.alias ? std::string(argument.alias->text)
                                              : fmt::format("x11({})", node->field.name()));
  return node;
}

exec::OperatorPtr BuildX11(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<X11>(plan::As<X11Node>(node), run);
}

constexpr Argument kX11Arguments[] = {
    {.name = "series",
     .type = "field, add(field) or mult(field), with a period after add or mult",
     .fallback = "mult",
     .summary = "Whether the season adds to the trend or multiplies it, after how many rows it "
                "comes again (5 to 1000), and the field; AS names the result."}};
constexpr std::string_view kX11Notes[] = {
    "the result is the series without its season, for rows in the order of time",
    "the method is that of the U.S. Census (X-11): a 2xP average, 3x3 averages of the same places "
    "of the periods, a Henderson average of about a period, and 3x5 averages; without its "
    "corrections for extreme values and trading days",
    "without a number the period is where the series goes best with itself; three periods are "
    "needed",
    "a row without a number gets none, and counts as on the line between its neighbours"};
constexpr Example kX11Examples[] = {
    {.title = "A week in which each day has its share",
     .input = "",
     .query = "| makeresults count=28 | streamstats count AS day | eval n=100+if(day%7=0,60,-10) "
              "| x11 add7(n) AS level | eval level=round(level,3) | dedup level | table level",
     .output = R"({"level":100})"},
};

constexpr plan::NodeEntry kX11Nodes[] = {{&plan::TypeOf<X11Node>, &BuildX11}};

}  // namespace

extern constexpr CommandEntry kX11 = {
    .name = "x11",
    .signature = "x11 [add|mult][<period>](<field>) [AS <field>]",
    .summary = "Takes the season out of a series of numbers.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kX11Arguments,
    .notes = kX11Notes,
    .differs =
        "Splunk does not say which steps of the X-11 method it takes, so figures may differ; "
        "`spelk help x11` tells those taken here.",
    .examples = kX11Examples,
    .nodes = kX11Nodes,
    .bind = &BindX11,
};

}  // namespace spelk::commands
