// Tests in YAML: spelk's own, those of detections for contentctl, and Sigma's regression data.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <sstream>

#include "cli/choices.h"
#include "cli/coverage_report.h"
#include "cli/test_case.h"
#include "cli/test_values.h"
#include "spelk/embedded.h"
#include "spelk/text.h"
#include "spelk/yaml.h"

namespace spelk::cli {
namespace {

namespace fs = std::filesystem;

class TestReader {
 public:
  TestReader(const std::string& path, const std::string& text, const TestSources& sources,
             TestFiles* files)
      : path_(path),
        text_(text),
        folder_(fs::path(path).parent_path()),
        sources_(sources),
        files_(*files) {}

  void ReadOwn(const Yaml& top) {
    TestCase base;
    base.file = path_;
    base.line = top.line();
    base.arguments.now = "data";
    ReadSettings(top, kTopNames, &base);
    const Yaml cases = top.Find("cases") ? top.Find("cases") : top.Find("tests");
    if (!cases || !cases.is_list() || cases.size() == 0) {
      Complain(cases ? cases : top,
               "cases: a list of cases is missing; each begins with a dash on a line of its own");
    }
    size_t number = 0;
    for (const Yaml& item : Items(cases)) {
      ++number;
      try {
        ReadCase(item, number, base);
      } catch (const YamlProblem& problem) {
        files_.problems.push_back({path_, problem.line, problem.message});
      }
    }
  }

  // The folder with detections/ that the file lies in, where that has macros or lookups.
  std::string TreeOfDetections() const {
    std::error_code ignored;
    const fs::path whole = fs::absolute(path_, ignored).lexically_normal();
    for (fs::path folder = whole.parent_path(); folder.has_relative_path();
         folder = folder.parent_path()) {
      if (folder.filename() != "detections") continue;
      const fs::path tree = folder.parent_path();
      const bool brings =
          fs::is_directory(tree / "macros", ignored) || fs::is_directory(tree / "lookups", ignored);
      return brings ? tree.string() : "";
    }
    return "";
  }

  // security_content: a detection with its tests.
  void ReadContentctl(const Yaml& top) {
    size_t number = 0;
    const std::string tree = TreeOfDetections();
    for (const Yaml& test : Items(top.Find("tests"))) {
      ++number;
      TestCase made;
      made.file = path_;
      made.pack = tree;
      made.line = test.line();
      const std::string title = top.Find("name") ? TextOf(top.Find("name"), "name") : path_;
      made.name = test.Find("name") ? title + ": " + TextOf(test.Find("name"), "name")
                                    : fmt::format("{}: test {}", title, number);
      made.query = TextOf(top.Find("search"), "search");
      made.query_name = path_;
      made.malformed = true;  // They are as they were recorded.
      Place(top.Find("search"), &made);
      made.arguments.now = "data";
      made.expects.least = 1;
      if (top.Find("type")) made.tags.push_back(TextOf(top.Find("type"), "type"));
      if (top.Find("tags") && top.Find("tags").Find("mitre_attack_id")) {
        for (std::string& id :
             TextsOf(top.Find("tags").Find("mitre_attack_id"), "mitre_attack_id")) {
          made.tags.push_back(std::move(id));
        }
      }
      const Yaml data = test.Find("attack_data");
      if (!data || !data.is_list()) Complain(test, "attack_data: a list is missing");
      for (const Yaml& each : Items(data)) {
        if (!each.Find("data")) Complain(each, "data: the address of recorded events is missing");
        made.files.push_back(FindData(TextOf(each.Find("data"), "data"), each));
        TestCase::EventNames& names = made.file_names.emplace_back();
        if (each.Find("source")) names.source = TextOf(each.Find("source"), "source");
        if (each.Find("sourcetype")) {
          names.sourcetype = TextOf(each.Find("sourcetype"), "sourcetype");
        }
      }
      files_.cases.push_back(std::move(made));
    }
  }

