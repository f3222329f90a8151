// Laying the files of spelk's own apps over each other.
#include <fmt/format.h>

#include "base/status.h"
#include "knowledge/builtin.h"

namespace spelk::knowledge {

std::vector<std::string_view> BuiltinFilesNamed(std::string_view file) {
  std::vector<std::string_view> names;
  const std::string below = fmt::format("/{}", file);
  for (const std::string_view name : BuiltinFiles()) {
    if (name == file) names.insert(names.begin(), name);
    if (name.ends_with(below)) names.push_back(name);
  }
  return names;
}

absl::StatusOr<Conf> BuiltinConf(std::string_view file) {
  Conf conf;
  for (const std::string_view name : BuiltinFilesNamed(fmt::format("default/{}", file))) {
    SPELK_RETURN_IF_ERROR(conf.Add(BuiltinFile(name), fmt::format("builtin/{}", name)));
  }
  return conf;
}

absl::StatusOr<Conf> BuiltinConf(std::string_view file, std::string_view family) {
  Conf conf;
  const std::string name = fmt::format("{}{}default/{}", family, family.empty() ? "" : "/", file);
  SPELK_RETURN_IF_ERROR(conf.Add(BuiltinFile(name), fmt::format("builtin/{}", name)));
  return conf;
}

std::string_view BuiltinTable(std::string_view name) {
  const auto names = BuiltinFilesNamed(fmt::format("lookups/{}", name));
  return names.empty() ? std::string_view() : BuiltinFile(names.front());
}

}  // namespace spelk::knowledge
