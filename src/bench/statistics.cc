#include "bench/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "base/status_macros.h"

namespace pgassay::bench {
namespace {

constexpr int kResamples = 1000;
constexpr double kOutside = 0.025;  // of the resampled means, at each end
constexpr std::uint64_t kSeed = 0x706761737361795f;

double WeightedMedian(std::span<const WeightedSamples> parts) {
  double sum = 0;
  double weight = 0;
  for (const WeightedSamples& part : parts) {
    std::vector<double> all;
    for (const std::vector<double>& round : part.rounds) all.insert(all.end(), round.begin(), round.end());
    sum += part.weight * Median(std::move(all));
    weight += part.weight;
  }
  return weight > 0 ? sum / weight : 0;
}

std::size_t MostRounds(std::span<const WeightedSamples> parts) {
  std::size_t most = 1;
  for (const WeightedSamples& part : parts) most = std::max(most, part.rounds.size());
  return most;
}

// Rounds by number; parts with fewer of them begin again.
std::vector<std::size_t> DrawRounds(std::size_t count, Draws& draws) {
  std::vector<std::size_t> drawn;
  for (std::size_t i = 0; i < count; ++i) drawn.push_back(draws.Below(count));
  return drawn;
}

double ResampledMedian(std::span<const WeightedSamples> parts, const std::vector<std::size_t>& rounds, Draws& draws) {
  double sum = 0;
  double weight = 0;
  std::vector<double> drawn;
  for (const WeightedSamples& part : parts) {
    drawn.clear();
    for (std::size_t i = 0; i < std::min(rounds.size(), part.rounds.size()); ++i) {
      const std::vector<double>& round = part.rounds[rounds[i] % part.rounds.size()];
      for (std::size_t n = 0; n < round.size(); ++n) drawn.push_back(round[draws.Below(round.size())]);
    }
    sum += part.weight * Median(drawn);
    weight += part.weight;
  }
  return weight > 0 ? sum / weight : 0;
}

BenchFigure WithInterval(double median, std::vector<double> resampled) {
  std::ranges::sort(resampled);
  const auto last = static_cast<double>(resampled.size() - 1);
  const auto at = [&](double share) { return resampled[static_cast<std::size_t>(std::lround(share * last))]; };
  return {.median = median, .low = at(kOutside), .high = at(1 - kOutside)};
}

// Ranks from 1; equal values have the mean of theirs.
std::vector<double> Ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = (static_cast<double>(begin + end) + 1) / 2;
    begin = end;
  }
  return ranks;
}

}  // namespace

std::uint64_t Draws::Next() {
  state_ += 0x9e3779b97f4a7c15;
  std::uint64_t value = state_;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

std::uint64_t Draws::Below(std::uint64_t limit) {
  return Next() % limit;
}

double Draws::Share() {
  constexpr double kSteps = 9007199254740992;  // 2^53
  return static_cast<double>(Next() >> 11) / kSteps;
}

double Median(std::vector<double> values) {
  PGASSAY_CHECK(!values.empty());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

BenchFigure Bootstrap(std::span<const WeightedSamples> parts) {
  Draws draws(kSeed);
  std::vector<double> resampled;
  const std::size_t rounds = MostRounds(parts);
  for (int i = 0; i < kResamples; ++i) {
    resampled.push_back(ResampledMedian(parts, DrawRounds(rounds, draws), draws));
  }
  return WithInterval(WeightedMedian(parts), std::move(resampled));
}

BenchFigure BootstrapRatio(std::span<const WeightedSamples> above, std::span<const WeightedSamples> below) {
  Draws draws(kSeed);
  std::vector<double> resampled;
  const std::size_t rounds = std::max(MostRounds(above), MostRounds(below));
  for (int i = 0; i < kResamples; ++i) {
    const std::vector<std::size_t> drawn = DrawRounds(rounds, draws);
    const double divisor = ResampledMedian(below, drawn, draws);
    const double dividend = ResampledMedian(above, drawn, draws);
    if (divisor > 0) resampled.push_back(dividend / divisor);
  }
  const double ratio = WeightedMedian(above) / WeightedMedian(below);
  if (resampled.empty()) return {.median = ratio, .low = ratio, .high = ratio};
  return WithInterval(ratio, std::move(resampled));
}

std::optional<double> RankCorrelation(std::span<const double> a, std::span<const double> b) {
  PGASSAY_CHECK(a.size() == b.size());
  if (a.size() < 3) return std::nullopt;
  const std::vector<double> ranks_a = Ranks(a);
  const std::vector<double> ranks_b = Ranks(b);
  const double mean = (static_cast<double>(a.size()) + 1) / 2;
  double covariance = 0;
  double variance_a = 0;
  double variance_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    covariance += (ranks_a[i] - mean) * (ranks_b[i] - mean);
    variance_a += (ranks_a[i] - mean) * (ranks_a[i] - mean);
    variance_b += (ranks_b[i] - mean) * (ranks_b[i] - mean);
  }
  if (variance_a == 0 || variance_b == 0) return std::nullopt;
  return covariance / std::sqrt(variance_a * variance_b);
}

}  // namespace pgassay::bench
