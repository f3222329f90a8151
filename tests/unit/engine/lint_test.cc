// Rules of lint: their examples, what switches them off, what mends.
#include "spelk/lint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace spelk {
namespace {

LintOptions AllProfiles() {
  LintOptions options;
  options.config.profiles = LintProfiles();
  options.analytic = "My Detection";
  return options;
}

const Engine& SharedEngine() {
  static const Engine& kEngine = *new Engine();
  return kEngine;
}

// One rule is of engines to which missing tables are empty, as they are in packs.
const Engine& EngineFor(const LintRule& rule) {
  static const Engine& kAssuming = *[] {
    EngineOptions options;
    options.empty_tables = true;
    return new Engine(options);
  }();
  return rule.name == "differs" ? kAssuming : SharedEngine();
}

// One rule holds fields against a feed: one that lacks what its bad example reads.
LintOptions OptionsFor(const LintRule& rule) {
  LintOptions options = AllProfiles();
  if (rule.name != "field-not-in-feed") return options;
  LintFeed feed;
  feed.name = "feed.ndjson";
  feed.fields["EventID"] = feed.fields["CommandLine"] = 1;
  options.feed = std::make_shared<const LintFeed>(std::move(feed));
  return options;
}

std::string Told(const std::vector<LintFinding>& findings) {
  std::string text;
  for (const LintFinding& finding : findings) text += finding.rendered;
  return text;
}

bool Has(const std::vector<LintFinding>& findings, std::string_view rule) {
  return std::any_of(findings.begin(), findings.end(),
                     [rule](const LintFinding& finding) { return finding.rule->id == rule; });
}

class EachRule : public testing::TestWithParam<const LintRule*> {};

TEST_P(EachRule, IsDescribed) {
  const LintRule& rule = *GetParam();
  EXPECT_EQ(rule.id.size(), 5U);
  for (const std::string_view text :
       {rule.name, rule.title, rule.explanation, rule.fix, rule.bad, rule.at, rule.good}) {
    EXPECT_FALSE(text.empty());
  }
  EXPECT_EQ(rule.fix.find('\n'), std::string_view::npos);
  EXPECT_EQ(FindLintRule(rule.id), &rule);
  EXPECT_EQ(FindLintRule(rule.name), &rule);
}

TEST_P(EachRule, FindsTheBadExampleAtItsPlace) {
  const LintRule& rule = *GetParam();
  const std::vector<LintFinding> findings = Lint(EngineFor(rule), rule.bad, OptionsFor(rule));
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const LintFinding& each) {
    return each.rule == &rule && each.text == rule.at;
  });
  ASSERT_NE(found, findings.end()) << Told(findings);
  EXPECT_EQ(found->severity, rule.severity);
  EXPECT_EQ(rule.bad.substr(found->offset, found->length), rule.at);
}

TEST_P(EachRule, IsSilentAboutTheGoodExample) {
  const LintRule& rule = *GetParam();
  const std::vector<LintFinding> findings = Lint(EngineFor(rule), rule.good, OptionsFor(rule));
  EXPECT_FALSE(Has(findings, rule.id)) << Told(findings);
  EXPECT_TRUE(EngineFor(rule).Compile(rule.good).ok());
}

TEST_P(EachRule, MendsWhatItSaysItMends) {
  const LintRule& rule = *GetParam();
  LintOptions only = OptionsFor(rule);
  for (const LintRule& other : LintRules()) {
    if (&other != &rule) only.config.rules[std::string(other.id)] = std::nullopt;
  }
  const std::string mended = MendSearch(EngineFor(rule), rule.bad, only);
  EXPECT_EQ(mended, rule.mends ? rule.good : rule.bad);
}

TEST_P(EachRule, IsExplained) {
  const std::string text = ExplainLintRule(*GetParam());
  EXPECT_NE(text.find(GetParam()->title), std::string::npos);
  EXPECT_NE(text.find(GetParam()->good), std::string::npos);
}

