#pragma once

// An index set under construction and what it costs: its statements by the known plans, and the prices of its indexes.

#include <cstdint>
#include <span>
#include <vector>

#include "pgassay/units.h"
#include "select/limits.h"
#include "select/plan_columns.h"

namespace pgassay::select {

// What states of one search have in common.
struct SearchBase {
  // The views must outlive the base.
  SearchBase(const PlanColumns& plan_columns, std::span<const double> statement_weights,
             std::span<const Bytes> candidate_sizes, std::span<const Cost> candidate_prices,
             const Limits& candidate_limits);

  const PlanColumns& columns;
  std::span<const double> weights;  // by statement
  std::span<const Bytes> sizes;     // by candidate
  std::span<const Cost> prices;     // by candidate (prices.h)
  const Limits& limits;
  struct Place {
    std::uint32_t statement = 0;
    std::uint32_t position = 0;  // in the statement's columns
    std::uint32_t column = 0;    // in a row of all
  };
  std::vector<std::vector<Place>> places_of;              // by candidate: columns that use it
  std::vector<std::size_t> first_column;                  // by statement: its columns' number in a row of all
  std::vector<std::vector<std::uint32_t>> candidates_of;  // by statement: candidates in its columns
  std::vector<std::int16_t> found;                        // by column: scratch of SearchState, 0 between calls
  std::uint64_t clock = 0;                                // of changes, in any state
};

// Copies are cheap. Statements without columns do not count.
class SearchState {
 public:
  explicit SearchState(SearchBase& base);  // the pinned candidates alone; `base` must outlive it

  // What the set would cost less after the change, prices included; negative: it would cost more. Ids of `add` are not
  // chosen, those of `remove` are, and none of them is pinned.
  Cost GainOf(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove);

  void Apply(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove);

  // By candidate: what its statements would cost more without it; 0 for those not chosen.
  std::vector<Cost> Losses() const;

  // Removes what no statement's cheapest plan uses and is not pinned.
  void RemoveUnused();

  bool contains(std::uint32_t candidate) const { return chosen_[candidate]; }
  std::vector<std::uint32_t> chosen() const;  // ascending
  Bytes bytes() const { return bytes_; }
  int count() const { return count_; }
  const Limits::Sums& sums() const { return sums_; }
  Cost total() const;  // statements and prices
  Bytes size_of(std::uint32_t candidate) const { return base_->sizes[candidate]; }
  Cost price_of(std::uint32_t candidate) const { return base_->prices[candidate]; }

  // The last change that may have altered the gain of a move on the candidates given: equal versions mean equal gains,
  // in copies of the state too.
  std::uint64_t version(std::span<const std::uint32_t> candidates) const;

 private:
  // Position of the cheapest column from `position` on that the chosen candidates allow, without `excluded`, when
  // `added` of them are not counted in missing_.
  std::uint32_t Cheapest(std::size_t statement, std::uint32_t position, std::uint32_t excluded,
                         std::size_t added = 0) const;
  // Collects in touched_ the statements whose cheapest column changes when the flags in chosen_ have changed, and in
  // next_ what it becomes.
  void Recompute(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove);
  bool Available(const PlanColumn& column, std::uint32_t excluded) const;

  SearchBase* base_;
  std::vector<char> chosen_;
  std::vector<std::uint16_t> missing_;   // by column: how many of its candidates are not chosen
  std::vector<std::uint32_t> cheapest_;  // by statement: position of its column
  std::vector<std::uint64_t>
      changed_at_;                      // by candidate: the last change of a candidate that shares a statement with it
  std::vector<std::uint32_t> next_;     // by statement: scratch of Recompute, equal to cheapest_ between calls
  std::vector<std::uint32_t> touched_;  // scratch of Recompute
  Bytes bytes_ = 0;
  Cost price_ = 0;
  int count_ = 0;
  Limits::Sums sums_;
};

}  // namespace pgassay::select
