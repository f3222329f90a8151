// Writing rows as tables.
#include "commands/output_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "plan/bind/lookups.h"
#include "plan/services.h"
#include "plan/table.h"
#include "value/field_order.h"
#include "value/number.h"

namespace spelk::commands {

std::string_view NameOf(TableText text) {
  switch (text) {
    case TableText::kLines:
      return "lines";
    case TableText::kBlanks:
      return "blanks";
    case TableText::kMultivalues:
      return "multivalues";
  }
  return "";
}

plan::Dataflow OutputTableNode::GetDataflow() const {
  return {
      .writes = plan::FieldSet(), .keeps_order = true, .results = false, .writes_table = lookup};
}

plan::FieldSet OutputTableNode::InputNeeds(const plan::FieldSet& needed) const {
  plan::FieldSet needs = needed;
  needs.AddAll();
  return needs;
}

namespace {

// The key of the rows of a collection.
constexpr std::string_view kKeyOfRow = "_key";

// ---------------------------------------------------------------- running

struct OutputState {
  std::unique_ptr<plan::TableBuilder> builder;  // Of the rows of the search.
  FieldOrder order;
  SchemaPtr schema;                            // For which `columns` hold.
  std::vector<std::optional<size_t>> columns;  // Of the builder; none for hidden fields.
  std::string joined;                          // Scratch.
};

class WriteTable final : public exec::Sequential<OutputState> {
 public:
  WriteTable(const OutputTableNode& node, const exec::RunContext& run)
      : lookup_(node.lookup),
        table_(node.table),
        file_(node.file),
        collection_(node.collection),
        append_(node.append),
        key_column_(node.key_column),
        update_(node.update),
        most_(node.most == 0 ? UINT64_MAX : node.most),
        create_empty_(node.create_empty),
        override_if_empty_(node.override_if_empty),
        text_(node.text),
        shape_(plan::ShapeOf(*node.input)),
        run_(run) {}

  // The table must be whole, however many rows are wanted after it.
  bool wants_all_rows() const override { return true; }

