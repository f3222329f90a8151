// Reading, keeping and writing the lookup tables of a run.
#include "engine/tables.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/status.h"
#include "io/compression.h"
#include "io/file_sink.h"
#include "knowledge/app_folder.h"
#include "plan/limits.h"
#include "value/number.h"

namespace spelk::engine {
namespace {

std::string FileOf(const plan::Lookup& lookup) {
  return lookup.collection ? lookup.table + ".csv" : lookup.table;
}

// All of an input, its memory accounted for.
class ReservedText {
 public:
  explicit ReservedText(MemoryBudget* budget) : reservation_(budget) {}
  absl::Status Read(const io::Input& input) {
    constexpr size_t kPiece = size_t{64} << 10U;
    SPELK_ASSIGN_OR_RETURN(const io::ByteSourcePtr source, io::Open(input));
    for (;;) {
      const size_t begin = text_.size();
      if (begin + kPiece > text_.capacity()) {
        const size_t wanted = std::max(2 * text_.capacity(), kPiece);
        if (!reservation_.Resize(wanted)) {
          return reservation_.budget()->Exhausted(input.path, wanted);
        }
        text_.reserve(wanted);
      }
      text_.resize(begin + kPiece);
      SPELK_ASSIGN_OR_RETURN(const size_t count, source->Read(text_.data() + begin, kPiece));
      text_.resize(begin + count);
      if (count == 0) return absl::OkStatus();
    }
  }
  std::string_view text() const { return text_; }

