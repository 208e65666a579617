#pragma once

// How values are written as text in a capture. Whoever reads them back must have the same settings.

#include <string_view>

namespace pgassay::pg {

// SET LOCAL statements for one transaction. Values come out the same whatever the source's configuration is, and names
// outside pg_catalog come out qualified. No parallel workers and no JIT for our own queries.
inline constexpr std::string_view kValueFormatSql =
    "SET LOCAL search_path = pg_catalog; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = postgres; "
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex; "
    "SET LOCAL lc_monetary = 'C'; SET LOCAL array_nulls = on; SET LOCAL quote_all_identifiers = off; "
    "SET LOCAL standard_conforming_strings = on; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off; ";

}  // namespace pgassay::pg
