#pragma once

// Which sums of loops are findings, once everything was read. One loop by itself can be an accident: on a connection
// that several clients share, requests follow each other in any order, so a popular statement is repeated now and then,
// and something stands before it. What tells is whether the loop comes with its parent more often than without.

#include <string>
#include <string_view>
#include <vector>

#include "pgassay/loops.h"

namespace pgassay::nplusone {

enum class Confidence : std::uint8_t { kLow, kMedium, kHigh };
std::string_view Word(Confidence confidence);

struct Evidence {
  std::string dropped;  // slug of why it is no finding; empty: it is one
  Confidence confidence = Confidence::kLow;
  std::vector<std::string> why;
};

// One for each key of `tally.loops`, in its order.
std::vector<Evidence> Weigh(const LoopTally& tally);

}  // namespace pgassay::nplusone
