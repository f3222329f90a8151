// Making results of states, and rows of results.
#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/aggregate/aggregation.h"
#include "exec/batch_builder.h"
#include "exec/sorter.h"

namespace spelk::exec {
namespace {

// About what a result of a pattern takes beside its key and value.
constexpr size_t kPatternEntry = 64;

}  // namespace

// What a call with a pattern gives for one field: a result, or its state.
absl::StatusOr<std::vector<AggregateColumn>> Aggregation::PatternColumns(
    const AggregationPlan::PatternCall& pattern, std::string_view field, const char* states,
    Arena& arena) const {
  if (plan_->gives_partial_rows()) return PartialPatternColumns(pattern, field, states, arena);
  SPELK_ASSIGN_OR_RETURN(const Field output, plan_->OutputOf(*pattern.call.call, field));
  return std::vector<AggregateColumn>{
      {output, plan_->ResultOf(pattern.call, *pattern.layout, states, arena)}};
}

absl::Status Aggregation::CollectPatterns(Arena& arena) {
  pattern_results_.assign(pattern_tables_.size(), {});
  pattern_fields_.assign(pattern_tables_.size(), {});
  pattern_reservation_.Clear();
  for (size_t p = 0; p < pattern_tables_.size(); ++p) {
    const AggregationPlan::PatternCall& pattern = plan_->pattern_calls()[p];
    const auto take = [&](std::string_view key, char* states) -> absl::Status {
      ByteReader reader(key);
      SPELK_ASSIGN_OR_RETURN(const std::vector<AggregateColumn> columns,
                             PatternColumns(pattern, reader.Text(), states, arena));
      const std::string_view group = reader.Raw(reader.remaining());
      for (const AggregateColumn& column : columns) {
        const size_t bytes = 2 * (group.size() + kPatternEntry);
        if (!pattern_reservation_.Grow(bytes)) {
          return plan_->run().budget->Exhausted(plan_->what(), bytes);
        }
        pattern_results_[p][std::string(group)].push_back(column);
        std::vector<Field>& fields = pattern_fields_[p];
        if (std::find(fields.begin(), fields.end(), column.field) == fields.end()) {
          fields.push_back(column.field);
        }
      }
      return arena.status(plan_->what());
    };
    SPELK_RETURN_IF_ERROR(pattern_tables_[p].ForEach(take));
    // In name order: the order in which fields were met depends on how the input was divided.
    std::sort(pattern_fields_[p].begin(), pattern_fields_[p].end(),
              [](Field a, Field b) { return a.name() < b.name(); });
  }
  return absl::OkStatus();
}

void Aggregation::AppendPatternResults(size_t index, std::string_view key, Arena& arena,
                                       std::vector<AggregateColumn>* results) const {
  const auto found = pattern_results_[index].find(key);
  for (const Field field : pattern_fields_[index]) {
    AggregateColumn result{field, Value::Null()};
    if (found != pattern_results_[index].end()) {
      for (const AggregateColumn& column : found->second) {
        if (column.field == field) result.value = CopyValue(column.value, arena);
      }
    }
    if (plan_->gives_partial_rows()) {
      AppendColumn(result.field, result.value, results);
    } else {
      results->push_back(result);
    }
  }
}

absl::Status Aggregation::ForEachGroup(Arena& arena, const TakeGroup& take) {
  SPELK_RETURN_IF_ERROR(CheckTaken());
  Arena pattern_arena(plan_->run().budget);
  SPELK_RETURN_IF_ERROR(CollectPatterns(pattern_arena));
  for (SparkLines& lines : spark_lines_) {
    SPELK_RETURN_IF_ERROR(plan_->gives_partial_rows() ? lines.CollectPartial(pattern_arena)
                                                      : lines.Collect(pattern_arena));
  }
  std::vector<AggregateColumn> results;
  const auto take_states = [&](std::string_view key, char* states) -> absl::Status {
    const GroupLayout& layout = plan_->layout();
    results.clear();
    if (plan_->gives_partial_rows()) {
      results.push_back({plan_->partial().version, Value::Integer(1)});
    }
    for (const size_t index : plan_->order()) {
      if (plan_->gives_partial_rows() && index < plan_->calls().size()) {
        AppendPartial(plan_->calls()[index], states, arena, &results);
      } else if (index < plan_->calls().size()) {
        const AggregationPlan::Call& call = plan_->calls()[index];
        results.push_back({call.call->output, plan_->ResultOf(call, layout, states, arena)});
      } else if (index < plan_->calls().size() + pattern_tables_.size()) {
        AppendPatternResults(index - plan_->calls().size(), key, arena, &results);
      } else {
        const size_t spark = index - plan_->calls().size() - pattern_tables_.size();
        const plan::AggregateCall& call = *plan_->spark_calls()[spark].call.call;
        if (plan_->gives_partial_rows()) {
          AppendColumn(call.partials[0], spark_lines_[spark].PartialOf(key, arena), &results);
        } else {
          results.push_back({call.output, spark_lines_[spark].LineOf(key, arena)});
        }
      }
    }
    SPELK_RETURN_IF_ERROR(arena.status(plan_->what()));
    const auto* types =
        reinterpret_cast<const TypesState*>(states + layout.offset(plan_->types_state()));
    return take(key, types->types, results);
  };
  return table_.ForEach(take_states);
}

// Collects groups into batches of rows.
class Aggregation::RowBuilder {
 public:
  RowBuilder(const AggregationPlan& plan, const TakeRows& take) : plan_(plan), take_(take) {}

