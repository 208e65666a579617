#pragma once

// From sums of loops to what is shown.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pgassay/findings.h"
#include "pgassay/loops.h"

namespace pgassay::nplusone {

struct FindingOptions {
  // How long the log is, for figures per day; 0: from the first event to the last, an hour at least.
  std::int64_t observed_us = 0;
  // Types of $1, $2 and so on of a statement, where something knows them; unset: nothing does.
  std::function<std::vector<std::string>(const std::string& text)> parameter_types;
};

// A sum of loops that is no finding, and why.
struct DroppedLoops {
  LoopKey key;
  std::string reason;  // slug: not-tied-to-parent, minor-parent, seen-once, independent-requests, nested,
                       // part-of-n-plus-one, part-of-check-then-insert
  std::int64_t loops = 0;
  friend bool operator==(const DroppedLoops&, const DroppedLoops&) = default;
};

struct LoopFindings {
  std::vector<Finding> findings;      // the most time wasted first
  std::vector<DroppedLoops> dropped;  // by key
};

LoopFindings MakeFindings(const LoopTally& tally, const FindingOptions& options = {});

}  // namespace pgassay::nplusone
