// The topics, each a text and examples.
#include "engine/help_topics.h"

namespace spelk::engine {
namespace {

using plan::Example;

constexpr std::string_view kComparing = R"(
  where and eval compare exactly: case counts, * is a character, numbers compare by value.
  search ignores case, and * stands for any text; field=value there is true if one of the values
  of a multivalue is it. A text beside a number compares as text: "10"<9 in where.
  A name in where is a field, a text stands in double quotes: where user="ana".
)";
constexpr Example kComparingExamples[] = {{.title = "search ignores case",
                                           .input = R"({"u":"Ana"} {"u":"bo"})",
                                           .query = "search u=ANA | table u",
                                           .output = R"({"u":"Ana"})"},
                                          {.title = "where does not",
                                           .input = R"({"u":"Ana"} {"u":"bo"})",
                                           .query = "where u=\"ana\" OR u=\"bo\" | table u",
                                           .output = R"({"u":"bo"})"}};

constexpr std::string_view kFieldsTopic = R"(
  A field is a member of the event; members of objects are called by a path: a.b, tags{}.
  In eval and where a name with other signs than letters, digits and _ stands in single quotes:
  where 'user-name'="ana". In search and in lists of fields it may stand as it is, or in double
  quotes. Names are case-sensitive. * in a list of fields stands for any part of a name.
  `spelk fields FILE` shows what events hold.
)";
constexpr Example kFieldsExamples[] = {{.title = "A member of an object, in single quotes",
                                        .input = R"({"a":{"b-c":1}} {"a":{"b-c":2}})",
                                        .query = "where 'a.b-c'>1 | eval x='a.b-c'*2 | table x",
                                        .output = R"({"x":4})"},
                                       {.title = "Fields by pattern",
                                        .input = R"({"in_bytes":1,"out_bytes":2,"host":"a"})",
                                        .query = "table *_bytes",
                                        .output = R"({"in_bytes":1,"out_bytes":2})"}};

constexpr std::string_view kLookups = R"(
  A lookup table is a CSV file with a header, or what outputlookup wrote. --lookup FILE.csv makes
  one known by the name of its file, --lookup NAME=FILE.csv by another, --lookup FOLDER those of a
  folder, --app those of an app with its transforms.conf.
  lookup adds columns to rows: lookup users.csv user OUTPUT team. Without OUTPUT all other columns
  come. Several rows that match give a multivalue, up to limit lookup.max_matches.
  inputlookup gives the rows of a table, outputlookup writes one; lookup() is a function of eval.
  A stanza of transforms.conf may ignore case, and match wildcards and networks.
)";
constexpr Example kLookupsExamples[] = {
    {.title = "A column of a table",
     .input = R"({"user":"ana"} {"user":"bo"})",
     .lookup = "user,team\nana,red\n",
     .query = "lookup users user OUTPUT team | table user team",
     .output = R"({"user":"ana","team":"red"} {"user":"bo"})"},
    {.title = "Rows whose value is in a table",
     .input = R"({"user":"ana"} {"user":"bo"})",
     .lookup = "user,team\nana,red\n",
     .query = "search [| inputlookup users | fields user] | table user",
     .output = R"({"user":"ana"})"}};

constexpr std::string_view kMacros = R"(
  A macro is a text that stands for another, in backticks: `recent`, `of_user("ana")`. Its
  definition is a stanza of the macros.conf of an app (--app DIR), [name] or [name(2)] with the
  number of its arguments, or given as --macro 'name(a, b)=definition'; $a$ in it is the argument.
  iseval = 1 takes the definition as an expression that gives the text; validation and errormsg
  check the arguments. A macro that nobody defines is an error; in packs an unknown filter macro
  at the end of a search is search *. `spelk explain --stage tokens` shows a search after them.
)";
constexpr Example kMacrosExamples[] = {
    {.title = "Text that a macro may give stands as if typed",
     .input = R"({"a":1} {"a":2})",
     .query = "search ```what a comment is: a macro without a name``` a=2 | table a",
     .output = R"({"a":2})"}};

constexpr std::string_view kMultivalue = R"(
  A field may have several values in one row: arrays of the event (an array tags is the field
  tags{}), what values(), list(), split(), makemv and transaction make. mvcount() counts them,
  mvindex() takes some, mvfilter() and mvmap() go through them, mvjoin() makes one text of them,
  mvexpand a row for each.
  field=value of search is true if one value is it; so are = and LIKE of where. Statistics take
  each value; BY makes a group for each.
)";
constexpr Example kMultivalueExamples[] = {
    {.title = "Chosen, and joined to one text",
     .input = R"({"tags":["a1","b","a2"]})",
     .query =
         "rename tags{} AS t | eval a=mvjoin(mvfilter(match(t, \"^a\")), \",\"), n=mvcount(t) | "
         "table a n",
     .output = R"({"a":"a1,a2","n":3})"},
    {.title = "A group for each value",
     .input = R"({"tags":["x","y"]} {"tags":"y"})",
     .query = "eval tag=mvappend('tags{}', tags) | stats count BY tag",
     .output = R"({"tag":"x","count":1} {"tag":"y","count":2})"}};

