// reltime: how long ago a time was, in words.
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "commands/entry.h"
#include "exec/column_map.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct RelTimeNode final : plan::Node {
  static constexpr std::string_view kName = "reltime";
  std::vector<Field> times;
  std::vector<Field> targets;  // One for each.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet::Of(times),
                        .writes = plan::FieldSet::Of(targets),
                        .makes = targets,
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming,
                        .results = false};
    flow.reads_clock = true;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return times.size() == targets.size(); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("timefield", times);
    visit("as", targets);
  }
};

struct LengthUnit {
  double seconds;
  std::string_view name;
};
constexpr LengthUnit kUnits[] = {{365.0 * 86400, "year"}, {30.0 * 86400, "month"}, {86400, "day"},
                                 {3600, "hour"},          {60, "minute"},          {1, "second"}};

std::string Words(double seconds) {
  const double size = std::floor(std::fabs(seconds));
  for (const LengthUnit& unit : kUnits) {
    if (size < unit.seconds) continue;
    const double count = std::floor(size / unit.seconds);
    return fmt::format("{:.0f} {}{} {}", count, unit.name, count == 1 ? "" : "s",
                       seconds < 0 ? "from now" : "ago");
  }
  return "now";
}

class RelTime final : public exec::Streaming<std::vector<exec::ColumnSetter>> {
 public:
  RelTime(const RelTimeNode& node, const exec::RunContext& run)
      : times_(node.times), targets_(node.targets), now_(run.evaluation.constants.now) {}

  absl::StatusOr<std::vector<exec::ColumnSetter>> NewState() const override {
    std::vector<exec::ColumnSetter> setters;
    for (const Field field : targets_) setters.emplace_back(field);
    return setters;
  }
  absl::Status Process(Batch batch, std::vector<exec::ColumnSetter>& setters,
                       exec::Output& out) const override {
    for (size_t i = 0; i < times_.size(); ++i) {
      const auto words = [&](const Value& value) {
        const std::optional<Number> time = NumberOf(value);
        if (!time || !std::isfinite(time->value)) return Value::Null();
        return Value::Text(batch.arena().Copy(Words(now_ - time->value)));
      };
      SPELK_RETURN_IF_ERROR(exec::MapColumn(times_[i], setters[i], "reltime", words, &batch));
    }
    return out.Push(std::move(batch));
  }

 private:
  const std::vector<Field> times_;
  const std::vector<Field> targets_;
  const double now_;
};

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> names;
  std::string name;
  for (const char c : text) {
    const bool ends = c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!ends) {
      name += c;
    } else if (!name.empty()) {
      names.push_back(std::exchange(name, {}));
    }
  }
  if (!name.empty()) names.push_back(std::move(name));
  return names;
}

absl::StatusOr<plan::NodePtr> BindRelTime(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<RelTimeNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string list, binder.Text(call, "timefield"));
  SPELK_ASSIGN_OR_RETURN(std::string prefix, binder.Text(call, "prefix"));
  const std::vector<std::string> names = SplitList(list);
  if (names.empty()) {
    return binder.BadOption(*binder.FindOption(call, "timefield"), list);
  }
  const bool plain = names.size() == 1 && prefix.empty();
  if (prefix.empty()) prefix = "reltime_";
  for (const std::string& name : names) {
    node->times.push_back(binder.Intern(name));
    node->targets.push_back(binder.Intern(plain ? "reltime" : prefix + name));
  }
  return node;
}

exec::OperatorPtr BuildRelTime(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<RelTime>(plan::As<RelTimeNode>(node), run);
}

constexpr Argument kRelTimeArguments[] = {
    {.name = "timefield",
     .type = "field, or fields in quotes with commas between",
     .fallback = "_time",
     .summary = "Which times, in seconds since the epoch.",
     .is_option = true},
    {.name = "prefix",
     .type = "text",
     .fallback = "",
     .summary = "What the names of the new fields begin with, before those of the times; without "
                "it one time gives reltime, and several reltime_NAME.",
     .is_option = true}};
constexpr std::string_view kRelTimeNotes[] = {
    "whole units count, of seconds, minutes, hours, days, months of 30 days and years of 365: 119 "
    "seconds are 1 minute ago",
    "a time to come is so long from now; a value that is no number gives nothing"};
constexpr Example kRelTimeExamples[] = {
    {.title = "How long ago events were",
     .input = R"({"_time":1600000000,"a":1} {"_time":1599990000,"a":2})",
     .query = "reltime | table a reltime",
     .output = R"({"a":1,"reltime":"now"} {"a":2,"reltime":"2 hours ago"})"},
};

constexpr plan::NodeEntry kRelTimeNodes[] = {{&plan::TypeOf<RelTimeNode>, &BuildRelTime}};

}  // namespace

extern constexpr CommandEntry kRelTime = {
    .name = "reltime",
    .signature = "reltime [timefield=<fields>] [prefix=<text>]",
    .summary = "Tells in words how long ago a time was.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kRelTimeArguments,
    .notes = kRelTimeNotes,
    .examples = kRelTimeExamples,
    .nodes = kRelTimeNodes,
    .bind = &BindRelTime,
};

}  // namespace spelk::commands
