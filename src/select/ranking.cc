#include "select/ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pgassay::select {

double Band(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::round(mantissa * 1e9) / 1e9, exponent);
}

std::vector<std::uint32_t> DefinitionRanks(const std::vector<catalog::Candidate>& candidates) {
  std::vector<std::uint32_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto compared = candidates[a].def <=> candidates[b].def;
    return compared != 0 ? compared < 0 : a < b;
  });
  std::vector<std::uint32_t> ranks(candidates.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) ranks[order[i]] = i;
  return ranks;
}

}  // namespace pgassay::select
