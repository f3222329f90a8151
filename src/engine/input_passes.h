// The passes over the inputs of one run: what can be read only once is kept, and what each pass met
// is summed up.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/cancel.h"
#include "exec/scan/scan.h"
#include "io/input.h"
#include "spelk/engine.h"

namespace spelk::engine {

// Puts inputs that can be read only once (pipes, callbacks) into files without names, for searches
// that read them more than once.
absl::Status MakeRepeatable(const std::string& directory, const Cancellation* cancel,
                            std::vector<io::Input>* inputs);

// What the passes met. The counts are those of the last one; the malformed lines those of the pass
// that looked at most lines, as a prefilter may hide them from the others. Summaries are made by
// one thread.
class PassReports {
 public:
  exec::ScanReport& New() { return reports_.emplace_back(); }
  // The last pass; null before the first.
  const exec::ScanReport* last() const { return reports_.empty() ? nullptr : &reports_.back(); }
  void Summarize(const std::vector<io::Input>& inputs, Summary* summary) const;

 private:
  uint64_t LineOf(const std::vector<io::Input>& inputs, const exec::ScanReport::Fault& fault) const;

  std::deque<exec::ScanReport> reports_;
  // Lines counted up to a fault, by input and offset: all plans of a run have the same faults.
  mutable std::map<std::pair<size_t, uint64_t>, uint64_t> lines_;
};

}  // namespace spelk::engine
