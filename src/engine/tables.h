// RunTables: the lookup tables of one run: those of the engine, read when they are asked for, and
// those that the run's searches wrote.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "knowledge/lookups.h"
#include "plan/lookup_index.h"
#include "plan/services.h"
#include "plan/table.h"
#include "spelk/engine.h"

namespace spelk::engine {

// The rows of a table that meet the lookup's filter.
using FilterRows = std::function<absl::StatusOr<plan::TablePtr>(const plan::Lookup& lookup,
                                                                const plan::Table& table)>;

// A table that is not there, taken as empty.
plan::LookupPtr AssumedLookup(std::string_view name);

class RunTables final : public plan::Tables {
 public:
  // `write_folder`: where tables that were written become files; empty: nowhere.
  // `assume`: tables that are not there count as empty.
  RunTables(const knowledge::Lookups& lookups, std::string write_folder, bool assume,
            absl::TimeZone zone, MemoryBudget* budget, FilterRows filter);

  absl::StatusOr<plan::LookupPtr> FindLookup(std::string_view name) const override;
  absl::StatusOr<plan::LookupPtr> FindFile(std::string_view name) const override;
  std::vector<std::string> LookupNames() const override { return lookups_.LookupNames(); }
  absl::StatusOr<plan::TablePtr> Rows(const plan::Lookup& lookup) override;
  absl::StatusOr<plan::LookupIndexPtr> Index(const plan::Lookup& lookup,
                                             const std::vector<std::string>& columns) override;
  absl::Status Put(Write write) override;
  bool writes_files() const override { return !write_folder_.empty(); }

  // What the function lookup() left out, as warnings: once for each table.
  std::vector<std::string> Notes() const;

  // Shows what was written to the searches that come after, and writes it to files.
  absl::Status Publish();

  // From here on which rows are found is counted.
  void CountFound() { counts_ = true; }
  // By the names of the lookups.
  std::vector<LookupCount> Found() const;

 private:
  void TakeNotes(std::string_view key, const plan::LookupIndex& index,
                 std::set<std::string>* notes) const;
  absl::StatusOr<plan::TablePtr> WholeTable(const plan::Lookup& lookup);
  absl::StatusOr<plan::TablePtr> RowsLocked(const plan::Lookup& lookup);
  absl::StatusOr<plan::TablePtr> Read(const plan::Lookup& lookup);
  absl::Status WriteFile(const Write& write) const;
  // Adds events to a file, or begins one.
  absl::Status AppendEvents(const Write& write, const std::string& path) const;
  plan::LookupPtr Written(std::string_view name, const plan::LookupPtr& known) const;

  const knowledge::Lookups& lookups_;
  const std::string write_folder_;
  const bool assume_;
  const absl::TimeZone zone_;
  MemoryBudget* const budget_;
  const FilterRows filter_;
  mutable std::mutex mutex_;
  StringMap<plan::TablePtr> tables_;         // Read or written; null for one that was removed.
  StringMap<plan::TablePtr> filtered_;       // Of lookups with a filter, by their names.
  StringMap<plan::LookupIndexPtr> indexes_;  // By the name of the lookup, and its columns.
  std::set<std::string> notes_;              // Of indexes that are gone.
  bool counts_ = false;
  std::vector<Write> pending_;
  StringSet written_;
};

}  // namespace spelk::engine
