// SampledSearch: finds any of very many literals by looking at every few bytes only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spelk {

// A filter of hashes of four bytes (or three, if a literal has no more): of each literal as many
// neighbouring windows are in it as the search takes bytes in one step, so that no place is missed.
// The longer the shortest literal, the longer the steps. Immutable.
class SampledSearch {
 public:
  static constexpr size_t kLeastBytes = 3;

  // Literals of kLeastBytes and more; in lower case if case, of ASCII letters, is ignored.
  SampledSearch(std::vector<std::string> literals, bool ignore_case);

  // The first position at or after `from` where any of them stands; npos if there is none.
  size_t Find(std::string_view text, size_t from) const;

 private:
  struct Window {
    uint32_t bytes;
    uint32_t literal;
    uint32_t offset;
  };

  void AddWindows(uint32_t literal);
  bool MayHold(uint32_t bytes) const;
  bool StandsAt(const std::string& literal, std::string_view text, size_t at) const;
  // The least position from which a literal reaches over the window at `at`.
  size_t StartOver(std::string_view text, size_t at, uint32_t bytes, size_t from) const;
  size_t FindFrom(std::string_view text, size_t at, size_t end, size_t from) const;

  std::vector<std::string> literals_;
  bool ignore_case_;
  uint32_t window_mask_;  // Of a window's bytes.
  uint32_t case_mask_;
  size_t step_;
  size_t furthest_ = 0;  // The greatest offset of a window.
  unsigned shift_ = 0;
  std::vector<uint32_t> filter_;
  std::vector<Window> windows_;  // Sorted by their bytes.
};

}  // namespace spelk
