#include "select/master.h"

#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <CbcEventHandler.hpp>
#include <CbcHeuristic.hpp>
#include <CbcModel.hpp>
#include <CglGomory.hpp>
#include <CglKnapsackCover.hpp>
#include <CglMixedIntegerRounding2.hpp>
#include <CglProbing.hpp>
#include <CglTwomir.hpp>
#include <ClpSolve.hpp>
#include <CoinPackedMatrix.hpp>
#include <OsiClpSolverInterface.hpp>

namespace pgassay::select {
namespace {

using Ids = std::vector<std::uint32_t>;

constexpr double kInfinity = std::numeric_limits<double>::max();
// Values in the program are shares of what the statements cost without candidates, times this: CBC's tolerances are
// absolute.
constexpr double kScale = 1e4;
// A bound is worth what the linear programs' tolerances leave of it.
constexpr double kTolerance = 1e-7;

bool Holds(const Ids& all, const Ids& some) {
  return std::ranges::includes(all, some);
}

// Whether `good` may stand in for `bad` wherever that may be chosen.
bool Dominates(const Option& good, const Option& bad) {
  return good.cost <= bad.cost && Holds(bad.present, good.present) && Holds(bad.absent, good.absent);
}

std::uint64_t SignOf(const Ids& ids) {
  std::uint64_t sign = 0;
  for (const std::uint32_t id : ids) sign |= std::uint64_t{1} << (id * 2654435761U >> 27);
  return sign;
}

bool Allowed(const Option& option, const std::vector<char>& chosen) {
  return std::ranges::all_of(option.present, [&](std::uint32_t id) { return chosen[id] != 0; }) &&
         std::ranges::none_of(option.absent, [&](std::uint32_t id) { return chosen[id] != 0; });
}

Cost ValueOf(const MasterProblem& problem, const Ids& set) {
  std::vector<char> chosen(problem.prices.size(), 0);
  Cost value = 0;
  for (const std::uint32_t id : set) {
    chosen[id] = 1;
    value += problem.prices[id];
  }
  for (std::size_t i = 0; i < problem.statements.size(); ++i) {
    Cost least = kInfinity;
    for (const Option& option : problem.statements[i]) {
      if (option.cost < least && Allowed(option, chosen)) least = option.cost;
    }
    if (least < kInfinity) value += problem.weights[i] * least;
  }
  return value;
}

// CBC keeps the limits but for a tolerance.
bool Fits(const MasterProblem& problem, const Ids& set) {
  return std::ranges::all_of(problem.limits, [&](const Limit& limit) {
    std::int64_t sum = 0;
    for (const std::uint32_t id : set) sum += limit.amounts[id];
    return sum <= limit.most;
  });
}

// Amounts in a program's row: counts as they are, bytes and writes as shares of the most.
double UnitOf(const Limit& limit) {
  const bool counts = limit.kind == Limit::Kind::kCount || limit.kind == Limit::Kind::kTable;
  return counts ? 1 : static_cast<double>(std::max<std::int64_t>(1, limit.most));
}

// The program, column by column: candidates that some option names, then options.
class Program {
 public:
  Program(const MasterProblem& problem, double unit) : problem_(problem), unit_(unit) {
    column_of_.assign(problem.prices.size(), -1);
    for (const Limit& limit : problem.limits) AddRow(-kInfinity, static_cast<double>(limit.most) / UnitOf(limit));
    for (const std::vector<Option>& options : problem.statements) {
      for (const Option& option : options) {
        for (const std::uint32_t id : option.present) AddCandidate(id);
        for (const std::uint32_t id : option.absent) AddCandidate(id);
      }
    }
    candidates_ = static_cast<int>(columns_.size());
    for (std::size_t i = 0; i < problem.statements.size(); ++i) AddStatement(i);
  }

  int candidates() const { return candidates_; }
  // What does not depend on the choice, in units.
  double constant() const { return constant_; }

