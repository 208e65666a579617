#pragma once

// Which indexes the user demands, forbids or keeps (AdviseOptions), found in the catalog and among the candidates.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/candidate.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"
#include "twin/twin.h"
#include "whatif/cost_oracle.h"

namespace pgassay::advisor {

struct Pin {
  std::string sql;
  IndexDef def;
  double fraction = 1;  // of the rows
};

struct Ban {
  std::string text;                  // a definition, or as given
  std::optional<IndexDef> def;       // indexes that do the same work; none: those on a table
  Oid table;                         // and of those,
  std::vector<std::string> columns;  // if there are any, the ones that have one of these
};

struct Demands {
  std::vector<Pin> pins;
  std::vector<Ban> bans;
  bool keep_all = false;
  std::set<Oid> kept;  // existing indexes
  bool Keeps(Oid index) const { return keep_all || kept.contains(index); }
};

// Reads the options by the server's own understanding of CREATE INDEX. InvalidArgument where a statement is none, the
// server refuses it, a pinned index is unique, exists or is banned, or a name is not in the capture; else the twin's.
absl::StatusOr<Demands> ReadDemands(const AdviseOptions& options, const Snapshot& snapshot, twin::Twin& twin);

// Whether `ban` speaks of an index of definition `def`. An index on a parent is one on its partitions and vice versa.
bool Bans(const Ban& ban, const IndexDef& def, const Snapshot& snapshot);

// The pinned candidates; those that no rule has proposed are added behind the others.
whatif::IndexSet AddPins(const Demands& demands, std::vector<catalog::Candidate>& candidates);

whatif::IndexSet Banned(const Demands& demands, const std::vector<catalog::Candidate>& candidates,
                        const Snapshot& snapshot);

}  // namespace pgassay::advisor
