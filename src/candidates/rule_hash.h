#pragma once

// Rule 10 for long values: a hash index keeps four bytes of each value, a B-tree all of it.

#include <set>
#include <span>
#include <utility>

#include "candidates/generate.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

// Keeps a reference to the snapshot.
class HashColumns {
 public:
  HashColumns(std::span<const StatementRequests> statements, const Snapshot& snapshot);

  // Whether a hash index on `column` may be better than a B-tree: its values are texts or bytes, long, and nearly all
  // different (a B-tree keeps equal ones once), and no statement wants their order, a range of them or nothing else
  // than them from the table, which only a B-tree gives.
  bool Suits(Oid table, int column) const;

 private:
  const Snapshot& snapshot_;
  std::set<std::pair<Oid, int>> sorted_;  // that want a B-tree
};

}  // namespace pgassay::candidates
