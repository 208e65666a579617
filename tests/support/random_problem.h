#pragma once

// Random selection problems over the fake planner: tables of very different size, statements with filters, orders,
// limits and joins, candidates as the rules would propose them. The same seed gives the same problem everywhere.

#include <cstdint>
#include <vector>

#include "select/select.h"
#include "support/fake_oracle.h"

namespace pgassay::test {

struct ProblemShape {
  int tables = 3;
  int columns = 6;  // of each table
  int statements = 6;
  int max_joined = 3;             // relations of one statement
  int candidates = 12;            // at most
  int per_relation = 6;           // candidates that a relation of a statement asks for
  bool relevant_by_table = true;  // false: a statement sees only candidates that it asked for
};

struct RandomProblem {
  select::Problem problem;
  std::vector<FakeStatement> statements;
  FakeOracle MakeOracle() const { return FakeOracle(statements, problem.candidates); }
};

RandomProblem MakeRandomProblem(std::uint32_t seed, const ProblemShape& shape);

// Weighted cost of `enabled` over all statements.
Cost TotalCost(const RandomProblem& problem, const FakeOracle& oracle, const whatif::IndexSet& enabled);

}  // namespace pgassay::test
