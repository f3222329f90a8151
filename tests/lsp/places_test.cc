// The language server: places, edits, and searches within files of other kinds.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lsp/fixture.h"

namespace spelk::tests {
namespace {

class LspPlaces : public Lsp {
 protected:
  // The text after a rename; the reason if it is refused.
  std::string Renamed(std::string_view marked, std::string_view name, std::string_view uri = kUri) {
    const Json answer = client_.Ask("textDocument/rename", uri, marked,
                                    fmt::format(R"(,"newName":{})", QuotedJson(name)));
    const Json& error = At(answer, "error");
    if (error.kind == Json::Kind::kObject) {
      EXPECT_EQ(TextAt(error, "code"), "-32803");
      return TextAt(error, "message");
    }
    std::string text(marked);
    text.erase(text.find('^'), 1);
    const Json& changes = At(answer, "result.changes");
    if (changes.members.size() != 1) return "no changes";
    return WithEdits(text, changes.members.front().value);
  }

  // Edits of one line each, in lines of ASCII; the last first.
  static std::string WithEdits(std::string text, const Json& edits) {
    for (size_t i = edits.items.size(); i-- > 0;) {
      const Json& edit = edits.items[i];
      const auto number = [&](std::string_view path) {
        return std::strtoul(TextAt(edit, path).c_str(), nullptr, 10);
      };
      size_t begin = 0;
      for (size_t line = number("range.start.line"); line > 0; --line) {
        begin = text.find('\n', begin) + 1;
      }
      const size_t from = number("range.start.character");
      const size_t to = number("range.end.character");
      EXPECT_EQ(TextAt(edit, "range.start.line"), TextAt(edit, "range.end.line"));
      text.replace(begin + from, to - from, TextAt(edit, "newText"));
    }
    return text;
  }

