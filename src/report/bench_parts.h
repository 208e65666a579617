#pragma once

// What all forms of a bench's result share.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pgassay/bench.h"

namespace pgassay::report {

// A query that a set makes slower by more than was allowed.
struct BenchRegression {
  std::size_t set = 0;    // position in BenchResult::sets
  std::size_t query = 0;  // position in BenchPlan::queries
};

// By set, the largest loss of the workload first.
std::vector<BenchRegression> BenchRegressions(const BenchPlan& plan, const BenchResult& result);

// The predicted quotient of times with and without a set, or where these are not known of costs; none where the twin
// says nothing.
std::optional<double> PredictedRatio(const PredictedCost& cost);

// "3.4x", "1.2x worse", "same": what FactorText says of a quotient of times.
std::string RatioText(double ratio);

// Time of all calls of a query that the set saves; negative: it takes more.
double SavedMs(const BenchPlan& plan, const BenchResult& result, std::size_t set, std::size_t query);

// What was not compared, or how answers differ; empty: rows are the same, or there is nothing to compare with.
std::string AnswerText(const BenchMeasure& measure);

}  // namespace pgassay::report
