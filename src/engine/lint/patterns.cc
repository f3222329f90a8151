// Regular expressions and paths: what means something else than it looks, what takes long, what
// minds case.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <variant>

#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kPatternsRules[] = {
    {.id = "L0501",
     .name = "case-sensitive-path",
     .severity = kInfo,
     .title = "a Windows path compared letter by letter",
     .explanation =
         "Windows writes the same path with capitals and without: System32, system32, SYSTEM32. "
         "where, eval, LIKE and match() mind case; the search command does not.",
     .fix = "compare lower(field) with small letters, or use search",
     .bad = "EventID=1 | where Image LIKE \"%\\\\System32\\\\cmd.exe\"",
     .at = "\"%\\\\System32\\\\cmd.exe\"",
     .good = "EventID=1 | where lower(Image) LIKE \"%\\\\system32\\\\cmd.exe\""},
    {.id = "L0502",
     .name = "single-backslash",
     .severity = kInfo,
     .title = "a path in double quotes with single backslashes",
     .explanation =
         "Within double quotes \\\\ stands for one backslash and \\\" for a quote. Other pairs "
         "stay "
         "as they are, so that the path works, until a part of it begins with a quote or a "
         "backslash, or it ends with one.",
     .fix = "double each backslash",
     .bad = "Image=\"C:\\Windows\\System32\\cmd.exe\"",
     .at = "\"C:\\Windows\\System32\\cmd.exe\"",
     .good = "Image=\"C:\\\\Windows\\\\System32\\\\cmd.exe\"",
     .mends = true},
    {.id = "L0503",
     .name = "slash-for-backslash",
     .title = "a Windows path with forward slashes",
     .explanation = "Windows events have paths with backslashes.",
     .fix = "write two backslashes for each slash",
     .bad = "Image=\"C:/Windows/System32/cmd.exe\"",
     .at = "\"C:/Windows/System32/cmd.exe\"",
     .good = "Image=\"C:\\\\Windows\\\\System32\\\\cmd.exe\"",
     .mends = true},
    {.id = "L0504",
     .name = "doubled-backslash",
     .title = "each backslash of a path written four times",
     .explanation = "Within double quotes two stand for one. Four of them are needed in a regular "
                    "expression only; in search they look for two.",
     .fix = "write two for each backslash",
     .bad = "Image=\"*\\\\\\\\Temp\\\\\\\\*\"",
     .at = "\"*\\\\\\\\Temp\\\\\\\\*\"",
     .good = "Image=\"*\\\\Temp\\\\*\"",
     .on_run = true},
    {.id = "L0601",
     .name = "path-in-regex",
     .title = "a path in a regular expression with single backslashes",
     .explanation =
         "There \\W, \\S, \\d and the like are classes of characters. A backslash of the text is "
         "\\\\ in a regular expression, and \\\\\\\\ in double quotes.",
     .fix = "write four backslashes for each one",
     .bad = "EventID=1 | where match(Image, \"C:\\Windows\\System32\\cmd\")",
     .at = "\"C:\\Windows\\System32\\cmd\"",
     .good = "EventID=1 | where match(Image, \"C:\\\\\\\\Windows\\\\\\\\System32\\\\\\\\cmd\")",
     .mends = true,
     .on_run = true},
    {.id = "L0602",
     .name = "regex-backtracks",
     .title = "a regular expression that may take very long",
     .explanation =
         "A repeated group that itself ends with a repetition of the same characters can be "
         "matched in very many ways, all of which are tried where it does not match. Splunk stops "
         "at a limit, and then nothing matches.",
     .fix = "leave out one of the two repetitions",
     .bad = "EventID=1 | regex CommandLine=\"^(\\w+)+$\"",
     .at = "\"^(\\w+)+$\"",
     .good = "EventID=1 | regex CommandLine=\"^\\w+$\""},
    {.id = "L0603",
     .name = "regex-of-nothing",
     .severity = kInfo,
     .title = ".* at an end of a regular expression that need not begin or end there",
     .explanation = "match() and regex find the expression anywhere; .* around it changes nothing "
                    "and costs time.",
     .fix = "leave it out",
     .bad = "EventID=1 | where match(CommandLine, \".*mimikatz.*\")",
     .at = "\".*mimikatz.*\"",
     .good = "EventID=1 | where match(CommandLine, \"mimikatz\")",
     .mends = true},
    {.id = "L0604",
     .name = "regex-in-search",
     .title = "a regular expression as a value of search",
     .explanation =
         "The search command knows * only: .* is a dot and any text, ^ and $ stand for themselves.",
     .fix = "use | regex field=\"…\", or * alone",
     .bad = "CommandLine=\"-pw .* .*@.*\"",
     .at = "\"-pw .* .*@.*\"",
     .good = "EventID=1 | regex CommandLine=\"-pw .* .*@\"",
     .on_run = true},
    {.id = "L0605",
     .name = "rex-without-group",
     .title = "rex without a named group",
     .explanation = "rex makes a field of each (?<name>…). Without one nothing comes out.",
     .fix = "name a group, or use regex to filter",
     .bad = "EventID=1 | rex field=Image \"([a-z]+)\\.exe\"",
     .at = "\"([a-z]+)\\.exe\"",
     .good = "EventID=1 | rex field=Image \"(?<name>[a-z]+)\\.exe\""},
    {.id = "L0606",
     .name = "percent-in-regex",
     .title = "% at the ends of a regular expression",
     .explanation = "match() takes a regular expression, in which % stands for itself; LIKE takes "
                    "it for any text.",
     .fix = "leave % out, or use like()",
     .bad = "EventID=1 | where match(CommandLine, \"%cmd%\")",
     .at = "\"%cmd%\"",
     .good = "EventID=1 | where match(CommandLine, \"cmd\")",
     .on_run = true},
};

