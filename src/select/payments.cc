#include "select/payments.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include <ClpSimplex.hpp>
#include <CoinPackedMatrix.hpp>

namespace pgassay::select {
namespace {

// The linear program's tolerances are absolute: costs are shares of the largest cuts' sum, times this.
constexpr double kScale = 1e4;
// A smaller part is rounding.
constexpr double kLeastPart = 1e-9;

Cost LargestOf(const std::vector<Cut>& cuts) {
  Cost largest = 0;
  for (const Cut& cut : cuts) largest = std::max(largest, cut.sum);
  return largest;
}

// Less than what the cuts allow with any candidates: a bound of the program that is never reached, so that parts add
// up.
Cost BelowAll(const std::vector<Cut>& cuts) {
  Cost least = 0;
  for (const Cut& cut : cuts) {
    Cost sum = cut.sum;
    for (const Multiplier& one : cut.paid) sum -= one.present;
    least = std::min(least, sum);
  }
  return least;
}

// Columns: what each statement costs, then how far each candidate that is paid for is taken. Rows: limits, then cuts.
class Program {
 public:
  Program(const MasterProblem& problem, const std::vector<std::vector<Cut>>& cuts, double unit)
      : problem_(problem), unit_(unit), column_of_(problem.prices.size(), -1) {
    for (const std::vector<Cut>& of : cuts) AddColumn(1, BelowAll(of) / unit - 1, COIN_DBL_MAX);
    for (const std::vector<Cut>& of : cuts) {
      for (const Cut& cut : of) {
        for (const Multiplier& one : cut.paid) AddCandidate(one.candidate);
      }
    }
    for (const Limit& limit : problem.limits) AddLimit(limit);
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      for (const Cut& cut : cuts[i]) AddCut(static_cast<int>(i), cut);
    }
  }

  bool Solve() {
    const CoinPackedMatrix matrix(/*colordered=*/false, rows_.data(), columns_.data(), elements_.data(),
                                  static_cast<CoinBigIndex>(elements_.size()));
    simplex_.setLogLevel(0);
    simplex_.loadProblem(matrix, lower_.data(), upper_.data(), objective_.data(), row_lower_.data(), row_upper_.data());
    return simplex_.dual() == 0;
  }

  // Of the limit's row, in costs for a mean amount.
  double PaidFor(std::size_t limit) const { return std::max(0.0, -simplex_.getRowPrice()[limit]) * unit_; }

  // Of the cuts, one after the other: how far each is a part of its statement's cost.
  const double* parts() const { return simplex_.getRowPrice() + problem_.limits.size(); }

 private:
  void AddColumn(double objective, double lower, double upper) {
    objective_.push_back(objective);
    lower_.push_back(lower);
    upper_.push_back(upper);
  }

  void AddCandidate(std::uint32_t id) {
    if (column_of_[id] >= 0) return;
    column_of_[id] = static_cast<int>(objective_.size());
    AddColumn(problem_.prices[id] / unit_, 0, 1);
  }

  void Put(int column, double value) {
    rows_.push_back(static_cast<int>(row_lower_.size()));
    columns_.push_back(column);
    elements_.push_back(value);
  }

  void EndRow(double lower, double upper) {
    row_lower_.push_back(lower);
    row_upper_.push_back(upper);
  }

  void AddLimit(const Limit& limit) {
    const double mean = limit.MeanAmount();
    for (std::uint32_t id = 0; id < limit.amounts.size(); ++id) {
      if (limit.amounts[id] != 0 && column_of_[id] >= 0)
        Put(column_of_[id], static_cast<double>(limit.amounts[id]) / mean);
    }
    EndRow(-COIN_DBL_MAX, static_cast<double>(limit.most) / mean);
  }

  void AddCut(int statement, const Cut& cut) {
    Put(statement, 1);
    for (const Multiplier& one : cut.paid) Put(column_of_[one.candidate], one.present / unit_);
    EndRow(cut.sum / unit_, COIN_DBL_MAX);
  }

  const MasterProblem& problem_;
  double unit_;
  std::vector<int> column_of_;  // by candidate
  std::vector<double> objective_, lower_, upper_;
  std::vector<int> rows_, columns_;
  std::vector<double> elements_, row_lower_, row_upper_;
  ClpSimplex simplex_;
};

}  // namespace

Combination CombineCuts(const MasterProblem& problem, const std::vector<std::vector<Cut>>& cuts) {
  Cost all = 0;
  for (const std::vector<Cut>& of : cuts) all += LargestOf(of);
  if (all <= 0) return {};
  Program program(problem, cuts, all / kScale);
  if (!program.Solve()) return {};
  Combination result;
  for (std::size_t i = 0; i + 1 < problem.limits.size(); ++i) result.paid.limits.push_back(program.PaidFor(i));
  const double* part = program.parts();
  for (const std::vector<Cut>& of : cuts) {
    std::vector<double>& parts = result.parts.emplace_back(part, part + of.size());
    part += of.size();
    double sum = 0;
    for (double& one : parts) sum += one = one < kLeastPart ? 0 : one;
    if (sum <= 0 && !parts.empty()) sum = parts.front() = 1;  // of a solution that is not exact
    Cost& total = result.sums.emplace_back(of.empty() ? -1 : 0);
    std::map<std::uint32_t, double> paid;
    for (std::size_t k = 0; k < of.size(); ++k) {
      parts[k] /= sum;
      if (parts[k] <= 0) continue;
      total += parts[k] * of[k].sum;
      for (const Multiplier& one : of[k].paid) paid[one.candidate] += parts[k] * one.present;
    }
    std::vector<Multiplier>& multipliers = result.paid.statements.emplace_back();
    for (const auto& [id, present] : paid) multipliers.push_back({.candidate = id, .present = present, .absent = 0});
  }
  return result;
}

}  // namespace pgassay::select
