// Compiling and opening all that apps have.
#include "engine/app_problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/memory.h"
#include "base/status.h"
#include "knowledge/app_folder.h"
#include "knowledge/conf.h"

namespace spelk::engine {
namespace {

constexpr size_t kMemoryOfSearch = size_t{64} << 20U;

// A file of all apps, laid over each other as knowledge does.
knowledge::Conf ConfOf(const Core& core, std::string_view file) {
  knowledge::Conf conf;
  for (const knowledge::AppFile& each : core.knowledge().files()) {
    const bool of_it =
        each.file == fmt::format("default/{}", file) || each.file == fmt::format("local/{}", file);
    if (each.builtin || !of_it) continue;
    const absl::StatusOr<knowledge::AppFolder> app = knowledge::AppFolder::Open(each.app);
    if (!app.ok()) continue;
    const auto text = app->Read(each.file, knowledge::Conf::kMostBytes);
    std::vector<std::string> told;  // When the app was loaded.
    if (text.ok() && *text) conf.Add(**text, app->NameOf(each.file), &told).IgnoreError();
  }
  return conf;
}

// The first word, which may stand in quotes.
std::string_view FirstWord(std::string_view text) {
  const bool quoted = text.starts_with('"');
  if (quoted) text.remove_prefix(1);
  return text.substr(0, text.find_first_of(quoted ? "\"" : " \t\r\n,"));
}

class AppSearch {
 public:
  explicit AppSearch(const Core& core)
      : core_(core), budget_(kMemoryOfSearch), fields_(&core.fields(), &budget_) {}

  void Props() {
    const knowledge::Conf conf = ConfOf(core_, "props.conf");
    for (const knowledge::Stanza& stanza : conf.stanzas()) {
      for (const knowledge::Setting& setting : stanza.settings) {
        if (setting.value.empty()) continue;
        const std::string place = conf.PlaceOf(setting);
        if (setting.key.starts_with("EVAL-")) {
          Add(place, setting.key, CompileExpression(core_, fields_, setting.value).status());
        } else if (setting.key.starts_with("LOOKUP-")) {
          const std::string_view table = FirstWord(setting.value);
          const auto found = core_.knowledge().lookups().FindLookup(table);
          if (!found.ok()) Add(place, setting.key, found.status());
          if (found.ok() && *found == nullptr) {
            Add(place, setting.key,
                absl::NotFoundError(fmt::format("there is no lookup table '{}'", table)));
          }
        }
      }
    }
  }

  void EventTypes() {
    const knowledge::Conf conf = ConfOf(core_, "eventtypes.conf");
    for (const knowledge::Stanza& stanza : conf.stanzas()) {
      const knowledge::Setting* search = stanza.Find("search");
      if (search == nullptr || search->value.empty()) continue;
      if (knowledge::IsTrue(stanza.Text("disabled"))) continue;
      Add(conf.PlaceOf(*search), search->key,
          CompileTerms(core_, fields_, std::string_view(search->value)).status());
    }
  }

  void Lookups() {
    const knowledge::Lookups& lookups = core_.knowledge().lookups();
    for (const std::string& name : lookups.LookupNames()) {
      Add("", fmt::format("the lookup '{}'", name), lookups.FindLookup(name).status());
    }
  }

  void Models() {
    const knowledge::DataModels& models = core_.knowledge().models();
    for (const std::string& name : models.Names()) {
      Add("", fmt::format("the data model '{}'", name), models.Find(name).status());
    }
  }

  std::vector<std::string> Take() { return std::move(problems_); }

 private:
  void Add(std::string_view place, std::string_view what, const absl::Status& status) {
    if (status.ok()) return;
    const std::string_view message = MessageOf(status);
    std::string problem = place.empty() ? fmt::format("{}: {}", what, message)
                                        : fmt::format("{}: {}: {}", place, what, message);
    problems_.push_back(std::move(problem));
  }

  const Core& core_;
  MemoryBudget budget_;
  FieldTable fields_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> FindAppProblems(const Core& core) {
  AppSearch search(core);
  search.Props();
  search.EventTypes();
  search.Lookups();
  search.Models();
  return search.Take();
}

}  // namespace spelk::engine
