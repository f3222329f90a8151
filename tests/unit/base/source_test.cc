// Lines, columns and the way back from expanded text.
#include "base/source.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace spelk {
namespace {

TEST(SourceTest, LocatesLinesAndCodePoints) {
  const Source source("q.spl", "search é=1\n| dedup x");
  EXPECT_EQ(source.Locate(0).line, 1U);
  EXPECT_EQ(source.Locate(9).column, 9U);  // After the two bytes of é.
  EXPECT_EQ(source.Locate(14).line, 2U);
  EXPECT_EQ(source.Locate(14).column, 3U);
  EXPECT_EQ(source.LineAt(14), "| dedup x");
}

TEST(SourceTest, RendersACaretUnderThePlace) {
  const Source source("failed.spl", "a=1\n| dedup keepnull=true host");
  Diagnostics diagnostics;
  (void)diagnostics.Error(ErrorCode::kUnknownOption, {12, 20}, "dedup has no option \"keepnull\"",
                          {"its options are consecutive, keepempty, keepevents"});
  EXPECT_EQ(Render(diagnostics.all().front(), source),
            "failed.spl:2:9: error E0203: dedup has no option \"keepnull\"\n"
            "  | dedup keepnull=true host\n"
            "          ^^^^^^^^\n"
            "  note: its options are consecutive, keepempty, keepevents\n");
}

TEST(SourceTest, PointsAtTheMacroCallForExpandedText) {
  // written: `m` | head      expanded: a=( | head
  const Source source("q", "`m` | head", "a=( | head", {{{3, 10}, {3, 10}}},
                      {{{0, 3}, {0, 3}, "m"}});
  EXPECT_EQ(source.Written({2, 3}), (Span{0, 3}));
  EXPECT_EQ(source.Written({6, 10}), (Span{6, 10}));
  EXPECT_EQ(source.ExpansionAt({2, 3})->macro, "m");
}

}  // namespace
}  // namespace spelk
