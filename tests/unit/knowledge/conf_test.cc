// Reading .conf files and app folders.
#include "knowledge/conf.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/status.h"
#include "knowledge/app_folder.h"
#include "support/case_runner.h"

namespace spelk::knowledge {
namespace {

TEST(Conf, ReadsStanzasAndSettings) {
  Conf conf;
  ASSERT_TRUE(conf.Add("\xEF\xBB\xBF# top\r\n"
                       "[one]\r\n"
                       "  a = b = c  \r\n"
                       "\r\n"
                       "  # not a setting\r\n"
                       "empty =\r\n"
                       "[source::/var/[a-z]/x]\n"
                       "k=v\n",
                       "f.conf")
                  .ok());
  ASSERT_EQ(conf.stanzas().size(), 2U);
  EXPECT_EQ(conf.Find("one")->Text("a"), "b = c");
  EXPECT_EQ(conf.Find("one")->Text("empty"), "");
  EXPECT_NE(conf.Find("one")->Find("empty"), nullptr);
  EXPECT_EQ(conf.Find("one")->Find("missing"), nullptr);
  EXPECT_EQ(conf.stanzas()[1].name, "source::/var/[a-z]/x");
  EXPECT_EQ(conf.PlaceOf(*conf.stanzas()[1].Find("k")), "f.conf:8");
}

TEST(Conf, ABackslashAtTheEndTakesTheNextLineAlong) {
  Conf conf;
  ASSERT_TRUE(conf.Add("[m]\ndefinition = a \\\n  # b \\\n[c]\nnext = 1\nlast = x\\", "f").ok());
  EXPECT_EQ(conf.Find("m")->Text("definition"), "a \n  # b \n[c]");
  EXPECT_EQ(conf.Find("m")->Text("next"), "1");
  EXPECT_EQ(conf.Find("m")->Text("last"), "x");
}

TEST(Conf, LaterFilesAddAndReplace) {
  Conf conf;
  ASSERT_TRUE(conf.Add("outside = 1\n[s]\na = 1\nb = 1\n[t]\nc = 1\n[s]\na = 2\n", "one").ok());
  ASSERT_TRUE(conf.Add("[s]\nb = 3\nd = 4\n[default]\noutside = 5\n", "two").ok());
  const Stanza& s = *conf.Find("s");
  ASSERT_EQ(s.settings.size(), 3U);
  EXPECT_EQ(s.Text("a"), "2");
  EXPECT_EQ(s.Text("b"), "3");
  EXPECT_EQ(s.Text("d"), "4");
  EXPECT_EQ(conf.PlaceOf(*s.Find("b")), "two:2");
  EXPECT_EQ(conf.Find(Conf::kDefault)->Text("outside"), "5");
  EXPECT_EQ(conf.Find("c"), nullptr);
}

void ExpectRefused(std::string_view text, std::string_view message) {
  Conf conf;
  const absl::Status status = conf.Add(text, "f");
  EXPECT_EQ(MessageOf(status), message);
}

TEST(Conf, RefusesWhatIsNoConf) {
  ExpectRefused("[a]\nno setting\n", "f:2: expected [stanza] or key = value");
  ExpectRefused("= 5\n", "f:1: expected [stanza] or key = value");
  ExpectRefused("\n[a\n", "f:2: the stanza's name has no \"]\" behind it");
  ExpectRefused("[ ]\n", "f:1: the stanza has no name");
  ExpectRefused("[a]\nk = \xFF\n", "f is not UTF-8 text");
  ExpectRefused(std::string_view("[a]\nk = \0\n", 10), "f is not UTF-8 text");
  const std::string big(Conf::kMostLine, 'x');
  ExpectRefused("k = " + big + "\\\n" + big, "f:1: a setting is longer than 1048576 bytes");
}

TEST(Conf, LeavesOutWhatMeansNothing) {
  Conf conf;
  std::vector<std::string> problems;
  EXPECT_TRUE(
      conf.Add("x\n[a]\nb = 1\nno setting\n[broken\nc = 2\n[d]\ne = 3\n", "f", &problems).ok());
  EXPECT_EQ(problems, (std::vector<std::string>{"f:1: expected [stanza] or key = value",
                                                "f:4: expected [stanza] or key = value",
                                                "f:5: the stanza's name has no \"]\" behind it"}));
  EXPECT_EQ(conf.Find("a")->Text("b"), "1");
  EXPECT_EQ(conf.Find("a")->Find("c"), nullptr);
  EXPECT_EQ(conf.Find("d")->Text("e"), "3");
}

TEST(Conf, OneLineOfAnotherEncoding) {
  Conf conf;
  std::vector<std::string> problems;
  EXPECT_TRUE(conf.Add("# caf\xE9\n[a]\nb = 1\nc = \xE9\nd = 2\n[\xE9]\ne = 3\n[f]\ng = 4\n", "f",
                       &problems)
                  .ok());
  EXPECT_EQ(problems, (std::vector<std::string>{"f:4: the line is not UTF-8",
                                                "f:6: the stanza's name is not UTF-8"}));
  EXPECT_EQ(conf.Find("a")->Text("b"), "1");
  EXPECT_EQ(conf.Find("a")->Find("c"), nullptr);
  EXPECT_EQ(conf.Find("a")->Text("d"), "2");
  EXPECT_EQ(conf.Find("a")->Find("e"), nullptr);
  EXPECT_EQ(conf.Find("f")->Text("g"), "4");
}

TEST(Conf, Flags) {
  EXPECT_TRUE(IsTrue("1"));
  EXPECT_TRUE(IsTrue("True"));
  EXPECT_FALSE(IsTrue("false"));
  EXPECT_FALSE(IsTrue(""));
}

TEST(AppFolder, ReadsOnlyInside) {
  const tests::TemporaryFolder outside;
  outside.Write("secret.conf", "[s]\n");
  const tests::TemporaryFolder folder;
  folder.Write("default/macros.conf", "[m]\n");
  folder.Write("shared/props.conf", "[p]\n");
  namespace fs = std::filesystem;
  fs::create_symlink(outside.path() + "/secret.conf", folder.path() + "/default/props.conf");
  fs::create_symlink("../shared/props.conf", folder.path() + "/default/inside.conf");
  fs::create_directory(folder.path() + "/default/folder.conf");
  absl::StatusOr<AppFolder> app = AppFolder::Open(folder.path());
  ASSERT_TRUE(app.ok());
  const auto read = [&](std::string_view file) { return app->Read(file, 100); };
  EXPECT_EQ(**read("default/macros.conf"), "[m]\n");
  EXPECT_EQ(**read("default/inside.conf"), "[p]\n");
  EXPECT_EQ(*read("local/macros.conf"), std::nullopt);
  EXPECT_EQ(read("default/props.conf").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(read("../secret.conf").ok() && read("../secret.conf")->has_value(), false);
  EXPECT_EQ(read("default/folder.conf").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(app->Read("default/macros.conf", 2).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(AppFolder::Open(folder.path() + "/none").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace spelk::knowledge