  void Load(OsiClpSolverInterface& solver) const {
    std::vector<double> objective, values;
    std::vector<int> rows;
    std::vector<CoinBigIndex> starts{0};
    for (const Column& column : columns_) {
      objective.push_back(column.objective);
      values.insert(values.end(), column.values.begin(), column.values.end());
      rows.insert(rows.end(), column.rows.begin(), column.rows.end());
      starts.push_back(static_cast<CoinBigIndex>(rows.size()));
    }
    const std::vector<double> lower(columns_.size(), 0);
    const std::vector<double> upper(columns_.size(), 1);
    solver.loadProblem(static_cast<int>(columns_.size()), static_cast<int>(row_lower_.size()), starts.data(),
                       rows.data(), values.data(), lower.data(), upper.data(), objective.data(), row_lower_.data(),
                       row_upper_.data());
    for (int column = 0; column < candidates_; ++column) solver.setInteger(column);
  }

  // The candidates that a solution takes by half or more.
  Ids Rounded(const double* solution) const {
    Ids chosen;
    for (int column = 0; column < candidates_; ++column) {
      if (solution[column] >= 0.5) chosen.push_back(ids_[static_cast<std::size_t>(column)]);
    }
    std::ranges::sort(chosen);
    return chosen;
  }

  // By candidate, how far a solution takes it.
  std::vector<double> Taken(const double* solution, std::size_t candidates) const {
    std::vector<double> taken(candidates, 0);
    for (int column = 0; column < candidates_; ++column) {
      taken[ids_[static_cast<std::size_t>(column)]] = std::clamp(solution[column], 0.0, 1.0);
    }
    return taken;
  }

  // By statement and option: MasterResult::reduced. An option without a column is always open, and as good as taken.
  std::vector<std::vector<Cost>> Reduced(const double* reduced_costs) const {
    std::vector<std::vector<Cost>> reduced;
    for (const std::vector<Option>& options : problem_.statements) reduced.emplace_back(options.size(), 0);
    for (const Known& known : options_) {
      const std::vector<Option>& options = problem_.statements[known.statement];
      for (const auto& [option, column] : known.columns) {
        // Taking the option takes its candidates, and leaves out those that it excludes.
        double value = std::max(0.0, reduced_costs[column]);
        for (const std::uint32_t id : option->present) value += std::max(0.0, reduced_costs[column_of_[id]]);
        for (const std::uint32_t id : option->absent) value += std::max(0.0, -reduced_costs[column_of_[id]]);
        reduced[known.statement][static_cast<std::size_t>(option - options.data())] = value * unit_;
      }
    }
    return reduced;
  }

  // The values of all columns when `set` is chosen, and what that amounts to.
  std::pair<std::vector<double>, double> Values(const Ids& set) const {
    std::vector<double> values(columns_.size(), 0);
    std::vector<char> chosen(problem_.prices.size(), 0);
    for (const std::uint32_t id : set) {
      chosen[id] = 1;
      if (column_of_[id] >= 0) values[static_cast<std::size_t>(column_of_[id])] = 1;
    }
    for (const Known& known : options_) {
      const std::pair<const Option*, std::size_t>* best = nullptr;
      for (const auto& option : known.columns) {
        if (Allowed(*option.first, chosen) && (best == nullptr || option.first->cost < best->first->cost))
          best = &option;
      }
      if (best != nullptr) values[best->second] = 1;
    }
    double objective = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) objective += values[i] * columns_[i].objective;
    return {std::move(values), objective};
  }

 private:
  struct Column {
    double objective = 0;
    std::vector<int> rows;
    std::vector<double> values;
    void Put(int row, double value) {
      rows.push_back(row);
      values.push_back(value);
    }
  };

  struct Known {  // options of a statement that have a column
    std::size_t statement = 0;
    std::vector<std::pair<const Option*, std::size_t>> columns;
  };

  int AddRow(double lower, double upper) {
    row_lower_.push_back(lower);
    row_upper_.push_back(upper);
    return static_cast<int>(row_lower_.size()) - 1;
  }

  void AddCandidate(std::uint32_t id) {
    if (column_of_[id] >= 0) return;
    column_of_[id] = static_cast<int>(columns_.size());
    ids_.push_back(id);
    Column& column = columns_.emplace_back();
    column.objective = problem_.prices[id] / unit_;
    for (std::size_t row = 0; row < problem_.limits.size(); ++row) {  // the first rows
      const Limit& limit = problem_.limits[row];
      if (limit.amounts[id] == 0) continue;
      column.Put(static_cast<int>(row), static_cast<double>(limit.amounts[id]) / UnitOf(limit));
    }
  }

