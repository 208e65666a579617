#pragma once

// What a foreign key costs where rows of its parent go away. For each row that is deleted from the parent, or whose key
// changes, PostgreSQL searches the child by the columns of the foreign key (src/backend/utils/adt/ri_triggers.c): it
// looks for a row that forbids it, or deletes or updates the rows that it finds. The planner's cost of the statement on
// the parent holds none of that, so each such search becomes a statement of the workload by itself.

#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "advisor/statement_list.h"
#include "catalog/candidate.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "pgassay/workload.h"
#include "twin/twin.h"

namespace pgassay::advisor {

// What statements write to one table in all their calls.
struct TableWrites {
  Oid table;                 // of a partitioned table or inheritance parent: rows of the tables below it too
  char command = 'd';        // as catalog::WriteTarget: d takes rows away, u sets `columns`
  std::vector<int> columns;  // Column::number, sorted
  double rows = 0;
  friend bool operator==(const TableWrites&, const TableWrites&) = default;
};

// Which rows a search looks for, and what it does to them.
struct ReferentialSearch {
  Oid child;
  std::set<int> columns;  // of the child
  char command = 's';     // s SELECT ... FOR KEY SHARE, d DELETE, u UPDATE
  friend auto operator<=>(const ReferentialSearch&, const ReferentialSearch&) = default;
};

// A search as a statement, for all foreign keys that make the same one.
struct ReferentialQuery {
  std::string sql;                           // $n for the n-th column of the key, ONLY as PostgreSQL has it
  std::vector<std::pair<Oid, int>> parents;  // table and column whose values $1, $2 ... are
  std::string search_path;                   // by which the operators of its types are found
  double weight = 0;                         // rows of the parent
  std::vector<std::string> foreign_keys;     // names of the constraints, in order of their OIDs
  Oid child;
  friend bool operator==(const ReferentialQuery&, const ReferentialQuery&) = default;
};

// The searches that `written` means, in order of the constraints' OIDs, and those that these mean in turn: what a
// search deletes or updates in the child is taken to be the child's rows divided by the parent's, for each row of the
// parent. A foreign key that comes back to itself counts once. None for the keys of `known`, whose searches the
// workload has, nor for what they lead to: their own statements do.
//
// An UPDATE that sets every column of the table is taken to write back what it read, as object-relational mappers do,
// so that the key stays. Constraints that a partition has from its partitioned table are no keys of their own, and
// those whose definition this grammar does not know (NOT ENFORCED) are left out. INSERT ... ON CONFLICT DO UPDATE is
// not seen.
std::vector<ReferentialQuery> ReferentialQueries(std::span<const TableWrites> written,
                                                 const std::set<ReferentialSearch>& known, const Snapshot& snapshot);

// Adds the searches that the prepared `statements` mean to the workload and prepares them. Values are those of the
// parent's key. Statements that are such searches already (pg_stat_statements.track = all) are marked, and have no
// second one beside them. One that cannot be planned is added to workload.skipped. The error means that the twin is
// lost.
absl::Status AddReferential(Workload& workload, std::vector<PlannedStatement>& statements, const Snapshot& snapshot,
                            twin::Twin& twin);

// A sentence on the foreign keys whose searches asked for `candidate`; empty: none did.
std::string DescribeReferential(const catalog::Candidate& candidate, const Workload& workload,
                                const std::vector<PlannedStatement>& statements);

}  // namespace pgassay::advisor