  absl::StatusOr<OutputState> NewState() const override {
    OutputState state;
    state.builder = std::make_unique<plan::TableBuilder>(
        std::vector<std::string>(), run_.budget, fmt::format("the lookup table {}", table_));
    state.order = FieldOrder(shape_.columns.value_or(std::vector<Field>()), shape_.Stages());
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, OutputState& state,
                                       exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(run_.cancel->status());
    state.order.Add(batch);
    if (batch.schema() != state.schema) {
      state.schema = batch.schema();
      state.columns.clear();
      for (const Field field : state.schema->fields()) {
        state.columns.push_back(
            field.hidden() ? std::nullopt : std::optional(state.builder->ColumnOf(field.name())));
      }
    }
    for (size_t row = 0; row < batch.size() && state.builder->rows() < most_; ++row) {
      state.builder->AddRow();
      for (size_t c = 0; c < state.columns.size(); ++c) {
        if (!state.columns[c]) continue;
        state.builder->Set(*state.columns[c], CellOf(batch.At(c, row), &state.joined));
      }
      SPELK_RETURN_IF_ERROR(state.builder->status());
    }
    if (!out.enough()) SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

  absl::Status Finish(OutputState& state, exec::Output&) const override {
    if (state.builder->rows() == 0) return FinishEmpty();
    std::vector<Field> found = state.order.fields();
    if (!shape_.columns) shape_.Arrange(&found);
    std::vector<std::string_view> names;
    for (const Field field : found) names.push_back(field.name());
    state.builder->Keep(names);
    SPELK_ASSIGN_OR_RETURN(plan::TablePtr rows, state.builder->Finish());
    if (append_ || collection_) {
      SPELK_ASSIGN_OR_RETURN(rows, Combined(*rows));
    }
    return Put(std::move(rows));
  }

 private:
  // A value as a cell holds it; `joined` holds the text of a multivalue until the next call.
  Value CellOf(const Value& value, std::string* joined) const {
    if (!value.is_multi() || text_ == TableText::kMultivalues || collection_) return value;
    joined->clear();
    char buffer[kNumberText];
    for (const Value& each : value.each()) {
      if (&each != value.each().data()) *joined += text_ == TableText::kBlanks ? ' ' : '\n';
      *joined += TextOf(each, buffer);
    }
    return Value::Text(*joined);
  }

  absl::Status FinishEmpty() const {
    if (append_ || !override_if_empty_) return absl::OkStatus();
    if (!create_empty_ && !collection_) return Put(nullptr);
    SPELK_ASSIGN_OR_RETURN(const plan::TablePtr existing, Existing());
    plan::TableBuilder empty(
        existing != nullptr && collection_ ? existing->columns() : std::vector<std::string>(),
        run_.budget, table_);
    SPELK_ASSIGN_OR_RETURN(plan::TablePtr rows, empty.Finish());
    return Put(std::move(rows));
  }

  absl::Status Put(plan::TablePtr rows) const {
    return run_.services.tables->Put(
        {table_, file_, std::move(rows), text_ == TableText::kMultivalues || collection_});
  }

  // Null if there is none.
  absl::StatusOr<plan::TablePtr> Existing() const {
    plan::Tables& tables = *run_.services.tables;
    SPELK_ASSIGN_OR_RETURN(const plan::LookupPtr lookup, tables.FindLookup(lookup_));
    if (lookup == nullptr) return nullptr;
    return tables.Rows(*lookup);
  }

  // Rows with the keys of new ones are replaced, others stay; new ones come after them. A file
  // keeps its columns.
  absl::StatusOr<plan::TablePtr> Combined(const plan::Table& added) const {
    plan::TablePtr existing;
    if (append_) {
      SPELK_ASSIGN_OR_RETURN(existing, Existing());
    }
    const bool has_columns = existing != nullptr && !existing->columns().empty();
    plan::TableBuilder all(has_columns ? existing->columns() : added.columns(), run_.budget,
                           fmt::format("the lookup table {}", table_));
    if (collection_) {
      (void)all.ColumnOf(kKeyOfRow);
      for (const std::string& column : added.columns()) (void)all.ColumnOf(column);
    }
    Merger merger(existing.get(), added, collection_ ? KeyColumn(added) : std::nullopt, update_);
    return merger.Merge(collection_, &all);
  }

  std::optional<size_t> KeyColumn(const plan::Table& added) const {
    return added.Find(key_column_.empty() ? kKeyOfRow : std::string_view(key_column_));
  }

  // Makes one table of two.
  class Merger {
   public:
    Merger(const plan::Table* existing, const plan::Table& added, std::optional<size_t> key,
           bool update)
        : existing_(existing), added_(added), key_(key), update_(update) {}

    absl::StatusOr<plan::TablePtr> Merge(bool collection, plan::TableBuilder* all) {
      for (size_t row = 0; key_ && row < added_.rows(); ++row) {
        const Value& key = added_.At(*key_, row);
        if (key.is_text()) last_[std::string(key.text())] = row;
      }
      const std::optional<size_t> old_key =
          existing_ == nullptr ? std::nullopt : existing_->Find(kKeyOfRow);
      for (size_t row = 0; existing_ != nullptr && row < existing_->rows(); ++row) {
        const std::string_view key = old_key && existing_->At(*old_key, row).is_text()
                                         ? existing_->At(*old_key, row).text()
                                         : std::string_view();
        if (!key.empty()) keys_.insert(std::string(key));
        const auto replaced = last_.find(key);
        if (replaced == last_.end() || !update_) {
          Add(*existing_, row, all);
        } else {
          AddKeyed(replaced->second, key, all);
        }
        SPELK_RETURN_IF_ERROR(all->status());
      }
      for (size_t row = 0; row < added_.rows(); ++row) {
        if (!collection) {
          Add(added_, row, all);
        } else if (!HasKey(row)) {
          AddKeyed(row, NewKey(), all);
        } else if (keys_.insert(std::string(KeyOf(row))).second) {
          AddKeyed(last_.find(KeyOf(row))->second, KeyOf(row), all);
        }
        SPELK_RETURN_IF_ERROR(all->status());
      }
      return all->Finish();
    }

   private:
    bool HasKey(size_t row) const { return key_ && added_.At(*key_, row).is_text(); }
    std::string_view KeyOf(size_t row) const { return added_.At(*key_, row).text(); }
    // Splunk's are random; these are the same in every run.
    std::string NewKey() {
      std::string key;
      do {
        key = fmt::format("{:024x}", ++next_);
      } while (!keys_.insert(key).second);
      return key;
    }
    // The cells of a row in the columns that there are.
    static void Add(const plan::Table& from, size_t row, plan::TableBuilder* all) {
      all->AddRow();
      for (size_t c = 0; c < from.columns().size(); ++c) {
        if (const auto column = all->Find(from.columns()[c])) all->Set(*column, from.At(c, row));
      }
    }
    void AddKeyed(size_t row, std::string_view key, plan::TableBuilder* all) const {
      Add(added_, row, all);
      all->Set(*all->Find(kKeyOfRow), Value::Text(key));
    }

    const plan::Table* existing_;
    const plan::Table& added_;
    const std::optional<size_t> key_;
    const bool update_;
    StringMap<size_t> last_;  // The last new row of each key.
    StringSet keys_;
    uint64_t next_ = 0;
  };

  const std::string lookup_;
  const std::string table_;
  const std::string file_;
  const bool collection_;
  const bool append_;
  const std::string key_column_;
  const bool update_;
  const uint64_t most_;
  const bool create_empty_;
  const bool override_if_empty_;
  const TableText text_;
  const plan::OutputShape shape_;
  const exec::RunContext& run_;
};

}  // namespace

exec::OperatorPtr BuildOutputTable(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<WriteTable>(plan::As<OutputTableNode>(node), run);
}

// ---------------------------------------------------------------- binding

absl::StatusOr<std::unique_ptr<OutputTableNode>> BindOutputTable(const ast::CommandCall& call,
                                                                 std::string_view name, Span place,
                                                                 plan::Binder& binder) {
  auto node = plan::Make<OutputTableNode>(call.span);
  if (name.find_first_of("/\\") != std::string_view::npos || name.starts_with('.')) {
    return binder.Error(ErrorCode::kBadArgument, place,
                        fmt::format("\"{}\" is no name of a file", name),
                        {"files are written into one folder; a name has no slash"});
  }
  node->table = name;
  node->file = name;
  SPELK_ASSIGN_OR_RETURN(node->append, binder.Flag(call, "append"));
  SPELK_ASSIGN_OR_RETURN(node->create_empty, binder.Flag(call, "create_empty"));
  SPELK_ASSIGN_OR_RETURN(node->override_if_empty, binder.Flag(call, "override_if_empty"));
  if (node->append && name.ends_with(".gz")) {
    return binder.Error(ErrorCode::kBadArgument, place, "rows cannot be appended to a .gz file");
  }
  return node;
}

}  // namespace spelk::commands