// ---------------------------------------------------------------- paths

// C:\x or \x\y with letters in it.
bool IsWindowsPath(std::string_view text) {
  const size_t first = text.find('\\');
  if (first == std::string_view::npos || first + 1 >= text.size()) return false;
  const bool drive = first >= 2 && text[first - 1] == ':' && IsLetter(text[first - 2]);
  const bool registry = LowerAscii(text.substr(0, 4)).starts_with("hk");
  const bool two = text.find('\\', first + 1) != std::string_view::npos;
  return (drive || registry || two || text.ends_with(".exe") || text.ends_with(".dll")) &&
         std::any_of(text.begin(), text.end(), &IsLetter);
}

bool HasLetters(std::string_view text) { return std::any_of(text.begin(), text.end(), &IsLetter); }

// The text between the quotes as it must be written, from what it means.
std::string Requoted(std::string_view meant) { return fmt::format("\"{}\"", Escaped(meant)); }

void CheckBackslashes(Visit& visit, Span span, std::string_view meant) {
  const std::string_view written = visit.TextOf(span);
  if (written.size() < 4 || written.front() != '"' || written.back() != '"') return;
  const std::string_view inner = written.substr(1, written.size() - 2);
  // C:/Windows, but no address and no option of a command line.
  const bool slashes = meant.size() > 4 && IsLetter(meant[0]) && meant[1] == ':' &&
                       meant[2] == '/' && meant[3] != '/' &&
                       meant.find('\\') == std::string_view::npos &&
                       meant.find(' ') == std::string_view::npos;
  if (slashes) {
    std::string path(meant);
    std::replace(path.begin(), path.end(), '/', '\\');
    return visit.Add({.rule = "L0503",
                      .span = span,
                      .message = "Windows events have paths with backslashes",
                      .notes = {fmt::format("write {}", Requoted(path))},
                      .fix = "write backslashes",
                      .edits = {{span, Requoted(path)}}});
  }
  if (!IsWindowsPath(meant)) return;
  size_t single = 0;
  size_t doubled = 0;
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] != '\\') continue;
    const bool pair = i + 1 < inner.size() && inner[i + 1] == '\\';
    ++(pair ? doubled : single);
    if (pair || (i + 1 < inner.size() && inner[i + 1] == '"')) ++i;
  }
  // A mixture may be meant so.
  if (single == 0 || doubled > 0) return;
  const std::string better = Requoted(meant);
  visit.Add({.rule = "L0502",
             .span = span,
             .message = "a backslash within double quotes is written twice",
             .notes = {fmt::format("write {}", better)},
             .fix = "double each backslash",
             .edits = {{span, better}}});
}

