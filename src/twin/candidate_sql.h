#pragma once

// Index definitions to SQL for the twin and back.

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "twin/names.h"

namespace pgassay::twin {

// Name of an index of a candidate on the twin; `part` counts the partitions of a partitioned table from 0.
std::string CandidateName(CandidateId candidate, std::size_t part);

// Gives a session the captured search path.
std::string SetSearchPathSql(const Snapshot& snapshot);

// Query with one parameter, the greatest OID before: the keys of the youngest index made since, one row a column.
extern const std::string_view kMadeIndexSql;

// The definition of the index in that answer, with the source's table and column numbers.
absl::StatusOr<IndexDef> ReadMadeIndex(const pg::Result& rows, const Names& names);

// The row estimate in the first line of a text EXPLAIN; `fallback` where there is none.
double RowsOfExplain(std::string_view line, double fallback);

}  // namespace pgassay::twin