std::vector<const LintRule*> AllRules() {
  std::vector<const LintRule*> rules;
  for (const LintRule& rule : LintRules()) rules.push_back(&rule);
  return rules;
}

INSTANTIATE_TEST_SUITE_P(Lint, EachRule, testing::ValuesIn(AllRules()), [](const auto& rule) {
  std::string name(rule.param->id);
  for (const char c : rule.param->name) name += c == '-' ? '_' : c;
  return name;
});

// What the rule says of the search, as texts; of others nothing is asked.
std::string TextsOf(std::string_view rule, std::string_view search) {
  std::string texts;
  for (const LintFinding& finding : Lint(SharedEngine(), search, AllProfiles())) {
    if (finding.rule->id == rule) texts += (texts.empty() ? "" : " ") + finding.text;
  }
  return texts;
}

// Behind `stats count by user`.
class FieldIsGone : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(FieldIsGone, IsToldOfWhatReadsIt) {
  const auto& [command, texts] = GetParam();
  const std::string search = std::string("index=a | stats count by user | ") + command;
  EXPECT_EQ(TextsOf("L0301", search), texts) << search;
}

INSTANTIATE_TEST_SUITE_P(
    Lint, FieldIsGone,
    testing::Values(
        std::pair("lookup spelk_http_status status AS src OUTPUT description", "src"),
        std::pair("lookup spelk_http_status status AS user OUTPUT description", ""),
        std::pair("join src [search index=b | stats count by src]", "src"),
        std::pair("join user [search index=b | stats count by user | fields ip]", "ip"),
        std::pair("mvexpand ip", "ip"), std::pair("mvexpand user", ""),
        std::pair("makemv ip", "ip"), std::pair("nomv ip", "ip"), std::pair("mvcombine ip", "ip"),
        std::pair("mvcombine user", ""), std::pair("timechart count", "timechart"),
        std::pair("transaction user", "transaction"), std::pair("bin _time span=1h", "_time"),
        std::pair("bin count span=10", ""), std::pair("rex \"(?<a>b)\"", "rex"),
        std::pair("rex field=user \"(?<a>b)\" | table a", ""), std::pair("regex \"x\"", "regex"),
        std::pair("spath input=j path=a", "j"), std::pair("spath input=user path=a", ""),
        std::pair("convert num(src)", "src"), std::pair("convert num(count)", ""),
        std::pair("iplocation ip", "ip"), std::pair("iplocation user | table City", ""),
        std::pair("delta n", "n"), std::pair("accum n", "n"), std::pair("accum count", ""),
        std::pair("autoregress n", "n"), std::pair("map search=\"search x=$src$\"", "src"),
        std::pair("map search=\"search x=$user$\"", ""),
        std::pair("appendpipe [stats sum(n)]", "n"),
        std::pair("appendpipe [stats sum(count) as count | eval user=\"all\"] | table user", ""),
        std::pair("fields src_ip", "src_ip"), std::pair("fields - src_ip", ""),
        std::pair("stats earliest(user)", "stats")));

// The macro is there for all searches, whatever they have.
TEST(Lint, WhatMacrosConvertNeedNotBeThere) {
  EngineOptions options;
  options.stanzas = {{.conf = "macros.conf",
                      .name = "to_text(1)",
                      .settings = {{"args", "name"}, {"definition", "convert ctime($name$)"}},
                      .file = "macros.conf",
                      .line = 1}};
  const Engine engine(options);
  const std::string search = "index=a | stats count by user | `to_text(first)`";
  EXPECT_FALSE(Has(Lint(engine, search, AllProfiles()), "L0301"));
  EXPECT_TRUE(engine.Compile(search).ok());
}

