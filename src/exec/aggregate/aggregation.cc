// Feeding rows into states.
#include "exec/aggregate/aggregation.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/status.h"

namespace spelk::exec {
namespace {

// Columns are gone through for so many rows at a time: more would not be faster, and what states
// take is known only afterwards.
constexpr size_t kRowsAtOnce = 256;

}  // namespace

Aggregation::Aggregation(const AggregationPlan& plan, AggregateArguments arguments)
    : plan_(&plan),
      arguments_(std::move(arguments)),
      table_(plan.layout(), plan.run(), plan.what()),
      taken_(plan.order().size()),
      pattern_reservation_(plan.run().budget) {
  for (const AggregationPlan::PatternCall& call : plan.pattern_calls()) {
    pattern_tables_.emplace_back(*call.layout, plan.run(), plan.what());
  }
  for (const AggregationPlan::SparkCall& call : plan.spark_calls()) {
    spark_lines_.emplace_back(plan, call);
  }
}

absl::StatusOr<Aggregation> Aggregation::Make(const AggregationPlan& plan) {
  SPELK_ASSIGN_OR_RETURN(AggregateArguments arguments, AggregateArguments::Make(plan));
  return Aggregation(plan, std::move(arguments));
}

absl::Status Aggregation::Update(const Batch& batch, Position at) {
  if (batch.empty()) return absl::OkStatus();
  const Field version = plan_->partial().version;
  const Column* versions = version ? batch.Find(version) : nullptr;
  return versions == nullptr ? UpdateRows(batch, at) : UpdateMixed(batch, *versions, at);
}

absl::Status Aggregation::UpdateRows(const Batch& batch, Position at) {
  SPELK_ASSIGN_OR_RETURN(const std::vector<AggregateArgument> arguments, arguments_.Of(batch));
  SPELK_RETURN_IF_ERROR(plan_->by().empty() ? UpdateAll(batch, at, arguments)
                                            : UpdateGroups(batch, at, arguments));
  SPELK_RETURN_IF_ERROR(AddPatterns(batch, at));
  for (size_t i = 0; i < spark_lines_.size(); ++i) {
    SPELK_RETURN_IF_ERROR(spark_lines_[i].Add(batch, at, arguments[plan_->calls().size() + i]));
  }
  for (GroupTable& table : pattern_tables_) SPELK_RETURN_IF_ERROR(table.SpillUnderPressure());
  return absl::OkStatus();
}

// Without BY all rows belong to one group: no keys, and columns are added as a whole.
absl::Status Aggregation::UpdateAll(const Batch& batch, Position at,
                                    const std::vector<AggregateArgument>& arguments) {
  absl::StatusOr<uint32_t> group = table_.Group("");
  SPELK_RETURN_IF_ERROR(group.status());
  const AggregateRows rows = RowsOf(batch, at);
  if (!batch.selection()) {
    physical_.resize(batch.size());
    std::iota(physical_.begin(), physical_.end(), 0U);
  }
  const std::span<const uint32_t> all =
      batch.selection() ? std::span<const uint32_t>(*batch.selection()) : physical_;
  plan::AggregateMemory memory;
  for (size_t c = 0; c < plan_->calls().size(); ++c) {
    if (!arguments[c].present) continue;
    const AggregationPlan::Call& call = plan_->calls()[c];
    const Column& column = arguments[c].column;
    if (call.text_count != SIZE_MAX) {
      plan_->layout()
          .ops(call.text_count)
          .add_all(table_.State(*group, call.text_count), column, all, memory);
    }
    const plan::AggregateOps& ops = plan_->layout().ops(call.state);
    void* state = table_.State(*group, call.state);
    if (!call.needs_rank()) {
      ops.add_all(state, column, all, memory);
      continue;
    }
    for (size_t r = 0; r < batch.size(); ++r) {
      rows.ForEachValue(column, r,
                        [&](const plan::AggregateInput& input) { ops.add(state, input, memory); });
    }
  }
  const absl::Status status = table_.Account(memory);
  if (absl::IsResourceExhausted(status)) return table_.Spill();
  SPELK_RETURN_IF_ERROR(status);
  return table_.SpillUnderPressure();
}

absl::Status Aggregation::Flush(const Batch& batch, Position at,
                                const std::vector<AggregateArgument>& arguments) {
  if (rows_.empty()) return absl::OkStatus();
  states_.resize(rows_.size());
  physical_.resize(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    static_cast<TypesState*>(table_.State(groups_[i], plan_->types_state()))->Add(types_[i]);
    physical_[i] = static_cast<uint32_t>(batch.physical(rows_[i]));
  }
  const AggregateRows rows = RowsOf(batch, at);
  plan::AggregateMemory memory;
  for (size_t c = 0; c < plan_->calls().size(); ++c) {
    if (!arguments[c].present) continue;
    const AggregationPlan::Call& call = plan_->calls()[c];
    const Column& column = arguments[c].column;
    const auto add = [&](size_t state) {
      for (size_t i = 0; i < rows_.size(); ++i) states_[i] = table_.State(groups_[i], state);
      plan_->layout().ops(state).add_column(states_, column, physical_, memory);
    };
    if (call.text_count != SIZE_MAX) add(call.text_count);
    if (!call.needs_rank()) {
      add(call.state);
      continue;
    }
    const plan::AggregateOps& ops = plan_->layout().ops(call.state);
    for (size_t i = 0; i < rows_.size(); ++i) {
      void* state = table_.State(groups_[i], call.state);
      rows.ForEachValue(column, rows_[i],
                        [&](const plan::AggregateInput& input) { ops.add(state, input, memory); });
    }
  }
  rows_.clear();
  groups_.clear();
  types_.clear();
  return table_.Account(memory);
}

absl::Status Aggregation::UpdateGroups(const Batch& batch, Position at,
                                       const std::vector<AggregateArgument>& arguments) {
  GroupKeys keys(batch, plan_->by(), plan_->distinct_split_values());
  for (size_t r = 0; r < batch.size(); ++r) {
    const auto take = [&](std::string_view key, uint64_t types) -> absl::Status {
      absl::StatusOr<uint32_t> group = table_.Group(key);
      if (absl::IsResourceExhausted(group.status()) && table_.size() > 0) {
        // The rows so far go into their groups before these leave for the disk.
        if (absl::Status status = Flush(batch, at, arguments);
            !status.ok() && !absl::IsResourceExhausted(status)) {
          return status;
        }
        SPELK_RETURN_IF_ERROR(table_.Spill());
        group = table_.Group(key);
      }
      SPELK_RETURN_IF_ERROR(group.status());
      rows_.push_back(static_cast<uint32_t>(r));
      groups_.push_back(*group);
      types_.push_back(types);
      return absl::OkStatus();
    };
    SPELK_RETURN_IF_ERROR(keys.ForRow(r, take));
    if (rows_.size() >= kRowsAtOnce) SPELK_RETURN_IF_ERROR(FlushAndSpill(batch, at, arguments));
  }
  return FlushAndSpill(batch, at, arguments);
}

absl::Status Aggregation::FlushAndSpill(const Batch& batch, Position at,
                                        const std::vector<AggregateArgument>& arguments) {
  const absl::Status status = Flush(batch, at, arguments);
  if (absl::IsResourceExhausted(status)) return table_.Spill();
  SPELK_RETURN_IF_ERROR(status);
  return table_.SpillUnderPressure();
}

absl::Status Aggregation::AddPatterns(const Batch& batch, Position at) {
  for (size_t p = 0; p < plan_->pattern_calls().size(); ++p) {
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      const Field field = (*batch.schema())[c];
      if (!plan_->Takes(plan_->pattern_calls()[p], field)) continue;
      SPELK_RETURN_IF_ERROR(AddPatternField(p, batch, at, field, batch.column(c)));
    }
  }
  return absl::OkStatus();
}

