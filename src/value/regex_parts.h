// RegexPart: a pattern taken apart, as far as its choices need it.
#pragma once

#include <bitset>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spelk {

// What may stand at a place.
struct RegexRun {
  std::string text;
  bool fold = false;  // In any case.
};
struct RegexFollow {
  std::bitset<256> first;  // The bytes that it may begin with.
  bool accepts = false;    // Or the pattern is at its end.
  bool ends = false;       // It is nothing else than that: who gets here has matched.
  bool text_end = false;   // Or it is the end of the text, or of a line.
  // If `by_runs`, it begins with one of these texts.
  std::vector<RegexRun> runs;
  bool by_runs = false;
};

// One part of a sequence: a character out of a set, a group, or something without width.
struct RegexPart {
  enum class Kind : uint8_t { kCharacter, kGroup, kAssertion };
  using Sequence = std::vector<RegexPart>;

  Kind kind = Kind::kAssertion;
  std::bitset<256> set;  // kCharacter: of its first byte. A repeated group: of all that it holds.
  std::optional<char> literal;             // kCharacter: the one byte that it is,
  bool fold = false;                       // in either case.
  bool any = false;                        // kCharacter: a dot.
  std::vector<Sequence> branches;          // kGroup
  bool atomic = false;                     // kGroup: tried once.
  bool looks = false;                      // kGroup: a look around, which takes nothing.
  bool apart = false;                      // kGroup: one branch at most can begin in a place.
  bool text_end = false;                   // kAssertion: $ and its like.
  std::optional<std::bitset<256>> needed;  // kGroup: each time holds one of these bytes.
  double least = 1;
  double most = 1;
  bool possessive = false;
  bool determined = false;  // A repeat that ends in one place only.
  RegexFollow follow;       // Of a repeat.
};

constexpr double kEndless = std::numeric_limits<double>::infinity();

// The whole pattern as a group. Sets may hold more than the pattern says, never less. False for
// what is not understood: recursion, back references, conditions, verbs, free spacing.
bool ReadRegex(std::string_view pattern, RegexPart* root);

}  // namespace spelk