  absl::Status Add(std::string_view key, uint64_t types,
                   const std::vector<AggregateColumn>& results) {
    if (!rows_) Start(results);
    row_.clear();
    for (const std::string_view part : SplitKey(key, plan_.by().size())) {
      row_.push_back(Value::Text(part, TypeFromBits(types, row_.size())));
    }
    for (const size_t index : shown_) row_.push_back(results[index].value);
    SPELK_RETURN_IF_ERROR(rows_->Add(row_));
    return rows_->full() ? Finish() : absl::OkStatus();
  }

  absl::Status Finish() {
    if (!rows_ || rows_->rows() == 0) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(Batch batch, rows_->Take());
    return take_(std::move(batch));
  }

 private:
  // Of columns with one name the first is shown.
  void Start(const std::vector<AggregateColumn>& results) {
    std::vector<Field> fields = plan_.by();
    for (size_t i = 0; i < results.size(); ++i) {
      if (std::find(fields.begin(), fields.end(), results[i].field) != fields.end()) continue;
      fields.push_back(results[i].field);
      shown_.push_back(i);
    }
    const size_t placed = fields.size();  // The results of a pattern come in name order.
    rows_.emplace(std::make_shared<Schema>(std::move(fields), placed), plan_.what(), plan_.run());
  }

  const AggregationPlan& plan_;
  const TakeRows& take_;
  std::vector<size_t> shown_;  // Indexes into the results.
  std::vector<Value> row_;
  std::optional<BatchBuilder> rows_;
};

absl::Status Aggregation::EmitRows(const TakeRows& take) {
  RowBuilder rows(*plan_, take);
  Arena arena(plan_->run().budget);
  SPELK_RETURN_IF_ERROR(ForEachGroup(arena, [&](std::string_view key, uint64_t types,
                                                const std::vector<AggregateColumn>& results) {
    absl::Status status = rows.Add(key, types, results);
    arena.Reset();
    return status;
  }));
  return rows.Finish();
}

absl::Status Aggregation::Emit(Output& out) {
  if (plan_->by().empty()) {
    if (plan_->order().empty()) return absl::OkStatus();
    SPELK_RETURN_IF_ERROR(table_.Group("").status());
  }
  SorterOptions options;
  for (const Field field : plan_->by()) options.keys.push_back({field, plan::SortBy::kText, false});
  options.what = plan_->what();
  Sorter sorter(std::move(options), plan_->run());
  uint64_t batches = 0;
  SPELK_RETURN_IF_ERROR(EmitRows([&](Batch rows) {
    return sorter.Add(std::move(rows), Position{batches++, 0});
  }));
  return sorter.Emit(out);
}

}  // namespace spelk::exec
