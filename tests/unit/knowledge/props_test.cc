// Choosing the rules of props.conf, and reading shapes.conf.
#include "knowledge/props.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "knowledge/builtin.h"
#include "knowledge/event_layouts.h"
#include "knowledge/knowledge.h"
#include "knowledge/stanza_pattern.h"
#include "value/regex.h"

namespace spelk::knowledge {
namespace {

bool StanzaMatches(std::string_view stanza, std::string_view value) {
  absl::StatusOr<Regex> regex = Regex::Compile(ParseStanzaName(stanza).where.pattern);
  EXPECT_TRUE(regex.ok()) << stanza;
  return regex.ok() && RegexMatcher(*regex).Match(value) == MatchResult::kYes;
}

TEST(StanzaPattern, KindsAndLiterals) {
  using plan::StanzaKind;
  EXPECT_EQ(ParseStanzaName("default").where.pattern, "");
  EXPECT_EQ(ParseStanzaName("app:log").where.stanza, StanzaKind::kSourcetype);
  EXPECT_EQ(ParseStanzaName("host::a").where.stanza, StanzaKind::kHost);
  EXPECT_EQ(ParseStanzaName("source::a").where.stanza, StanzaKind::kSource);
  EXPECT_TRUE(ParseStanzaName("app*log").literal);
  EXPECT_TRUE(ParseStanzaName("source::/var/log/a.log").literal);
  EXPECT_FALSE(ParseStanzaName("source::/var/log/*").literal);
  EXPECT_FALSE(ParseStanzaName("(?::){0}app*").literal);
}

TEST(StanzaPattern, MatchesTheWholeValue) {
  EXPECT_TRUE(StanzaMatches("app.log", "app.log"));
  EXPECT_FALSE(StanzaMatches("app.log", "appxlog"));
  EXPECT_FALSE(StanzaMatches("app", "app2"));
  EXPECT_FALSE(StanzaMatches("app", "APP"));
  EXPECT_TRUE(StanzaMatches("(?::){0}aws:*", "aws:x"));
  EXPECT_TRUE(StanzaMatches("source::/var/*/a.log", "/var/x/a.log"));
  EXPECT_FALSE(StanzaMatches("source::/var/*/a.log", "/var/x/y/a.log"));
  EXPECT_TRUE(StanzaMatches("source::.../a.log", "/x/y/a.log"));
  EXPECT_TRUE(StanzaMatches("source::/(var|opt)/a.log", "/opt/a.log"));
  EXPECT_FALSE(StanzaMatches("source::/(var|opt)/a.log", "/opt/a.log2"));
  EXPECT_TRUE(StanzaMatches("source::C:\\logs\\a.log", "C:\\logs\\a.log"));
  EXPECT_TRUE(StanzaMatches("source::C:\\\\logs\\\\*.log", "C:\\logs\\a.log"));
  EXPECT_FALSE(StanzaMatches("source::a\n*", "b"));
  EXPECT_TRUE(StanzaMatches("host::web*", "WEB1"));
  EXPECT_FALSE(StanzaMatches("host::web*", "db"));
}

class PropsTest : public testing::Test {
 protected:
  absl::Status Add(std::string_view text, bool builtin = false) {
    Conf conf;
    absl::Status status = conf.Add(text, "props.conf");
    if (status.ok()) status = props_.AddAll(conf, Conf(), lookups_, builtin);
    return status;
  }

  // An expression is a field, or a literal if it has no quotes.
  static absl::StatusOr<plan::ExprPtr> Compile(FieldTable& table, std::string_view text) {
    auto expr = std::make_unique<plan::Expr>();
    if (text == "broken") return absl::InvalidArgumentError("not an expression");
    if (text.starts_with('\'')) {
      expr->kind = plan::ExprKind::kField;
      expr->field = table.Intern(text.substr(1, text.size() - 2));
    } else {
      expr->literal = plan::Literal::Text(std::string(text));
    }
    return expr;
  }

  // "target=expression" of each rule, in order.
  std::string Rules(plan::FieldSet needs) {
    const auto compile = [this](std::string_view text) { return Compile(table_, text); };
    absl::StatusOr<InlinedRules> inlined = props_.RulesFor(needs, table_, compile, cache_);
    if (!inlined.ok()) return std::string(MessageOf(inlined.status()));
    std::string out;
    for (const plan::ComputedColumns& rule : inlined->rules) {
      if (rule.text_source) continue;  // For texts that name fields.
      if (!out.empty()) out += ' ';
      out += rule.targets.front().name();
      out += rule.only_missing ? "?=" : "=";
      if (rule.value == nullptr) {
        out += plan::PrintRule(rule);
      } else {
        out += rule.value->kind == plan::ExprKind::kField
                   ? rule.value->field.name()
                   : std::string_view(rule.value->literal.value().text());
      }
      if (!rule.except.empty()) out += " except " + std::to_string(rule.except.size());
    }
    warnings_ = inlined->unbuilt;
    return out;
  }
  std::string Rules(std::vector<std::string_view> names) {
    plan::FieldSet needs;
    for (const std::string_view name : names) needs.Add(table_.Intern(name));
    return Rules(needs);
  }

