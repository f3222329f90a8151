// Words and quotes: operators, comments and quotes of other languages among search terms, quotes
// round names, names that were meant as options or values.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kQuotingRules[] = {
    {.id = "L0801",
     .name = "operator-as-term",
     .title = "an operator of another place among search terms",
     .explanation =
         "LIKE, CONTAINS, && and the like are words to look for in the search command, so the "
         "search finds events with that word in their text: mostly none.",
     .fix = "use * in values, AND and OR, or where with LIKE and match()",
     .bad = "EventID=1 Image LIKE \"%cmd%\"",
     .at = "LIKE",
     .good = "EventID=1 Image=\"*cmd*\"",
     .on_run = true},
    {.id = "L0802",
     .name = "foreign-comment",
     .title = "a comment of another language",
     .explanation = "Comments of SPL are ``` … ```. All others are words to look for.",
     .fix = "write ``` … ```",
     .bad = "EventID=1 // process creation",
     .at = "//",
     .good = "EventID=1 ``` process creation ```",
     .on_run = true},
    {.id = "L0803",
     .name = "single-quoted-value",
     .title = "single quotes round a value of search",
     .explanation = "Outside of eval and where single quotes are a part of the value.",
     .fix = "write double quotes",
     .bad = "Image='*cmd.exe'",
     .at = "'*cmd.exe'",
     .good = "Image=\"*cmd.exe\"",
     .mends = true,
     .on_run = true},
    {.id = "L0804",
     .name = "single-quoted-field",
     .title = "single quotes round a field's name outside of eval",
     .explanation =
         "Only eval and where take single quotes from a name. Elsewhere they are a part of it: no "
         "event has such a field, and a name given by AS keeps them.",
     .fix = "leave the quotes out, or write double ones",
     .bad = "EventID=1 | stats count by 'Image'",
     .at = "'Image'",
     .good = "EventID=1 | stats count by Image",
     .mends = true,
     .on_run = true},
    {.id = "L0805",
     .name = "double-quoted-field",
     .title = "double quotes round a field's name in eval",
     .explanation = "In eval and where a text in double quotes is a text; the function looks at "
                    "these letters, "
                    "not at the field.",
     .fix = "write the name without quotes, or in single ones",
     .bad = "EventID=1 | where like(\"CommandLine\", \"%x%\")",
     .at = "\"CommandLine\"",
     .good = "EventID=1 | where like(CommandLine, \"%x%\")",
     .mends = true,
     .on_run = true},
    {.id = "L0806",
     .name = "trailing-punctuation",
     .title = "a comma or semicolon at the end of a value",
     .explanation = "It is a part of the value here.",
     .fix = "leave it out",
     .bad = "EventID=1; Image=\"x\"",
     .at = "1;",
     .good = "EventID=1 Image=\"x\"",
     .mends = true,
     .on_run = true},
    {.id = "L0807",
     .name = "colon-for-equals",
     .title = "a colon between a field and its value",
     .explanation = "name:value is how other languages ask for a field; here it is a word to look "
                    "for in the event's text.",
     .fix = "write name=value",
     .bad = "EventID:4688 Image=\"x\"",
     .at = "EventID:4688",
     .good = "EventID=4688 Image=\"x\"",
     .mends = true,
     .on_run = true},
    {.id = "L0808",
     .name = "looks-like-sql",
     .title = "a statement of SQL or KQL, or a rule of Sigma",
     .explanation = "SPL is a base search and commands with pipes between them.",
     .fix = "write the condition first, then | stats, | table, | sort",
     .bad = "SELECT Image FROM feed WHERE EventID=1",
     .at = "SELECT",
     .good = "EventID=1 | table Image",
     .on_run = true},
    {.id = "L0809",
     .name = "search-in-quotes",
     .title = "a whole search in double quotes",
     .explanation =
         "It is one phrase to look for. Cells of a CSV file are quoted so, with each quote "
         "doubled.",
     .fix = "take the outer quotes away, and write each doubled quote once",
     .bad = "\"index=main EventID=1 Image=x\"",
     .at = "\"index=main EventID=1 Image=x\"",
     .good = "index=main EventID=1 Image=x",
     .mends = true,
     .on_run = true},
    {.id = "L0810",
     .name = "number-as-field",
     .title = "a number where a field's name stands",
     .explanation = "The command has no such argument here, so the number names a field, which no "
                    "event has.",
     .fix = "put the number where the command takes it, or leave it out",
     .bad = "EventID=1 | stats count by Image limit 10",
     .at = "10",
     .good = "EventID=1 | stats count by Image | head 10",
     .on_run = true},
    {.id = "L0826",
     .name = "and-as-field",
     .title = "and between the fields of BY",
     .explanation = "It is taken for a field, which no event has, and rows without a field of BY "
                    "are left out.",
     .fix = "leave it out",
     .bad = "EventID=1 | stats count by User and host",
     .at = "and",
     .good = "EventID=1 | stats count by User host",
     .on_run = true},
};

