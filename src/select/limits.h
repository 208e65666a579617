#pragma once

// Which sets the constraints allow: sums over the chosen candidates have a greatest value, and some candidates are in
// every set. What is forbidden is never enabled (Explorer), so it needs no place here.

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "pgassay/units.h"
#include "select/select.h"

namespace pgassay::select {

// A sum over the chosen candidates. Whole numbers, so that it is the same in any order.
struct Limit {
  enum class Kind { kCount, kTable, kWrites, kBytes };
  Kind kind = Kind::kBytes;
  std::int64_t most = 0;
  std::vector<std::int64_t> amounts;  // by candidate, none negative

  // Of the candidates that take some; 1: none does.
  double MeanAmount() const;
};

class Limits {
 public:
  Limits() = default;  // every set is allowed
  // `total_before` is what Constraints::max_write_share is a share of. Writes are counted in 2^-40 of what is allowed,
  // rounded down: a set that exceeds it by less than that for each candidate is allowed.
  Limits(const Problem& problem, const Constraints& constraints, Cost total_before);

  const std::vector<std::uint32_t>& pinned() const { return pinned_; }  // ascending
  bool IsPinned(std::uint32_t candidate) const { return candidate < is_pinned_.size() && is_pinned_[candidate] != 0; }

  // Count, tables by OID, writes, bytes: those that there are, in that order.
  const std::vector<Limit>& all() const { return limits_; }

  bool Allow(std::span<const std::uint32_t> set) const;

  // Of a set: one for each limit.
  using Sums = std::vector<std::int64_t>;
  Sums SumsOf(std::span<const std::uint32_t> set) const;
  void Add(std::uint32_t candidate, Sums& sums) const;
  void Remove(std::uint32_t candidate, Sums& sums) const;

  // Whether a set that has `sums` is allowed after a change, given that it was before.
  bool Fits(const Sums& sums, std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove) const;
  // The last limit that `sums` exceed, nullptr if there is none; the first that they would with one more candidate.
  const Limit* Exceeded(const Sums& sums) const;
  const Limit* ExceededWith(const Sums& sums, std::uint32_t candidate) const;

  // What the pinned candidates leave of each limit, and nothing that they take any more.
  std::vector<Limit> Rest() const;

 private:
  void Append(Limit limit);

  std::vector<Limit> limits_;
  std::vector<std::vector<std::pair<std::size_t, std::int64_t>>> uses_;  // by candidate: limit and amount
  std::vector<std::uint32_t> pinned_;
  std::vector<char> is_pinned_;
};

}  // namespace pgassay::select
