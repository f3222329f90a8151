// Loading app folders.
#include "knowledge/knowledge.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/status.h"
#include "knowledge/app_folder.h"

namespace spelk::knowledge {
namespace {

// Lays `default/FILE` and `local/FILE` of an app over what is there.
absl::Status AddFile(const AppFolder& app, std::string_view file, Conf* conf) {
  for (const std::string_view layer : {"default", "local"}) {
    const std::string path = fmt::format("{}/{}", layer, file);
    SPELK_ASSIGN_OR_RETURN(const std::optional<std::string> text, app.Read(path, Conf::kMostBytes));
    if (text) SPELK_RETURN_IF_ERROR(conf->Add(*text, app.NameOf(path)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Knowledge::Load(const std::vector<std::string>& apps, bool) {
  Conf macros;
  for (const std::string& path : apps) {
    SPELK_ASSIGN_OR_RETURN(const AppFolder app, AppFolder::Open(path));
    SPELK_RETURN_IF_ERROR(AddFile(app, "macros.conf", &macros));
  }
  macros_.AddAll(macros);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<plan::FieldRule>> Knowledge::RulesFor(const std::vector<Field>&,
                                                                 FieldTable&,
                                                                 const CompileExpression&) const {
  return std::vector<plan::FieldRule>();
}

}  // namespace spelk::knowledge