// ---------------------------------------------------------------- search terms

constexpr std::string_view kLogicalOperators[] = {
    "LIKE", "CONTAINS", "MATCHES", "BETWEEN", "STARTSWITH", "ENDSWITH", "REGEX",
    "HAS",  "&&",       "||",      "==",      "=~",         "!~",       "~"};

// In capitals: like and contains are words of English, too.
bool IsOperator(const Visit& visit, const ast::SearchTerm& term) {
  if (term.kind != ast::TermKind::kWord || term.text.quoted) return false;
  return std::any_of(std::begin(kLogicalOperators), std::end(kLogicalOperators),
                     [&](std::string_view op) { return visit.TextOf(term.text.span) == op; });
}

bool IsLowerOperator(std::string_view text) {
  return text == "like" || text == "contains" || text == "matches" || text == "startswith" ||
         text == "endswith";
}

// Image=~"…": the value is a ~, and the text behind it a phrase to look for.
bool CheckTilde(Visit& visit, const std::vector<ast::SearchExpr>& operands) {
  for (size_t i = 0; i + 1 < operands.size(); ++i) {
    const auto* comparison = std::get_if<ast::SearchComparison>(&operands[i].node);
    const ast::Name* word = comparison == nullptr ? nullptr : WordOf(comparison->value);
    const auto* phrase = std::get_if<ast::SearchTerm>(&operands[i + 1].node);
    if (word == nullptr || word->quoted || word->text != "~" || phrase == nullptr) continue;
    visit.Add({.rule = "L0801",
               .span = {operands[i].span.begin, operands[i + 1].span.end},
               .message = fmt::format("{} equals ~ here, and the text is a phrase to look for",
                                      comparison->field.text),
               .notes = {fmt::format("| regex {}={} takes a regular expression",
                                     comparison->field.text, visit.TextOf(operands[i + 1].span))}});
    return true;
  }
  return false;
}

// EventCode IN (4624 OR 4625)
void CheckOrInList(Visit& visit, const ast::SearchIn& in) {
  for (size_t v = 1; v + 1 < in.values.size(); ++v) {
    const ast::Name* word = WordOf(in.values[v]);
    if (word == nullptr || word->quoted || (word->text != "OR" && word->text != "or")) continue;
    visit.Add({.rule = "L0801",
               .span = in.values[v].span,
               .message = fmt::format("{} is one of the values here", word->text),
               .notes = {"commas part the values of IN"}});
    return;
  }
}

const ast::SearchTerm* TermOf(const ast::SearchExpr& terms) {
  return std::get_if<ast::SearchTerm>(&terms.node);
}

