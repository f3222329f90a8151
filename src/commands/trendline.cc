// trendline: moving averages.
#include <charconv>
#include <deque>
#include <optional>
#include <utility>

#include "commands/entry.h"
#include "exec/column_setter.h"
#include "value/exact_sum.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

enum class Trend : uint8_t {
  kSimple,       // The mean of the last values.
  kExponential,  // Each value counts 2/(N+1), what was before it the rest.
  kWeighted,     // The newest value counts N times, the one before it N-1 times …
};
constexpr size_t EnumSize(Trend) { return 3; }
constexpr std::string_view kTrends[] = {"sma", "ema", "wma"};
std::string_view NameOf(Trend trend) { return kTrends[static_cast<size_t>(trend)]; }

struct TrendTerm {
  Trend trend = Trend::kSimple;
  uint64_t period = 0;
  Field field;
  Field output;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("trend", trend);
    visit("period", period);
    visit("field", field);
    visit("as", output);
  }
};

struct TrendLineNode final : plan::Node {
  static constexpr std::string_view kName = "trendline";
  std::vector<TrendTerm> terms;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.results = false;
    flow.reads = plan::FieldSet();
    flow.writes = plan::FieldSet();
    for (const TrendTerm& term : terms) {
      flow.reads.Add(term.field);
      flow.writes.Add(term.output);
      flow.makes.push_back(term.output);
    }
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("terms", terms);
  }
};

// One average along the rows.
class Average {
 public:
  Average(const TrendTerm& term, MemoryBudget* budget)
      : term_(term), period_(static_cast<size_t>(term.period)), reservation_(budget) {}

  bool Reserve() { return reservation_.Resize(period_ * 2 * sizeof(double)); }

  // What a row with this value gets: nothing while there are too few values.
  Value Add(double value) {
    if (term_.trend == Trend::kExponential) return AddExponential(value);
    last_.push_back(value);
    sum_.Add(value);
    if (last_.size() > period_) {
      sum_.Add(-last_.front());
      last_.pop_front();
    }
    if (last_.size() < period_) return Value::Null();
    const auto count = static_cast<double>(period_);
    if (term_.trend == Trend::kSimple) return NumberValue(sum_.Result() / count);
    ExactSum weighted;
    double weight = 0;
    for (const double each : last_) weighted.Add(++weight * each);
    return NumberValue(weighted.Result() / (count * (count + 1) / 2));
  }

 private:
  Value AddExponential(double value) {
    const double share = 2.0 / (static_cast<double>(period_) + 1);
    average_ = count_ == 0 ? value : share * value + (1 - share) * average_;
    return ++count_ < period_ ? Value::Null() : NumberValue(average_);
  }

  const TrendTerm term_;
  const size_t period_;
  Reservation reservation_;
  std::deque<double> last_;
  ExactSum sum_;
  double average_ = 0;
  size_t count_ = 0;
};

struct TrendState {
  std::vector<std::unique_ptr<Average>> averages;
  std::unique_ptr<exec::ColumnsSetter> setter;
};

class TrendLine final : public exec::Sequential<TrendState> {
 public:
  TrendLine(const TrendLineNode& node, const exec::RunContext& run)
      : terms_(node.terms), run_(run) {}

