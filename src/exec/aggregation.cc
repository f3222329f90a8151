// Feeding rows into states, and making results of them.
#include "exec/aggregation.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "exec/sorter.h"
#include "value/number.h"
#include "value/wildcard.h"

namespace spelk::exec {
namespace {

// How the values of the BY fields were written: string wins where values of one text differ.
struct TypesState {
  uint64_t types = 0;
  bool any = false;

  void Add(uint64_t more) {
    types = any ? (types & more) : more;  // String is 0; number and literal never share a text.
    any = true;
  }
  void Add(const plan::AggregateInput&, plan::AggregateMemory&) {}
  void Merge(const TypesState& other, plan::AggregateMemory&) {
    if (other.any) Add(other.types);
  }
  Value Result(plan::AggregateResult&) const { return Value::Integer(static_cast<int64_t>(types)); }
  void Save(ByteWriter& out) const {
    out.Bool(any);
    out.Fixed(types);
  }
  void Load(ByteReader& in, plan::AggregateMemory&) {
    any = in.Bool();
    types = in.Fixed<uint64_t>();
  }
};

// Counts values that are no numbers, for allnum.
struct TextCountState {
  uint64_t texts = 0;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory&) {
    if (!NumberOf(input.value)) ++texts;
  }
  void Merge(const TextCountState& other, plan::AggregateMemory&) { texts += other.texts; }
  Value Result(plan::AggregateResult&) const { return Value::Integer(static_cast<int64_t>(texts)); }
  void Save(ByteWriter& out) const { out.Fixed(texts); }
  void Load(ByteReader& in, plan::AggregateMemory&) { texts = in.Fixed<uint64_t>(); }
};

bool NeedsRank(const plan::AggregateEntry& entry) {
  return entry.needs != plan::AggregateNeeds::kValue;
}

// Replaces the stars of `to` by what those of `from` took of `name`.
std::string CarryStars(std::string_view from, std::string_view to, std::string_view name) {
  const Wildcard pattern(from, Case::kExact);
  const std::vector<std::string_view> taken = pattern.Captures(name);
  std::string out;
  size_t star = 0;
  for (const char c : to) {
    if (c != '*') {
      out += c;
    } else if (star < taken.size()) {
      out += taken[star++];
    }
  }
  return out;
}

}  // namespace

// ---------------------------------------------------------------- plan

absl::StatusOr<std::unique_ptr<const AggregationPlan>> AggregationPlan::Make(
    const std::vector<plan::AggregateCall>& calls, const std::vector<Field>& by, bool all_numbers,
    bool distinct_split_values, const RunContext& run, std::string_view what) {
  auto plan = std::make_unique<AggregationPlan>();
  plan->by_ = by;
  plan->distinct_ = distinct_split_values;
  plan->run_ = &run;
  plan->what_ = what;
  std::vector<const plan::AggregateOps*> ops = {&plan::OpsOf<TypesState>()};
  for (const plan::AggregateCall& call : calls) {
    double number = 0;
    const plan::AggregateEntry* entry = run.entries->Aggregate(call.function, &number);
    SPELK_CHECK(entry != nullptr);
    Call planned{entry, &call};
    planned.boolean = call.expression != nullptr && call.expression->type == plan::Type::kBoolean;
    if (!call.pattern.empty()) {
      std::vector<const plan::AggregateOps*> own = {&entry->ops()};
      if (all_numbers && entry->numeric) {
        planned.text_count = own.size();
        own.push_back(&plan::OpsOf<TextCountState>());
      }
      plan->order_.push_back(calls.size() + plan->pattern_calls_.size());
      plan->pattern_calls_.push_back({planned, std::make_unique<GroupLayout>(std::move(own))});
      continue;
    }
    planned.state = ops.size();
    ops.push_back(&entry->ops());
    if (all_numbers && entry->numeric) {
      planned.text_count = ops.size();
      ops.push_back(&plan::OpsOf<TextCountState>());
    }
    plan->order_.push_back(plan->calls_.size());
    plan->calls_.push_back(planned);
  }
  for (size_t& index : plan->order_) {
    if (index >= calls.size()) index = index - calls.size() + plan->calls_.size();
  }
  plan->layout_ = std::make_unique<GroupLayout>(std::move(ops));
  return plan;
}

// ---------------------------------------------------------------- adding rows

struct Aggregation::Argument {
  Column column;
  bool present = true;  // False: no row has the field.
};

