// How searches are laid out, alone and within files.
#include "spelk/format.h"

#include <gtest/gtest.h>

#include <string>

namespace spelk {
namespace {

const Engine& TheEngine() {
  static const Engine engine;
  return engine;
}

std::string Formatted(std::string_view text, size_t width = 60) {
  const Result<std::string> formatted = FormatSearch(TheEngine(), text, {.width = width});
  return formatted.ok() ? *formatted : formatted.error().Render();
}

FormattedFile File(std::string_view text, FileKind kind) {
  Result<FormattedFile> file = FormatFile(TheEngine(), text, "file", kind, {.width = 60});
  EXPECT_TRUE(file.ok());
  return file.ok() ? *std::move(file) : FormattedFile();
}

TEST(FormatTest, PutsEachStageOnALine) {
  EXPECT_EQ(Formatted("  index=a   b = \"c  d\"|stats   count  BY x|`m( a )` "),
            "index=a b=\"c  d\"\n| stats count BY x\n| `m( a )`");
  EXPECT_EQ(Formatted("|makeresults|  head 1"), "| makeresults\n| head 1");
}

TEST(FormatTest, BreaksSearchTermsWhereTheyMayBreak) {
  EXPECT_EQ(Formatted("index=windows sourcetype=security EventCode=4688 AND (Image=*cmd.exe OR "
                      "Image=*powershell.exe OR Image=*pwsh.exe) NOT(a=1)user IN (a,b)"),
            "index=windows sourcetype=security EventCode=4688\n"
            "    AND (Image=*cmd.exe OR Image=*powershell.exe\n"
            "        OR Image=*pwsh.exe)\n"
            "    NOT (a=1)user IN (a, b)");
}

TEST(FormatTest, KeepsBlanksThatMayMeanSomething) {
  EXPECT_EQ(Formatted("x! = 1"), "x! =1");
  EXPECT_EQ(Formatted("* | sort -a, - b,+c | fields  -  d | return  x = y"),
            "*\n| sort -a, - b, +c\n| fields - d\n| return x = y");
  EXPECT_EQ(Formatted("* | eval a=b.c . d, e=- 1 + -2 | sendemail to=a@b.c,d@e.f x , y"),
            "*\n| eval a = b.c . d, e = - 1 + -2\n| sendemail to=a@b.c,d@e.f x, y");
  EXPECT_EQ(Formatted("* | stats count(eval(a=1   AND b)) sum(eval( a+1 )) as c"),
            "*\n| stats count(eval(a=1   AND b)) sum(eval(a + 1)) as c");
  EXPECT_EQ(Formatted("* | bin span=[search a | return $b]m _time | head 1"),
            "*\n| bin span=[ search a\n      | return $b ]m _time\n| head 1");
  EXPECT_EQ(Formatted("TERM( a  b )  CASE(x)"), "TERM( a  b ) CASE(x)");
}

TEST(FormatTest, BreaksExpressions) {
  EXPECT_EQ(
      Formatted("* | eval a=1,b = case(x=1,\"one\", x=2,\"two\", true(),\"many, many, more\"),c=2"),
      "*\n| eval a = 1,\n    b = case(\n        x = 1, \"one\",\n        x = 2, \"two\",\n"
      "        true(), \"many, many, more\"),\n    c = 2");
  EXPECT_EQ(
      Formatted("* | where a>1 and (b like \"x%\" OR c IN (1,2) or match(dddddddddddddd, \"e\")) "
                "AND NOT f"),
      "*\n| where a > 1\n    and (b like \"x%\"\n        OR c IN (1, 2)\n"
      "        or match(dddddddddddddd, \"e\"))\n    AND NOT f");
}

TEST(FormatTest, BreaksClauses) {
  EXPECT_EQ(
      Formatted("* | stats count min(_time) as first max(_time) as last by user, dest, process"),
      "*\n| stats count min(_time) as first max(_time) as last\n    by user, dest, process");
}

TEST(FormatTest, IndentsSubsearches) {
  EXPECT_EQ(Formatted("a [search b|fields c] | append [ | inputlookup t ] | join x [search d | "
                      "append [search e | head 1]]"),
            "a\n    [ search b\n      | fields c ]\n| append [| inputlookup t]\n| join x\n"
            "    [ search d\n      | append\n          [ search e\n            | head 1 ] ]");
}

TEST(FormatTest, KeepsComments) {
  EXPECT_EQ(
      Formatted("``` head ``` a ``` behind ``` | stats count\n``` alone ```\n| head 1 ```end```"),
      "``` head ```\na ``` behind ```\n| stats count\n``` alone ```\n| head 1 ```end```");
  EXPECT_EQ(Formatted("a\n``` alone ``` b"), "a\n    ``` alone ```\n    b");
}

TEST(FormatTest, TakesItsLineEndsFromTheText) {
  EXPECT_EQ(Formatted("a\r\n|head 1|head 2"), "a\r\n| head 1\r\n| head 2");
}

TEST(FormatTest, RefusesWhatDoesNotParse) {
  const Result<std::string> formatted =
      FormatSearch(TheEngine(), "a | stats count by", {}, "x.spl");
  ASSERT_FALSE(formatted.ok());
  EXPECT_EQ(formatted.error().kind(), ErrorKind::kQuery);
  EXPECT_NE(formatted.error().Render().find("x.spl:1:19: error E0101"), std::string::npos)
      << formatted.error().Render();
}

TEST(FormatTest, GivesUpWhatWouldBeTooLong) {
  // Each word on a line of its own, far to the right.
  std::string deep(200, '(');
  for (int i = 0; i < 5'000; ++i) deep += " bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
  deep += std::string(200, ')');
  Result<std::string> formatted = FormatSearch(TheEngine(), deep);
  ASSERT_FALSE(formatted.ok());
  EXPECT_NE(formatted.error().Render().find("formatted, the search would have more than"),
            std::string::npos)
      << formatted.error().Render();
  // Blanks are words of the lexer.
  std::string flat = "| eval a=1";
  for (int i = 0; i < 49'000; ++i) flat += ",b=2";
  ASSERT_TRUE(TheEngine().Parse(flat).diagnostics.empty());
  formatted = FormatSearch(TheEngine(), flat);
  ASSERT_FALSE(formatted.ok());
  EXPECT_EQ(formatted.error().code(), "E0105");
}

TEST(FormatTest, FormatsBlocksOfYaml) {
  const FormattedFile file = File(
      "a: 'x:  y'\nsearch: |-\n    b  c\n    |head 1\n\nd: [1,  2]\n"
      "tests:\n- query: >\n    e |\n    head 2\n",
      FileKind::kYaml);
  EXPECT_EQ(file.text,
            "a: 'x:  y'\nsearch: |-\n    b c\n    | head 1\n\nd: [1,  2]\n"
            "tests:\n- query: |\n    e\n    | head 2\n");
  EXPECT_EQ(file.searches, 2U);
  EXPECT_EQ(file.changed, 2U);
}

TEST(FormatTest, MakesBlocksOfWhatDoesNotStayOnALine) {
  EXPECT_EQ(File("Ä: ö\nsearch: 'a=\"it''s\"\n  | head 1' # why\nb: 1\n", FileKind::kYaml).text,
            "Ä: ö\nsearch: |- # why\n  a=\"it's\"\n  | head 1\nb: 1\n");
  EXPECT_EQ(File("search: a|head 1", FileKind::kYaml).text, "search: |-\n  a\n  | head 1");
  EXPECT_EQ(File("search: \"a  b=\\\"c\\\\\\\\d\\\"\"\n", FileKind::kYaml).text,
            "search: \"a b=\\\"c\\\\\\\\d\\\"\"\n");
}

TEST(FormatTest, LeavesInYamlWhatItCannotWrite) {
  const std::string_view text = "a: {search: b|head 1, c: 2}\n";
  EXPECT_EQ(File(text, FileKind::kYaml).searches, 0U);
  const std::string_view flow =
      "{search: b|head 1, c: 2}\n---\nsearch: &x a|head 1\n---\n"
      "search: \"a=\\\"\\r\\n b\\\"|head 1\"\n---\nsearch: a|\n";
  const FormattedFile file = File(flow, FileKind::kYaml);
  EXPECT_EQ(file.text, flow);
  ASSERT_EQ(file.problems.size(), 4U);
  EXPECT_EQ(file.changed, 0U);
}

TEST(FormatTest, NamesThePlaceInTheFile) {
  const FormattedFile file = File("a: 1\nsearch: |\n  b\n  | stats count by\n", FileKind::kYaml);
  ASSERT_EQ(file.problems.size(), 1U);
  EXPECT_EQ(file.problems[0].error.details()[0].line, 4U);
  EXPECT_EQ(file.problems[0].error.details()[0].rendered.substr(0, 10), "file:4:19:");
}

TEST(FormatTest, FormatsSavedSearches) {
  const FormattedFile file = File(
      "# c\n[a]\nsearch = b  c \\\n   |head 1|where d=\"e\\\nf\"\nx = y\n"
      "[b]\nsearch = c\n[c]\nsearch =\n",
      FileKind::kSavedSearches);
  EXPECT_EQ(file.text,
            "# c\n[a]\nsearch = b c \\\n| head 1 \\\n| where d = \"e\\\nf\"\nx = y\n"
            "[b]\nsearch = c\n[c]\nsearch =\n");
  EXPECT_EQ(file.searches, 2U);
  EXPECT_EQ(file.changed, 1U);
}

TEST(FormatTest, KeepsASavedSearchThatWouldTakeTheNextLine) {
  const std::string_view text = "[a]\nsearch = b|search c=d\\\\\n\nx = y\n";
  const FormattedFile file = File(text, FileKind::kSavedSearches);
  EXPECT_EQ(file.text.substr(file.text.find("x = y")), "x = y\n");
  EXPECT_EQ(File(file.text, FileKind::kSavedSearches).text, file.text);
}

TEST(FormatTest, TellsWhatDiffers) {
  EXPECT_EQ(UnifiedDiff("a\n", "a\n", "x", "y"), "");
  EXPECT_EQ(UnifiedDiff("a\nb\n", "a\nc\n", "x", "y"),
            "--- x\n+++ y\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
  EXPECT_EQ(UnifiedDiff("a", "a\n", "x", "y"),
            "--- x\n+++ y\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

}  // namespace
}  // namespace spelk
