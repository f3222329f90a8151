// TextDiff: the difference of two texts by lines, as Python's difflib, which Splunk uses, gives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spelk::commands {

// Views of the texts. Takes time about linear in the lines: lines of long texts that repeat often
// do not begin what is common.
class TextDiff {
 public:
  TextDiff(std::string_view old_text, std::string_view new_text);

  // Empty if the texts are equal. No line ends the last line.
  std::string Unified() const;
  std::string Context() const;
  // The two lines that may stand before either, with their ends.
  static std::string Header(std::string_view old_name, std::string_view new_name, bool context);

 private:
  enum class Change : uint8_t { kSame, kReplaced, kDeleted, kInserted };
  struct Step {
    Change change;
    size_t old_begin, old_end, new_begin, new_end;
  };
  using Hunk = std::vector<Step>;

  void FindSteps();
  std::vector<Hunk> Hunks() const;

  std::vector<std::string_view> old_;
  std::vector<std::string_view> new_;
  std::vector<Step> steps_;
};

}  // namespace spelk::commands