  // Sigma's regression_data/…/info.yml: the rule is elsewhere, its search beside or in --queries.
  void ReadSigma(const Yaml& top) {
    std::vector<std::string> names = {folder_.filename().string(), "rule"};
    if (top.Find("rule_metadata") && top.Find("rule_metadata").is_list()) {
      for (const Yaml& rule : Items(top.Find("rule_metadata"))) {
        if (rule.Find("id")) names.push_back(TextOf(rule.Find("id"), "id"));
      }
    }
    std::string query_file;
    const std::string query = FindQuery(names, top, &query_file);
    for (const Yaml& test : Items(top.Find("regression_tests_info"))) {
      TestCase made;
      made.file = path_;
      made.line = test.line();
      made.name =
          names.front() + ": " + (test.Find("name") ? TextOf(test.Find("name"), "name") : "test");
      made.query = query;
      made.query_name = names.front();
      made.malformed = true;
      made.reads = {query_file};
      made.arguments.now = "data";
      if (!test.Find("path")) Complain(test, "path: the recorded events are missing");
      made.files.push_back(FindData(TextOf(test.Find("path"), "path"), test));
      // More matches are fine.
      made.expects.least = test.Find("match_count") ? NumberOf(test.Find("match_count")) : 1;
      files_.cases.push_back(std::move(made));
    }
  }

 private:
  static constexpr std::array<std::string_view, 22> kNames = {
      "query",  "search", "query_file", "saved_search", "events", "files",
      "feed",   "filter", "app",        "apps",         "macros", "lookups",
      "now",    "tz",     "time_zone",  "earliest",     "latest", "sourcetype",
      "format", "name",   "tags",       "malformed"};
  static constexpr std::array<std::string_view, 4> kTopNames = {"cases", "tests", "description",
                                                                "version"};
  static constexpr std::array<std::string_view, 13> kCaseNames = {
      "rows",  "ordered", "contains", "count",       "no_rows",   "fields", "error",
      "fires", "silent",  "snapshot", "description", "known_gap", "expect"};

  template <size_t N>
  static void CheckNames(const Yaml& node, const std::array<std::string_view, N>& more) {
    for (size_t m = 0; m < node.size(); ++m) {
      const std::string name = node.Name(m);
      const auto is = [&name](std::string_view known) { return known == name; };
      if (std::any_of(kNames.begin(), kNames.end(), is) ||
          std::any_of(more.begin(), more.end(), is)) {
        continue;
      }
      std::vector<std::string_view> names(kNames.begin(), kNames.end());
      names.insert(names.end(), more.begin(), more.end());
      const std::vector<std::string_view> near = NearestNames(name, names);
      Complain(node.At(m),
               fmt::format("\"{}\" is nothing that a test has{}", name,
                           near.empty() ? fmt::format("; it has {}", fmt::join(names, ", "))
                                        : fmt::format("; did you mean {}?", near.front())));
    }
  }

  // Of what says one thing there is one.
  static void Only(const Yaml& node, std::initializer_list<const char*> names,
                   std::string_view what) {
    const char* first = nullptr;
    for (const char* name : names) {
      if (!node.Find(name)) continue;
      if (first != nullptr) {
        Complain(node.Find(name), fmt::format("{} and {}: a test has one {}; take one of them out",
                                              first, name, what));
      }
      first = name;
    }
  }

  // What is named must be there now; a glob may fit nothing yet.
  std::string BesideAndThere(const std::string& name, const Yaml& node,
                             std::string_view what) const {
    std::string path = Beside(name);
    std::error_code ignored;
    if (name.find_first_of("*?[") == std::string::npos && !fs::exists(path, ignored)) {
      Complain(node, fmt::format("{}: there is no {}; a path counts from the folder of this file",
                                 what, path));
    }
    return path;
  }

  // "INDEX:PATH" is an input, too.
  std::string InputBeside(const std::string& name, const Yaml& node, std::string_view what) const {
    const size_t colon = name.find(':');
    std::error_code ignored;
    if (colon == std::string::npos || fs::exists(Beside(name), ignored)) {
      return BesideAndThere(name, node, what);
    }
    return name.substr(0, colon + 1) + BesideAndThere(name.substr(colon + 1), node, what);
  }

