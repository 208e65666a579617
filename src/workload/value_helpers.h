#pragma once

// Parameters that only shape a comparison. pg_stat_statements writes $n for every constant, so what an application has
// as now() - $1 * interval '1 day' arrives as now() - $1 * CAST($2 AS interval), '%' || $1 || '%' as $1 || $2 || $3,
// doc ->> 'kind' = $1 as doc ->> $1 = $2. One parameter of each such comparison is worth choosing by statistics; the
// others get a plain value first, so that the comparison can be solved for that one.

#include <map>
#include <span>
#include <string>

#include "absl/time/time.h"
#include "catalog/parameters.h"
#include "pgassay/snapshot.h"
#include "workload/bindings.h"

namespace pgassay::workload {

struct Prepared {
  std::map<int, std::string> fixed;  // literals by parameter number: the forced ones and the helpers
  // All other parameters. The expressions of their uses hold literals in place of fixed parameters; uses in which
  // another parameter is the one to choose are gone.
  catalog::Parameters open;
};

Prepared FixHelpers(const catalog::Parameters& parameters, std::span<const ForcedLiteral> forced,
                    const Snapshot& snapshot, absl::Time now);

// The text search configuration that the schema uses most, else the database's default.
std::string TextSearchConfiguration(const Snapshot& snapshot);

}  // namespace pgassay::workload
