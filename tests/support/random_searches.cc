// Making up searches.
#include "support/random_searches.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/random_terms.h"

namespace spelk::tests {
namespace {

constexpr int kMostNesting = 1;  // Subsearches in subsearches.

class Searches {
 public:
  Searches(Choices& choices, const RandomFeed& feed, int depth)
      : choices_(choices), feed_(feed), depth_(depth), terms_(choices, feed) {}

  std::vector<std::string> Search(size_t most) {
    std::vector<std::string> commands;
    if (depth_ == 0 && choices_.Percent(6)) {
      commands.push_back(Generating());
    } else {
      commands.push_back(choices_.Percent(50) ? "search " + Terms() : "search *");
    }
    for (size_t more = choices_.Below(most + 1); more > 0; --more) commands.push_back(Command());
    if (choices_.OneIn(4)) commands.push_back(Table());
    return commands;
  }

  // Commands that are no search: the body of appendpipe.
  std::string Body() {
    std::string body = Command();
    if (choices_.OneIn(3)) body += " | " + Command();
    return body;
  }

 private:
  std::string Pick(std::initializer_list<std::string_view> list) { return choices_.Pick(list); }
  std::string Field() { return RandomTerms::InCommand(terms_.Field()); }
  std::string Target() { return RandomTerms::InCommand(terms_.Target()); }

  // ---------------------------------------------------------------- parts

  std::vector<std::string> FieldNames(size_t most) {
    std::vector<std::string> fields;
    for (size_t more = choices_.Between(1, most); more > 0; --more) {
      const std::string field = terms_.Field();
      if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
    }
    return fields;
  }

  static std::string List(const std::vector<std::string>& fields, std::string_view comma = " ") {
    std::string list;
    for (const std::string& field : fields) {
      if (!list.empty()) list += comma;
      list += RandomTerms::InCommand(field);
    }
    return list;
  }

  std::string By(size_t percent, size_t most) {
    by_.clear();
    if (!choices_.Percent(percent)) return {};
    by_ = FieldNames(most);
    return " BY " + List(by_);
  }

  std::string Subsearch(size_t most = 2) {
    Searches inner(choices_, feed_, depth_ + 1);
    return "[" + JoinCommands(inner.Search(most)) + "]";
  }

  std::string Terms() {
    std::string terms = terms_.Terms();
    if (depth_ < kMostNesting && choices_.OneIn(10)) {
      terms += fmt::format(" [search {} | {} {}]", terms_.Terms(),
                           Pick({"fields", "table", "dedup", "return 3", "return",
                                 "top 2 showperc=f showcount=f", "head 2 | fields"}),
                           Field());
    }
    return terms;
  }

  std::string Statistic() {
    const std::string name = Pick(
        {"count",  "count",  "sum",           "avg",         "min",   "max",    "dc",
         "values", "list",   "first",         "last",        "mode",  "median", "earliest",
         "latest", "perc90", "exactperc75",   "range",       "stdev", "var",    "sumsq",
         "varp",   "estdc",  "earliest_time", "latest_time", "rate",  "stdevp", "upperperc95"});
    if (name == "count" && choices_.OneIn(2)) return name;
    if (choices_.OneIn(7)) {
      return fmt::format("{}(eval({}))", name, name == "count" ? terms_.Boolean(1) : terms_.Any(1));
    }
    return fmt::format("{}({})", name, Field());
  }

  std::string Statistics(size_t most) {
    made_.clear();
    std::string all;
    for (size_t more = choices_.Between(1, most); more > 0; --more) {
      made_.push_back(fmt::format("g{}", made_.size() + 1));
      all += fmt::format("{}{} AS {}", all.empty() ? "" : " ", Statistic(), made_.back());
    }
    return all;
  }

  void LeaveMadeAndBy(std::vector<std::string> more = {}) {
    std::vector<std::string> fields = made_;
    fields.insert(fields.end(), by_.begin(), by_.end());
    fields.insert(fields.end(), more.begin(), more.end());
    terms_.Leave(std::move(fields));
  }

