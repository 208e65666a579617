#include "advisor/measured_times.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "catalog/index_identity.h"

namespace pgassay::advisor {
namespace {

// Fewer ratios have no middle to speak of.
constexpr std::size_t kLeastRatios = 5;
// Statistics and sizes move between a bench and the next capture.
constexpr double kSameCost = 1.2;

}  // namespace

std::optional<SetIndexes> FindIndexes(const MeasuredSet& set, const Run& run, const Snapshot& snapshot) {
  SetIndexes found;
  for (const std::string& definition : set.created) {
    const auto candidate = std::ranges::find_if(run.generated.candidates, [&](const catalog::Candidate& of) {
      return catalog::Describe(of.def, snapshot) == definition;
    });
    if (candidate == run.generated.candidates.end()) return std::nullopt;
    found.enabled = found.enabled.With(candidate->id);
  }
  for (const std::string& definition : set.dropped) {
    const auto index = std::ranges::find_if(
        snapshot.indexes, [&](const Index& of) { return catalog::Describe(of.def, snapshot) == definition; });
    if (index == snapshot.indexes.end()) return std::nullopt;
    found.hidden.push_back(index->oid);
  }
  return found;
}

double SpeedOfSource(const MeasuredSet& as_it_was, const std::map<std::string, double>& ms_by_template) {
  std::vector<double> ratios;
  for (const MeasuredQuery& query : as_it_was.queries) {
    const auto known = ms_by_template.find(query.template_id);
    if (known != ms_by_template.end() && known->second > 0 && query.ms > 0) ratios.push_back(known->second / query.ms);
  }
  if (ratios.size() < kLeastRatios) return 1;
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::ranges::nth_element(ratios, middle);
  return *middle;
}

bool IsMeasuredPlan(const MeasuredQuery& query, Cost cost) {
  if (!query.cost || *query.cost <= 0 || cost <= 0) return false;
  return std::abs(std::log(cost / *query.cost)) <= std::log(kSameCost);
}

}  // namespace pgassay::advisor
