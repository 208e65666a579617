#pragma once

// Columns that an index would take heap-only updates (HOT) away from: an update that changes no indexed column writes
// no index at all (src/backend/access/heap/README.HOT), so putting an updated column into an index makes every index of
// the table dearer to keep.

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "candidates/generate.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

// Keeps a reference to the snapshot.
class HotColumns {
 public:
  HotColumns(std::span<const StatementRequests> statements, const Snapshot& snapshot);

  // Whether statements update `column` of `table`, no index of that table has it as yet (as a key, included, or in an
  // expression or predicate, where a mention in a literal counts too), and updates of the table are known to be
  // heap-only at times or not known at all. A statement that names a partitioned table or inheritance parent counts
  // for the tables below it and the other way round, by the column's name.
  bool Contains(Oid table, int column) const;

 private:
  Oid Root(Oid table) const;
  bool IsIndexed(const Relation& table, const Column& column) const;

  const Snapshot& snapshot_;
  std::set<std::pair<Oid, std::string>> written_;  // topmost parent, name
  std::map<Oid, std::vector<const Index*>> indexes_;
};

}  // namespace pgassay::candidates