  std::string Wild(const std::string& field) {
    if (!choices_.OneIn(4)) return RandomTerms::InCommand(field);
    return Pick({field.substr(0, 1) + "*", "*" + field.substr(field.size() - 1), "*"});
  }

  // ---------------------------------------------------------------- commands

  std::string Generating() {
    switch (choices_.Below(6)) {
      default:
        return "| makeresults count=" + Pick({"1", "3", "20"}) + Pick({"", " annotate=t"}) +
               " | streamstats count AS a | eval b=a%3, s=\"x\".b, m=mvrange(0,b)";
      case 1:
        return "| makeresults format=csv data=\"a,b,s\n1,2,x\n2,,y\n\"";
      case 2:
        return "| gentimes start=1600000000 end=1600086400 increment=" + Pick({"1h", "30m", "1d"});
      case 3:
        return "| inputlookup made_up" + Pick({"", " WHERE a=1", " WHERE NOT name=x*"});
      case 4:
        return "| multisearch " + Subsearch(0) + " " + Subsearch(0);
      case 5:
        return fmt::format("| set {} {} {}", Pick({"union", "diff", "intersect"}), Subsearch(),
                           Subsearch());
    }
  }

  std::string Eval() {
    std::string all;
    for (size_t more = choices_.Between(1, 3); more > 0; --more) {
      if (!all.empty()) all += ", ";
      if (choices_.OneIn(20)) {
        all += Pick({"{a}", "{h}", "x_{s}"}) + "=" + terms_.Any();
        continue;
      }
      const std::string expression = terms_.Any();
      const std::string target = terms_.Target();
      all += RandomTerms::InEval(target) + "=" + expression;
    }
    return "eval " + all;
  }

  std::string Fields() {
    const std::vector<std::string> fields = FieldNames(4);
    std::string list;
    for (const std::string& field : fields) list += " " + Wild(field);
    const std::string sign = Pick({"", "", " +", " -"});
    if (sign != " -" && list.find('*') == std::string::npos) terms_.Leave(fields);
    return "fields" + sign + list;
  }

  std::string Table() {
    const std::vector<std::string> fields = FieldNames(5);
    std::string list;
    for (const std::string& field : fields) list += " " + Wild(field);
    if (list.find('*') == std::string::npos) terms_.Leave(fields);
    return "table" + list;
  }

  std::string Rename() {
    if (choices_.OneIn(6)) {
      return "rename " + Pick({"o.* AS *", "* AS p.*", "a* AS *b", "m* AS n*", "o.* AS q.*"});
    }
    const std::string field = Field();
    return fmt::format("rename {} AS {}", field, Target());
  }

  std::string Stats() {
    const std::string option = Pick({"", "", "", "allnum=t "});
    std::string text = "stats " + option + Statistics(4) + By(70, 2);
    if (!by_.empty() && choices_.OneIn(5)) text += " dedup_splitvals=t";
    LeaveMadeAndBy();
    return text;
  }

  std::string Eventstats() {
    const std::string text = "eventstats " + Statistics(2) + By(60, 2);
    for (const std::string& field : made_) terms_.AddLive(field);
    return text;
  }

  std::string Streamstats() {
    const std::string options =
        Pick({"", "", "current=f ", "window=3 ", "window=2 current=f ", "window=3 global=f ",
              "reset_on_change=t ", "time_window=60s ", "reset_before=\"(a==1)\" ",
              "reset_after=\"(isnull(b))\" "});
    const std::string text = "streamstats " + options + Statistics(2) + By(60, 2);
    for (const std::string& field : made_) terms_.AddLive(field);
    return text;
  }

  std::string Dedup() {
    return fmt::format("dedup {}{}{}{}", Pick({"", "", "2 ", "3 "}), List(FieldNames(2)),
                       Pick({"", "", " keepevents=t", " keepempty=t", " consecutive=t",
                             " keepempty=t consecutive=t"}),
                       choices_.OneIn(4) ? " sortby " + Pick({"", "-"}) + Field() : std::string());
  }

