#pragma once

// The statements of a plan on the database as it is now: one by one for their times and answers, and mixed by weight
// over several clients for what the server gets done.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/answer_digest.h"
#include "bench/client.h"

namespace pgassay::bench {

// What a statement did with one set, over all rounds so far.
struct StatementRecord {
  std::vector<std::vector<double>> ms;  // by round in which it ran
  std::vector<Digest> digests;          // of one answer for each round
  std::optional<double> blocks_hit;
  std::optional<double> blocks_read;
  std::optional<double> wal_bytes;
  std::uint64_t plan = 0;    // a hash of its nodes, relations, indexes and conditions; 0: not known
  std::string problem_code;  // of the last run that failed
  std::string problem;
  bool given_up = false;  // it is not tried again
};

// Runs each statement of the plan by one client, in BenchOptions::samples passes over all: once for the caches, in the
// first pass for the answer as well, then for its time, and the very first time once more with EXPLAIN. A statement
// that fails has a problem. Errors: Unavailable where the server is gone, Cancelled.
absl::Status RunEach(const ReplayTarget& target, std::vector<StatementRecord>& records);

struct MixFacts {
  std::int64_t statements = 0;
  std::int64_t errors = 0;  // of these
  double seconds = 0;
};

// Draws statements by weight, but for those `left_out`, the same ones for the same `seed`, and runs them by
// BenchOptions::clients for mix_seconds or until there were `count`. Errors as RunEach.
absl::StatusOr<MixFacts> RunMix(const ReplayTarget& target, const std::vector<bool>& left_out, std::uint64_t seed);

}  // namespace pgassay::bench