constexpr std::string_view kNull = R"(
  A field that a row lacks is null. A comparison with null is not true, so where a=1 and where a!=1
  both drop a row without a; so does search a!=1. NOT before a comparison keeps it: where NOT a=1,
  search NOT a=1. isnull() and isnotnull() test for null, coalesce() takes the first value that is
  there, fillnull and fillnull value=x put one. An empty text is a value. Most functions of null
  give null; statistics leave it out; BY drops rows that lack the field.
)";
constexpr Example kNullExamples[] = {
    {.title = "Not equal drops rows without the field",
     .input = R"({"a":1} {"a":2} {"b":3})",
     .query = "where a!=1 | table a b",
     .output = R"({"a":2})"},
    {.title = "NOT keeps them",
     .input = R"({"a":1} {"a":2} {"b":3})",
     .query = "search NOT a=1 | table a b",
     .output = R"({"a":2} {"b":3})"},
    {.title = "A value instead of it",
     .input = R"({"a":1} {"b":3})",
     .query = "eval x=coalesce(a, b, 0) | fillnull value=\"-\" a | table a x",
     .output = R"({"a":1,"x":1} {"a":"-","x":3})"}};

constexpr std::string_view kOrder = R"(
  Events come newest first, as in Splunk, where the answer depends on it: head, dedup, streamstats,
  first(), transaction. --order input takes them as they lie in the files, --order time puts them
  in order always. Of a pipe they are taken as they come.
  After stats, chart, top and the like rows have their order: BY values ascending, top by count.
  sort keeps 10,000 rows unless a count is given: sort 0 keeps all. Numbers sort by value, before
  text. reverse turns rows round; the order of equal rows stays.
)";
constexpr Example kOrderExamples[] = {{.title = "The newest event is the first",
                                       .input = R"({"_time":1,"a":"old"} {"_time":2,"a":"new"})",
                                       .query = "head 1 | table a",
                                       .output = R"({"a":"new"})"},
                                      {.title = "The greatest numbers, then text",
                                       .input = R"({"n":9} {"n":"x"} {"n":10})",
                                       .query = "sort 0 - n | table n",
                                       .output = R"({"n":"x"} {"n":10} {"n":9})"}};

constexpr std::string_view kQuoting = R"(
  Double quotes hold text: search user="ana bo", where user="ana". In them \" is a quote and \\ a
  backslash. Single quotes hold a field's name in eval and where: 'user-name'. On the right side
  of = in where a bare word is a field, in search it is a text.
  Backslashes: search path="C:\\Windows\\*" and where path="C:\\Windows" take two for one. rex and
  match() take a regular expression, in which \\ is a backslash again: match(path, "^C:\\\\Win").
  rex takes its expression as it is written between the quotes: rex "(?<drive>\w):".
  The shell takes a part of it all: put the whole search into single quotes, or into a file (-f).
)";
constexpr Example kQuotingExamples[] = {
    {.title = "A backslash in where and in a regular expression",
     .input = R"({"p":"C:\\Windows\\a.exe"} {"p":"D:\\a.exe"})",
     .query = R"(where like(p, "C:\\Win%") AND match(p, "^C:\\\\Win") | table p)",
     .output = R"({"p":"C:\\Windows\\a.exe"})"},
    {.title = "A field with a hyphen",
     .input = R"({"user-name":"ana"})",
     .query = R"(eval u=upper('user-name') | table u)",
     .output = R"({"u":"ANA"})"}};

constexpr std::string_view kRegex = R"(
  Regular expressions are those of PCRE: rex, regex, match(), replace(), split by \, the
  expressions of props.conf. (?i) ignores case. rex makes fields of named groups: (?<name>…);
  max_match=0 takes all matches. An expression that takes too many steps on a value does not match
  it, which is counted and said; with --strict the run fails.
)";
constexpr Example kRegexExamples[] = {
    {.title = "Fields of named groups",
     .input = R"({"_raw":"user=ana from 10.0.0.1"})",
     .query = R"json(rex "user=(?<user>\w+) from (?<ip>[\d.]+)" | table user ip)json",
     .output = R"({"user":"ana","ip":"10.0.0.1"})"},
    {.title = "All matches, and a replacement",
     .input = R"({"a":"x1 x2"})",
     .query =
         R"json(rex field=a max_match=0 "x(?<n>\d)" | eval b=replace(a, "x(\d)", "y\1") | table n b)json",
     .output = R"({"n":["1","2"],"b":"y1 y2"})"}};