  absl::StatusOr<TrendState> NewState() const override {
    TrendState state;
    std::vector<Field> outputs;
    for (const TrendTerm& term : terms_) {
      state.averages.push_back(std::make_unique<Average>(term, run_.budget));
      if (!state.averages.back()->Reserve()) {
        return run_.budget->Exhausted("trendline", static_cast<size_t>(term.period) * 16);
      }
      outputs.push_back(term.output);
    }
    state.setter = std::make_unique<exec::ColumnsSetter>(std::move(outputs));
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, TrendState& state,
                                       exec::Output& out) const override {
    std::vector<Column> inputs;
    for (const TrendTerm& term : terms_) {
      const Column* column = batch.Find(term.field);
      inputs.push_back(column == nullptr ? Column::Null(batch.physical_rows()) : *column);
    }
    SPELK_RETURN_IF_ERROR(state.setter->Prepare("trendline", &batch));
    for (size_t t = 0; t < terms_.size(); ++t) {
      auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
      SPELK_RETURN_IF_ERROR(batch.arena().status("trendline"));
      for (size_t r = 0; r < batch.size(); ++r) {
        const size_t row = batch.physical(r);
        const std::optional<Number> number = NumberOf(inputs[t].At(row));
        values[row] = number ? state.averages[t]->Add(number->value) : Value::Null();
      }
      state.setter->Set(t, Column::Values({values, batch.physical_rows()}), &batch);
    }
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

 private:
  const std::vector<TrendTerm> terms_;
  const exec::RunContext& run_;
};

constexpr uint64_t kLeastTrendPeriod = 2;
constexpr uint64_t kMostTrendPeriod = 10'000;

// sma5
bool ParseTrend(std::string_view name, TrendTerm* term) {
  if (name.size() < 4) return false;
  for (size_t i = 0; i < EnumSize(Trend()); ++i) {
    if (name.starts_with(kTrends[i])) {
      term->trend = static_cast<Trend>(i);
      const char* end = name.data() + name.size();
      const auto [at, error] = std::from_chars(name.data() + 3, end, term->period);
      return error == std::errc() && at == end;
    }
  }
  return false;
}

absl::StatusOr<plan::NodePtr> BindTrendLine(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<TrendLineNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  for (const ast::Argument* argument : binder.Positional(call)) {
    const auto* average = std::get_if<ast::ArgumentCall>(&argument->value);
    TrendTerm term;
    if (average == nullptr || average->arguments.size() != 1 ||
        !ParseTrend(average->name.text, &term)) {
      return binder.Unexpected(*argument, {"averages are sma5(field), ema5(field), wma5(field)"});
    }
    if (term.period < kLeastTrendPeriod || term.period > kMostTrendPeriod) {
      return binder.Error(ErrorCode::kBadArgument, average->name.span,
                          "a period is a number from 2 to 10000");
    }
    SPELK_ASSIGN_OR_RETURN(term.field, binder.FieldName(average->arguments[0]));
    const std::string name =
        std::string(average->name.text) + "(" + std::string(term.field.name()) + ")";
    term.output = binder.Intern(argument->alias ? argument->alias->text : name);
    node->terms.push_back(term);
  }
  if (node->terms.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "an average is missing",
                        {"usage: trendline sma5(<field>) [AS <field>]…"});
  }
  return node;
}

exec::OperatorPtr BuildTrendLine(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<TrendLine>(plan::As<TrendLineNode>(node), run);
}

constexpr Argument kTrendLineArguments[] = {
    {.name = "average",
     .type = "smaN(field), emaN(field) or wmaN(field)",
     .fallback = "",
     .summary = "Simple, exponential or weighted, over the last N values (2 to 10000); AS gives it "
                "a name of its own."}};
constexpr std::string_view kTrendLineNotes[] = {
    "events come newest first unless they are sorted before",
    "the first N-1 rows have no average; a row without a number has none and does not count",
    "ema counts the newest value 2/(N+1); wma counts it N times, the one before it N-1 times …"};
constexpr Example kTrendLineExamples[] = {
    {.title = "The mean of two values",
     .input = R"({"n":1} {"n":5} {"n":3})",
     .query = "trendline sma2(n) AS mean | table n mean",
     .output = R"({"n":1} {"n":5,"mean":3} {"n":3,"mean":4})"},
    {.title = "Newer values count more",
     .input = R"({"n":3} {"n":6})",
     .query = "trendline wma2(n) | table n wma2(n)",
     .output = R"q({"n":3} {"n":6,"wma2(n)":5})q"},
};

constexpr plan::NodeEntry kTrendLineNodes[] = {{&plan::TypeOf<TrendLineNode>, &BuildTrendLine}};

}  // namespace

extern constexpr CommandEntry kTrendLine = {
    .name = "trendline",
    .signature = "trendline (sma | ema | wma)<N>(<field>) [AS <field>]…",
    .summary = "Computes moving averages of fields.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTrendLineArguments,
    .notes = kTrendLineNotes,
    .examples = kTrendLineExamples,
    .nodes = kTrendLineNodes,
    .bind = &BindTrendLine,
};

}  // namespace spelk::commands
