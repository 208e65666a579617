#pragma once

// A database out of a dump: by pg_restore, on a server that was named or on a private one.

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cluster/server.h"
#include "pg/session.h"
#include "pgassay/bench.h"

namespace pgassay::bench {

// Whether the archive at BenchOptions::restore can be read and a pg_restore is there, before anything takes time.
// Errors: NotFound, InvalidArgument (no archive that pg_restore knows: pg_dump -Fd, -Fc or -Ft makes one).
absl::Status CheckArchive(const BenchOptions& options);

// A server of the source's version with the source's roles, which nobody but this run can reach. What could not be had
// is added to `notes`.
absl::StatusOr<std::unique_ptr<cluster::Server>> StartServer(const BenchPlan& plan, const BenchOptions& options,
                                                             std::vector<std::string>& notes);

// Fills the database that `session` is in from the archive, and analyses it. Roles and extensions that the server does
// not have are added to `notes`. FailedPrecondition where anything else is missing, ResourceExhausted where the disk is
// full.
absl::Status RestoreInto(pg::Session& session, const BenchOptions& options, std::vector<std::string>& notes);

}  // namespace pgassay::bench