Aggregation::Aggregation(const AggregationPlan& plan)
    : plan_(&plan), table_(plan.layout(), plan.run(), plan.what()) {
  for (const AggregationPlan::PatternCall& call : plan.pattern_calls()) {
    pattern_tables_.emplace_back(*call.layout, plan.run(), plan.what());
  }
}

absl::StatusOr<Aggregation> Aggregation::Make(const AggregationPlan& plan) {
  Aggregation aggregation(plan);
  for (const AggregationPlan::Call& call : plan.calls()) {
    aggregation.evaluators_.emplace_back();
    if (call.call->expression == nullptr) continue;
    SPELK_ASSIGN_OR_RETURN(aggregation.evaluators_.back(),
                           plan::Evaluator::Make(*call.call->expression, plan.run().evaluation));
  }
  return aggregation;
}

absl::StatusOr<std::vector<Aggregation::Argument>> Aggregation::EvaluateArguments(
    const Batch& batch) {
  std::vector<Argument> arguments;
  for (size_t i = 0; i < plan_->calls().size(); ++i) {
    const AggregationPlan::Call& call = plan_->calls()[i];
    Argument argument;
    if (evaluators_[i] != nullptr) {
      SPELK_RETURN_IF_ERROR(evaluators_[i]->EvaluateAssigned(batch, &argument.column));
      if (call.boolean) {
        Value* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
        SPELK_RETURN_IF_ERROR(batch.arena().status(plan_->what()));
        for (size_t r = 0; r < batch.size(); ++r) {
          const size_t row = batch.physical(r);
          const Value value = argument.column.At(row);
          values[row] = value.is_bool() && value.boolean() ? Value::Integer(1) : Value::Null();
        }
        argument.column = Column::Values({values, batch.physical_rows()});
      }
    } else if (call.call->field) {
      const Column* column = batch.Find(call.call->field);
      argument.present = column != nullptr;
      if (column != nullptr) argument.column = *column;
    } else {
      argument.column = Column::Constant(Value::Integer(1), batch.physical_rows());
    }
    arguments.push_back(argument);
  }
  return arguments;
}

absl::Status Aggregation::Flush(const Batch& batch, Position at,
                                const std::vector<Argument>& arguments) {
  if (rows_.empty()) return absl::OkStatus();
  states_.resize(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    static_cast<TypesState*>(table_.State(groups_[i], plan_->types_state()))->Add(types_[i]);
  }
  const BatchRanks ranks(batch, at);
  const Column* times = nullptr;
  plan::AggregateMemory memory;
  std::vector<uint32_t> physical(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i)
    physical[i] = static_cast<uint32_t>(batch.physical(rows_[i]));
  for (size_t c = 0; c < arguments.size(); ++c) {
    if (!arguments[c].present) continue;
    const AggregationPlan::Call& call = plan_->calls()[c];
    const auto add = [&](size_t state) {
      const plan::AggregateOps& ops = plan_->layout().ops(state);
      for (size_t i = 0; i < rows_.size(); ++i) states_[i] = table_.State(groups_[i], state);
      ops.add_column(states_, arguments[c].column, physical, memory);
    };
    if (call.text_count != SIZE_MAX) add(call.text_count);
    if (!NeedsRank(*call.entry)) {
      add(call.state);
      continue;
    }
    if (call.entry->needs == plan::AggregateNeeds::kTime && times == nullptr) {
      times = batch.Find(plan_->run().fields->Intern("_time"));
    }
    const plan::AggregateOps& ops = plan_->layout().ops(call.state);
    plan::AggregateInput input;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const Value value = arguments[c].column.At(physical[i]);
      if (value.is_null()) continue;
      input.rank = ranks.rank(rows_[i]);
      input.time = times == nullptr ? std::nullopt : NumberOf(times->At(physical[i]));
      for (const Value& each : value.each()) {
        input.value = each;
        ops.add(table_.State(groups_[i], call.state), input, memory);
        ++input.rank.value;
      }
    }
  }
  rows_.clear();
  groups_.clear();
  types_.clear();
  return table_.Account(memory);
}

absl::Status Aggregation::UpdateGroups(const Batch& batch, Position at,
                                       const std::vector<Argument>& arguments) {
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
  }
  absl::Status status = Flush(batch, at, arguments);
  return absl::IsResourceExhausted(status) ? table_.Spill() : status;
}

absl::Status Aggregation::Update(const Batch& batch, Position at) {
  if (batch.empty()) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(const std::vector<Argument> arguments, EvaluateArguments(batch));
  SPELK_RETURN_IF_ERROR(UpdateGroups(batch, at, arguments));
  return AddPatterns(batch, at);
}

