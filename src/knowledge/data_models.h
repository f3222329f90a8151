// DataModels: the data models of apps, and spelk's own, by name.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/string_map.h"
#include "knowledge/app_folder.h"
#include "plan/data_model.h"

namespace spelk::knowledge {

// A model is read when it is first asked for. Thread-safe.
class DataModels {
 public:
  // `local/data/models` before `default/data/models`, later apps before earlier ones, spelk's own
  // last.
  void Load(std::vector<AppFolder> apps, bool builtin);

  // Null if there is none; see ReadDataModel. Names that are no plain file name have none.
  absl::StatusOr<plan::DataModelPtr> Find(std::string_view name) const;
  // Sorted.
  std::vector<std::string> Names() const;

 private:
  absl::StatusOr<plan::DataModelPtr> Read(std::string_view name) const;

  std::vector<AppFolder> apps_;
  bool builtin_ = false;
  mutable std::mutex mutex_;
  mutable StringMap<plan::DataModelPtr> known_;
};

}  // namespace spelk::knowledge
