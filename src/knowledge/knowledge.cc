// Loading app folders.
#include "knowledge/knowledge.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "knowledge/app_folder.h"
#include "knowledge/builtin.h"
#include "knowledge/event_layouts.h"
#include "value/ascii.h"

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
  Conf fields;
  Conf transaction_types;
};

// Null for files that are read in no other way.
Conf* ConfNamed(std::string_view name, AppConfs* confs) {
  const std::pair<std::string_view, Conf*> known[] = {
      {"macros.conf", &confs->macros},
      {"props.conf", &confs->props},
      {"transforms.conf", &confs->transforms},
      {"collections.conf", &confs->collections},
      {"eventtypes.conf", &confs->event_types},
      {"tags.conf", &confs->tags},
      {"savedsearches.conf", &confs->saved_searches},
      {"transactiontypes.conf", &confs->transaction_types}};
  for (const auto& [file, conf] : known) {
    if (file == name) return conf;
  }
  return nullptr;
}

// Of a file, each stanza counted.
size_t StanzasIn(std::string_view text) {
  size_t count = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = TrimBlanks(text.substr(0, end));
    if (line.starts_with('[') && line.ends_with(']')) ++count;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return count;
}

constexpr std::string_view kLayers[] = {"default", "local"};

}  // namespace

absl::Status Knowledge::AddFile(const AppFolder& app, std::string_view file, Conf* conf) {
  for (const std::string_view layer : kLayers) {
    const std::string path = fmt::format("{}/{}", layer, file);
    SPELK_ASSIGN_OR_RETURN(const std::optional<std::string> text, app.Read(path, Conf::kMostBytes));
    if (!text) continue;
    const absl::Status status = conf->Add(*text, app.NameOf(path), &skipped_);
    if (!status.ok()) skipped_.emplace_back(MessageOf(status));
    for (AppFile& each : files_) {
      if (each.app != app.path() || each.file != path) continue;
      each.read = status.ok();
      each.stanzas = StanzasIn(*text);
    }
  }
  return absl::OkStatus();
}

void Knowledge::ListFiles(const AppFolder& app) {
  for (const std::string_view folder :
       {"default", "local", "lookups", "data/models", "default/data/models", "local/data/models"}) {
    for (const std::string& name : app.List(folder)) {
      const bool table = folder == "lookups"
                             ? name.ends_with(".csv") || name.ends_with(".csv.gz")
                             : folder.ends_with("models") && name.ends_with(".json");
      // Hidden files, and folders.
      if (name.starts_with('.') || name.find('.') == std::string::npos) continue;
      files_.push_back({app.path(), fmt::format("{}/{}", folder, name), table, 0});
    }
  }
}

