// Loading app folders.
#include "knowledge/knowledge.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "knowledge/app_folder.h"
#include "knowledge/builtin.h"
#include "knowledge/event_layouts.h"

namespace spelk::knowledge {
namespace {

// The files of one name, of all apps laid over each other.
struct AppConfs {
  Conf macros;
  Conf props;
  Conf transforms;
  Conf collections;
  Conf limits;
  Conf event_types;
  Conf tags;
  Conf shapes;
  Conf saved_searches;
};

absl::Status AddFile(const AppFolder& app, std::string_view file, Conf* conf) {
  for (const std::string_view layer : {"default", "local"}) {
    const std::string path = fmt::format("{}/{}", layer, file);
    SPELK_ASSIGN_OR_RETURN(const std::optional<std::string> text, app.Read(path, Conf::kMostBytes));
    if (text) SPELK_RETURN_IF_ERROR(conf->Add(*text, app.NameOf(path)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Conf> BuiltinConf(std::string_view file) {
  Conf conf;
  const std::string path = fmt::format("default/{}", file);
  SPELK_RETURN_IF_ERROR(conf.Add(BuiltinFile(path), fmt::format("builtin/{}", path)));
  return conf;
}

}  // namespace

absl::Status Knowledge::Load(const KnowledgeSources& sources) {
  builtin_ = sources.builtin;
  AppConfs confs;
  std::vector<AppFolder> apps;
  for (const std::string& path : sources.apps) {
    SPELK_ASSIGN_OR_RETURN(const AppFolder app, AppFolder::Open(path));
    apps.push_back(app);
    SPELK_RETURN_IF_ERROR(AddFile(app, "transforms.conf", &confs.transforms));
    SPELK_RETURN_IF_ERROR(AddFile(app, "collections.conf", &confs.collections));
    SPELK_RETURN_IF_ERROR(AddFile(app, "limits.conf", &confs.limits));
    SPELK_RETURN_IF_ERROR(AddFile(app, "eventtypes.conf", &confs.event_types));
    SPELK_RETURN_IF_ERROR(AddFile(app, "tags.conf", &confs.tags));
    SPELK_RETURN_IF_ERROR(AddFile(app, "macros.conf", &confs.macros));
    SPELK_RETURN_IF_ERROR(AddFile(app, "props.conf", &confs.props));
    SPELK_RETURN_IF_ERROR(AddFile(app, "shapes.conf", &confs.shapes));
    SPELK_RETURN_IF_ERROR(AddFile(app, "savedsearches.conf", &confs.saved_searches));
  }
  if (builtin_) {
    SPELK_ASSIGN_OR_RETURN(const Conf own, BuiltinConf("macros.conf"));
    macros_.AddAll(own);
  }
  SPELK_RETURN_IF_ERROR(limits_.Load(confs.limits));
  models_.Load(apps, builtin_);
  saved_searches_.Load(confs.saved_searches);
  std::vector<std::string> given = sources.lookups;
  if (!sources.write_folder.empty()) {
    if (!AppFolder::OpenFolder(sources.write_folder).ok()) {
      return absl::NotFoundError(
          fmt::format("there is no folder {} to write to", sources.write_folder));
    }
    given.insert(given.begin(), sources.write_folder);
  }
  SPELK_RETURN_IF_ERROR(lookups_.Load(std::move(apps), confs.transforms,
                                      std::move(confs.collections), given, limits_));
  macros_.AddAll(confs.macros);
  SPELK_RETURN_IF_ERROR(props_.AddAll(confs.props, confs.transforms, lookups_, false));
  SPELK_RETURN_IF_ERROR(classes_.Load(confs.event_types, confs.tags, false));
  if (builtin_) {
    SPELK_ASSIGN_OR_RETURN(const Conf types, BuiltinConf("eventtypes.conf"));
    SPELK_ASSIGN_OR_RETURN(const Conf tags, BuiltinConf("tags.conf"));
    SPELK_RETURN_IF_ERROR(classes_.Load(types, tags, true));
  }
  SPELK_ASSIGN_OR_RETURN(shapes_, ReadShapes(confs.shapes));
  return absl::OkStatus();
}

const std::vector<plan::EventLayout>& Knowledge::shapes() const {
  std::call_once(shapes_once_, [this] {
    if (!builtin_) return;
    const absl::StatusOr<Conf> conf = BuiltinConf("shapes.conf");
    if (!conf.ok()) return;  // The tests read these files.
    absl::StatusOr<std::vector<plan::EventLayout>> own = ReadShapes(*conf);
    if (!own.ok()) return;
    for (plan::EventLayout& shape : *own) shapes_.push_back(std::move(shape));
  });
  return shapes_;
}

void Knowledge::ReadBuiltinProps() const {
  if (!builtin_) return;
  const absl::StatusOr<Conf> conf = BuiltinConf("props.conf");
  builtin_status_ = conf.ok() ? props_.AddAll(*conf, Conf(), lookups_, true) : conf.status();
}

absl::StatusOr<InlinedRules> Knowledge::RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                                 const CompileExpression& expression,
                                                 const CompileTerms& terms) const {
  std::call_once(props_once_, [this] { ReadBuiltinProps(); });
  SPELK_RETURN_IF_ERROR(builtin_status_);
  SPELK_ASSIGN_OR_RETURN(std::vector<plan::FieldRule> classes,
                         classes_.RulesFor(needs, table, terms));
  plan::FieldSet read = needs;
  for (const plan::FieldRule& rule : classes) {
    read.Add(rule.Inputs());
    for (const Field target : rule.targets) read.Add(target);
  }
  SPELK_ASSIGN_OR_RETURN(InlinedRules inlined, props_.RulesFor(read, table, expression));
  for (plan::FieldRule& rule : classes) inlined.rules.push_back(std::move(rule));
  return inlined;
}

}  // namespace spelk::knowledge
