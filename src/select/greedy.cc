// The idea: what the planner answers is kept as columns (cost, candidates used); the search runs on the columns alone,
// the planner is asked about what the search proposes and about its neighbourhood, and the new columns go into the next
// search, until a proposal comes back (restricted master over cached plans, DESIGN.md section 5). The search is greedy
// with widening moves (search.cc), so this is Extend without its planner call for each move: Extend's quality at a
// fraction of the calls.

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/status_macros.h"
#include "select/explorer.h"
#include "select/ranking.h"
#include "select/search.h"
#include "select/select.h"
#include "select/turned.h"

namespace pgassay::select {
namespace {

// Searches with newly learnt plans in between. Two or three are the rule; the bound is for costs that do not settle.
constexpr int kMaxRounds = 8;

// A set as the planner sees it.
struct Checked {
  whatif::IndexSet chosen;
  std::vector<whatif::PlanAnswer> answers;  // by statement number
  Cost total = 0;
  Bytes bytes = 0;
};

class Solver {
 public:
  Solver(const Problem& problem, const Constraints& constraints, whatif::CostOracle& oracle)
      : problem_(problem),
        constraints_(constraints),
        explorer_(problem, constraints, oracle),
        ranks_(DefinitionRanks(problem.candidates)) {
    for (const Planned& planned : explorer_.statements()) weights_.push_back(planned.statement.weight);
  }

  absl::StatusOr<Selection> Solve();

 private:
  absl::StatusOr<Checked> Check(const whatif::IndexSet& chosen);
  absl::StatusOr<Checked> CheckPruned(whatif::IndexSet chosen);
  // Statements by number whose plan under the set uses a candidate, by CandidateId.
  std::vector<std::vector<std::size_t>> UsersOf(const Checked& set) const;
  absl::StatusOr<Cost> GainWithin(const Checked& set, const std::vector<std::size_t>& users, CandidateId candidate);
  whatif::IndexSet Propose(const whatif::IndexSet& start) const;
  bool Better(const Checked& a, const Checked& b) const;
  absl::StatusOr<Selection> Describe(const Checked& best);
  void DescribeCosts(const Checked& best, Selection& selection) const;
  Cost floor() const { return constraints_.min_share * explorer_.total_before(); }

  const Problem& problem_;
  const Constraints& constraints_;
  Explorer explorer_;
  std::vector<std::uint32_t> ranks_;
  std::vector<double> weights_;
  whatif::IndexSet gainless_;
};

absl::StatusOr<Checked> Solver::Check(const whatif::IndexSet& chosen) {
  Checked set{.chosen = chosen};
  PGASSAY_ASSIGN_OR_RETURN(set.answers, explorer_.PlanAll(chosen));
  set.total = explorer_.Total(set.answers);
  for (const CandidateId id : chosen) set.bytes += problem_.sizes[id.value];
  return set;
}

std::vector<std::vector<std::size_t>> Solver::UsersOf(const Checked& set) const {
  std::vector<std::vector<std::size_t>> users(problem_.candidates.size());
  for (std::size_t i = 0; i < set.answers.size(); ++i) {
    for (const CandidateId id : set.answers[i].used) users[id.value].push_back(i);
  }
  return users;
}

// A statement whose plan does not use the candidate keeps its plan.
absl::StatusOr<Cost> Solver::GainWithin(const Checked& set, const std::vector<std::size_t>& users,
                                        CandidateId candidate) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::optional<whatif::PlanAnswer>> without,
                           explorer_.PlanSome(users, set.chosen.Without(candidate)));
  Cost gain = 0;
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (!without[i]) continue;
    gain += weights_[users[i]] * (without[i]->net() - set.answers[users[i]].net());
  }
  return gain;
}

// Takes out what no plan uses, then whatever saves least and less than the floor, one at a time: what is left saves
// more then.
absl::StatusOr<Checked> Solver::CheckPruned(whatif::IndexSet chosen) {
  while (true) {
    PGASSAY_ASSIGN_OR_RETURN(Checked set, Check(chosen));
    whatif::IndexSet used;
    for (const whatif::PlanAnswer& answer : set.answers) used = used.Union(answer.used);
    if (!chosen.IsSubsetOf(used)) {
      chosen = chosen.Intersection(used);
      continue;
    }
    const std::vector<std::vector<std::size_t>> users = UsersOf(set);
    std::optional<CandidateId> least;
    std::pair<Cost, std::uint32_t> least_value;
    for (const CandidateId id : chosen) {
      PGASSAY_ASSIGN_OR_RETURN(const Cost gain, GainWithin(set, users[id.value], id));
      const std::pair<Cost, std::uint32_t> value(Band(gain), ranks_[id.value]);
      if (least && !(value < least_value)) continue;
      least = id;
      least_value = value;
    }
    const Cost negligible = 1e-9 * explorer_.total_before();
    if (!least || least_value.first >= std::max(floor(), negligible)) {
      PGASSAY_ASSIGN_OR_RETURN(set, Check(chosen));  // a statement may have failed meanwhile
      return set;
    }
    if (least_value.first < negligible) gainless_ = gainless_.With(*least);
    chosen = chosen.Without(*least);
  }
}

