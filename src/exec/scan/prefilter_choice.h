// PrefilterChoice: which groups of a plan's prefilter are worth asking, by trial on the input.
#pragma once

#include <string_view>
#include <vector>

#include "exec/scan/compiled_scan.h"

namespace spelk::exec {

// Belongs to one worker. A group that lets most lines through costs more than it saves; which these
// are shows in the input alone, and may change there. The rows are the same whatever is chosen.
class PrefilterChoice {
 public:
  explicit PrefilterChoice(const CompiledScan::Plan& plan);

  // Before a block is read: tries the groups from time to time.
  void Start(std::string_view block);
  // Those to be asked, the one that lets the fewest lines through first. None: every line is read.
  const std::vector<const LiteralSet*>& groups() const { return groups_; }

 private:
  static constexpr size_t kBlocksBetween = 64;
  static constexpr size_t kTriedBytes = size_t{256} << 10U;
  static constexpr size_t kFewestLines = 64;  // Of fewer nothing is concluded.

  void Try(std::string_view text);

  const CompiledScan::Plan& plan_;
  std::vector<const LiteralSet*> groups_;
  size_t blocks_left_ = 0;
};

}  // namespace spelk::exec
