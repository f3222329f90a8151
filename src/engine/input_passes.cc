// Keeping inputs, and counting lines up to a fault.
#include "engine/input_passes.h"

#include <algorithm>

#include "base/status.h"

namespace spelk::engine {
namespace {

constexpr uint64_t kMostCounted = uint64_t{256}
                                  << 20U;  // Bytes before a fault that are read again.

// The number of a line, if it can be told by reading what is before it once more.
uint64_t LineNumberAt(const io::Input& input, uint64_t offset) {
  if (io::ReadsOnce(input) || offset > kMostCounted) return 0;
  const absl::StatusOr<io::ByteSourcePtr> source = io::OpenEvents(input);
  if (!source.ok()) return 0;
  std::string buffer(256U << 10U, '\0');
  uint64_t line = 1;
  for (uint64_t at = 0; at < offset;) {
    const auto wanted = static_cast<size_t>(std::min<uint64_t>(buffer.size(), offset - at));
    const absl::StatusOr<size_t> n = (*source)->random_access()
                                         ? (*source)->ReadAt(at, buffer.data(), wanted)
                                         : (*source)->Read(buffer.data(), wanted);
    if (!n.ok() || *n == 0) return 0;
    line += static_cast<uint64_t>(
        std::count(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*n), '\n'));
    at += *n;
  }
  return line;
}

}  // namespace

absl::Status MakeRepeatable(const std::string& directory, const Cancellation* cancel,
                            std::vector<io::Input>* inputs) {
  for (io::Input& input : *inputs) {
    if (!io::ReadsOnce(input)) continue;
    SPELK_ASSIGN_OR_RETURN(input, io::Spool(input, directory, cancel));
  }
  return absl::OkStatus();
}

uint64_t PassReports::LineOf(const std::vector<io::Input>& inputs,
                             const exec::ScanReport::Fault& fault) const {
  if (fault.line > 0) return fault.line;
  const auto [place, is_new] = lines_.try_emplace({fault.input, fault.offset}, 0);
  if (is_new) place->second = LineNumberAt(inputs[fault.input], fault.offset);
  return place->second;
}

void PassReports::Summarize(const std::vector<io::Input>& inputs, Summary* summary) const {
  if (reports_.empty()) return;
  const exec::ScanReport& last = reports_.back();
  summary->matched = last.matched;
  summary->lines = last.lines;
  summary->bytes = last.bytes;
  summary->looked_at = last.looked_at;
  for (const exec::ScanReport& report : reports_) {
    const bool more = summary->malformed == 0 || report.looked_at > summary->looked_at;
    if (report.rejected + report.faulty == 0 || !more) continue;
    summary->malformed = report.rejected + report.faulty;
    summary->looked_at = report.looked_at;
    summary->faults.clear();
    for (const exec::ScanReport::Fault& fault : report.first()) {
      summary->faults.push_back(
          {inputs[fault.input].path, LineOf(inputs, fault), fault.offset, fault.reason});
    }
  }
}

}  // namespace spelk::engine
