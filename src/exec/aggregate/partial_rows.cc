// Partial rows of an aggregation: merging those that come, and making its own.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/aggregate/aggregation.h"

namespace spelk::exec {

// The columns of one statistic.
struct Aggregation::PartialColumns {
  std::string field;  // Of a pattern.
  const Column* texts = nullptr;
  std::vector<const Column*> codes;
};

// What the rows of one batch hold for the calls of a plan.
class Aggregation::PartialReader {
 public:
  PartialReader(const AggregationPlan& plan, const Batch& batch) : plan_(plan), batch_(batch) {}

  absl::Status Prepare() {
    for (const AggregationPlan::Call& call : plan_.calls()) calls_.push_back(ColumnsOf(call));
    for (const AggregationPlan::SparkCall& call : plan_.spark_calls()) {
      const std::vector<Field>& names = call.call.call->partials;
      sparks_.push_back(names.empty() ? nullptr : batch_.Find(names[0]));
    }
    for (const AggregationPlan::PatternCall& pattern : plan_.pattern_calls()) {
      SPELK_RETURN_IF_ERROR(FindFields(pattern));
    }
    return absl::OkStatus();
  }

  using Columns = PartialColumns;
  const Columns& call(size_t index) const { return calls_[index]; }
  const Column* spark(size_t index) const { return sparks_[index]; }
  const std::vector<Columns>& pattern(size_t index) const { return patterns_[index]; }

  // Merges into a state; `texts` is the one that counts values for allnum.
  absl::StatusOr<bool> Merge(const AggregationPlan::Call& call, const Columns& columns,
                             size_t physical, const RowRank& rank, void* state, void* texts,
                             plan::AggregateMemory& memory) {
    values_.clear();
    for (const Column* column : columns.codes) {
      values_.push_back(column == nullptr ? Value::Null() : column->At(physical));
    }
    const plan::PartialRead read = call.form().read(state, {values_, rank}, memory);
    if (read == plan::PartialRead::kDamaged) return Damaged(call);
    if (read == plan::PartialRead::kNothing) return false;
    if (texts == nullptr) return true;
    const Value counted = columns.texts == nullptr ? Value::Null() : columns.texts->At(physical);
    if (counted.is_null()) return false;
    const std::optional<uint64_t> number = plan::PartialInput{{&counted, 1}, rank}.Count(0);
    if (!number) return Damaged(call);
    static_cast<TextCountState*>(texts)->texts += *number;
    return true;
  }
  absl::Status Damaged(const AggregationPlan::Call& call) const {
    return absl::InvalidArgumentError(
        fmt::format("{}: what a partial row holds for {} is damaged: the fields {}* are as "
                    "sistats and its like write them, or none",
                    plan_.what(), call.call->function, plan::kPartialPrefix));
  }

 private:
  Columns ColumnsOf(const AggregationPlan::Call& call) const {
    Columns columns;
    const std::span<const Field> names = call.partials();
    if (call.text_count != SIZE_MAX && !call.call->partials.empty()) {
      columns.texts = batch_.Find(call.call->partials[0]);
    }
    for (size_t i = 0; i < call.form().codes.size(); ++i) {
      columns.codes.push_back(i < names.size() ? batch_.Find(names[i]) : nullptr);
    }
    return columns;
  }

  // The fields that a pattern takes, as the rows name them: psrsvd_<code>_<field>.
  absl::Status FindFields(const AggregationPlan::PatternCall& pattern) {
    std::vector<Columns>& found = patterns_.emplace_back();
    const std::span<const std::string_view> codes = pattern.call.form().codes;
    const auto of = [&](std::string_view field) -> Columns& {
      for (Columns& each : found) {
        if (each.field == field) return each;
      }
      found.push_back({std::string(field), nullptr, std::vector<const Column*>(codes.size())});
      return found.back();
    };
    for (size_t c = 0; c < batch_.schema()->size(); ++c) {
      std::string_view name = (*batch_.schema())[c].name();
      if (!name.starts_with(plan::kPartialPrefix)) continue;
      name.remove_prefix(plan::kPartialPrefix.size());
      const size_t end = name.find('_');
      if (end == std::string_view::npos || end + 1 == name.size()) continue;
      SPELK_ASSIGN_OR_RETURN(const Field field,
                             plan_.run().fields->TryIntern(name.substr(end + 1)));
      if (!plan_.Takes(pattern, field)) continue;
      const std::string_view code = name.substr(0, end);
      const auto known = std::find(codes.begin(), codes.end(), code);
      if (known != codes.end()) {
        of(field.name()).codes[static_cast<size_t>(known - codes.begin())] = &batch_.column(c);
      } else if (code == "tc" && pattern.call.text_count != SIZE_MAX) {
        of(field.name()).texts = &batch_.column(c);
      }
    }
    return absl::OkStatus();
  }

