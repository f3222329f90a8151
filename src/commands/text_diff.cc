// Matching blocks of lines, the longest first, and what lies between them.
#include "commands/text_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace spelk::commands {
namespace {

constexpr size_t kAround = 3;  // Lines around a change.

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

struct Block {
  size_t old_begin = 0;
  size_t new_begin = 0;
  size_t size = 0;
};

class Matcher {
 public:
  Matcher(const std::vector<std::string_view>& old_lines,
          const std::vector<std::string_view>& new_lines)
      : old_(old_lines), new_(new_lines), lengths_(new_lines.size() + 1, 0), next_(lengths_) {
    for (size_t i = 0; i < new_.size(); ++i) places_[new_[i]].push_back(i);
    constexpr size_t kShort = 200;
    if (new_.size() < kShort) return;
    const size_t most = new_.size() / 100 + 1;
    for (auto& [line, places] : places_) {
      if (places.size() > most) places.clear();
    }
  }

  std::vector<Block> Blocks() {
    struct Range {
      size_t old_begin, old_end, new_begin, new_end;
    };
    std::vector<Range> open = {{0, old_.size(), 0, new_.size()}};
    std::vector<Block> blocks;
    while (!open.empty()) {
      const Range range = open.back();
      open.pop_back();
      const Block block = Longest(range.old_begin, range.old_end, range.new_begin, range.new_end);
      if (block.size == 0) continue;
      blocks.push_back(block);
      const size_t old_after = block.old_begin + block.size;
      const size_t new_after = block.new_begin + block.size;
      if (range.old_begin < block.old_begin && range.new_begin < block.new_begin) {
        open.push_back({range.old_begin, block.old_begin, range.new_begin, block.new_begin});
      }
      if (old_after < range.old_end && new_after < range.new_end) {
        open.push_back({old_after, range.old_end, new_after, range.new_end});
      }
    }
    std::sort(blocks.begin(), blocks.end(),
              [](const Block& a, const Block& b) { return a.old_begin < b.old_begin; });
    return blocks;
  }

 private:
  // The longest block of equal lines, of several the first one of the old text, then of the new.
  Block Longest(size_t old_begin, size_t old_end, size_t new_begin, size_t new_end) {
    Block best{old_begin, new_begin, 0};
    std::vector<size_t> touched;
    for (size_t i = old_begin; i < old_end; ++i) {
      std::vector<size_t> now;
      const auto places = places_.find(old_[i]);
      if (places != places_.end()) {
        auto at = std::lower_bound(places->second.begin(), places->second.end(), new_begin);
        for (; at != places->second.end() && *at < new_end; ++at) {
          const size_t length = lengths_[*at] + 1;  // Of the block that ends a line before both.
          next_[*at + 1] = length;
          now.push_back(*at + 1);
          if (length > best.size) best = {i + 1 - length, *at + 1 - length, length};
        }
      }
      for (const size_t place : touched) lengths_[place] = 0;
      for (const size_t place : now) {
        lengths_[place] = next_[place];
        next_[place] = 0;
      }
      touched = std::move(now);
    }
    for (const size_t place : touched) lengths_[place] = 0;
    // Lines that repeat often go on with what was found.
    while (best.old_begin > old_begin && best.new_begin > new_begin &&
           old_[best.old_begin - 1] == new_[best.new_begin - 1]) {
      --best.old_begin;
      --best.new_begin;
      ++best.size;
    }
    while (best.old_begin + best.size < old_end && best.new_begin + best.size < new_end &&
           old_[best.old_begin + best.size] == new_[best.new_begin + best.size]) {
      ++best.size;
    }
    return best;
  }

  const std::vector<std::string_view>& old_;
  const std::vector<std::string_view>& new_;
  absl::flat_hash_map<std::string_view, std::vector<size_t>> places_;
  std::vector<size_t> lengths_;  // By the place after: how many lines before it are equal.
  std::vector<size_t> next_;
};

std::string UnifiedRange(size_t begin, size_t end) {
  const size_t length = end - begin;
  if (length == 1) return fmt::format("{}", begin + 1);
  return fmt::format("{},{}", length == 0 ? begin : begin + 1, length);
}

std::string ContextRange(size_t begin, size_t end) {
  const size_t length = end - begin;
  if (length <= 1) return fmt::format("{}", length == 0 ? begin : begin + 1);
  return fmt::format("{},{}", begin + 1, end);
}

}  // namespace

TextDiff::TextDiff(std::string_view old_text, std::string_view new_text)
    : old_(SplitLines(old_text)), new_(SplitLines(new_text)) {
  FindSteps();
}

