#pragma once

// The binary forms of pg_ndistinct and pg_dependencies, as PostgreSQL 15 to 18 keep them in pg_statistic_ext_data
// (src/backend/statistics/mvdistinct.c and dependencies.c, *_serialize).

#include <optional>
#include <string_view>
#include <vector>

#include "pgassay/statistics.h"

namespace pgassay::pg {

// None: the bytes are something else.
std::optional<std::vector<ColumnGroup>> ReadDistinctBytes(std::string_view bytes);
std::optional<std::vector<ColumnGroup>> ReadDependencyBytes(std::string_view bytes);

}  // namespace pgassay::pg