TEST(Lint, CommentsOfOtherLanguagesBehindCommands) {
  EXPECT_EQ(TextsOf("L0802", "* | table user // per user"), "//");
  EXPECT_EQ(TextsOf("L0802", "* | fields user /* c */"), "/*");
  EXPECT_EQ(TextsOf("L0802", "* | where x=1 -- c"), "--");
  EXPECT_EQ(TextsOf("L0802", "* | stats count by user # per user"), "#");
  EXPECT_EQ(TextsOf("L0802", "* | stats count by user -- done"), "--");
  EXPECT_EQ(TextsOf("L0802", "* | eval a=\"x // y -- z # w\", b='c -- d' | sort - a"), "");
  EXPECT_EQ(TextsOf("L0802", "* | where x=1 - -c | eval u=\"http://a/*\""), "");
}

TEST(Lint, OperatorsOfOtherLanguagesInSearch) {
  EXPECT_EQ(TextsOf("L0801", "Image=~\".*cmd.exe\""), "Image=~\".*cmd.exe\"");
  EXPECT_EQ(TextsOf("L0801", "EventCode IN (4624 OR 4625)"), "OR");
  EXPECT_EQ(TextsOf("L0801", "EventCode IN (4624, 4625) state IN (CA, OR)"), "");
}

TEST(Lint, ConditionsThatSayNothing) {
  EXPECT_EQ(TextsOf("L0217", "User!=a OR User!=b"), "User!=a OR User!=b");
  EXPECT_EQ(TextsOf("L0217", "User!=a OR Host!=b OR User=c"), "");
  EXPECT_EQ(TextsOf("L0218", "* | stats count | where count<0"), "count<0");
  EXPECT_EQ(TextsOf("L0218", "* | where count<0"), "");
  EXPECT_EQ(TextsOf("L0208", "* | where like(User, \"%\")"), "like(User, \"%\")");
  EXPECT_EQ(TextsOf("L0604", "url=\".*\\.exe$\""), "\".*\\.exe$\"");
  EXPECT_EQ(TextsOf("L0504", "Image=\"\\\\\\\\host\\\\share\\\\*\""), "");
}

TEST(Lint, StagesThatTheNextMakesVain) {
  EXPECT_EQ(TextsOf("L1001", "* | head 10 | head 20"), "head 20");
  EXPECT_EQ(TextsOf("L1001", "* | head 20 | head 10"), "");
  EXPECT_EQ(TextsOf("L1001", "* | eval x=1 | eval x=2"), "x");
  EXPECT_EQ(TextsOf("L1001", "* | eval x=1 | eval y=x, x=2"), "");
  EXPECT_EQ(TextsOf("L1001", "act=x | search act=x"), "search act=x");
  EXPECT_EQ(TextsOf("L1001", "* | fields a b | fields a b"), "fields a b");
}

TEST(Lint, IdsAndNamesAreUnique) {
  std::set<std::string_view> names;
  for (const LintRule& rule : LintRules()) {
    EXPECT_TRUE(names.insert(rule.id).second) << rule.id;
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
  }
  EXPECT_GE(LintRules().size(), 50U);
}

constexpr std::string_view kStar = "EventID=1 | where Image LIKE \"*x*\"";

TEST(Lint, ACommentSwitchesARuleOff) {
  for (const std::string_view comment :
       {"``` spelk-lint: disable=L0101 ``` ", "``` spelk-lint: disable=star-in-like ```\n",
        "``` spelk-lint: disable=L0999,l0101 ```\n", "``` spelk-lint: disable=all ``` ",
        "``` spelk-lint: disable-line=L0101 ```\n", "``` spelk-lint: disable-line=L0101 ``` "}) {
    const std::string search = std::string(comment) + std::string(kStar);
    EXPECT_FALSE(Has(Lint(SharedEngine(), search, {}), "L0101")) << search;
  }
}

