#pragma once

// Loops added up: pgassay::LoopTally and its parts, filled and merged.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pgassay/loops.h"

namespace pgassay::workload {

void AddTo(DistinctCount& count, std::uint64_t hash);
std::int64_t Estimate(const DistinctCount& count);

// Adds `example` to the least ones.
void AddExample(std::vector<LoopExample>& examples, const LoopExample& example);

void MergeInto(LoopStats& stats, const LoopStats& other);

// Associative and commutative, as long as nothing had to be trimmed. Two tallies of parts of one log are the tally of the whole but for loops, transactions
// and bursts that the cut went through.
void MergeInto(LoopTally& tally, const LoopTally& other);

// Bounds the tally: beyond kMost... those with the fewest calls go. The calls of statements that are gone stay with
// shape 0 of their owner, so that shares of all calls are right.
void Trim(LoopTally& tally);

inline constexpr std::size_t kMostLoopKeys = 10'000;
inline constexpr std::size_t kMostLoopStatements = 50'000;  // with calls, and again with suppressed loops

}  // namespace pgassay::workload
