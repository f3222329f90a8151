// Published searches: each parses, as it is written and with its macros expanded, but for those
// that refused.tsv names. Runs where the corpus is, which is no part of the project.
// spelk_corpus_tests CORPUS REFUSED.tsv, or --list CORPUS
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/impl.h"
#include "support/case_runner.h"
#include "support/json.h"
#include "support/require.h"
#include "support/run.h"

namespace spelk::tests {
namespace {

// A search of the corpus, known to the project by these three.
struct Published {
  std::string file;
  std::string id;
  std::string hash;
  std::string text;
};

// How far a search gets. `stage` is "text" or "expanded"; offsets count bytes of the text as it is
// published.
struct Refusal {
  std::string stage;
  size_t offset = 0;
  std::string code;
  std::string message;
};

std::vector<Json> ReadLines(const std::string& path) {
  std::ifstream in(path);
  Require(static_cast<bool>(in), path);
  std::vector<Json> values;
  for (std::string line; std::getline(in, line);) {
    std::optional<Json> value = ParseJson(line);
    Require(value.has_value(), fmt::format("{} is JSON, line {}", path, values.size() + 1));
    values.push_back(std::move(*value));
  }
  return values;
}

std::string TextAt(const Json& record, std::string_view name) {
  const Json* member = record.Find(name);
  return member == nullptr ? "" : member->text;
}

std::vector<Published> ReadCorpus(const std::string& folder) {
  std::vector<Published> all;
  constexpr std::pair<std::string_view, std::string_view> kFiles[] = {
      {"attack_v17_analytics.jsonl", "query"}, {"security_content.jsonl", "search"}};
  for (const auto& [file, member] : kFiles) {
    for (const Json& record : ReadLines(fmt::format("{}/{}", folder, file))) {
      std::string text = TextAt(record, member);
      std::string hash = fmt::format("{:016x}", HashOf(text));
      all.push_back({std::string(file), TextAt(record, "id"), std::move(hash), std::move(text)});
    }
  }
  return all;
}

std::string SnakeCase(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    out += std::isalnum(letter) != 0 ? static_cast<char>(std::tolower(letter)) : '_';
  }
  return out;
}

std::string Stanza(const std::string& name, const std::string& definition,
                   const std::string& arguments = {}) {
  const auto count =
      arguments.empty() ? 0 : std::count(arguments.begin(), arguments.end(), ',') + 1;
  return fmt::format("[{}{}]\ndefinition = {}\n{}\n", name,
                     count > 0 ? fmt::format("({})", count) : "", definition,
                     count > 0 ? fmt::format("args = {}\n", arguments) : "");
}

// The macros of the corpus, the filter macro that each detection has, and those of the CIM add-on.
std::string MacrosConf(const std::string& folder) {
  std::string conf =
      Stanza("drop_dm_object_name", "rename \"$object$.*\" as *", "object") +
      Stanza("add_dm_object_name", "rename * as \"$object$.*\"", "object") +
      Stanza("cim_corporate_web_domain_search", "\"$field$\"=\"*.corp.test\"", "field");
  for (const char* model : {"Alerts",
                            "Authentication",
                            "Certificates",
                            "Change",
                            "Change_Analysis",
                            "DLP",
                            "Data_Access",
                            "Databases",
                            "Email",
                            "Endpoint",
                            "Intrusion_Detection",
                            "Malware",
                            "Network_Resolution",
                            "Network_Sessions",
                            "Network_Traffic",
                            "Performance",
                            "Risk",
                            "Updates",
                            "Vulnerabilities",
                            "Web"}) {
    conf += Stanza(fmt::format("cim_{}_indexes", model), "()");
  }
  for (const Json& macro : ReadLines(folder + "/security_content_macros.jsonl")) {
    std::string arguments;
    if (const Json* list = macro.Find("arguments")) {
      for (const Json& argument : list->items)
        arguments += (arguments.empty() ? "" : ",") + argument.text;
    }
    std::string definition;
    for (const char c : TextAt(macro, "definition")) definition += c == '\n' ? ' ' : c;
    conf += Stanza(TextAt(macro, "name"), definition, arguments);
  }
  for (const Json& detection : ReadLines(folder + "/security_content.jsonl")) {
    conf += Stanza(SnakeCase(TextAt(detection, "name")) + "_filter", "search *");
  }
  return conf;
}

// How a search ends, if it does not parse.
std::optional<Refusal> Refused(const engine::Core& core, const Published& search, bool expand) {
  std::string text = search.text;
  if (expand) {
    engine::Compilation expanded;
    // What binding says is not asked here: the expanded text is parsed by itself.
    (void)engine::Compile(core, text, {.name = search.id}, &expanded);
    text = std::string(expanded.source->text());
  }
  engine::Compilation compilation;
  const absl::Status status =
      engine::Compile(core, text, {.name = search.id, .parse_only = true}, &compilation);
  if (status.ok()) return std::nullopt;
  Refusal refusal;
  refusal.stage = expand ? "expanded" : "text";
  refusal.message = MessageOf(status);
  for (const Diagnostic& diagnostic : compilation.diagnostics.all()) {
    if (diagnostic.severity != Severity::kError) continue;
    const ErrorDetail detail = engine::ToDetail(diagnostic, *compilation.source);
    refusal.offset = detail.offset;
    refusal.code = detail.code;
    refusal.message = detail.rendered;
    break;
  }
  return refusal;
}

// One line of refused.tsv: the search, and where and by which rule it is refused.
std::string LineOf(const Published& search, const Refusal& refusal) {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}", search.file, search.id, search.hash, refusal.stage,
                     refusal.offset, refusal.code);
}

