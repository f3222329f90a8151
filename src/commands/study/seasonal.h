// Seasonal adjustment of a series by the moving averages of the X-11 method.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace spelk::commands {

enum class Seasonality : uint8_t {
  kAdditive,        // The season adds to the trend.
  kMultiplicative,  // It is a factor of the trend.
};
constexpr std::string_view kSeasonalities[] = {"add", "mult"};
constexpr size_t EnumSize(Seasonality) { return 2; }
constexpr std::string_view NameOf(Seasonality seasonality) {
  return kSeasonalities[static_cast<size_t>(seasonality)];
}

// The fewest values for a period: three whole ones.
constexpr size_t LeastValues(size_t period) { return 3 * period; }

// The values without what comes again every `period` of them: what X-11 names D11, without its
// corrections for trading days and extreme values. All values are finite, none of a multiplicative
// series is negative, and there are LeastValues at least. Where the season of a multiplicative
// series is zero there is no number.
std::vector<double> WithoutSeason(const std::vector<double>& values, size_t period,
                                  Seasonality seasonality);

// The weights of Henderson's moving average of 2m+1 terms at a place with `after` terms after it
// (m where there are enough; fewer at the end of a series, by Musgrave's method with that ratio of
// irregular to trend movements), the oldest first.
std::vector<double> HendersonWeights(size_t m, size_t after, double ratio);

}  // namespace spelk::commands
