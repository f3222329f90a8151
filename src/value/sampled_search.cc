// Hash filter over windows, then the literals themselves.
#include "value/sampled_search.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "value/ascii.h"
#include "value/literal_search.h"

namespace spelk {
namespace {

constexpr size_t kLongestStep = 8;
constexpr uint32_t kLetterBits = 0x20202020U;

uint32_t Load(const char* at) {
  uint32_t bytes = 0;
  std::memcpy(&bytes, at, sizeof(bytes));
  return bytes;
}

}  // namespace

SampledSearch::SampledSearch(std::vector<std::string> literals, bool ignore_case)
    : literals_(std::move(literals)), ignore_case_(ignore_case) {
  size_t shortest = SIZE_MAX;
  for (const std::string& literal : literals_) shortest = std::min(shortest, literal.size());
  const size_t window = std::min<size_t>(4, shortest);
  window_mask_ = window == 4 ? 0xFFFFFFFFU : 0x00FFFFFFU;
  case_mask_ = ignore_case ? kLetterBits & window_mask_ : 0;
  step_ = std::min(kLongestStep, shortest - window + 1);
  for (uint32_t i = 0; i < literals_.size(); ++i) AddWindows(i);
  std::sort(windows_.begin(), windows_.end(),
            [](const Window& a, const Window& b) { return a.bytes < b.bytes; });
  // Sixteen bits a window: one place in sixteen passes by chance at most.
  const unsigned bits =
      std::clamp<unsigned>(static_cast<unsigned>(std::bit_width(windows_.size() * 16)), 12, 24);
  shift_ = 32 - bits;
  filter_.resize((size_t{1} << bits) / 32);
  for (const Window& each : windows_) {
    const uint32_t hash = (each.bytes * 0x9E3779B1U) >> shift_;
    filter_[hash / 32] |= 1U << (hash % 32);
  }
}

// Takes the stretch of the literal whose bytes are the rarest.
void SampledSearch::AddWindows(uint32_t literal) {
  const std::string& text = literals_[literal];
  const size_t window = window_mask_ == 0xFFFFFFFFU ? 4 : 3;
  const size_t stretch = window + step_ - 1;
  size_t best = 0;
  int least = 0;
  for (size_t at = 0; at + stretch <= text.size(); ++at) {
    int common = 0;
    for (size_t i = 0; i < stretch; ++i) common += Commonness(text[at + i]);
    if (at == 0 || common < least) {
      best = at;
      least = common;
    }
  }
  for (size_t at = best; at < best + step_; ++at) {
    char bytes[4] = {};
    std::copy_n(text.data() + at, window, bytes);
    windows_.push_back({Load(bytes) | case_mask_, literal, static_cast<uint32_t>(at)});
    furthest_ = std::max(furthest_, at);
  }
}

bool SampledSearch::MayHold(uint32_t bytes) const {
  const uint32_t hash = (bytes * 0x9E3779B1U) >> shift_;
  return (filter_[hash / 32] >> (hash % 32) & 1U) != 0;
}

bool SampledSearch::StandsAt(const std::string& literal, std::string_view text, size_t at) const {
  if (text.size() - at < literal.size()) return false;
  if (!ignore_case_) return text.substr(at, literal.size()) == literal;
  return std::equal(literal.begin(), literal.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, char b) { return a == LowerAscii(b); });
}

size_t SampledSearch::StartOver(std::string_view text, size_t at, uint32_t bytes,
                                size_t from) const {
  const auto before = [](const Window& window, uint32_t wanted) { return window.bytes < wanted; };
  size_t least = std::string_view::npos;
  for (auto it = std::lower_bound(windows_.begin(), windows_.end(), bytes, before);
       it != windows_.end() && it->bytes == bytes; ++it) {
    if (at < from + it->offset) continue;
    const size_t start = at - it->offset;
    if (start < least && StandsAt(literals_[it->literal], text, start)) least = start;
  }
  return least;
}

// Over windows in [at, end) of which each has four readable bytes.
size_t SampledSearch::FindFrom(std::string_view text, size_t at, size_t end, size_t from) const {
  size_t least = std::string_view::npos;
  for (; at < end; at += step_) {
    const uint32_t bytes = (Load(text.data() + at) & window_mask_) | case_mask_;
    if (!MayHold(bytes)) continue;
    const size_t start = StartOver(text, at, bytes, from);
    if (start >= least) continue;
    least = start;
    // What begins before it has its window here at the latest.
    end = std::min(end, start + furthest_);
  }
  return least;
}

size_t SampledSearch::Find(std::string_view text, size_t from) const {
  constexpr size_t kReadable = 4;
  if (text.size() < from + kLeastBytes) return std::string_view::npos;
  const size_t end = text.size() < kReadable ? from : text.size() - kReadable + 1;
  size_t least = std::string_view::npos;
  if (from < end) least = FindFrom(text, from, end, from);
  if (window_mask_ == 0xFFFFFFFFU) return least;
  // A window of three bytes at the very end.
  const size_t last = text.size() - kLeastBytes;
  if (last < from) return least;
  char bytes[4] = {};
  std::copy_n(text.data() + last, kLeastBytes, bytes);
  return std::min(least, StartOver(text, last, Load(bytes) | case_mask_, from));
}

}  // namespace spelk
