// What the compiler says of a search, under the ids of rules: syntax, names, arguments, limits.
#include <algorithm>
#include <cctype>

#include "engine/lint/families.h"
#include "plan/data_model.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kNamesRules[] = {
    {.id = "L0001",
     .name = "syntax",
     .severity = kError,
     .title = "the text is no search",
     .explanation = "The grammar of SPL takes no such text at this place, so nothing runs.",
     .fix = "write what the message says is expected",
     .bad = "EventID=1 | | stats count",
     .at = "|",
     .good = "EventID=1 | stats count"},
    {.id = "L0002",
     .name = "unbalanced",
     .severity = kError,
     .title = "a quote, parenthesis or bracket without its partner",
     .explanation =
         "Everything from there on is read as part of it. A backslash before the closing quote "
         "takes the quote into the text: a path that ends with a backslash needs two of them.",
     .fix = "close it, or double the backslash before the closing quote",
     .bad = "EventID=1 | where (Image=\"a\"",
     .at = "(",
     .good = "EventID=1 | where (Image=\"a\")"},
    {.id = "L0003",
     .name = "unknown-command",
     .severity = kError,
     .title = "a command that does not exist",
     .explanation = "No command of SPL has this name.",
     .fix = "use the command that the message proposes",
     .bad = "EventID=1 | tabel Image",
     .at = "tabel",
     .good = "EventID=1 | table Image"},
    {.id = "L0004",
     .name = "unknown-option",
     .severity = kError,
     .title = "an option that the command does not have, or a value that it does not take",
     .explanation = "Options are checked before any event is read, as in Splunk.",
     .fix = "use an option that `spelk help COMMAND` lists",
     .bad = "EventID=1 | dedup keepnull=true host",
     .at = "keepnull",
     .good = "EventID=1 | dedup keepempty=true host"},
    {.id = "L0005",
     .name = "bad-argument",
     .severity = kError,
     .title = "an argument is missing or cannot stand there",
     .explanation = "The command or function does not take these arguments.",
     .fix = "compare with the signature that `spelk help NAME` shows",
     .bad = "EventID=1 | where len(Image, 2)>3",
     .at = "len(Image, 2)",
     .good = "EventID=1 | where len(Image)>3"},
    {.id = "L0006",
     .name = "unknown-function",
     .severity = kError,
     .title = "a function or statistic that does not exist",
     .explanation = "No function of eval, or statistic of stats, has this name.",
     .fix = "use the function that the message proposes",
     .bad = "EventID=1 | eval n=lenght(Image)",
     .at = "lenght",
     .good = "EventID=1 | eval n=len(Image)"},
    {.id = "L0007",
     .name = "unknown-macro",
     .severity = kError,
     .title = "a macro that is not defined, or is called otherwise than defined",
     .explanation =
         "Macros come from macros.conf of the apps that --app names, from --macro and from the "
         "pack. Splunk refuses a search with a macro that is not there.",
     .fix = "give the app that defines it, or define it with --macro",
     .bad = "`no_such_macro` EventID=1",
     .at = "`no_such_macro`",
     .good = "`comment(\"a macro that there is\")` EventID=1"},
    {.id = "L0008",
     .name = "unknown-lookup",
     .severity = kError,
     .title = "a lookup table that is not there",
     .explanation =
         "Lookups come from transforms.conf and lookups/ of the apps, and from --lookup.",
     .fix = "give the app that has it, or name the table with --lookup",
     .bad = "EventID=1 | lookup no_such_table Image OUTPUT owner",
     .at = "no_such_table",
     .good =
         "EventID=1 | lookup spelk_windows_signatures signature_id AS EventID OUTPUT signature"},
    {.id = "L0009",
     .name = "unknown-model-field",
     .severity = kWarning,
     .title = "a field that the data model does not have",
     .explanation =
         "tstats and datamodel see the fields of the model only; any other one is null in each "
         "row.",
     .fix = "use a field of the data set",
     .bad = "| tstats count from datamodel=Endpoint.Processes by Processes.proces_name",
     .at = "Processes.proces_name",
     .good = "| tstats count from datamodel=Endpoint.Processes by Processes.process_name"},
    {.id = "L0010",
     .name = "bad-regex",
     .severity = kError,
     .title = "a regular expression that cannot be read",
     .explanation = "PCRE2 refuses the expression, so the search does not run.",
     .fix = "mend the expression where the message points",
     .bad = "EventID=1 | rex field=Image \"(?<name>[a-z+)\"",
     .at = "\"(?<name>[a-z+)\"",
     .good = "EventID=1 | rex field=Image \"(?<name>[a-z]+)\""},
    {.id = "L0011",
     .name = "not-built",
     .severity = kInfo,
     .title = "Splunk documents it, and spelk does not have it",
     .explanation = "The search may well run in Splunk; it cannot be tested here.",
     .fix = "see the README for what spelk has",
     .bad = "EventID=1 | typelearner Image",
     .at = "typelearner",
     .good = "EventID=1 | rare Image"},
    {.id = "L0012",
     .name = "wrong-type",
     .severity = kError,
     .title = "an expression that cannot be computed",
     .explanation = "Types do not fit, or a Boolean stands where a value must stand.",
     .fix = "compare, convert, or wrap a condition into if()",
     .bad = "EventID=1 | eval x=(a=1)",
     .at = "a=1",
     .good = "EventID=1 | eval x=if(a=1, \"yes\", \"no\")"},
    {.id = "L0013",
     .name = "word-among-terms",
     .severity = kWarning,
     .title = "a word that is looked for, and was likely meant otherwise",
     .explanation =
         "Among search terms a word that is no operator in upper case is looked for in the event's "
         "text, so the search finds less than it should, mostly nothing.",
     .fix = "write operators in upper case, and a pipe before a command",
     .bad = "EventID=1 and Image=x",
     .at = "and",
     .good = "EventID=1 AND Image=x",
     .mends = true},
    {.id = "L0014",
     .name = "confusable",
     .severity = kWarning,
     .title = "a curly quote, or another sign that only looks like one of SPL's",
     .explanation =
         "Text that went through a word processor or a web page has other quotes and dashes. They "
         "are parts of words here.",
     .fix = "type the sign anew",
     .bad = "EventID=“1”",
     .at = "“",
     .good = "EventID=\"1\""},
    {.id = "L0015",
     .name = "clause-as-field",
     .severity = kWarning,
     .title = "a word of another language that is a field's name here",
     .explanation = "The command has no such clause, so the word names a field.",
     .fix = "leave it out, or write the option that the command has",
     .bad = "EventID=1 | dedup by Image",
     .at = "by",
     .good = "EventID=1 | dedup Image"},
    {.id = "L0016",
     .name = "differs",
     .severity = kInfo,
     .title = "spelk does something else than Splunk would, for want of what the search needs",
     .explanation =
         "In a pack a lookup table that is not there counts as empty; lines of an app that cannot "
         "be read are left out. The message says which. On the command line the example below "
         "needs "
         "--empty-tables.",
     .fix = "give the table with --lookup, or mend the app",
     .bad = "EventID=1 | lookup no_such_table Image OUTPUT owner",
     .at = "no_such_table",
     .good =
         "EventID=1 | lookup spelk_windows_signatures signature_id AS EventID OUTPUT signature"},
    {.id = "L0021",
     .name = "sort-by",
     .severity = kInfo,
     .title = "sort with BY",
     .explanation =
         "sort takes by for the name of a field. Where no row has such a field the order "
         "is that of the fields that follow.",
     .fix = "leave it out",
     .bad = "EventID=1 | sort 0 by Image",
     .at = "by",
     .good = "EventID=1 | sort 0 Image"},
    {.id = "L0017",
     .name = "read-as-command",
     .severity = kInfo,
     .title = "a first word that is taken for a command",
     .explanation = "A search that begins with the name of a command begins with that command.",
     .fix = "put `search` before it if the word is to be looked for",
     .bad = "top Image",
     .at = "top",
     .good = "search top Image"},
    {.id = "L0018",
     .name = "unknown-tag",
     .severity = kWarning,
     .title = "a tag that no app defines",
     .explanation = "Only events that have it as a field of their own are found, mostly none.",
     .fix = "give the app that defines it with --app",
     .bad = "tag=no_such_tag",
     .at = "tag=no_such_tag",
     .good = "tag=authentication"},
};