// process.name:"cmd.exe", command_line~".*x.*": a word that ends with an operator of another
// language, and a text without a blank between them.
bool CheckJoined(Visit& visit, const std::vector<ast::SearchExpr>& operands) {
  for (size_t i = 0; i + 1 < operands.size(); ++i) {
    const ast::SearchTerm* word = TermOf(operands[i]);
    const ast::SearchTerm* phrase = TermOf(operands[i + 1]);
    if (word == nullptr || phrase == nullptr || word->kind != ast::TermKind::kWord ||
        word->text.quoted || phrase->kind != ast::TermKind::kPhrase ||
        operands[i].span.end != operands[i + 1].span.begin || word->text.text.size() < 3 ||
        (word->text.text.back() != ':' && word->text.text.back() != '~'))
      continue;
    const std::string_view name =
        std::string_view(word->text.text).substr(0, word->text.text.find_last_not_of(":~") + 1);
    visit.Add({.rule = "L0801",
               .span = {operands[i].span.begin, operands[i + 1].span.end},
               .message = "both are words to look for here",
               .notes = {fmt::format("write {}={}", name, visit.TextOf(operands[i + 1].span))}});
    return true;
  }
  return false;
}

void CheckOperators(Visit& visit, const std::vector<ast::SearchExpr>& operands) {
  if (CheckTilde(visit, operands) || CheckJoined(visit, operands)) return;
  for (size_t i = 0; i < operands.size(); ++i) {
    const ast::SearchTerm* term = TermOf(operands[i]);
    if (term == nullptr || term->text.quoted) continue;
    const bool between = i > 0 && i + 1 < operands.size();
    // A word, an operator, a text: Image like "%x%".
    const bool lower = between && IsLowerOperator(term->text.text) &&
                       TermOf(operands[i - 1]) != nullptr && TermOf(operands[i + 1]) != nullptr &&
                       TermOf(operands[i + 1])->kind == ast::TermKind::kPhrase;
    if (!lower && !(between && IsOperator(visit, *term))) continue;
    const std::string_view word = term->text.text;
    std::string note = "* stands for any text here, and | where has LIKE and match()";
    if (word == "&&") note = "the operator is AND";
    if (word == "||") note = "the operator is OR";
    visit.Add({.rule = "L0801",
               .span = operands[i].span,
               .message = fmt::format("{} is a word to look for here", word),
               .notes = {std::move(note)}});
    return;
  }
}

// A mark that stands alone, or before a word: paths and addresses begin otherwise.
bool IsComment(std::string_view text) {
  if (text == "#" || text == "//" || text == "--" || text == "/*" || text == "*/") return true;
  if (text.starts_with("//") && text.size() > 2) {
    const char c = LowerAscii(text[2]);
    return c >= 'a' && c <= 'z' && text.find('/', 2) == std::string_view::npos &&
           text.find('.') == std::string_view::npos;
  }
  return text.starts_with("/*") && text.find('/', 1) == std::string_view::npos;
}

bool CheckComments(Visit& visit, const std::vector<ast::SearchExpr>& operands) {
  for (size_t i = 0; i < operands.size(); ++i) {
    const ast::SearchTerm* term = TermOf(operands[i]);
    if (term == nullptr || term->kind != ast::TermKind::kWord || term->text.quoted ||
        !IsComment(term->text.text))
      continue;
    // -- and # alone may be looked for; as comments words follow them.
    const bool words = i + 1 < operands.size() && TermOf(operands[i + 1]) != nullptr;
    if ((term->text.text == "#" || term->text.text == "--") && !words) continue;
    visit.Add({.rule = "L0802",
               .span = operands[i].span,
               .message = fmt::format("{} is a word to look for here", term->text.text),
               .notes = {"comments are ``` … ```"}});
    return true;
  }
  return false;
}

