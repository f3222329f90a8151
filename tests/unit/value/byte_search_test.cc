// Counting and searching bytes beside the simplest way.
#include "value/byte_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace spelk {
namespace {

TEST(ByteSearchTest, AgreesWithTheSimplestWay) {
  std::mt19937 random(3);
  for (int round = 0; round < 3'000; ++round) {
    // Long ones, too: a lane of a vector counts to 255.
    std::string text(random() % (round % 100 == 0 ? 40'000 : 200), 'a');
    for (char& c : text) c = random() % 5 == 0 ? '\n' : static_cast<char>(random() % 256);
    if (round % 7 == 0) std::fill(text.begin(), text.end(), '\n');
    ASSERT_EQ(CountByte(text, '\n'),
              static_cast<size_t>(std::count(text.begin(), text.end(), '\n')));
    ASSERT_EQ(FindLastByte(text, '\n'), text.rfind('\n'));
  }
}

}  // namespace
}  // namespace spelk