bool HoldsPaths(std::string_view field) {
  const std::string lower = LowerAscii(field);
  return lower.ends_with("image") || lower.ends_with("path") || lower.ends_with("filename") ||
         lower.ends_with("processname") || lower.ends_with("directory");
}

// "*\\\\Temp\\\\*": each of them meant once. A share begins with two, and has single ones behind.
void CheckDoubled(Visit& visit, Span span, std::string_view meant) {
  constexpr std::string_view kTwo = "\\\\";
  size_t doubled = 0;
  std::string better;
  for (size_t i = 0; i < meant.size(); ++i) {
    better += meant[i];
    if (meant[i] != '\\') continue;
    if (meant.substr(i, kTwo.size()) != kTwo) return;
    ++doubled;
    ++i;
  }
  if (doubled < 2 || !HasLetters(meant)) return;
  visit.Add({.rule = "L0504",
             .span = span,
             .message = "two backslashes each are looked for, and paths have one",
             .notes = {fmt::format("write {}", Requoted(better))},
             .fix = "write each of them once less",
             .edits = {{span, Requoted(better)}}});
}

bool IsRegexText(std::string_view text) {
  // The command line of a program that takes one.
  for (const std::string_view program : {"grep", "sed ", "awk ", "perl", "findstr"}) {
    if (text.find(program) != std::string_view::npos) return false;
  }
  if (text.size() > 3 && text.front() == '^') return true;
  if (text.size() > 4 && text.starts_with(".*") && text.ends_with(".*")) return true;
  // /.*mimikatz.*/, (curl|wget)
  const size_t open = text.find('(');
  const size_t bar = text.find('|', std::min(open, text.size()));
  const bool alternatives = bar != std::string_view::npos && bar > open + 1 &&
                            text.find_first_of(") ", open) > bar &&
                            text.find(')', bar) != std::string_view::npos;
  const bool slashes = text.size() > 4 && text.front() == '/' && text.back() == '/' &&
                       text.find(".*") != std::string_view::npos;
  if (alternatives || slashes) return true;
  // .*\.exe$
  if (text.size() > 3 && text.back() == '$' &&
      (text.starts_with(".*") || text.find("\\.") != std::string_view::npos)) {
    return true;
  }
  const size_t dot_star = text.find(".*");
  if (dot_star != std::string_view::npos) {
    const size_t next = text.find(".*", dot_star + 2);
    const bool blank_before = dot_star > 0 && text[dot_star - 1] == ' ';
    const bool blank_behind = dot_star + 2 < text.size() && text[dot_star + 2] == ' ';
    const bool several = next != std::string_view::npos && (dot_star == 0 || blank_before);
    if ((blank_before && blank_behind) || several) return true;
  }
  const bool classes =
      text.find("[a-z") != std::string_view::npos || text.find("[A-Z") != std::string_view::npos ||
      text.find("[0-9") != std::string_view::npos || text.find("\\d+") != std::string_view::npos ||
      text.find("\\s+") != std::string_view::npos || text.find("(?i)") != std::string_view::npos;
  return classes;
}

