// .spelk-lint.yaml: which rules are on, and how serious they are. And what a feed has.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/impl.h"
#include "spelk/lint.h"
#include "spelk/text.h"
#include "spelk/yaml.h"

namespace spelk {
namespace {

Error Wrong(std::string_view file, const Yaml& at, std::string_view what) {
  return {ErrorKind::kQuery, fmt::format("{}:{}: {}", Printable(file), at.line(), what)};
}

std::vector<std::string> TextsIn(const Yaml& node) {
  if (node.is_text()) return {node.text()};
  std::vector<std::string> texts;
  for (size_t i = 0; i < node.size(); ++i) texts.push_back(node.At(i).text());
  return texts;
}

std::string NearestRules(std::string_view name) {
  std::vector<std::string_view> names;
  for (const LintRule& rule : LintRules()) names.push_back(rule.name);
  const std::vector<std::string_view> near = NearestNames(name, names);
  return near.empty() ? "`spelk lint --rules` lists them"
                      : fmt::format("did you mean {}?", near.front());
}

std::optional<Error> SetRule(std::string_view file, const Yaml& at, std::string_view name,
                             std::string_view word, LintConfig* config) {
  const LintRule* rule = FindLintRule(name);
  if (rule == nullptr) {
    return Wrong(file, at,
                 fmt::format("there is no rule \"{}\"; {}", Printable(name), NearestRules(name)));
  }
  std::optional<LintSeverity>& severity = config->rules[std::string(rule->id)];
  // Plain YAML reads on and off as they are written.
  if (word == "off" || word == "false") {
    severity = std::nullopt;
  } else if (word == "on" || word == "true") {
    severity = rule->severity;
  } else if (word == "info") {
    severity = LintSeverity::kInfo;
  } else if (word == "warning") {
    severity = LintSeverity::kWarning;
  } else if (word == "error") {
    severity = LintSeverity::kError;
  } else {
    return Wrong(file, at,
                 fmt::format("\"{}\" is not off, on, info, warning or error", Printable(word)));
  }
  return std::nullopt;
}

std::optional<Error> SetProfiles(std::string_view file, const Yaml& value, LintConfig* config) {
  const std::vector<std::string> known = LintProfiles();
  for (const std::string& name : TextsIn(value)) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Wrong(file, value,
                   fmt::format("there is no profile \"{}\"; there is {}", Printable(name),
                               fmt::join(known, ", ")));
    }
    config->profiles.push_back(name);
  }
  return std::nullopt;
}

std::optional<Error> SetRules(std::string_view file, const std::string& key, const Yaml& value,
                              LintConfig* config) {
  if (key == "rules") {
    if (!value.is_map()) {
      return Wrong(file, value, "`rules` holds lines like \"leading-wildcard: off\"");
    }
    for (size_t i = 0; i < value.size(); ++i) {
      if (auto error = SetRule(file, value.At(i), value.Name(i), value.At(i).text(), config))
        return error;
    }
    return std::nullopt;
  }
  for (const std::string& name : TextsIn(value)) {
    if (auto error = SetRule(file, value, name, key == "disable" ? "off" : "on", config))
      return error;
  }
  return std::nullopt;
}

}  // namespace

Result<LintConfig> ReadLintConfig(std::string_view text, std::string_view file) {
  const Result<std::vector<Yaml>> documents = ReadYaml(text, file);
  if (!documents.ok()) return documents.error();
  LintConfig config;
  for (const Yaml& document : *documents) {
    if (document.size() > 0 && !document.is_map()) {
      return Wrong(file, document, "it holds `profile`, `rules`, `enable` and `disable`");
    }
    for (size_t i = 0; i < document.size(); ++i) {
      const std::string& key = document.Name(i);
      const Yaml value = document.At(i);
      std::optional<Error> error;
      if (key == "profile" || key == "profiles") {
        error = SetProfiles(file, value, &config);
      } else if (key == "rules" || key == "enable" || key == "disable") {
        error = SetRules(file, key, value, &config);
      } else {
        error = Wrong(file, value,
                      fmt::format("unexpected \"{}\"; it holds profile, rules, enable "
                                  "and disable",
                                  Printable(key)));
      }
      if (error) return *error;
    }
  }
  return config;
}

Result<LintFeed> ReadLintFeed(const Engine& engine, const Input& input, const RunOptions& options) {
  LintFeed feed;
  const Result<Query> query =
      engine.Compile("* | fieldsummary maxvals=1 | fields field, count", {.name = "<fields>"});
  if (!query.ok()) return query.error();
  RunOptions run = options;
  Summary summary;
  run.summary = &summary;
  run.count_lines = true;
  const Result<Summary> done = query->Run(input, run, [&feed](const RowBatch& rows) {
    for (size_t row = 0; row < rows.rows(); ++row) {
      const Cell count = rows.at(row, rows.FindColumn("count"));
      feed.fields[rows.at(row, rows.FindColumn("field")).text()] =
          static_cast<uint64_t>(count.number());
    }
    return Flow::kMore;
  });
  if (!done.ok()) return done.error();
  feed.events = done->matched;
  return feed;
}

}  // namespace spelk