absl::Status Aggregation::AddPatternField(size_t index, const Batch& batch, Position at,
                                          Field field, const Column& column) {
  if (column.is_null_constant()) return absl::OkStatus();
  GroupTable& table = pattern_tables_[index];
  const GroupLayout& layout = *plan_->pattern_calls()[index].layout;
  const AggregateRows rows = RowsOf(batch, at);
  GroupKeys keys(batch, plan_->by(), plan_->distinct_split_values());
  std::string full_key;
  AppendKeyPart(field.name(), full_key);
  const size_t name_size = full_key.size();
  plan::AggregateMemory memory;
  for (size_t r = 0; r < batch.size(); ++r) {
    if (column.At(batch.physical(r)).is_null()) continue;
    const auto take = [&](std::string_view key, uint64_t) -> absl::Status {
      full_key.resize(name_size);
      full_key += key;
      absl::StatusOr<uint32_t> group = table.Group(full_key);
      if (absl::IsResourceExhausted(group.status()) && table.size() > 0) {
        SPELK_RETURN_IF_ERROR(table.Spill());
        memory = {};
        group = table.Group(full_key);
      }
      SPELK_RETURN_IF_ERROR(group.status());
      rows.ForEachValue(column, r, [&](const plan::AggregateInput& input) {
        for (size_t s = 0; s < layout.size(); ++s) {
          layout.ops(s).add(table.State(*group, s), input, memory);
        }
      });
      return absl::OkStatus();
    };
    SPELK_RETURN_IF_ERROR(keys.ForRow(r, take));
  }
  const absl::Status status = table.Account(memory);
  return absl::IsResourceExhausted(status) ? table.Spill() : status;
}