void PatternsTerms(Visit& visit, const ast::SearchExpr& terms) {
  ForEachValue(terms, [&](const ast::Name& field, CompareOp op, const ast::SearchValue& value) {
    const ast::Name* word = WordOf(value);
    if (word == nullptr || (op != CompareOp::kEqual && op != CompareOp::kNotEqual)) return;
    if (word->quoted) CheckBackslashes(visit, value.span, word->text);
    if (word->quoted && HoldsPaths(field.text)) CheckDoubled(visit, value.span, word->text);
    if (IsRegexText(word->text)) {
      visit.Add({.rule = "L0604",
                 .span = value.span,
                 .message = "this looks like a regular expression; search knows * only",
                 .notes = {fmt::format("| regex {}=… takes one", field.text)}});
    }
  });
}

// ---------------------------------------------------------------- regular expressions

// (x+)+, (x*)*, ([a-z]+)*: a group whose last part repeats, itself repeated without an end.
bool BacktracksBadly(std::string_view regex) {
  std::vector<size_t> open;
  bool in_class = false;
  for (size_t i = 0; i < regex.size(); ++i) {
    const char c = regex[i];
    if (c == '\\') {
      ++i;
      continue;
    }
    if (in_class) {
      in_class = c != ']';
      continue;
    }
    if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      open.push_back(i);
    } else if (c == ')' && !open.empty()) {
      const size_t begin = open.back();
      open.pop_back();
      const char behind = i + 1 < regex.size() ? regex[i + 1] : ' ';
      const char possessive = i + 2 < regex.size() ? regex[i + 2] : ' ';
      if ((behind != '+' && behind != '*') || possessive == '+') continue;
      std::string_view inner = regex.substr(begin + 1, i - begin - 1);
      if (inner.starts_with("?:")) inner.remove_prefix(2);
      if (inner.starts_with("?>")) continue;
      if (inner.starts_with("?<") || inner.starts_with("?P<")) {
        inner.remove_prefix(std::min(inner.find('>') + 1, inner.size()));
      }
      if (inner.size() < 2 || (inner.back() != '+' && inner.back() != '*')) continue;
      // One thing that repeats: a class, an escape, a dot or a letter; nothing before it that would
      // part one round from the next.
      std::string_view part = inner.substr(0, inner.size() - 1);
      const bool one = (part.front() == '[' && part.find(']') == part.size() - 1) ||
                       (part.front() == '\\' && part.size() == 2) || part.size() == 1;
      if (one) return true;
    }
  }
  return false;
}

struct Regex {
  Span span;
  std::string text;
  bool anywhere = true;  // It may match any part of the value, and gives nothing but whether.
};

void CheckRegex(Visit& visit, const Regex& regex, bool in_eval) {
  const std::string& text = regex.text;
  if (BacktracksBadly(text)) {
    visit.Add({.rule = "L0602",
               .span = regex.span,
               .message = "a repeated group ends with a repetition: this may take very long"});
  }
  if (in_eval && text.size() > 2 && text.front() == '%' && text.back() == '%') {
    visit.Add({.rule = "L0606",
               .span = regex.span,
               .message = "% stands for itself in a regular expression",
               .notes = {"like() takes % for any text; match() finds it anywhere"}});
  }
  if (!regex.anywhere) return;
  const std::string hint = in_eval ? HintForPattern(text, Comparison::kRegex) : "";
  if (!hint.empty()) {
    std::string better;
    for (size_t i = 0; i < text.size(); ++i) {
      const bool escapes = text[i] == '\\' && i + 1 < text.size() &&
                           std::strchr(".()[]{}+*?^$|", text[i + 1]) != nullptr;
      better += text[i] == '\\' && !escapes ? "\\\\" : text.substr(i, 1);
    }
    // Only where all of it is a path.
    const bool path = text.size() > 3 && IsLetter(text[0]) && text[1] == ':';
    Report report{.rule = "L0601", .span = regex.span, .message = hint};
    if (path) {
      report.notes = {fmt::format("write {}", Requoted(better))};
      report.fix = "double the backslashes";
      report.edits = {{regex.span, Requoted(better)}};
    }
    visit.Add(std::move(report));
  }
  std::string_view core = text;
  if (core.starts_with(".*") && !core.starts_with(".*?")) core.remove_prefix(2);
  if (core.ends_with(".*") && !core.ends_with("\\.*")) core.remove_suffix(2);
  const bool alternatives = text.find('|') != std::string::npos;
  if (core.size() == text.size() || core.empty() || alternatives) return;
  visit.Add({.rule = "L0603",
             .span = regex.span,
             .message = "it is found anywhere: .* at the ends changes nothing",
             .fix = "leave .* out",
             .edits = {{regex.span, Requoted(core)}}});
}

