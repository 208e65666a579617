#include "report/bench_parts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "report/figures.h"

namespace pgassay::report {

double SavedMs(const BenchPlan& plan, const BenchResult& result, std::size_t set, std::size_t query) {
  const BenchMeasure& with = result.sets[set].queries[query];
  if (!with.ratio) return 0;
  return plan.queries[query].weight * (result.sets[0].queries[query].ms->median - with.ms->median);
}

std::vector<BenchRegression> BenchRegressions(const BenchPlan& plan, const BenchResult& result) {
  std::vector<BenchRegression> regressions;
  for (std::size_t s = 0; s < result.sets.size(); ++s) {
    const std::size_t first = regressions.size();
    for (std::size_t q = 0; q < result.sets[s].queries.size(); ++q) {
      if (result.sets[s].queries[q].regression) regressions.push_back({.set = s, .query = q});
    }
    std::stable_sort(regressions.begin() + static_cast<std::ptrdiff_t>(first), regressions.end(),
                     [&](const BenchRegression& a, const BenchRegression& b) {
                       return SavedMs(plan, result, a.set, a.query) < SavedMs(plan, result, b.set, b.query);
                     });
  }
  return regressions;
}

std::optional<double> PredictedRatio(const PredictedCost& cost) {
  if (cost.ms_before && cost.ms_after && *cost.ms_before > 0) return *cost.ms_after / *cost.ms_before;
  if (cost.before <= 0 || cost.after < 0) return std::nullopt;
  return cost.after / cost.before;
}

std::string RatioText(double ratio) {
  constexpr double kScale = 1e6;  // FactorText sees two decimals
  return FactorText(kScale, kScale * ratio);
}

std::string AnswerText(const BenchMeasure& measure) {
  if (measure.answer == "differs") return "its answer differs from the one without the set";
  if (measure.answer == "count") return absl::StrCat("answers compared by their number of rows: ", measure.answer_note);
  if (measure.answer != "not-compared") return "";
  return absl::StrCat("answers not compared: ", measure.answer_note);
}

}  // namespace pgassay::report
