// What the automaton and the sampled search find beside the simplest way.
#include "value/literal_automaton.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "value/sampled_search.h"

namespace spelk {
namespace {

std::string RandomTextOf(std::mt19937& random, size_t least, size_t most, std::string_view bytes) {
  std::string text(least + random() % (most - least + 1), ' ');
  for (char& c : text) c = bytes[random() % bytes.size()];
  return text;
}

TEST(LiteralAutomatonTest, FindsAllThatStandInTheText) {
  std::mt19937 random(25);
  for (int round = 0; round < 3'000; ++round) {
    std::vector<std::string> literals;
    for (size_t n = random() % 12; n > 0; --n)
      literals.push_back(RandomTextOf(random, 1, 5, "ab\xC3"));
    const LiteralAutomaton automaton(literals);
    const std::string text = RandomTextOf(random, 0, 30, "aab\xC3");
    std::set<uint32_t> expected;
    for (uint32_t i = 0; i < literals.size(); ++i) {
      if (text.find(literals[i]) != std::string::npos) expected.insert(i);
    }
    std::set<uint32_t> found;
    EXPECT_FALSE(automaton.Scan(text, [&](uint32_t index) {
      found.insert(index);
      return false;
    }));
    ASSERT_EQ(found, expected) << text;
    EXPECT_EQ(automaton.Scan(text, [](uint32_t) { return true; }), !expected.empty());
  }
}

TEST(SampledSearchTest, FindsTheFirstOfAny) {
  std::mt19937 random(26);
  for (int round = 0; round < 6'000; ++round) {
    const size_t least = 3 + random() % 9;
    std::vector<std::string> literals;
    for (size_t n = 1 + random() % 40; n > 0; --n) {
      literals.push_back(RandomTextOf(random, least, least + random() % 6, "abc@`{"));
    }
    const bool ignore_case = random() % 2 == 0;
    std::string text = RandomTextOf(random, 0, 60, "abcABC@`{");
    if (round % 2 == 0) text.insert(random() % (text.size() + 1), literals[0]);
    std::string folded = text;
    for (char& c : folded) {
      if (ignore_case && c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    }
    const size_t from = random() % (text.size() + 2);
    size_t expected = std::string::npos;
    for (const std::string& literal : literals) {
      expected = std::min(expected, folded.find(literal, from));
    }
    ASSERT_EQ(SampledSearch(literals, ignore_case).Find(text, from), expected)
        << text << " from " << from << ", literals of " << least;
  }
}

}  // namespace
}  // namespace spelk
