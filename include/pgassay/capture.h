#pragma once

// Reading a live database once, without leaving a trace on it. Implemented by module pg.

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "pgassay/snapshot.h"

namespace pgassay {

struct CaptureOptions {
  std::string conninfo;         // libpq connection string or URI; a password in it never reaches argv of a child
  std::string statements_from;  // a database of the same server whose pg_stat_statements is read; empty: `conninfo`
  std::string pg_bindir;        // where pg_dump is; empty: found by version in the usual places
  bool with_values = true;      // false: most common values, histograms and end points are left out
  int statement_timeout_ms = 30000;  // for each of our queries on the source
  int lock_timeout_ms = 2000;        // for ACCESS SHARE locks held back by somebody's DDL
  int dump_timeout_ms = 600000;      // for pg_dump as a whole
  std::function<bool()> cancelled;   // asked between steps and while waiting; may be empty
};

// Captures the database. At most two connections at a time, all read-only: ours and pg_dump's, sharing one snapshot;
// the one to `statements_from` ends before pg_dump's begins. What could not be read is listed in Snapshot::gaps, or in
// Snapshot::statement_source. Errors: InvalidArgument (`statements_from` leads to another server), Unavailable (cannot
// connect, connection lost), PermissionDenied, Unauthenticated (wrong password), Unimplemented (server version),
// NotFound (no pg_dump), DeadlineExceeded, Cancelled.
absl::StatusOr<Snapshot> Capture(const CaptureOptions& options);

// How often a physical replica of the captured server used its indexes, by one read-only query. `options` as for
// Capture, of which the connection and the timeouts matter. InvalidArgument where it is a database of another server,
// and errors as Capture.
absl::StatusOr<IndexUsage> ReadIndexUsage(const CaptureOptions& options, const Snapshot& snapshot);

}  // namespace pgassay