// The listed lines, without comments, and what stands behind the sixth column.
std::map<std::string, std::string> ReadRefused(const std::string& path) {
  std::ifstream in(path);
  Require(static_cast<bool>(in), path);
  std::map<std::string, std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    size_t end = 0;
    for (int column = 0; column < 6 && end != std::string::npos; ++column) {
      end = line.find('\t', column == 0 ? 0 : end + 1);
    }
    lines[line.substr(0, end)] = end == std::string::npos ? "" : line.substr(end + 1);
  }
  return lines;
}

class CorpusTest {
 public:
  explicit CorpusTest(const std::string& corpus) : searches_(ReadCorpus(corpus)) {
    app_.Write("default/macros.conf", MacrosConf(corpus));
    engine_.emplace(EngineOptions{.apps = {app_.path()}});
  }

  // Each search is a test, and each line of the list.
  bool Run(const std::string& refused_path) {
    std::map<std::string, std::string> refused = ReadRefused(refused_path);
    std::map<std::string, std::pair<size_t, size_t>> share;
    size_t listed = 0, failed = 0;
    for (const Published& search : searches_) {
      auto& [refusals, all] = share[search.file];
      ++all;
      const std::optional<Refusal> refusal = Find(search);
      if (!refusal) continue;
      ++refusals;
      if (refused.erase(LineOf(search, *refusal)) > 0) {
        ++listed;
        continue;
      }
      ++failed;
      fmt::print("FAIL {} ({}) is refused {}:\n{}", search.id, search.file,
                 refusal->stage == "text" ? "as it is written" : "with its macros expanded",
                 refusal->message);
    }
    for (const auto& [line, why] : refused)
      fmt::print("FAIL no search is refused like this: {}\n", line);
    for (const auto& [file, counts] : share) {
      fmt::print("{}: {} of {} are no SPL\n", file, counts.first, counts.second);
    }
    const size_t passed = searches_.size() - failed + listed;
    fmt::print("{} passed, {} failed\n", passed, failed + refused.size());
    return failed + refused.size() == 0;
  }

  // What a list that everything passes with would hold; the messages as comments.
  void List() {
    for (const Published& search : searches_) {
      if (const std::optional<Refusal> refusal = Find(search)) {
        fmt::print("{}\n", LineOf(search, *refusal));
        fmt::print(stderr, "{}\n{}\n", search.id, refusal->message);
      }
    }
  }

 private:
  std::optional<Refusal> Find(const Published& search) const {
    const engine::Core& core = engine_->impl()->core;
    std::optional<Refusal> refusal = Refused(core, search, false);
    return refusal ? refusal : Refused(core, search, true);
  }

  std::vector<Published> searches_;
  TemporaryFolder app_;
  std::optional<Engine> engine_;
};

int Main(int argc, char** argv) {
  const bool list = argc > 1 && std::string_view(argv[1]) == "--list";
  if (argc != 3) {
    fmt::print(stderr, "spelk_corpus_tests CORPUS REFUSED.tsv | --list CORPUS\n");
    return 2;
  }
  CorpusTest test(argv[list ? 2 : 1]);
  if (!list) return test.Run(argv[2]) ? 0 : 1;
  test.List();
  return 0;
}

}  // namespace
}  // namespace spelk::tests

int main(int argc, char** argv) { return spelk::tests::Main(argc, argv); }
