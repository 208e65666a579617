#pragma once

// Reads roles and views: who owns what, and whose rights decide which rows a query sees.

#include "absl/status/status.h"
#include "pg/capture_catalog.h"
#include "pg/catalog_queries.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

// Views outside the system's schemas; notes in `details` which of them belong to extensions.
absl::Status ReadViews(const CatalogQueries& queries, Session& session, Snapshot& snapshot, CatalogDetails& details);

// Roles with their direct memberships, predefined roles left out: the first 10,000 roles and 100,000 memberships by
// name. That there are more is a gap.
absl::Status ReadRoles(const CatalogQueries& queries, Session& session, Snapshot& snapshot);

}  // namespace pgassay::pg
