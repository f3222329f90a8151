// Finding lookup tables and reading what transforms.conf says of them.
#include "knowledge/lookups.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/status.h"
#include "knowledge/builtin.h"
#include "plan/table.h"
#include "value/ascii.h"

namespace spelk::knowledge {
namespace {

// Where the columns of a file must stand.
constexpr size_t kMostHeader = size_t{1} << 20U;

std::string_view LastPart(std::string_view path) {
  const size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// "users.csv.gz" → "users"
std::string_view WithoutEnding(std::string_view name) {
  for (const std::string_view ending : {".gz", ".csv"}) {
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  }
  return name;
}

// Words with commas and blanks between them.
std::vector<std::string> FieldsIn(std::string_view text) {
  std::vector<std::string> words;
  constexpr std::string_view kBetween = ", \t\r\n";
  while (true) {
    const size_t begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(kBetween), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

absl::Status NotBuilt(std::string_view place, std::string_view name, std::string_view what) {
  return absl::UnimplementedError(
      fmt::format("the lookup '{}' {}, which is not built ({})", name, what, place));
}

}  // namespace

absl::Status Lookups::Load(std::vector<AppFolder> apps, Conf transforms, Conf collections,
                           const std::vector<std::string>& given, const plan::Limits& limits) {
  limits_ = &limits;
  apps_ = std::move(apps);
  transforms_ = std::move(transforms);
  collections_ = std::move(collections);
  for (const std::string& text : given) SPELK_RETURN_IF_ERROR(Give(text));
  return absl::OkStatus();
}

absl::Status Lookups::Give(const std::string& text) {
  struct stat info {};
  if (::stat(text.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) {
      SPELK_ASSIGN_OR_RETURN(AppFolder folder, AppFolder::OpenFolder(text));
      folders_.push_back(std::move(folder));
      return absl::OkStatus();
    }
    files_[std::string(LastPart(text))] = text;
    files_[std::string(WithoutEnding(LastPart(text)))] = text;
    return absl::OkStatus();
  }
  const size_t equals = text.find('=');
  const std::string path = equals == std::string::npos ? text : text.substr(equals + 1);
  if (equals == std::string::npos || equals == 0 || ::stat(path.c_str(), &info) != 0 ||
      S_ISDIR(info.st_mode)) {
    return absl::NotFoundError(fmt::format("there is no lookup file {}", path));
  }
  files_[text.substr(0, equals)] = path;
  return absl::OkStatus();
}

// Empty if spelk's own tables are not there.
const Conf& Lookups::Own() const {
  std::call_once(own_once_, [this] {
    if (!builtin_) return;
    absl::StatusOr<Conf> conf = BuiltinConf("transforms.conf");
    if (conf.ok()) own_ = *std::move(conf);  // The tests read these files.
  });
  return own_;
}

const Setting* Lookups::Find(const Conf& conf, const Stanza& stanza, std::string_view key) {
  const Stanza* common = conf.Find(Conf::kDefault);
  const Setting* setting = stanza.Find(key);
  if (setting == nullptr && common != nullptr) setting = common->Find(key);
  // Without a value it says nothing.
  return setting == nullptr || setting->value.empty() ? nullptr : setting;
}

std::vector<std::string> Lookups::LookupNames() const {
  std::vector<std::string> names;
  for (const Conf* conf : {&transforms_, &Own()}) {
    for (const Stanza& stanza : conf->stanzas()) {
      const bool lookup = stanza.Find("filename") != nullptr ||
                          stanza.Find("collection") != nullptr ||
                          stanza.Find("external_type") != nullptr;
      if (lookup) names.push_back(stanza.name);
    }
  }
  for (const auto& [name, path] : files_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

namespace {

// Whether one of the parts between slashes is `..`.
bool LeadsUp(std::string_view name) {
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

absl::StatusOr<std::optional<io::Input>> Lookups::Open(std::string_view table) const {
  if (const auto given = files_.find(table); given != files_.end()) {
    io::Input input;
    input.path = given->second;
    return input;
  }
  for (const AppFolder& folder : folders_) {
    SPELK_ASSIGN_OR_RETURN(std::optional<io::Input> input, folder.Find(table));
    if (input) return input;
  }
  for (auto app = apps_.rbegin(); app != apps_.rend(); ++app) {
    SPELK_ASSIGN_OR_RETURN(std::optional<io::Input> input,
                           app->Find(fmt::format("lookups/{}", table)));
    if (input) return input;
  }
  const std::string_view own = builtin_ ? BuiltinTable(table) : std::string_view();
  if (own.empty()) return std::nullopt;
  io::Input input;
  input.kind = io::Input::Kind::kMemory;
  input.path = fmt::format("builtin/lookups/{}", table);
  input.memory = own;
  return input;
}

absl::StatusOr<std::optional<std::string>> Lookups::Read(std::string_view name, size_t most) const {
  // An app has other files beside its tables.
  if (LeadsUp(name)) {
    return absl::PermissionDeniedError(
        fmt::format("{} leads out of the folder of lookup tables", name));
  }
  // The forms of apps have a folder beside that of the tables.
  if (name.starts_with("forms/")) {
    for (auto app = apps_.rbegin(); app != apps_.rend(); ++app) {
      SPELK_ASSIGN_OR_RETURN(std::optional<std::string> form, app->Read(name, most));
      if (form) return form;
    }
  }
  SPELK_ASSIGN_OR_RETURN(const std::optional<io::Input> input, Open(name));
  if (!input) return std::nullopt;
  SPELK_ASSIGN_OR_RETURN(std::string text, io::ReadAll(*input, most));
  return text;
}

absl::StatusOr<plan::LookupPtr> Lookups::FindLookup(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  SPELK_ASSIGN_OR_RETURN(plan::LookupPtr lookup, Make(name));
  if (lookup != nullptr) known_[std::string(name)] = lookup;
  return lookup;
}

absl::StatusOr<plan::LookupPtr> Lookups::FindFile(std::string_view name) const {
  SPELK_ASSIGN_OR_RETURN(plan::LookupPtr lookup, OfFile(name));
  if (lookup != nullptr || LastPart(name).find('.') != std::string_view::npos) return lookup;
  return OfFile(fmt::format("{}.csv", name));
}

absl::StatusOr<plan::LookupPtr> Lookups::Make(std::string_view name) const {
  for (const Conf* conf : {&transforms_, &Own()}) {
    const Stanza* stanza = conf->Find(name);
    if (stanza == nullptr || name == Conf::kDefault) continue;
    SPELK_ASSIGN_OR_RETURN(plan::LookupPtr lookup, OfStanza(*conf, *stanza));
    if (lookup != nullptr) return lookup;
  }
  const bool file = name.ends_with(".csv") || name.ends_with(".csv.gz");
  if (file || files_.contains(name)) return OfFile(name);
  if (collections_.Find(name) != nullptr) {
    auto lookup = std::make_shared<plan::Lookup>();
    lookup->name = lookup->table = name;
    lookup->collection = true;
    LimitMatches(lookup.get());
    SPELK_RETURN_IF_ERROR(ReadColumns(nullptr, lookup.get()));
    return plan::LookupPtr(std::move(lookup));
  }
  return nullptr;
}

void Lookups::LimitMatches(plan::Lookup* lookup) const {
  lookup->max_matches = plan::MostOf(limits_, plan::kLookupMaxMatches);
  lookup->matches_by_limit = true;
}

absl::StatusOr<plan::LookupPtr> Lookups::OfFile(std::string_view name) const {
  SPELK_ASSIGN_OR_RETURN(const std::optional<io::Input> input, Open(name));
  if (!input) return nullptr;
  auto lookup = std::make_shared<plan::Lookup>();
  lookup->name = lookup->table = name;
  LimitMatches(lookup.get());
  SPELK_RETURN_IF_ERROR(ReadColumns(nullptr, lookup.get()));
  return plan::LookupPtr(std::move(lookup));
}

// Null for a stanza that is about fields, not about a lookup.
absl::StatusOr<plan::LookupPtr> Lookups::OfStanza(const Conf& conf, const Stanza& stanza) const {
  auto lookup = std::make_shared<plan::Lookup>();
  lookup->name = stanza.name;
  const auto given = [&stanza](std::string_view key) {
    const Setting* setting = stanza.Find(key);
    return setting == nullptr || setting->value.empty() ? nullptr : setting;
  };
  const Setting* file = given("filename");
  const Setting* type = given("external_type");
  const Setting* collection = given("collection");
  const Setting* script = given("external_cmd");
  const Setting* first = file != nullptr         ? file
                         : collection != nullptr ? collection
                         : type != nullptr       ? type
                                                 : script;
  if (first == nullptr) return nullptr;
  lookup->place = conf.PlaceOf(*first);
  if (script != nullptr) return NotBuilt(lookup->place, stanza.name, "runs a script");
  if (type != nullptr && type->value != "kvstore") {
    return NotBuilt(lookup->place, stanza.name, fmt::format("is of the type {}", type->value));
  }
  if (const Setting* filter = Find(conf, stanza, "filter")) lookup->filter = filter->value;
  if (file != nullptr) {
    lookup->table = LastPart(file->value);
  } else {
    lookup->collection = true;
    lookup->table = collection != nullptr ? collection->value : stanza.name;
  }
  SPELK_RETURN_IF_ERROR(ReadMatching(conf, stanza, lookup.get()));
  SPELK_RETURN_IF_ERROR(ReadColumns(&stanza, lookup.get()));
  return plan::LookupPtr(std::move(lookup));
}

namespace {

// "WILDCARD(url), CIDR(net)"
std::optional<std::vector<std::pair<std::string, plan::LookupMatch>>> ParseMatches(
    std::string_view text) {
  std::vector<std::pair<std::string, plan::LookupMatch>> matches;
  while (true) {
    const size_t begin = text.find_first_not_of(", \t\r\n");
    if (begin == std::string_view::npos) return matches;
    text.remove_prefix(begin);
    const size_t open = text.find('(');
    const size_t close = text.find(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
      return std::nullopt;
    }
    std::string kind;
    for (const char c : TrimBlanks(text.substr(0, open))) {
      kind += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    std::string column(TrimBlanks(text.substr(open + 1, close - open - 1)));
    text.remove_prefix(close + 1);
    if (kind == "WILDCARD") {
      matches.emplace_back(std::move(column), plan::LookupMatch::kWildcard);
    } else if (kind == "CIDR") {
      matches.emplace_back(std::move(column), plan::LookupMatch::kCidr);
    } else if (kind != "EXACT") {
      return std::nullopt;
    }
  }
}

}  // namespace

absl::Status Lookups::ReadMatching(const Conf& conf, const Stanza& stanza,
                                   plan::Lookup* lookup) const {
  const auto bad = [&conf](const Setting& setting, std::string_view wanted) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: {} takes {}, not \"{}\"", conf.PlaceOf(setting), setting.key, wanted, setting.value));
  };
  const auto number = [&](std::string_view key, int64_t least, int64_t most,
                          auto* value) -> absl::Status {
    const Setting* setting = Find(conf, stanza, key);
    if (setting == nullptr) return absl::OkStatus();
    int64_t parsed = 0;
    const char* end = setting->value.data() + setting->value.size();
    const auto [at, error] = std::from_chars(setting->value.data(), end, parsed);
    if (error != std::errc() || at != end || parsed < least || parsed > most) {
      return bad(*setting, fmt::format("a whole number from {} to {}", least, most));
    }
    *value = static_cast<std::remove_reference_t<decltype(*value)>>(parsed);
    return absl::OkStatus();
  };
  if (const Setting* setting = Find(conf, stanza, "match_type")) {
    auto matches = ParseMatches(setting->value);
    if (!matches) return bad(*setting, "a list of WILDCARD(column), CIDR(column), EXACT(column)");
    lookup->matches = std::move(*matches);
  }
  if (const Setting* setting = Find(conf, stanza, "case_sensitive_match")) {
    lookup->ignore_case = !IsTrue(setting->value);
  }
  if (const Setting* setting = Find(conf, stanza, "default_match")) {
    lookup->default_match = setting->value;
  }
  if (const Setting* setting = Find(conf, stanza, "time_field"))
    lookup->time_column = setting->value;
  if (const Setting* setting = Find(conf, stanza, "time_format"))
    lookup->time_format = setting->value;
  const int64_t most_matches =
      std::max<int64_t>(plan::kLookupMaxMatches.fallback, limits_->Get(plan::kLookupMaxMatches));
  constexpr int64_t kMostSeconds = 2'000'000'000;
  LimitMatches(lookup);
  if (!lookup->time_column.empty()) lookup->max_matches = 1;
  lookup->matches_by_limit =
      lookup->time_column.empty() && Find(conf, stanza, "max_matches") == nullptr;
  SPELK_RETURN_IF_ERROR(number("max_matches", 1, most_matches, &lookup->max_matches));
  SPELK_RETURN_IF_ERROR(
      number("min_matches", 0, plan::kLookupMaxMatches.fallback, &lookup->min_matches));
  SPELK_RETURN_IF_ERROR(number("min_offset_secs", 0, kMostSeconds, &lookup->min_offset));
  return number("max_offset_secs", 0, kMostSeconds, &lookup->max_offset);
}

absl::Status Lookups::ReadColumns(const Stanza* stanza, plan::Lookup* lookup) const {
  const std::string file =
      lookup->collection ? fmt::format("{}.csv", lookup->table) : lookup->table;
  SPELK_ASSIGN_OR_RETURN(const std::optional<io::Input> input, Open(file));
  if (input) {
    SPELK_ASSIGN_OR_RETURN(const std::string text, io::ReadBegin(*input, kMostHeader));
    SPELK_ASSIGN_OR_RETURN(lookup->columns,
                           plan::ReadCsvColumns(text, fmt::format("the file {}", file)));
  } else if (!lookup->collection) {
    return absl::NotFoundError(fmt::format("{} names the file {}, which is in no lookups folder",
                                           lookup->place, lookup->table));
  }
  if (!lookup->collection) return absl::OkStatus();
  lookup->empty = !input;
  // What a collection may hold, whether its rows have it or not.
  const auto add = [lookup](std::string_view name) {
    if (std::find(lookup->columns.begin(), lookup->columns.end(), name) == lookup->columns.end()) {
      lookup->columns.emplace_back(name);
    }
  };
  if (stanza != nullptr) {
    if (const Setting* fields = stanza->Find("fields_list")) {
      for (const std::string& name : FieldsIn(fields->value)) add(name);
    }
  }
  constexpr std::string_view kField = "field.";
  if (const Stanza* collection = collections_.Find(lookup->table)) {
    for (const Setting& setting : collection->settings) {
      if (setting.key.starts_with(kField)) add(std::string_view(setting.key).substr(kField.size()));
    }
  }
  return absl::OkStatus();
}

}  // namespace spelk::knowledge