  std::string Beside(const std::string& name) const {
    return fs::path(name).is_absolute() ? name : (folder_ / name).string();
  }

  std::string ReadFile(const std::string& path, const Yaml& node) const {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    if (!in || !(text << in.rdbuf()))
      Complain(node, fmt::format("{} cannot be read, or is empty", path));
    return text.str();
  }

  // What a file gives to all of its cases, and a case to itself.
  template <size_t N>
  void ReadSettings(const Yaml& node, const std::array<std::string_view, N>& more,
                    TestCase* test) const {
    if (!node.is_map()) Complain(node, "a test is an object of names and values");
    CheckNames(node, more);
    SearchArguments& arguments = test->arguments;
    Only(node, {"query", "search", "query_file", "saved_search"}, "search");
    Only(node, {"events", "files", "feed", "fires", "silent"}, "set of events");
    Only(node, {"tz", "time_zone"}, "time zone");
    for (const char* name : {"query", "search"}) {
      if (!node.Find(name)) continue;
      test->query = TextOf(node.Find(name), name);
      test->query_name = path_;
      Place(node.Find(name), test);
    }
    if (node.Find("query_file")) {
      test->query_name = BesideAndThere(TextOf(node.Find("query_file"), "query_file"),
                                        node.Find("query_file"), "query_file");
      test->place = nullptr;
      test->query = ReadFile(test->query_name, node.Find("query_file"));
      test->reads = {test->query_name};
    }
    if (node.Find("saved_search")) {
      const std::string name = TextOf(node.Find("saved_search"), "saved_search");
      test->query = fmt::format("| savedsearch {}", JsonText(name));
      test->query_name = name;
      test->place = nullptr;
    }
    if (node.Find("tags")) test->tags = TextsOf(node.Find("tags"), "tags");
    for (const char* name : {"app", "apps"}) {
      if (!node.Find(name)) continue;
      for (const std::string& app : TextsOf(node.Find(name), name))
        arguments.apps.push_back(BesideAndThere(app, node.Find(name), name));
    }
    ReadPairs(node.Find("macros"), "macros", false, &arguments.macros);
    if (node.Find("malformed")) test->malformed = BooleanOf(node.Find("malformed"), "malformed");
    if (node.Find("format") && !IsChoice("--input-format", TextOf(node.Find("format"), "format"))) {
      Complain(node.Find("format"), "format takes " + ListOfChoices("--input-format"));
    }
    ReadPairs(node.Find("lookups"), "lookups", true, &arguments.lookups);
    const std::pair<const char*, std::string*> texts[] = {{"now", &arguments.now},
                                                          {"tz", &arguments.zone},
                                                          {"time_zone", &arguments.zone},
                                                          {"earliest", &arguments.earliest},
                                                          {"latest", &arguments.latest},
                                                          {"sourcetype", &arguments.sourcetype},
                                                          {"format", &arguments.input_format},
                                                          {"filter", &test->filter},
                                                          {"name", &test->name}};
    for (const auto& [name, target] : texts) {
      if (node.Find(name)) *target = TextOf(node.Find(name), name);
    }
    ReadEvents(node, test);
  }

  // Events may stand in a file, of which a filter takes some: {feed: big.ndjson, filter: …}.
  bool NamesFiles(const Yaml& node) const {
    if (node.is_map()) {
      bool files = false;
      for (size_t m = 0; m < node.size(); ++m) {
        const std::string name = node.Name(m);
        if (name != "feed" && name != "files" && name != "filter") return false;
        files = files || name != "filter";
      }
      return files;
    }
    if (!node.is_text()) return false;
    const std::string text = node.text().substr(0, node.text().find_last_not_of(" \t\r\n") + 1);
    if (text.empty() || text.find_first_of("\n{<") != std::string::npos) return false;
    std::error_code ignored;
    if (fs::exists(Beside(text), ignored)) return true;
    constexpr std::string_view kEndings[] = {".json", ".jsonl", ".ndjson", ".csv",
                                             ".evtx", ".xml",   ".log",    ".gz"};
    return std::any_of(std::begin(kEndings), std::end(kEndings), [&text](std::string_view ending) {
      return text.ends_with(ending) && text.find_first_of(" \t") == std::string::npos;
    });
  }

