// The table. Each text between backticks is a command that runs: tests compile it.
#include "syntax/elsewhere.h"

#include <algorithm>

#include "value/ascii.h"

namespace spelk::syntax {
namespace {

constexpr ElsewhereKind kCommand = ElsewhereKind::kCommand;
constexpr ElsewhereKind kFunction = ElsewhereKind::kFunction;
constexpr ElsewhereKind kStatistic = ElsewhereKind::kStatistic;
constexpr ElsewhereKind kOperator = ElsewhereKind::kOperator;

constexpr Elsewhere kTable[] = {
    // SQL
    {kCommand, "order", "rows are put in order by sort: `sort x`, `sort - x` from the greatest on"},
    {kCommand, "orderby",
     "rows are put in order by sort: `sort x`, `sort - x` from the greatest on"},
    {kCommand, "limit", "the first rows are kept by head: `head 10`"},
    {kCommand, "offset",
     "rows are passed over with their number: `streamstats count AS n | where n>5`"},
    {kCommand, "select", "columns are chosen by table or fields: `table a b`"},
    {kCommand, "group", "groups stand behind BY of stats: `stats count BY host`"},
    {kCommand, "groupby", "groups stand behind BY of stats: `stats count BY host`"},
    {kCommand, "having",
     "results are filtered by where, after stats: `stats count BY host | where count>5`"},
    {kCommand, "distinct", "one row for each value is kept by dedup: `dedup host`"},
    {kCommand, "update", "fields are computed by eval: `eval a=1`"},
    // KQL
    {kCommand, "take", "the first rows are kept by head: `head 10`"},
    {kCommand, "project",
     "columns are chosen by table, and computed by eval before it: `table a b`"},
    {kCommand, "project-away", "columns are taken away by fields with a minus: `fields - a`"},
    {kCommand, "project-keep", "columns are kept by fields: `fields a b`"},
    {kCommand, "project-rename", "columns are renamed by rename: `rename old AS new`"},
    {kCommand, "project-reorder", "columns are put in order by table: `table b a *`"},
    {kCommand, "extend", "fields are computed by eval: `eval b=a*2`"},
    {kCommand, "summarize", "statistics are computed by stats: `stats count BY host`"},
    {kCommand, "mv-expand", "a row for each value is made by mvexpand: `mvexpand x`"},
    {kCommand, "mv-apply", "values are computed each by mvmap(): `eval y=mvmap(x, x*2)`"},
    {kCommand, "make-series",
     "statistics over time are computed by timechart: `timechart span=1h count`"},
    {kCommand, "parse", "fields are taken out of text by rex: `rex field=a \"id=(?<id>\\d+)\"`"},
    {kCommand, "render",
     "charts are rows here: `timechart count` or `chart count BY host` make them"},
    {kCommand, "sample", "rows are chosen at random by where: `where random()%10=0`"},
    {kCommand, "serialize", "rows are numbered by streamstats: `streamstats count AS n`"},
    {kCommand, "evaluate", "fields are computed by eval: `eval b=a*2`"},
    {kCommand, "print", "a row is made by makeresults, first: `| makeresults | eval x=1`"},
    {kCommand, "let",
     "a name for a part of a search is a macro; a field is computed by eval: `eval x=1`"},
    // SPL2 and others
    {kCommand, "filter", "rows are chosen by where or search: `where a=1`, `search a=1`"},
    {kCommand, "aggregate", "statistics are computed by stats: `stats count BY host`"},
    {kCommand, "expand", "a row for each value is made by mvexpand: `mvexpand x`"},
    {kCommand, "flatten", "the members of an object become fields by spath: `spath input=a`"},
    {kCommand, "branch",
     "the rows of other searches are added by appendpipe: `appendpipe [stats count]`"},
    {kCommand, "into", "rows are written by outputlookup: `outputlookup t.csv`"},
    {kCommand, "thru", "rows are written by outputlookup, and passed on: `outputlookup t.csv`"},
    {kCommand, "drop",
     "columns are taken away by fields with a minus, rows by where NOT: `fields - a`, "
     "`where NOT a=1`"},
    {kCommand, "remove", "columns are taken away by fields with a minus: `fields - a`"},
    {kCommand, "exclude", "columns are taken away by fields with a minus: `fields - a`"},
    {kCommand, "keep", "columns are kept by fields: `fields a b`"},
    {kCommand, "columns", "columns are chosen by table or fields: `table a b`"},
    {kCommand, "unique", "one row for each value is kept by dedup: `dedup host`"},
    {kCommand, "grep", "words are looked for by search: `search foo`"},
    {kCommand, "first", "the first rows are kept by head: `head 10`; first() is a statistic"},
    {kCommand, "last", "the last rows are kept by tail: `tail 10`; last() is a statistic"},
    {kCommand, "skip",
     "rows are passed over with their number: `streamstats count AS n | where n>5`"},
    {kCommand, "sortby",
     "rows are put in order by sort: `sort x`, `sort - x` from the greatest on"},
    // Functions
    {kFunction, "iff", "it is called if: `eval x=if(a=1, \"yes\", \"no\")`"},
    {kFunction, "concat", "texts are joined by a point: `eval x=a.b`"},
    {kFunction, "strcat",
     "texts are joined by a point: `eval x=a.b`; strcat is a command: `strcat a b x`"},
    {kFunction, "toupper", "it is called upper: `eval x=upper(a)`"},
    {kFunction, "ucase", "it is called upper: `eval x=upper(a)`"},
    {kFunction, "tolower", "it is called lower: `eval x=lower(a)`"},
    {kFunction, "lcase", "it is called lower: `eval x=lower(a)`"},
    {kFunction, "strlen", "it is called len: `eval x=len(a)`"},
    {kFunction, "isempty", "null and an empty text are two things: `where isnull(a) OR a=\"\"`"},
    {kFunction, "isnotempty", "an empty text is no null: `where isnotnull(a) AND a!=\"\"`"},
    {kFunction, "isblank",
     "null and an empty text are two things: `where isnull(a) OR trim(a)=\"\"`"},
    {kFunction, "ifnull",
     "the first value that is not null is given by coalesce: `eval x=coalesce(a, 0)`"},
    {kFunction, "nvl",
     "the first value that is not null is given by coalesce: `eval x=coalesce(a, 0)`"},
    {kFunction, "substring", "it is called substr, and counts from 1: `eval x=substr(a, 1, 2)`"},
    {kFunction, "contains", "write like() or match(): `where like(a, \"%text%\")`"},
    {kFunction, "startswith", "write like(): `where like(a, \"text%\")`"},
    {kFunction, "endswith", "write like(): `where like(a, \"%text\")`"},
    {kFunction, "regexp_replace", "it is called replace: `eval x=replace(a, \"old\", \"new\")`"},
    {kFunction, "regex_replace", "it is called replace: `eval x=replace(a, \"old\", \"new\")`"},
    {kFunction, "replace_regex", "it is called replace: `eval x=replace(a, \"old\", \"new\")`"},
    {kFunction, "extract",
     "text is taken out by the command rex: `rex field=a \"id=(?<id>\\d+)\"`"},
    {kFunction, "array_length", "it is called mvcount: `eval x=mvcount(a)`"},
    {kFunction, "parse_json", "members are read by spath(): `eval x=spath(a, \"b.c\")`"},
    {kFunction, "todatetime",
     "text is read as a time by strptime(): `eval x=strptime(a, \"%Y-%m-%d\")`"},
    {kFunction, "datetime",
     "text is read as a time by strptime(): `eval x=strptime(a, \"%Y-%m-%d\")`"},
    {kFunction, "format_datetime",
     "a time is written by strftime(): `eval x=strftime(_time, \"%Y-%m-%d\")`"},
    {kFunction, "date_trunc",
     "a time is snapped by relative_time(): `eval x=relative_time(_time, \"@h\")`"},
    {kFunction, "ago",
     "times from now on are made by relative_time(): `where _time>relative_time(now(), \"-1d\")`"},
    {kFunction, "tolong", "text is read as a number by tonumber(): `eval x=tonumber(a)`"},
    {kFunction, "cast",
     "text is read as a number by tonumber(), a number written by tostring(): "
     "`eval x=tonumber(a)`"},
    {kFunction, "bin", "values are put into ranges by the command bin: `bin span=5 a`"},
    // Statistics
    {kStatistic, "dcount", "it is called dc: `stats dc(user)`"},
    {kStatistic, "average", "it is called avg: `stats avg(x)`"},
    {kStatistic, "stddev", "it is called stdev: `stats stdev(x)`"},
    {kStatistic, "variance", "it is called var: `stats var(x)`"},
    {kStatistic, "countif", "a condition stands in eval(): `stats count(eval(x=1))`"},
    {kStatistic, "sumif", "a condition stands in eval(): `stats sum(eval(if(x=1, y, null())))`"},
    {kStatistic, "make_list", "it is called list: `stats list(x)`"},
    {kStatistic, "make_set", "it is called values: `stats values(x)`"},
    {kStatistic, "array_agg", "it is called list: `stats list(x)`"},
    {kStatistic, "percentile", "the number stands in the name: `stats perc95(x)`"},
    {kStatistic, "arg_max",
     "the row with the greatest value is the first in order: `sort - x | head 1`"},
    {kStatistic, "arg_min",
     "the row with the least value is the first in order: `sort x | head 1`"},
    {kStatistic, "any", "any value will do: `stats first(x)`"},
    {kStatistic, "take_any", "any value will do: `stats first(x)`"},
    {kStatistic, "total", "it is called sum: `stats sum(x)`"},
    // Operators
    {kOperator, "is", "null is tested by isnull(field) and isnotnull(field): `where isnull(a)`"},
    {kOperator, "between", "write field>=1 AND field<=5: `where a>=1 AND a<=5`"},
    {kOperator, "contains", "write like(field, \"%text%\"): `where like(a, \"%text%\")`"},
    {kOperator, "has", "write like() or match(): `where match(a, \"(?i)\\btext\\b\")`"},
    {kOperator, "has_any", "write match() with alternatives: `where match(a, \"(?i)one|two\")`"},
    {kOperator, "has_all",
     "write a condition for each: `where like(a, \"%one%\") AND like(a, \"%two%\")`"},
    {kOperator, "startswith", "write like(field, \"text%\"): `where like(a, \"text%\")`"},
    {kOperator, "endswith", "write like(field, \"%text\"): `where like(a, \"%text\")`"},
    {kOperator, "match", "write match(field, \"regular expression\"): `where match(a, \"x.*y\")`"},
    {kOperator, "matches",
     "write match(field, \"regular expression\"): `where match(a, \"x.*y\")`"},
    {kOperator, "regexp", "write match(field, \"regular expression\"): `where match(a, \"x.*y\")`"},
    {kOperator, "rlike", "write match(field, \"regular expression\"): `where match(a, \"x.*y\")`"},
    {kOperator, "ilike", "case is ignored by lower(): `where lower(a) LIKE \"text%\"`"},
    {kOperator, "when",
     "conditions and values take turns in case(): `eval x=case(a=1, 2, true(), 3)`"},
    {kOperator, "mod", "the rest of a division is %: `where a%2=0`"},
    {kOperator, "div", "write floor() of a division: `eval x=floor(a/2)`"},
};

}  // namespace

std::span<const Elsewhere> AllElsewhere() { return kTable; }

std::string_view AdviceOn(ElsewhereKind kind, std::string_view word) {
  const auto* found =
      std::find_if(std::begin(kTable), std::end(kTable), [&](const Elsewhere& each) {
        return each.kind == kind && EqualsIgnoringCase(each.word, word);
      });
  return found == std::end(kTable) ? std::string_view() : found->advice;
}

}  // namespace spelk::syntax
