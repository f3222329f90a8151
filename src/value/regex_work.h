// RegexWork: how many steps a backtracking matcher may need, before it takes the first.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace spelk {

struct RegexPart;

// Where a repeat or an alternative may end in several places, the matcher comes back to try the
// next one as often as what follows may begin in the text. That is counted: `a.*b` over a text with
// two b has two ways. Immutable.
class RegexWork {
 public:
  // A pattern that is not understood in full takes more steps than any limit.
  explicit RegexWork(std::string_view pattern);
  ~RegexWork();
  RegexWork(RegexWork&&) noexcept;
  RegexWork& operator=(RegexWork&&) noexcept;

  // Whether a match in the text takes at most kMostSteps, roughly.
  bool IsBounded(std::string_view text) const;

  static constexpr double kMostSteps = 3e7;

 private:
  double StepsFor(double length, std::string_view text, bool count) const;

  std::unique_ptr<RegexPart> root_;  // Null for what is not understood.
  bool anchored_ = false;            // Begins where the text does.
  bool lines_ = false;               // Begins where a line does.
  size_t always_bounded_ = 0;        // Texts of this length need no counting.
};

}  // namespace spelk