  std::string Sort() {
    std::string keys;
    for (size_t more = choices_.Between(1, 3); more > 0; --more) {
      const std::string field = Field();
      keys += fmt::format(
          "{}{}{}", keys.empty() ? "" : ", ", Pick({"", "-", "+"}),
          choices_.OneIn(5) ? Pick({"num", "str", "ip", "auto"}) + "(" + field + ")" : field);
    }
    return "sort " + Pick({"", "0 ", "5 ", "10 "}) + keys + Pick({"", "", "", " desc"});
  }

  std::string Head() {
    switch (choices_.Below(5)) {
      case 3:
        return fmt::format("head ({}) null=t keeplast=t", terms_.Boolean(2));
      case 4:
        return fmt::format("head 5 ({})", terms_.Boolean(2));
      default:
        return "head " + Pick({"1", "2", "5", "20"});
    }
  }

  std::string Top() {
    const std::vector<std::string> fields = FieldNames(2);
    std::string text = fmt::format("{} {}{}{}", Pick({"top", "top", "rare"}),
                                   Pick({"", "3 ", "limit=2 ", "limit=0 "}),
                                   Pick({"", "", "useother=t ", "showperc=f "}), List(fields));
    text += By(30, 1);
    made_ = fields;
    LeaveMadeAndBy({"count", "percent"});
    return text;
  }

  std::string Rex() {
    if (choices_.OneIn(4)) {
      return "rex field=" + Field() + " mode=sed " +
             Pick({"\"s/a/X/g\"", "\"s/(.)(.)/\\2\\1/\"", "\"y/abc/xyz/\"", "\"s/\\d+/#/2\""});
    }
    const std::string from = choices_.OneIn(3) ? "" : "field=" + Field() + " ";
    terms_.AddLive("x");
    return "rex " + from +
           Pick({R"re("(?<x>[a-z]+)")re", R"re("(?<x>\d+)")re", R"re("(?<x>.)(?<z>.)?")re",
                 R"re("(?i)alpha(?<x>.*)")re", R"re("^(?<x>[^,]*),")re", R"re("(?P<x>\w+)$")re"}) +
           Pick({"", "", " max_match=0", " max_match=2", " offset_field=off"});
  }

  std::string Regex() {
    return "regex " + Pick({Field() + "=", Field() + "!=", ""}) + terms_.Regex();
  }

  std::string Bin() {
    if (choices_.OneIn(3)) {
      return "bin " +
             Pick({"span=1m", "span=1h", "bins=10", "span=30s aligntime=1600000005", "span=1mon"}) +
             " _time";
    }
    return "bin " +
           Pick({"span=10", "bins=5", "span=2", "span=0.5", "span=1log10", "minspan=5",
                 "start=0 end=100", "bins=3"}) +
           " " + Field() + (choices_.OneIn(3) ? " AS " + Target() : "");
  }

  std::string Fillnull() {
    return "fillnull " + Pick({"", "value=0 ", "value=NULL ", "value=\"x y\" "}) +
           (choices_.OneIn(3) ? "" : List(FieldNames(3)));
  }

  std::string Makemv() {
    return "makemv " +
           Pick({"delim=\",\" ", "", "delim=\";\" ", "tokenizer=\"([a-z]+)\" ",
                 "delim=\",\" allowempty=t ", "delim=\",\" setsv=t "}) +
           Field();
  }

  std::string Spath() {
    return "spath " + (choices_.OneIn(2) ? "" : "input=" + Field() + " ") +
           Pick({"", "path=j", "output=x path=k{}", "path=o.x output=x", "m{}"});
  }

  // ---------------------------------------------------------------- tables of values

