// Project and rename: which columns rows have, and what they are called.
#include <algorithm>

#include "exec/core.h"
#include "value/wildcard.h"

namespace spelk::exec {
namespace {

// Where the columns of the new schema come from in the old one; SIZE_MAX is an absent column.
struct ColumnMap {
  SchemaPtr from;
  SchemaPtr to;
  std::vector<size_t> sources;

  absl::Status Apply(Batch batch, Output& out) const {
    std::vector<Column> columns;
    columns.reserve(sources.size());
    for (const size_t source : sources) {
      columns.push_back(source == SIZE_MAX ? Column::Null(batch.physical_rows())
                                           : batch.column(source));
    }
    batch.Reshape(to, std::move(columns));
    return out.Push(std::move(batch));
  }
};

// Makes the map once for each schema; batches of a run share theirs.
class Reshape : public Streaming<ColumnMap> {
 public:
  absl::StatusOr<ColumnMap> NewState() const override { return ColumnMap(); }
  absl::Status Process(Batch batch, ColumnMap& map, Output& out) const override {
    if (map.from != batch.schema()) {
      SPELK_ASSIGN_OR_RETURN(map, MakeMap(*batch.schema()));
      map.from = batch.schema();
    }
    return map.Apply(std::move(batch), out);
  }

 protected:
  virtual absl::StatusOr<ColumnMap> MakeMap(const Schema& schema) const = 0;
};

class Project final : public Reshape {
 public:
  explicit Project(const plan::ProjectNode& node) {
    node_.mode = node.mode;
    node_.names = node.names;
  }

 protected:
  absl::StatusOr<ColumnMap> MakeMap(const Schema& schema) const override {
    std::vector<Field> fields = Columns(schema);
    const auto placed = [&](Field field) { return schema.Find(field) < schema.placed(); };
    const auto others = node_.mode == plan::ProjectMode::kTable
                            ? fields.begin()
                            : std::stable_partition(fields.begin(), fields.end(), placed);
    const auto places = static_cast<size_t>(others - fields.begin());
    ColumnMap map;
    for (const Field field : fields) map.sources.push_back(schema.Find(field).value_or(SIZE_MAX));
    map.to = std::make_shared<Schema>(std::move(fields), places);
    return map;
  }

 private:
  std::vector<Field> Columns(const Schema& schema) const {
    switch (node_.mode) {
      case plan::ProjectMode::kKeep:
        return node_.KeptInOrder(schema.fields());
      case plan::ProjectMode::kRemove:
        return *node_.OutputColumns(schema.fields());
      case plan::ProjectMode::kTable:
        break;
    }
    return TableColumns(schema);
  }

  // Exactly the named columns, in the order named; what a pattern takes comes in name order (table,
  // "Usage").
  std::vector<Field> TableColumns(const Schema& schema) const {
    std::vector<Field> columns;
    const auto add = [&](Field field) {
      if (std::find(columns.begin(), columns.end(), field) == columns.end())
        columns.push_back(field);
    };
    for (const Field name : node_.names) {
      if (!plan::IsPattern(name.name())) {
        add(name);
        continue;
      }
      std::vector<Field> taken;
      for (const Field field : schema.fields()) {
        if (plan::PatternTakes(name.name(), field)) taken.push_back(field);
      }
      std::sort(taken.begin(), taken.end(), [](Field a, Field b) { return a.name() < b.name(); });
      for (const Field field : taken) add(field);
    }
    if (schema.Find(hidden::kTime)) add(hidden::kTime);
    return columns;
  }

  plan::ProjectNode node_;
};

// Where a column of the new schema comes from: the first of these columns in which the row has a
// value.
struct RenamedColumn {
  Field name;
  std::vector<size_t> sources;
  bool placed = false;
};

struct RenameState {
  SchemaPtr from;
  SchemaPtr to;
  std::vector<RenamedColumn> columns;
};

// A pair of names replaces the target, by nothing in a row without the source. A pair with stars
// is about the fields that a row has: one that it lacks does not take the target away. So no row
// depends on those that happen to share its batch.
class Rename final : public Streaming<RenameState> {
 public:
  Rename(const plan::RenameNode& node, const RunContext& run)
      : pairs_(node.pairs), from_(node.from), to_(node.to), run_(run) {}

  absl::StatusOr<RenameState> NewState() const override { return RenameState(); }
  absl::Status Process(Batch batch, RenameState& state, Output& out) const override {
    if (state.from != batch.schema()) SPELK_RETURN_IF_ERROR(Prepare(batch.schema(), &state));
    std::vector<Column> columns;
    columns.reserve(state.columns.size());
    for (const RenamedColumn& column : state.columns) {
      if (column.sources.size() == 1) {
        columns.push_back(batch.column(column.sources[0]));
        continue;
      }
      SPELK_ASSIGN_OR_RETURN(const Column merged, FirstOf(column.sources, batch));
      columns.push_back(merged);
    }
    batch.Reshape(state.to, std::move(columns));
    return out.Push(std::move(batch));
  }

