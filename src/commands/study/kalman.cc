// The filter and the search for its variances.
#include "commands/study/kalman.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

namespace spelk::commands {
namespace {

constexpr double kUnknown = 1e7;  // The variance of a state of which nothing is known.

// How much each part wanders, as shares of the noise.
struct Wander {
  double level = 1;
  double slope = 0;
  double season = 0;
};

class Filter {
 public:
  Filter(const LevelModel& model, const Wander& wander, double first)
      : model_(model),
        wander_(wander),
        size_(model.states()),
        season_(1 + (model.slope ? 1U : 0U)),
        state_(size_, 0),
        covariance_(size_ * size_, 0),
        gain_(size_, 0) {
    state_[0] = first;
    for (size_t i = 0; i < size_; ++i) At(i, i) = kUnknown;
  }

  double mean() const { return state_[0] + (has_season() ? state_[season_] : 0); }
  // Of the next value, in units of the noise.
  double variance() const {
    double sum = At(0, 0) + 1;
    if (has_season()) sum += 2 * At(0, season_) + At(season_, season_);
    return sum;
  }

  void See(double value) {
    const double variance_now = variance();
    const double away = value - mean();
    for (size_t i = 0; i < size_; ++i) {
      gain_[i] = At(i, 0) + (has_season() ? At(i, season_) : 0);
    }
    for (size_t i = 0; i < size_; ++i) state_[i] += gain_[i] * away / variance_now;
    for (size_t i = 0; i < size_; ++i) {
      for (size_t j = 0; j < size_; ++j) At(i, j) -= gain_[i] * gain_[j] / variance_now;
    }
  }

  // T * state, T * covariance * T' + what the parts wander, row by row and column by column.
  void Step() {
    MoveVector([this](size_t i) -> double& { return state_[i]; });
    for (size_t j = 0; j < size_; ++j) {
      MoveVector([this, j](size_t i) -> double& { return At(i, j); });
    }
    for (size_t i = 0; i < size_; ++i) {
      MoveVector([this, i](size_t j) -> double& { return At(i, j); });
    }
    At(0, 0) += wander_.level;
    if (model_.slope) At(1, 1) += wander_.slope;
    if (has_season()) At(season_, season_) += wander_.season;
  }

 private:
  bool has_season() const { return season_ < size_; }
  double& At(size_t i, size_t j) { return covariance_[i * size_ + j]; }
  double At(size_t i, size_t j) const { return covariance_[i * size_ + j]; }

  // The level goes on by the slope; the season is what makes the sum of a period zero.
  template <class Part>
  void MoveVector(const Part& part) {
    if (model_.slope) part(0) += part(1);
    if (!has_season()) return;
    double next = 0;
    for (size_t i = season_; i < size_; ++i) next -= part(i);
    for (size_t i = size_ - 1; i > season_; --i) part(i) = part(i - 1);
    part(season_) = next;
  }

