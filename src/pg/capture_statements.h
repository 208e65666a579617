#pragma once

// Reads pg_stat_statements.

#include "absl/status/status.h"
#include "pg/capture_catalog.h"
#include "pg/session.h"
#include "pgassay/capture.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

// Fills Snapshot::statement_source, statements and statement_groups from the captured database, or from the database
// that CaptureOptions::statements_from names, through a second session that ends before this returns. Expects identity,
// settings, relations and views in `snapshot`, and an open transaction with kValueFormatSql in force.
//
// That the statements cannot be read is no failure: StatementSource::unavailable says why. Errors: InvalidArgument
// where statements_from leads to another server, those of Session::Connect for it, a lost connection, Cancelled.
absl::Status ReadStatements(const CaptureOptions& options, const CatalogDetails& details, Session& session,
                            Snapshot& snapshot);

}  // namespace pgassay::pg
