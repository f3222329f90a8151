// addinfo: tells each row of the search that it came from.
#include <fmt/format.h>

#include <cmath>

#include "base/status.h"
#include "commands/entry.h"
#include "exec/column_setter.h"

namespace spelk::commands {
namespace {

struct AddInfoNode final : plan::Node {
  static constexpr std::string_view kName = "addinfo";
  std::vector<Field> fields;  // info_min_time, info_max_time, info_sid, info_search_time.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet(),
                        .writes = plan::FieldSet::Of(fields),
                        .makes = fields,
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming,
                        .results = false};
    flow.reads_clock = true;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return fields.size() == 4; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("fields", fields);
  }
};

class AddInfo final : public exec::Streaming<std::vector<exec::ColumnSetter>> {
 public:
  AddInfo(const AddInfoNode& node, const exec::RunContext& run) : fields_(node.fields) {
    const double now = run.evaluation.constants.now;
    texts_[0] = Seconds(run.time_range.earliest.value_or(0));
    texts_[1] = run.time_range.latest ? Seconds(*run.time_range.latest) : "+Infinity";
    texts_[2] = fmt::format("{:.0f}.1", std::floor(now));
    texts_[3] = Seconds(now);
  }

  absl::StatusOr<std::vector<exec::ColumnSetter>> NewState() const override {
    std::vector<exec::ColumnSetter> setters;
    for (const Field field : fields_) setters.emplace_back(field);
    return setters;
  }
  absl::Status Process(Batch batch, std::vector<exec::ColumnSetter>& setters,
                       exec::Output& out) const override {
    for (size_t i = 0; i < setters.size(); ++i) {
      const bool number = i != 2 && texts_[i].front() != '+';
      const Value text = Value::Text(batch.arena().Copy(texts_[i]),
                                     number ? JsonType::kNumber : JsonType::kString);
      setters[i].Set(Column::Constant(text, batch.physical_rows()), &batch);
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("addinfo"));
    return out.Push(std::move(batch));
  }

 private:
  static std::string Seconds(double seconds) { return fmt::format("{:.3f}", seconds); }

  const std::vector<Field> fields_;
  std::string texts_[4];
};

// ---------------------------------------------------------------- binding

absl::StatusOr<plan::NodePtr> BindAddInfo(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<AddInfoNode>(call.span);
  for (const std::string_view name :
       {"info_min_time", "info_max_time", "info_sid", "info_search_time"}) {
    node->fields.push_back(binder.Intern(name));
  }
  return node;
}

exec::OperatorPtr BuildAddInfo(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<AddInfo>(plan::As<AddInfoNode>(node), run);
}

constexpr std::string_view kAddInfoNotes[] = {
    "info_min_time and info_max_time are the range of time of the search, from earliest and latest "
    "in it or around it: 0.000 and +Infinity where it is open",
    "info_search_time is the instant of the run, and info_sid is made of it"};
constexpr Example kAddInfoExamples[] = {
    {.title = "The range of time of a search",
     .input = R"({"_time":1600000100,"a":1})",
     .query = "search earliest=1600000000 | addinfo | table a info_min_time info_max_time",
     .output = R"({"a":1,"info_min_time":1600000000.000,"info_max_time":"+Infinity"})"},
};

constexpr plan::NodeEntry kAddInfoNodes[] = {{&plan::TypeOf<AddInfoNode>, &BuildAddInfo}};

}  // namespace

extern constexpr CommandEntry kAddInfo = {
    .name = "addinfo",
    .signature = "addinfo",
    .summary = "Adds the time range and the instant of the search to each row.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .notes = kAddInfoNotes,
    .examples = kAddInfoExamples,
    .nodes = kAddInfoNodes,
    .bind = &BindAddInfo,
};

}  // namespace spelk::commands
