#include "select/plan_columns.h"

#include <algorithm>
#include <tuple>

namespace pgassay::select {
namespace {

bool Dominates(const PlanColumn& good, const PlanColumn& bad) {
  return good.cost <= bad.cost && std::includes(bad.used.begin(), bad.used.end(), good.used.begin(), good.used.end());
}

bool CheaperFirst(const PlanColumn& a, const PlanColumn& b) {
  return std::forward_as_tuple(a.cost, a.used.size(), a.used) < std::forward_as_tuple(b.cost, b.used.size(), b.used);
}

}  // namespace

void PlanColumns::Add(std::size_t statement, Cost cost, const whatif::IndexSet& used) {
  PlanColumn column{.cost = cost};
  for (const CandidateId id : used) {
    column.used.push_back(id.value);
    seen_[id.value] = true;
  }
  std::vector<PlanColumn>& columns = columns_[statement];
  if (std::any_of(columns.begin(), columns.end(), [&](const PlanColumn& known) { return Dominates(known, column); }))
    return;
  std::erase_if(columns, [&](const PlanColumn& known) { return Dominates(column, known); });
  columns.insert(std::upper_bound(columns.begin(), columns.end(), column, CheaperFirst), column);
}

}  // namespace pgassay::select
