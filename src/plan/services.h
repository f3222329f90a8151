// Services: what operators, functions and rules of knowledge reach beside the rows that they are
// given: lookup tables, files, limits. Declared here and made real by engine/; nothing else opens a
// file.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace spelk {
class Batch;
}

namespace spelk::plan {

class Node;
using TakeBatch = std::function<absl::Status(Batch batch)>;

class Limits;                                     // plan/limits.h
struct Lookup;                                    // plan/lookup.h
using LookupPtr = std::shared_ptr<const Lookup>;  // Shared by the engine and its runs.
class Table;                                      // plan/table.h
using TablePtr = std::shared_ptr<const Table>;    // Shared by the run and the batches made of it.
class LookupIndex;                                // plan/lookup_index.h
using LookupIndexPtr = std::shared_ptr<const LookupIndex>;  // Shared by workers.

// What compiling asks of lookups. Thread-safe.
class LookupCatalog {
 public:
  virtual ~LookupCatalog() = default;
  // The stanza of transforms.conf of that name, or the file, or the collection. Null if there is
  // none; Unimplemented, with its place, for a lookup of a kind that is not built (a script).
  virtual absl::StatusOr<LookupPtr> FindLookup(std::string_view name) const = 0;
  // The file alone, for inputcsv: ".csv" may be left out.
  virtual absl::StatusOr<LookupPtr> FindFile(std::string_view name) const = 0;
  // The names of all stanzas, for suggestions.
  virtual std::vector<std::string> LookupNames() const = 0;
};

// What compiling asks of event types and tags. Thread-safe.
class EventClasses {
 public:
  virtual ~EventClasses() = default;
  // Whether an app defines one whose name the pattern (with `*`) takes.
  virtual bool HasEventType(std::string_view pattern) const = 0;
  // Likewise, of values of that field; of any field if it is empty.
  virtual bool HasTag(std::string_view field, std::string_view pattern) const = 0;
};

// The tables of a run. Those that its earlier searches wrote hide others of the same name.
// Thread-safe.
class Tables : public LookupCatalog {
 public:
  // The rows, read when first asked for; later ones get the same. `lookup` was found here.
  virtual absl::StatusOr<TablePtr> Rows(const Lookup& lookup) = 0;
  // Likewise, made ready for values of these columns.
  virtual absl::StatusOr<LookupIndexPtr> Index(const Lookup& lookup,
                                               const std::vector<std::string>& columns) = 0;
  // Puts a table in the place of that of the lookup; no table removes it. Searches that run at the
  // same time do not see it: it is there when all of them are done, and written to a file then if
  // the run may write.
  struct Write {
    std::string table;
    std::string file;  // Its name if it is written to one.
    TablePtr rows;
    bool multivalues = false;  // In a file: columns __mv_NAME.
    // The rows are events: they are added to a file of JSON lines, and nobody reads them as a
    // table.
    bool events = false;
  };
  virtual absl::Status Put(Write write) = 0;
  // Whether the run may write files.
  virtual bool writes_files() const = 0;
};

// Files that a query may read: those inside the folders that were given, names resolved after
// links. Thread-safe.
class Files {
 public:
  virtual ~Files() = default;
  // The text of a file, decompressed; `name` is relative to one of the folders, the last given
  // first. Nothing if none of them has it; PermissionDenied for a name that leads out;
  // ResourceExhausted beyond `most` bytes.
  virtual absl::StatusOr<std::optional<std::string>> Read(std::string_view name,
                                                          size_t most) const = 0;
};

// Runs searches that rows or field lists complete: map, foreach. Used by the thread that runs the
// operator.
class SearchRunner {
 public:
  virtual ~SearchRunner() = default;
  // Compiles the text as a search and runs it over the inputs of the run; its rows go to `take`, in
  // their order. Errors of the text are InvalidArgument and name it.
  virtual absl::Status Run(std::string_view text, const TakeBatch& take) = 0;
  // Binds the text as commands over rows that are given: a plan that begins with a RowsNode.
  virtual absl::StatusOr<std::unique_ptr<Node>> CompileBody(std::string_view text) = 0;
};

// All of them; the run owns them.
struct Services {
  Tables* tables = nullptr;
  const Files* files = nullptr;
  const Limits* limits = nullptr;
  SearchRunner* searches = nullptr;
  std::string_view geo_database;  // The file of addresses, in MaxMind's format; empty: none.
};

// What the compiler reaches.
struct BindServices {
  const LookupCatalog* lookups = nullptr;
  const Limits* limits = nullptr;
  const EventClasses* classes = nullptr;
};

}  // namespace spelk::plan
