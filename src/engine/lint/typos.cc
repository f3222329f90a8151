// What was typed otherwise than it was meant: quotes that swallow a condition, signs left out,
// signs of word processors, placeholders, names that are nearly those of every event.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <variant>

#include "engine/lint/conditions.h"
#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "engine/why/nearest.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kTyposRules[] = {
    {.id = "L0107",
     .name = "variable-in-path",
     .title = "a variable of the environment in a path",
     .explanation =
         "Events hold the path as it is, such as C:\\Users. Nobody replaces %SystemDrive% in a "
         "search.",
     .fix = "write * for the variable",
     .bad = "TargetFilename=\"%SystemRoot%\\\\Temp\\\\*.exe\"",
     .at = "\"%SystemRoot%\\\\Temp\\\\*.exe\"",
     .good = "TargetFilename=\"*\\\\Temp\\\\*.exe\"",
     .mends = true,
     .on_run = true},
    {.id = "L0811",
     .name = "quote-swallows-clause",
     .title = "a text in quotes that holds a condition",
     .explanation =
         "Where a closing quote is missing, the text goes on to the next one, and what should be a "
         "condition of its own is a part of the value.",
     .fix = "close the quote before OR or AND",
     .bad = "Image=\"*\\\\cmd.exe OR Image=\"*\\\\powershell.exe",
     .at = "\"*\\\\cmd.exe OR Image=\"",
     .good = "Image=\"*\\\\cmd.exe\" OR Image=\"*\\\\powershell.exe\"",
     .on_run = true},
    {.id = "L0812",
     .name = "missing-equals",
     .title = "a field's name and a text without = between them",
     .explanation = "Both are looked for anywhere in the event's text.",
     .fix = "write = between them",
     .bad = "Image=\"*\\\\cmd.exe\" OR Image \"*\\\\powershell.exe\"",
     .at = "Image \"*\\\\powershell.exe\"",
     .good = "Image=\"*\\\\cmd.exe\" OR Image=\"*\\\\powershell.exe\"",
     .mends = true,
     .on_run = true},
    {.id = "L0813",
     .name = "bare-word-in-list",
     .title = "a word without quotes in a list of where or eval",
     .explanation =
         "Without double quotes it is the name of a field, which is most likely missing.",
     .fix = "put it in double quotes; a list of values comes from a lookup",
     .bad = "EventID=1 | where User IN (admin, \"root\")",
     .at = "admin",
     .good = "EventID=1 | where User IN (\"admin\", \"root\")"},
    {.id = "L0814",
     .name = "placeholder",
     .severity = kInfo,
     .title = "a value that stands for one to be filled in",
     .explanation = "No event has it, so the condition never holds, or always does if negated.",
     .fix = "write the values of the site, or look them up",
     .bad = "index=your_index EventID=1",
     .at = "your_index",
     .good = "index=main EventID=1"},
    {.id = "L0815",
     .name = "typographic-sign",
     .title = "a long dash or a curly quote in a value",
     .explanation =
         "Programs have other signs on their command lines than word processors make of them.",
     .fix = "write - for the dash, and plain quotes",
     .bad = "CommandLine=\"*Option –HistorySaveStyle*\"",
     .at = "\"*Option –HistorySaveStyle*\"",
     .good = "CommandLine=\"*Option -HistorySaveStyle*\"",
     .mends = true},
    {.id = "L0816",
     .name = "misspelt-field",
     .title = "a name that is nearly that of a field of every event",
     .explanation = "No event has a field of this name, so nothing is found.",
     .fix = "write the name that was meant",
     .bad = "sourctype=xmlwineventlog EventID=1",
     .at = "sourctype",
     .good = "sourcetype=xmlwineventlog EventID=1",
     .mends = true,
     .on_run = true},
    {.id = "L0825",
     .name = "field-of-windows-in-other-case",
     .severity = kInfo,
     .title = "a field of Windows events in other letters than they have",
     .explanation = "Names of fields are case-sensitive. Which events are asked for is not known "
                    "here; those of Windows write the name otherwise.",
     .fix = "write the name as the events have it",
     .bad = "index=win eventcode=4688",
     .at = "eventcode",
     .good = "index=win EventCode=4688"},
};

// Not those of services, which may be registered with a variable.
bool IsPathField(std::string_view field) {
  constexpr std::string_view kPathNames[] = {"path",         "file_path",          "filepath",
                                             "image",        "parentimage",        "sourceimage",
                                             "targetimage",  "imageloaded",        "targetfilename",
                                             "process_path", "parent_process_path"};
  const std::string lower = LowerAscii(field);
  return std::find(std::begin(kPathNames), std::end(kPathNames), lower) != std::end(kPathNames);
}