 private:
  Reservation reservation_;
  std::string text_;
};

}  // namespace

plan::LookupPtr AssumedLookup(std::string_view name) {
  auto lookup = std::make_shared<plan::Lookup>();
  lookup->name = lookup->table = name;
  lookup->collection = lookup->empty = lookup->open = lookup->assumed = true;
  lookup->max_matches = 1;
  return lookup;
}

RunTables::RunTables(const knowledge::Lookups& lookups, std::string write_folder, bool assume,
                     absl::TimeZone zone, MemoryBudget* budget, FilterRows filter)
    : lookups_(lookups),
      write_folder_(std::move(write_folder)),
      assume_(assume),
      zone_(zone),
      budget_(budget),
      filter_(std::move(filter)) {}

// What a name means if a search of this run wrote the table; null if none did or it was removed.
plan::LookupPtr RunTables::Written(std::string_view name, const plan::LookupPtr& known) const {
  const auto table = tables_.find(known != nullptr ? std::string_view(known->table) : name);
  if (table == tables_.end() || table->second == nullptr) return nullptr;
  auto lookup =
      known != nullptr ? std::make_shared<plan::Lookup>(*known) : std::make_shared<plan::Lookup>();
  if (known == nullptr) {
    lookup->name = lookup->table = name;
    lookup->max_matches = plan::MostOf(&lookups_.limits(), plan::kLookupMaxMatches);
    lookup->matches_by_limit = true;
  }
  lookup->columns = table->second->columns();
  return lookup;
}

absl::StatusOr<plan::LookupPtr> RunTables::FindLookup(std::string_view name) const {
  absl::StatusOr<plan::LookupPtr> found = lookups_.FindLookup(name);
  if (assume_ && (absl::IsNotFound(found.status()) || (found.ok() && *found == nullptr))) {
    const std::lock_guard lock(mutex_);
    return written_.contains(name) ? Written(name, nullptr) : AssumedLookup(name);
  }
  SPELK_ASSIGN_OR_RETURN(plan::LookupPtr known, std::move(found));
  const std::lock_guard lock(mutex_);
  const bool written = written_.contains(known != nullptr ? std::string_view(known->table) : name);
  return written ? Written(name, known) : known;
}

absl::StatusOr<plan::LookupPtr> RunTables::FindFile(std::string_view name) const {
  const std::string with_ending = fmt::format("{}.csv", name);
  {
    const std::lock_guard lock(mutex_);
    for (const std::string_view file : {name, std::string_view(with_ending)}) {
      if (written_.contains(file)) return Written(file, nullptr);
    }
  }
  SPELK_ASSIGN_OR_RETURN(plan::LookupPtr known, lookups_.FindFile(name));
  return known == nullptr && assume_ ? AssumedLookup(name) : known;
}

absl::StatusOr<plan::TablePtr> RunTables::Read(const plan::Lookup& lookup) {
  const std::string file = FileOf(lookup);
  SPELK_ASSIGN_OR_RETURN(const std::optional<io::Input> input, lookups_.Open(file));
  if (input) {
    ReservedText text(budget_);
    SPELK_RETURN_IF_ERROR(text.Read(*input));
    return plan::ReadCsvTable(text.text(), budget_, fmt::format("the lookup table {}", file));
  }
  if (!lookup.collection) {
    return absl::NotFoundError(
        fmt::format("the lookup table '{}' does not exist or is not available", lookup.name));
  }
  return plan::TableBuilder(lookup.columns, budget_, lookup.name).Finish();
}

absl::StatusOr<plan::TablePtr> RunTables::WholeTable(const plan::Lookup& lookup) {
  if (const auto known = tables_.find(lookup.table); known != tables_.end()) return known->second;
  SPELK_ASSIGN_OR_RETURN(plan::TablePtr table, Read(lookup));
  tables_[lookup.table] = table;
  return table;
}

absl::StatusOr<plan::TablePtr> RunTables::RowsLocked(const plan::Lookup& lookup) {
  if (lookup.filter.empty()) return WholeTable(lookup);
  if (const auto known = filtered_.find(lookup.name); known != filtered_.end()) {
    return known->second;
  }
  SPELK_ASSIGN_OR_RETURN(const plan::TablePtr table, WholeTable(lookup));
  if (table == nullptr) return table;
  SPELK_ASSIGN_OR_RETURN(plan::TablePtr rows, filter_(lookup, *table));
  filtered_[lookup.name] = rows;
  return rows;
}

absl::StatusOr<plan::TablePtr> RunTables::Rows(const plan::Lookup& lookup) {
  const std::lock_guard lock(mutex_);
  return RowsLocked(lookup);
}

absl::StatusOr<plan::LookupIndexPtr> RunTables::Index(const plan::Lookup& lookup,
                                                      const std::vector<std::string>& columns) {
  const std::lock_guard lock(mutex_);
  const std::string key = fmt::format("{}\n{}", lookup.name, fmt::join(columns, "\n"));
  if (const auto known = indexes_.find(key); known != indexes_.end()) return known->second;
  SPELK_ASSIGN_OR_RETURN(plan::TablePtr table, RowsLocked(lookup));
  SPELK_ASSIGN_OR_RETURN(
      plan::LookupIndexPtr index,
      plan::LookupIndex::Make(std::move(table), lookup, columns, zone_, budget_, counts_));
  indexes_[key] = index;
  return index;
}

void RunTables::TakeNotes(std::string_view key, const plan::LookupIndex& index,
                          std::set<std::string>* notes) const {
  const std::string_view name = key.substr(0, key.find('\n'));
  if (index.Has(plan::LookupIndex::kMatchesCut)) {
    notes->insert(fmt::format(
        "the 'lookup' function took the first {} rows of '{}' that match and left out more{}",
        plan::MostOf(&lookups_.limits(), plan::kLookupMaxMatches), name,
        plan::CutBy(plan::kLookupMaxMatches)));
  }
  if (index.Has(plan::LookupIndex::kIncomplete)) {
    notes->insert(
        fmt::format("the 'lookup' function met arrays with more than 10000 combinations to look up "
                    "in '{}'; the rest was not looked up",
                    name));
  }
}

std::vector<std::string> RunTables::Notes() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> notes = notes_;
  for (const auto& [key, index] : indexes_) TakeNotes(key, *index, &notes);
  return {notes.begin(), notes.end()};
}

namespace {

// "user=ana, role=admin"
std::string TextOfRow(const plan::Table& table, size_t row) {
  std::string text;
  for (size_t c = 0; c < table.columns().size(); ++c) {
    const Value& cell = table.At(c, row);
    if (cell.is_null()) continue;
    text += fmt::format("{}{}=", text.empty() ? "" : ", ", table.columns()[c]);
    for (const Value& each : cell.each()) text += TextOf(each);
  }
  return text;
}

}  // namespace

