// What a run's scans say of what they read: counts, lines that are no events, inputs that are no
// feeds.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exec/scan/scan.h"
#include "io/input_kind.h"
#include "io/terminal_text.h"

namespace spelk::exec {

void ScanReport::Add(Fault fault) {
  const std::lock_guard lock(mutex_);
  const auto before = [](const Fault& a, const Fault& b) {
    return std::pair(a.sequence, a.offset) < std::pair(b.sequence, b.offset);
  };
  first_.insert(std::upper_bound(first_.begin(), first_.end(), fault, before), std::move(fault));
  if (first_.size() > kShown) first_.pop_back();
}

void ScanReport::Keep(const io::Block& block, size_t most, MemoryBudget* budget) {
  const std::lock_guard lock(mutex_);
  std::string_view text = block.text;
  const size_t left = most - std::min(most, kept_bytes_);
  // Cut after a line; npos + 1 is 0.
  if (text.size() > left) text = text.substr(0, text.substr(0, left).rfind('\n') + 1);
  Reservation memory(budget);
  if (text.size() < block.text.size()) kept_all_ = false;
  if (text.empty() || !memory.Resize(text.size())) {
    kept_all_ = false;
    return;
  }
  kept_bytes_ += text.size();
  kept_memory_.push_back(std::move(memory));
  kept_.push_back({block.input, block.offset, std::string(text)});
}

std::vector<ScanReport::Kept> ScanReport::kept() const {
  const std::lock_guard lock(mutex_);
  std::vector<Kept> sorted = kept_;
  std::sort(sorted.begin(), sorted.end(), [](const Kept& a, const Kept& b) {
    return std::pair(a.input, a.offset) < std::pair(b.input, b.offset);
  });
  return sorted;
}

bool ScanReport::kept_all() const {
  const std::lock_guard lock(mutex_);
  return kept_all_;
}

void ScanReport::AddLines(const io::Block& block, uint64_t events, uint64_t others) {
  if (events + others == 0) return;
  const std::lock_guard lock(mutex_);
  Lines& of_input = lines_[block.input];
  of_input.events += events;
  of_input.others += others;
  if (of_input.odd_start == nullptr) of_input.odd_start = block.odd_start;
}

bool ScanReport::Lines::AreOfFeed() const {
  // Of an array with an object on each line, the last one may stand without a comma.
  const bool array = odd_start != nullptr && odd_start->starts_with('[');
  return events > (array ? 1U : 0U);
}

bool ScanReport::IsFeed(size_t input) const {
  const std::lock_guard lock(mutex_);
  const auto found = lines_.find(input);
  return found != lines_.end() && found->second.AreOfFeed();
}

absl::Status ScanReport::JudgeInputs(const std::vector<io::Input>& inputs) const {
  const std::lock_guard lock(mutex_);
  std::string message;
  size_t more = 0;
  // One that begins with an event is a feed; of its lines only those were read that a search asks
  // for.
  const auto is_other = [](const Lines& met) {
    return met.odd_start != nullptr && met.others != 0 && !met.AreOfFeed();
  };
  const auto others = std::count_if(lines_.begin(), lines_.end(),
                                    [&](const auto& met) { return is_other(met.second); });
  const bool any_feed = static_cast<size_t>(others) < inputs.size();
  for (const auto& [input, met] : lines_) {
    if (!is_other(met)) continue;
    // Beside feeds, lines that begin as events do are malformed ones: how a feed is split matters
    // not.
    if (any_feed && met.odd_start->find_first_not_of(" \t\r\n") == met.odd_start->find('{')) {
      continue;
    }
    const std::string& path = inputs[input].path;
    const std::string_view start = *met.odd_start;
    if (!message.empty()) {
      ++more;
      continue;
    }
    message = fmt::format("{} is no feed of events: {}",
                          path == "-" ? "standard input" : io::Printable(path),
                          io::DescribeStart(start, path));
  }
  if (message.empty()) return absl::OkStatus();
  if (more == 1) message += "; nor is 1 other input";
  if (more > 1) message += fmt::format("; nor are {} other inputs", more);
  return absl::DataLossError(message);
}

std::vector<ScanReport::Fault> ScanReport::first() const {
  const std::lock_guard lock(mutex_);
  return first_;
}

}  // namespace spelk::exec
