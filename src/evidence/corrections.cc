#include "evidence/corrections.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace pgassay::evidence {
namespace {

using Values = std::vector<std::optional<std::string>>;

// The positions in a set of columns.
std::vector<std::size_t> Positions(std::uint32_t set) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; set != 0; ++i, set >>= 1) {
    if ((set & 1) != 0) positions.push_back(i);
  }
  return positions;
}

Values Project(const ValueGroup& group, std::uint32_t set) {
  Values values;
  for (const std::size_t i : Positions(set)) values.push_back(group.values[i]);
  return values;
}

std::string Numbers(const std::vector<int>& columns, std::uint32_t set) {
  std::vector<int> numbers;
  for (const std::size_t i : Positions(set)) numbers.push_back(columns[i]);
  return absl::StrJoin(numbers, ",");
}

double RowsOf(const std::vector<ValueGroup>& groups) {
  double rows = 0;
  for (const ValueGroup& group : groups) rows += group.rows;
  return rows;
}

// Rows by their values in some columns.
std::map<Values, double> Count(const std::vector<ValueGroup>& groups, std::uint32_t set) {
  std::map<Values, double> counts;
  for (const ValueGroup& group : groups) counts[Project(group, set)] += group.rows;
  return counts;
}

// Haas and Stokes, Estimating the Number of Classes in a Finite Population (1998), Duj1, as estimate_ndistinct has it.
double EstimateDistinct(const std::map<Values, double>& counts, double rows, double table_rows) {
  const auto different = static_cast<double>(counts.size());
  const auto once =
      static_cast<double>(std::ranges::count_if(counts, [](const auto& entry) { return entry.second == 1; }));
  const double all = std::max(table_rows, rows);
  const double estimate = rows * different / (rows - once + once * rows / all);
  return std::floor(std::clamp(estimate, different, all) + 0.5);
}

// The share of rows whose values in `by` go with one value of column `of` alone.
double Degree(const std::vector<ValueGroup>& groups, std::uint32_t by, std::uint32_t of, double rows) {
  struct Seen {
    Values value;
    double rows = 0;
    bool several = false;
  };
  std::map<Values, Seen> seen;
  for (const ValueGroup& group : groups) {
    const Values value = Project(group, of);
    const auto [found, added] = seen.try_emplace(Project(group, by), Seen{.value = value});
    found->second.several = found->second.several || found->second.value != value;
    found->second.rows += group.rows;
  }
  double supporting = 0;
  for (const auto& [key, entry] : seen) supporting += entry.several ? 0 : entry.rows;
  return rows > 0 ? supporting / rows : 0;
}

void AddDependence(const std::vector<int>& columns, const std::vector<ValueGroup>& groups, double table_rows,
                   ExtendedStatistics& statistics) {
  const double rows = RowsOf(groups);
  const std::uint32_t all = (1U << columns.size()) - 1;
  for (std::uint32_t set = 1; set <= all; ++set) {
    if (Positions(set).size() < 2) continue;
    statistics.distinct.push_back({.columns = absl::StrCat("{", Numbers(columns, set), "}"),
                                   .figure = EstimateDistinct(Count(groups, set), rows, table_rows)});
    for (const std::size_t of : Positions(set)) {
      const std::uint32_t one = 1U << of;
      const double degree = Degree(groups, set & ~one, one, rows);
      if (degree <= 0) continue;
      statistics.dependencies.push_back(
          {.columns = absl::StrCat("{", Numbers(columns, set & ~one), ",", columns[of], "}"), .figure = degree});
    }
  }
}

// The rows that a combination must have in the sample to be kept (get_mincount_for_mcv_list).
double LeastRows(double rows, double table_rows) {
  constexpr double kError = 0.04;  // a fifth, squared
  const double rest = std::max(table_rows, rows) - rows;
  const double denominator = rest + kError * rows * (std::max(table_rows, rows) - 1);
  return denominator == 0 ? 0 : rows * rest / denominator;
}

void AddCommon(const std::vector<int>& columns, std::vector<ValueGroup> groups, double table_rows, int target,
               ExtendedStatistics& statistics) {
  const double rows = RowsOf(groups);
  std::vector<std::map<Values, double>> alone;
  for (std::size_t i = 0; i < columns.size(); ++i) alone.push_back(Count(groups, 1U << i));
  std::ranges::stable_sort(groups, std::ranges::greater(), &ValueGroup::rows);
  const double least = LeastRows(rows, table_rows);
  for (const ValueGroup& group : groups) {
    if (group.rows < least || statistics.common.size() >= static_cast<std::size_t>(target)) break;
    CommonCombination item{.values = group.combination, .frequency = group.rows / rows, .base_frequency = 1};
    for (std::size_t i = 0; i < columns.size(); ++i) item.base_frequency *= alone[i][{group.values[i]}] / rows;
    statistics.common.push_back(std::move(item));
  }
}

}  // namespace

ExtendedStatistics ComputeExtended(const std::vector<int>& columns, const std::vector<ValueGroup>& groups,
                                   double table_rows, bool equality, int target) {
  ExtendedStatistics statistics;
  statistics.columns = absl::StrCat("{", absl::StrJoin(columns, ","), "}");
  if (equality) {
    AddDependence(columns, groups, table_rows, statistics);
  } else {
    AddCommon(columns, groups, table_rows, target, statistics);
  }
  return statistics;
}

}  // namespace pgassay::evidence
