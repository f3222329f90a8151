// Findings as text, JSON, SARIF and annotations of GitHub.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/pack/pack_writing.h"
#include "io/terminal_text.h"
#include "spelk/lint.h"

namespace spelk {
namespace engine::lint {
namespace {

// What is told of which analytic, in the order of the pack.
struct Told {
  const Analytic& analytic;
  const LintFinding& finding;
};

std::vector<Told> AllOf(const Pack& pack, const std::vector<LintResult>& results) {
  std::vector<Told> all;
  for (const LintResult& result : results) {
    for (const LintFinding& finding : result.findings) {
      all.push_back({pack.analytics[result.analytic], finding});
    }
  }
  return all;
}

// The severity and the id in colour, and the caret.
std::string Coloured(const LintFinding& finding) {
  const std::string_view colour = finding.severity == LintSeverity::kError     ? "\x1b[1;31m"
                                  : finding.severity == LintSeverity::kWarning ? "\x1b[1;33m"
                                                                               : "\x1b[1;36m";
  constexpr std::string_view kPlain = "\x1b[0m";
  std::string text = io::ForTerminal(finding.rendered);
  const std::string label = fmt::format("{} {}", NameOf(finding.severity), finding.rule->id);
  const size_t at = text.find(label);
  if (at == std::string::npos) return text;
  text.replace(at, label.size(), fmt::format("{}{}{}", colour, label, kPlain));
  const size_t line = text.find('\n');
  const size_t caret =
      line == std::string::npos ? line : text.find("\n ", text.find('\n', line + 1));
  const size_t first = caret == std::string::npos ? caret : text.find_first_not_of(' ', caret + 1);
  if (first == std::string::npos || text[first] != '^') return text;
  const size_t last = text.find_first_not_of('^', first);
  text.insert(last == std::string::npos ? text.size() : last, kPlain);
  text.insert(first, colour);
  return text;
}

std::string Json(const Told& told) {
  const LintFinding& finding = told.finding;
  std::string out;
  JsonObject object(&out);
  object.Text("rule", finding.rule->id);
  object.Text("name", finding.rule->name);
  object.Text("severity", NameOf(finding.severity));
  object.Text("file", told.analytic.file);
  object.Text("analytic", told.analytic.name);
  object.Number("line", finding.line);
  object.Number("column", finding.column);
  object.Number("offset", finding.offset);
  object.Number("length", finding.length);
  object.Text("text", finding.text);
  object.Text("message", finding.message);
  object.Texts("notes", finding.notes);
  if (!finding.edits.empty()) {
    object.Text("fix", finding.fix);
    std::vector<std::string> edits;
    for (const LintEdit& edit : finding.edits) {
      std::string& text = edits.emplace_back();
      JsonObject one(&text);
      one.Number("offset", edit.offset);
      one.Number("length", edit.length);
      one.Text("text", edit.text);
      one.End();
    }
    object.Json("edits", fmt::format("[{}]", fmt::join(edits, ",")));
  }
  object.End();
  return out;
}

std::string_view SarifLevel(LintSeverity severity) {
  return severity == LintSeverity::kInfo ? "note" : NameOf(severity);
}

std::string Sarif(const std::vector<Told>& all) {
  std::set<const LintRule*> used;
  std::vector<std::string> results;
  for (const Told& told : all) {
    const LintFinding& finding = told.finding;
    used.insert(finding.rule);
    results.push_back(fmt::format(
        R"({{"ruleId":{},"level":{},"message":{{"text":{}}},"locations":[{{"physicalLocation":)"
        R"({{"artifactLocation":{{"uri":{}}},"region":{{"startLine":{},"startColumn":{}}}}}}}],)"
        R"("partialFingerprints":{{"analytic":{}}}}})",
        Quoted(finding.rule->id), Quoted(SarifLevel(finding.severity)),
        Quoted(fmt::format("{}: {}", told.analytic.name, finding.message)),
        Quoted(AsUri(told.analytic.file)), finding.line, finding.column,
        Quoted(fmt::format("{}/{}/{}", told.analytic.id, finding.rule->id, finding.text))));
  }
  std::vector<std::string> rules;
  for (const LintRule& rule : LintRules()) {
    if (std::none_of(used.begin(), used.end(),
                     [&rule](const LintRule* each) { return each->id == rule.id; }))
      continue;
    rules.push_back(fmt::format(
        R"({{"id":{},"name":{},"shortDescription":{{"text":{}}},"fullDescription":{{"text":{}}},)"
        R"("help":{{"text":{}}},"defaultConfiguration":{{"level":{}}}}})",
        Quoted(rule.id), Quoted(rule.name), Quoted(rule.title), Quoted(rule.explanation),
        Quoted(rule.fix), Quoted(SarifLevel(rule.severity))));
  }
  return fmt::format(
      R"({{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[)"
      R"({{"tool":{{"driver":{{"name":"spelk","version":{},"rules":[{}]}}}},"columnKind":)"
      "\"unicodeCodePoints\",\"results\":[\n{}\n]}}]}}\n",
      Quoted(Version()), fmt::join(rules, ","), fmt::join(results, ",\n"));
}

// Lines and the signs that end a property are written as GitHub reads them.
std::string ForGithub(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    const bool escaped = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    out += escaped ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

std::string Github(const std::vector<Told>& all) {
  std::string out;
  for (const auto& [analytic, finding] : all) {
    std::string text = finding.message;
    for (const std::string& note : finding.notes) text += "\n" + note;
    out +=
        fmt::format("::{} file={},line={},col={},title={}::{}\n",
                    finding.severity == LintSeverity::kInfo ? "notice" : NameOf(finding.severity),
                    ForGithub(analytic.file, true), finding.line, finding.column,
                    ForGithub(fmt::format("{} {}", finding.rule->id, finding.rule->name), true),
                    ForGithub(text, false));
  }
  return out;
}

}  // namespace
}  // namespace engine::lint

std::optional<LintFormat> LintFormatNamed(std::string_view name) {
  if (name == "text") return LintFormat::kText;
  if (name == "json") return LintFormat::kJson;
  if (name == "sarif") return LintFormat::kSarif;
  if (name == "github") return LintFormat::kGithub;
  return std::nullopt;
}

Result<Flow> WriteLint(const Pack& pack, const std::vector<LintResult>& results,
                       const LintWriteOptions& options, Sink& sink) {
  const std::vector<engine::lint::Told> all = engine::lint::AllOf(pack, results);
  std::string out;
  switch (options.format) {
    case LintFormat::kText:
      for (const auto& told : all) {
        out += options.colour ? engine::lint::Coloured(told.finding) : told.finding.rendered;
      }
      break;
    case LintFormat::kJson: {
      std::vector<std::string> objects;
      for (const auto& told : all) objects.push_back(engine::lint::Json(told));
      out = engine::AsJson(objects, true);
      break;
    }
    case LintFormat::kSarif:
      out = engine::lint::Sarif(all);
      break;
    case LintFormat::kGithub:
      out = engine::lint::Github(all);
      break;
  }
  const Result<Flow> written = sink.Write(out);
  if (!written.ok() || *written == Flow::kEnough) return written;
  return sink.Flush();
}

}  // namespace spelk
