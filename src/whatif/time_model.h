#pragma once

// Plan costs to milliseconds, for one database: what its statements took, against what their plans are charged for.
//
//   ms = fixed + a * blocks + b * (cost of everything but pages) + c * blocks that were read from outside the cache
//
// a, b and c are fitted to logarithms of times with Huber's loss (P. J. Huber, Robust Estimation of a Location
// Parameter, 1964), so that a statement counts by the factor by which it is missed, and one that is missed by a hundred
// as much as one that is missed by two. What the model leaves over for statements on the same tables that take about as
// long is taken to hold for the next one too (a kernel over both), which catches wide rows and dear functions.
//
// PostgreSQL's page costs stand for a disk; here a block found in the cache and one read are told apart by the server's
// own counters. Plain values, no server, the same answer everywhere.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "pgassay/units.h"

namespace pgassay::whatif {

// A plan, and what is known of calls that ran it. Figures are per call.
struct TimedPlan {
  Cost cost = 0;                 // without penalty
  Cost page_cost = 0;            // part of it
  double pages = 0;              // that it is charged for
  std::optional<double> blocks;  // that a call asked for; none: as many as the plan's pages
  double read_blocks = 0;        // of those, the ones that were not cached
  std::vector<Oid> tables;       // sorted
  double ms = 0;                 // that it took; a prediction ignores it
  double read_ms = 0;            // part of it, where track_io_timing was on
};

// Leave-one-out errors: each plan is predicted by a model that has not seen it.
struct TimeError {
  std::size_t plans = 0;
  double median = 0;  // of |predicted / observed - 1|
  double upper = 0;   // three quarters of the plans are within it
  // Four fifths of observed times are between these factors of the prediction.
  double low_factor = 1;
  double high_factor = 1;
};

class TimeModel {
 public:
  // Plans without cost or time do not count; of many, those that come first. None: fewer than kLeastPlans are left.
  static std::optional<TimeModel> Fit(std::span<const TimedPlan> plans);

  double Milliseconds(const TimedPlan& plan) const;

  const TimeError& error() const { return error_; }
  bool good() const { return error_.median <= kPoorError; }
  // Whether what a read block costs is known: some statements read, or the server timed it.
  bool knows_reads() const { return weights_.read > 0; }

  static constexpr std::size_t kLeastPlans = 8;
  static constexpr double kPoorError = 0.5;  // above it, milliseconds would be made up

  struct Weights {
    double fixed = 0;  // ms
    double block = 0;  // ms each
    double cpu = 0;    // ms for each unit of cost
    double read = 0;   // ms each, on top of `block`
  };
  const Weights& weights() const { return weights_; }

 private:
  TimeModel() = default;
  Weights weights_;
  TimeError error_;
  std::vector<TimedPlan> plans_;
  std::vector<double> leftover_;  // log(observed / fitted), by plan
};

// What a plan that takes the place of `before` would ask for: the same share of its pages as calls of `before` did, and
// the same part of them not cached.
TimedPlan InPlaceOf(const TimedPlan& before, Cost cost, Cost page_cost, double pages);

}  // namespace pgassay::whatif
