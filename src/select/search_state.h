#pragma once

// An index set under construction and what it costs by the known plans.

#include <cstdint>
#include <span>
#include <vector>

#include "pgassay/units.h"
#include "select/plan_columns.h"

namespace pgassay::select {

class SearchState {
 public:
  // `columns`, `weights` (by statement) and `sizes` (by candidate) must outlive the state. Statements without columns do not count.
  SearchState(const PlanColumns& columns, std::span<const double> weights, std::span<const Bytes> sizes);

  // What the set would cost less after the change; negative: it would cost more. Ids of `add` are not chosen, those of `remove` are.
  Cost GainOf(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove);

  void Apply(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove);

  // By candidate: what the set would cost more without it; 0 for those not chosen.
  std::vector<Cost> Losses() const;

  // Removes what no statement's cheapest plan uses.
  void RemoveUnused();

  bool contains(std::uint32_t candidate) const { return chosen_[candidate]; }
  std::vector<std::uint32_t> chosen() const;  // ascending
  Bytes bytes() const { return bytes_; }
  int count() const { return count_; }
  Cost total() const;
  Bytes size_of(std::uint32_t candidate) const { return sizes_[candidate]; }

  // Counts the changes that may have altered the gain of a move on the candidates given.
  std::uint64_t version(std::span<const std::uint32_t> candidates) const;

 private:
  // Position of the cheapest column that the chosen candidates allow, without `excluded`.
  std::size_t Cheapest(std::size_t statement, std::uint32_t excluded) const;
  bool Available(const PlanColumn& column, std::uint32_t excluded) const;

  const PlanColumns* columns_;
  std::span<const double> weights_;
  std::span<const Bytes> sizes_;
  std::vector<std::vector<std::uint32_t>> statements_of_;  // by candidate: statements with a column that uses it
  std::vector<char> chosen_;
  std::vector<std::size_t> cheapest_;      // by statement
  std::vector<std::uint64_t> changed_at_;  // by statement: the last change of a candidate in its columns
  std::vector<std::uint64_t> visited_;     // by statement: scratch
  std::uint64_t change_ = 0;
  std::uint64_t visit_ = 0;
  Bytes bytes_ = 0;
  int count_ = 0;
};

}  // namespace pgassay::select