// %SystemRoot%\ at the beginning.
void CheckVariable(Visit& visit, const ast::Name& field, const ast::SearchValue& value,
                   std::string_view text) {
  if (!IsPathField(field.text) || text.front() != '%') return;
  const size_t end = text.find('%', 1);
  if (end == std::string_view::npos || end < 4 || text.find('\\') != end + 1) return;
  std::string written(visit.TextOf(value.span));
  const size_t first = written.find('%');
  const size_t second = written.find('%', first + 1);
  written.replace(first, second + 1 - first, "*");
  Report report{.rule = "L0107",
                .span = value.span,
                .message = fmt::format("events have no {} in a path", text.substr(0, end + 1)),
                .notes = {visit.negated ? std::string("write the path that it stands for")
                                        : fmt::format("write {}={}", field.text, written)}};
  // What is left out by a wildcard may be too much.
  if (!visit.negated) {
    report.fix = "write * for the variable";
    report.edits = {{value.span, written}};
  }
  visit.Add(std::move(report));
}

// cmd.exe OR Image=
bool HoldsClause(std::string_view text) {
  for (const std::string_view word : {" OR ", " AND "}) {
    const size_t at = text.find(word);
    if (at == std::string_view::npos) continue;
    size_t end = at + word.size();
    const size_t begin = end;
    while (end < text.size() && (LowerAscii(text[end]) >= 'a' && LowerAscii(text[end]) <= 'z'))
      ++end;
    if (end > begin + 2 && text.substr(end) == "=") return true;
  }
  return false;
}

// your_index, <suspicious_ips>, expected_user.
bool IsPlaceholder(std::string_view text) {
  if (text.size() > 4 && text.front() == '<' && text.back() == '>' &&
      text.find('/') == std::string_view::npos)
    return true;
  const std::string lower = LowerAscii(text);
  const bool plain = std::all_of(lower.begin(), lower.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  if (!plain || lower.find('_') == std::string::npos) return false;
  for (const std::string_view word : {"your_", "expected_", "trusted_ip", "known_images",
                                      "internal_subnet", "authorized_", "example_"}) {
    if (lower.starts_with(word)) return true;
  }
  return false;
}

void CheckPlaceholder(Visit& visit, Span span, std::string_view text) {
  if (!IsPlaceholder(text)) return;
  visit.Add({.rule = "L0814",
             .span = span,
             .message = fmt::format("{} stands for a value to be filled in", text)});
}

// – — “ ” ‘ ’ where a program would have - " '.
constexpr std::pair<std::string_view, std::string_view> kSigns[] = {
    {"–", "-"}, {"—", "-"}, {"“", "\\\""}, {"”", "\\\""}, {"‘", "'"}, {"’", "'"}};

void CheckSigns(Visit& visit, Span span, std::string_view text) {
  std::string written(visit.TextOf(span));
  if (written.size() < 2 || written.front() != '"') return;
  bool any = false;
  for (const auto& [sign, plain] : kSigns) {
    if (text.find(sign) == std::string_view::npos) continue;
    // Between letters of a sentence it may be right: a dash stands before an option.
    for (size_t at = written.find(sign); at != std::string::npos; at = written.find(sign, at + 1)) {
      const size_t end = at + sign.size();
      const char before = at == 0 ? ' ' : written[at - 1];
      const bool option = plain == "-" && (before == ' ' || before == '"' || before == '*') &&
                          end < written.size() && LowerAscii(written[end]) >= 'a' &&
                          LowerAscii(written[end]) <= 'z';
      if (plain == "-" && !option) continue;
      written.replace(at, sign.size(), plain);
      any = true;
    }
  }
  if (!any) return;
  visit.Add({.rule = "L0815",
             .span = span,
             .message = "a sign of a word processor, which no program writes",
             .notes = {fmt::format("write {}", written)},
             .fix = "write the plain sign",
             .edits = {{span, written}}});
}

void CheckField(Visit& visit, const ast::Name& field) {
  constexpr std::string_view kOfWindows[] = {
      "EventCode",   "EventID",      "CommandLine", "ParentImage",    "ParentCommandLine",
      "ImageLoaded", "TargetObject", "LogonType",   "TargetFilename", "DestinationIp"};
  for (const std::string_view name : kOfWindows) {
    if (field.quoted || field.text == name || LowerAscii(field.text) != LowerAscii(name)) continue;
    visit.Add(
        {.rule = "L0825",
         .span = field.span,
         .message = fmt::format("names are case-sensitive, and events of Windows have {}", name)});
  }
  constexpr std::string_view kPathNames[] = {"index", "sourcetype", "EventCode"};
  constexpr std::string_view kRight[] = {"index",     "sourcetype", "EventCode", "source",
                                         "eventcode", "sources",    "indexes",   "eventCode",
                                         "EVENTCODE", "event_code", "Index"};
  const std::string& text = field.text;
  if (!visit.base || field.quoted ||
      std::find(std::begin(kRight), std::end(kRight), text) != std::end(kRight))
    return;
  for (const std::string_view name : kPathNames) {
    const bool near = IsSlip(LowerAscii(text), LowerAscii(name));
    if (!near) continue;
    visit.Add({.rule = "L0816",
               .span = field.span,
               .message = fmt::format("no event has {}", text),
               .notes = {fmt::format("did you mean {}?", name)},
               .fix = fmt::format("write {}", name),
               .edits = {{field.span, std::string(name)}}});
  }
}

// Names that are compared with something somewhere in the terms.
void AddFields(const ast::SearchExpr& terms, std::set<std::string_view>* fields) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    for (const ast::SearchExpr& operand : all->operands) AddFields(operand, fields);
  } else if (const auto* any = std::get_if<ast::SearchOr>(&terms.node)) {
    for (const ast::SearchExpr& operand : any->operands) AddFields(operand, fields);
  } else if (const auto* comparison = std::get_if<ast::SearchComparison>(&terms.node)) {
    fields->insert(comparison->field.text);
  }
}