absl::Status Knowledge::Load(const KnowledgeSources& sources) {
  builtin_ = sources.builtin;
  AppConfs confs;
  std::vector<AppFolder> apps;
  for (const GivenStanza& given : sources.stanzas) {
    Conf* conf = ConfNamed(given.conf, &confs);
    if (conf == nullptr) {
      return absl::InvalidArgumentError(fmt::format("no stanza can be given of {}", given.conf));
    }
    conf->AddStanza(given.name, given.settings, given.file, static_cast<uint32_t>(given.line));
  }
  for (const std::string& path : sources.apps) {
    SPELK_ASSIGN_OR_RETURN(const AppFolder app, AppFolder::Open(path));
    apps.push_back(app);
    ListFiles(app);
    SPELK_RETURN_IF_ERROR(AddFile(app, "transforms.conf", &confs.transforms));
    SPELK_RETURN_IF_ERROR(AddFile(app, "collections.conf", &confs.collections));
    SPELK_RETURN_IF_ERROR(AddFile(app, "limits.conf", &confs.limits));
    SPELK_RETURN_IF_ERROR(AddFile(app, "eventtypes.conf", &confs.event_types));
    SPELK_RETURN_IF_ERROR(AddFile(app, "tags.conf", &confs.tags));
    SPELK_RETURN_IF_ERROR(AddFile(app, "macros.conf", &confs.macros));
    SPELK_RETURN_IF_ERROR(AddFile(app, "props.conf", &confs.props));
    SPELK_RETURN_IF_ERROR(AddFile(app, "shapes.conf", &confs.shapes));
    SPELK_RETURN_IF_ERROR(AddFile(app, "savedsearches.conf", &confs.saved_searches));
    SPELK_RETURN_IF_ERROR(AddFile(app, "fields.conf", &confs.fields));
    SPELK_RETURN_IF_ERROR(AddFile(app, "transactiontypes.conf", &confs.transaction_types));
  }
  if (builtin_) {
    SPELK_ASSIGN_OR_RETURN(const Conf own, BuiltinConf("macros.conf"));
    macros_.AddAll(own);
  }
  SPELK_RETURN_IF_ERROR(limits_.Load(confs.limits));
  if (sources.base_limits == "none") {
    limits_.LiftAll();
  } else if (sources.base_limits != "splunk") {
    return absl::InvalidArgumentError(
        fmt::format("limits are splunk or none, not \"{}\"", sources.base_limits));
  }
  for (const std::string& limit : sources.limits) SPELK_RETURN_IF_ERROR(limits_.Set(limit));
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
  if (builtin_) lookups_.AddBuiltin();
  macros_.AddAll(confs.macros);
  macros_.AddSavedSearches(confs.saved_searches);
  for (const std::string& macro : sources.macros) {
    SPELK_RETURN_IF_ERROR(macros_.AddDefinition(macro));
  }
  SPELK_RETURN_IF_ERROR(props_.AddAll(confs.props, confs.transforms, lookups_, false));
  props_.AddFields(confs.fields);
  saved_searches_.LoadStanzas(std::move(confs.transaction_types), std::move(confs.transforms));
  problems_ = skipped_;
  for (std::string& problem : props_.Problems()) problems_.push_back(std::move(problem));
  SPELK_RETURN_IF_ERROR(classes_.Load(confs.event_types, confs.tags));
  if (builtin_) classes_.AddBuiltin();
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

absl::Status Knowledge::ReadBuiltinProps(std::string_view family) const {
  SPELK_ASSIGN_OR_RETURN(const Conf conf, BuiltinConf("props.conf", family));
  SPELK_ASSIGN_OR_RETURN(const Conf transforms, BuiltinConf("transforms.conf", family));
  return props_.Read(conf, transforms, lookups_, true);
}

namespace {

bool MayGive(const BuiltinFamily& family, const plan::FieldSet& fields) {
  const auto starry = [](const std::string& pattern) {
    return pattern.find_first_not_of('*') == std::string::npos;
  };
  if (family.always || !std::all_of(fields.patterns().begin(), fields.patterns().end(), starry)) {
    return true;
  }
  return std::any_of(fields.fields().begin(), fields.fields().end(), [&](Field field) {
    return std::binary_search(family.words.begin(), family.words.end(), field.name());
  });
}

}  // namespace

absl::StatusOr<bool> Knowledge::ReadBuiltinProps(const plan::FieldSet& fields) const {
  if (!builtin_) return false;
  const auto may_give = [&](const BuiltinFamily& family) { return MayGive(family, fields); };
  {
    const std::shared_lock lock(props_mutex_);
    if (shared_read_ && std::none_of(unread_.begin(), unread_.end(), may_give)) return false;
  }
  const std::unique_lock lock(props_mutex_);
  if (!shared_read_) {
    SPELK_RETURN_IF_ERROR(ReadBuiltinProps(""));
    const auto families = BuiltinFamilies();
    unread_.assign(families.begin(), families.end());
    shared_read_ = true;
  }
  const auto first = std::stable_partition(unread_.begin(), unread_.end(), std::not_fn(may_give));
  for (auto family = first; family != unread_.end(); ++family) {
    SPELK_RETURN_IF_ERROR(ReadBuiltinProps(family->name));
  }
  unread_.erase(first, unread_.end());
  props_.Arrange();
  return true;
}

absl::Status Knowledge::ForEachField(const Props::TakeField& take) const {
  plan::FieldSet any;
  any.AddPattern("_*");  // Every family may give a field that a pattern takes.
  SPELK_RETURN_IF_ERROR(ReadBuiltinProps(any).status());
  const std::shared_lock lock(props_mutex_);
  props_.ForEachField(take);
  return absl::OkStatus();
}

std::vector<AppFile> Knowledge::files() const {
  std::vector<AppFile> files;
  if (builtin_) {
    for (const std::string_view name : BuiltinFiles()) {
      const bool conf = name.ends_with(".conf");
      files.push_back(
          {"builtin", std::string(name), true, conf ? StanzasIn(BuiltinFile(name)) : 0, true});
    }
  }
  files.insert(files.end(), files_.begin(), files_.end());
  return files;
}

absl::StatusOr<InlinedRules> Knowledge::RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                                 const CompileExpression& expression,
                                                 const CompileTerms& terms,
                                                 RuleCache& cache) const {
  SPELK_ASSIGN_OR_RETURN(plan::ComputedColumnsList classes,
                         classes_.RulesFor(needs, table, terms, cache));
  plan::FieldSet read = needs;
  for (const plan::ComputedColumns& rule : classes) {
    read.Add(rule.Inputs());
    for (const Field target : rule.targets) read.Add(target);
  }
  // What a rule reads may be given by those of another family.
  InlinedRules inlined;
  plan::FieldSet asked = read;
  SPELK_RETURN_IF_ERROR(ReadBuiltinProps(asked).status());
  while (true) {
    {
      const std::shared_lock lock(props_mutex_);
      SPELK_ASSIGN_OR_RETURN(inlined, props_.RulesFor(read, table, expression, cache));
    }
    for (const plan::ComputedColumns& rule : inlined.rules) asked.Add(rule.Inputs());
    SPELK_ASSIGN_OR_RETURN(const bool more, ReadBuiltinProps(asked));
    if (!more) break;
  }
  for (plan::SharedColumns& rule : classes) inlined.rules.push_back(std::move(rule));
  return inlined;
}

}  // namespace spelk::knowledge