TEST(Lint, ACommentSwitchesNoMoreOffThanItSays) {
  for (const std::string_view comment :
       {"``` spelk-lint: disable=L0102 ``` ", "``` spelk-lint: L0101 ``` ",
        "``` disable=L0101 ``` ", "``` spelk-lint: disable-line=L0101 ```\n\n",
        "EventID=1 ``` spelk-lint: disable-line=L0101 ```\n"}) {
    const std::string search = std::string(comment) + std::string(kStar);
    EXPECT_TRUE(Has(Lint(SharedEngine(), search, {}), "L0101")) << search;
  }
}

TEST(Lint, ACommentThatNamesNoRuleIsTold) {
  const std::string_view text = "a=1 ``` spelk-lint: disable=L0101,nosuch, L9998 as they say ```";
  const std::vector<LintFinding> findings = Lint(SharedEngine(), text, {});
  EXPECT_EQ(Told(Lint(SharedEngine(), "a=1 ``` spelk-lint: disable=L0101 as they say ```", {})),
            "");
  ASSERT_EQ(findings.size(), 1U) << Told(findings);
  EXPECT_EQ(findings.front().rule->id, "L0020");
  EXPECT_EQ(findings.front().text, "L9998");
  EXPECT_TRUE(Has(Lint(SharedEngine(), "a=1 ``` spelk-lint: disable=nosuch ```", {}), "L0020"));
}

TEST(Lint, AConfigurationChoosesRules) {
  const Result<LintConfig> config = ReadLintConfig(
      "profile: escu\nrules:\n  star-in-like: error\n  L0102: off\ndisable: [L0103]\n", "c.yaml");
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->profiles, std::vector<std::string>{"escu"});
  EXPECT_EQ(config->rules.at("L0101"), LintSeverity::kError);
  EXPECT_EQ(config->rules.at("L0102"), std::nullopt);
  EXPECT_EQ(config->rules.at("L0103"), std::nullopt);
  LintOptions options;
  options.config = *config;
  const std::vector<LintFinding> findings = Lint(SharedEngine(), kStar, options);
  const auto star = std::find_if(findings.begin(), findings.end(),
                                 [](const LintFinding& each) { return each.rule->id == "L0101"; });
  ASSERT_NE(star, findings.end());
  EXPECT_EQ(star->severity, LintSeverity::kError);
}

TEST(Lint, AWrongConfigurationNamesThePlace) {
  const auto message = [](std::string_view text) {
    const Result<LintConfig> config = ReadLintConfig(text, "c.yaml");
    return config.ok() ? std::string() : config.error().message();
  };
  EXPECT_EQ(message("rules:\n  star-in-lik: off\n"),
            "c.yaml:2: there is no rule \"star-in-lik\"; did you mean star-in-like?");
  EXPECT_EQ(message("rules:\n  L0101: loud\n"),
            "c.yaml:2: \"loud\" is not off, on, info, warning or error");
  EXPECT_EQ(message("rule:\n  L0101: off\n"),
            "c.yaml:2: unexpected \"rule\"; it holds profile, rules, enable and disable");
  EXPECT_EQ(message("profile: nosuch\n"),
            "c.yaml:1: there is no profile \"nosuch\"; there is escu");
}

TEST(Lint, FieldsAreThoseOfTheNamedDataSources) {
  const auto finds = [](std::string_view search, std::vector<std::string> sources) {
    LintOptions options;
    options.data_sources = std::move(sources);
    return Has(Lint(SharedEngine(), search, options), "L0401");
  };
  EXPECT_TRUE(finds("TargetObject=\"*x*\"", {"Sysmon EventID 11"}));
  EXPECT_TRUE(finds("* | stats count by TargetObject", {"Windows Event Log Security 4688"}));
  EXPECT_FALSE(finds("TargetObject=\"*x*\"", {"Sysmon EventID 13"}));
  EXPECT_FALSE(finds("TargetObject=\"*x*\"", {"Sysmon EventID 11", "Sysmon EventID 13"}));
  EXPECT_FALSE(finds("TargetObject=\"*x*\"", {"Sysmon EventID 11", "CrowdStrike"}));
  EXPECT_FALSE(finds("TargetObject=\"*x*\"", {}));
}

