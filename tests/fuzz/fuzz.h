// What the fuzz targets share: a way to fail, and searches over events in memory.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "spelk/engine.h"

namespace spelk::fuzz {

inline void Require(bool holds, std::string_view what, std::string_view seen = {}) {
  if (holds) return;
  fmt::print(stderr, "\n{}\n{}\n", what, seen);
  std::abort();
}

inline std::string_view TextOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Little memory, so that what grows without bound fails by name.
inline RunOptions SmallRun() {
  RunOptions options;
  options.memory = size_t{64} << 20U;
  options.now = 1'700'000'000;
  return options;
}

// The rows as NDJSON. A run may fail, but not for a bug of ours.
inline std::string RowsOf(const Query& query, std::string_view events, const RunOptions& options,
                          bool* failed) {
  std::string out;
  const Result<Summary> done = query.Run(Memory(events), options, [&out](const RowBatch& rows) {
    for (size_t row = 0; row < rows.rows(); ++row) {
      rows.AppendJson(row, out);
      out += '\n';
    }
    return Flow::kMore;
  });
  *failed = !done.ok();
  if (*failed) Require(done.error().kind() != ErrorKind::kInternal, done.error().message());
  return out;
}

}  // namespace spelk::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
