#pragma once

// What a statement that repeats is: a kind of finding, a reason why it is none, or nothing worth a word.

#include <cstdint>
#include <optional>
#include <variant>

#include "pgassay/loops.h"
#include "nplusone/session_frames.h"

namespace pgassay::nplusone {

using Verdict = std::variant<std::monostate, LoopKind, LoopSuppression>;

Verdict Judge(const ClosedLoop& loop, const StatementRole& role);

// nullopt: a pair that counts.
std::optional<LoopSuppression> Judge(const CheckedInsert& pair);

// What one batched call would have saved at least, in microseconds. A call beyond the first costs its round trip, of
// which the shortest pause of the loop is a lower bound that leaves out what the application did with each row, and the
// parse and bind steps that were logged. What one call for all rows would take to execute is not known, so durations of
// calls count only where a call asks again for what the loop had already (redundant-query).
std::int64_t WastedUs(const ClosedLoop& loop, LoopKind kind);

// How uneven the pauses are: kUnevenUnit x (log2 of their mean - mean of their log2) x their number. Near 0 for round
// trips of one client, 0.83 kUnevenUnit for each pause of requests that arrive independently (exponential pauses).
std::int64_t Unevenness(const ClosedLoop& loop);

}  // namespace pgassay::nplusone
