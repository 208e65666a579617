#pragma once

// The captured schema into the twin's empty database, without psql and without rights.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::twin {

// The settings under which a capture's values and schema text were written (pg/value_format.h), for the sessions that
// read them back: the caller's environment (PGDATESTYLE, PGTZ) must not change what they mean.
inline constexpr std::string_view kReadBackSql =
    "SET DateStyle = 'ISO, MDY'; SET IntervalStyle = postgres; SET TimeZone = 'UTC'; SET lc_monetary = 'C'; SET "
    "array_nulls = on; "
    "SET standard_conforming_strings = on; SET client_min_messages = error; ";

// Something of the schema that the twin does without.
struct NotRestored {
  std::string what;  // the beginning of the statement, printable
  std::string reason;
  QualifiedName object = {};       // what the statement would have made; empty where it has no schema
  std::string extension = {};      // of the source, for an extension
  bool extension_refused = false;  // not on the list of those that the twin loads
};

// Makes a stand-in (planner/foreign.c) for every foreign-data wrapper that a server of the schema names, since the real
// ones reach the network or files. Returns the names. Superuser.
absl::StatusOr<std::set<std::string>> CreateWrappers(const Snapshot& snapshot, pg::Session& superuser);

// Creates the extensions of an allow-list that are installed here; the others are listed, but for those that only bring
// one of `wrappers`. Superuser.
absl::Status CreateExtensions(const Snapshot& snapshot, const std::set<std::string>& wrappers, pg::Session& superuser,
                              std::vector<NotRestored>& not_restored);

// Sends the statements of snapshot.schema_sql as the unprivileged owner, many in one transaction. Only statements that
// define schema objects are sent: a capture is untrusted, so DO, COPY, SELECT, SET ROLE and whatever else is not known
// to be needed is refused and listed. A statement that fails is listed too; the error is only for a lost connection or
// a cancellation.
absl::Status RestoreSchema(const Snapshot& snapshot, pg::Session& owner, std::vector<NotRestored>& not_restored);

}  // namespace pgassay::twin