TEST(Lint, WhatMendsKeepsTheSearchCompiling) {
  const std::string search =
      "EventID=1 | where Image=\"*x\" AND CommandLine IN (\"*a*\", \"b\") AND User!=null";
  const std::string mended = MendSearch(SharedEngine(), search, {});
  EXPECT_EQ(mended,
            "EventID=1 | where Image LIKE \"%x\" AND (CommandLine LIKE \"%a%\" OR "
            "CommandLine=\"b\") AND isnotnull(User)");
  EXPECT_TRUE(SharedEngine().Compile(mended).ok());
}

// Any text is linted, that of no search too.
// Each of these would be another search, or might be: it stays as it is.
TEST(Lint, WhatMightChangeTheMeaningIsNotMended) {
  for (const std::string_view text : {
           "a=1 | where x!=\"*a*\"",
           "a=1 | where NOT x=\"*a*\"",
           "a=1 | where NOT (b=1 OR x=\"*a*\")",
           "a=1 | where x NOT IN (\"*a*\", \"b\")",
           "a=1 | where path=\"%TEMP%\\\\*\"",
           "a=1 | where path IN (\"50%*\", \"b\")",
           "a=1 | where path=\"a_b*\"",
           "a=1 | where resource LIKE \"*\"",
           "a=1 | where like(message, \"100*%\")",
           "a=1 | eval y=if(x=\"*a\", 1, 2)",
           "a=1 | table Image User | stats count(_raw) AS n by User",
           "a=1 | table Image User | stats count by _time",
           "a=1 | table Image User | stats latest(Image) by User",
           "a=1 | table Image User | timechart count",
       }) {
    EXPECT_EQ(MendSearch(SharedEngine(), text, {}), text);
  }
  EXPECT_EQ(MendSearch(SharedEngine(), "a=1 | where b=1 AND (c=2 OR x=\"*a\")", {}),
            "a=1 | where b=1 AND (c=2 OR x LIKE \"%a\")");
  EXPECT_EQ(MendSearch(SharedEngine(), "a=1 | where x IN (\"*\", \"*a\")", {}),
            "a=1 | where (x=\"*\" OR x LIKE \"%a\")");
}

TEST(Lint, AFilterBehindAnotherMacroIsFoundAtItsPlace) {
  const std::string_view text = "`comment(\"x\")` a=1 | stats count by b | `my_detection_filter`";
  const std::vector<LintFinding> findings = Lint(SharedEngine(), text, {});
  ASSERT_EQ(findings.size(), 1U) << Told(findings);
  EXPECT_EQ(findings.front().text, "`my_detection_filter`");
}

TEST(Lint, AnAsteriskAloneMayBeMeant) {
  EXPECT_FALSE(Has(Lint(SharedEngine(), "a=1 | where k=\"*\"", {}), "L0103"));
  EXPECT_FALSE(Has(Lint(SharedEngine(), "a=1 | where k IN (\"*\", \"b\")", {}), "L0103"));
  EXPECT_TRUE(Has(Lint(SharedEngine(), "a=1 | where k IN (\"*\", \"*b\")", {}), "L0103"));
}

TEST(Lint, AsterisksBesidePercentsAreToldForWhatTheyAre) {
  const std::string told = Told(Lint(SharedEngine(), "a=1 | where like(message, \"100*%\")", {}));
  EXPECT_NE(told.find("message must have an asterisk there"), std::string::npos) << told;
}

TEST(Lint, ConditionsOfMultivaluesAreNotSaidToBeImpossible) {
  for (const std::string_view text : {"a=1 | where a=1 AND a=2", "a=1 a=2"}) {
    const std::string told = Told(Lint(SharedEngine(), text, {}));
    EXPECT_NE(told.find("one value"), std::string::npos) << told;
  }
}

