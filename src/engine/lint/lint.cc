// Linting one search: its tree, what it compiles to, the rules, and what its author switched off.
#include "spelk/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/impl.h"
#include "engine/lint/rule.h"
#include "value/ascii.h"

namespace spelk {
namespace engine::lint {
namespace {

// What a comment switches off: rules by id or name, in all of the search or in one line.
struct Suppression {
  std::vector<std::string> rules;  // "all" for all of them.
  size_t line = 0;                 // 0: everywhere.

  bool Takes(const LintRule& rule, size_t at) const {
    if (line != 0 && line != at) return false;
    return std::any_of(rules.begin(), rules.end(), [&rule](const std::string& name) {
      return name == "all" || name == rule.name || EqualsIgnoringCase(name, rule.id);
    });
  }
};

std::vector<std::string> WordsOfComment(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t begin = text.find_first_not_of(", \t\r\n`");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(", \t\r\n`"), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

bool IsKnown(std::string_view name) { return name == "all" || FindLintRule(name) != nullptr; }

bool IsId(std::string_view name) {
  return name.size() == 5 && (name[0] == 'L' || name[0] == 'l') &&
         std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// ``` spelk-lint: disable=L0101,star-in-like ```
void ReadComment(const Source& source, Span span, std::vector<Suppression>* suppressions,
                 std::vector<Report>* reports) {
  // A reason may follow the names.
  const auto check = [&](std::string_view name, bool must_be) {
    if (IsKnown(name) || (!must_be && !IsId(name))) return;
    const std::string_view text = TextOf(source.text(), span);
    const size_t at = std::min(text.find(name), text.size());
    const auto begin = static_cast<uint32_t>(span.begin + at);
    reports->push_back({.rule = "L0020",
                        .span = {begin, begin + static_cast<uint32_t>(name.size())},
                        .message = fmt::format("there is no rule \"{}\"", name)});
  };
  const std::string_view comment = TextOf(source.text(), span);
  constexpr std::string_view kMark = "spelk-lint:";
  const size_t mark = comment.find(kMark);
  if (mark == std::string_view::npos) return;
  for (const std::string& word : WordsOfComment(comment.substr(mark + kMark.size()))) {
    const size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    if (equals == std::string::npos) {
      // One more name of the same list.
      if (!suppressions->empty()) suppressions->back().rules.push_back(word);
      check(word, false);
      continue;
    }
    if (key != "disable" && key != "disable-line") return;
    Suppression& suppression = suppressions->emplace_back();
    suppression.rules.push_back(word.substr(equals + 1));
    check(suppression.rules.back(), true);
    if (key == "disable") continue;
    suppression.line = source.Locate(span.begin).line;
    const std::string_view line = source.LineAt(span.begin);
    const bool alone =
        line.find_first_not_of(" \t\r") == static_cast<size_t>(comment.data() - line.data()) &&
        line.find_last_not_of(" \t\r") + 1 <=
            static_cast<size_t>(comment.data() - line.data()) + comment.size();
    if (alone) suppression.line = source.Locate(span.end).line + 1;
  }
}

class Linter {
 public:
  Linter(const Core& core, const Compilation& compiled, const LintOptions& options)
      : core_(core),
        compiled_(compiled),
        options_(options),
        source_(compiled.source->name(), std::string(compiled.source->written())) {}

  std::vector<LintFinding> Run() {
    Diagnostics ignored;  // The compiler says them, too.
    ast::Pipeline own;
    // What was compiled is the tree as it is written, unless macros were expanded or none could be.
    const bool compiled = !compiled_.ast.commands.empty() &&
                          compiled_.source->expansions().empty() &&
                          compiled_.source->text() == source_.text();
    if (!compiled) {
      ParsePartly(source_, core_.entries(), core_.limits(), ignored, &own).IgnoreError();
    }
    const ast::Pipeline& tree = compiled ? compiled_.ast : own;
    // Comments may switch rules off.
    std::vector<Token> all;
    if (source_.text().find("```") != std::string_view::npos) {
      Diagnostics repeated;
      absl::StatusOr<std::vector<Token>> tokens =
          Tokenize(source_, core_.entries(), core_.limits(), repeated);
      // A text that is too long is told by the compiler.
      if (tokens.ok()) all = std::move(*tokens);
    }
    std::vector<Report> reports;
    for (const Token& token : all) {
      if (token.hidden) ReadComment(source_, token.span, &suppressions_, &reports);
    }
    const Search search{core_, source_, tree, compiled_, options_};
    Walk(search, &reports);
    // Nobody reads more of one search; a hostile one could have one for each word.
    constexpr size_t kMostFindings = 1000;
    for (Report& report : reports) {
      if (findings_.size() < kMostFindings) Add(std::move(report));
    }
    std::stable_sort(findings_.begin(), findings_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.offset, a.rule->id) < std::pair(b.offset, b.rule->id);
    });
    return std::move(findings_);
  }

 private:
  // Nothing if the rule is off.
  std::optional<LintSeverity> SeverityOf(const LintRule& rule) const {
    if (options_.on_run_only) {
      return rule.on_run ? std::optional(rule.severity) : std::nullopt;
    }
    const auto asked = options_.config.rules.find(rule.id);
    if (asked != options_.config.rules.end()) return asked->second;
    const std::vector<std::string>& profiles = options_.config.profiles;
    const bool on = rule.profile.empty() ||
                    std::find(profiles.begin(), profiles.end(), rule.profile) != profiles.end();
    return on ? std::optional(rule.severity) : std::nullopt;
  }

  void Add(Report report) {
    const LintRule* rule = FindLintRule(report.rule);
    if (rule == nullptr) return;
    const std::optional<LintSeverity> severity = SeverityOf(*rule);
    if (!severity) return;
    const LineColumn place = source_.Locate(report.span.begin);
    for (const Suppression& suppression : suppressions_) {
      if (suppression.Takes(*rule, place.line)) return;
    }
    if (!seen_.emplace(rule->id, report.span.begin, report.span.end, report.message).second) return;
    LintFinding& finding = findings_.emplace_back();
    finding.rule = rule;
    finding.severity = *severity;
    finding.offset = report.span.begin;
    finding.length = report.span.size();
    finding.line = place.line;
    finding.column = place.column;
    finding.text = TextOf(source_.text(), report.span);
    finding.message = std::move(report.message);
    finding.notes = std::move(report.notes);
    finding.fix = std::move(report.fix);
    for (Edit& edit : report.edits) {
      finding.edits.push_back({edit.span.begin, edit.span.size(), std::move(edit.text)});
    }
    finding.rendered =
        RenderAt(source_, report.span, place, fmt::format("{} {}", NameOf(*severity), rule->id),
                 finding.message, finding.notes);
  }

  const Core& core_;
  const Compilation& compiled_;
  const LintOptions& options_;
  const Source source_;
  std::vector<Suppression> suppressions_;
  std::set<std::tuple<std::string_view, uint32_t, uint32_t, std::string>> seen_;
  std::vector<LintFinding> findings_;
};

}  // namespace
}  // namespace engine::lint

std::string_view NameOf(LintSeverity severity) {
  switch (severity) {
    case LintSeverity::kInfo:
      return "info";
    case LintSeverity::kWarning:
      return "warning";
    case LintSeverity::kError:
      break;
  }
  return "error";
}

const std::vector<LintRule>& LintRules() {
  static const std::vector<LintRule>& kRules = *[] {
    auto* rules = new std::vector<LintRule>();
    for (const engine::lint::Family* family : engine::lint::Families()) {
      rules->insert(rules->end(), family->rules.begin(), family->rules.end());
    }
    std::sort(rules->begin(), rules->end(),
              [](const LintRule& a, const LintRule& b) { return a.id < b.id; });
    return rules;
  }();
  return kRules;
}

const LintRule* FindLintRule(std::string_view id_or_name) {
  const std::vector<LintRule>& rules = LintRules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const LintRule& rule) {
    return EqualsIgnoringCase(rule.id, id_or_name) || rule.name == id_or_name;
  });
  return found == rules.end() ? nullptr : &*found;
}