  FieldTable table_;
  RuleCache cache_;
  Lookups lookups_;
  Props props_;
  std::vector<std::string> warnings_;
};

TEST_F(PropsTest, OnlyWhatIsRead) {
  ASSERT_TRUE(
      Add("[a]\nFIELDALIAS-x = usr AS user, \"a b\" as c\nEVAL-y = 'user'\nEVAL-z = 1\n").ok());
  EXPECT_EQ(Rules({"q"}), "");
  EXPECT_EQ(Rules({"y"}), "user=usr y=user");
  EXPECT_EQ(Rules({"c"}), "c=a b");
  EXPECT_EQ(Rules({"z", "c"}), "c=a b z=1");
}

TEST_F(PropsTest, AsNewKeepsWhatIsThere) {
  ASSERT_TRUE(Add("[a]\nFIELDALIAS-x = a ASNEW b c asnew d\n").ok());
  EXPECT_EQ(Rules({"b", "d"}), "b?=a d?=c");
}

TEST_F(PropsTest, OrderOfClassesAndStanzas) {
  ASSERT_TRUE(Add("[source::/x]\nEVAL-m = literal\n"
                  "[source::/*]\nEVAL-m = pattern\n"
                  "[source::/**]\nEVAL-m = first\n"
                  "[source::/***]\nEVAL-m = high\npriority = 5\n"
                  "[default]\nEVAL-m = default\n"
                  "[host::h]\nEVAL-m = host\n"
                  "[st]\nEVAL-m = st\nFIELDALIAS-b = 1 AS k\nFIELDALIAS-a = 2 AS k\n")
                  .ok());
  EXPECT_EQ(Rules({"m"}), "m=default m=st m=host m=first m=pattern m=high m=literal");
  EXPECT_EQ(Rules({"k"}), "k=2 k=1");
}

TEST_F(PropsTest, AnAliasGivesWayToTheStanzaOfHigherPrecedence) {
  ASSERT_TRUE(Add("[st]\nFIELDALIAS-a = x AS k\n[other]\nFIELDALIAS-a = y AS k\n"
                  "[source::/s]\nFIELDALIAS-a = z AS k\n")
                  .ok());
  EXPECT_EQ(Rules({"k"}), "k=x except 1 k=y except 1 k=z");
}

TEST_F(PropsTest, BuiltinRulesOnlyAdd) {
  ASSERT_TRUE(Add("[a]\nFIELDALIAS-z = raw AS name\nEVAL-made = 'name'\n", true).ok());
  ASSERT_TRUE(Add("[a]\nFIELDALIAS-a = name AS mine\nEVAL-made = 7\n").ok());
  EXPECT_EQ(Rules({"made", "mine"}), "name?=raw mine=name made?=name made=7");
  plan::FieldSet all = plan::FieldSet::All();
  EXPECT_EQ(Rules(all), "name?=raw mine=name made?=name made=7");
  plan::FieldSet star;
  star.AddPattern("mi*");
  EXPECT_EQ(Rules(star), "name?=raw mine=name");
}

TEST_F(PropsTest, FaultsNameTheirPlace) {
  ASSERT_TRUE(Add("[a]\nFIELDALIAS-x = a b\nEVAL- = 1\n").ok());
  EXPECT_EQ(props_.Problems(),
            (std::vector<std::string>{"props.conf:2: expected FIELDALIAS-x = field AS alias",
                                      "props.conf:3: expected EVAL-field = expression"}));
  EXPECT_EQ(Rules({"b"}), "props.conf:2: expected FIELDALIAS-x = field AS alias");
  EXPECT_EQ(MessageOf(Add("[a]\npriority = x\n")), "props.conf:2: priority must be a whole number");
  ASSERT_TRUE(Add("[b]\nEVAL-x = broken\n").ok());
  EXPECT_EQ(Rules({"x"}), "props.conf:2: not an expression");
  EXPECT_EQ(Rules({"y"}), "");
}

TEST_F(PropsTest, WarnsOfWhatIsNotBuilt) {
  ASSERT_TRUE(Add("[a]\nEXTRACT-e = ^(?<verb>\\w+) (?P<path>\\S+)\nREPORT-r = t\n"
                  "LOOKUP-l = table code OUTPUT action AS verdict note\nKV_MODE = json\n"
                  "SHOULD_LINEMERGE = false\n")
                  .ok());
  EXPECT_EQ(Rules({"verb"}), "verb?=pieces of _raw by \"(?ms)^(?<verb>\\w+) (?P<path>\\S+)\"");
  EXPECT_EQ(warnings_,
            (std::vector<std::string>{"REPORT-r of [a] (props.conf:3), which names the transform t "
                                      "that is not there"}));
  EXPECT_EQ(Rules({"verdict"}),
            "props.conf:4: the lookup table 'table' does not exist or is not available");
  plan::FieldSet nothing;
  Rules(nothing);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(PropsTest, Renames) {
  ASSERT_TRUE(Add("[old]\nrename = new\n").ok());
  EXPECT_EQ(props_.renames().at("old"), "new");
}

absl::StatusOr<std::vector<plan::EventLayout>> LayoutsOf(std::string_view text) {
  Conf conf;
  SPELK_RETURN_IF_ERROR(conf.Add(text, "shapes.conf"));
  return ReadShapes(conf);
}

TEST(LayoutsOf, ReadsEveryKey) {
  const auto shapes = LayoutsOf(
      "[one]\nmembers = a, b.c\nwithout = d\noptional = o\nclosed = 1\nvalue.a = x*\n"
      "unwrap = e[]\nenvelope = f\nskip = true\nprefixes = p., q.*.\n"
      "times = t, u Europe/Berlin\nhost = $h$\nsourcetype = s\nsource = x:$y$\n"
      "also_sourcetypes = s2, s3\nalso_sources = z\n[two]\nmembers = z\n");
  ASSERT_TRUE(shapes.ok()) << MessageOf(shapes.status());
  ASSERT_EQ(shapes->size(), 2U);
  const plan::EventLayout& one = (*shapes)[0];
  EXPECT_EQ(one.name, "one");
  EXPECT_EQ(one.members, (std::vector<std::string>{"a", "b.c"}));
  EXPECT_EQ(one.values[0].second, "x*");
  EXPECT_TRUE(one.closed && one.skip);
  EXPECT_EQ(one.times[1].member, "u");
  EXPECT_EQ(one.times[1].zone, "Europe/Berlin");
  EXPECT_EQ(one.prefixes[1], "q.*.");
  EXPECT_EQ(one.also_sourcetypes.size(), 2U);
}

TEST(LayoutsOf, FaultsNameTheirPlace) {
  const auto message = [](std::string_view text) {
    return std::string(MessageOf(LayoutsOf(text).status()));
  };
  EXPECT_EQ(message("[a]\nmembers = x\nnone = 1\n"), "shapes.conf:3: a shape has no \"none\"");
  EXPECT_EQ(message("[a]\nhost = x\n"), "shapes.conf:2: [a]: a shape needs members or values");
  EXPECT_EQ(message("[a]\nmembers = x\nsource = $y\n"),
            "shapes.conf:2: [a]: a member in host, sourcetype, source … stands between two $");
  EXPECT_EQ(message("[a]\nmembers = x\nprefixes = y\n"),
            "shapes.conf:2: [a]: a prefix ends with a dot");
}

std::string Shown(const NamedExtraction& extraction) {
  std::string out = extraction.source + (extraction.names_in_text ? " names" : "");
  const auto add = [&out](const plan::ExtractedText& text) {
    for (const std::string& each : text.texts) out += " '" + each + "'";
    for (const uint64_t group : text.groups) out += " $" + std::to_string(group);
  };
  for (const std::string& target : extraction.targets) out += " " + target;
  for (const plan::ExtractedText& text : extraction.extraction.values) add(text);
  for (const plan::ExtractedText& text : extraction.extraction.names) add(text);
  for (const plan::ExtractedText& text : extraction.extraction.named_values) add(text);
  return out;
}

void ExpectSameExtract(std::string_view value) {
  const auto compiled = ParseExtract(value);
  ASSERT_TRUE(compiled.ok()) << value << MessageOf(compiled.status());
  EXPECT_EQ(Shown(*ParseExtract(value, RegexCheck::kTrust)), Shown(*compiled)) << value;
}

void ExpectSameTransforms(const Conf& conf) {
  for (const Stanza& stanza : conf.stanzas()) {
    const auto compiled = ParseTransform(stanza);
    ASSERT_TRUE(compiled.ok()) << stanza.name << MessageOf(compiled.status());
    const auto trusted = ParseTransform(stanza, RegexCheck::kTrust);
    ASSERT_EQ(trusted->has_value(), compiled->has_value()) << stanza.name;
    if (!*trusted) continue;
    EXPECT_EQ(Shown(**trusted), Shown(**compiled)) << stanza.name;
  }
}

// What is told of groups without compiling is what compiling tells.
TEST(Builtin, RegularExpressionsAreRight) {
  const absl::StatusOr<Conf> props = BuiltinConf("props.conf");
  ASSERT_TRUE(props.ok()) << MessageOf(props.status());
  for (const Stanza& stanza : props->stanzas()) {
    for (const Setting& setting : stanza.settings) {
      if (setting.key.starts_with("EXTRACT-")) ExpectSameExtract(setting.value);
    }
  }
  const absl::StatusOr<Conf> transforms = BuiltinConf("transforms.conf");
  ASSERT_TRUE(transforms.ok()) << MessageOf(transforms.status());
  ExpectSameTransforms(*transforms);
}

TEST(Extractions, GroupsAreCountedWithoutCompiling) {
  for (const std::string_view value :
       {"a=(?<a>\\d+) (?P<b>x)|(y)(?<c>z)", "(?<=x)(?<!y)(?<_KEY_1>\\w+)=(?<_VAL_1>\\w+)(?<c>z)",
        "user (?<user>\\S+) in Message", "no names in here", "\\((?<a>x)\\(\\\\(?<b>y)",
        "[(](?<a>x)[^]()](?<b>[[:alpha:](]+)[\\](](?<c>y)", "(?i:x)(?>y)(?=z)?(?<a>z)(?!w)",
        "(a(b(?<x>c)))(?<y>d)"}) {
    ExpectSameExtract(value);
  }
  Conf conf;
  ASSERT_TRUE(conf.Add("[format]\nREGEX = (a)(b)\nFORMAT = x::$1 $2::\"v\" y::c\n"
                       "[cut]\nDELIMS = \",\"\nFIELDS = \"a\", b\nSOURCE_KEY = field:m\n"
                       "[pairs]\nDELIMS = \",\", \"=\"\n[table]\nfilename = t.csv\n",
                       "transforms.conf")
                  .ok());
  ExpectSameTransforms(conf);
}

TEST(Builtin, ItsFilesAreInOrder) {
  const absl::StatusOr<Conf> shapes = BuiltinConf("shapes.conf");
  ASSERT_TRUE(shapes.ok()) << MessageOf(shapes.status());
  const auto read = ReadShapes(*shapes);
  EXPECT_TRUE(read.ok()) << MessageOf(read.status());
  const absl::StatusOr<Conf> conf = BuiltinConf("props.conf");
  const absl::StatusOr<Conf> transforms = BuiltinConf("transforms.conf");
  ASSERT_TRUE(conf.ok()) << MessageOf(conf.status());
  ASSERT_TRUE(transforms.ok()) << MessageOf(transforms.status());
  Props props;
  const Lookups lookups;
  const absl::Status status = props.AddAll(*conf, *transforms, lookups, true);
  EXPECT_TRUE(status.ok()) << MessageOf(status);
  EXPECT_TRUE(props.Problems().empty()) << props.Problems().front();
  for (const std::string_view file : {"eventtypes.conf", "tags.conf", "macros.conf"}) {
    const absl::StatusOr<Conf> each = BuiltinConf(file);
    EXPECT_TRUE(each.ok()) << MessageOf(each.status());
  }
  EventClasses classes;
  EXPECT_TRUE(classes.Load(*BuiltinConf("eventtypes.conf"), *BuiltinConf("tags.conf")).ok());
  EXPECT_EQ(BuiltinFile("default/none.conf"), "");
  EXPECT_EQ(BuiltinFilesNamed("default/props.conf").front(), "default/props.conf");
  EXPECT_TRUE(BuiltinTable("spelk_windows_signatures.csv").starts_with("channel,"));
  Knowledge knowledge;
  ASSERT_TRUE(knowledge.Load({.builtin = true}).ok());
  EXPECT_FALSE(knowledge.shapes().empty());
  EXPECT_NE(knowledge.macros().Find("drop_dm_object_name", 1), nullptr);
  Knowledge without;
  ASSERT_TRUE(without.Load({.builtin = false}).ok());
  EXPECT_TRUE(without.shapes().empty());
}

}  // namespace
}  // namespace spelk::knowledge
