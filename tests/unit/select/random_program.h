#pragma once

// Small master programs that every set can be tried on.

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "select/master.h"

namespace pgassay::select {

// The same for the same seed. Budget, limit of indexes, both or none, in turn.
inline MasterProblem RandomProgram(std::uint32_t seed, std::uint32_t candidates, std::uint32_t statements,
                                   int options_each) {
  std::mt19937 engine(seed);
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  MasterProblem problem{
      .statements = {}, .weights = {}, .prices = {}, .sizes = {}, .budget_bytes = {}, .max_indexes = {}};
  Bytes all = 0;
  for (std::uint32_t id = 0; id < candidates; ++id) {
    problem.sizes.push_back(1 + random() % 100);
    problem.prices.push_back(static_cast<double>(random() % 50));
    all += problem.sizes.back();
  }
  if (seed % 3 != 0) problem.budget_bytes = all / 3;
  if (seed % 4 == 0) problem.max_indexes = 2;
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
