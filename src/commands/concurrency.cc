// concurrency: how many rows were in progress when each of them began.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "commands/all_rows.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct ConcurrencyNode final : plan::Node {
  static constexpr std::string_view kName = "concurrency";
  Field duration;
  Field start;
  Field target;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kSink};
    flow.reads = plan::FieldSet::Of({duration, start});
    flow.writes = plan::FieldSet::Of({target});
    flow.makes = {target};
    flow.results = false;
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("duration", duration);
    visit("start", start);
    visit("output", target);
  }
};

class Concurrency final : public WholeSink {
 public:
  Concurrency(const ConcurrencyNode& node, const exec::RunContext& run)
      : WholeSink("concurrency", node, run), node_(node) {}

 private:
  struct Spans {
    std::vector<double> starts;  // Of each row; no number without start or duration.
    std::vector<double> begins;  // Sorted; what goes back in time is in progress nowhere.
    std::vector<double> ends;
  };

  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    constexpr size_t kBytesOfRow = 3 * sizeof(double) + 3 * sizeof(Value);
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * kBytesOfRow));
    const Spans spans = SpansOf(rows);
    NewColumn column{node_.target, {}};
    column.values.reserve(rows.size());
    for (const double start : spans.starts) column.values.push_back(CountAt(start, spans));
    return rows.Emit({&column, 1}, nullptr, out);
  }

  Spans SpansOf(const AllRows& rows) const {
    const std::vector<Value> starts = rows.ValuesOf(node_.start);
    const std::vector<Value> durations = rows.ValuesOf(node_.duration);
    Spans spans;
    spans.starts.assign(rows.size(), NAN);
    for (size_t r = 0; r < rows.size(); ++r) {
      const std::optional<Number> start = NumberOf(starts[r]);
      const std::optional<Number> duration = NumberOf(durations[r]);
      if (!start || !duration || std::isnan(start->value) || std::isnan(duration->value)) continue;
      spans.starts[r] = start->value;
      spans.begins.push_back(start->value);
      spans.ends.push_back(start->value + std::max(duration->value, 0.0));
    }
    std::sort(spans.begins.begin(), spans.begins.end());
    std::sort(spans.ends.begin(), spans.ends.end());
    return spans;
  }

  // A row is in progress from its start to its end, both included.
  static Value CountAt(double start, const Spans& spans) {
    if (std::isnan(start)) return Value::Null();
    const auto begun = std::upper_bound(spans.begins.begin(), spans.begins.end(), start);
    const auto ended = std::lower_bound(spans.ends.begin(), spans.ends.end(), start);
    return Value::Integer((begun - spans.begins.begin()) - (ended - spans.ends.begin()));
  }

  const ConcurrencyNode& node_;
};

absl::StatusOr<plan::NodePtr> BindConcurrency(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<ConcurrencyNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string duration, binder.Text(call, "duration"));
  SPELK_ASSIGN_OR_RETURN(const std::string start, binder.Text(call, "start"));
  SPELK_ASSIGN_OR_RETURN(const std::string target, binder.Text(call, "output"));
  if (duration.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the duration is missing",
                        {"usage: concurrency duration=<field> [start=<field>] [output=<field>]"});
  }
  node->duration = binder.Intern(duration);
  node->start = binder.Intern(start);
  node->target = binder.Intern(target);
  return node;
}

exec::OperatorPtr BuildConcurrency(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Concurrency>(plan::As<ConcurrencyNode>(node), run);
}

constexpr Argument kConcurrencyArguments[] = {
    {.name = "duration",
     .type = "field",
     .fallback = "",
     .summary = "How long a row lasts, in the unit of start.",
     .is_option = true},
    {.name = "start",
     .type = "field",
     .fallback = "_time",
     .summary = "When it begins.",
     .is_option = true},
    {.name = "output",
     .type = "field",
     .fallback = "concurrency",
     .summary = "Gets the number of rows.",
     .is_option = true}};
constexpr std::string_view kConcurrencyNotes[] = {
    "the row itself counts, and so does one that ends in the very instant",
    "a row whose start or duration is no number counts nowhere and gets nothing"};
constexpr Example kConcurrencyExamples[] = {
    {.title = "Three rows, two of which overlap",
     .input = R"({"t":0,"d":10} {"t":5,"d":1} {"t":20,"d":3})",
     .query = "concurrency start=t duration=d | table t d concurrency",
     .output = R"({"t":0,"d":10,"concurrency":1} {"t":5,"d":1,"concurrency":2}
                  {"t":20,"d":3,"concurrency":1})"},
};

constexpr plan::NodeEntry kConcurrencyNodes[] = {
    {&plan::TypeOf<ConcurrencyNode>, &BuildConcurrency}};

}  // namespace

extern constexpr CommandEntry kConcurrency = {
    .name = "concurrency",
    .signature = "concurrency duration=<field> [start=<field>] [output=<field>]",
    .summary = "Counts the rows that were in progress when each row began.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kConcurrencyArguments,
    .notes = kConcurrencyNotes,
    .examples = kConcurrencyExamples,
    .nodes = kConcurrencyNodes,
    .bind = &BindConcurrency,
};

}  // namespace spelk::commands