TEST(Lint, SortBeforeAShortHeadIsNotCut) {
  for (const std::string_view fine : {"a=1 | sort - c | head 20", "a=1 | sort c | head"}) {
    EXPECT_FALSE(Has(Lint(SharedEngine(), fine, {}), "L0901")) << fine;
  }
  for (const std::string_view cut : {"a=1 | sort c | head 20000", "a=1 | sort c | head c<5"}) {
    EXPECT_TRUE(Has(Lint(SharedEngine(), cut, {}), "L0901")) << cut;
  }
}

TEST(Lint, FieldsOfKnowledgeAreInAFeed) {
  LintFeed feed;
  feed.name = "feed.ndjson";
  feed.fields["EventID"] = feed.fields["Computer"] = 1;
  LintOptions options;
  options.feed = std::make_shared<const LintFeed>(std::move(feed));
  const std::string_view text = "EventCode=1 | stats count by dest, no_such_field";
  const std::vector<LintFinding> findings = Lint(SharedEngine(), text, options);
  ASSERT_EQ(findings.size(), 1U) << Told(findings);
  EXPECT_EQ(findings.front().text, "no_such_field");
}

// A rule, a search in which it finds something, and one in which it does not.
TEST(Lint, WidthOfRules) {
  struct Pair {
    std::string_view rule, found, fine;
  };
  const std::string sysmon =
      "source=\"WinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=";
  const auto check = [](std::string_view rule, const std::string& text, bool found) {
    const std::vector<LintFinding> findings = Lint(SharedEngine(), text, {});
    EXPECT_EQ(Has(findings, rule), found) << rule << " " << text << "\n" << Told(findings);
  };
  for (const Pair& pair : std::initializer_list<Pair>{
           // Fields that are taken away by name, also in front of if(), and made again.
           {"L0301", "a=1 | fields - b | where like(b, \"%x%\")",
            "a=1 | fields - b | eval b=c | where like(b, \"%x%\")"},
           {"L0301", "a=1 | rename b AS c | stats count by b",
            "a=1 | rename b AS c | stats count by c"},
           {"L0301", "a=1 | rename b AS c, c AS b, d AS e | stats count by d",
            "a=1 | rename b AS c, c AS b | stats count by b"},
           {"L0301", "a=1 | fields - b | stats count by b", "a=1 | fields - b* | stats count by b"},
           {"L0301", "a=1 | stats count by b | eval x=if(c>9, \"y\", \"n\")",
            "a=1 | stats count by b | eval x=if(count>9, b, null)"},
           {"L0301", "a=1 | timechart span=5m count by host | where count>5",
            "a=1 | timechart span=5m count | where count>5"},
           {"L0301", "a=1 | chart count by user, host | where host=\"x\"",
            "a=1 | chart count by user, host | where user=\"x\""},
           {"L0301", "a=1 | timechart count by host | search count=1",
            "a=1 | timechart count by host | untable _time host count | search count=1"},
           {"L0304", "a=1 | join b [search c=1 | table d]",
            "a=1 | join b [search c=1 | table b d]"},
           {"L0304", "a=1 | join b [search c=1 | stats count]", "a=1 | join b [search c=1]"},
           {"L0215", "EventCode=1 | where EventCode=3", "EventCode=1 | where EventCode=3 OR b=1"},
           {"L0215", "EventCode=1 | search EventCode IN (3, 4)",
            "EventCode=1 | eval EventCode=3 | search EventCode IN (3, 4)"},
           {"L0216", "EventCode=1 | search EventCode=3 OR b=1",
            "EventCode=1 | search NOT EventCode=3"},
           {"L0216", "EventCode IN (1, 2) | where EventCode=3 OR b=1",
            "EventCode=1 | stats count by host | where EventCode=3 OR b=1"},
           {"L0213", "a=1 | where tonumber(b) = \"one\"", "a=1 | where len(b) = \"1\""},
           {"L0214", "a=1 | where b=1 AND isnull(b)", "a=1 | where b=1 OR isnull(b)"},
           {"L0817", "a=1 | where b IN ('cmd.exe', \"x\")", "a=1 | where 'b c'='d e'"},
           {"L0817", "a=1 | eval b='user: '.c", "a=1 | eval b='user name'.c"},
           {"L0817", "a=1 | where like(b, '%x%')", "a=1 | where like('b c', \"%x%\")"},
           {"L0818", "a=1 | where user='admin'", "a=1 | eval admin=1 | where user='admin'"},
           {"L0819", "a=1 | table c.d | eval b=c.d", "a=1 | table e | eval b=c.d"},
           {"L0703", "a=1 | eval d=strptime(_time, \"%Y\")", "a=1 | eval d=strptime(t, \"%Y\")"},
           {"L0706", "a=1 earliest=24h", "a=1 earliest=-24h"},
           {"L0816", "idnex=win a=1", "index=win inbox=1"},
           {"L0801", "process.name:\"cmd.exe\" a=1", "a=1 \"b\""},
           {"L0801", "a=1 command_line~\".*x.*\"", "a=1 source \"b\""},
           {"L0807", "event.code:1 a=1", "a=1 www.example.com:443"},
           {"L0807", "EventID::4688 a=1", "a=1 host::web-1 source::x"},
           {"L0709", "a=1 | timechart count by host span=1h", "a=1 | timechart count by n span=10"},
           {"L0808", "title: x logsource: y detection: z", "title: x"},
           {"L0604", "CommandLine=/.*mimikatz.*/", "path=/usr/bin/"},
           {"L0604", "CommandLine=\"(curl|wget) http\"", "CommandLine=\"* (a) | *\""},
           {"L0022", "inputlookup a.csv", "| inputlookup a.csv"},
           {"L0820", "bitsadmin /list /verbose", "\"bitsadmin /list\" a=1"},
           {"L0821", "a=1 | transaction b maxspan=5 minutes",
            "a=1 | transaction b minutes maxspan=5"},
           {"L0021", "a=1 | sort 0 by b", "a=1 | sort 0 b"},
       }) {
    check(pair.rule, std::string(pair.found), true);
    check(pair.rule, std::string(pair.fine), false);
  }
  // A field of other events that all of the search asks for, or one alternative.
  check("L0401", sysmon + "11 TargetObject=\"*x*\"", true);
  check("L0401", sysmon + "11 (TargetObject=\"*x*\" OR Image=\"*y*\")", false);
  check("L0407", sysmon + "11 (TargetObject=\"*x*\" OR Image=\"*y*\")", true);
  check("L0401", sysmon + "11 (TargetObject=\"*x*\" OR CommandLine=\"*y*\")", true);
  check("L0406", sysmon + "3 DestIp=\"10.0.0.1\"", true);
  check("L0406", sysmon + "3 dest_ip=\"10.0.0.1\" OwnField=1", false);
}

TEST(Lint, OnlySafeEditsAreMadeAtOnce) {
  // More rows than before come of it, so it is for the author to say.
  const std::string_view text = "a=1 | sort b";
  const std::vector<LintFinding> findings = Lint(SharedEngine(), text, {});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(WithEdits(text, findings.front().edits), "a=1 | sort 0 b");
  EXPECT_EQ(MendSearch(SharedEngine(), text, {}), text);
}

TEST(Lint, TakesAnyText) {
  for (const std::string_view text :
       {"", " ", "|", "`", "\"", "```", "``` spelk-lint: disable= ```", "a=", "| where", "((((",
        "\xff\xfe", "a=1 [", "| eval x=", "a OR", "NOT"}) {
    Lint(SharedEngine(), text, AllProfiles());
    MendSearch(SharedEngine(), text, AllProfiles());
  }
}

}  // namespace
}  // namespace spelk