  void ReadEventsOf(const Yaml& node, const std::string& name, TestCase* test) const {
    test->events.reset();
    test->files.clear();
    if (!NamesFiles(node)) {
      test->events = EventsOf(node, name);
      test->events_line = node.line();
      return;
    }
    if (node.is_text()) return AddFiles(node, name, test);
    for (const char* files : {"feed", "files"}) {
      if (node.Find(files)) AddFiles(node.Find(files), files, test);
    }
    if (node.Find("filter")) test->filter = TextOf(node.Find("filter"), "filter");
  }
  void AddFiles(const Yaml& node, const std::string& name, TestCase* test) const {
    for (const std::string& file : TextsOf(node, name)) {
      const size_t end = file.find_last_not_of(" \t\r\n") + 1;
      test->files.push_back(InputBeside(file.substr(0, end), node, name));
    }
  }

  void ReadEvents(const Yaml& node, TestCase* test) const {
    if (node.Find("events")) ReadEventsOf(node.Find("events"), "events", test);
    for (const char* name : {"files", "feed"}) {
      if (!node.Find(name)) continue;
      test->events.reset();
      test->files.clear();
      AddFiles(node.Find(name), name, test);
    }
  }

  // {name: value}, or a list of name=value.
  void ReadPairs(const Yaml& node, std::string_view what, bool paths,
                 std::vector<std::string>* out) const {
    if (!node) return;
    const auto value = [&](const std::string& text) {
      return paths ? BesideAndThere(text, node, what) : text;
    };
    if (node.is_map()) {
      for (size_t m = 0; m < node.size(); ++m) {
        out->push_back(node.Name(m) + "=" + value(TextOf(node.At(m), what)));
      }
      return;
    }
    for (const std::string& text : TextsOf(node, what)) {
      const size_t equals = text.find('=');
      if (!paths && equals == std::string::npos) {
        Complain(node,
                 fmt::format("{} takes name: definition, or a list of name=definition", what));
      }
      out->push_back(equals == std::string::npos
                         ? value(text)
                         : text.substr(0, equals + 1) + value(text.substr(equals + 1)));
    }
  }

  void ReadCase(const Yaml& node, size_t number, const TestCase& base) {
    TestCase test = base;
    test.line = node.line();
    test.name.clear();
    ReadSettings(node, kCaseNames, &test);
    // Shorthands for one event each.
    for (const char* name : {"fires", "silent"}) {
      if (!node.Find(name)) continue;
      ReadEventsOf(node.Find(name), name, &test);
      if (test.events && test.events->find_first_not_of(" \t\r\n") == std::string::npos) {
        Complain(node.Find(name), fmt::format("{} takes one event at least", name));
      }
      if (test.name.empty()) test.name = fmt::format("{} {}", name, number);
      if (std::string_view(name) == "fires") {
        test.expects.least = 1;
      } else {
        test.expects.most = 0;
      }
    }
    if (test.name.empty()) test.name = fmt::format("case {}", number);
    if (node.Find("expect")) {
      if (!node.Find("expect").is_map()) {
        Complain(node.Find("expect"), "expect takes an object of what must come out");
      }
      CheckNames(node.Find("expect"), kCaseNames);
      ReadExpectation(node.Find("expect"), &test);
    }
    ReadExpectation(node, &test);
    if (const Yaml gap = node.Find("known_gap")) {
      // Why, or whether.
      const bool says_whether = IsPlainJson(gap) || gap.text() == "no" || gap.text() == "yes";
      test.known_gap = says_whether ? BooleanOf(gap, "known_gap") : true;
    }
    const Expectation& expects = test.expects;
    const bool checks = expects.rows || expects.least || expects.most || expects.error ||
                        !expects.contains.empty() || !expects.fields.empty() ||
                        !expects.snapshot.empty();
    if (!checks) {
      Complain(node, fmt::format("{} checks nothing; give rows, contains, count, no_rows, fields, "
                                 "error, snapshot, fires or silent",
                                 test.name));
    }
    if (test.query.empty()) {
      Complain(node, fmt::format("{} has no search; give query, query_file or saved_search, in the "
                                 "case or at the top",
                                 test.name));
    }
    files_.cases.push_back(std::move(test));
  }

