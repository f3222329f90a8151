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
    const std::vector<Field> fields = Columns(schema);
    ColumnMap map;
    for (const Field field : fields) map.sources.push_back(schema.Find(field).value_or(SIZE_MAX));
    map.to = std::make_shared<Schema>(fields);
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
        if (!field.hidden() && plan::PatternTakes(name.name(), field.name()))
          taken.push_back(field);
      }
      std::sort(taken.begin(), taken.end(), [](Field a, Field b) { return a.name() < b.name(); });
      for (const Field field : taken) add(field);
    }
    if (schema.Find(hidden::kTime)) add(hidden::kTime);
    return columns;
  }

  plan::ProjectNode node_;
};

class Rename final : public Reshape {
 public:
  Rename(const plan::RenameNode& node, const RunContext& run)
      : pairs_(node.pairs), from_(node.from), to_(node.to), run_(run) {}

 protected:
  absl::StatusOr<ColumnMap> MakeMap(const Schema& schema) const override {
    std::vector<Field> names = schema.fields();
    std::vector<size_t> sources(names.size());
    for (size_t i = 0; i < sources.size(); ++i) sources[i] = i;
    const auto rename = [&](Field from, Field to) {
      if (from == to) return;
      const auto place = std::find(names.begin(), names.end(), from);
      const bool exists = place != names.end();
      if (exists) *place = Field();
      // A target that exists is replaced, by nothing if the source does not exist.
      if (const auto old = std::find(names.begin(), names.end(), to); old != names.end()) {
        sources.erase(sources.begin() + (old - names.begin()));
        names.erase(old);
      }
      if (exists) std::replace(names.begin(), names.end(), Field(), to);
    };
    for (size_t p = 0; p < pairs_.size(); ++p) {
      if (from_[p]) {
        rename(from_[p], to_[p]);
        continue;
      }
      SPELK_RETURN_IF_ERROR(RenamePattern(pairs_[p], names, rename));
    }
    ColumnMap map;
    map.to = std::make_shared<Schema>(std::move(names));
    map.sources = std::move(sources);
    return map;
  }

 private:
  template <class RenameOne>
  absl::Status RenamePattern(const plan::RenamePair& pair, const std::vector<Field>& names,
                             RenameOne rename) const {
    const Wildcard pattern(pair.from, Case::kExact);
    const std::vector<Field> before = names;
    for (const Field field : before) {
      if (field.hidden() || !plan::PatternTakes(pair.from, field.name())) continue;
      const std::vector<std::string_view> stars = pattern.Captures(field.name());
      std::string name;
      size_t star = 0;
      for (const char c : pair.to) {
        if (c != '*') {
          name += c;
        } else if (star < stars.size()) {
          name += stars[star++];
        }
      }
      SPELK_ASSIGN_OR_RETURN(const Field to, run_.fields->TryIntern(name));
      rename(field, to);
    }
    return absl::OkStatus();
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