  std::string Chart() {
    const std::string options =
        Pick({"", "", "limit=2 ", "limit=bottom2 ", "useother=f ", "usenull=f ", "cont=f ",
              "agg=max limit=3 ", "sep=\"-\" ", "format=\"$VAL$|$AGG$\" ", "nullstr=none "});
    std::string text = "chart " + options + Statistics(2);
    const std::string over = Field();
    text += Pick({" OVER ", " BY "}) + over + Pick({"", "", "", " bins=4", " span=10"});
    if (text.find(" OVER ") == std::string::npos) {
      if (choices_.OneIn(2)) text += ", " + Field();
    } else if (choices_.OneIn(2)) {
      text += " BY " + Field();
    }
    made_.push_back("NULL");
    made_.push_back("OTHER");
    by_.clear();
    LeaveMadeAndBy({over});
    return text;
  }

  std::string Timechart() {
    const std::string options = Pick(
        {"", "span=1m ", "span=30s ", "bins=20 ", "span=1h ", "cont=f span=1m ", "span=1m limit=1 ",
         "span=1m useother=f usenull=f ", "partial=f span=2m ", "span=1m aligntime=1600000005 "});
    std::string text = "timechart " + options;
    text +=
        choices_.OneIn(4) ? Pick({"per_hour(n)", "per_minute(n) AS g1", "count"}) : Statistics(2);
    text += By(50, 1);
    made_.push_back("_time");
    by_.clear();
    LeaveMadeAndBy();
    return text;
  }

  std::string Shape() {
    switch (choices_.Below(5)) {
      case 0:
        return fmt::format("xyseries {}{} {} {}", Pick({"", "grouped=t "}), Field(), Field(),
                           List(FieldNames(2)));
      case 1:
        return fmt::format("untable {} {} {}", Field(), "k", "x");
      case 2:
        return "transpose " + Pick({"", "3", "0 header_field=" + Field(), "column_name=k"});
      case 3:
        return "makecontinuous " + Pick({"_time span=1m", "n span=10", "n bins=5", "a span=1"});
      default:
        return "table " + List(FieldNames(3)) + " | mvcombine " + Pick({"", "delim=\",\" "}) +
               Field();
    }
  }

  std::string Totals() {
    switch (choices_.Below(3)) {
      case 0:
        return "addtotals " +
               Pick({"", "fieldname=x ", "row=f col=t ", "col=t labelfield=k label=all "}) +
               (choices_.OneIn(2) ? "" : List(FieldNames(3)));
      case 1:
        return "addcoltotals " + Pick({"", "labelfield=k label=sum "}) +
               (choices_.OneIn(2) ? "" : List(FieldNames(2)));
      default:
        return "rangemap field=" + Field() + " low=0-2 mid=2-10" + Pick({"", " default=none"});
    }
  }

  // ---------------------------------------------------------------- row after row

  std::string Running() {
    switch (choices_.Below(5)) {
      case 0:
        return "delta " + Field() + Pick({"", " AS x", " AS x p=3"});
      case 1:
        return "accum " + Field() + Pick({"", " AS x"});
      case 2:
        return "autoregress " + Field() + Pick({"", " AS x", " p=1-3", " AS x p=2"});
      default:
        return "filldown " + (choices_.OneIn(3) ? "" : List(FieldNames(2)));
    }
  }

  std::string Transaction() {
    std::string text = "transaction ";
    if (choices_.Percent(80)) text += List(FieldNames(2)) + " ";
    text += Pick({"", "maxspan=60s ", "maxpause=30s ", "maxevents=3 ", "keepevicted=t ",
                  "mvlist=t ", "connected=f ", "mvlist=s,n delim=\";\" "});
    if (choices_.OneIn(3)) text += fmt::format("startswith=({}) ", terms_.Term());
    if (choices_.OneIn(4)) text += fmt::format("endswith=eval({}) ", terms_.Boolean(2));
    terms_.AddLive("duration");
    terms_.AddLive("eventcount");
    return text;
  }

  // ---------------------------------------------------------------- text