  const LevelModel& model_;
  const Wander wander_;
  const size_t size_;
  const size_t season_;  // The first state of the season.
  std::vector<double> state_;
  std::vector<double> covariance_;
  std::vector<double> gain_;
};

double FirstSeen(const std::vector<double>& values) {
  for (const double value : values) {
    if (!std::isnan(value)) return value;
  }
  return 0;
}

// The variance of the noise that makes the values most likely, and how unlikely they are then.
struct Fit {
  double noise = 0;
  double cost = 0;
};

Fit FitOf(const std::vector<double>& values, const LevelModel& model, const Wander& wander) {
  Filter filter(model, wander, FirstSeen(values));
  double squares = 0;
  double logs = 0;
  size_t seen = 0;
  for (const double value : values) {
    if (!std::isnan(value)) {
      // As many values as there are states say nothing yet.
      if (++seen > model.states()) {
        const double away = value - filter.mean();
        squares += away * away / filter.variance();
        logs += std::log(filter.variance());
      }
      filter.See(value);
    }
    filter.Step();
  }
  Fit fit;
  if (seen <= model.states()) return fit;
  const auto count = static_cast<double>(seen - model.states());
  fit.noise = squares / count;
  fit.cost = count * std::log(std::max(fit.noise, std::numeric_limits<double>::min())) + logs;
  return fit;
}

// The place of the least value between two, by golden sections.
double Least(double low, double high, size_t steps, const std::function<double(double)>& cost) {
  const double section = (std::sqrt(5.0) - 1) / 2;
  double a = high - section * (high - low);
  double b = low + section * (high - low);
  double cost_a = cost(a);
  double cost_b = cost(b);
  for (size_t step = 0; step < steps; ++step) {
    if (cost_a <= cost_b) {
      high = b;
      b = a;
      cost_b = cost_a;
      a = high - section * (high - low);
      cost_a = cost(a);
    } else {
      low = a;
      a = b;
      cost_a = cost_b;
      b = low + section * (high - low);
      cost_b = cost(b);
    }
  }
  return cost_a <= cost_b ? a : b;
}

Wander MostLikely(const std::vector<double>& values, const LevelModel& model) {
  constexpr double kWork = 2e8;  // Multiplications, about.
  const auto states = static_cast<double>(model.states());
  const double of_step = 4 * states * states;
  std::vector<double> used = values;
  const auto most = static_cast<size_t>(std::max(kWork / 30 / of_step, 2 * states + 8));
  if (used.size() > most) used.erase(used.begin(), used.end() - static_cast<std::ptrdiff_t>(most));
  const double of_fit = of_step * static_cast<double>(used.size());
  const auto steps = static_cast<size_t>(std::clamp(kWork / of_fit / 9, 2.0, 20.0));

  Wander wander;
  const std::array<double*, 3> parts = {&wander.level, model.slope ? &wander.slope : nullptr,
                                        model.period > 1 ? &wander.season : nullptr};
  for (int sweep = 0; sweep < 3; ++sweep) {
    for (double* const part : parts) {
      if (part == nullptr) continue;
      const auto cost = [&](double logarithm) {
        *part = std::exp(logarithm);
        return FitOf(used, model, wander).cost;
      };
      *part = std::exp(Least(-14, 7, steps, cost));
    }
  }
  return wander;
}

}  // namespace

Forecast Predict(const std::vector<double>& values, size_t ahead, const LevelModel& model) {
  const Wander wander = MostLikely(values, model);
  const Fit fit = FitOf(values, model, wander);
  Filter filter(model, wander, FirstSeen(values));
  Forecast forecast;
  size_t seen = 0;
  size_t compared = 0;
  for (size_t i = 0; i < values.size() + ahead; ++i) {
    const bool sees = i < values.size() && !std::isnan(values[i]);
    // Before enough was seen nothing is known of the spread but the noise.
    const bool unknown = seen < model.states();
    forecast.means.push_back(filter.mean());
    forecast.variances.push_back(fit.noise * (unknown ? 1 : filter.variance()));
    if (sees && !unknown) {
      const double away = values[i] - filter.mean();
      forecast.error += away * away;
      ++compared;
    }
    if (sees) {
      filter.See(values[i]);
      ++seen;
    }
    filter.Step();
  }
  if (compared > 0) forecast.error /= static_cast<double>(compared);
  return forecast;
}

namespace {

// A level of its own, as one filter sees it.
struct OneLevel {
  double noise = 0;  // Variances.
  double wander = 0;
  Forecast forecast;
};

OneLevel FitLevel(const std::vector<double>& values) {
  const LevelModel model;
  const Wander wander = MostLikely(values, model);
  OneLevel level;
  level.noise = FitOf(values, model, wander).noise;
  level.wander = level.noise * wander.level;
  level.forecast = Predict(values, 0, model);
  return level;
}

// How what was not expected of the one goes with that of the other, from -1 to 1.
double Together(const std::vector<double>& a, const OneLevel& of_a, const std::vector<double>& b,
                const OneLevel& of_b) {
  double product = 0;
  double squares_a = 0;
  double squares_b = 0;
  for (size_t i = 1; i < a.size(); ++i) {
    const double away_a = a[i] - of_a.forecast.means[i];
    const double away_b = b[i] - of_b.forecast.means[i];
    if (std::isnan(away_a) || std::isnan(away_b)) continue;
    product += away_a * away_b;
    squares_a += away_a * away_a;
    squares_b += away_b * away_b;
  }
  const double both = std::sqrt(squares_a * squares_b);
  return both > 0 ? std::clamp(product / both, -0.99, 0.99) : 0;
}

// A symmetric matrix of two levels.
struct TwoNumbers {
  double first = 0;
  double between = 0;
  double second = 0;
};
TwoNumbers PairOf(double first, double second, double together) {
  return {first, together * std::sqrt(first * second), second};
}

// Two levels, of which each step shows one, both or neither.
class PairFilter {
 public:
  PairFilter(double first, double second, const TwoNumbers& noise, const TwoNumbers& wander)
      : means_{{first, second}}, noise_(noise), wander_(wander) {
    const double unknown = kUnknown * std::max({noise.first, noise.second, 1.0});
    spread_ = {unknown, 0, unknown};
  }

  double mean() const { return means_[0]; }
  double variance() const { return spread_.first + noise_.first; }

  void See(double first, double second) {
    if (!std::isnan(first) && !std::isnan(second)) return SeeBoth(first, second);
    if (!std::isnan(first)) SeeOne(first, 0, spread_.first, noise_.first);
    if (!std::isnan(second)) SeeOne(second, 1, spread_.second, noise_.second);
  }
  void Step() {
    spread_.first += wander_.first;
    spread_.between += wander_.between;
    spread_.second += wander_.second;
  }

