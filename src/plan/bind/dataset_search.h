// DatasetSearch: a data set of a data model as the text of the search that gives its events.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/data_model.h"

namespace spelk::plan {

// How the fields of a data set are named in its events.
enum class DatasetNames : unsigned char {
  kBare,      // dest
  kPrefixed,  // Processes.dest; in a child its own ones All_Changes.Account_Management.src_user
};

// What a name out of a search is in a tree of data sets.
struct DatasetField {
  enum class Kind : unsigned char {
    kEvent,    // A field of every event, which has no prefix: _time, host, index …
    kField,    // A field of `owner`.
    kFlag,     // Whether the event is in `owner`: All_Changes.is_Account_Management.
    kUnknown,  // No event has it.
  };
  Kind kind = Kind::kUnknown;
  const Dataset* owner = nullptr;
  std::string name;      // Without the prefix.
  bool negated = false;  // is_not_…
};

class DatasetSearch {
 public:
  // Both outlive this.
  DatasetSearch(const DataModel& model, const Dataset& dataset)
      : model_(model), dataset_(dataset), path_(model.PathTo(dataset)) {}

  // What a prefixed name is; the data set's own tree counts.
  DatasetField Resolve(std::string_view name) const;
  // The prefixed names that there are, for suggestions: of the data set and its descendants.
  std::vector<std::string> Names() const;

  // The name under which the events tell whether they are in a data set of the tree: 1 or 0.
  std::string FlagOf(const Dataset& dataset) const;

  // Only the fields that are asked for are made; without a call all of the data set.
  void Need(std::string_view name);
  void NeedFlag(const Dataset& dataset);
  void NeedAll() { all_ = true; }
  void NeedNothingElse() { all_ = false; }
  // The field nodename: the lineages of all data sets that hold the event.
  void NeedNodeName() { node_name_ = true; }
  // The events must be in that data set of the tree, too.
  void Restrict(const Dataset& dataset) { restricted_.push_back(&dataset); }
  bool IsRestrictedTo(const Dataset& dataset) const;

  // As it is typed, macro calls included; one command after the other with pipes between them.
  std::string Text(DatasetNames names) const;

 private:
  std::string Base() const;
  std::string Constraints(const Dataset& dataset) const;
  std::string Flags() const;
  std::string NodeName() const;
  void AddCalculations(const Dataset& dataset, const std::vector<std::string>& needed, bool all,
                       std::string_view condition, std::string* text) const;
  std::string Renames(DatasetNames names) const;
  std::string ForeignFields() const;
  std::vector<std::string> NeededOf(const std::vector<const Dataset*>& datasets,
                                    std::vector<std::string> needed) const;
  std::vector<const Dataset*> Beyond(const Dataset& dataset) const;
  std::vector<const Dataset*> ForeignOwners() const;
  bool OnPath(const Dataset& dataset) const;

  const DataModel& model_;
  const Dataset& dataset_;
  const std::vector<const Dataset*> path_;
  bool all_ = true;
  bool node_name_ = false;
  std::vector<std::pair<const Dataset*, std::string>> fields_;
  std::vector<const Dataset*> flags_;
  std::vector<std::string> negated_flags_;  // Their names, and …
  std::vector<std::string> flag_copies_;    // … other names of flags, each with the flag's own.
  std::vector<std::string> unknown_;
  std::vector<const Dataset*> restricted_;
};

}  // namespace spelk::plan
