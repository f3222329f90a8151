// mvcombine: rows that differ in one field alone become one row with all its values.
#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "base/arena_builder.h"
#include "commands/entry.h"
#include "exec/aggregate/group_keys.h"
#include "exec/column_setter.h"
#include "exec/row_sink.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct MvCombineNode final : plan::Node {
  static constexpr std::string_view kName = "mvcombine";
  Field field;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.runs = Runs::kSink;
    flow.reads = plan::FieldSet::All();
    flow.writes = plan::FieldSet::Of({field});
    flow.makes = {field};
    return flow;
  }
  // A field that is not there is not made.
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
  }
};

// The column of what is equal in rows that are combined. It takes the place of one that only base
// searches ask for, and no row that comes out has it.
constexpr Field kCombineKey = hidden::kSources;

// Writes all that a row has but for one field: equal texts for rows that are alike.
class OtherFields {
 public:
  OtherFields(const Batch& batch, Field field) : batch_(batch) {
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      const Field other = (*batch.schema())[c];
      if (other != field && !other.hidden()) columns_.emplace_back(other.name(), &batch.column(c));
    }
    std::sort(columns_.begin(), columns_.end());
  }

  void Append(size_t row, std::string& key) const {
    char buffer[kNumberText];
    for (const auto& [name, column] : columns_) {
      const Value value = column->At(batch_.physical(row));
      if (value.is_null()) continue;
      exec::AppendKeyPart(name, key);
      ByteWriter(key).Varint(value.count());
      for (const Value& each : value.each()) exec::AppendKeyPart(TextOf(each, buffer), key);
    }
  }

 private:
  const Batch& batch_;
  std::vector<std::pair<std::string_view, const Column*>> columns_;  // By name.
};

// Takes rows that are sorted by their keys and makes one of those that follow each other with the
// same key; puts them back into the order of their ranks.
class Combiner {
  struct Row {
    const Batch* batch;  // In sources_.
    size_t row;          // Physical.
  };

 public:
  Combiner(Field field, const exec::RunContext& run)
      : field_(field), run_(run), combined_({.what = "mvcombine"}, run) {}

  absl::Status Add(const Batch& batch, uint32_t row, const exec::RowRank& rank) {
    const size_t physical = batch.physical(row);
    const std::string_view key = batch.Find(kCombineKey)->At(physical).text();
    if (first_.empty() || key != key_) {
      SPELK_RETURN_IF_ERROR(EndGroup());
      if (!first_.empty() && (!HasFieldsOf(batch) || full())) SPELK_RETURN_IF_ERROR(Flush());
      key_ = key;
      std::shared_ptr<const Batch>& source = sources_[batch.memory().get()];
      if (source == nullptr) source = std::make_shared<const Batch>(batch);
      first_.push_back({source.get(), physical});
      ranks_.push_back(rank);
    }
    const Column* column = batch.Find(field_);
    const Value value = column == nullptr ? Value::Null() : column->At(physical);
    for (const Value& each : value.each()) collected_->Add(CopyValue(each, memory_->arena));
    return memory_->arena.status("mvcombine");
  }

  absl::Status Finish(exec::Output& out) {
    SPELK_RETURN_IF_ERROR(EndGroup());
    SPELK_RETURN_IF_ERROR(Flush());
    return combined_.Emit(out);
  }

 private:
  bool HasFieldsOf(const Batch& batch) const {
    const SchemaPtr& schema = first_.front().batch->schema();
    return schema == batch.schema() || (schema->fields() == batch.schema()->fields() &&
                                        schema->placed() == batch.schema()->placed());
  }
  bool full() const { return first_.size() >= run_.batch_rows || run_.budget->under_pressure(); }

  absl::Status EndGroup() {
    if (first_.size() > values_.size()) values_.push_back(Value::Multi(collected_->Finish()));
    return memory_->arena.status("mvcombine");
  }

  // The rows so far, which have the same fields: their order stays what it was.
  absl::Status Flush() {
    if (first_.empty()) return absl::OkStatus();
    const Schema& schema = *first_.front().batch->schema();
    std::vector<Field> fields;
    std::vector<Column> columns;
    for (const Field field : schema.fields()) {
      if (field != kCombineKey) fields.push_back(field);
    }
    if (!schema.Find(field_)) fields.push_back(field_);
    for (const Field field : fields) {
      auto* values = memory_->arena.AllocateArray<Value>(first_.size());
      SPELK_RETURN_IF_ERROR(memory_->arena.status("mvcombine"));
      for (size_t r = 0; r < first_.size(); ++r) {
        values[r] = field == field_ ? values_[r] : first_[r].batch->Find(field)->At(first_[r].row);
      }
      columns.push_back(Column::Values({values, first_.size()}));
    }
    for (const auto& [memory, batch] : sources_) memory_->pins.push_back(batch->memory());
    const Batch rows(std::make_shared<Schema>(std::move(fields), schema.placed()),
                     std::move(columns), first_.size(), memory_);
    SPELK_RETURN_IF_ERROR(combined_.Add(rows, std::exchange(ranks_, {})));
    first_.clear();
    sources_.clear();
    values_.clear();
    memory_ = std::make_shared<BatchMemory>(run_.budget);
    collected_.emplace(memory_->arena);
    return absl::OkStatus();
  }