  std::string Values() {
    switch (choices_.Below(6)) {
      case 0:
        return fmt::format(
            "convert {}({}){}",
            Pick({"auto", "num", "ctime", "mktime", "dur2sec", "memk", "rmcomma", "rmunit"}),
            choices_.OneIn(5) ? "*" : Field(), "");
      case 1:
        return fmt::format("replace {} WITH {}{}", terms_.Literal(), Pick({"x", "\"*\"", "\"\""}),
                           choices_.OneIn(3) ? "" : " IN " + List(FieldNames(2)));
      case 2:
        return fmt::format("replace \"a*\" WITH \"<*>\" IN {}", List(FieldNames(2)));
      case 3:
        return fmt::format("strcat {}{} \"-\" {} {}", Pick({"", "allrequired=t "}), Field(),
                           Field(), Target());
      case 4:
        return "nomv " + Field();
      default:
        return "mvexpand " + Field() + Pick({"", "", " limit=2"});
    }
  }

  std::string Foreach() {
    switch (choices_.Below(4)) {
      case 0:
        return "foreach " + Pick({"a*", "a b", "o.*", "*", "m*"}) +
               Pick({" [eval <<FIELD>>='<<FIELD>>'.\"!\"]", " [eval \"x<<FIELD>>\"=1]",
                     " [fillnull value=0 <<FIELD>>]"});
      case 1:
        return "foreach mode=multivalue m{} [eval x=mvappend(x,<<ITEM>>)]";
      case 2:
        return "foreach mode=json_array s [eval x=mvappend(x,<<ITEM>>)]";
      default:
        return "foreach a b n [eval x=coalesce(x,0)+len('<<FIELD>>')]";
    }
  }

  std::string Lookup() {
    if (choices_.OneIn(5)) return "inputlookup append=t made_up";
    return "lookup made_up a" + Pick({"", " AS " + Field(), ", s"}) +
           Pick({"", " OUTPUT name AS x", " OUTPUTNEW name AS s", " OUTPUT name, more"});
  }

  // ---------------------------------------------------------------- other searches

  std::string Combine() {
    if (depth_ >= kMostNesting) return Stats();
    switch (choices_.Below(8)) {
      case 0:
        return "append " + Pick({"", "maxout=3 "}) + Subsearch();
      case 1:
        return "appendcols " + Pick({"", "override=t "}) + Subsearch();
      case 2: {
        Searches inner(choices_, feed_, depth_ + 1);
        return "appendpipe [" + inner.Body() + "]";
      }
      case 3:
        return fmt::format(
            "join {}{} {}",
            Pick({"", "type=left ", "type=outer max=0 ", "overwrite=f ", "usetime=t "}),
            List(FieldNames(2)), Subsearch());
      case 4:
        return fmt::format("join left=L right=R where L.{}=R.{} {}", "a", "a", Subsearch());
      case 5:
        return "union " + Subsearch(1);
      case 6:
        return "head 3 | map maxsearches=3 search=\"search a=$a$ | table a b s\"";
      default:
        return "append " + Subsearch() + " | stats count AS x" + By(100, 1);
    }
  }

  std::string Small() {
    switch (choices_.Below(6)) {
      case 0:
        return "reverse";
      case 1:
        return "addinfo";
      case 2:
        return "format";
      case 3:
        return "return " + Pick({"", "3 "}) + Pick({"", "$", "q="}) + Field();
      default:
        return "tail " + Pick({"1", "2", "5", "20"});
    }
  }

