// DataModel: Splunk's data models: trees of data sets, each of which says which events it holds and
// which fields these have.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/error_codes.h"

namespace spelk::plan {

// Codes of messages.
inline constexpr ErrorCode kUnknownModel{
    408};  // A data model or data set that is not there, or cannot be read.
inline constexpr ErrorCode kUnknownSavedSearch{409};
inline constexpr ErrorCode kUnknownModelField{1111};  // A field that no data set of a tree has.

struct ModelField {
  std::string name;
  std::string type;  // "string", "number", "boolean", "timestamp", "ipv4", "childCount" …
  // Of every event (_time, host, source, sourcetype): searches name it without the data set.
  bool of_event = false;
  bool required = false;  // Events without it are not in the data set.
};

// A field that the model computes; it sees what those before it made.
struct ModelCalculation {
  enum class Kind : unsigned char { kEval, kRex, kLookup, kGeoIp };
  struct Output {
    ModelField field;
    std::string column;  // kLookup: of the table.
  };

  std::string id;
  Kind kind = Kind::kEval;
  std::string expression;                                   // kEval, kRex
  std::string input;                                        // kRex, kGeoIp: a field.
  std::string lookup;                                       // kLookup: the table.
  std::vector<std::pair<std::string, std::string>> inputs;  // kLookup: column, field.
  std::vector<Output> outputs;
};

struct Dataset {
  static constexpr size_t kNone = static_cast<size_t>(-1);
  // What the root of its tree is made of.
  enum class Kind : unsigned char { kEvents, kSearch, kTransaction };

  std::string name;
  size_t parent = kNone;  // Into the model's data sets.
  std::string lineage;    // "All_Changes.Account_Management"; of a root its name.
  Kind kind = Kind::kEvents;
  std::vector<std::string> constraints;  // Search terms; all of them hold.
  std::string base_search;               // Kind::kSearch, roots: a search, perhaps with pipes.
  // Kind::kTransaction, roots: the data sets whose events are grouped, and how.
  std::vector<std::string> grouped;
  std::vector<std::string> group_by;
  std::string max_pause;
  std::string max_span;
  std::vector<ModelField> fields;
  std::vector<ModelCalculation> calculations;  // As they are computed.
  std::string text;                            // As JSON, on one line.
};

struct DataModel {
  std::string name;
  std::string place;  // The file.
  std::vector<Dataset> datasets;
  std::string text;  // As JSON, on one line.

  // By its name or its lineage; null if there is none. The case counts.
  const Dataset* Find(std::string_view dataset) const;
  // The data sets that have no parent.
  std::vector<const Dataset*> Roots() const;
  // From the root of its tree to the data set itself.
  std::vector<const Dataset*> PathTo(const Dataset& dataset) const;
  // Whether `above` is the data set or one of its ancestors.
  bool IsWithin(const Dataset& dataset, const Dataset& above) const;
};
using DataModelPtr = std::shared_ptr<const DataModel>;  // Shared by the engine and its queries.

// What compiling asks of data models. Thread-safe.
class DataModels {
 public:
  virtual ~DataModels() = default;
  // Null if there is none of that name; an error, with the file, for one that cannot be understood.
  virtual absl::StatusOr<DataModelPtr> FindModel(std::string_view name) const = 0;
  // Sorted; those that cannot be understood, too.
  virtual std::vector<std::string> ModelNames() const = 0;
  // The text of a search of a model with its macros replaced.
  virtual absl::StatusOr<std::string> ExpandMacros(std::string_view text) const = 0;
};

}  // namespace spelk::plan