std::vector<LookupCount> RunTables::Found() const {
  constexpr size_t kMostRows = 200;  // Of a table whose rows are told.
  const std::lock_guard lock(mutex_);
  std::map<std::string_view, std::vector<const plan::LookupIndex*>> by_name;
  for (const auto& [key, index] : indexes_) {
    by_name[std::string_view(key).substr(0, key.find('\n'))].push_back(index.get());
  }
  std::vector<LookupCount> counts;
  for (const auto& [name, indexes] : by_name) {
    const plan::Table& table = indexes.front()->table();
    LookupCount& count = counts.emplace_back();
    count.name = name;
    count.rows = table.rows();
    for (size_t row = 0; row < table.rows(); ++row) {
      const bool found =
          std::any_of(indexes.begin(), indexes.end(), [&](const plan::LookupIndex* index) {
            return row < index->table().rows() && index->WasFound(row);
          });
      count.matching += found ? 1 : 0;
      if (table.rows() <= kMostRows) count.each.push_back({TextOfRow(table, row), found});
    }
  }
  return counts;
}

absl::Status RunTables::Put(Write write) {
  const std::lock_guard lock(mutex_);
  pending_.push_back(std::move(write));
  return absl::OkStatus();
}

absl::Status RunTables::WriteFile(const Write& write) const {
  SPELK_ASSIGN_OR_RETURN(const knowledge::AppFolder folder,
                         knowledge::AppFolder::OpenFolder(write_folder_));
  // A link that leads out of the folder is refused.
  SPELK_RETURN_IF_ERROR(folder.Find(write.file).status());
  const std::string path = folder.NameOf(write.file);
  if (write.events) return AppendEvents(write, path);
  if (write.rows == nullptr) {
    ::unlink(path.c_str());
    return absl::OkStatus();
  }
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<io::AtomicFile> file, io::AtomicFile::Create(path));
  if (write.file.ends_with(".gz")) {
    io::GzipSink gzip(file->sink());
    SPELK_RETURN_IF_ERROR(plan::WriteCsvTable(*write.rows, write.multivalues, gzip));
    SPELK_RETURN_IF_ERROR(gzip.Flush());
  } else {
    SPELK_RETURN_IF_ERROR(plan::WriteCsvTable(*write.rows, write.multivalues, file->sink()));
  }
  return file->Commit();
}

absl::Status RunTables::AppendEvents(const Write& write, const std::string& path) const {
  constexpr size_t kPiece = size_t{64} << 10U;
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<io::AtomicFile> file, io::AtomicFile::Create(path));
  if (::access(path.c_str(), F_OK) == 0) {
    io::Input input;
    input.path = path;
    SPELK_ASSIGN_OR_RETURN(const io::ByteSourcePtr old, io::Open(input));
    std::string piece(kPiece, '\0');
    for (;;) {
      SPELK_ASSIGN_OR_RETURN(const size_t count, old->Read(piece.data(), piece.size()));
      if (count == 0) break;
      SPELK_RETURN_IF_ERROR(file->sink().Write(std::string_view(piece).substr(0, count)));
    }
  }
  SPELK_RETURN_IF_ERROR(plan::WriteJsonLines(*write.rows, file->sink()));
  return file->Commit();
}

absl::Status RunTables::Publish() {
  const std::lock_guard lock(mutex_);
  if (pending_.empty()) return absl::OkStatus();
  for (const Write& write : pending_) {
    if (!write.events) {
      tables_[write.table] = write.rows;
      written_.insert(write.table);
    }
    if (!write_folder_.empty()) SPELK_RETURN_IF_ERROR(WriteFile(write));
  }
  pending_.clear();
  filtered_.clear();
  for (const auto& [key, index] : indexes_) TakeNotes(key, *index, &notes_);
  indexes_.clear();  // Some may be of tables that are no longer there.
  return absl::OkStatus();
}

}  // namespace spelk::engine