// EventID:4688, but neither WinEventLog:Security nor a time.
void CheckColon(Visit& visit, const ast::SearchExpr& terms, const ast::SearchTerm& term) {
  constexpr std::string_view kNames[] = {
      "eventid",     "eventcode", "image",   "commandline", "parentimage",
      "user",        "host",      "index",   "source",      "sourcetype",
      "processname", "src_ip",    "dest_ip", "username",    "targetfilename"};
  if (term.kind != ast::TermKind::kWord || term.text.quoted) return;
  const std::string& text = term.text.text;
  const size_t colon = text.find(':');
  if (colon == std::string::npos || colon + 1 == text.size()) return;
  const std::string name = LowerAscii(std::string_view(text).substr(0, colon));
  // Names of the Elastic Common Schema: event.code:1.
  constexpr std::string_view kSets[] = {"event.", "process.", "winlog.",  "registry.",   "file.",
                                        "user.",  "source.",  "network.", "destination."};
  const bool of_set = std::any_of(std::begin(kSets), std::end(kSets), [&](std::string_view set) {
    return name.starts_with(set) && name.size() > set.size();
  });
  if (!of_set && std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) return;
  // host::web-1 is a condition; source::… likewise.
  const bool twice = text.compare(colon, 2, "::") == 0;
  const bool metadata =
      name == "host" || name == "source" || name == "sourcetype" || name == "index";
  if (twice && (metadata || colon + 2 == text.size())) return;
  const std::string written =
      fmt::format("{}={}", text.substr(0, colon), text.substr(colon + (twice ? 2 : 1)));
  visit.Add({.rule = "L0807",
             .span = terms.span,
             .message = fmt::format("{} is a word to look for here", text),
             .notes = {fmt::format("write {}", written)},
             .fix = "write = for :",
             .edits = {{terms.span, written}}});
}

void CheckPhrase(Visit& visit, const ast::SearchExpr& terms, const ast::SearchTerm& term) {
  if (term.kind != ast::TermKind::kPhrase || !visit.base || visit.depth > 0) return;
  const std::string& text = term.text.text;
  const bool begins = text.starts_with("index=") || text.starts_with("sourcetype=") ||
                      text.starts_with("source=") || text.starts_with("search ") ||
                      text.starts_with("`index=");
  if (!begins) return;
  Report report{.rule = "L0809",
                .span = terms.span,
                .message = "this is one phrase to look for",
                .notes = {"take the outer quotes away"}};
  if (visit.search.text().size() == terms.span.size()) {
    report.fix = "take the quotes away";
    report.edits = {{terms.span, text}};
  }
  visit.Add(std::move(report));
}

void CheckValue(Visit& visit, const ast::Name& field, const ast::SearchValue& value) {
  const ast::Name* word = WordOf(value);
  if (word == nullptr || word->quoted) return;
  const std::string& text = word->text;
  if (text.size() > 2 && text.front() == '\'' && text.back() == '\'') {
    std::string written(visit.TextOf(value.span));
    written.front() = written.back() = '"';
    return visit.Add({.rule = "L0803",
                      .span = value.span,
                      .message = "single quotes are a part of the value here",
                      .notes = {fmt::format("write {}={}", field.text, written)},
                      .fix = "write double quotes",
                      .edits = {{value.span, written}}});
  }
  const bool punctuation = text.size() > 1 && (text.back() == ';' || text.back() == ',');
  if (!punctuation) return;
  const std::string written(visit.TextOf({value.span.begin, value.span.end - 1}));
  visit.Add({.rule = "L0806",
             .span = value.span,
             .message = fmt::format("{} is a part of the value here", text.back()),
             .notes = {fmt::format("write {}={}", field.text, written)},
             .fix = "leave it out",
             .edits = {{value.span, written}}});
}

// title: …, logsource: …, detection: …
bool CheckSigma(Visit& visit, const std::vector<ast::SearchExpr>& operands) {
  const auto key = std::find_if(operands.begin(), operands.end(), [](const ast::SearchExpr& each) {
    const ast::SearchTerm* term = TermOf(each);
    return term != nullptr && !term->text.quoted &&
           (term->text.text == "logsource:" || term->text.text == "detection:");
  });
  if (key == operands.end()) return false;
  visit.Add({.rule = "L0808",
             .span = key->span,
             .message = "this looks like a rule of Sigma, in YAML",
             .notes = {"a converter makes a search of it"}});
  return true;
}