bool Aggregation::has_spilled() const {
  return table_.has_spilled() ||
         std::any_of(spark_lines_.begin(), spark_lines_.end(),
                     [](const SparkLines& lines) { return lines.has_spilled(); }) ||
         std::any_of(pattern_tables_.begin(), pattern_tables_.end(),
                     [](const GroupTable& table) { return table.has_spilled(); });
}

absl::Status Aggregation::Merge(Aggregation other) {
  NoteTaken(other);
  SPELK_RETURN_IF_ERROR(table_.Merge(std::move(other.table_)));
  for (size_t i = 0; i < pattern_tables_.size(); ++i) {
    SPELK_RETURN_IF_ERROR(pattern_tables_[i].Merge(std::move(other.pattern_tables_[i])));
  }
  for (size_t i = 0; i < spark_lines_.size(); ++i) {
    SPELK_RETURN_IF_ERROR(spark_lines_[i].Merge(std::move(other.spark_lines_[i])));
  }
  return absl::OkStatus();
}

absl::Status Aggregation::MergeAs(Aggregation& other, const RenameGroup& rename) {
  NoteTaken(other);
  SPELK_RETURN_IF_ERROR(other.table_.ForEach(
      [&](std::string_view key, char* states) { return table_.MergeStates(rename(key), states); }));
  for (size_t i = 0; i < pattern_tables_.size(); ++i) {
    std::string renamed;
    const auto merge = [&](std::string_view key, char* states) {
      ByteReader reader(key);
      renamed.clear();
      AppendKeyPart(reader.Text(), renamed);
      renamed += rename(reader.Raw(reader.remaining()));
      return pattern_tables_[i].MergeStates(renamed, states);
    };
    SPELK_RETURN_IF_ERROR(other.pattern_tables_[i].ForEach(merge));
  }
  for (size_t i = 0; i < spark_lines_.size(); ++i) {
    SPELK_RETURN_IF_ERROR(spark_lines_[i].MergeAs(other.spark_lines_[i], rename));
  }
  return absl::OkStatus();
}

void Aggregation::KeepForAgain() {
  table_.KeepForAgain();
  for (GroupTable& table : pattern_tables_) table.KeepForAgain();
  for (SparkLines& lines : spark_lines_) lines.KeepForAgain();
}

absl::Status Aggregation::Save(ByteWriter& out) {
  out.Bool(any_partial_);
  for (const bool taken : taken_) out.Bool(taken);
  SPELK_RETURN_IF_ERROR(table_.Save(out));
  for (GroupTable& table : pattern_tables_) SPELK_RETURN_IF_ERROR(table.Save(out));
  for (SparkLines& lines : spark_lines_) SPELK_RETURN_IF_ERROR(lines.Save(out));
  return absl::OkStatus();
}

absl::Status Aggregation::Load(ByteReader& in) {
  any_partial_ = in.Bool();
  for (size_t i = 0; i < taken_.size(); ++i) taken_[i] = in.Bool();
  SPELK_RETURN_IF_ERROR(table_.Load(in));
  for (GroupTable& table : pattern_tables_) SPELK_RETURN_IF_ERROR(table.Load(in));
  for (SparkLines& lines : spark_lines_) SPELK_RETURN_IF_ERROR(lines.Load(in));
  return absl::OkStatus();
}

}  // namespace spelk::exec
