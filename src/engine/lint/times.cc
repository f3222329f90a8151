// Constants that are no time, network or format, and mistakes with times.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <variant>

#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "value/ascii.h"
#include "value/ip_address.h"
#include "value/number.h"
#include "value/relative_time.h"
#include "value/time_span.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kTimesRules[] = {
    {.id = "L0701",
     .name = "unknown-time-variable",
     .title = "a time format with a variable that does not exist",
     .explanation = "strftime() leaves it as it is, and strptime() finds no time then.",
     .fix = "use a variable of the Search Reference: %Y-%m-%d %H:%M:%S",
     .bad = "EventID=1 | eval day=strftime(_time, \"%Y-%K\")",
     .at = "\"%Y-%K\"",
     .good = "EventID=1 | eval day=strftime(_time, \"%Y-%m\")",
     .on_run = true},
    {.id = "L0702",
     .name = "no-cidr",
     .title = "cidrmatch() without a network",
     .explanation =
         "The first argument is a network, such as 10.0.0.0/8, the second an address. Otherwise it "
         "is false or null for every row.",
     .fix = "write cidrmatch(\"10.0.0.0/8\", field)",
     .bad = "EventID=3 | where cidrmatch(DestinationIp, \"10.0.0.0/8\")",
     .at = "cidrmatch(DestinationIp, \"10.0.0.0/8\")",
     .good = "EventID=3 | where cidrmatch(\"10.0.0.0/8\", DestinationIp)",
     .on_run = true},
    {.id = "L0703",
     .name = "time-as-text",
     .title = "_time compared with a text",
     .explanation = "_time is a number of seconds; a number and a text compare as texts.",
     .fix = "compare with strptime(\"…\", \"%Y-%m-%d\")",
     .bad = "EventID=1 | where _time > \"2024-03-12\"",
     .at = "\"2024-03-12\"",
     .good = "EventID=1 | where _time > strptime(\"2024-03-12\", \"%Y-%m-%d\")",
     .on_run = true},
    {.id = "L0704",
     .name = "no-relative-time",
     .title = "relative_time() with what is no time modifier",
     .explanation = "The function gives null then, and comparisons with it are never true.",
     .fix = "write a number, a unit and perhaps a snap: -1d@d",
     .bad = "EventID=1 | where _time > relative_time(now(), \"1 day ago\")",
     .at = "\"1 day ago\"",
     .good = "EventID=1 | where _time > relative_time(now(), \"-1d\")",
     .on_run = true},
    {.id = "L0705",
     .name = "time-without-unit",
     .title = "a time modifier without a unit",
     .explanation = "Without a unit it counts seconds.",
     .fix = "write the unit: -24h",
     .bad = "EventID=1 earliest=-24",
     .at = "earliest=-24",
     .good = "EventID=1 earliest=-24h"},
    {.id = "L0706",
     .name = "future-range",
     .title = "a time range that begins after its end, or in the future",
     .explanation = "earliest is the older end: it counts back from now, with a minus sign.",
     .fix = "write earliest=-2h latest=-1h",
     .bad = "EventID=1 earliest=-1h latest=-2h",
     .at = "latest=-2h",
     .good = "EventID=1 earliest=-2h latest=-1h"},
    {.id = "L0707",
     .name = "grouped-by-raw-time",
     .severity = kInfo,
     .title = "grouped by _time as it is, and then asked for several",
     .explanation =
         "Two events rarely have the same _time to the fraction of a second, so that each group "
         "has one event, and a threshold on its count is not reached.",
     .fix = "put | bin _time span=5m before it",
     .bad = "EventID=3 | stats count by _time host | where count>10",
     .at = "_time",
     .good = "EventID=3 | bin _time span=5m | stats count by _time host | where count>10"},
    {.id = "L0708",
     .name = "seconds-for-days",
     .severity = kInfo,
     .title = "a small number taken from a time",
     .explanation = "Times are seconds: now()-7 is seven seconds ago.",
     .fix = "write relative_time(now(), \"-7d\"), or count in seconds: 7*86400",
     .bad = "EventID=1 | where _time > now() - 7",
     .at = "now() - 7",
     .good = "EventID=1 | where _time > now() - 7*86400"},
    {.id = "L0709",
     .name = "span-after-by",
     .severity = kInfo,
     .title = "a span of time behind the BY field of timechart",
     .explanation =
         "A number after BY divides the values of that field. A span of time is taken for "
         "the rows, where it belongs before BY.",
     .fix = "write span= before BY",
     .bad = "EventID=1 | timechart count by host span=1d",
     .at = "span=1d",
     .good = "EventID=1 | timechart span=1d count by host",
     .mends = true},
};