  void ReadExpectation(const Yaml& node, TestCase* test) const {
    Expectation& expects = test->expects;
    if (node.Find("rows")) expects.rows = RowsOf(node.Find("rows"));
    if (node.Find("ordered")) expects.ordered = BooleanOf(node.Find("ordered"), "ordered");
    if (node.Find("contains")) expects.contains = RowsOf(node.Find("contains"));
    if (node.Find("count")) SetCount(node.Find("count"), &expects);
    if (const Yaml none = node.Find("no_rows")) {
      BooleanOf(none, "no_rows") ? expects.most = 0 : expects.least = 1;
    }
    if (node.Find("fields")) expects.fields = TextsOf(node.Find("fields"), "fields");
    if (node.Find("snapshot")) expects.snapshot = Beside(TextOf(node.Find("snapshot"), "snapshot"));
    if (!node.Find("error")) return;
    expects.error = "";
    if (node.Find("error").is_text() && node.Find("error").text() == "false") {
      Complain(node.Find("error"), "error takes a code, texts of the message, or true");
    }
    for (std::string& text : TextsOf(node.Find("error"), "error")) {
      const bool code = text.size() == 5 && text[0] == 'E' &&
                        text.find_first_not_of("0123456789", 1) == std::string::npos;
      code ? expects.error = text : expects.error = *expects.error;
      if (!code && text != "true") expects.error_texts.push_back(std::move(text));
    }
  }

  // By the path of the address, or as much of its end as is there; packed or under a cached name.
  std::string FindData(const std::string& address, const Yaml& node) const {
    constexpr std::string_view kEndings[] = {"",    ".ndjson",     ".json",     ".zst",
                                             ".gz", ".ndjson.zst", ".ndjson.gz"};
    std::string path = address;
    if (const size_t scheme = path.find("://"); scheme != std::string::npos) {
      path = path.substr(std::min(path.find('/', scheme + 3), path.size() - 1) + 1);
    }
    if (path.find("..") != std::string::npos)
      Complain(node, fmt::format("{} leads out of the folder", address));
    std::vector<fs::path> folders;
    if (!sources_.data.empty()) folders.emplace_back(sources_.data);
    folders.push_back(folder_);
    for (std::string rest = path; !rest.empty();) {
      std::string flat = rest;
      std::replace(flat.begin(), flat.end(), '/', '_');
      for (const fs::path& folder : folders) {
        for (const std::string& name : {rest, flat}) {
          for (const std::string_view ending : kEndings) {
            std::error_code ignored;
            const fs::path found = folder / (name + std::string(ending));
            if (fs::is_regular_file(found, ignored)) return found.string();
          }
        }
      }
      const size_t slash = rest.find('/');
      rest = slash == std::string::npos ? "" : rest.substr(slash + 1);
    }
    Complain(node, fmt::format("the events {} are not there; {}", path,
                               sources_.data.empty()
                                   ? "--data names the folder that has them"
                                   : fmt::format("looked for below {}", sources_.data)));
  }