  // Costs are relative to the cheapest option, which is chosen where no other is: one column less, and rows that say
  // "at most one" instead of "exactly one".
  void AddStatement(std::size_t statement) {
    const std::vector<Option>& options = problem_.statements[statement];
    if (options.empty()) return;
    const double weight = problem_.weights[statement] / unit_;
    // The option that is always open (no candidate needed or excluded) is dearest after RemoveDominated; what is saved
    // against it is what the others earn.
    const Option* free = nullptr;
    for (const Option& option : options) {
      if (option.present.empty() && option.absent.empty() && (free == nullptr || option.cost < free->cost))
        free = &option;
    }
    const double base = free == nullptr ? 0 : free->cost;
    constant_ += weight * base;
    if (free != nullptr && options.size() == 1) return;
    const int convexity = AddRow(free == nullptr ? 1 : -kInfinity, 1);
    std::vector<std::pair<std::uint32_t, int>> present_rows, absent_rows;
    const auto row_of = [this](std::vector<std::pair<std::uint32_t, int>>& rows, std::uint32_t id, bool absent) {
      for (const auto& [candidate, row] : rows) {
        if (candidate == id) return row;
      }
      const int row = AddRow(-kInfinity, absent ? 1 : 0);
      columns_[static_cast<std::size_t>(column_of_[id])].Put(row, absent ? 1 : -1);
      rows.emplace_back(id, row);
      return row;
    };
    std::vector<std::pair<const Option*, std::size_t>>& known =
        options_.emplace_back(Known{.statement = statement, .columns = {}}).columns;
    for (const Option& option : options) {
      if (&option == free) continue;
      known.emplace_back(&option, columns_.size());
      Column column{.objective = weight * (option.cost - base), .rows = {}, .values = {}};
      column.Put(convexity, 1);
      for (const std::uint32_t id : option.present) column.Put(row_of(present_rows, id, false), 1);
      for (const std::uint32_t id : option.absent) column.Put(row_of(absent_rows, id, true), 1);
      columns_.push_back(std::move(column));
    }
  }

  const MasterProblem& problem_;
  double unit_;
  int candidates_ = 0;
  double constant_ = 0;
  std::vector<int> column_of_;  // by candidate
  Ids ids_;                     // by column
  std::vector<Column> columns_;
  std::vector<Known> options_;
  std::vector<double> row_lower_;
  std::vector<double> row_upper_;
};

// Ends the search when somebody asks for it, or when the bound, in the program's units, is high enough.
class StopHandler : public CbcEventHandler {
 public:
  StopHandler(const std::function<bool()>* asked, double enough) : stop_(asked), enough_(enough) {}
  CbcAction event(CbcEvent event) override {
    if (*stop_ && (*stop_)()) return CbcEventHandler::stop;
    const bool bounded = event == node && model_ != nullptr && model_->getBestPossibleObjValue() < kInfinity;
    return bounded && model_->getBestPossibleObjValue() >= enough_ ? CbcEventHandler::stop : noAction;
  }
  CbcEventHandler* clone() const override { return new StopHandler(*this); }

 private:
  const std::function<bool()>* stop_;
  double enough_;
};

// CBC frees and allocates megabytes at each node of its search; a third of the time went into giving them back to the
// system and getting them again.
void KeepFreedMemory() {
  constexpr int kBytes = 256 << 20;
  mallopt(M_TRIM_THRESHOLD, kBytes);
  mallopt(M_MMAP_THRESHOLD, kBytes);
}

void AddCuts(CbcModel& model) {
  constexpr int kWhereUseful = -98;  // CBC decides after the root node
  CglProbing probing;
  probing.setUsingObjective(1);
  probing.setMaxPass(1);
  probing.setMaxPassRoot(1);
  probing.setMaxProbeRoot(500);
  probing.setMaxLookRoot(50);
  probing.setRowCuts(3);
  CglGomory gomory;
  gomory.setLimitAtRoot(300);
  CglKnapsackCover cover;
  CglMixedIntegerRounding2 rounding;
  CglTwomir twomir;
  model.addCutGenerator(&probing, kWhereUseful, "probing");
  model.addCutGenerator(&gomory, kWhereUseful, "gomory");
  model.addCutGenerator(&cover, kWhereUseful, "cover");
  model.addCutGenerator(&rounding, kWhereUseful, "rounding");
  model.addCutGenerator(&twomir, kWhereUseful, "twomir");
}

}  // namespace