std::vector<std::string> LintProfiles() {
  std::vector<std::string> profiles;
  for (const LintRule& rule : LintRules()) {
    const bool known = std::find(profiles.begin(), profiles.end(), rule.profile) != profiles.end();
    if (!rule.profile.empty() && !known) profiles.emplace_back(rule.profile);
  }
  return profiles;
}

std::string ExplainLintRule(const LintRule& rule) {
  std::string out = fmt::format("{} {} ({}): {}\n\n{}\n\nFix: {}.\n", rule.id, rule.name,
                                NameOf(rule.severity), rule.title, rule.explanation, rule.fix);
  if (rule.mends) out += "`spelk lint --fix` mends it.\n";
  if (rule.on_run) out += "`spelk run` shows it, too.\n";
  if (!rule.profile.empty()) out += fmt::format("Only with the profile {}.\n", rule.profile);
  return out + fmt::format("\nBad:\n  {}\nGood:\n  {}\n", rule.bad, rule.good);
}

std::vector<LintFinding> Lint(const Query& query, const LintOptions& options) {
  const Query::Impl& impl = query.impl();
  return engine::lint::Linter(impl.engine->core, impl.compilation, options).Run();
}

std::vector<LintFinding> Lint(const Engine& engine, std::string_view text,
                              const LintOptions& options) {
  const engine::Core& core = engine.impl()->core;
  engine::Compilation compiled;
  // What is wrong is among its diagnostics.
  engine::Compile(core, text, {.name = options.name}, &compiled).IgnoreError();
  return engine::lint::Linter(core, compiled, options).Run();
}

}  // namespace spelk