// Times are told apart without a clock.
constexpr double kSomeInstant = 1.7e9;

// ---------------------------------------------------------------- formats

// The variables of the Search Reference, and those that strftime of C has besides.
bool KnowsVariable(char c) {
  return std::strchr("aAbBcCdDeFgGhHIjklmMnNpPQqrRsStTuUvVwWxXyYzZ+%EfL3", c) != nullptr;
}

void CheckFormat(Visit& visit, const ast::Expr& format) {
  const std::string* text = TextOf(format);
  if (text == nullptr) return;
  for (size_t i = 0; i + 1 < text->size(); ++i) {
    if ((*text)[i] != '%') continue;
    size_t at = i + 1;
    while (at < text->size() && std::strchr("0123456789-_^#:", (*text)[at]) != nullptr) ++at;
    if (at >= text->size()) break;
    if (!KnowsVariable((*text)[at])) {
      return visit.Add(
          {.rule = "L0701",
           .span = format.span,
           .message = fmt::format("there is no variable {}", text->substr(i, at + 1 - i)),
           .notes = {"%Y %m %d are year, month and day, %H %M %S the time"}});
    }
    i = at;
  }
  if (text->find('%') == std::string::npos && !text->empty()) {
    visit.Add({.rule = "L0701",
               .span = format.span,
               .message = "a time format without variables",
               .notes = {"%Y %m %d are year, month and day, %H %M %S the time"}});
  }
}

void CheckCidr(Visit& visit, const ast::Expr& expr, const ast::FunctionCall& call) {
  if (call.arguments.size() != 2) return;
  const std::string* network = TextOf(*call.arguments[0]);
  const std::string* address = TextOf(*call.arguments[1]);
  if (network != nullptr && !ParseCidr(*network)) {
    visit.Add({.rule = "L0702",
               .span = call.arguments[0]->span,
               .message = fmt::format("{} is no network", visit.TextOf(call.arguments[0]->span)),
               .notes = {"a network is an address and a number of bits: 10.0.0.0/8"}});
  } else if (network == nullptr && address != nullptr && ParseCidr(*address)) {
    visit.Add(
        {.rule = "L0702",
         .span = expr.span,
         .message = "the network comes first",
         .notes = {fmt::format("write cidrmatch({}, {})", visit.TextOf(call.arguments[1]->span),
                               visit.TextOf(call.arguments[0]->span))}});
  }
}

bool IsTime(const ast::Expr& expr) {
  const std::string* field = FieldOf(expr);
  return (field != nullptr && *field == "_time") || CallOf(expr, {"now", "time"}) != nullptr;
}

void CheckComparedTime(Visit& visit, const ast::Comparison& comparison) {
  for (const bool left : {true, false}) {
    const ast::Expr& time = left ? *comparison.left : *comparison.right;
    const ast::Expr& other = left ? *comparison.right : *comparison.left;
    const std::string* text = TextOf(other);
    if (!IsTime(time) || text == nullptr || ParseNumber(*text)) continue;
    visit.Add({.rule = "L0703",
               .span = other.span,
               .message = fmt::format("{} is a number of seconds, and this is a text",
                                      visit.TextOf(time.span)),
               .notes = {"strptime() makes a time of a text"}});
  }
}

