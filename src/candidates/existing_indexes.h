#pragma once

// What the indexes of the database do already.

#include <map>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "candidates/request_view.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

// What an existing index says about a proposed one.
struct Verdict {
  std::string_view code;         // advice/reason_codes.h; empty: nothing against it
  const Index* by = nullptr;     // the index that does its work
  std::size_t useful_width = 0;  // unique-prefix: so many leading keys are still worth a candidate; 0: none
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// Valid indexes only. A partitioned table has what its own indexes do, or what all its partitions have; an
// inheritance parent only the latter, since its own indexes hold its own rows. Keeps references into the snapshot.
class ExistingIndexes {
 public:
  explicit ExistingIndexes(const Snapshot& snapshot);

  // `def` is canonical; `fixed` are those of its columns that are compared with one value.
  //
  // unique-prefix: where one value is given for every column of a unique key, that key finds the one row and `def` can
  // gain nothing. Where `def` merely starts with all columns of the key, in another order or with a range among them,
  // further columns gain nothing, but that start may: (placed_at, id) beside a key on (id, placed_at) serves ranges of
  // placed_at. Both look at keys only, so they say nothing against included columns.
  Verdict Judge(const IndexDef& def, const std::set<int>& fixed) const;

  // Whether a unique key of `table` is among the columns `fixed`.
  bool FindsOneRow(Oid table, const std::set<int>& fixed) const;

 private:
  Verdict JudgeTable(const IndexDef& def, const std::set<int>& fixed) const;
  Verdict JudgeMembers(const IndexDef& def, const std::set<int>& fixed, std::span<const Oid> members) const;

  const Snapshot& snapshot_;
  std::map<Oid, std::vector<const Index*>> by_table_;  // in order of OIDs
  std::map<Oid, std::vector<Oid>> members_;            // catalog::IndexedTables of tables that stand for others
};

}  // namespace pgassay::candidates