  const Field field_;
  const exec::RunContext& run_;
  exec::Sorter combined_;
  std::string key_;
  std::vector<Row> first_;  // The first row of each group since the last flush.
  absl::flat_hash_map<const BatchMemory*, std::shared_ptr<const Batch>> sources_;
  std::vector<exec::RowRank> ranks_;
  std::vector<Value> values_;  // Of the groups that have ended.
  BatchMemoryPtr memory_ = std::make_shared<BatchMemory>(run_.budget);
  std::optional<ArenaBuilder<Value>> collected_{std::in_place, memory_->arena};
};

class MvCombine final : public exec::SorterSink {
 public:
  MvCombine(const MvCombineNode& node, const exec::RunContext& run)
      : SorterSink(
            {.keys = {{.field = kCombineKey, .by = plan::SortBy::kText}}, .what = "mvcombine"},
            run),
        field_(node.field) {}

  absl::Status Update(exec::Sorter& rows, Batch batch, exec::Position at) const override {
    const OtherFields others(batch, field_);
    auto* keys = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("mvcombine"));
    std::string key;
    for (size_t r = 0; r < batch.size(); ++r) {
      key.clear();
      others.Append(r, key);
      keys[batch.physical(r)] = Value::Text(batch.arena().Copy(key));
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("mvcombine"));
    exec::ColumnSetter(kCombineKey).Set(Column::Values({keys, batch.physical_rows()}), &batch);
    return rows.Add(std::move(batch), at);
  }

  absl::Status Finish(exec::Sorter rows, exec::Output& out) const override {
    Combiner combiner(field_, run());
    const auto add = [&](const Batch& batch, uint32_t row,
                         const exec::RowRank& rank) -> absl::StatusOr<exec::Demand> {
      SPELK_RETURN_IF_ERROR(combiner.Add(batch, row, rank));
      return exec::Demand::kMore;
    };
    SPELK_RETURN_IF_ERROR(rows.ForEach(add));
    return combiner.Finish(out);
  }

 private:
  const Field field_;
};

absl::StatusOr<plan::NodePtr> BindMvCombine(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<MvCombineNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(std::string delimiter, binder.Text(call, "delim"));
  SPELK_ASSIGN_OR_RETURN(node->field, binder.OneField(call));
  binder.NoteDelimiter(node->field, std::move(delimiter));
  if (node->field.internal()) {
    return binder.Error(ErrorCode::kBadArgument, binder.Positional(call)[0]->span,
                        "it does not apply to internal fields, whose names begin with _",
                        {"give the field another name first: rename _time AS time"});
  }
  return node;
}

exec::OperatorPtr BuildMvCombine(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<MvCombine>(plan::As<MvCombineNode>(node), run);
}

constexpr Argument kMvCombineArguments[] = {
    {.name = "field",
     .type = "field",
     .fallback = "",
     .summary = "The field whose values come together."},
    {.name = "delim",
     .type = "text",
     .fallback = " ",
     .summary = "What nomv puts between the values afterwards.",
     .is_option = true}};
constexpr std::string_view kMvCombineNotes[] = {
    "all other fields must be equal, _time and _raw too: choose the fields with table or fields - "
    "first",
    "the row stands where the first of its rows stood, and the values come in the order of the "
    "rows"};
constexpr Example kMvCombineExamples[] = {
    {.title = "One row for each group, with all its values",
     .input = R"({"max":9,"host":"www1"} {"max":9,"host":"www2"} {"max":4,"host":"db"})",
     .query = "table max host | mvcombine host",
     .output = R"({"max":9,"host":["www1","www2"]} {"max":4,"host":"db"})"},
    {.title = "As one text",
     .input = R"({"max":9,"host":"www1"} {"max":9,"host":"www2"})",
     .query = "table max host | mvcombine delim=\",\" host | nomv host",
     .output = R"({"max":9,"host":"www1,www2"})"},
};

constexpr plan::NodeEntry kMvCombineNodes[] = {{&plan::TypeOf<MvCombineNode>, &BuildMvCombine}};

}  // namespace

extern constexpr CommandEntry kMvCombine = {
    .name = "mvcombine",
    .signature = "mvcombine [delim=<text>] <field>",
    .summary = "Makes one row, with all values, of rows that differ in one field alone.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kMvCombineArguments,
    .notes = kMvCombineNotes,
    .examples = kMvCombineExamples,
    .nodes = kMvCombineNodes,
    .bind = &BindMvCombine,
};

}  // namespace spelk::commands
