#pragma once

// What a bench has changed and not yet undone, written down in the database itself: in a table of a schema of ours, by
// the transaction that makes the change. So whatever ends a run, the next one finds what is left and undoes it.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/bench.h"

namespace pgassay::bench {

inline constexpr std::string_view kSchema = "pgassay_bench";

// An index that was made or dropped.
struct ChangedIndex {
  std::string oid;    // of a new one
  std::string name;   // quoted, with its schema
  std::string table;  // the same, of the table
  bool has_expression = false;
  Bytes size_bytes = 0;
  double ms = 0;  // of the build; 0 for a dropped one
};

// Lets no other bench into the database while `session` lives, and makes the table. FailedPrecondition where another
// one is at work.
absl::Status OpenChangeLog(pg::Session& session);

// Makes or drops an index and writes that down, in one transaction. InvalidArgument also for an index that may not be
// dropped: unique, or needed by a constraint, a partitioned index or one of its parts, or by CLUSTER or replication.
absl::StatusOr<ChangedIndex> Change(pg::Session& session, const std::string& run, int position,
                                    const BenchChange& change, int lock_timeout_ms);

struct Undone {
  std::vector<std::string> indexes;  // dropped again, or built again
  std::vector<std::string> missing;  // that others had dropped or changed already
};

// Undoes all that is written down, last change first, of this run and of others. Stops at the first error; what was
// undone until then is struck out.
absl::StatusOr<Undone> UndoChanges(pg::Session& session, int lock_timeout_ms);

// What was undone of runs that did not end, for people.
std::vector<std::string> LeftoverNotes(const Undone& undone);

// Removes the table and the schema, which are empty.
absl::Status CloseChangeLog(pg::Session& session);

}  // namespace pgassay::bench