void QuotingTerms(Visit& visit, const ast::SearchExpr& terms) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    if (visit.base && CheckSigma(visit, all->operands)) return;
    if (visit.base && !all->operands.empty()) {
      const ast::SearchTerm* first = TermOf(all->operands.front());
      if (first != nullptr && !first->text.quoted &&
          EqualsIgnoringCase(first->text.text, "select")) {
        for (const ast::SearchExpr& operand : all->operands) {
          const ast::SearchTerm* term = TermOf(operand);
          if (term == nullptr || !EqualsIgnoringCase(term->text.text, "from")) continue;
          return visit.Add({.rule = "L0808",
                            .span = all->operands.front().span,
                            .message = "this looks like SQL",
                            .notes = {"write a base search, then | table or | stats count by"}});
        }
      }
    }
    if (!CheckComments(visit, all->operands)) CheckOperators(visit, all->operands);
    return;
  }
  if (const auto* in = std::get_if<ast::SearchIn>(&terms.node)) CheckOrInList(visit, *in);
  if (const ast::SearchTerm* term = TermOf(terms)) {
    CheckColon(visit, terms, *term);
    return CheckPhrase(visit, terms, *term);
  }
  ForEachValue(terms, [&](const ast::Name& field, CompareOp, const ast::SearchValue& value) {
    CheckValue(visit, field, value);
  });
}

// ---------------------------------------------------------------- arguments of commands

bool TakesFields(std::string_view command) {
  constexpr std::string_view kCommands[] = {"table",       "fields", "dedup",     "sort",
                                            "top",         "rare",   "stats",     "eventstats",
                                            "streamstats", "chart",  "timechart", "mvexpand"};
  return std::find(std::begin(kCommands), std::end(kCommands), command) != std::end(kCommands);
}

