#include "select/relaxation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

namespace pgassay::select {
namespace {

// The steps' lengths, as shares of the way to `value`: they grow while the bound rises and shrink where it does not.
constexpr double kFirstStep = 0.2;
constexpr double kLongestStep = 1.5;
constexpr double kGrowth = 1.1;
constexpr double kShrink = 0.8;
constexpr double kShortestStep = 1e-4;
constexpr int kPatience = 8;
// After so many steps that took less than this share of what is left, the rest is not worth the time.
constexpr int kLook = 250;
constexpr double kWorthwhile = 0.001;
// The newest choice's part in the averages.
constexpr double kMixing = 0.05;
// Sums of many terms lose this share.
constexpr double kRounding = 1e-9;

// The program as arrays. A slot is a statement's payment for a candidate, present or absent; behind those come the
// payments for limits.
class Dual {
 public:
  Dual(const MasterProblem& problem, const Multipliers& known) : problem_(problem) {
    begin_.push_back(0);
    for (std::size_t i = 0; i < problem.statements.size(); ++i) AddStatement(i, known);
    for (std::size_t i = 0; i + 1 < problem.limits.size(); ++i) {
      AddLimit(problem.limits[i], i < known.limits.size() ? known.limits[i] : 0);
    }
    if (!problem.limits.empty()) last_ = &problem.limits.back();
    reduced_.resize(problem.prices.size());
    taken_.resize(problem.prices.size());
    order_.reserve(problem.prices.size());
  }

  std::size_t slots() const { return candidate_.size(); }
  const std::vector<double>& start() const { return start_; }  // of all payments

  // The bound that payments give. `choices` and `taken` are what attains it.
  Cost Bound(const std::vector<double>& paid) {
    Cost bound = 0;
    for (std::size_t c = 0; c < reduced_.size(); ++c) reduced_[c] = problem_.prices[c];
    for (std::size_t slot = 0; slot < slots(); ++slot) {
      if (absent_[slot]) {
        reduced_[candidate_[slot]] += paid[slot];
        bound -= paid[slot];
      } else {
        reduced_[candidate_[slot]] -= paid[slot];
      }
    }
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      const double price = paid[slots() + i];
      if (price <= 0) continue;
      bound -= price * most_[i];
      for (const auto& [candidate, share] : shares_[i]) reduced_[candidate] += price * share;
    }
    for (std::size_t i = 0; i < problem_.statements.size(); ++i) {
      if (begin_[i] == begin_[i + 1]) continue;
      double least = std::numeric_limits<double>::max();
      for (std::size_t option = begin_[i]; option < begin_[i + 1]; ++option) {
        const double value = ValueOf(option, paid);
        if (value >= least) continue;
        least = value;
        choices_[i] = option;
      }
      bound += least;
      least_[i] = least;
    }
    return bound + Take();
  }

  // Of the last bound.
  const std::vector<double>& least() const { return least_; }
  std::vector<Cost> Slack() const {
    std::vector<Cost> slack;
    for (std::uint32_t c = 0; c < reduced_.size(); ++c) slack.push_back(std::max(0.0, WithLast(c)));
    return slack;
  }

  // The averages, with a part of the last choice.
  void AddChoice(double share, std::vector<double>& used, std::vector<double>& taken) const {
    for (double& value : used) value *= 1 - share;
    for (std::size_t i = 0; i < problem_.statements.size(); ++i) {
      if (begin_[i] == begin_[i + 1]) continue;
      for (std::size_t at = first_[choices_[i]]; at < first_[choices_[i] + 1]; ++at) used[slots_[at]] += share;
    }
    for (std::size_t c = 0; c < taken.size(); ++c) taken[c] += share * (taken_[c] - taken[c]);
  }

  // How far the averages are from holding what is paid for.
  double Excess(std::size_t slot, const std::vector<double>& used, const std::vector<double>& taken) const {
    if (slot >= slots()) {
      const std::size_t limit = slot - slots();
      double sum = -most_[limit];
      for (const auto& [candidate, share] : shares_[limit]) sum += share * taken[candidate];
      return sum;
    }
    const double share = taken[candidate_[slot]];
    return used[slot] - (absent_[slot] ? 1 - share : share);
  }

