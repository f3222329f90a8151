// Henderson's weights, as published (Ladiray and Quenneville, Seasonal Adjustment with the X-11
// Method, 2001).
#include "commands/study/seasonal.h"

#include <gtest/gtest.h>

#include <vector>

namespace spelk::commands {
namespace {

void ExpectWeights(const std::vector<double>& weights, const std::vector<double>& published) {
  ASSERT_EQ(weights.size(), published.size());
  for (size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(weights[i], published[i], 5e-6) << i;
}

TEST(HendersonWeights, ThirteenTerms) {
  ExpectWeights(HendersonWeights(6, 6, 3.5),
                {-0.01935, -0.02786, 0, 0.06549, 0.14736, 0.21434, 0.24006, 0.21434, 0.14736,
                 0.06549, 0, -0.02786, -0.01935});
}

TEST(HendersonWeights, FiveTerms) {
  ExpectWeights(HendersonWeights(2, 2, 1), {-0.07343, 0.29371, 0.55944, 0.29371, -0.07343});
}

TEST(HendersonWeights, TheLastOfThirteenByMusgrave) {
  ExpectWeights(HendersonWeights(6, 0, 3.5),
                {-0.09186, -0.05811, 0.01202, 0.11977, 0.24390, 0.35315, 0.42113});
}

}  // namespace
}  // namespace spelk::commands