void RemoveDominated(std::vector<Option>& options) {
  std::ranges::stable_sort(options, [](const Option& a, const Option& b) {
    return std::pair(a.cost, a.present.size() + a.absent.size()) <
           std::pair(b.cost, b.present.size() + b.absent.size());
  });
  std::vector<Option> kept;
  std::vector<std::uint64_t> signs;  // of what is kept: a set is no part of another one without all its bits
  for (Option& option : options) {
    const std::uint64_t sign = SignOf(option.present) | SignOf(option.absent) << 32;
    bool useless = false;
    for (std::size_t i = 0; i < kept.size() && !useless; ++i) {
      useless = (signs[i] & ~sign) == 0 && Dominates(kept[i], option);
    }
    if (useless) continue;
    kept.push_back(std::move(option));
    signs.push_back(sign);
  }
  options = std::move(kept);
}

MasterResult SolveMaster(const MasterProblem& problem, const Ids& start, const MasterLimits& limits) {
  MasterResult result{.chosen = start, .value = ValueOf(problem, start)};
  Cost all = 0;
  for (std::size_t i = 0; i < problem.statements.size(); ++i) {
    if (!problem.statements[i].empty()) all += problem.weights[i] * problem.statements[i].back().cost;
  }
  if (all <= 0) return result;
  const double unit = all / kScale;
  KeepFreedMemory();
  const Program program(problem, unit);
  if (program.candidates() == 0) {
    result.bound = result.value;
    return result;
  }
  OsiClpSolverInterface solver;
  solver.messageHandler()->setLogLevel(0);
  program.Load(solver);
  ClpSolve simplex;  // what Clp would choose by itself, a crash and primal steps, takes several times as long here
  simplex.setSolveType(ClpSolve::useDual);
  simplex.setPresolveType(ClpSolve::presolveOff);
  solver.setSolveOptions(simplex);
  CbcModel model(solver);
  model.setLogLevel(0);
  model.solver()->messageHandler()->setLogLevel(0);
  StopHandler handler(&limits.stop,
                      limits.enough > 0 ? limits.enough / unit - program.constant() + kTolerance * kScale : kInfinity);
  model.passInEventHandler(&handler);
  model.initialSolve();
  if (!model.isInitialSolveProvenOptimal()) return result;
  result.reduced = program.Reduced(model.solver()->getReducedCost());
  const auto bound_of = [&](double objective) {
    const double bound = objective + program.constant() - kTolerance * kScale;
    return std::min(result.value, std::max(0.0, std::isfinite(bound) ? bound * unit : 0));
  };
  result.bound = bound_of(model.solver()->getObjValue());
  if (limits.nodes == 0) {
    result.chosen = program.Rounded(model.solver()->getColSolution());
    result.taken = program.Taken(model.solver()->getColSolution(), problem.prices.size());
    result.value = ValueOf(problem, result.chosen);
    return result;
  }
  AddCuts(model);
  CbcRounding rounding(model);
  model.addHeuristic(&rounding);
  const auto [values, objective] = program.Values(start);
  model.setBestSolution(values.data(), static_cast<int>(values.size()), objective, /*check=*/false);
  model.setAllowableGap(limits.gap * result.value / unit);
  model.setMaximumNodes(limits.nodes);
  model.setNumberStrong(10);
  model.branchAndBound();
  if (const double* const solution = model.bestSolution()) {
    Ids chosen = program.Rounded(solution);
    const Cost value = ValueOf(problem, chosen);
    if (value < result.value && Fits(problem, chosen)) {
      result.chosen = std::move(chosen);
      result.value = value;
    }
  }
  result.bound = std::max(result.bound, bound_of(model.getBestPossibleObjValue()));
  return result;
}

}  // namespace pgassay::select