 private:
  absl::StatusOr<Column> FirstOf(const std::vector<size_t>& sources, const Batch& batch) const {
    auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
    if (values == nullptr) return batch.arena().status("rename");
    for (size_t r = 0; r < batch.size(); ++r) {
      Value& value = values[batch.physical(r)];
      value = Value::Null();
      for (size_t s = 0; s < sources.size() && value.is_null(); ++s) {
        value = batch.At(sources[s], r);
      }
    }
    return Column::Values({values, batch.physical_rows()});
  }

  absl::Status Prepare(const SchemaPtr& schema, RenameState* state) const {
    state->from = schema;
    state->columns.clear();
    for (size_t i = 0; i < schema->size(); ++i) {
      state->columns.push_back({(*schema)[i], {i}, i < schema->placed()});
    }
    for (size_t p = 0; p < pairs_.size(); ++p) {
      if (from_[p]) {
        RenameOne(from_[p], to_[p], state->columns);
      } else {
        SPELK_RETURN_IF_ERROR(RenamePattern(pairs_[p], state->columns));
      }
    }
    const auto others =
        std::stable_partition(state->columns.begin(), state->columns.end(),
                              [](const RenamedColumn& column) { return column.placed; });
    std::vector<Field> names;
    for (const RenamedColumn& column : state->columns) names.push_back(column.name);
    state->to = std::make_shared<Schema>(std::move(names),
                                         static_cast<size_t>(others - state->columns.begin()));
    return absl::OkStatus();
  }

  static void RenameOne(Field from, Field to, std::vector<RenamedColumn>& columns) {
    if (from == to) return;
    std::erase_if(columns, [to](const RenamedColumn& column) { return column.name == to; });
    for (RenamedColumn& column : columns) {
      if (column.name == from) column.name = to;
    }
  }

  // All at once: what a new name is does not depend on the names that others get.
  absl::Status RenamePattern(const plan::RenamePair& pair,
                             std::vector<RenamedColumn>& columns) const {
    const Wildcard pattern(pair.from, Case::kExact);
    struct Move {
      RenamedColumn* column;
      bool renamed;
      size_t to;
    };
    std::vector<Move> moves;
    std::vector<RenamedColumn> renamed;
    for (RenamedColumn& column : columns) {
      const bool takes = plan::PatternTakes(pair.from, column.name);
      Field name = column.name;
      if (takes) {
        SPELK_ASSIGN_OR_RETURN(name, NewName(pattern, pair.to, name));
      }
      const auto same =
          std::find_if(renamed.begin(), renamed.end(),
                       [name](const RenamedColumn& other) { return other.name == name; });
      moves.push_back({&column, takes, static_cast<size_t>(same - renamed.begin())});
      if (same == renamed.end()) renamed.push_back({name, {}, column.placed});
    }
    // Where several get one name, those that are renamed go first, by their old names.
    std::sort(moves.begin(), moves.end(), [](const Move& a, const Move& b) {
      if (a.renamed != b.renamed) return a.renamed;
      return a.column->name.name() < b.column->name.name();
    });
    for (const Move& move : moves) {
      std::vector<size_t>& sources = renamed[move.to].sources;
      sources.insert(sources.end(), move.column->sources.begin(), move.column->sources.end());
    }
    columns = std::move(renamed);
    return absl::OkStatus();
  }

  absl::StatusOr<Field> NewName(const Wildcard& pattern, std::string_view to, Field field) const {
    const std::vector<std::string_view> stars = pattern.Captures(field.name());
    std::string name;
    size_t star = 0;
    for (const char c : to) {
      if (c != '*') {
        name += c;
      } else if (star < stars.size()) {
        name += stars[star++];
      }
    }
    if (name.empty()) return field;  // No field can have that name.
    return run_.fields->TryIntern(name);
  }

  const std::vector<plan::RenamePair> pairs_;
  const std::vector<Field> from_;
  const std::vector<Field> to_;
  const RunContext& run_;
};

}  // namespace

OperatorPtr BuildProject(const plan::Node& node, const RunContext&) {
  return std::make_unique<Project>(plan::As<plan::ProjectNode>(node));
}

OperatorPtr BuildRename(const plan::Node& node, const RunContext& run) {
  return std::make_unique<Rename>(plan::As<plan::RenameNode>(node), run);
}

}  // namespace spelk::exec
