// Which lines of a block are read, and for which plans.
#include <algorithm>

#include "base/status.h"
#include "exec/scan/line_index.h"
#include "exec/scan/scan.h"
#include "value/byte_search.h"

namespace spelk::exec {
namespace {

std::string_view WithoutCarriageReturn(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

size_t LineEnd(std::string_view text, size_t from) {
  const size_t newline = text.find('\n', from);
  return newline == std::string_view::npos ? text.size() : newline;
}

// Of the line that a place in it belongs to.
size_t LineBegin(std::string_view text, size_t at) {
  return FindLastByte(text.substr(0, at), '\n') + 1;  // npos + 1 is 0.
}

// Blank lines hold no event.
uint64_t CountFilledLines(std::string_view text) {
  uint64_t lines = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = LineEnd(text, begin);
    if (text.substr(begin, end - begin).find_first_not_of(" \t\r") != std::string_view::npos)
      ++lines;
    begin = end + 1;
  }
  return lines;
}

}  // namespace

absl::Status ScanWorker::AddLineAndFlush(std::string_view line, const std::vector<size_t>& plans,
                                         const ScanOutputs& outputs) {
  SPELK_RETURN_IF_ERROR(AddLine(line, plans, outputs));
  if (rows_.size() < scan_.run->batch_rows) return absl::OkStatus();
  SPELK_RETURN_IF_ERROR(scan_.run->cancel->status());
  SPELK_RETURN_IF_ERROR(Flush(outputs));
  // The rest of the block counts as not read.
  ended_ = scan_.run->cancel->input_ended();
  return absl::OkStatus();
}

bool ScanWorker::MeetsGroups(size_t plan, std::string_view line, size_t from) const {
  const std::vector<const LiteralSet*>& groups = choices_[plan].groups();
  for (size_t g = from; g < groups.size(); ++g) {
    if (groups[g]->Find(line) == std::string_view::npos) return false;
  }
  return true;
}

absl::Status ScanWorker::ScanAllLines(const io::BlockPtr& block, bool judge,
                                      const ScanOutputs& outputs) {
  const std::string_view text = block->text;
  const bool filters = scan_.plans.size() > 1 || judge;
  std::vector<size_t> wanted;
  for (size_t p = 0; p < scan_.plans.size(); ++p) wanted.push_back(p);
  for (size_t begin = 0; begin < text.size() && !ended_;) {
    const size_t end = LineEnd(text, begin);
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (filters) {
      wanted.clear();
      for (size_t p = 0; p < scan_.plans.size(); ++p) {
        if (MeetsGroups(p, line, 0)) wanted.push_back(p);
      }
      if (wanted.empty()) {
        // Two events make a feed of an array, too.
        if (judge && events_ < 2) SPELK_RETURN_IF_ERROR(LookAt(WithoutCarriageReturn(line)));
        continue;
      }
    }
    SPELK_RETURN_IF_ERROR(AddLineAndFlush(WithoutCarriageReturn(line), wanted, outputs));
  }
  return absl::OkStatus();
}

// Every plan asks for some text: only lines in which it is found are cut out and parsed.
absl::Status ScanWorker::ScanCandidates(const io::BlockPtr& block, const ScanOutputs& outputs) {
  const std::string_view text = block->text;
  const auto find = [&](size_t plan, size_t from) {
    return choices_[plan].groups()[0]->Find(text, from);
  };
  std::vector<size_t> next(scan_.plans.size());  // Where each plan's first group is found next.
  for (size_t p = 0; p < next.size(); ++p) next[p] = find(p, 0);
  std::vector<size_t> wanted;
  for (;;) {
    const size_t hit = *std::min_element(next.begin(), next.end());
    if (hit == std::string_view::npos || ended_) return absl::OkStatus();
    const size_t begin = LineBegin(text, hit);
    const size_t end = LineEnd(text, hit);
    const std::string_view line = text.substr(begin, end - begin);
    wanted.clear();
    for (size_t p = 0; p < next.size(); ++p) {
      if (next[p] >= end) continue;
      if (MeetsGroups(p, line, 1)) wanted.push_back(p);
      next[p] = find(p, end);
    }
    if (wanted.empty()) continue;
    SPELK_RETURN_IF_ERROR(AddLineAndFlush(WithoutCarriageReturn(line), wanted, outputs));
  }
}

// Many plans: one search tells of each line which of them it may concern.
absl::Status ScanWorker::ScanIndexed(const io::BlockPtr& block, const ScanOutputs& outputs) {
  const std::string_view text = block->text;
  std::vector<size_t> wanted;
  for (size_t begin = 0; begin < text.size() && !ended_;) {
    const size_t end = LineEnd(text, begin);
    const std::string_view line = text.substr(begin, end - begin);
    marks_->Look(text, begin, end);
    begin = end + 1;
    marks_->Plans(line, scan_.plans, &wanted);
    if (wanted.empty()) continue;
    SPELK_RETURN_IF_ERROR(AddLineAndFlush(WithoutCarriageReturn(line), wanted, outputs));
  }
  return absl::OkStatus();
}

absl::Status ScanWorker::Scan(const io::BlockPtr& block, const ScanOutputs& outputs) {
  const Cancellation::Reading reading(*scan_.run->cancel);
  ended_ = false;
  events_ = others_ = 0;
  const absl::Status status = ScanBlock(block, outputs);
  report_.AddLines(*block, events_, others_);
  return status;
}

absl::Status ScanWorker::ScanBlock(const io::BlockPtr& block, const ScanOutputs& outputs) {
  if (count_lines_) {
    report_.lines.fetch_add(CountFilledLines(block->text), std::memory_order_relaxed);
  }
  for (const io::Block::Overlong& overlong : block->overlong) {
    ++others_;
    report_.rejected.fetch_add(1, std::memory_order_relaxed);
    report_.looked_at.fetch_add(1, std::memory_order_relaxed);
    report_.Add({block->sequence, overlong.offset, 0, block->input, kLineTooLong});
    if (scan_.settings->strict) return absl::DataLossError(kLineTooLong);
  }
  report_.bytes.fetch_add(block->text.size(), std::memory_order_relaxed);
  rows_.Start(block);
  const bool judge = block->odd_start != nullptr && !report_.IsFeed(block->input);
  if (scan_.index != nullptr && !judge) {
    SPELK_RETURN_IF_ERROR(ScanIndexed(block, outputs));
    return Flush(outputs);
  }
  for (PrefilterChoice& choice : choices_) choice.Start(block->text);
  const bool all_filtered =
      std::all_of(choices_.begin(), choices_.end(),
                  [](const PrefilterChoice& choice) { return !choice.groups().empty(); });
  SPELK_RETURN_IF_ERROR(all_filtered && !judge ? ScanCandidates(block, outputs)
                                               : ScanAllLines(block, judge, outputs));
  return Flush(outputs);
}

}  // namespace spelk::exec
