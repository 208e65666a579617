#include "select/prices.h"

namespace pgassay::select {
namespace {

constexpr double kKeyColumn = 0.1;
constexpr double kIncludedColumns = 2;
constexpr double kBesideExisting = 9;

}  // namespace

std::vector<Cost> Prices(const Problem& problem, Cost floor) {
  std::vector<Cost> prices;
  prices.reserve(problem.candidates.size());
  for (const catalog::Candidate& candidate : problem.candidates) {
    double units = 1 + kKeyColumn * (static_cast<double>(candidate.def.keys.size()) - 1);
    if (!candidate.def.include.empty()) units += kIncludedColumns;
    if (candidate.beside_existing) units += kBesideExisting;
    const Cost writes = problem.write_costs.empty() ? 0 : problem.write_costs[candidate.id.value];
    prices.push_back(units * floor + writes);
  }
  return prices;
}

}  // namespace pgassay::select
