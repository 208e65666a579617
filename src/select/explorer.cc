#include "select/explorer.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/status_macros.h"

namespace pgassay::select {
namespace {

// Layers of one peeling. Few statements have more than a dozen ways to be served that are worth something.
constexpr int kMaxLayers = 12;
// Costs closer than this are the same plan with another sum.
constexpr double kSameCost = 1 - 1e-9;

// Whether the planner would leave the plan without candidates for `plan`. Beside a penalty of 1e10 a difference of the
// rest is too small a share to be seen in the sum.
bool IsBetter(const whatif::PlanAnswer& plan, const Planned& plain) {
  const Cost total = plain.before + plain.penalty_before;
  return plan.total < total * kSameCost || (plan.total <= total && plan.net() < plain.before * kSameCost);
}

}  // namespace

Explorer::Explorer(const Problem& problem, const Constraints& constraints, whatif::CostOracle& oracle)
    : problem_(problem),
      constraints_(constraints),
      cache_(oracle),
      columns_(problem.statements.size(), problem.candidates.size()) {
  for (std::size_t i = 0; i < problem.statements.size(); ++i) {
    statements_.push_back({.statement = problem.statements[i], .position = i});
    whatif::IndexSet& relevant = statements_.back().statement.relevant;
    relevant = relevant.Minus(constraints.forbidden);
  }
  std::sort(statements_.begin(), statements_.end(),
            [](const Planned& a, const Planned& b) { return a.statement.id < b.statement.id; });
  for (const Planned& planned : statements_) trees_.emplace_back(planned.statement.relevant);
  scopes_.emplace_back();
}

bool Explorer::Stop() {
  if (!stopped_ && constraints_.stop && constraints_.stop()) stopped_ = true;
  return stopped_;
}

void Explorer::Fail(std::size_t number, const absl::Status& status) {
  Planned& planned = statements_[number];
  if (planned.failed) return;
  planned.failed = true;
  columns_.Drop(number);
  failures_.push_back({planned.statement.id, status});
}

absl::StatusOr<Explorer::Answers> Explorer::Plan(const std::vector<Ask>& asks, bool stoppable) {
  Answers answers(asks.size());
  std::vector<whatif::PlanQuestion> questions;
  for (const Ask& ask : asks) {
    questions.push_back({.statement = statements_[ask.number].statement.id,
                         .enabled = ask.enabled,
                         .hidden = {},
                         .charges = ask.charges,
                         .enough = ask.enough,
                         .most_charges = ask.most_charges});
  }
  if (stoppable && Stop()) return answers;
  PGASSAY_ASSIGN_OR_RETURN(auto planned,
                           cache_.PlanUntil(questions, stoppable ? constraints_.stop : std::function<bool()>()));
  for (std::size_t i = 0; i < asks.size(); ++i) {
    absl::StatusOr<whatif::PlanAnswer>& answer = planned[i];
    const std::size_t number = asks[i].number;
    if (stoppable && absl::IsCancelled(answer.status())) {
      stopped_ = true;
      continue;
    }
    if (!answer.ok() && !asks[i].charges.empty()) {
      statements_[number].takes_charges = false;
      continue;
    }
    if (!answer.ok()) Fail(number, answer.status());
    if (statements_[number].failed) continue;
    if (asks[i].charges.empty()) {
      columns_.Add(number, answer->net(), answer->used, answer->penalty);
      trees_[number].Observe(asks[i].enabled, answer->net());
    }
    answers[i] = *std::move(answer);
  }
  return answers;
}

absl::Status Explorer::PlanBase() {
  std::vector<Ask> asks;
  for (std::size_t i = 0; i < statements_.size(); ++i) asks.push_back({i, {}});
  PGASSAY_ASSIGN_OR_RETURN(const Answers answers, Plan(asks, /*stoppable=*/false));
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    if (!answers[i]) continue;
    statements_[i].before = answers[i]->net();
    statements_[i].penalty_before = answers[i]->penalty;
    used_before_.insert(answers[i]->used_existing.begin(), answers[i]->used_existing.end());
  }
  return absl::OkStatus();
}

// Each layer is planned with what the earlier ones left over. A layer that is no better than nothing at all proves, by
// the benefit-graph argument, that nothing left over saves anything, alone or together.
absl::Status Explorer::Peel() {
  std::vector<Ask> open;
  std::vector<Cell> roots;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    if (statements_[i].failed) continue;
    open.push_back({i, statements_[i].statement.relevant});
    roots.push_back({i, 0});
  }
  PGASSAY_RETURN_IF_ERROR(PlanCells(roots, {}));
  for (const Ask& ask : open) trees_[ask.number].Observe({}, statements_[ask.number].before);
  for (int layer = 0; layer < kMaxLayers && !open.empty(); ++layer) {
    PGASSAY_ASSIGN_OR_RETURN(const Answers answers, Plan(open, /*stoppable=*/true));
    std::vector<Ask> next;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const Planned& planned = statements_[open[i].number];
      if (!answers[i] || answers[i]->used.empty() || !IsBetter(*answers[i], planned)) continue;
      next.push_back({open[i].number, open[i].enabled.Minus(answers[i]->used)});
    }
    open = std::move(next);
  }
  return absl::OkStatus();
}