void TimesExpression(Visit& visit, const ast::Expr& expr) {
  if (const ast::FunctionCall* call = CallOf(expr, {"strftime", "strptime"})) {
    if (call->arguments.size() != 2) return;
    CheckFormat(visit, *call->arguments[1]);
    const bool parses = EqualsIgnoringCase(call->name.text, "strptime");
    if (parses && IsTime(*call->arguments[0])) {
      visit.Add({.rule = "L0703",
                 .span = call->arguments[0]->span,
                 .message = fmt::format("{} is a number of seconds already",
                                        visit.TextOf(call->arguments[0]->span)),
                 .notes = {"strftime() makes a text of a time"}});
    }
  } else if (const ast::FunctionCall* cidr = CallOf(expr, {"cidrmatch"})) {
    CheckCidr(visit, expr, *cidr);
  } else if (const auto* comparison = std::get_if<ast::Comparison>(&expr.node)) {
    CheckComparedTime(visit, *comparison);
  } else if (const ast::FunctionCall* relative = CallOf(expr, {"relative_time"})) {
    if (relative->arguments.size() != 2) return;
    const std::string* text = TextOf(*relative->arguments[1]);
    if (text == nullptr || ParseTimeModifier(*text, kSomeInstant, absl::UTCTimeZone())) return;
    visit.Add({.rule = "L0704",
               .span = relative->arguments[1]->span,
               .message = fmt::format("{} is no time modifier",
                                      visit.TextOf(relative->arguments[1]->span)),
               .notes = {"-1d is a day back, @d the beginning of the day"}});
  } else if (const auto* chain = std::get_if<ast::ArithmeticChain>(&expr.node)) {
    // now() - 7, the only two of it; differences of times are compared with seconds rightly.
    if (chain->operands.size() != 2 || chain->operators[0] != ast::ArithmeticOp::kSubtract) return;
    const std::optional<double> number = NumberOf(*chain->operands[1]);
    if (!IsTime(*chain->operands[0]) || !number || *number <= 0 || *number > 31) return;
    visit.Add({.rule = "L0708",
               .span = expr.span,
               .message = fmt::format("that is {} seconds before",
                                      visit.TextOf(chain->operands[1]->span))});
  }
}

// ---------------------------------------------------------------- ranges

constexpr double kNoInstant = std::numeric_limits<double>::quiet_NaN();

double InstantOf(std::string_view text) {
  return ParseTimeModifier(text, kSomeInstant, absl::UTCTimeZone()).value_or(kNoInstant);
}

struct Range {
  const ast::SearchExpr* terms = nullptr;
  std::string text;
};

// +24h, and 24h, which is the same.
bool IsAhead(std::string_view text) {
  const bool unit = !text.empty() && text.back() >= 'a' && text.back() <= 'z';
  return text.starts_with('+') || (unit && text.front() >= '0' && text.front() <= '9' &&
                                   text.find_first_of("-/:@T") == std::string_view::npos);
}

void TimesTerms(Visit& visit, const ast::SearchExpr& terms) {
  const auto* all = std::get_if<ast::SearchAnd>(&terms.node);
  std::vector<const ast::SearchExpr*> operands;
  if (all == nullptr) {
    if (std::holds_alternative<ast::SearchComparison>(terms.node) && visit.base) {
      operands.push_back(&terms);
    }
  } else {
    for (const ast::SearchExpr& operand : all->operands) operands.push_back(&operand);
  }
  Range earliest, latest;
  for (const ast::SearchExpr* operand : operands) {
    const auto* comparison = std::get_if<ast::SearchComparison>(&operand->node);
    if (comparison == nullptr || comparison->op != CompareOp::kEqual) continue;
    const ast::Name* word = WordOf(comparison->value);
    const bool early = comparison->field.text == "earliest";
    if (word == nullptr || (!early && comparison->field.text != "latest")) continue;
    (early ? earliest : latest) = {operand, word->text};
    const std::string_view text = word->text;
    const bool bare =
        text.size() > 1 && (text.front() == '-' || text.front() == '+') &&
        std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (bare && text.size() < 5) {
      visit.Add({.rule = "L0705",
                 .span = operand->span,
                 .message = fmt::format("{} counts seconds", text),
                 .notes = {fmt::format("write {}h for hours", text)}});
    }
  }
  if (earliest.terms == nullptr) return;
  // No number compares with what is no time.
  const double from = InstantOf(earliest.text);
  const double to = latest.terms == nullptr ? kNoInstant : InstantOf(latest.text);
  const bool relative = earliest.text.find_first_of("-+@") != std::string::npos;
  const bool turned =
      from >= to &&
      relative == (latest.text == "now" || latest.text.find_first_of("-+@") != std::string::npos);
  if (turned) {
    visit.Add({.rule = "L0706",
               .span = latest.terms->span,
               .message = fmt::format("the range ends before it begins at {}", earliest.text)});
  } else if (IsAhead(earliest.text) && from > kSomeInstant) {
    visit.Add({.rule = "L0706",
               .span = earliest.terms->span,
               .message = "the range begins in the future",
               .notes = {"a minus sign counts back from now"}});
  }
}

