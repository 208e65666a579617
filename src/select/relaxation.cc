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

// The program as arrays. A slot is a statement's payment for a candidate, present or absent.
class Dual {
 public:
  Dual(const MasterProblem& problem, const Multipliers& known) : problem_(problem) {
    begin_.push_back(0);
    for (std::size_t i = 0; i < problem.statements.size(); ++i) AddStatement(i, known);
    reduced_.resize(problem.prices.size());
    taken_.resize(problem.prices.size());
    order_.reserve(problem.prices.size());
  }

  std::size_t slots() const { return candidate_.size(); }
  const std::vector<double>& start() const { return start_; }

  // The bound that payments give. `choices` and `taken` are what attains it.
  Cost Bound(const std::vector<double>& paid) {
    Cost bound = 0;
    for (std::size_t c = 0; c < reduced_.size(); ++c) reduced_[c] = problem_.prices[c];
    for (std::size_t slot = 0; slot < paid.size(); ++slot) {
      if (absent_[slot]) {
        reduced_[candidate_[slot]] += paid[slot];
        bound -= paid[slot];
      } else {
        reduced_[candidate_[slot]] -= paid[slot];
      }
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

  // How far the averages are from holding each slot's constraint.
  void AddChoice(double share, std::vector<double>& used, std::vector<double>& taken) const {
    for (double& value : used) value *= 1 - share;
    for (std::size_t i = 0; i < problem_.statements.size(); ++i) {
      if (begin_[i] == begin_[i + 1]) continue;
      for (std::size_t at = first_[choices_[i]]; at < first_[choices_[i] + 1]; ++at) used[slots_[at]] += share;
    }
    for (std::size_t c = 0; c < taken.size(); ++c) taken[c] += share * (taken_[c] - taken[c]);
  }

  double Excess(std::size_t slot, const std::vector<double>& used, const std::vector<double>& taken) const {
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
        for (const std::uint32_t id : option.present) value += std::max(0.0, WithBudget(id));
        for (const std::uint32_t id : option.absent) value += std::max(0.0, -WithBudget(id));
        of.push_back(value);
      }
    }
    return result;
  }

  Multipliers Known(const std::vector<double>& paid) const {
    Multipliers known(problem_.statements.size());
    for (std::size_t slot = 0; slot < slots(); slot += 2) {
      known[statement_[slot]].push_back(
          {.candidate = candidate_[slot], .present = paid[slot], .absent = paid[slot + 1]});
    }
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
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    const std::size_t base = slots();
    for (const std::uint32_t id : ids) {
      Multiplier start;
      if (statement < known.size()) {
        const auto found = std::ranges::lower_bound(known[statement], id, {}, &Multiplier::candidate);
        if (found != known[statement].end() && found->candidate == id) start = *found;
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

  double ValueOf(std::size_t option, const std::vector<double>& paid) const {
    double value = cost_[option];
    for (std::size_t at = first_[option]; at < first_[option + 1]; ++at) value += paid[slots_[at]];
    return value;
  }

  double WithBudget(std::uint32_t candidate) const {
    return reduced_[candidate] + per_byte_ * static_cast<double>(problem_.sizes[candidate]) + per_index_;
  }

  // The candidates that are worth taking, in parts where the constraints are reached; what they are worth.
  double Take() {
    std::ranges::fill(taken_, 0);
    order_.clear();
    for (std::uint32_t c = 0; c < reduced_.size(); ++c) {
      if (reduced_[c] < 0) order_.push_back(c);
    }
    per_byte_ = 0;
    per_index_ = 0;
    double bytes = 0;
    for (const std::uint32_t c : order_) bytes += static_cast<double>(problem_.sizes[c]);
    const bool over_budget = problem_.budget_bytes && bytes > static_cast<double>(*problem_.budget_bytes);
    const bool over_count = problem_.max_indexes && order_.size() > static_cast<std::size_t>(*problem_.max_indexes);
    if (!over_budget && !over_count) {
      double worth = 0;
      for (const std::uint32_t c : order_) {
        taken_[c] = 1;
        worth += reduced_[c];
      }
      return worth;
    }
    if (!over_budget)
      return Fill(static_cast<double>(*problem_.max_indexes), per_index_, [](std::uint32_t) { return 1.0; });
    // With both, the bytes decide: what is left of a bound without the other limit holds with it.
    return Fill(static_cast<double>(*problem_.budget_bytes), per_byte_,
                [this](std::uint32_t c) { return std::max(1.0, static_cast<double>(problem_.sizes[c])); });
  }

  template <typename SizeOf>
  double Fill(double room, double& price, SizeOf size_of) {
    std::ranges::sort(order_, [&](std::uint32_t a, std::uint32_t b) {
      const double of_a = reduced_[a] / size_of(a), of_b = reduced_[b] / size_of(b);
      return of_a != of_b ? of_a < of_b : a < b;
    });
    double worth = 0;
    for (const std::uint32_t c : order_) {
      const double size = size_of(c);
      taken_[c] = std::min(1.0, room / size);
      worth += taken_[c] * reduced_[c];
      room -= taken_[c] * size;
      if (taken_[c] >= 1) continue;
      price = -reduced_[c] / size;
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
  double per_byte_ = 0;
  double per_index_ = 0;
};

}  // namespace

MasterResult Relax(const MasterProblem& problem, Cost value, Multipliers& multipliers, const RelaxLimits& limits) {
  Dual dual(problem, multipliers);
  std::vector<double> best = dual.start();
  Cost bound = dual.Bound(best);
  std::vector<double> used(dual.slots(), 0);
  std::vector<double> taken(problem.prices.size(), 0);
  dual.AddChoice(1, used, taken);
  std::vector<double> direction(dual.slots()), paid(dual.slots());
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
  multipliers = dual.Known(best);
  return result;
}

}  // namespace pgassay::select
