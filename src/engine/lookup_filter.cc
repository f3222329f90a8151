// Asking the rows of a table.
#include "engine/lookup_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "value/batch.h"

namespace spelk::engine {
namespace {

absl::StatusOr<plan::ExprPtr> CompileFilter(const Core& core, FieldTable& fields,
                                            const plan::Lookup& lookup) {
  absl::StatusOr<ast::SearchExpr> terms = ParseTerms(core, lookup.filter);
  absl::StatusOr<plan::ExprPtr> filter =
      terms.ok() ? CompileTerms(core, fields, *terms, TermsScope()) : terms.status();
  if (filter.ok()) return filter;
  return absl::InvalidArgumentError(fmt::format("{}: the filter of the lookup '{}': {}",
                                                lookup.place, lookup.name,
                                                MessageOf(filter.status())));
}

}  // namespace

absl::StatusOr<plan::TablePtr> FilterTable(const Core& core, FieldTable& fields,
                                           const plan::EvalEnvironment& environment,
                                           MemoryBudget* budget, const plan::Lookup& lookup,
                                           const plan::Table& table) {
  SPELK_ASSIGN_OR_RETURN(const plan::ExprPtr filter, CompileFilter(core, fields, lookup));
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<plan::Evaluator> evaluator,
                         plan::Evaluator::Make(*filter, environment));
  std::vector<Field> names;
  for (const std::string& column : table.columns()) names.push_back(fields.Intern(column));
  const auto schema = std::make_shared<Schema>(std::move(names));
  const std::string what = fmt::format("the lookup table {}", lookup.name);
  plan::TableBuilder builder(table.columns(), budget, what);
  for (size_t begin = 0; begin < table.rows(); begin += plan::Table::kStretch) {
    const size_t count = std::min(plan::Table::kStretch, table.rows() - begin);
    std::vector<Column> columns;
    for (size_t c = 0; c < table.columns().size(); ++c) {
      columns.push_back(Column::Values(table.Cells(c, begin, count)));
    }
    Batch batch(schema, std::move(columns), count, std::make_shared<BatchMemory>(budget));
    SPELK_RETURN_IF_ERROR(evaluator->Filter(&batch));
    for (size_t r = 0; r < batch.size(); ++r) {
      builder.AddRow();
      for (size_t c = 0; c < table.columns().size(); ++c) {
        builder.Set(c, table.At(c, begin + batch.physical(r)));
      }
    }
    SPELK_RETURN_IF_ERROR(builder.status());
  }
  return builder.Finish();
}

}  // namespace spelk::engine