// ---------------------------------------------------------------- groups

const ast::Name* NameIn(const ast::Argument& argument) {
  return std::get_if<ast::Name>(&argument.value);
}

bool ChangesTime(const ast::CommandCall& call) {
  const std::string name = LowerAscii(call.name.text);
  if (name == "bin" || name == "bucket" || name == "timechart" || name == "discretize" ||
      call.macro)
    return true;
  return std::any_of(call.assignments.begin(), call.assignments.end(),
                     [](const ast::Assignment& each) { return each.target.text == "_time"; });
}

// count > 10, and nothing else.
bool AsksForSeveral(const ast::CommandCall& call) {
  if (call.expression == nullptr) return false;
  const auto* comparison = std::get_if<ast::Comparison>(&call.expression->node);
  if (comparison == nullptr) return false;
  const std::string* field = FieldOf(*comparison->left);
  const std::optional<double> number = NumberOf(*comparison->right);
  return field != nullptr && *field == "count" && number &&
         ((comparison->op == CompareOp::kGreater && *number >= 1) ||
          (comparison->op == CompareOp::kGreaterEqual && *number >= 2));
}

const ast::ArgumentOption* SpanIn(const std::vector<ast::Argument>& arguments) {
  for (const ast::Argument& argument : arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option != nullptr && EqualsIgnoringCase(option->name.text, "span")) return option;
  }
  return nullptr;
}

void TimesCommand(Visit& visit, const ast::CommandCall& call) {
  if (visit.CommandName() != "timechart" || SpanIn(call.arguments) != nullptr) return;
  for (const ast::Clause& clause : call.clauses) {
    const ast::ArgumentOption* option = SpanIn(clause.arguments);
    if (clause.word != ast::ClauseWord::kBy || option == nullptr) continue;
    const std::string_view text = visit.TextOf(option->value->span);
    const bool number = text.find_first_not_of("0123456789.") == std::string_view::npos;
    if (number || !ParseTimeSpan(text)) continue;
    const Span whole{option->name.span.begin, option->value->span.end};
    const Span with_blank{whole.begin - 1, whole.end};
    visit.Add(
        {.rule = "L0709",
         .span = whole,
         .message = "this span is read as that of the rows, and belongs before BY",
         .notes = {fmt::format("write timechart span={} …", text)},
         .fix = "write it before BY",
         .edits = {{Span{call.name.span.end, call.name.span.end}, fmt::format(" span={}", text)},
                   {visit.TextOf(with_blank).front() == ' ' ? with_blank : whole, ""}}});
  }
}

void TimesPipeline(Visit& visit, const ast::Pipeline& pipeline) {
  // What makes its rows may make them by spans.
  if (pipeline.leading_pipe) return;
  for (size_t c = 0; c + 1 < pipeline.commands.size(); ++c) {
    const ast::CommandCall& call = pipeline.commands[c];
    if (ChangesTime(call)) return;
    if (!EqualsIgnoringCase(call.name.text, "stats")) continue;
    if (!AsksForSeveral(pipeline.commands[c + 1])) return;
    for (const ast::Clause& clause : call.clauses) {
      if (clause.word != ast::ClauseWord::kBy) continue;
      for (const ast::Argument& argument : clause.arguments) {
        const ast::Name* name = NameIn(argument);
        if (name == nullptr || name->text != "_time") continue;
        visit.Add({.rule = "L0707",
                   .span = name->span,
                   .message = "each _time is a group of its own, so few have more than one event",
                   .notes = {"| bin _time span=5m before it makes groups"}});
      }
    }
    return;
  }
}

}  // namespace

const Family kTimes = {.rules = kTimesRules,
                       .expression = &TimesExpression,
                       .terms = &TimesTerms,
                       .command = &TimesCommand,
                       .pipeline = &TimesPipeline};

}  // namespace spelk::engine::lint
