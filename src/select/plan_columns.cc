#include "select/plan_columns.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace pgassay::select {
namespace {

bool Dominates(const PlanColumn& good, const PlanColumn& bad) {
  return good.printed() <= bad.printed() &&
         std::includes(bad.used.begin(), bad.used.end(), good.used.begin(), good.used.end());
}

bool TakenFirst(const PlanColumn& a, const PlanColumn& b) {
  return std::make_tuple(a.printed(), a.cost, a.used.size(), std::cref(a.used)) <
         std::make_tuple(b.printed(), b.cost, b.used.size(), std::cref(b.used));
}

}  // namespace

void PlanColumns::Add(std::size_t statement, Cost cost, const whatif::IndexSet& used, Cost penalty) {
  PlanColumn column{.cost = cost, .used = {}, .penalty = penalty};
  for (const CandidateId id : used) {
    column.used.push_back(id.value);
    seen_[id.value] = true;
  }
  std::vector<PlanColumn>& columns = columns_[statement];
  if (std::any_of(columns.begin(), columns.end(), [&](const PlanColumn& known) { return Dominates(known, column); }))
    return;
  std::erase_if(columns, [&](const PlanColumn& known) { return Dominates(column, known); });
  columns.insert(std::upper_bound(columns.begin(), columns.end(), column, TakenFirst), column);
}

}  // namespace pgassay::select