// True if it has something to say of the name.
bool CheckQuotedName(Visit& visit, const ast::Name& name) {
  const std::string_view written = visit.TextOf(name.span);
  if (written.size() <= 2 || written.front() != '\'' || written.back() != '\'') return false;
  const std::string_view inner = written.substr(1, written.size() - 2);
  const bool plain = std::all_of(inner.begin(), inner.end(), [](char c) {
    const char lower = LowerAscii(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  const std::string better = plain ? std::string(inner) : fmt::format("\"{}\"", inner);
  visit.Add({.rule = "L0804",
             .span = name.span,
             .message = "single quotes are a part of the name here",
             .notes = {fmt::format("write {}", better)},
             .fix = "mend the quotes",
             .edits = {{name.span, better}}});
  return true;
}

void CheckName(Visit& visit, const ast::Argument& argument, bool may_be_number) {
  const auto* name = std::get_if<ast::Name>(&argument.value);
  if (name == nullptr || name->text.size() < 1) return;
  if (CheckQuotedName(visit, *name)) return;
  const bool number = !name->quoted && std::all_of(name->text.begin(), name->text.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  if (!number || may_be_number) return;
  visit.Add({.rule = "L0810",
             .span = name->span,
             .message = fmt::format("{} is the name of a field here", name->text),
             .notes = {"| head keeps so many rows"}});
}

// Where a comment of another language begins in the text of a command; quotes, macros and
// subsearches are passed over.
std::optional<Span> CommentIn(std::string_view text) {
  size_t depth = 0;
  for (size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '`' || c == '\'') {
      size_t end = i + 1;
      while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
      i = end;
      continue;
    }
    if (c == '[') ++depth;
    if (c == ']' && depth > 0) --depth;
    const bool apart = text[i - 1] == ' ' || text[i - 1] == '\t' || text[i - 1] == '\n';
    if (depth > 0 || !apart) continue;
    const std::string_view rest = text.substr(i);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n"));
    const bool words = word.size() < rest.size();
    const bool mark = word == "//" || word.starts_with("/*") ? IsComment(word)
                      : word == "--" || word == "#"          ? words
                                                             : word.size() > 2 && IsComment(word);
    if (!mark) continue;
    const bool opens = word.starts_with("/*") || word.starts_with("//");
    const size_t size = opens ? 2 : word.size();
    return Span{static_cast<uint32_t>(i), static_cast<uint32_t>(i + size)};
  }
  return std::nullopt;
}

// Search terms are looked at word by word.
void CheckCommentBehind(Visit& visit, const ast::CommandCall& call) {
  if (call.macro || call.search || call.implied) return;
  const std::optional<Span> found = CommentIn(visit.TextOf(call.span));
  if (!found) return;
  const Span span{call.span.begin + found->begin, call.span.begin + found->end};
  visit.Add({.rule = "L0802",
             .span = span,
             .message = fmt::format("{} begins no comment here: it is a part of the command",
                                    visit.TextOf(span)),
             .notes = {"comments are ``` … ```"}});
}

// by user and host
void CheckAndInBy(Visit& visit, const ast::Clause& clause) {
  for (size_t a = 1; a + 1 < clause.arguments.size(); ++a) {
    const auto* name = std::get_if<ast::Name>(&clause.arguments[a].value);
    if (name == nullptr || name->quoted ||
        (!EqualsIgnoringCase(name->text, "and") && !EqualsIgnoringCase(name->text, "or")))
      continue;
    visit.Add({.rule = "L0826",
               .span = name->span,
               .message = fmt::format("{} is the name of a field here", name->text),
               .notes = {"blanks or commas part the fields of BY"}});
  }
}

void QuotingCommand(Visit& visit, const ast::CommandCall& call) {
  CheckCommentBehind(visit, call);
  for (const ast::Argument& argument : call.arguments) {
    if (argument.alias) CheckQuotedName(visit, *argument.alias);
  }
  const std::string command = visit.CommandName();
  if (!TakesFields(command)) return;
  // The first number of these is a count.
  bool may_be_number =
      command == "sort" || command == "top" || command == "rare" || command == "dedup";
  // After xyseries, transpose and chart columns are named by values.
  const bool named_by_values =
      std::any_of(visit.pipeline->commands.begin(), visit.pipeline->commands.end(),
                  [](const ast::CommandCall& each) {
                    const std::string name = LowerAscii(each.name.text);
                    return name == "transpose" || name == "xyseries" || name == "chart" ||
                           name == "timechart" || name == "untable";
                  });
  for (const ast::Argument& argument : call.arguments) {
    CheckName(visit, argument, may_be_number || named_by_values);
    if (std::holds_alternative<ast::Name>(argument.value)) may_be_number = false;
  }
  for (const ast::Clause& clause : call.clauses) {
    if (clause.word != ast::ClauseWord::kBy && clause.word != ast::ClauseWord::kOver) continue;
    CheckAndInBy(visit, clause);
    for (const ast::Argument& argument : clause.arguments) {
      CheckName(visit, argument, named_by_values);
    }
  }
}

// ---------------------------------------------------------------- expressions

// Words with a capital in the middle or an underscore are names, not texts to be looked at.
bool LooksLikeName(std::string_view text) {
  if (text.size() < 3 || text.size() > 40) return false;
  bool inner_capital = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char lower = LowerAscii(c);
    if (!((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9' && i > 0) || c == '_'))
      return false;
    inner_capital = inner_capital || (i > 0 && c >= 'A' && c <= 'Z');
  }
  return inner_capital || text.find('_') != std::string_view::npos;
}

void CheckSubject(Visit& visit, const ast::FunctionCall& call) {
  if (call.arguments.empty()) return;
  const ast::Expr& subject = *call.arguments.front();
  const std::string* text = TextOf(subject);
  if (text == nullptr || !LooksLikeName(*text)) return;
  const std::string written = InEval(*text);
  visit.Add({.rule = "L0805",
             .span = subject.span,
             .message = fmt::format("{} looks at the text {}, not at a field", call.name.text,
                                    visit.TextOf(subject.span)),
             .notes = {fmt::format("write {}", written)},
             .fix = "take the quotes away",
             .edits = {{subject.span, written}}});
}

void QuotingExpression(Visit& visit, const ast::Expr& expr) {
  if (const ast::FunctionCall* call =
          CallOf(expr, {"like", "match", "isnull", "isnotnull", "lower", "upper", "replace",
                        "mvcount", "strptime", "strftime", "mvindex", "substr"})) {
    CheckSubject(visit, *call);
  }
}

}  // namespace

const Family kQuoting = {.rules = kQuotingRules,
                         .expression = &QuotingExpression,
                         .terms = &QuotingTerms,
                         .command = &QuotingCommand};

}  // namespace spelk::engine::lint