  // Commands that see all rows before the first one comes out, and others that few people use.
  std::string Study() {
    switch (choices_.Below(16)) {
      case 0:
        return "uniq";
      case 1:
        return "setfields x=\"a b\", y=1";
      case 2:
        return "gauge " + Field() + Pick({"", " 0 50 100", " 0 " + Field()});
      case 3:
        return "concurrency duration=" + Field() + Pick({"", " start=" + Field(), " output=x"});
      case 4:
        return "selfjoin " +
               Pick({"", "keepsingle=t ", "overwrite=f ", "max=0 ", "max=2 keepsingle=t "}) +
               List(FieldNames(2));
      case 5:
        return "diff attribute=" + Field() + Pick({"", " context=t", " position2=3 diffheader=t"});
      case 6:
        return "localize" + Pick({"", " maxpause=10s", " maxpause=1h timebefore=0s"});
      case 7:
        return "xpath field=" + Field() + " outfield=x " + Pick({"\"//a\"", "\"count(//*)\""}) +
               Pick({"", " default=none"});
      case 8:
        return "cluster field=" + Field() +
               Pick({"", " showcount=t", " labelonly=t match=termset t=0.5",
                     " match=ngramset t=0.3 showcount=t"});
      case 9:
        return "kmeans " + Pick({"", "k=3 ", "k=2-4 ", "dt=l1 ", "dt=cos showcentroid=f "}) +
               List(FieldNames(2));
      case 10:
        return "table " + List(FieldNames(4)) + " | correlate";
      case 11:
        return fmt::format("cofilter {} {}", Field(), Field());
      case 12:
        return "associate supcnt=2 supfreq=0.05 improv=0.1 " + List(FieldNames(3));
      case 13:
        return "anomalydetection " +
               Pick({"", "action=annotate ", "action=summary ", "pthresh=0.1 ", "cutoff=f ",
                     "method=zscore ", "method=iqr "}) +
               List(FieldNames(3));
      case 14:
        return "anomalousvalue minsupcount=1 maxanofreq=1 pthresh=0.2 " +
               Pick({"", "action=annotate ", "action=summary "}) + List(FieldNames(3));
      default:
        return fmt::format("timechart span=1m count | timewrap 5m{}",
                           Pick({"", " series=short", " align=now series=exact"}));
    }
  }

  std::string Command() {
    struct Choice {
      size_t weight;
      std::string (Searches::*make)();
    };
    static constexpr Choice kChoices[] = {
        {10, &Searches::Filter},     {12, &Searches::Where},     {14, &Searches::Eval},
        {6, &Searches::Fields},      {5, &Searches::Table},      {6, &Searches::Rename},
        {8, &Searches::Stats},       {5, &Searches::Eventstats}, {6, &Searches::Streamstats},
        {8, &Searches::Dedup},       {8, &Searches::Sort},       {6, &Searches::Head},
        {5, &Searches::Top},         {6, &Searches::Rex},        {3, &Searches::Regex},
        {4, &Searches::Bin},         {4, &Searches::Fillnull},   {3, &Searches::Makemv},
        {3, &Searches::Spath},       {6, &Searches::Chart},      {6, &Searches::Timechart},
        {6, &Searches::Shape},       {4, &Searches::Totals},     {6, &Searches::Running},
        {6, &Searches::Transaction}, {8, &Searches::Values},     {4, &Searches::Foreach},
        {5, &Searches::Lookup},      {9, &Searches::Combine},    {5, &Searches::Small},
        {9, &Searches::Study}};
    size_t sum = 0;
    for (const Choice& choice : kChoices) sum += choice.weight;
    size_t at = choices_.Below(sum);
    for (const Choice& choice : kChoices) {
      if (at < choice.weight) return (this->*choice.make)();
      at -= choice.weight;
    }
    return Where();
  }

  std::string Filter() { return "search " + Terms(); }
  std::string Where() { return "where " + terms_.Boolean(); }

  Choices& choices_;
  const RandomFeed& feed_;
  const int depth_;
  RandomTerms terms_;
  std::vector<std::string> by_;    // Of the command at hand.
  std::vector<std::string> made_;  // Its statistics.
};

}  // namespace

std::string RandomTable() {
  return "a,s,name,more\n1,alpha,one,x\n2,beta,two,\n1,ALPHA,uno,y\nx,,ex,z\n10,miss,ten,\n";
}

std::vector<std::string> RandomSearch(Choices& choices, const RandomFeed& feed) {
  return Searches(choices, feed, 0).Search(choices.OneIn(4) ? 7 : 4);
}

std::string JoinCommands(const std::vector<std::string>& commands) {
  std::string text;
  for (const std::string& command : commands) {
    if (!text.empty()) text += " | ";
    text += command;
  }
  return text;
}

}  // namespace spelk::tests
