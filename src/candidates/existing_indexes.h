#pragma once

// What the indexes of the database do already.

#include <map>
#include <set>
#include <span>
#include <string>
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
  bool for_statement = false;    // covered-by-existing: for the statement at hand only
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// Columns, and expressions as CREATE INDEX takes them.
struct SearchedKeys {
  std::set<int> columns;
  std::set<std::string> expressions;
  bool Contains(const IndexKey& key) const {
    return key.column != 0 ? columns.contains(key.column) : expressions.contains(key.expression);
  }
  friend bool operator==(const SearchedKeys&, const SearchedKeys&) = default;
};

// How one statement searches by the columns of a proposed index. Nothing known, nothing served beyond what the
// definitions say.
struct Searched {
  // Compared for equality: neither their order among each other nor their directions matter.
  SearchedKeys equal;
  // Of those, compared with a single value each: an index that has them too, in front, finds fewer rows still.
  SearchedKeys one_value;
  // Of those, compared with values of the statement itself by =, so that a hash index finds them.
  SearchedKeys by_value;
  // Conditions that every wanted row meets, as pg_get_expr writes them: "(customer_id IS NOT NULL)".
  std::set<std::string> implied;
  bool only = false;  // of an inheritance parent, its own rows alone
  friend bool operator==(const Searched&, const Searched&) = default;
};

// Valid indexes only. A partitioned table has what its own indexes do, or what all its partitions have; an
// inheritance parent only the latter, since its own indexes hold its own rows. Keeps references into the snapshot.
class ExistingIndexes {
 public:
  explicit ExistingIndexes(const Snapshot& snapshot);

  // `def` is canonical; `fixed` are those of its columns that are compared with one value.
  //
  // covered-by-existing: a B-tree that covers it (catalog::Covers), or that does so for the statement of `searched`:
  // the columns that are compared for equality lead it, in any order and direction and perhaps with more such columns
  // among them, and the rest follows as it is. Such an index may be partial where its predicate is implied, and have an
  // operator class for patterns on columns that are compared for equality. A hash index covers a single column. GIN,
  // GiST, SP-GiST and BRIN find rows through a bitmap, at a higher price, so that the planner has to compare.
  //
  // unique-prefix: where one value is given for every column of a unique key, that key finds the one row and `def` can
  // gain nothing. Where `def` merely starts with all columns of the key, in another order or with a range among them,
  // further columns gain nothing, but that start may: (placed_at, id) beside a key on (id, placed_at) serves ranges of
  // placed_at. Both look at keys only, so they say nothing against included columns.
  Verdict Judge(const IndexDef& def, const std::set<int>& fixed, const Searched& searched = {}) const;

  // Whether a unique key of `table` is among the columns `fixed`, for a statement that implies the key's predicate.
  bool FindsOneRow(Oid table, const std::set<int>& fixed, const Searched& searched = {}) const;

 private:
  Verdict JudgeTable(const IndexDef& def, const std::set<int>& fixed, const Searched& searched) const;
  Verdict JudgeMembers(const IndexDef& def, const std::set<int>& fixed, const Searched& searched,
                       std::span<const Oid> members) const;

  const Snapshot& snapshot_;
  std::map<Oid, std::vector<const Index*>> by_table_;  // in order of OIDs
  std::map<Oid, std::vector<Oid>> members_;            // catalog::IndexedTables of tables that stand for others
};

}  // namespace pgassay::candidates
