// uniq: leaves out rows that repeat the one before them.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "commands/entry.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct UniqNode final : plan::Node {
  static constexpr std::string_view kName = "uniq";

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.writes = plan::FieldSet(), .results = false};
    return flow;
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor&) {}
};

struct UniqState {
  explicit UniqState(MemoryBudget* budget) : reservation(budget) {}
  bool any = false;
  std::string last;  // The row before, as a key.
  std::string key;
  Reservation reservation;  // Of both.
};

class Uniq final : public exec::Sequential<UniqState> {
 public:
  explicit Uniq(const exec::RunContext& run) : run_(run) {}

  absl::StatusOr<UniqState> NewState() const override { return UniqState(run_.budget); }

  absl::StatusOr<exec::Demand> Process(Batch batch, UniqState& state,
                                       exec::Output& out) const override {
    const std::vector<size_t> columns = ColumnsByName(batch);
    std::vector<uint32_t> kept;
    for (size_t r = 0; r < batch.size(); ++r) {
      state.key.clear();
      for (const size_t column : columns) {
        AppendCell(batch.schema()->fields()[column], batch.At(column, r), &state.key);
      }
      const size_t bytes = state.key.capacity() + state.last.capacity();
      if (bytes > state.reservation.bytes() && !state.reservation.Resize(2 * bytes)) {
        return run_.budget->Exhausted("uniq", 2 * bytes);
      }
      if (state.any && state.key == state.last) continue;
      state.any = true;
      std::swap(state.key, state.last);
      kept.push_back(static_cast<uint32_t>(batch.physical(r)));
    }
    if (kept.empty()) return exec::Demand::kMore;
    batch.Select(std::move(kept));
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

 private:
  // Rows of different batches may have the same fields in another order.
  static std::vector<size_t> ColumnsByName(const Batch& batch) {
    const std::vector<Field>& fields = batch.schema()->fields();
    std::vector<size_t> columns;
    for (size_t c = 0; c < fields.size(); ++c) {
      if (!fields[c].hidden()) columns.push_back(c);
    }
    std::sort(columns.begin(), columns.end(),
              [&](size_t a, size_t b) { return fields[a].name() < fields[b].name(); });
    return columns;
  }

  static void AppendCell(Field field, const Value& value, std::string* key) {
    if (value.is_null()) return;
    ByteWriter writer(*key);
    writer.Text(field.name());
    writer.Varint(value.count());
    char buffer[kNumberText];
    for (const Value& each : value.each()) writer.Text(TextOf(each, buffer));
  }

  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindUniq(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  return plan::Make<UniqNode>(call.span);
}

exec::OperatorPtr BuildUniq(const plan::Node&, const exec::RunContext& run) {
  return std::make_unique<Uniq>(run);
}

constexpr std::string_view kUniqNotes[] = {
    "two rows are equal if they have the same fields with the same texts, _time and _raw included; "
    "only neighbours are compared, so sort first to find all"};
constexpr Example kUniqExamples[] = {
    {.title = "Rows that repeat the one before",
     .input = R"({"a":1} {"a":1} {"a":2} {"a":1})",
     .query = "table a | uniq",
     .output = R"({"a":1} {"a":2} {"a":1})"},
};

constexpr plan::NodeEntry kUniqNodes[] = {{&plan::TypeOf<UniqNode>, &BuildUniq}};

}  // namespace

extern constexpr CommandEntry kUniq = {
    .name = "uniq",
    .signature = "uniq",
    .summary = "Leaves out rows that are the same as the row before.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .notes = kUniqNotes,
    .examples = kUniqExamples,
    .nodes = kUniqNodes,
    .bind = &BindUniq,
};

}  // namespace spelk::commands
