#include "advisor/replacements.h"

#include <algorithm>

#include "advisor/drops.h"
#include "advisor/run.h"
#include "catalog/index_identity.h"
#include "select/prices.h"

namespace pgassay::advisor {
namespace {

// Whether another existing index does the work of `index`, so that it can go whatever is chosen.
bool IsCovered(const Index& index, const Snapshot& snapshot) {
  return std::ranges::any_of(snapshot.indexes, [&index](const Index& other) {
    return other.oid != index.oid && other.def.table == index.def.table && other.valid && other.ready &&
           (catalog::SameWork(other.def, index.def) || catalog::Covers(other.def, index.def));
  });
}

}  // namespace

Replacements::Replacements(const Run& run, const Snapshot& snapshot)
    : sizes_(run.problem.sizes), write_costs_(run.problem.write_costs) {
  const std::vector<Oid> gone = run.drops.hidden();
  for (const Index& index : snapshot.indexes) {
    Credit credit{.index = &index, .bytes = index.pages * kPageBytes};
    for (const catalog::Candidate& candidate : run.problem.candidates) {
      if (run.usable[candidate.id.value] && Replaces(candidate.def, index, run.demands, snapshot)) credit.by.insert(candidate.id);
    }
    if (credit.by.empty() || std::ranges::binary_search(gone, index.oid) || IsCovered(index, snapshot)) continue;
    credit.writes = run.writes->OfExisting(index).cost;
    credits_.push_back(std::move(credit));
  }
}

void Replacements::Apply(select::Problem& problem) const {
  problem.sizes = sizes_;
  problem.write_costs = write_costs_;
  for (const Credit& credit : credits_) {
    for (const CandidateId id : credit.by) {
      problem.sizes[id.value] -= credit.bytes;
      problem.write_costs[id.value] -= credit.writes;
    }
  }
  for (Bytes& size : problem.sizes) size = std::max<Bytes>(size, kPageBytes);
  for (Cost& cost : problem.write_costs) cost = std::max(cost, 0.0);
}

void Replacements::CorrectFrontier(Run& run) const {
  const auto any_of = [](const Credit& credit, const whatif::IndexSet& chosen) {
    return std::ranges::any_of(credit.by, [&chosen](CandidateId id) { return chosen.Contains(id); });
  };
  for (select::Selection::Point& point : run.selection.frontier) {
    point.bytes = 0;
    for (const CandidateId id : point.chosen) point.bytes += sizes_[id.value];
    for (const Credit& credit : credits_) {
      const bool goes = std::ranges::find(run.drops.drops, credit.index, &Drop::index) != run.drops.drops.end();
      if (any_of(credit, point.chosen) && (goes || !any_of(credit, run.selection.chosen))) point.bytes -= credit.bytes;
    }
    point.budget = std::max(point.budget, point.bytes);
  }
}

bool Replacements::Exceeds(const Run& run, const select::Constraints& constraints, Cost total_before) const {
  Bytes bytes = 0;
  Cost writes = 0;
  for (const CandidateId id : run.selection.chosen) {
    bytes += sizes_[id.value];
    writes += write_costs_[id.value];
  }
  // The budget has room already for what was dropped before.
  for (const Drop& drop : run.drops.drops) {
    if (!drop.by_candidate) continue;
    bytes -= drop.index->pages * kPageBytes;
    writes -= drop.writes;
  }
  return (constraints.budget_bytes && bytes > *constraints.budget_bytes) ||
         (constraints.max_write_share && writes > *constraints.max_write_share * total_before * (1 + 1e-9));
}

bool Replacements::TakeBack(const Run& run, const select::Constraints& constraints, Cost total_before) {
  const whatif::IndexSet& chosen = run.selection.chosen;
  select::Problem real = run.problem;
  real.write_costs = write_costs_;
  std::vector<Credit> left;
  std::set<CandidateId> disappointed;
  for (const Credit& credit : credits_) {
    const auto drop =
        std::ranges::find_if(run.drops.drops, [&credit](const Drop& of) { return of.index == credit.index; });
    const bool stays = drop == run.drops.drops.end();
    Credit kept = credit;
    bool wanted = false;
    for (const CandidateId id : credit.by) {
      if (!chosen.Contains(id)) continue;
      wanted = true;
      if (!stays && drop->by_candidate == id) {
        real.write_costs[id.value] -= credit.writes;
        continue;
      }
      disappointed.insert(id);
      kept.by.erase(id);
    }
    if (!(wanted && stays) && !kept.by.empty()) left.push_back(std::move(kept));
  }
  if (disappointed.empty()) return false;
  const std::vector<Cost> prices = select::Prices(real, constraints.min_share * total_before);
  const bool worth = std::ranges::all_of(run.selection.marginals, [&](const select::Selection::Marginal& of) {
    return !disappointed.contains(of.candidate) || constraints.pinned.Contains(of.candidate) ||
           of.gain >= prices[of.candidate.value];
  });
  if (worth && !Exceeds(run, constraints, total_before)) return false;
  credits_ = std::move(left);
  return true;
}

}  // namespace pgassay::advisor
