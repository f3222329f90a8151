// Knowledge: what Splunk app folders and spelk's own say of events and searches.
#pragma once

#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "knowledge/builtin.h"
#include "knowledge/data_models.h"
#include "knowledge/event_classes.h"
#include "knowledge/input_settings.h"
#include "knowledge/limits.h"
#include "knowledge/lookups.h"
#include "knowledge/macros.h"
#include "knowledge/props.h"
#include "knowledge/saved_searches.h"
#include "plan/event_layout.h"
#include "plan/field_set.h"

namespace spelk::knowledge {

// A stanza that lies in no app folder.
struct GivenStanza {
  std::string conf;  // "macros.conf"
  std::string name;
  std::vector<std::pair<std::string, std::string>> settings;
  std::string file;
  size_t line = 1;
};

// Where knowledge comes from.
struct KnowledgeSources {
  std::vector<std::string> apps = {};
  bool builtin = true;
  std::vector<std::string> lookups = {};  // See Lookups::Load.
  std::string write_folder = {};  // Its files are lookup tables, before all others; empty: none.
  std::vector<std::string> macros = {};   // See Macros::AddDefinition; they come after all apps.
  std::vector<GivenStanza> stanzas = {};  // They come before all apps.
  std::string base_limits = "splunk";     // Or none: all limits are lifted.
  std::vector<std::string> limits = {};   // See LimitSettings::Set; after the limits.conf of apps.
};

// A file of an app.
struct AppFile {
  std::string app;   // The folder, as given.
  std::string file;  // "default/props.conf"
  bool read = false;
  size_t stanzas = 0;  // Of a .conf file that is read.
  bool builtin = false;
};

// Loaded once, then immutable and shared between threads. What spelk itself brings is read when it
// is first asked for.
class Knowledge {
 public:
  // Reads the app folders (`default/`, then `local/`; a later folder overrides an earlier one) on
  // top of spelk's own app. NotFound for a folder that is not there; PermissionDenied for a file
  // that leads out of it. Files of kinds that are not read, and lines that mean nothing, do no
  // harm.
  absl::Status Load(const KnowledgeSources& sources);

  const Macros& macros() const { return macros_; }
  const Lookups& lookups() const { return lookups_; }
  const LimitSettings& limits() const { return limits_; }
  // In order of precedence: those of apps first.
  const std::vector<plan::EventLayout>& shapes() const;

  // See Props::RulesFor; event types and tags come last.
  absl::StatusOr<InlinedRules> RulesFor(const plan::FieldSet& needs, FieldTable& table,
                                        const CompileExpression& expression,
                                        const CompileTerms& terms, RuleCache& cache) const;
  // See Props::ForEachField; spelk's own rules are among them.
  absl::Status ForEachField(const Props::TakeField& take) const;
  const EventClasses& classes() const { return classes_; }
  const DataModels& models() const { return models_; }
  const SavedSearches& saved_searches() const { return saved_searches_; }

  // The files of the apps, in the order in which they are laid over each other: spelk's own
  // first.
  std::vector<AppFile> files() const;
  // What is wrong in them, with file and line.
  const std::vector<std::string>& problems() const { return problems_; }
  // Lines that were left out.
  const std::vector<std::string>& skipped() const { return skipped_; }

  // See Props::times. Those of spelk itself are there after the first RulesFor.
  const std::vector<plan::TextSetting>& times() const { return props_.times(); }
  // How inputs are read, as apps say.
  InputSettings input_settings() const { return {props_.inputs(), props_.times()}; }
  // What the sourcetypes of apps are shown as.
  const StringMap<std::string>& renames() const { return props_.renames(); }

 private:
  // Reads the props.conf of those families of events that may give one of the fields. False if
  // there was none left to read.
  absl::StatusOr<bool> ReadBuiltinProps(const plan::FieldSet& fields) const;
  absl::Status ReadBuiltinProps(std::string_view family) const;

  absl::Status AddFile(const AppFolder& app, std::string_view file, Conf* conf);
  void ListFiles(const AppFolder& app);

  bool builtin_ = false;
  std::vector<AppFile> files_;
  std::vector<std::string> skipped_;
  std::vector<std::string> problems_;
  Macros macros_;
  LimitSettings limits_;
  Lookups lookups_;
  EventClasses classes_;
  DataModels models_;
  SavedSearches saved_searches_;
  mutable std::once_flag shapes_once_;
  mutable std::vector<plan::EventLayout> shapes_;
  // Over props_ and unread_, which grow.
  mutable std::shared_mutex props_mutex_;
  mutable Props props_;
  mutable std::vector<BuiltinFamily> unread_;
  mutable bool shared_read_ = false;
};

}  // namespace spelk::knowledge
