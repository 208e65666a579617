#pragma once

// Medians, intervals and ranks. Everything is deterministic: the draws of the bootstrap come from a generator with a
// fixed seed.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "pgassay/bench.h"

namespace pgassay::bench {

// Numbers that look random (splitmix64; Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next();
  std::uint64_t Below(std::uint64_t limit);  // limit > 0
  double Share();                            // 0 to 1, 1 not included

 private:
  std::uint64_t state_;
};

// Of an even number the mean of the two in the middle. `values` is not empty.
double Median(std::vector<double> values);

// Samples of one of several things whose medians are averaged by weight: the bindings of a query.
struct WeightedSamples {
  double weight = 1;
  std::vector<std::vector<double>> rounds;  // not empty, and neither is one of them
};

// The weighted mean of the medians over all rounds, and the interval that 95 of 100 resampled ones fall into
// (percentile bootstrap: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13). Samples of one
// round have more in common than those of different ones, so rounds are drawn first, and then samples of theirs.
// `parts` is not empty.
BenchFigure Bootstrap(std::span<const WeightedSamples> parts);

// The same for the quotient of two such means. Both are resampled with the same rounds: what slows the machine down for
// a while, slows both. The median of `below` is not 0.
BenchFigure BootstrapRatio(std::span<const WeightedSamples> above, std::span<const WeightedSamples> below);

// Spearman's rank correlation: that of the ranks, equal values having the mean of theirs. None for fewer than three
// pairs, or where one side is all the same.
std::optional<double> RankCorrelation(std::span<const double> a, std::span<const double> b);

}  // namespace pgassay::bench
