// PlaceColumns: puts the columns that the plan knows into their places, for results whose further
// columns it does not know.
#include <algorithm>
#include <memory>
#include <utility>

#include "exec/core.h"

namespace spelk::exec {
namespace {

struct PlaceState {
  SchemaPtr from;
  SchemaPtr to;
  std::vector<std::optional<size_t>> sources;
};

class PlaceColumns final : public Streaming<PlaceState> {
 public:
  explicit PlaceColumns(std::vector<Field> columns) : columns_(std::move(columns)) {}

  absl::StatusOr<PlaceState> NewState() const override { return PlaceState(); }
  absl::Status Process(Batch batch, PlaceState& state, Output& out) const override {
    if (state.from != batch.schema()) Prepare(batch.schema(), &state);
    std::vector<Column> columns;
    for (const std::optional<size_t> source : state.sources) {
      columns.push_back(source ? batch.column(*source) : Column::Null(batch.physical_rows()));
    }
    batch.Reshape(state.to, std::move(columns));
    return out.Push(std::move(batch));
  }

 private:
  void Prepare(const SchemaPtr& schema, PlaceState* state) const {
    state->from = schema;
    state->sources.clear();
    std::vector<Field> fields = columns_;
    for (const Field field : fields) state->sources.push_back(schema->Find(field));
    for (size_t c = 0; c < schema->size(); ++c) {
      const Field field = (*schema)[c];
      if (std::find(columns_.begin(), columns_.end(), field) != columns_.end()) continue;
      fields.push_back(field);
      state->sources.emplace_back(c);
    }
    state->to = std::make_shared<Schema>(std::move(fields), columns_.size());
  }

  const std::vector<Field> columns_;
};

}  // namespace

std::unique_ptr<StreamingOperator> MakePlaceColumns(std::vector<Field> columns) {
  return std::make_unique<PlaceColumns>(std::move(columns));
}

}  // namespace spelk::exec
