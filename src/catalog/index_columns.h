#pragma once

// Which columns an index depends on, and what that means for heap-only updates (HOT).

#include "pgassay/snapshot.h"

namespace pgassay::catalog {

// Whether `def` has the column: as a key, included, or in an expression or predicate, where a mention in a literal
// counts too.
bool DependsOn(const IndexDef& def, const Column& column);

// Whether an update of one of its columns cannot be heap-only: not so for the summaries of BRIN from PostgreSQL 16 on
// (amsummarizing, src/include/access/amapi.h). `server_version` as in Snapshot.
bool EndsHot(const IndexDef& def, int server_version);

}  // namespace pgassay::catalog