  // MasterResult::reduced at `paid`.
  std::vector<std::vector<Cost>> Reduced(const std::vector<double>& paid) {
    Bound(paid);
    std::vector<std::vector<Cost>> result;
    for (std::size_t i = 0; i < problem_.statements.size(); ++i) {
      std::vector<Cost>& of = result.emplace_back();
      for (std::size_t at = 0; at < problem_.statements[i].size(); ++at) {
        const Option& option = problem_.statements[i][at];
        double value = ValueOf(begin_[i] + at, paid) - least_[i];
        for (const std::uint32_t id : option.present) value += std::max(0.0, WithLast(id));
        for (const std::uint32_t id : option.absent) value += std::max(0.0, -WithLast(id));
        of.push_back(value);
      }
    }
    return result;
  }

  Multipliers Known(const std::vector<double>& paid) const {
    Multipliers known{.statements = std::vector<std::vector<Multiplier>>(problem_.statements.size()), .limits = {}};
    for (std::size_t slot = 0; slot < slots(); slot += 2) {
      known.statements[statement_[slot]].push_back(
          {.candidate = candidate_[slot], .present = paid[slot], .absent = paid[slot + 1]});
    }
    known.limits.assign(paid.begin() + static_cast<std::ptrdiff_t>(slots()), paid.end());
    return known;
  }

 private:
  void AddStatement(std::size_t statement, const Multipliers& known) {
    const std::vector<Option>& options = problem_.statements[statement];
    std::vector<std::uint32_t> ids;
    for (const Option& option : options) {
      ids.insert(ids.end(), option.present.begin(), option.present.end());
      ids.insert(ids.end(), option.absent.begin(), option.absent.end());
    }
    // What is paid without need raises no bound, but somebody else may count on it.
    if (statement < known.statements.size() && !options.empty()) {
      for (const Multiplier& multiplier : known.statements[statement]) ids.push_back(multiplier.candidate);
    }
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    const std::size_t base = slots();
    for (const std::uint32_t id : ids) {
      Multiplier start;
      if (statement < known.statements.size()) {
        const std::vector<Multiplier>& of = known.statements[statement];
        const auto found = std::ranges::lower_bound(of, id, {}, &Multiplier::candidate);
        if (found != of.end() && found->candidate == id) start = *found;
      }
      for (const bool absent : {false, true}) {
        statement_.push_back(static_cast<std::uint32_t>(statement));
        candidate_.push_back(id);
        absent_.push_back(absent);
        start_.push_back(absent ? start.absent : start.present);
      }
    }
    const auto slot_of = [&](std::uint32_t id, bool absent) {
      const auto at = static_cast<std::size_t>(std::ranges::lower_bound(ids, id) - ids.begin());
      return static_cast<std::uint32_t>(base + 2 * at + (absent ? 1 : 0));
    };
    if (first_.empty()) first_.push_back(0);
    for (const Option& option : options) {
      cost_.push_back(problem_.weights[statement] * option.cost);
      for (const std::uint32_t id : option.present) slots_.push_back(slot_of(id, false));
      for (const std::uint32_t id : option.absent) slots_.push_back(slot_of(id, true));
      first_.push_back(slots_.size());
    }
    begin_.push_back(cost_.size());
    choices_.push_back(begin_[statement]);
    least_.push_back(0);
  }

  // In mean amounts, so that payments for limits and for candidates are of one order.
  void AddLimit(const Limit& limit, double start) {
    std::vector<std::pair<std::uint32_t, double>>& shares = shares_.emplace_back();
    const double mean = limit.MeanAmount();
    for (std::uint32_t id = 0; id < limit.amounts.size(); ++id) {
      if (limit.amounts[id] != 0) shares.emplace_back(id, static_cast<double>(limit.amounts[id]) / mean);
    }
    most_.push_back(static_cast<double>(limit.most) / mean);
    start_.push_back(start);
  }

  double ValueOf(std::size_t option, const std::vector<double>& paid) const {
    double value = cost_[option];
    for (std::size_t at = first_[option]; at < first_[option + 1]; ++at) value += paid[slots_[at]];
    return value;
  }

  double OfLast(std::uint32_t candidate) const {
    return last_ == nullptr ? 0 : static_cast<double>(last_->amounts[candidate]);
  }

  double WithLast(std::uint32_t candidate) const { return reduced_[candidate] + per_unit_ * OfLast(candidate); }

  // The candidates that are worth taking, in parts where the last limit is reached; what they are worth.
  double Take() {
    std::ranges::fill(taken_, 0);
    order_.clear();
    per_unit_ = 0;
    double worth = 0, sum = 0;
    for (std::uint32_t c = 0; c < reduced_.size(); ++c) {
      if (reduced_[c] >= 0) continue;
      if (OfLast(c) > 0) {
        order_.push_back(c);
        sum += OfLast(c);
        continue;
      }
      taken_[c] = 1;
      worth += reduced_[c];
    }
    if (last_ != nullptr && sum > static_cast<double>(last_->most)) return worth + Fill();
    for (const std::uint32_t c : order_) {
      taken_[c] = 1;
      worth += reduced_[c];
    }
    return worth;
  }

