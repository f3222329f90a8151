// The X-11 method: trend by centred averages, season by averages over the same place of each
// period, both taken twice, as J. Shiskin, A. Young and J. Musgrave published it (U.S. Bureau of
// the Census, Technical Paper 15, 1967).
#include "commands/study/seasonal.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

namespace spelk::commands {
namespace {

// Removing the second from the first, and what stands for nothing removed.
double Without(double value, double part, Seasonality seasonality) {
  if (seasonality == Seasonality::kAdditive) return value - part;
  return part == 0 ? NAN : value / part;
}
double Neutral(Seasonality seasonality) {
  return seasonality == Seasonality::kAdditive ? 0.0 : 1.0;
}

// Averages over one period, centred: 2xP for an even one, whose outer terms count half. No number
// within half a period of either end.
std::vector<double> OverPeriod(const std::vector<double>& values, size_t period) {
  std::vector<double> means(values.size(), NAN);
  const size_t half = period / 2;
  const bool even = period % 2 == 0;
  for (size_t i = half; i + half < values.size(); ++i) {
    double sum = 0;
    for (size_t j = i - half; j <= i + half; ++j) {
      const bool outer = even && (j == i - half || j == i + half);
      sum += outer ? values[j] / 2 : values[j];
    }
    means[i] = sum / static_cast<double>(period);
  }
  return means;
}

// A symmetric average and those for places near the end, the nearest first; before the start they
// are turned round.
struct EndedAverage {
  std::span<const double> middle;
  std::span<const std::span<const double>> ends;
};

constexpr double k3x3[] = {3, 6, 9, 6, 3};
constexpr double k3x3Last[] = {5, 11, 11};
constexpr double k3x3Before[] = {3, 7, 10, 7};
constexpr std::span<const double> k3x3Ends[] = {k3x3Last, k3x3Before};
constexpr double k3x5[] = {4, 8, 12, 12, 12, 8, 4};
constexpr double k3x5Last[] = {9, 17, 17, 17};
constexpr double k3x5Before[] = {4, 11, 15, 15, 15};
constexpr double k3x5Second[] = {4, 8, 13, 13, 13, 9};
constexpr std::span<const double> k3x5Ends[] = {k3x5Last, k3x5Before, k3x5Second};

// The average at a place of a few values; weights beyond either end are left out.
double AverageAt(const std::vector<double>& values, size_t place, const EndedAverage& average) {
  const size_t reach = average.middle.size() / 2;
  const size_t after = values.size() - 1 - place;
  std::span<const double> weights = average.middle;
  bool turned = false;
  size_t ahead = reach;
  if (after < reach) {
    weights = average.ends[after];
    ahead = after;
  } else if (place < reach) {
    weights = average.ends[place];
    ahead = place;
    turned = true;
  }
  double sum = 0;
  double weight = 0;
  for (size_t w = 0; w < weights.size(); ++w) {
    const auto step =
        static_cast<std::ptrdiff_t>(ahead) - static_cast<std::ptrdiff_t>(weights.size() - 1 - w);
    const auto at = static_cast<std::ptrdiff_t>(place) + (turned ? -step : step);
    if (at < 0 || at >= static_cast<std::ptrdiff_t>(values.size())) continue;
    sum += weights[w] * values[static_cast<size_t>(at)];
    weight += weights[w];
  }
  return sum / weight;
}

// Along the same place of each period, over the values that are numbers; where there are none
// before the first or after the last, these stand for them.
std::vector<double> OverPlaces(const std::vector<double>& values, size_t period,
                               const EndedAverage& average) {
  std::vector<double> season(values.size(), NAN);
  for (size_t place = 0; place < period; ++place) {
    std::vector<size_t> known;
    std::vector<double> numbers;
    for (size_t i = place; i < values.size(); i += period) {
      if (std::isnan(values[i])) continue;
      known.push_back(i);
      numbers.push_back(values[i]);
    }
    if (known.empty()) continue;
    size_t nearest = 0;
    for (size_t i = place; i < values.size(); i += period) {
      while (nearest + 1 < known.size() && known[nearest] < i) ++nearest;
      season[i] = AverageAt(numbers, nearest, average);
    }
  }
  return season;
}

// So that a period of it adds up to nothing (to the factor 1).
std::vector<double> Normalized(std::vector<double> season, size_t period, Seasonality seasonality) {
  std::vector<double> level = OverPeriod(season, period);
  const size_t half = period / 2;
  for (size_t i = 0; i < level.size(); ++i) {
    if (i < half) level[i] = level[half];
    if (i + half >= level.size()) level[i] = level[level.size() - 1 - half];
  }
  for (size_t i = 0; i < season.size(); ++i) {
    if (seasonality == Seasonality::kMultiplicative && level[i] == 0) continue;
    season[i] = Without(season[i], level[i], seasonality);
  }
  return season;
}

std::vector<double> WithoutEach(const std::vector<double>& values, const std::vector<double>& parts,
                                Seasonality seasonality) {
  std::vector<double> rest(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    rest[i] = Without(values[i], parts[i], seasonality);
  }
  return rest;
}

// Henderson's average over all of a series.
std::vector<double> Henderson(const std::vector<double>& values, size_t m, double ratio) {
  m = std::min(m, (values.size() - 1) / 2);
  if (m == 0) return values;
  std::vector<std::vector<double>> weights;  // By how many values follow.
  for (size_t after = 0; after <= m; ++after) weights.push_back(HendersonWeights(m, after, ratio));
  std::vector<double> trend(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t after = std::min(values.size() - 1 - i, m);
    const size_t before = std::min(i, m);
    const bool turned = before < m;  // A series is at least 2m+1 long, so one end is far.
    const std::vector<double>& each = weights[turned ? before : after];
    const size_t oldest = turned ? i + m : i - m;
    for (size_t w = 0; w < each.size(); ++w) {
      trend[i] += each[w] * values[turned ? oldest - w : oldest + w];
    }
  }
  return trend;
}

// How much the irregular part moves from value to value for each movement of the trend.
double MovementRatio(const std::vector<double>& values, const std::vector<double>& trend,
                     Seasonality seasonality) {
  double irregular = 0;
  double moved = 0;
  for (size_t i = 1; i < values.size(); ++i) {
    const double now = Without(values[i], trend[i], seasonality);
    const double before = Without(values[i - 1], trend[i - 1], seasonality);
    double step = std::abs(trend[i] - trend[i - 1]);
    if (seasonality == Seasonality::kMultiplicative && trend[i - 1] != 0) {
      step /= std::abs(trend[i - 1]);
    }
    if (!std::isfinite(now) || !std::isfinite(before)) continue;
    irregular += std::abs(now - before);
    moved += step;
  }
  return moved > 0 ? irregular / moved : 1e6;
}

}  // namespace

std::vector<double> HendersonWeights(size_t m, size_t after, double ratio) {
  const auto n = static_cast<double>(m) + 2;
  const double n2 = n * n;
  const double scale = 8 * n * (n2 - 1) * (4 * n2 - 1) * (4 * n2 - 9) * (4 * n2 - 25);
  std::vector<double> weights;
  for (size_t i = 0; i <= 2 * m; ++i) {
    const double j = static_cast<double>(i) - static_cast<double>(m);
    const double j2 = j * j;
    weights.push_back(315 * ((n - 1) * (n - 1) - j2) * (n2 - j2) * ((n + 1) * (n + 1) - j2) *
                      (3 * n2 - 16 - 11 * j2) / scale);
  }
  if (after >= m) return weights;
  // Musgrave: the weights of the terms that are missing go to the others so that the mean of the
  // squared revisions is least for a series that moves along a straight line.
  const size_t count = m + 1 + after;
  const auto length = static_cast<double>(count);
  const double slope = 4 / (std::numbers::pi * ratio * ratio);
  double missing = 0;
  double moment = 0;
  for (size_t i = count; i < weights.size(); ++i) {
    missing += weights[i];
    moment += (static_cast<double>(i + 1) - (length + 1) / 2) * weights[i];
  }
  for (size_t i = 0; i < count; ++i) {
    const double away = static_cast<double>(i + 1) - (length + 1) / 2;
    weights[i] += missing / length +
                  away * slope / (1 + length * (length - 1) * (length + 1) / 12 * slope) * moment;
  }
  weights.resize(count);
  return weights;
}

std::vector<double> WithoutSeason(const std::vector<double>& values, size_t period,
                                  Seasonality seasonality) {
  // The first estimates: the trend is what is left of a whole period.
  const std::vector<double> rough = OverPeriod(values, period);
  std::vector<double> ratios = WithoutEach(values, rough, seasonality);
  for (size_t i = 0; i < ratios.size(); ++i) {
    if (!std::isnan(rough[i]) && std::isnan(ratios[i])) ratios[i] = Neutral(seasonality);
  }
  std::vector<double> season =
      Normalized(OverPlaces(ratios, period, {k3x3, k3x3Ends}), period, seasonality);
  std::vector<double> adjusted = WithoutEach(values, season, seasonality);
  for (size_t i = 0; i < adjusted.size(); ++i) {
    if (std::isnan(adjusted[i])) adjusted[i] = values[i];
  }
  // The second ones: the trend by Henderson's average of about a period.
  const size_t m = (period + 1) / 2;
  const std::vector<double> first = Henderson(adjusted, m, 3.5);
  const double ratio = std::clamp(MovementRatio(adjusted, first, seasonality), 0.5, 1e6);
  const std::vector<double> trend = Henderson(adjusted, m, ratio);
  ratios = WithoutEach(values, trend, seasonality);
  for (double& each : ratios) {
    if (!std::isfinite(each)) each = Neutral(seasonality);
  }
  season = Normalized(OverPlaces(ratios, period, {k3x5, k3x5Ends}), period, seasonality);
  return WithoutEach(values, season, seasonality);
}

}  // namespace spelk::commands
