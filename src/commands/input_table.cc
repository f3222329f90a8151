// Reading tables as rows.
#include "commands/input_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "plan/bind/lookups.h"
#include "plan/services.h"
#include "plan/table.h"

namespace spelk::commands {

plan::Dataflow InputTableNode::GetDataflow() const {
  // Rows come in that none of the input are: any field may differ after it.
  if (append) return {.reads = plan::FieldSet()};
  plan::Dataflow flow{
      .reads = plan::FieldSet(), .passes = false, .order = Order::kDestroys, .runs = Runs::kSource};
  if (!open) flow.columns = columns;
  return flow;
}

plan::FieldSet InputTableNode::InputNeeds(const plan::FieldSet& needed) const { return needed; }

std::optional<std::vector<Field>> InputTableNode::OutputColumns(
    const std::optional<std::vector<Field>>& before) const {
  if (open || (append && !before)) return std::nullopt;
  if (!append) return columns;
  std::vector<Field> all = *before;
  for (const Field column : columns) {
    if (std::find(all.begin(), all.end(), column) == all.end()) all.push_back(column);
  }
  return all;
}

namespace {

// ---------------------------------------------------------------- running

class TableRows {
 public:
  TableRows(const InputTableNode& node, const exec::RunContext& run)
      : table_(node.table),
        file_(node.file),
        start_(node.start),
        most_(node.most),
        predicate_(node.predicate == nullptr ? nullptr : plan::Copy(*node.predicate)),
        schema_(node.open ? nullptr : std::make_shared<Schema>(node.columns, node.columns.size())),
        run_(run) {}

  absl::Status Push(exec::Output& out) const {
    SPELK_ASSIGN_OR_RETURN(const plan::TablePtr table, Find());
    SPELK_ASSIGN_OR_RETURN(const SchemaPtr schema, SchemaFor(*table));
    std::vector<std::optional<size_t>> columns;
    for (const Field field : schema->fields()) columns.push_back(table->Find(field.name()));
    std::unique_ptr<plan::Evaluator> evaluator;
    if (predicate_ != nullptr) {
      SPELK_ASSIGN_OR_RETURN(evaluator, plan::Evaluator::Make(*predicate_, run_.evaluation));
    }
    size_t row = std::min<uint64_t>(start_, table->rows());
    const size_t end = row + std::min<uint64_t>(most_, table->rows() - row);
    while (row < end && !out.enough()) {
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      const size_t stretch = plan::Table::kStretch - row % plan::Table::kStretch;
      const size_t rows = std::min({stretch, end - row, run_.batch_rows});
      auto memory = std::make_shared<BatchMemory>(run_.budget);
      memory->pins.push_back(table);
      std::vector<Column> made;
      for (const std::optional<size_t>& column : columns) {
        made.push_back(column ? Column::Values(table->Cells(*column, row, rows))
                              : Column::Null(rows));
      }
      Batch batch(schema, std::move(made), rows, std::move(memory));
      if (evaluator != nullptr) SPELK_RETURN_IF_ERROR(evaluator->Filter(&batch));
      if (!batch.empty()) SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
      row += rows;
    }
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<SchemaPtr> SchemaFor(const plan::Table& table) const {
    if (schema_ != nullptr) return schema_;
    std::vector<Field> fields;
    for (const std::string& column : table.columns()) {
      SPELK_ASSIGN_OR_RETURN(fields.emplace_back(), run_.fields->TryIntern(column));
    }
    const size_t placed = fields.size();
    return std::make_shared<Schema>(std::move(fields), placed);
  }

  absl::StatusOr<plan::TablePtr> Find() const {
    plan::Tables& tables = *run_.services.tables;
    SPELK_ASSIGN_OR_RETURN(const plan::LookupPtr lookup,
                           file_ ? tables.FindFile(table_) : tables.FindLookup(table_));
    if (lookup != nullptr) return tables.Rows(*lookup);
    return absl::NotFoundError(
        fmt::format("the lookup table '{}' does not exist or is not available", table_));
  }

  const std::string table_;
  const bool file_;
  const uint64_t start_;
  const uint64_t most_;
  const plan::ExprPtr predicate_;
  const SchemaPtr schema_;
  const exec::RunContext& run_;
};

class TableSource final : public exec::SourceOperator {
 public:
  TableSource(const InputTableNode& node, const exec::RunContext& run) : rows_(node, run) {}
  absl::Status Produce(exec::Output& out) const override { return rows_.Push(out); }

 private:
  const TableRows rows_;
};

class TableAfterRows final : public exec::Sequential<exec::NoState> {
 public:
  TableAfterRows(const InputTableNode& node, const exec::RunContext& run) : rows_(node, run) {}
  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }
  absl::StatusOr<exec::Demand> Process(Batch batch, exec::NoState&,
                                       exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }
  absl::Status Finish(exec::NoState&, exec::Output& out) const override { return rows_.Push(out); }

 private:
  const TableRows rows_;
};

}  // namespace

exec::OperatorPtr BuildInputTable(const plan::Node& node, const exec::RunContext& run) {
  const auto& table = plan::As<InputTableNode>(node);
  if (table.append) return std::make_unique<TableAfterRows>(table, run);
  return std::make_unique<TableSource>(table, run);
}

// ---------------------------------------------------------------- binding

absl::StatusOr<plan::NodePtr> BindInputTable(const ast::CommandCall& call, plan::Binder& binder,
                                             bool file) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<InputTableNode>(call.span);
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        file ? "the name of a file is missing" : "a lookup table is missing");
  }
  SPELK_ASSIGN_OR_RETURN(const ast::Name* name, plan::TableName(*arguments[0], binder));
  if (arguments.size() > 1) {
    return binder.Error(ErrorCode::kBadArgument, arguments[1]->span,
                        fmt::format("unexpected \"{}\"", binder.TextOf(arguments[1]->span)),
                        {"conditions follow WHERE"});
  }
  SPELK_ASSIGN_OR_RETURN(const plan::LookupPtr lookup,
                         file ? plan::BindCsvFile(name->text, name->span, binder)
                              : plan::BindLookup(name->text, name->span, binder));
  node->table = name->text;
  node->file = file;
  for (const std::string& column : lookup->columns) node->columns.push_back(binder.Intern(column));
  node->open = lookup->open;
  SPELK_ASSIGN_OR_RETURN(const int64_t start, binder.Integer(call, "start"));
  SPELK_ASSIGN_OR_RETURN(const int64_t most, binder.Integer(call, "max"));
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "strict").status());
  SPELK_ASSIGN_OR_RETURN(const bool append, binder.Flag(call, "append"));
  node->start = static_cast<uint64_t>(start);
  node->most = static_cast<uint64_t>(most);
  node->append = append && !binder.is_first();
  if (const ast::Clause* where = binder.FindClause(call, ast::ClauseWord::kWhere)) {
    SPELK_ASSIGN_OR_RETURN(node->predicate, binder.SearchTerms(*where->search, false));
  }
  return node;
}

}  // namespace spelk::commands
