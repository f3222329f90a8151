// Quantile: of numbers that are at hand, all of them.
#pragma once

#include <cstddef>
#include <vector>

namespace spelk::commands {

// The value below which that share of the sorted numbers lies, interpolated.
inline double Quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  if (below + 1 == sorted.size()) return sorted[below];
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

}  // namespace spelk::commands