std::string_view RuleOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kSyntax:
    case ErrorCode::kMissingCommand:
    case ErrorCode::kTooDeep:
    case ErrorCode::kTooLong:
    case ErrorCode::kMissingValue:
    case ErrorCode::kMalformedExpression:
      return "L0001";
    case ErrorCode::kUnbalanced:
      return "L0002";
    case ErrorCode::kUnknownCommand:
      return "L0003";
    case ErrorCode::kUnknownOption:
    case ErrorCode::kBadOptionValue:
    case ErrorCode::kRepeatedOption:
      return "L0004";
    case ErrorCode::kUnknownFunction:
    case ErrorCode::kBadStatistic:
      return "L0006";
    case ErrorCode::kUnknownMacro:
    case ErrorCode::kMacroArguments:
    case ErrorCode::kMacroValidation:
    case ErrorCode::kMacroLoop:
    case ErrorCode::kUndefinedMacro:
      return "L0007";
    case ErrorCode::kMissingFile:
    case ErrorCode::kUnknownLookup:
      return "L0008";
    case ErrorCode::kBadRegex:
      return "L0010";
    case ErrorCode::kUnbuiltCommand:
    case ErrorCode::kUnbuiltOption:
    case ErrorCode::kUnbuiltFunction:
      return "L0011";
    case ErrorCode::kTypeMismatch:
    case ErrorCode::kBooleanAssigned:
      return "L0012";
    case ErrorCode::kOperatorAsTerm:
      return "L0013";
    case ErrorCode::kConfusable:
      return "L0014";
    case ErrorCode::kClauseAsField:
      return "L0015";
    case ErrorCode::kDiffers:
    case ErrorCode::kTruncated:
    case ErrorCode::kOutsideTimeRange:
    case ErrorCode::kNothingThere:
      return "L0016";
    case ErrorCode::kReadAsCommand:
      return "L0017";
    case ErrorCode::kUndefinedClass:
      return "L0018";
    default:
      return code == plan::kUnknownModelField ? "L0009" : "L0005";
  }
}

