#pragma once

// Which object of the twin stands for which of the source. OIDs and attribute numbers differ (the twin has no dropped
// columns), names do not.

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"

namespace pgassay::twin {

// An OID of the twin's own catalog.
struct TwinOidTag;
using TwinOid = Id<TwinOidTag>;

class Names {
 public:
  // Reads the twin's catalog; captured relations and indexes that it lacks are simply not in the map.
  static absl::StatusOr<Names> Read(const Snapshot& snapshot, pg::Session& session);

  // 0 where there is none.
  TwinOid ToTwin(Oid source) const;
  Oid ToSource(TwinOid twin) const;

  // Attribute numbers; 0 where there is none.
  int ColumnToTwin(Oid relation, int column) const;
  int ColumnToSource(Oid relation, int column) const;

 private:
  std::map<Oid, TwinOid> to_twin_;
  std::map<TwinOid, Oid> to_source_;
  std::map<Oid, std::vector<std::pair<int, int>>> columns_;  // by source relation: (source, twin)
};

}  // namespace pgassay::twin