  // Those that take some of the last limit, best worth for that first.
  double Fill() {
    std::ranges::sort(order_, [&](std::uint32_t a, std::uint32_t b) {
      const double of_a = reduced_[a] / OfLast(a), of_b = reduced_[b] / OfLast(b);
      return of_a != of_b ? of_a < of_b : a < b;
    });
    double worth = 0;
    auto room = static_cast<double>(last_->most);
    for (const std::uint32_t c : order_) {
      const double amount = OfLast(c);
      taken_[c] = std::min(1.0, room / amount);
      worth += taken_[c] * reduced_[c];
      room -= taken_[c] * amount;
      if (taken_[c] >= 1) continue;
      per_unit_ = -reduced_[c] / amount;
      break;
    }
    return worth;
  }

  const MasterProblem& problem_;
  // By slot.
  std::vector<std::uint32_t> statement_;
  std::vector<std::uint32_t> candidate_;
  std::vector<char> absent_;
  std::vector<double> start_;
  // By option, of all statements.
  std::vector<double> cost_;
  std::vector<std::size_t> first_;  // of its slots in slots_
  std::vector<std::uint32_t> slots_;
  // By statement.
  std::vector<std::size_t> begin_;    // its first option
  std::vector<std::size_t> choices_;  // its option of the last bound
  std::vector<double> least_;         // what that costs
  // By candidate.
  std::vector<double> reduced_;
  std::vector<double> taken_;
  std::vector<std::uint32_t> order_;
  // By limit but the last, in mean amounts: what candidates take, and what it allows.
  std::vector<std::vector<std::pair<std::uint32_t, double>>> shares_;
  std::vector<double> most_;
  const Limit* last_ = nullptr;
  double per_unit_ = 0;  // what one unit more of the last limit would be worth
};

}  // namespace

DualBound BoundOf(const MasterProblem& problem, const Multipliers& multipliers) {
  Dual dual(problem, multipliers);
  const Cost bound = dual.Bound(dual.start());
  return {.bound = bound - kRounding * std::abs(bound), .least = dual.least(), .slack = dual.Slack()};
}

MasterResult Relax(const MasterProblem& problem, Cost value, Multipliers& multipliers, const RelaxLimits& limits) {
  Dual dual(problem, multipliers);
  std::vector<double> best = dual.start();
  Cost bound = dual.Bound(best);
  std::vector<double> used(dual.slots(), 0);
  std::vector<double> taken(problem.prices.size(), 0);
  dual.AddChoice(1, used, taken);
  std::vector<double> direction(best.size()), paid(best.size());
  double length = kFirstStep;
  int in_vain = 0;
  Cost before = bound;
  for (int step = 0; step < limits.steps && length > kShortestStep; ++step) {
    if (limits.enough > 0 && bound >= limits.enough) break;
    if (limits.stop && limits.stop()) break;
    if (step > 0 && step % kLook == 0) {
      if (bound - before < kWorthwhile * (value - bound)) break;
      before = bound;
    }
    double norm = 0;
    for (std::size_t slot = 0; slot < direction.size(); ++slot) {
      direction[slot] = dual.Excess(slot, used, taken);
      if (best[slot] <= 0 && direction[slot] < 0) direction[slot] = 0;
      norm += direction[slot] * direction[slot];
    }
    if (norm <= 0) break;
    const double scale = length * std::max(value - bound, kRounding * std::abs(value)) / norm;
    for (std::size_t slot = 0; slot < paid.size(); ++slot) {
      paid[slot] = std::max(0.0, best[slot] + scale * direction[slot]);
    }
    const Cost reached = dual.Bound(paid);
    dual.AddChoice(kMixing, used, taken);
    if (reached > bound) {
      bound = reached;
      std::swap(best, paid);
      length = std::min(kLongestStep, length * kGrowth);
      in_vain = 0;
    } else if (++in_vain >= kPatience) {
      length *= kShrink;
      in_vain = 0;
    }
  }
  MasterResult result{.value = value,
                      .bound = std::clamp(bound - kRounding * std::abs(bound), 0.0, std::max(0.0, value))};
  result.reduced = dual.Reduced(best);
  for (std::uint32_t c = 0; c < taken.size(); ++c) {
    if (taken[c] >= 0.5) result.chosen.push_back(c);
  }
  result.taken = std::move(taken);
  multipliers = dual.Known(best);
  return result;
}

}  // namespace pgassay::select