void CheckPathCase(Visit& visit, const ast::Expr& subject, const ast::Expr& constant) {
  const std::string* text = TextOf(constant);
  if (text == nullptr) return;
  if (!CallOf(subject, {"lower", "upper"})) CheckBackslashes(visit, constant.span, *text);
  if (FieldOf(subject) == nullptr || !IsWindowsPath(*text) || !HasLetters(*text)) return;
  visit.Add(
      {.rule = "L0501",
       .span = constant.span,
       .message = "case counts here, and paths of Windows come in any",
       .notes = {fmt::format("compare lower({}) with small letters", visit.TextOf(subject.span))}});
}

void PatternsExpression(Visit& visit, const ast::Expr& expr) {
  if (const auto* comparison = std::get_if<ast::Comparison>(&expr.node)) {
    if (comparison->op == CompareOp::kEqual || comparison->op == CompareOp::kNotEqual) {
      CheckPathCase(visit, *comparison->left, *comparison->right);
    }
  } else if (const auto* like = std::get_if<ast::LikeOperator>(&expr.node)) {
    CheckPathCase(visit, *like->left, *like->pattern);
  } else if (const auto* in = std::get_if<ast::InOperator>(&expr.node)) {
    for (const ast::ExprPtr& value : in->values) CheckPathCase(visit, *in->operand, *value);
  } else if (const ast::FunctionCall* call = CallOf(expr, {"like"})) {
    if (call->arguments.size() == 2) {
      CheckPathCase(visit, *call->arguments[0], *call->arguments[1]);
    }
  } else if (const ast::FunctionCall* match = CallOf(expr, {"match", "replace"})) {
    if (match->arguments.size() < 2) return;
    const std::string* text = TextOf(*match->arguments[1]);
    if (text == nullptr) return;
    CheckRegex(visit,
               {match->arguments[1]->span, *text, EqualsIgnoringCase(match->name.text, "match")},
               true);
  }
}

void PatternsCommand(Visit& visit, const ast::CommandCall& call) {
  const std::string name = visit.CommandName();
  if (name != "rex" && name != "regex") return;
  bool sed = false;
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option != nullptr && EqualsIgnoringCase(option->name.text, "mode")) sed = true;
    const auto* value = option == nullptr || option->value == nullptr
                            ? nullptr
                            : std::get_if<ast::Name>(&option->value->value);
    if (name == "regex" && value != nullptr && value->quoted) {
      CheckRegex(visit, {value->span, value->text, true}, false);
    }
  }
  if (sed) return;
  for (const ast::Argument& argument : call.arguments) {
    const auto* text = std::get_if<ast::Name>(&argument.value);
    if (text == nullptr || !text->quoted) continue;
    CheckRegex(visit, {text->span, text->text, name == "regex"}, false);
    const bool named = text->text.find("(?<") != std::string::npos ||
                       text->text.find("(?P<") != std::string::npos ||
                       text->text.find("(?'") != std::string::npos;
    if (name == "rex" && !named) {
      visit.Add({.rule = "L0605",
                 .span = text->span,
                 .message = "no named group, so rex makes no field",
                 .notes = {"write (?<name>…); regex filters by an expression"}});
    }
  }
}

}  // namespace

const Family kPatterns = {.rules = kPatternsRules,
                          .expression = &PatternsExpression,
                          .terms = &PatternsTerms,
                          .command = &PatternsCommand};

}  // namespace spelk::engine::lint