  std::string FindQuery(const std::vector<std::string>& names, const Yaml& node,
                        std::string* file) const {
    std::vector<fs::path> folders = {folder_};
    if (!sources_.queries.empty()) folders.emplace_back(sources_.queries);
    std::error_code ignored;
    for (const fs::path& folder : folders) {
      for (const std::string& name : names) {
        *file = (folder / (name + ".spl")).string();
        if (fs::is_regular_file(*file, ignored)) return ReadFile(*file, node);
      }
    }
    // In folders like those of the rules.
    for (const std::string& name : names) {
      if (name == "rule" || sources_.queries.empty()) continue;
      *file = FileBelow(sources_.queries, name + ".spl");
      if (!file->empty()) return ReadFile(*file, node);
    }
    Complain(node,
             fmt::format("the rule has no search: {}.spl, beside this file or in the folder of "
                         "--queries",
                         fmt::join(names, ".spl, or ")));
  }

  // The first by its path; empty if there is none.
  static std::string FileBelow(const std::string& folder, const std::string& name) {
    std::string first;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (entry->path().filename() != name) continue;
      const std::string path = entry->path().string();
      if (first.empty() || path < first) first = path;
    }
    return first;
  }

  // Where a search that stands in this file does so.
  void Place(const Yaml& node, TestCase* test) const {
    test->place = nullptr;
    const std::vector<EmbeddedSearch> all = FindSearches(text_, FileKind::kYaml);
    const auto text = std::make_shared<const std::string>(text_);
    for (const EmbeddedSearch& each : all) {
      const size_t line = PlaceOf(*text, each.begin).first;
      if (each.text != test->query || line < node.line()) continue;
      const auto search = std::make_shared<const EmbeddedSearch>(each);
      test->place = [text, search](size_t offset) {
        return PlaceOf(*text, search->FileOffset(offset));
      };
      return;
    }
  }

  const std::string& path_;
  const std::string& text_;
  const fs::path folder_;
  const TestSources& sources_;
  TestFiles& files_;
};

// Out of "FILE:LINE:COLUMN: what".
TestProblem ProblemOf(const std::string& path, const std::string& message) {
  TestProblem problem{path, 0, message};
  if (!message.starts_with(path + ":")) return problem;
  const char* begin = message.data() + path.size() + 1;
  const auto [end, error] = std::from_chars(begin, message.data() + message.size(), problem.line);
  const size_t text = message.find(": ", path.size() + 1);
  if (error == std::errc() && end != begin && text != std::string::npos) {
    problem.message = message.substr(text + 2);
  }
  return problem;
}

bool HasKey(const Yaml& top, const char* name) { return static_cast<bool>(top.Find(name)); }

}  // namespace

// What a file lacks is thrown within this file, and caught here.
void LoadYaml(const std::string& path, const std::string& text, bool named,
              const TestSources& sources, TestFiles* files) {
  const Result<std::vector<Yaml>> documents = ReadYaml(text, path);
  if (!documents.ok()) {
    // Of YAML in a folder not all is a test.
    constexpr std::string_view kMarks[] = {"cases:", "attack_data:", "regression_tests_info:"};
    const bool is_test = std::any_of(
        std::begin(kMarks), std::end(kMarks),
        [&text](std::string_view mark) { return text.find(mark) != std::string::npos; });
    if (named || is_test) {
      files->problems.push_back(ProblemOf(path, documents.error().message()));
    }
    return;
  }
  if (named && documents->empty()) {
    files->problems.push_back({path, 1, "the file is empty; tests have a query and cases"});
  }
  for (const Yaml& top : *documents) {
    try {
      TestReader reader(path, text, sources, files);
      const bool detection = HasKey(top, "search") && top.Find("tests").At(0).Find("attack_data");
      if (HasKey(top, "regression_tests_info")) {
        reader.ReadSigma(top);
      } else if (detection) {
        reader.ReadContentctl(top);
      } else if (HasKey(top, "cases") || (HasKey(top, "tests") && HasKey(top, "query"))) {
        reader.ReadOwn(top);
      } else if (named || HasKey(top, "query")) {
        Complain(top,
                 "this is no file of tests: it has neither cases, nor search and tests, nor "
                 "regression_tests_info");
      }
    } catch (const YamlProblem& problem) {
      files->problems.push_back({path, problem.line, problem.message});
    }
  }
}

}  // namespace spelk::cli