void TextDiff::FindSteps() {
  std::vector<Block> blocks = Matcher(old_, new_).Blocks();
  blocks.push_back({old_.size(), new_.size(), 0});
  size_t old_at = 0;
  size_t new_at = 0;
  for (const Block& block : blocks) {
    const bool deletes = old_at < block.old_begin;
    const bool inserts = new_at < block.new_begin;
    if (deletes || inserts) {
      const Change change =
          deletes && inserts ? Change::kReplaced : (deletes ? Change::kDeleted : Change::kInserted);
      steps_.push_back({change, old_at, block.old_begin, new_at, block.new_begin});
    }
    old_at = block.old_begin + block.size;
    new_at = block.new_begin + block.size;
    if (block.size == 0) continue;
    const bool goes_on = !steps_.empty() && steps_.back().change == Change::kSame &&
                         steps_.back().old_end == block.old_begin &&
                         steps_.back().new_end == block.new_begin;
    if (goes_on) {
      steps_.back().old_end = old_at;
      steps_.back().new_end = new_at;
    } else {
      steps_.push_back({Change::kSame, block.old_begin, old_at, block.new_begin, new_at});
    }
  }
}

// Changes with the lines around them; those that lie close make one hunk.
std::vector<TextDiff::Hunk> TextDiff::Hunks() const {
  std::vector<Hunk> hunks;
  Hunk hunk;
  for (size_t i = 0; i < steps_.size(); ++i) {
    Step step = steps_[i];
    if (step.change != Change::kSame) {
      hunk.push_back(step);
      continue;
    }
    const size_t length = step.old_end - step.old_begin;
    const bool first = hunk.empty();
    const bool last = i + 1 == steps_.size();
    if (first || (!last && length > 2 * kAround)) {
      if (!first) {
        hunk.push_back({Change::kSame, step.old_begin, step.old_begin + kAround, step.new_begin,
                        step.new_begin + kAround});
        hunks.push_back(std::exchange(hunk, {}));
      }
      if (last) break;
      const size_t kept = std::min(length, kAround);
      step.old_begin = step.old_end - kept;
      step.new_begin = step.new_end - kept;
    } else if (last) {
      const size_t kept = std::min(length, kAround);
      step.old_end = step.old_begin + kept;
      step.new_end = step.new_begin + kept;
    }
    hunk.push_back(step);
  }
  const bool changes = std::any_of(hunk.begin(), hunk.end(),
                                   [](const Step& step) { return step.change != Change::kSame; });
  if (changes) hunks.push_back(std::move(hunk));
  return hunks;
}

std::string TextDiff::Unified() const {
  std::string out;
  const auto add = [&out](std::string_view sign, std::string_view line) {
    fmt::format_to(std::back_inserter(out), "{}{}{}", out.empty() ? "" : "\n", sign, line);
  };
  for (const Hunk& hunk : Hunks()) {
    add("", fmt::format("@@ -{} +{} @@", UnifiedRange(hunk.front().old_begin, hunk.back().old_end),
                        UnifiedRange(hunk.front().new_begin, hunk.back().new_end)));
    for (const Step& step : hunk) {
      const bool equal = step.change == Change::kSame;
      for (size_t i = step.old_begin; i < step.old_end; ++i) add(equal ? " " : "-", old_[i]);
      if (equal) continue;
      for (size_t i = step.new_begin; i < step.new_end; ++i) add("+", new_[i]);
    }
  }
  return out;
}

std::string TextDiff::Context() const {
  std::string out;
  const auto add = [&out](std::string_view sign, std::string_view line) {
    fmt::format_to(std::back_inserter(out), "{}{}{}", out.empty() ? "" : "\n", sign, line);
  };
  const auto has = [](const Hunk& hunk, Change change) {
    return std::any_of(hunk.begin(), hunk.end(), [change](const Step& step) {
      return step.change == change || step.change == Change::kReplaced;
    });
  };
  for (const Hunk& hunk : Hunks()) {
    add("", "***************");
    add("", fmt::format("*** {} ****", ContextRange(hunk.front().old_begin, hunk.back().old_end)));
    for (const Step& step : hunk) {
      if (!has(hunk, Change::kDeleted) || step.change == Change::kInserted) continue;
      const std::string_view sign = step.change == Change::kSame       ? "  "
                                    : step.change == Change::kReplaced ? "! "
                                                                       : "- ";
      for (size_t i = step.old_begin; i < step.old_end; ++i) add(sign, old_[i]);
    }
    add("", fmt::format("--- {} ----", ContextRange(hunk.front().new_begin, hunk.back().new_end)));
    for (const Step& step : hunk) {
      if (!has(hunk, Change::kInserted) || step.change == Change::kDeleted) continue;
      const std::string_view sign = step.change == Change::kSame       ? "  "
                                    : step.change == Change::kReplaced ? "! "
                                                                       : "+ ";
      for (size_t i = step.new_begin; i < step.new_end; ++i) add(sign, new_[i]);
    }
  }
  return out;
}

std::string TextDiff::Header(std::string_view old_name, std::string_view new_name, bool context) {
  return fmt::format("{} {}\n{} {}\n", context ? "***" : "---", old_name, context ? "---" : "+++",
                     new_name);
}

}  // namespace spelk::commands