// A new scope goes on from the narrowest one that it lies in.
void Explorer::Enter(const whatif::IndexSet& excluded, bool leave_for_good) {
  scopes_[scope_].trees = std::move(trees_);
  std::size_t from = 0;
  for (std::size_t i = 0; i < scopes_.size(); ++i) {
    if (scopes_[i].excluded.IsSubsetOf(excluded) && scopes_[i].excluded.size() > scopes_[from].excluded.size())
      from = i;
  }
  if (scopes_[from].excluded != excluded) {
    Scope scope{.excluded = excluded, .trees = {}};
    for (const CostTree& tree : scopes_[from].trees) {
      const whatif::IndexSet left = tree.Enabled(0).Minus(excluded);
      scope.trees.push_back(left == tree.Enabled(0) ? tree : tree.Within(left));
    }
    from = scopes_.size();
    scopes_.push_back(std::move(scope));
  }
  trees_ = std::move(scopes_[from].trees);
  for (std::size_t i = 0; i < trees_.size(); ++i) {
    if (from != scope_) trees_[i].Allow(scopes_[scope_].trees[i].violation());
  }
  if (leave_for_good && from != scope_ && scope_ != 0) {
    scopes_.erase(scopes_.begin() + static_cast<std::ptrdiff_t>(scope_));
    from -= from > scope_ ? 1 : 0;
  }
  scope_ = from;
}

absl::Status Explorer::PlanCells(const std::vector<Cell>& cells, const whatif::IndexSet& likely) {
  const CostTree::Division division{
      .likely = [&](std::uint32_t id) { return likely.Contains({id}); },
      .order = [&](std::uint32_t id) { return -static_cast<double>(problem_.sizes[id]); }};
  std::vector<Ask> asks;
  for (const Cell& cell : cells) asks.push_back({cell.number, trees_[cell.number].Enabled(cell.node)});
  PGASSAY_ASSIGN_OR_RETURN(const Answers answers, Plan(asks, /*stoppable=*/true));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!answers[i]) continue;
    trees_[cells[i].number].Answer(cells[i].node, *answers[i], division);
    ++known_cells_;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::optional<Cost>>> Explorer::Price(const std::vector<Charged>& asks) {
  std::vector<Ask> questions;
  for (const Charged& ask : asks) {
    questions.push_back({ask.number, ask.enabled, ask.charges, ask.enough, ask.most_charges});
  }
  PGASSAY_ASSIGN_OR_RETURN(const Answers answers, Plan(questions, /*stoppable=*/true));
  std::vector<std::optional<Cost>> sums(asks.size());
  std::vector<Ask> found;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (!answers[i]) continue;
    sums[i] = answers[i]->net();
    found.push_back({asks[i].number, answers[i]->used});
  }
  PGASSAY_RETURN_IF_ERROR(Plan(found, /*stoppable=*/true).status());
  return sums;
}

absl::Status Explorer::Settle(const whatif::IndexSet& chosen, const std::vector<whatif::PlanAnswer>& answers,
                              Cost enough) {
  while (!stopped_) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < statements_.size(); ++i) {
      if (statements_[i].failed) continue;
      const auto node = trees_[i].OpenNode(chosen);
      if (node && statements_[i].statement.weight * (answers[i].net() - trees_[i].Bound(*node)) > enough) {
        cells.push_back({i, *node});
      }
    }
    if (cells.empty()) break;
    PGASSAY_RETURN_IF_ERROR(PlanCells(cells, chosen));
  }
  return absl::OkStatus();
}

absl::StatusOr<Explorer::Answers> Explorer::PlanSome(const std::vector<std::size_t>& numbers,
                                                     const whatif::IndexSet& chosen) {
  std::vector<Ask> asks;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (statements_[numbers[i]].failed) continue;
    asks.push_back({numbers[i], chosen.Intersection(statements_[numbers[i]].statement.relevant)});
    places.push_back(i);
  }
  PGASSAY_ASSIGN_OR_RETURN(Answers planned, Plan(asks, /*stoppable=*/false));
  Answers answers(numbers.size());
  for (std::size_t i = 0; i < places.size(); ++i) answers[places[i]] = std::move(planned[i]);
  return answers;
}

absl::StatusOr<std::vector<whatif::PlanAnswer>> Explorer::PlanAll(const whatif::IndexSet& chosen) {
  std::vector<std::size_t> numbers(statements_.size());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  PGASSAY_ASSIGN_OR_RETURN(Answers answers, PlanSome(numbers, chosen));
  std::vector<whatif::PlanAnswer> result(statements_.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (answers[i]) result[i] = *std::move(answers[i]);
  }
  return result;
}

Cost Explorer::Total(const std::vector<whatif::PlanAnswer>& answers) const {
  Cost total = 0;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    if (!statements_[i].failed) total += statements_[i].statement.weight * answers[i].net();
  }
  return total;
}

Cost Explorer::total_before() const {
  Cost total = 0;
  for (const Planned& planned : statements_) total += planned.failed ? 0 : planned.statement.weight * planned.before;
  return total;
}

double Explorer::violations() const {
  double sum = 0;
  for (const CostTree& tree : trees_) sum += tree.violation();
  return sum;
}

}  // namespace pgassay::select