// A word and a phrase, next to each other, where the word is a field elsewhere. OR binds tighter,
// so that the word may be the last alternative of one.
const ast::SearchExpr& LastOf(const ast::SearchExpr& terms) {
  const auto* any = std::get_if<ast::SearchOr>(&terms.node);
  return any == nullptr || any->operands.empty() ? terms : LastOf(any->operands.back());
}
const ast::SearchExpr& FirstOf(const ast::SearchExpr& terms) {
  const auto* any = std::get_if<ast::SearchOr>(&terms.node);
  return any == nullptr || any->operands.empty() ? terms : FirstOf(any->operands.front());
}

void CheckEquals(Visit& visit, const std::vector<ast::SearchExpr>& operands) {
  std::set<std::string_view> fields;
  for (const ast::SearchExpr& operand : operands) AddFields(operand, &fields);
  for (size_t i = 0; i + 1 < operands.size(); ++i) {
    const ast::SearchExpr& before = LastOf(operands[i]);
    const ast::SearchExpr& behind = FirstOf(operands[i + 1]);
    const auto* word = std::get_if<ast::SearchTerm>(&before.node);
    const auto* phrase = std::get_if<ast::SearchTerm>(&behind.node);
    if (word == nullptr || phrase == nullptr || word->kind != ast::TermKind::kWord ||
        phrase->kind != ast::TermKind::kPhrase || !fields.contains(word->text.text))
      continue;
    const Span gap{before.span.end, behind.span.begin};
    if (visit.TextOf(gap).find_first_not_of(" \t\r\n") != std::string_view::npos) continue;
    visit.Add({.rule = "L0812",
               .span = {before.span.begin, behind.span.end},
               .message = fmt::format("{} and the text are looked for anywhere in the event",
                                      word->text.text),
               .notes = {fmt::format("write {}={}", word->text.text, visit.TextOf(behind.span))},
               .fix = "write = between them",
               .edits = {{gap, "="}}});
  }
}

void TyposTerms(Visit& visit, const ast::SearchExpr& terms) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    return CheckEquals(visit, all->operands);
  }
  if (const auto* comparison = std::get_if<ast::SearchComparison>(&terms.node)) {
    CheckField(visit, comparison->field);
  }
  ForEachValue(terms, [&](const ast::Name& field, CompareOp, const ast::SearchValue& value) {
    const ast::Name* word = WordOf(value);
    if (word == nullptr || word->text.empty()) return;
    CheckVariable(visit, field, value, word->text);
    CheckPlaceholder(visit, value.span, word->text);
    CheckSigns(visit, value.span, word->text);
    if (word->quoted && HoldsClause(word->text)) {
      visit.Add({.rule = "L0811",
                 .span = value.span,
                 .message = "a condition stands within the quotes",
                 .notes = {"a closing quote is missing before it"}});
    }
  });
}

void TyposExpression(Visit& visit, const ast::Expr& expr) {
  if (const std::string* text = TextOf(expr)) {
    CheckPlaceholder(visit, expr.span, *text);
    return CheckSigns(visit, expr.span, *text);
  }
  const auto* in = std::get_if<ast::InOperator>(&expr.node);
  if (in == nullptr) return;
  for (const ast::ExprPtr& value : in->values) {
    const std::string* field = FieldOf(*value);
    if (field == nullptr || visit.TextOf(value->span).starts_with('\'')) continue;
    // Named before, it is a field that a command made, most likely.
    const std::string_view before = visit.search.text().substr(0, expr.span.begin);
    if (before.find(*field) != std::string_view::npos) continue;
    visit.Add({.rule = "L0813",
               .span = value->span,
               .message = HintForBareWord(*field),
               .notes = {fmt::format("write \"{}\" for a text", *field)}});
  }
}

}  // namespace

const Family kTypos = {.rules = kTyposRules, .expression = &TyposExpression, .terms = &TyposTerms};

}  // namespace spelk::engine::lint