constexpr std::string_view kSubsearches = R"(
  A search in brackets among search terms runs first; its rows become terms: fields of a row are
  joined by AND, rows by OR. return and format shape them; a field named search or query stands as
  it is. At most 10,000 rows are taken: limit subsearch.maxout. append, appendcols, join, union,
  set and multisearch take searches in brackets, too; appendpipe and foreach take commands.
  A subsearch begins with a command that makes rows, or with search.
)";
constexpr Example kSubsearchesExamples[] = {
    {.title = "Events of the users who failed",
     .input = R"({"user":"ana","ok":0} {"user":"ana","ok":1} {"user":"bo","ok":1})",
     .query = "search ok=1 [search ok=0 | fields user] | table user ok",
     .output = R"({"user":"ana","ok":1})"},
    {.title = "One value of it",
     .input = R"({"n":1} {"n":7})",
     .query = "where n=[search n=* | stats max(n) AS m | return $m] | table n",
     .output = R"({"n":7})"}};

constexpr std::string_view kTime = R"(
  _time is the time of an event in seconds since 1970. It is read of the member that usually has
  it, in lines of text of the date there; --time-field and --time-format name another member.
  Tables show it in the zone of --tz.
  earliest=-1d@d latest=now in a search, and --earliest and --latest, choose events: relative
  times are [+-]number and unit (s m h d w mon q y), @unit snaps down, @w0 to Sunday. They count
  from now, and --now data counts from the newest event: the way for feeds of the past.
  strftime(_time, "%F %T") writes a time, strptime(text, "%Y-%m-%d") reads one,
  relative_time(_time, "@h") moves one, bin _time span=1h puts times into ranges.
)";
constexpr Example kTimeExamples[] = {
    {.title = "Hours, written",
     .input = R"({"_time":1600000000} {"_time":1600003000})",
     .query = "bin _time span=1h | stats count BY _time | eval t=strftime(_time, \"%F %H:%M\") | "
              "table t count",
     .output = R"({"t":"2020-09-13 12:00","count":1} {"t":"2020-09-13 13:00","count":1})"},
    {.title = "A text read as a time, and moved",
     .input = R"({"d":"2024-02-29"})",
     .query = "eval t=strftime(relative_time(strptime(d, \"%Y-%m-%d\"), \"+1mon@mon\"), \"%F\") | "
              "table t",
     .output = R"({"t":"2024-03-01"})"}};

constexpr std::string_view kWildcards = R"(
  * stands for any text in search: search image=*\\cmd.exe, in lists of fields, and in the stanza
  names of props.conf. In where, eval and stats it is a character: there like(field, "%text%") has
  % for any text and _ for one character, and match(field, "regular expression") the rest.
  A * in the middle of a word of search matches within the value, as one at its end does.
  TERM(…) and CASE(…) take a word whole, and with its case.
)";
constexpr Example kWildcardsExamples[] = {{.title = "In search",
                                           .input = R"({"u":"svc-web"} {"u":"ana"})",
                                           .query = "search u=svc-* | table u",
                                           .output = R"({"u":"svc-web"})"},
                                          {.title = "In where",
                                           .input = R"({"u":"svc-web"} {"u":"ana"})",
                                           .query = "where u LIKE \"svc-%\" | table u",
                                           .output = R"({"u":"svc-web"})"}};

constexpr HelpTopic kTopics[] = {
    {"comparing", "How search and where compare values.", kComparing, kComparingExamples},
    {"fields", "Names of fields, and how they are written.", kFieldsTopic, kFieldsExamples},
    {"lookups", "Tables beside the events.", kLookups, kLookupsExamples},
    {"macros", "Texts that stand for others.", kMacros, kMacrosExamples},
    {"multivalue", "Fields with several values.", kMultivalue, kMultivalueExamples},
    {"null", "Fields that a row lacks.", kNull, kNullExamples},
    {"order", "In which order rows come.", kOrder, kOrderExamples},
    {"quoting", "Quotes and backslashes.", kQuoting, kQuotingExamples},
    {"regex", "Regular expressions.", kRegex, kRegexExamples},
    {"subsearches", "Searches in brackets.", kSubsearches, kSubsearchesExamples},
    {"time", "Times of events, ranges, zones.", kTime, kTimeExamples},
    {"wildcards", "Where * means something.", kWildcards, kWildcardsExamples},
};

}  // namespace

std::span<const HelpTopic> HelpTopics() { return kTopics; }

}  // namespace spelk::engine
