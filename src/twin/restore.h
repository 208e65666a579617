#pragma once

// The captured schema into the twin's empty database, without psql and without rights.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::twin {

// Something of the schema that the twin does without.
struct NotRestored {
  std::string what;    // the beginning of the statement, printable
  std::string reason;
};

// Creates the extensions of an allow-list that are installed here; the others are listed. Superuser.
absl::Status CreateExtensions(const Snapshot& snapshot, pg::Session& superuser, std::vector<NotRestored>& not_restored);

// Sends the statements of snapshot.schema_sql one by one as the unprivileged owner. Only statements that define schema objects
// are sent: a capture is untrusted, so DO, COPY, SELECT, SET ROLE and whatever else is not known to be needed is refused and listed.
// A statement that fails is listed too; the error is only for a lost connection or a cancellation.
absl::Status RestoreSchema(const Snapshot& snapshot, pg::Session& owner, std::vector<NotRestored>& not_restored);

}  // namespace pgassay::twin
