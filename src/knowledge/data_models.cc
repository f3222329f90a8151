// Looking data models up in app folders.
#include "knowledge/data_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "knowledge/builtin.h"
#include "knowledge/data_model_reader.h"

namespace spelk::knowledge {
namespace {

constexpr std::string_view kFolders[] = {"local/data/models", "default/data/models", "data/models"};
constexpr std::string_view kSuffix = ".json";

bool IsPlainName(std::string_view name) {
  return !name.empty() && name.front() != '.' &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

}  // namespace

void DataModels::Load(std::vector<AppFolder> apps, bool builtin) {
  apps_ = std::move(apps);
  builtin_ = builtin;
}

absl::StatusOr<plan::DataModelPtr> DataModels::Read(std::string_view name) const {
  for (auto app = apps_.rbegin(); app != apps_.rend(); ++app) {
    for (const std::string_view folder : kFolders) {
      const std::string file = fmt::format("{}/{}{}", folder, name, kSuffix);
      SPELK_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                             app->Read(file, kMostModelBytes));
      if (text) return ReadDataModel(name, *text, app->NameOf(file));
    }
  }
  if (!builtin_) return nullptr;
  const std::string file = fmt::format("default/data/models/{}{}", name, kSuffix);
  const std::string_view text = BuiltinFile(file);
  if (text.empty()) return nullptr;
  return ReadDataModel(name, text, fmt::format("builtin/{}", file));
}

absl::StatusOr<plan::DataModelPtr> DataModels::Find(std::string_view name) const {
  if (!IsPlainName(name)) return nullptr;
  const std::lock_guard lock(mutex_);
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  SPELK_ASSIGN_OR_RETURN(plan::DataModelPtr model, Read(name));
  known_.emplace(std::string(name), model);
  return model;
}

std::vector<std::string> DataModels::Names() const {
  std::vector<std::string> names;
  const auto add = [&names](std::string_view file) {
    if (!file.ends_with(kSuffix)) return;
    file.remove_suffix(kSuffix.size());
    if (IsPlainName(file)) names.emplace_back(file);
  };
  for (const AppFolder& app : apps_) {
    for (const std::string_view folder : kFolders) {
      for (const std::string& file : app.List(folder)) add(file);
    }
  }
  constexpr std::string_view kOwn = "default/data/models/";
  if (builtin_) {
    for (const std::string_view file : BuiltinFiles()) {
      if (file.starts_with(kOwn)) add(file.substr(kOwn.size()));
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace spelk::knowledge