 private:
  void SeeOne(double value, size_t which, double spread, double noise) {
    const double all = spread + noise;
    if (!(all > 0)) return;
    const double away = value - means_[which];
    const double gain_first = (which == 0 ? spread_.first : spread_.between) / all;
    const double gain_second = (which == 0 ? spread_.between : spread_.second) / all;
    means_[0] += gain_first * away;
    means_[1] += gain_second * away;
    spread_.first -= gain_first * gain_first * all;
    spread_.between -= gain_first * gain_second * all;
    spread_.second -= gain_second * gain_second * all;
  }
  void SeeBoth(double first, double second) {
    const TwoNumbers all = {spread_.first + noise_.first, spread_.between + noise_.between,
                            spread_.second + noise_.second};
    const double determinant = all.first * all.second - all.between * all.between;
    if (!(determinant > 0)) return SeeOne(first, 0, spread_.first, noise_.first);
    const std::array<double, 2> away = {first - means_[0], second - means_[1]};
    const TwoNumbers inverse = {all.second / determinant, -all.between / determinant,
                                all.first / determinant};
    // spread * inverse
    const std::array<std::array<double, 2>, 2> gain = {
        {{spread_.first * inverse.first + spread_.between * inverse.between,
          spread_.first * inverse.between + spread_.between * inverse.second},
         {spread_.between * inverse.first + spread_.second * inverse.between,
          spread_.between * inverse.between + spread_.second * inverse.second}}};
    for (size_t i = 0; i < 2; ++i) means_[i] += gain[i][0] * away[0] + gain[i][1] * away[1];
    const TwoNumbers before = spread_;
    spread_.first -= gain[0][0] * before.first + gain[0][1] * before.between;
    spread_.between -= gain[0][0] * before.between + gain[0][1] * before.second;
    spread_.second -= gain[1][0] * before.between + gain[1][1] * before.second;
  }

  std::array<double, 2> means_;
  const TwoNumbers noise_;
  const TwoNumbers wander_;
  TwoNumbers spread_;
};

}  // namespace

Forecast PredictWith(const std::vector<double>& values, const std::vector<double>& other,
                     size_t ahead) {
  const OneLevel ours = FitLevel(values);
  const OneLevel theirs = FitLevel(other);
  const double together = Together(values, ours, other, theirs);
  const TwoNumbers noise = PairOf(ours.noise, theirs.noise, together);
  PairFilter filter(FirstSeen(values), FirstSeen(other), noise,
                    PairOf(ours.wander, theirs.wander, together));
  Forecast forecast;
  bool known = false;  // Before the first value nothing is known of the spread but the noise.
  for (size_t i = 0; i < values.size() + ahead; ++i) {
    forecast.means.push_back(filter.mean());
    forecast.variances.push_back(known ? filter.variance() : noise.first);
    if (i < values.size()) {
      filter.See(values[i], other[i]);
      known = known || !std::isnan(values[i]);
    }
    filter.Step();
  }
  return forecast;
}

std::optional<size_t> FindPeriod(const std::vector<double>& values) {
  constexpr size_t kMost = 2000;
  std::vector<double> used;
  for (size_t i = values.size() > kMost ? values.size() - kMost : 0; i < values.size(); ++i) {
    used.push_back(std::isnan(values[i]) ? (used.empty() ? 0 : used.back()) : values[i]);
  }
  if (used.size() < 6) return std::nullopt;
  // Without what rises or falls all the way.
  const auto count = static_cast<double>(used.size());
  double mean = 0;
  double slope = 0;
  double squares = 0;
  for (const double value : used) mean += value / count;
  for (size_t i = 0; i < used.size(); ++i) {
    const double place = static_cast<double>(i) - (count - 1) / 2;
    slope += place * (used[i] - mean);
    squares += place * place;
  }
  slope /= squares;
  double all = 0;
  for (size_t i = 0; i < used.size(); ++i) {
    used[i] -= mean + slope * (static_cast<double>(i) - (count - 1) / 2);
    all += used[i] * used[i];
  }
  if (!(all > 0)) return std::nullopt;
  std::vector<double> correlation;
  for (size_t lag = 0; lag <= used.size() / 2; ++lag) {
    double sum = 0;
    for (size_t i = lag; i < used.size(); ++i) sum += used[i] * used[i - lag];
    correlation.push_back(sum / all * count / (count - static_cast<double>(lag)));
  }
  constexpr double kClear = 0.5;
  size_t best = 0;  // None yet.
  for (size_t lag = 2; lag + 1 < correlation.size(); ++lag) {
    const bool peak = correlation[lag] > correlation[lag - 1] &&
                      correlation[lag] >= correlation[lag + 1] && correlation[lag] > kClear;
    // A multiple of a period is one, too: it must be clearly better.
    if (peak && (best == 0 || correlation[lag] > correlation[best] + 0.1)) best = lag;
  }
  return best == 0 ? std::nullopt : std::optional(best);
}

double DeviationsFor(double share) {
  if (share >= 1) return HUGE_VAL;
  double low = 0;
  double high = 40;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (std::erf(middle / std::sqrt(2.0)) < share ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace spelk::commands