// The operator in upper case, a straight quote: what is safe to put in the place of what was typed.
void AddEdit(const Visit& visit, const Diagnostic& diagnostic, Report* report) {
  const std::string_view text = visit.TextOf(report->span);
  if (diagnostic.code == ErrorCode::kOperatorAsTerm &&
      (text == "and" || text == "or" || text == "not")) {
    std::string upper(text);
    for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
    report->fix = "write the operator in upper case";
    report->edits = {{report->span, upper}};
  }
}

// The compiler names the field and points at the whole command, or at all of its terms.
Span PlaceOfModelField(const Visit& visit, const Diagnostic& diagnostic, Span span) {
  const size_t end = diagnostic.message.rfind('\'');
  if (end == std::string::npos || end == 0) return span;
  const size_t quote = diagnostic.message.rfind('\'', end - 1);
  if (quote == std::string::npos) return span;
  const std::string name = diagnostic.message.substr(quote + 1, end - quote - 1);
  const std::string_view text = visit.TextOf(span);
  const auto in_name = [text](size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 ||
                                text[at] == '_' || text[at] == '.');
  };
  for (size_t at = name.empty() ? std::string::npos : text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    size_t begin = at;
    while (begin > 0 && in_name(begin - 1)) --begin;
    if (in_name(at + name.size()) || (begin != at && text[at - 1] != '.')) continue;
    return {static_cast<uint32_t>(span.begin + begin),
            static_cast<uint32_t>(span.begin + at + name.size())};
  }
  return span;
}