absl::Status Aggregation::AddPatterns(const Batch& batch, Position at) {
  for (size_t p = 0; p < plan_->pattern_calls().size(); ++p) {
    const std::string& pattern = plan_->pattern_calls()[p].call.call->pattern;
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      const Field field = (*batch.schema())[c];
      if (field.hidden() || !plan::PatternTakes(pattern, field.name())) continue;
      if (std::find(plan_->by().begin(), plan_->by().end(), field) != plan_->by().end()) continue;
      SPELK_RETURN_IF_ERROR(AddPatternField(p, batch, at, field, batch.column(c)));
    }
  }
  return absl::OkStatus();
}

absl::Status Aggregation::AddPatternField(size_t index, const Batch& batch, Position at,
                                          Field field, const Column& column) {
  GroupTable& table = pattern_tables_[index];
  const BatchRanks ranks(batch, at);
  const Column* times = batch.Find(plan_->run().fields->Intern("_time"));
  GroupKeys keys(batch, plan_->by(), plan_->distinct_split_values());
  std::string full_key;
  plan::AggregateMemory memory;
  for (size_t r = 0; r < batch.size(); ++r) {
    const Value value = column.At(batch.physical(r));
    if (value.is_null()) continue;
    const auto take = [&](std::string_view key, uint64_t) -> absl::Status {
      full_key.clear();
      AppendKeyPart(field.name(), full_key);
      full_key += key;
      absl::StatusOr<uint32_t> group = table.Group(full_key);
      if (absl::IsResourceExhausted(group.status()) && table.size() > 0) {
        SPELK_RETURN_IF_ERROR(table.Spill());
        memory = {};
        group = table.Group(full_key);
      }
      SPELK_RETURN_IF_ERROR(group.status());
      plan::AggregateInput input;
      input.rank = ranks.rank(r);
      input.time = times == nullptr ? std::nullopt : NumberOf(times->At(batch.physical(r)));
      for (const Value& each : value.each()) {
        input.value = each;
        for (size_t s = 0; s < plan_->pattern_calls()[index].layout->size(); ++s) {
          plan_->pattern_calls()[index].layout->ops(s).add(table.State(*group, s), input, memory);
        }
        ++input.rank.value;
      }
      return absl::OkStatus();
    };
    SPELK_RETURN_IF_ERROR(keys.ForRow(r, take));
  }
  absl::Status status = table.Account(memory);
  return absl::IsResourceExhausted(status) ? table.Spill() : status;
}

absl::Status Aggregation::Merge(Aggregation other) {
  SPELK_RETURN_IF_ERROR(table_.Merge(std::move(other.table_)));
  for (size_t i = 0; i < pattern_tables_.size(); ++i) {
    SPELK_RETURN_IF_ERROR(pattern_tables_[i].Merge(std::move(other.pattern_tables_[i])));
  }
  return absl::OkStatus();
}

absl::Status Aggregation::Save(ByteWriter& out) {
  SPELK_RETURN_IF_ERROR(table_.Save(out));
  for (GroupTable& table : pattern_tables_) SPELK_RETURN_IF_ERROR(table.Save(out));
  return absl::OkStatus();
}

absl::Status Aggregation::Load(ByteReader& in) {
  SPELK_RETURN_IF_ERROR(table_.Load(in));
  for (GroupTable& table : pattern_tables_) SPELK_RETURN_IF_ERROR(table.Load(in));
  return absl::OkStatus();
}

// ---------------------------------------------------------------- results

Field Aggregation::OutputOf(const plan::AggregateCall& call, std::string_view field) const {
  return plan_->run().fields->Intern(CarryStars(call.pattern, call.output_pattern, field));
}

absl::Status Aggregation::CollectPatterns(Arena& arena) {
  pattern_results_.resize(pattern_tables_.size());
  pattern_fields_.resize(pattern_tables_.size());
  for (size_t p = 0; p < pattern_tables_.size(); ++p) {
    const AggregationPlan::PatternCall& pattern = plan_->pattern_calls()[p];
    const auto take = [&](std::string_view key, char* states) {
      ByteReader reader(key);
      const Field output = OutputOf(*pattern.call.call, reader.Text());
      plan::AggregateResult result{arena, pattern.call.call->number};
      Value value = pattern.layout->ops(0).result(states + pattern.layout->offset(0), result);
      if (pattern.call.text_count != SIZE_MAX) {
        const size_t offset = pattern.layout->offset(pattern.call.text_count);
        if (reinterpret_cast<TextCountState*>(states + offset)->texts > 0) value = Value::Null();
      }
      std::string group(reader.Raw(reader.remaining()));
      pattern_results_[p][std::move(group)].push_back({output, CopyValue(value, arena)});
      std::vector<Field>& fields = pattern_fields_[p];
      if (std::find(fields.begin(), fields.end(), output) == fields.end()) fields.push_back(output);
      return arena.status(plan_->what());
    };
    SPELK_RETURN_IF_ERROR(pattern_tables_[p].ForEach(take));
    // In name order: the order in which fields were met depends on how the input was divided.
    std::sort(pattern_fields_[p].begin(), pattern_fields_[p].end(),
              [](Field a, Field b) { return a.name() < b.name(); });
  }
  return absl::OkStatus();
}

