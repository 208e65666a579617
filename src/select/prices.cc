#include "select/prices.h"

namespace pgassay::select {
namespace {

constexpr double kKeyColumn = 0.1;
constexpr double kIncludedColumns = 2;
constexpr double kBesideExisting = 9;

}  // namespace

std::vector<Cost> Prices(const std::vector<catalog::Candidate>& candidates, Cost floor) {
  std::vector<Cost> prices;
  prices.reserve(candidates.size());
  for (const catalog::Candidate& candidate : candidates) {
    double units = 1 + kKeyColumn * (static_cast<double>(candidate.def.keys.size()) - 1);
    if (!candidate.def.include.empty()) units += kIncludedColumns;
    if (candidate.beside_existing) units += kBesideExisting;
    prices.push_back(units * floor);
  }
  return prices;
}

}  // namespace pgassay::select