// Whether //, #, -- or /* stands there; the first slash may have been read as a division.
bool IsForeignComment(std::string_view text, size_t at) {
  const auto begins = [text](size_t from, std::string_view mark) {
    return text.substr(from).starts_with(mark);
  };
  if (at >= text.size()) return false;
  if (at > 0 && (begins(at - 1, "//") || begins(at - 1, "/*"))) return true;
  return begins(at, "//") || begins(at, "/*") || begins(at, "# ") || begins(at, "-- ");
}

void NamesWhole(Visit& visit) {
  const Compilation& compiled = visit.search.compiled;
  for (const Diagnostic& diagnostic : compiled.diagnostics.all()) {
    const Span written = compiled.source->Written(diagnostic.span);
    Report report{.rule = RuleOf(diagnostic.code),
                  .span = written,
                  .message = diagnostic.message,
                  .notes = diagnostic.notes};
    if (const Source::Expansion* expansion = compiled.source->ExpansionAt(diagnostic.span)) {
      report.notes.insert(report.notes.begin(),
                          "in the expansion of macro `" + expansion->macro + "`");
    } else {
      AddEdit(visit, diagnostic, &report);
    }
    if (report.rule == "L0015" && LowerAscii(diagnostic.message).starts_with("sort: 'by'")) {
      report.rule = "L0021";
    }
    if (report.rule == "L0009" && !written.empty()) {
      report.span = PlaceOfModelField(visit, diagnostic, written);
    }
    if (diagnostic.code == ErrorCode::kUnbalanced) {
      const std::string_view rest = visit.TextOf({written.begin, written.end});
      const std::string_view text = visit.search.text();
      const size_t eaten = text.find("\\\"", rest.empty() ? 0 : written.begin);
      const bool doubled = eaten != std::string_view::npos && eaten > 0 && text[eaten - 1] == '\\';
      if (text.substr(written.begin, 1) == "\"" && eaten != std::string_view::npos && !doubled) {
        report.notes.emplace_back(
            "\\\" is a quote within the text: a backslash at its end is written twice");
      }
    }
    if (!diagnostic.span.empty() && IsForeignComment(visit.search.text(), written.begin)) {
      report.notes.emplace_back("comments are ``` … ```");
    }
    if (diagnostic.code == ErrorCode::kUndefinedMacro) {
      // The filter of the detection itself comes with the pack.
      const std::string own = FilterOf(visit.search.options.analytic);
      if (!visit.search.options.analytic.empty() &&
          diagnostic.message.find(" " + own + ":") != std::string::npos)
        continue;
      report.rule = "L0019";
    }
    visit.Add(std::move(report));
  }
}

constexpr LintRule kFilterRules[] = {
    {.id = "L0019",
     .name = "undefined-filter",
     .severity = kInfo,
     .title = "a filter macro that is not defined",
     .explanation =
         "Macros whose names end with _filter are places for local exceptions. Where none is "
         "defined, all rows pass here; Splunk refuses the search.",
     .fix = "define it, as `search *` for all rows",
     .bad = "EventID=1 | `local_exceptions_filter`",
     .at = "`local_exceptions_filter`",
     .good = "EventID=1 NOT User=SYSTEM"},
    {.id = "L0020",
     .name = "unknown-rule",
     .title = "a comment that switches off a rule that there is not",
     .explanation = "A name that no rule has switches nothing off.",
     .fix = "write the id or name of a rule; `spelk lint --rules` lists them",
     .bad = "EventID=1 ``` spelk-lint: disable=L9999 ```",
     .at = "L9999",
     .good = "EventID=1 ``` spelk-lint: disable=L0101 ```"},
};

}  // namespace

const Family kNames = {.rules = kNamesRules, .whole = &NamesWhole};
const Family kFilters = {.rules = kFilterRules};

}  // namespace spelk::engine::lint
