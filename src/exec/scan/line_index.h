// LineIndex: which of many plans a line of input may concern.
#pragma once

#include <memory>
#include <vector>

#include "exec/scan/compiled_scan.h"

namespace spelk::exec {

// `escape` is looked for on behalf of every plan that looks for anything. Null if none does. Sets
// Plan::further; the plans outlive it.
std::unique_ptr<const CompiledScan::LineIndex> MakeLineIndex(
    const LiteralFinder& escape, std::vector<CompiledScan::Plan>* plans);

// What a worker knows of the line at hand: each literal counts once, and a group that several plans
// ask for is looked for once.
class LineMarks {
 public:
  explicit LineMarks(const CompiledScan::LineIndex& index);

  // Looks at the line in [begin, end) of a text.
  void Look(std::string_view text, size_t begin, size_t end);
  // The plans that it may concern, in their order.
  void Plans(std::string_view line, const std::vector<CompiledScan::Plan>& plans,
             std::vector<size_t>* wanted);

 private:
  void StartLine();
  void Mark(uint32_t literal);
  bool Meets(size_t group, std::string_view line);

  const CompiledScan::LineIndex& index_;
  uint32_t line_ = 0;
  std::vector<uint32_t> seen_in_;  // By literal: the last line that has it.
  std::vector<uint64_t> marks_;
  std::vector<uint32_t> known_in_;  // By group: the last line for which it is known
  std::vector<bool> met_;           // whether the line meets it.
};

}  // namespace spelk::exec
