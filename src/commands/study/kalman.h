// Kalman filters of local levels: what predict looks ahead with.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace spelk::commands {

// A level that wanders, perhaps with a slope that does, perhaps with a season of `period` steps.
struct LevelModel {
  bool slope = false;
  size_t period = 0;  // 0: no season.

  size_t states() const { return 1 + (slope ? 1 : 0) + (period > 1 ? period - 1 : 0); }
};

struct Forecast {
  std::vector<double> means;  // Of each step, from those before it.
  std::vector<double> variances;
  double error = 0;  // The mean of the squared differences from what was seen.
};

// Forecasts of each value and of `ahead` more. A value that is no number was not seen. How much
// level, slope and season wander is what makes the values most likely, found by a search of
// bounded cost: of long series with long seasons it looks at the last values only.
Forecast Predict(const std::vector<double>& values, size_t ahead, const LevelModel& model);

// Forecasts of one of two levels that wander together: noise and wandering of the one go with those
// of the other as far as what was not expected of them did. `other` is as long as `values`.
Forecast PredictWith(const std::vector<double>& values, const std::vector<double>& other,
                     size_t ahead);

// The number of steps after which the values come again, by their correlation with themselves;
// nothing if there is none.
std::optional<size_t> FindPeriod(const std::vector<double>& values);

// How many standard deviations around the mean hold that share (0 to 1) of a normal distribution.
double DeviationsFor(double share);

}  // namespace spelk::commands
