// Reading YAML: values, places, what is wrong and how it is mended, limits.
#include "knowledge/yaml.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace spelk::knowledge {
namespace {

std::string ProblemOf(std::string_view text) {
  const auto documents = ReadYaml(text, "a.yml");
  return documents.ok() ? "" : std::string(MessageOf(documents.status()));
}

TEST(Yaml, ReadsValuesWithTheirLines) {
  const auto documents = ReadYaml(
      "name: One\n"
      "search: |-\n"
      "  a=1\n"
      "  | stats count\n"
      "tags:\n"
      "  ids: [T1, 'T2']\n"
      "  none: ~\n"
      "  one: T3\n",
      "a.yml");
  ASSERT_TRUE(documents.ok()) << documents.status();
  ASSERT_EQ(documents->size(), 1U);
  const YamlNode& root = *documents->front();
  EXPECT_EQ(root.Text("name"), "One");
  EXPECT_EQ(root.Text("search"), "a=1\n| stats count");
  EXPECT_EQ(root.Find("search")->line, 3U);
  const YamlNode& tags = *root.Find("tags");
  EXPECT_EQ(tags.Texts("ids"), (std::vector<std::string>{"T1", "T2"}));
  EXPECT_EQ(tags.Texts("one"), std::vector<std::string>{"T3"});
  EXPECT_EQ(tags.Find("none")->kind, YamlNode::Kind::kNull);
  EXPECT_EQ(root.Find("nothing"), nullptr);
}

TEST(Yaml, ReadsSeveralDocumentsAndAliases) {
  const auto documents = ReadYaml("a: &x [1, 2]\nb: *x\n---\nc: 3\n", "a.yml");
  ASSERT_TRUE(documents.ok()) << documents.status();
  ASSERT_EQ(documents->size(), 2U);
  EXPECT_EQ(documents->front()->Texts("b"), (std::vector<std::string>{"1", "2"}));
}

TEST(Yaml, SaysWhatIsWrongAndHowItIsMended) {
  EXPECT_EQ(ProblemOf("a: 1\ndescription: it says: two\n"),
            "a.yml:2:21: mapping values are not allowed in this context; put a value with a colon "
            "in it in quotes, or begin it with | on lines of its own");
  EXPECT_EQ(ProblemOf("search: `m` | stats count\n"),
            "a.yml:1:9: found character that cannot start any token; put a value that begins with "
            "` @ % or a tab in quotes; indent with blanks");
  EXPECT_EQ(ProblemOf("a: 1\nb: \"open\nc: 2\n"),
            "a.yml:2:4: found unexpected end of stream; close the quote that begins before it");
  EXPECT_EQ(ProblemOf("a: \"C:\\Windows\"\n"),
            "a.yml:1:7: found unknown escape character; use single quotes, in which a backslash is "
            "itself, or double the backslash");
  EXPECT_EQ(ProblemOf("a: 1\na: 2\n"), "a.yml:2:1: the key a is there twice; take one of them out");
  EXPECT_EQ(ProblemOf("a: *b\n"),
            "a.yml:1:4: nothing is named &b; put a value that begins with * in quotes");
  EXPECT_EQ(ProblemOf("a: \xFF\n"), "a.yml:1: byte 0xff is not UTF-8; save the file as UTF-8");
}

TEST(Yaml, IsBounded) {
  EXPECT_NE(ProblemOf(std::string(1000, '[')).find("nested deeper than 64"), std::string::npos);
  // Each alias holds the one before it.
  std::string chain = "a0: &a0 [x]\n";
  for (int i = 1; i < 200; ++i) {
    chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
             "]\n";
  }
  EXPECT_NE(ProblemOf(chain).find("nested deeper than 64"), std::string::npos);
  EXPECT_NE(ProblemOf("a: " + std::string(kMostYamlBytes, 'x')).find("is longer than"),
            std::string::npos);
}

}  // namespace
}  // namespace spelk::knowledge
