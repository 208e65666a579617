#pragma once

// What was recorded of each set as the result: figures per query and set, comparisons with the current state and with
// the prediction. No server is asked.

#include <cstdint>
#include <string>
#include <vector>

#include "bench/replay.h"
#include "pgassay/bench.h"

namespace pgassay::bench {

// One round of a set's mix.
struct MixRecord {
  MixFacts facts;
  double wal_bytes = 0;
};

struct IndexRecord {
  std::string name;  // as the server has it
  Bytes size_bytes = 0;
  std::vector<double> build_ms;  // one of each round
  std::int64_t scans = 0;
};

struct SetRecord {
  std::vector<StatementRecord> statements;  // by BenchPlan::statements
  std::vector<IndexRecord> indexes;         // by BenchSet::changes
  std::vector<MixRecord> mixes;
  int rounds = 0;  // that count
  std::string problem_code;
  std::string problem;
  bool given_up = false;  // it is not tried again
};

// `sets` follow plan.sets, `not_compared` says by query why its answers are not, beside BenchQuery::check.
BenchResult MakeResult(const BenchPlan& plan, const std::vector<SetRecord>& sets,
                       const std::vector<std::string>& not_compared, double regression);

}  // namespace pgassay::bench
