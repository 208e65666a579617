#pragma once

// Small master programs that every set can be tried on.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "select/master.h"

namespace pgassay::select {

// Whether the limits allow the set of these bits.
inline bool Allows(const MasterProblem& problem, std::uint32_t mask) {
  return std::ranges::all_of(problem.limits, [&](const Limit& limit) {
    std::int64_t sum = 0;
    for (std::uint32_t id = 0; id < limit.amounts.size(); ++id) sum += (mask >> id & 1) != 0 ? limit.amounts[id] : 0;
    return sum <= limit.most;
  });
}

// What a set costs; none: it does not hold the constraints.
inline std::optional<Cost> ValueOf(const MasterProblem& problem, std::uint32_t mask) {
  Cost value = 0;
  const auto has = [mask](std::uint32_t id) { return (mask >> id & 1) != 0; };
  for (std::uint32_t id = 0; id < problem.prices.size(); ++id) {
    if (has(id)) value += problem.prices[id];
  }
  if (!Allows(problem, mask)) return std::nullopt;
  for (std::size_t i = 0; i < problem.statements.size(); ++i) {
    Cost least = std::numeric_limits<Cost>::max();
    for (const Option& option : problem.statements[i]) {
      if (std::ranges::all_of(option.present, has) && std::ranges::none_of(option.absent, has))
        least = std::min(least, option.cost);
    }
    value += problem.weights[i] * least;
  }
  return value;
}

// Of all sets.
inline Cost BestOf(const MasterProblem& problem) {
  Cost best = std::numeric_limits<Cost>::max();
  for (std::uint32_t mask = 0; mask < 1U << problem.prices.size(); ++mask) {
    if (const std::optional<Cost> value = ValueOf(problem, mask)) best = std::min(best, *value);
  }
  return best;
}

// The same for the same seed. Limits of bytes, number, number on one of two tables, and writes, each alone, with others
// or none, in turn.
inline MasterProblem RandomProgram(std::uint32_t seed, std::uint32_t candidates, std::uint32_t statements,
                                   int options_each) {
  std::mt19937 engine(seed);
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  MasterProblem problem{.statements = {}, .weights = {}, .prices = {}, .limits = {}};
  Limit count{.kind = Limit::Kind::kCount, .most = 2, .amounts = std::vector<std::int64_t>(candidates, 1)};
  Limit table{.kind = Limit::Kind::kTable, .most = 1, .amounts = {}};
  Limit writes{.kind = Limit::Kind::kWrites, .most = 0, .amounts = {}};
  Limit bytes{.kind = Limit::Kind::kBytes, .most = 0, .amounts = {}};
  for (std::uint32_t id = 0; id < candidates; ++id) {
    bytes.amounts.push_back(1 + random() % 100);
    problem.prices.push_back(static_cast<double>(random() % 50));
    bytes.most += bytes.amounts.back();
    table.amounts.push_back(id % 2);
    writes.amounts.push_back(id % 3 == 0 ? 0 : bytes.amounts.back() * 7919 % 1000);
    writes.most += writes.amounts.back();
  }
  bytes.most /= 3;
  writes.most /= 3;
  if (seed % 4 == 0) problem.limits.push_back(std::move(count));
  if (seed % 5 < 2) problem.limits.push_back(std::move(table));
  if (seed % 7 < 3) problem.limits.push_back(std::move(writes));
  if (seed % 3 != 0) problem.limits.push_back(std::move(bytes));
  for (std::uint32_t i = 0; i < statements; ++i) {
    problem.weights.push_back(1 + random() % 5);
    std::vector<Option>& options = problem.statements.emplace_back();
    options.push_back({.cost = 1000, .present = {}, .absent = {}, .cell = {}});
    for (int k = 0; k < options_each; ++k) {
      Option option{.cost = static_cast<double>(random() % 1000), .present = {}, .absent = {}, .cell = {}};
      for (std::uint32_t id = 0; id < candidates; ++id) {
        if (random() % 3 == 0)
          option.present.push_back(id);
        else if (random() % 5 == 0)
          option.absent.push_back(id);
      }
      options.push_back(std::move(option));
    }
    RemoveDominated(options);
  }
  return problem;
}

}  // namespace pgassay::select