  // What stands at the ranges of problems; lines of ASCII.
  static std::vector<std::string> Pieces(std::string_view text, const Json& problems) {
    std::vector<std::string> pieces;
    for (const Json& problem : problems.items) {
      size_t begin = 0;
      const auto number = [&](std::string_view path) {
        return std::strtoul(TextAt(problem, path).c_str(), nullptr, 10);
      };
      for (size_t line = number("range.start.line"); line > 0; --line) {
        begin = text.find('\n', begin) + 1;
      }
      const size_t from = number("range.start.character");
      pieces.emplace_back(text.substr(begin + from, number("range.end.character") - from));
    }
    return pieces;
  }
};

// ---------------------------------------------------------------- renaming

TEST_F(LspPlaces, RenamesWhatACommandMakes) {
  EXPECT_EQ(Renamed("a=1 | eval b^=a+1 | where b>1 | stats count by b", "c"),
            "a=1 | eval c=a+1 | where c>1 | stats count by c");
  EXPECT_EQ(Renamed("x | stats dc(u) AS n BY h | where n^>1 | eval y=\"n\" | table h n y", "users"),
            "x | stats dc(u) AS users BY h | where users>1 | eval y=\"n\" | table h users y");
  EXPECT_EQ(Renamed("x | rex \"(?<us^er>.)\" | stats count by user", "who"),
            "x | rex \"(?<who>.)\" | stats count by who");
  EXPECT_EQ(Renamed("x | rename c AS d | eval e=d | sort - d^ | dedup d", "f"),
            "x | rename c AS f | eval e=f | sort - f | dedup f");
  EXPECT_EQ(Renamed("x=1 | eval t=x | stats sum(x) AS t^ | eval u=t", "v"),
            "x=1 | eval v=x | stats sum(x) AS v | eval u=v");
  EXPECT_EQ(Renamed("user=1 | stats values(user) AS user^ BY h | eval z=user", "v"),
            "user=1 | stats values(user) AS v BY h | eval z=v");
}

TEST_F(LspPlaces, GivesANameWithAsWhereTheOldOneStays) {
  EXPECT_EQ(Renamed("x | stats count BY h | where count^>1", "n"),
            "x | stats count AS n BY h | where n>1");
  EXPECT_EQ(Renamed("x | eval code^=1 | lookup spelk_http_status code OUTPUT phrase", "c"),
            "x | eval c=1 | lookup spelk_http_status code AS c OUTPUT phrase");
}

TEST_F(LspPlaces, WritesANameAsItsPlaceNeedsIt) {
  EXPECT_EQ(Renamed("a | eval b^=1 | where b>1 | stats count by b", "new name"),
            "a | eval 'new name'=1 | where 'new name'>1 | stats count by \"new name\"");
  EXPECT_EQ(Renamed("a | eval 'b c^'=1 | stats sum(\"b c\") AS q", "d"),
            "a | eval d=1 | stats sum(d) AS q");
}

TEST_F(LspPlaces, QuotesWordsOfTheLanguage) {
  EXPECT_EQ(Renamed("x | eval b^=1 | where b>1 AND c=2 | stats count BY b | search b=1", "AND"),
            "x | eval 'AND'=1 | where 'AND'>1 AND c=2 | stats count BY \"AND\" | search \"AND\"=1");
  EXPECT_EQ(Renamed("x | stats sum(c) AS b^ BY d | table b", "by"),
            "x | stats sum(c) AS \"by\" BY d | table \"by\"");
  EXPECT_EQ(Renamed("x | rex \"(?<b^>.)\" | where b=1", "not"),
            "x | rex \"(?<not>.)\" | where 'not'=1");
}

TEST_F(LspPlaces, RefusesWhatIsNotSafe) {
  EXPECT_EQ(Renamed("a^=1 | eval b=a", "c"),
            "a is a field of the events: no command before makes it");
  EXPECT_EQ(Renamed("a=1 | eval a^=a+1", "c"),
            "a is a field of the events, too, which the command in line 1 changes");
  EXPECT_EQ(Renamed("x | eval b^=1 | table b*", "c"), "the pattern b* in line 1 takes it");
  EXPECT_EQ(Renamed("x | eval b^=1 | append [search c | eval b=2]", "d"),
            "a subsearch names b, too, in line 1");
  EXPECT_EQ(Renamed("x | eval b^=1\n| eval d=b", "d"), "there is a field d already, in line 2");
  EXPECT_EQ(Renamed("x | eval b^=1 | `m(b)`", "c"), "the macro `m(b)` in line 1 names it");
  EXPECT_EQ(Renamed("x | eval b^=1 | head (", "c"), "the command in line 1 cannot be read");
  EXPECT_EQ(Renamed("x | eval b^=1 | map search=\"search c=$b$\"", "d"),
            "the text in line 1 may mean it");
  EXPECT_EQ(Renamed("x | rex \"(?<us^er>.)\"", "a b"),
            "\"a b\" cannot be the name of a group of a regular expression");
  EXPECT_EQ(Renamed("x | eval b^=1", ""), "a field needs a name");
}

TEST_F(LspPlaces, FindsTheUsesOfAField) {
  Json answer = client_.Ask("textDocument/definition", kUri, "a=1 | eval b=a\n| where b^>1");
  EXPECT_EQ(RangeText(At(answer, "result.range")), "0:11-0:12");
  answer = client_.Ask("textDocument/references", kUri, "a=1 | eval b=a\n| where b^>1");
  ASSERT_EQ(At(answer, "result").items.size(), 2U);
  EXPECT_EQ(RangeText(At(answer, "result.1.range")), "1:8-1:9");
  answer = client_.Ask("textDocument/prepareRename", kUri, "a=1 | eval b=a\n| where b^>1");
  EXPECT_EQ(TextAt(answer, "result.placeholder"), "b");
  answer = client_.Ask("textDocument/prepareRename", kUri, "a=1 | he^ad 5");
  EXPECT_EQ(At(answer, "result").kind, Json::Kind::kNull);
}

// ---------------------------------------------------------------- fixes, outline

TEST_F(LspPlaces, FixesWhatIsMisspelt) {
  client_.Open(kUri, "a | stts count");
  const Json answer = client_.Request(
      "textDocument/codeAction",
      fmt::format(R"({{"textDocument":{{"uri":"{}"}},"range":{{"start":{{"line":0,"character":5}},)"
                  R"("end":{{"line":0,"character":5}}}},"context":{{"diagnostics":[]}}}})",
                  kUri));
  EXPECT_EQ(TextAt(answer, "result.0.title"), "Replace stts with stats");
  const Json& changes = At(answer, "result.0.edit.changes");
  ASSERT_EQ(changes.members.size(), 1U);
  EXPECT_EQ(WithEdits("a | stts count", changes.members.front().value), "a | stats count");
}

TEST_F(LspPlaces, FormatsFiles) {
  const auto formatted = [&](std::string_view uri, std::string_view text) -> std::string {
    client_.Open(uri, text);
    const Json answer = client_.Request(
        "textDocument/formatting",
        fmt::format(R"({{"textDocument":{{"uri":"{}"}},"options":{{"tabSize":4}}}})", uri));
    if (At(answer, "error").kind == Json::Kind::kObject) return TextAt(answer, "error.code");
    const Json& edits = At(answer, "result");
    if (edits.items.empty()) return std::string(text);
    // One edit, over whole lines.
    const auto line = [&](std::string_view path) {
      size_t at = 0;
      size_t number = std::strtoul(TextAt(edits, path).c_str(), nullptr, 10);
      for (; number > 0; --number) at = text.find('\n', at) + 1;
      return at;
    };
    const size_t begin = line("0.range.start.line");
    const size_t end =
        TextAt(edits, "0.range.end.character") == "0" ? line("0.range.end.line") : text.size();
    return std::string(text.substr(0, begin)) + TextAt(edits, "0.newText") +
           std::string(text.substr(end));
  };
  EXPECT_EQ(formatted(kUri, "index=a|stats count by x\n"), "index=a\n| stats count by x\n");
  EXPECT_EQ(formatted(kUri, "index=a\n| stats count by x\n"), "index=a\n| stats count by x\n");
  EXPECT_EQ(formatted(kUri, "index=a | head ("), "-32803");
  EXPECT_EQ(formatted("file:///d.yml", "name: x\nsearch: |-\n  index=a|head 5\nhow: y\n"),
            "name: x\nsearch: |-\n  index=a\n  | head 5\nhow: y\n");
}

TEST_F(LspPlaces, LintFindingsComeWithTheirEdits) {
  constexpr std::string_view kText = "index=a | where like(b, \"*cmd*\")";
  const Json problems = client_.Open(kUri, kText);
  ASSERT_EQ(problems.items.size(), 1U);
  EXPECT_EQ(TextAt(problems, "0.severity"), "2");
  EXPECT_EQ(TextAt(problems, "0.code").substr(0, 1), "L");
  const Json answer = client_.Request(
      "textDocument/codeAction",
      fmt::format(R"({{"textDocument":{{"uri":"{}"}},"range":{},"context":{{"diagnostics":[]}}}})",
                  kUri, R"({"start":{"line":0,"character":0},"end":{"line":0,"character":99}})"));
  const Json& changes = At(answer, "result.0.edit.changes");
  ASSERT_EQ(changes.members.size(), 1U);
  EXPECT_EQ(WithEdits(std::string(kText), changes.members.front().value),
            "index=a | where like(b, \"%cmd%\")");
}

TEST_F(LspPlaces, AnEditMayEndWithAnEscape) {
  constexpr std::string_view kText = "search: \"a | where like(b, \\\"*x*\\\")\"\n";
  client_.Open("file:///d.yml", kText);
  const Json answer = client_.Request(
      "textDocument/codeAction",
      fmt::format(R"({{"textDocument":{{"uri":"file:///d.yml"}},"range":{},)"
                  R"("context":{{"diagnostics":[]}}}})",
                  R"({"start":{"line":0,"character":0},"end":{"line":0,"character":99}})"));
  const Json& changes = At(answer, "result.0.edit.changes");
  ASSERT_EQ(changes.members.size(), 1U);
  EXPECT_EQ(WithEdits(std::string(kText), changes.members.front().value),
            "search: \"a | where like(b, \\\"%x%\\\")\"\n");
}

TEST_F(LspPlaces, AllFindingsAreMendedAtOnce) {
  constexpr std::string_view kText =
      "search: |-\n  a\n  | where like(b, \"*x*\")\n  | where like(c, \"*y*\")\n";
  client_.Open("file:///d.yml", kText);
  const Json answer = client_.Request(
      "textDocument/codeAction",
      R"({"textDocument":{"uri":"file:///d.yml"},"range":{"start":{"line":1,"character":2},)"
      R"("end":{"line":1,"character":2}},"context":{"diagnostics":[],"only":["source.fixAll"]}})");
  ASSERT_EQ(EachText(At(answer, "result"), "kind"),
            (std::vector<std::string>{"source.fixAll.spelk"}));
  const Json& changes = At(answer, "result.0.edit.changes");
  ASSERT_EQ(changes.members.size(), 1U);
  EXPECT_EQ(TextAt(changes.members.front().value, "0.newText"), "%x%\")\n  | where like(c, \"%y%");
  EXPECT_EQ(RangeText(At(changes.members.front().value, "0.range")), "2:19-3:22");
}

TEST(LspLint, AConfigurationAboveTheFileCounts) {
  const Folder folder;
  folder.Write(".spelk-lint.yaml", "rules:\n  star-in-like: off\n");
  const std::string uri = folder.Write("searches/a.spl", "");
  LspClient client(Program());
  client.Initialize();
  EXPECT_EQ(client.Open(uri, "index=a | where like(b, \"*cmd*\")").items.size(), 0U);
  EXPECT_EQ(client.Leave(), 0);
}

TEST_F(LspPlaces, OutlinesTheStages) {
  client_.Open(kUri, "index=a [ search b | fields c ]\n| stats count by d");
  const Json answer = client_.Request("textDocument/documentSymbol",
                                      fmt::format(R"({{"textDocument":{{"uri":"{}"}}}})", kUri));
  EXPECT_EQ(EachText(At(answer, "result"), "name"), (std::vector<std::string>{"search", "stats"}));
  EXPECT_EQ(EachText(At(answer, "result.0.children"), "name"),
            (std::vector<std::string>{"search", "fields"}));
  EXPECT_EQ(RangeText(At(answer, "result.1.range")), "1:2-1:18");
}

// ---------------------------------------------------------------- searches within files

TEST_F(LspPlaces, SearchesOfDetectionsHaveTheirPlaces) {
  constexpr std::string_view kFile =
      "name: x\n"
      "search: |-\n"
      "    index=a\n"
      "      | stts count\n"
      "\n"
      "    | tabl n\n"
      "how: index=b | evl\n"
      "drilldown_searches:\n"
      "- search: 'a=\"it''s\" | evl x=1'\n"
      "- search: \"a=\\\"b\\\\c\\\" | evm x=1\"\n"
      "- search: >-\n"
      "    index=b\n"
      "    | evn y=2\n"
      "- search: index=a | evo b=2\n"
      "    | stuts c\n";
  const Json problems = client_.Open("file:///d.yml", kFile);
  EXPECT_EQ(Pieces(kFile, problems),
            (std::vector<std::string>{"stts", "tabl", "evl", "evm", "evn", "evo", "stuts"}));
  // In files of tests queries are searches; elsewhere they may be in any language.
  EXPECT_EQ(client_.Open("file:///e.yml", "query: a | evl\n").items.size(), 0U);
  EXPECT_EQ(client_.Open("file:///f.yml", "query: a | evl\ncases: []\n").items.size(), 1U);
}

TEST_F(LspPlaces, SearchesOfSavedSearchesHaveTheirPlaces) {
  constexpr std::string_view kFile =
      "# A comment.\n"
      "[One]\n"
      "description = search = stts\n"
      "search = index=a | stts count \\\n"
      "  | evl b=1 \\\n"
      "| tabl c\n"
      "cron_schedule = 1\n"
      "[Two]\r\n"
      "search = index=a | stuts\r\n";
  const Json problems = client_.Open("file:///default/savedsearches.conf", kFile);
  EXPECT_EQ(Pieces(kFile, problems), (std::vector<std::string>{"stts", "evl", "tabl", "stuts"}));
  const Json answer =
      client_.Request("textDocument/documentSymbol",
                      R"({"textDocument":{"uri":"file:///default/savedsearches.conf"}})");
  EXPECT_EQ(EachText(At(answer, "result"), "name"), (std::vector<std::string>{"One", "Two"}));
  EXPECT_EQ(EachText(At(answer, "result.1.children"), "name"),
            (std::vector<std::string>{"search", "stuts"}));
}

TEST_F(LspPlaces, AFileOfManySearchesIsCheckedPieceByPiece) {
  std::string file;
  for (int i = 0; i < 250; ++i) file += fmt::format("[s{0}]\nsearch = a | stts{0}\n", i);
  size_t told = client_.Open("file:///savedsearches.conf", file).items.size();
  EXPECT_LT(told, 250U);
  while (told < 250) {
    const size_t more = At(Diagnostics(), "diagnostics").items.size();
    ASSERT_GT(more, told);
    told = more;
  }
}

TEST_F(LspPlaces, CompletesWithinFiles) {
  EXPECT_EQ(Completions("search: index=a | dedu^", "file:///d.yml").front(), "dedup");
  EXPECT_TRUE(Has(Completions("search: index=a | ^", "file:///d.yml"), "stats"));
  EXPECT_EQ(Completions("search: |\n  index=a\n  | dedu^\n", "file:///d.yml").front(), "dedup");
  EXPECT_TRUE(Has(Completions("search: |\n  index=a\n  | ^\nname: b\n", "file:///d.yml"), "stats"));
  EXPECT_TRUE(Completions("search: |\n  index=a\nname: dedu^\n", "file:///d.yml").empty());
  EXPECT_EQ(Completions("[a]\nsearch = a \\\n| dedu^", "file:///savedsearches.conf").front(),
            "dedup");
  EXPECT_EQ(Renamed("search: |\n  a | eval b^=1\n  | where b>2\n", "c", "file:///d.yml"),
            "search: |\n  a | eval c=1\n  | where c>2\n");
  EXPECT_EQ(Renamed("search: \"a | rename x AS \\\"b c^\\\" | table \\\"b c\\\"\"\n", "d",
                    "file:///d.yml"),
            "search: \"a | rename x AS d | table d\"\n");
  EXPECT_EQ(Renamed("search: 'a | eval ''b^ c''=1 | where ''b c''>2'\n", "d", "file:///d.yml"),
            "search: 'a | eval d=1 | where d>2'\n");
  EXPECT_EQ(Renamed("search: 'a | eval b^=1 | where b>2'\n", "c d", "file:///d.yml"),
            "search: 'a | eval ''c d''=1 | where ''c d''>2'\n");
}

TEST_F(LspPlaces, BrokenYamlIsToldWithWhatStandsBeforeIt) {
  const Json problems = client_.Open("file:///d.yml", "search: a | stts\nb: [\nc: }\n");
  ASSERT_EQ(problems.items.size(), 2U);
  EXPECT_EQ(RangeText(At(problems, "0.range")), "0:12-0:16");
  EXPECT_EQ(TextAt(problems, "1.range.start.line"), "2");
}

TEST(LspPack, MacrosOfATreeOfDetectionsAreKnown) {
  const Folder folder;
  folder.Write("macros/process.yml",
               "definition: EventID=1\nname: process_events\narguments: []\n");
  const std::string uri = folder.Write("detections/endpoint/d.yml", "name: d\nsearch: a\n");
  LspClient client(Program());
  client.Initialize();
  EXPECT_EQ(client.Open(uri, "search: '`process_events` | stats count'\n").items.size(), 0U);
  const Json answer =
      client.Ask("textDocument/definition", uri, "search: '`process_ev^ents` | stats count'\n");
  EXPECT_EQ(TextAt(answer, "result.uri"),
            "file://" + (folder.path() / "macros/process.yml").string());
  EXPECT_EQ(client.Leave(), 0);
}

TEST(LspPack, DefinitionsOfMacrosAreCompleted) {
  const Folder folder;
  const std::string yaml = folder.Write("macros/who.yml", "name: who\n");
  LspClient client(Program());
  client.Initialize();
  client.Open(yaml, "name: who\n");
  const auto labels = [&](const std::string& uri, std::string_view text) {
    return EachText(
        At(client.Ask("textDocument/completion", uri, std::string(text)), "result.items"), "label");
  };
  EXPECT_TRUE(Has(labels(yaml, "name: who\ndefinition: eval x=1 | sta^\n"), "stats"));
  EXPECT_EQ(labels(yaml, "name: who\narguments: [user, host]\ndefinition: user=$u^\n"),
            (std::vector<std::string>{"user"}));
  EXPECT_EQ(labels(yaml, "name: who\narguments:\n  - user\n  - host\ndefinition: a=$^\n"),
            (std::vector<std::string>{"user", "host"}));
  EXPECT_TRUE(Has(labels(yaml, "arguments: [user]\ndefinition: user=$user$ | sta^\n"), "stats"));
  const std::string conf = folder.Write("app/default/macros.conf", "");
  client.Open(conf, "");
  const std::string_view stanzas =
      "[a(1)]\nargs = x\ndefinition = b\n[who(2)]\ndefinition = user=$na^\nargs = name, host\n";
  const Json answer = client.Ask("textDocument/completion", conf, std::string(stanzas));
  EXPECT_EQ(EachText(At(answer, "result.items"), "label"), (std::vector<std::string>{"name"}));
  EXPECT_EQ(TextAt(answer, "result.items.0.textEdit.newText"), "name$");
  EXPECT_EQ(client.Leave(), 0);
}

}  // namespace
}  // namespace spelk::tests
