// Which kind of pack a path names; folders of .spl files; saved searches.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

#include "base/status.h"
#include "engine/impl.h"
#include "engine/pack/pack_reading.h"
#include "io/json_value.h"
#include "io/terminal_text.h"
#include "knowledge/conf.h"
#include "value/ascii.h"
#include "value/utf8.h"

namespace spelk {
namespace engine {
namespace {

bool IsWordByte(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

std::string Trimmed(std::string_view text) { return std::string(TrimBlanks(text)); }

std::string StemOf(std::string_view path) {
  std::string_view name = path.substr(path.find_last_of('/') + 1);
  const size_t dot = name.find_last_of('.');
  return std::string(dot == 0 ? name : name.substr(0, dot));
}

void AddTechniques(std::string_view text, std::vector<std::string>* techniques) {
  constexpr size_t kDigits = 4;
  constexpr size_t kSubDigits = 3;
  const auto digits = [text](size_t at, size_t count) {
    if (at + count > text.size()) return false;
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                       text.begin() + static_cast<std::ptrdiff_t>(at + count), IsDigit);
  };
  for (size_t at = text.find('T'); at != std::string_view::npos; at = text.find('T', at + 1)) {
    if ((at > 0 && IsWordByte(text[at - 1])) || !digits(at + 1, kDigits)) continue;
    size_t end = at + 1 + kDigits;
    const bool sub = end < text.size() && text[end] == '.' && digits(end + 1, kSubDigits);
    if (sub) end += 1 + kSubDigits;
    if (end < text.size() && IsWordByte(text[end])) continue;
    std::string id(text.substr(at, end - at));
    if (std::find(techniques->begin(), techniques->end(), id) == techniques->end()) {
      techniques->push_back(std::move(id));
    }
  }
}

std::vector<std::string> TechniquesIn(std::string_view text) {
  std::vector<std::string> techniques;
  AddTechniques(text, &techniques);
  return techniques;
}

std::optional<std::string> PackFiles::Read(std::string_view file) {
  const absl::StatusOr<std::optional<std::string>> text = folder_.Read(file, kMostPackFile);
  if (!text.ok()) {
    Note(std::string(MessageOf(text.status())));
    return std::nullopt;
  }
  if (!*text) return std::nullopt;
  bytes_ += (*text)->size();
  if (bytes_ > kMostPackText) {
    Note(
        fmt::format("{}: not read: the pack is longer than {} bytes", NameOf(file), kMostPackText));
    return std::nullopt;
  }
  if (!IsUtf8(**text)) {
    Note(fmt::format("{} is not UTF-8; save it as UTF-8", NameOf(file)));
    return std::nullopt;
  }
  return *text;
}

absl::Status PackFiles::Add(Analytic analytic) {
  if (pack_.analytics.size() == kMostAnalytics) {
    return absl::ResourceExhaustedError(
        fmt::format("{} has more than {} searches", pack_.path, kMostAnalytics));
  }
  pack_.analytics.push_back(std::move(analytic));
  return absl::OkStatus();
}

// ---------------------------------------------------------------- .spl files

namespace {

// The comment that a search begins with.
std::string_view OpeningComment(std::string_view text) {
  constexpr std::string_view kQuotes = "```";
  text = TrimBlanks(text);
  if (!text.starts_with(kQuotes)) return {};
  const size_t end = text.find(kQuotes, kQuotes.size());
  if (end == std::string_view::npos) return {};
  return text.substr(kQuotes.size(), end - kQuotes.size());
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  return lower;
}

void AppendWords(std::string_view more, std::string* text) {
  more = TrimBlanks(more);
  if (more.empty()) return;
  if (!text->empty()) *text += ' ';
  *text += more;
}

// What the comment says: lines "Key: text", each going on until the next; before them the
// description.
void ReadHeader(std::string_view comment, Analytic* analytic) {
  std::string techniques, data, ignored;
  std::string* to = &analytic->description;
  while (!comment.empty()) {
    const size_t end = std::min(comment.find('\n'), comment.size());
    const std::string_view line = TrimBlanks(comment.substr(0, end));
    comment.remove_prefix(std::min(end + 1, comment.size()));
    const size_t colon = line.find(':');
    const std::string key = Lower(line.substr(0, colon));
    std::string* const known =
        colon == std::string_view::npos                           ? nullptr
        : key == "att&ck" || key == "mitre" || key == "technique" ? &techniques
        : key == "data" || key == "data source"                   ? &data
        : key == "false positives"                                ? &analytic->false_positives
        : key == "name" || key == "title"                         ? &analytic->name
        : key == "id"                                             ? &analytic->id
        : key == "type"                                           ? &analytic->type
        : key == "description"                                    ? &analytic->description
        : key == "author" || key == "date" || key == "version" || key == "references" ? &ignored
                                                                                      : nullptr;
    if (known == nullptr) {
      AppendWords(line, to);
      continue;
    }
    to = known;
    AppendWords(line.substr(colon + 1), to);
  }
  analytic->mitre = TechniquesIn(techniques);
  if (!data.empty()) analytic->data.push_back(data);
}

}  // namespace

absl::Status AddSplFile(std::string_view text, const std::string& file, const std::string& stem,
                        PackFiles& files) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Analytic analytic;
  analytic.search = text;
  analytic.file = file;
  ReadHeader(OpeningComment(text), &analytic);
  if (analytic.name.empty()) analytic.name = stem;
  if (analytic.id.empty()) analytic.id = stem;
  if (TrimBlanks(text).empty()) analytic.problem = "the file holds no search";
  return files.Add(std::move(analytic));
}

// ---------------------------------------------------------------- saved searches

namespace {

// {"mitre_attack": ["T1047"]} or any text with ids in it.
void ReadAnnotations(std::string_view text, Analytic* analytic) {
  MemoryBudget budget(kMostPackFile);
  Arena arena(&budget);
  const io::JsonNode* root = io::ParseJson(text, arena);
  const io::JsonNode* ids = root == nullptr ? nullptr : FindMember(*root, "mitre_attack");
  AddTechniques(ids == nullptr ? text : ids->text, &analytic->mitre);
}

Analytic OfStanza(const knowledge::Stanza& stanza, const knowledge::Conf& conf) {
  const knowledge::Setting& search = *stanza.Find("search");
  Analytic analytic;
  analytic.name = stanza.name;
  analytic.search = search.value;
  const std::string place = conf.PlaceOf(search);
  analytic.file = place.substr(0, place.find_last_of(':'));
  analytic.line = search.line;
  analytic.description = stanza.Text("description");
  if (analytic.description.empty()) {
    analytic.description = stanza.Text("action.notable.param.rule_description");
  }
  analytic.id = stanza.Text("action.escu.id");
  if (analytic.id.empty()) analytic.id = stanza.name;
  analytic.type = stanza.Text("action.escu.analytic_story_type");
  if (analytic.type.empty()) analytic.type = stanza.Text("action.escu.search_type");
  analytic.false_positives = stanza.Text("action.escu.known_false_positives");
  analytic.earliest = stanza.Text("dispatch.earliest_time");
  analytic.latest = stanza.Text("dispatch.latest_time");
  analytic.disabled = knowledge::IsTrue(stanza.Text("disabled"));
  const std::string_view annotations = stanza.Text("action.correlationsearch.annotations");
  if (!annotations.empty()) ReadAnnotations(annotations, &analytic);
  if (analytic.mitre.empty()) AddTechniques(stanza.Text("action.escu.mappings"), &analytic.mitre);
  if (TrimBlanks(search.value).empty()) analytic.problem = "its search is empty";
  return analytic;
}

}  // namespace

absl::Status AddSavedSearches(const std::vector<std::string>& confs, PackFiles& files) {
  knowledge::Conf conf;
  for (const std::string& file : confs) {
    const std::optional<std::string> text = files.Read(file);
    if (!text) continue;
    const absl::Status status = conf.Add(*text, files.NameOf(file), &files.pack().problems);
    if (!status.ok()) files.Note(std::string(MessageOf(status)));
  }
  for (const knowledge::Stanza& stanza : conf.stanzas()) {
    if (stanza.name == knowledge::Conf::kDefault || stanza.Find("search") == nullptr) continue;
    SPELK_RETURN_IF_ERROR(files.Add(OfStanza(stanza, conf)));
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- which kind

namespace {

bool IsFolder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

absl::Status NoSearches(const Pack& pack) {
  std::string why = pack.problems.empty() ? std::string() : fmt::format("; {}", pack.problems[0]);
  return absl::InvalidArgumentError(fmt::format(
      "there are no searches in {}: a pack is a folder with detections/, a Splunk app folder with "
      "savedsearches.conf, a folder of .spl files, JSON lines with \"search\" or \"query\", or a "
      "STIX bundle{}",
      io::Printable(pack.path), why));
}

// The saved searches of a folder and of apps below it, which bring what their searches use. The two
// files of an app lie over each other.
absl::Status ReadSavedSearches(PackFiles& files) {
  constexpr std::string_view kFile = "savedsearches.conf";
  Pack& pack = files.pack();
  std::vector<std::string> apps;
  const auto add_app = [&](const std::string& app) -> absl::Status {
    if (std::find(apps.begin(), apps.end(), app) != apps.end()) return absl::OkStatus();
    apps.push_back(app);
    pack.apps.push_back(pack.path + (app.empty() ? "" : "/" + app.substr(0, app.size() - 1)));
    return AddSavedSearches(
        {fmt::format("{}default/{}", app, kFile), fmt::format("{}local/{}", app, kFile)}, files);
  };
  if (files.folder().HasFolder("default") || files.folder().HasFolder("local")) {
    SPELK_RETURN_IF_ERROR(add_app(""));
    if (!pack.analytics.empty() && pack.kind == PackKind::kFolder) pack.kind = PackKind::kApp;
  }
  for (const std::string& file : files.folder().FilesBelow("", {kFile})) {
    const std::string folder = file.substr(0, file.size() - kFile.size());  // With its slash.
    if (!folder.empty() && !folder.ends_with('/')) continue;
    const bool of_app = folder == "default/" || folder == "local/" ||
                        folder.ends_with("/default/") || folder.ends_with("/local/");
    if (of_app) {
      const size_t above = folder.find_last_of('/', folder.size() - 2);
      SPELK_RETURN_IF_ERROR(add_app(above == std::string::npos ? "" : folder.substr(0, above + 1)));
    } else {
      SPELK_RETURN_IF_ERROR(AddSavedSearches({file}, files));
    }
  }
  return absl::OkStatus();
}

// Searches as JSON lines. Events are such lines, too, those of name servers with a "query": a file
// counts if each of its objects has a search, and the first one says "search" or has a name.
absl::Status ReadSearchLines(const std::string& file, PackFiles& files) {
  const absl::StatusOr<std::optional<std::string>> text = files.folder().Read(file, kMostPackFile);
  if (!text.ok() || !*text || !IsUtf8(**text)) return absl::OkStatus();
  const std::string_view first = std::string_view(**text).substr(0, (*text)->find('\n'));
  const auto says = [first](std::string_view key) {
    return first.find(key) != std::string_view::npos;
  };
  if (!says("\"search\"") && !says("\"name\"") && !says("\"title\"")) return absl::OkStatus();
  Pack trial;
  PackFiles lines(files.folder(), &trial);
  const absl::Status read = ReadJsonPack(**text, files.NameOf(file), lines);
  if (!read.ok() || !trial.problems.empty()) return absl::OkStatus();
  for (Analytic& analytic : trial.analytics) {
    SPELK_RETURN_IF_ERROR(files.Add(std::move(analytic)));
  }
  std::vector<ConfStanza>& stanzas = files.pack().stanzas;
  std::move(trial.stanzas.begin(), trial.stanzas.end(), std::back_inserter(stanzas));
  return absl::OkStatus();
}

absl::Status ReadFolder(PackFiles& files) {
  Pack& pack = files.pack();
  pack.kind = PackKind::kFolder;
  const bool detections = files.folder().HasFolder("detections");
  if (detections) SPELK_RETURN_IF_ERROR(ReadDetections(files));
  SPELK_RETURN_IF_ERROR(ReadSavedSearches(files));
  for (const std::string& file :
       files.folder().FilesBelow("", {".spl", ".yml", ".yaml", ".jsonl"})) {
    if (file.ends_with(".jsonl")) {
      SPELK_RETURN_IF_ERROR(ReadSearchLines(file, files));
      continue;
    }
    // Of a tree of detections other YAML files hold macros, stories, tests.
    if (detections && !file.ends_with(".spl")) continue;
    const std::optional<std::string> text = files.Read(file);
    if (!text) continue;
    const std::string name = files.NameOf(file);
    SPELK_RETURN_IF_ERROR(file.ends_with(".spl") ? AddSplFile(*text, name, StemOf(file), files)
                                                 : AddDetection(*text, name, files));
  }
  if (detections) return absl::OkStatus();
  if (!pack.analytics.empty()) return absl::OkStatus();
  // Nothing but tests; beside searches they are no part of the pack.
  std::vector<std::string> problems = pack.problems;
  for (const std::string& file : files.folder().FilesBelow("", {".yml", ".yaml"})) {
    const std::optional<std::string> text = files.Read(file);
    if (text) SPELK_RETURN_IF_ERROR(AddTestSearches(*text, files.NameOf(file), files));
  }
  pack.problems = std::move(problems);  // These were told the first time.
  return absl::OkStatus();
}

// A file is read through the folder that it lies in.
absl::Status ReadFile(const std::string& path, Pack* pack) {
  const size_t slash = path.find_last_of('/');
  const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  SPELK_ASSIGN_OR_RETURN(const knowledge::AppFolder folder,
                         knowledge::AppFolder::OpenFolder(parent));
  PackFiles files(folder, pack);
  // It may be longer than one of many, and be compressed.
  io::Input input;
  input.path = path;
  SPELK_ASSIGN_OR_RETURN(const std::string text, io::ReadAll(input, kMostPackText));
  if (!IsUtf8(text)) {
    return absl::InvalidArgumentError(
        fmt::format("{} is not UTF-8; save it as UTF-8", io::Printable(path)));
  }
  pack->kind = PackKind::kFile;
  if (name.ends_with(".spl")) return AddSplFile(text, path, StemOf(name), files);
  if (name.ends_with(".yml") || name.ends_with(".yaml")) return AddDetection(text, path, files);
  if (name.ends_with(".conf")) {
    knowledge::Conf conf;
    SPELK_RETURN_IF_ERROR(conf.Add(text, path, &pack->problems));
    for (const knowledge::Stanza& stanza : conf.stanzas()) {
      if (stanza.name == knowledge::Conf::kDefault || stanza.Find("search") == nullptr) continue;
      SPELK_RETURN_IF_ERROR(files.Add(OfStanza(stanza, conf)));
    }
    return absl::OkStatus();
  }
  pack->kind = PackKind::kLines;
  return ReadJsonPack(text, path, files);
}

absl::StatusOr<Pack> Read(const std::string& path) {
  Pack pack;
  pack.path = path;
  if (IsFolder(path)) {
    SPELK_ASSIGN_OR_RETURN(const knowledge::AppFolder folder,
                           knowledge::AppFolder::OpenFolder(path));
    PackFiles files(folder, &pack);
    SPELK_RETURN_IF_ERROR(ReadFolder(files));
  } else {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
      return absl::NotFoundError(fmt::format("there is no pack {}", io::Printable(path)));
    }
    SPELK_RETURN_IF_ERROR(ReadFile(path, &pack));
  }
  if (pack.analytics.empty()) return NoSearches(pack);
  return pack;
}

}  // namespace
}  // namespace engine

Result<Pack> ReadPack(const std::string& path) {
  absl::StatusOr<Pack> pack = engine::Read(path);
  if (!pack.ok()) return engine::ToError(pack.status());
  return std::move(*pack);
}

void AddPack(const Pack& pack, EngineOptions* options) {
  options->apps.insert(options->apps.begin(), pack.apps.begin(), pack.apps.end());
  options->lookups.insert(options->lookups.begin(), pack.lookups.begin(), pack.lookups.end());
  options->stanzas.insert(options->stanzas.begin(), pack.stanzas.begin(), pack.stanzas.end());
  options->empty_tables = true;
}

}  // namespace spelk