whatif::IndexSet Solver::Propose(const whatif::IndexSet& start) const {
  const SearchProblem problem{.columns = explorer_.columns(),
                              .candidates = problem_.candidates,
                              .weights = weights_,
                              .sizes = problem_.sizes,
                              .ranks = ranks_,
                              .constraints = constraints_,
                              .floor = floor()};
  std::vector<std::uint32_t> from;
  for (const CandidateId id : start) from.push_back(id.value);
  std::vector<CandidateId> ids;
  for (const std::uint32_t id : Search(problem, from)) ids.push_back({id});
  return whatif::IndexSet(std::move(ids));
}

bool Solver::Better(const Checked& a, const Checked& b) const {
  if (Band(a.total) != Band(b.total)) return a.total < b.total;
  if (a.bytes != b.bytes) return a.bytes < b.bytes;
  const auto ranks = [&](const Checked& set) {
    std::vector<std::uint32_t> result;
    for (const CandidateId id : set.chosen) result.push_back(ranks_[id.value]);
    std::sort(result.begin(), result.end());
    return result;
  };
  return ranks(a) < ranks(b);
}

absl::StatusOr<Selection> Solver::Solve() {
  PGASSAY_RETURN_IF_ERROR(explorer_.PlanBase());
  PGASSAY_RETURN_IF_ERROR(explorer_.ExploreSingles());
  // Without limits everything that helps is chosen, and second-best plans do not matter.
  if (constraints_.budget_bytes || constraints_.max_indexes) PGASSAY_RETURN_IF_ERROR(explorer_.CloseGraphs());
  PGASSAY_ASSIGN_OR_RETURN(Checked best, Check({}));
  std::set<whatif::IndexSet> proposed;
  for (int round = 0; round < kMaxRounds; ++round) {
    const whatif::IndexSet chosen = Propose(best.chosen);
    if (!proposed.insert(chosen).second) break;  // the planner was asked, and the search still thinks so
    PGASSAY_RETURN_IF_ERROR(explorer_.ExploreAround(chosen));
    PGASSAY_ASSIGN_OR_RETURN(Checked checked, CheckPruned(chosen));
    PGASSAY_ASSIGN_OR_RETURN(best, Check(best.chosen));
    if (Better(checked, best)) best = std::move(checked);
    if (explorer_.stopped()) break;
  }
  return Describe(best);
}

// Failures that came up only now leave every sum.
void Solver::DescribeCosts(const Checked& best, Selection& selection) const {
  const std::vector<Planned>& statements = explorer_.statements();
  selection.cost_before.assign(statements.size(), -1);
  selection.cost_after.assign(statements.size(), -1);
  selection.penalty_before.assign(statements.size(), 0);
  selection.penalty_after.assign(statements.size(), 0);
  selection.used.assign(statements.size(), {});
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const Planned& planned = statements[i];
    for (Selection::Marginal& marginal : selection.marginals) {
      if (planned.failed) marginal.cost_without[planned.position] = -1;
    }
    if (planned.failed) continue;
    selection.cost_before[planned.position] = planned.before;
    selection.cost_after[planned.position] = best.answers[i].net();
    selection.penalty_before[planned.position] = planned.penalty_before;
    selection.penalty_after[planned.position] = best.answers[i].penalty;
    selection.used[planned.position] = best.answers[i].used;
    for (Selection::Marginal& marginal : selection.marginals) {
      marginal.gain += planned.statement.weight * (marginal.cost_without[planned.position] - best.answers[i].net());
    }
  }
}

absl::StatusOr<Selection> Solver::Describe(const Checked& best) {
  const std::vector<Planned>& statements = explorer_.statements();
  Selection selection;
  selection.chosen = best.chosen;
  const std::vector<std::vector<std::size_t>> users = UsersOf(best);
  for (const CandidateId id : best.chosen) {
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::optional<whatif::PlanAnswer>> without,
                             explorer_.PlanSome(users[id.value], best.chosen.Without(id)));
    Selection::Marginal& marginal = selection.marginals.emplace_back();
    marginal.candidate = id;
    marginal.cost_without.assign(statements.size(), -1);
    marginal.penalty_without.assign(statements.size(), 0);
    const auto set = [&](std::size_t number, const whatif::PlanAnswer& answer) {
      marginal.cost_without[statements[number].position] = answer.net();
      marginal.penalty_without[statements[number].position] = answer.penalty;
    };
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (!statements[i].failed) set(i, best.answers[i]);
    }
    for (std::size_t i = 0; i < without.size(); ++i) {
      if (without[i]) set(users[id.value][i], *without[i]);
    }
  }
  DescribeCosts(best, selection);
  selection.turned = ExplainTurned(problem_, constraints_, explorer_, best.chosen, gainless_, best.answers);
  selection.failures = explorer_.failures();
  std::sort(selection.failures.begin(), selection.failures.end(),
            [](const Failure& a, const Failure& b) { return a.statement < b.statement; });
  selection.planner_calls = explorer_.planner_calls();
  selection.stopped = explorer_.stopped();
  return selection;
}

}  // namespace

absl::StatusOr<Selection> SelectGreedy(const Problem& problem, const Constraints& constraints,
                                       whatif::CostOracle& oracle) {
  PGASSAY_CHECK(problem.sizes.size() == problem.candidates.size());
  return Solver(problem, constraints, oracle).Solve();
}

}  // namespace pgassay::select