  const AggregationPlan& plan_;
  const Batch& batch_;
  std::vector<Columns> calls_;
  std::vector<const Column*> sparks_;
  std::vector<std::vector<Columns>> patterns_;
  std::vector<Value> values_;
};

// Rows of both kinds keep their places among each other.
absl::Status Aggregation::UpdateMixed(const Batch& batch, const Column& versions, Position at) {
  std::vector<uint32_t> partial;
  std::vector<uint32_t> others;
  std::vector<uint32_t> physical;
  for (size_t r = 0; r < batch.size(); ++r) {
    const size_t row = batch.physical(r);
    if (!versions.At(row).is_null()) {
      partial.push_back(static_cast<uint32_t>(r));
      continue;
    }
    others.push_back(static_cast<uint32_t>(r));
    physical.push_back(static_cast<uint32_t>(row));
  }
  if (partial.empty()) return UpdateRows(batch, at);
  SPELK_RETURN_IF_ERROR(AddPartialRows(batch, at, partial));
  if (others.empty()) return absl::OkStatus();
  Batch rest = batch;
  rest.Select(std::move(physical));
  places_ = &others;
  const absl::Status status = UpdateRows(rest, at);
  places_ = nullptr;
  return status;
}

absl::Status Aggregation::AddPartialRows(const Batch& batch, Position at,
                                         const std::vector<uint32_t>& rows) {
  any_partial_ = true;
  PartialReader reader(*plan_, batch);
  SPELK_RETURN_IF_ERROR(reader.Prepare());
  GroupKeys keys(batch, plan_->by(), plan_->distinct_split_values());
  const BatchRanks ranks(batch, at);
  for (const uint32_t row : rows) {
    const RowRank rank = ranks.rank(row);
    SPELK_RETURN_IF_ERROR(keys.ForRow(row, [&](std::string_view key, uint64_t types) {
      return AddPartialRow(reader, batch.physical(row), rank, key, types);
    }));
  }
  return table_.SpillUnderPressure();
}

absl::Status Aggregation::AddPartialRow(PartialReader& reader, size_t physical, const RowRank& rank,
                                        std::string_view key, uint64_t types) {
  SPELK_ASSIGN_OR_RETURN(const uint32_t group, GroupOrSpill(table_, key));
  plan::AggregateMemory memory;
  static_cast<TypesState*>(table_.State(group, plan_->types_state()))->Add(types);
  for (size_t c = 0; c < plan_->calls().size(); ++c) {
    const AggregationPlan::Call& call = plan_->calls()[c];
    void* texts = call.text_count == SIZE_MAX ? nullptr : table_.State(group, call.text_count);
    SPELK_ASSIGN_OR_RETURN(const bool taken,
                           reader.Merge(call, reader.call(c), physical, rank,
                                        table_.State(group, call.state), texts, memory));
    if (taken) taken_[c] = true;
  }
  SPELK_RETURN_IF_ERROR(AccountOrSpill(table_, memory));
  const size_t calls = plan_->calls().size();
  for (size_t p = 0; p < pattern_tables_.size(); ++p) {
    for (const PartialColumns& columns : reader.pattern(p)) {
      SPELK_ASSIGN_OR_RETURN(const bool taken,
                             AddPartialField(reader, p, columns, physical, rank, key));
      if (taken) taken_[calls + p] = true;
    }
  }
  for (size_t s = 0; s < spark_lines_.size(); ++s) {
    const Column* column = reader.spark(s);
    const Value value = column == nullptr ? Value::Null() : column->At(physical);
    if (value.is_null()) continue;
    SPELK_ASSIGN_OR_RETURN(const bool read, spark_lines_[s].AddPartial(key, TextOf(value)));
    if (!read) return reader.Damaged(plan_->spark_calls()[s].call);
    taken_[calls + pattern_tables_.size() + s] = true;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Aggregation::AddPartialField(PartialReader& reader, size_t index,
                                                  const PartialColumns& columns, size_t physical,
                                                  const RowRank& rank, std::string_view key) {
  const AggregationPlan::PatternCall& pattern = plan_->pattern_calls()[index];
  const bool any = std::any_of(columns.codes.begin(), columns.codes.end(), [&](const Column* each) {
    return each != nullptr && !each->At(physical).is_null();
  });
  if (!any) return false;
  std::string full_key;
  AppendKeyPart(columns.field, full_key);
  full_key += key;
  GroupTable& table = pattern_tables_[index];
  SPELK_ASSIGN_OR_RETURN(const uint32_t group, GroupOrSpill(table, full_key));
  plan::AggregateMemory memory;
  void* texts =
      pattern.call.text_count == SIZE_MAX ? nullptr : table.State(group, pattern.call.text_count);
  SPELK_ASSIGN_OR_RETURN(const bool taken, reader.Merge(pattern.call, columns, physical, rank,
                                                        table.State(group, 0), texts, memory));
  SPELK_RETURN_IF_ERROR(AccountOrSpill(table, memory));
  return taken;
}

absl::StatusOr<uint32_t> Aggregation::GroupOrSpill(GroupTable& table, std::string_view key) {
  absl::StatusOr<uint32_t> group = table.Group(key);
  if (!absl::IsResourceExhausted(group.status()) || table.size() == 0) return group;
  SPELK_RETURN_IF_ERROR(table.Spill());
  return table.Group(key);
}

absl::Status Aggregation::AccountOrSpill(GroupTable& table, const plan::AggregateMemory& memory) {
  const absl::Status status = table.Account(memory);
  return absl::IsResourceExhausted(status) ? table.Spill() : status;
}

void Aggregation::NoteTaken(const Aggregation& other) {
  any_partial_ = any_partial_ || other.any_partial_;
  for (size_t i = 0; i < taken_.size(); ++i) taken_[i] = taken_[i] || other.taken_[i];
}

// A statistic that no partial row holds anything for would show as null without a word.
absl::Status Aggregation::CheckTaken() const {
  if (!any_partial_) return absl::OkStatus();
  const auto named = [this](size_t index) -> const plan::AggregateCall& {
    const size_t calls = plan_->calls().size();
    const size_t patterns = plan_->pattern_calls().size();
    if (index < calls) return *plan_->calls()[index].call;
    if (index < calls + patterns) return *plan_->pattern_calls()[index - calls].call.call;
    return *plan_->spark_calls()[index - calls - patterns].call.call;
  };
  for (size_t i = 0; i < taken_.size(); ++i) {
    if (taken_[i]) continue;
    const plan::AggregateCall& call = named(i);
    return absl::InvalidArgumentError(fmt::format(
        "{}: the partial rows hold nothing for {}: what made them (sistats, sichart … or tstats "
        "prestats=t) must have the same statistic",
        plan_->what(), call.output ? call.output.name() : call.output_pattern));
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- making them

void Aggregation::AppendColumn(Field field, const Value& value,
                               std::vector<AggregateColumn>* results) {
  for (AggregateColumn& known : *results) {
    if (known.field != field) continue;
    if (known.value.is_null()) known.value = value;
    return;
  }
  results->push_back({field, value});
}

void Aggregation::AppendPartial(const AggregationPlan::Call& call, const char* states, Arena& arena,
                                std::vector<AggregateColumn>* results) const {
  const GroupLayout& layout = plan_->layout();
  if (call.text_count != SIZE_MAX) {
    const auto* counted =
        reinterpret_cast<const TextCountState*>(states + layout.offset(call.text_count));
    AppendColumn(call.call->partials[0], Value::Integer(static_cast<int64_t>(counted->texts)),
                 results);
  }
  const plan::PartialForm& form = call.form();
  std::vector<Value> values(form.written);
  form.write(states + layout.offset(call.state), values, arena);
  for (size_t i = 0; i < values.size(); ++i) AppendColumn(call.partials()[i], values[i], results);
}

absl::StatusOr<std::vector<AggregateColumn>> Aggregation::PartialPatternColumns(
    const AggregationPlan::PatternCall& pattern, std::string_view field, const char* states,
    Arena& arena) const {
  std::vector<AggregateColumn> columns;
  const auto add = [&](std::string_view code, const Value& value) -> absl::Status {
    SPELK_ASSIGN_OR_RETURN(const Field name,
                           plan_->run().fields->TryIntern(plan::PartialName(code, field)));
    columns.push_back({name, value});
    return absl::OkStatus();
  };
  const GroupLayout& layout = *pattern.layout;
  const plan::PartialForm& form = pattern.call.form();
  std::vector<Value> values(form.written);
  form.write(states + layout.offset(0), values, arena);
  for (size_t i = 0; i < values.size(); ++i) {
    SPELK_RETURN_IF_ERROR(add(form.codes[i], values[i]));
  }
  if (pattern.call.text_count == SIZE_MAX) return columns;
  const auto* counted =
      reinterpret_cast<const TextCountState*>(states + layout.offset(pattern.call.text_count));
  SPELK_RETURN_IF_ERROR(add("tc", Value::Integer(static_cast<int64_t>(counted->texts))));
  return columns;
}

}  // namespace spelk::exec