absl::Status Aggregation::ForEachGroup(Arena& arena, const TakeGroup& take) {
  Arena pattern_arena(plan_->run().budget);
  SPELK_RETURN_IF_ERROR(CollectPatterns(pattern_arena));
  const auto take_states = [&](std::string_view key, char* states) -> absl::Status {
    const GroupLayout& layout = plan_->layout();
    std::vector<AggregateColumn> results;
    for (const size_t index : plan_->order()) {
      if (index < plan_->calls().size()) {
        const AggregationPlan::Call& call = plan_->calls()[index];
        plan::AggregateResult result{arena, call.call->number};
        Value value = layout.ops(call.state).result(states + layout.offset(call.state), result);
        if (call.text_count != SIZE_MAX &&
            reinterpret_cast<TextCountState*>(states + layout.offset(call.text_count))->texts > 0) {
          value = Value::Null();
        }
        results.push_back({call.call->output, value});
        continue;
      }
      const size_t p = index - plan_->calls().size();
      const auto found = pattern_results_[p].find(key);
      for (const Field field : pattern_fields_[p]) {
        results.push_back({field, Value::Null()});
        if (found == pattern_results_[p].end()) continue;
        for (const AggregateColumn& column : found->second) {
          if (column.field == field) results.back().value = column.value;
        }
      }
    }
    const auto* types =
        reinterpret_cast<const TypesState*>(states + layout.offset(plan_->types_state()));
    return take(key, types->types, results);
  };
  return table_.ForEach(take_states);
}

absl::Status Aggregation::Emit(Output& out) {
  const RunContext& run = plan_->run();
  if (plan_->by().empty()) SPELK_RETURN_IF_ERROR(table_.Group("").status());
  SorterOptions options;
  for (const Field field : plan_->by()) options.keys.push_back({field, plan::SortBy::kText, false});
  options.what = plan_->what();
  Sorter sorter(std::move(options), run);
  SchemaPtr schema;
  std::vector<std::vector<Value>> columns;
  auto memory = std::make_shared<BatchMemory>(run.budget);
  uint64_t batches = 0;
  const auto add_batch = [&]() -> absl::Status {
    if (schema == nullptr || columns.front().empty()) return absl::OkStatus();
    std::vector<Column> views;
    for (const std::vector<Value>& column : columns) views.push_back(Column::Values(column));
    const Batch batch(schema, std::move(views), columns.front().size(), memory);
    SPELK_RETURN_IF_ERROR(sorter.Add(batch, Position{batches++, 0}));
    for (std::vector<Value>& column : columns) column.clear();
    memory = std::make_shared<BatchMemory>(run.budget);
    return absl::OkStatus();
  };
  Arena results_arena(run.budget);
  const auto take = [&](std::string_view key, uint64_t types,
                        const std::vector<AggregateColumn>& results) -> absl::Status {
    if (schema == nullptr) {
      std::vector<Field> fields = plan_->by();
      for (const AggregateColumn& result : results) fields.push_back(result.field);
      schema = std::make_shared<Schema>(std::move(fields));
      columns.resize(schema->size());
    }
    const std::vector<std::string_view> parts = SplitKey(key, plan_->by().size());
    for (size_t i = 0; i < parts.size(); ++i) {
      columns[i].push_back(Value::Text(memory->arena.Copy(parts[i]), TypeFromBits(types, i)));
    }
    for (size_t i = 0; i < results.size(); ++i) {
      columns[parts.size() + i].push_back(CopyValue(results[i].value, memory->arena));
    }
    SPELK_RETURN_IF_ERROR(memory->arena.status(plan_->what()));
    results_arena.Reset();
    return columns.front().size() >= run.batch_rows ? add_batch() : absl::OkStatus();
  };
  SPELK_RETURN_IF_ERROR(ForEachGroup(results_arena, take));
  SPELK_RETURN_IF_ERROR(add_batch());
  return sorter.Emit(out);
}

}  // namespace spelk::exec
