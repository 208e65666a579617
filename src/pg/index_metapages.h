#pragma once

// First pages of BRIN and GIN indexes, which their costs depend on.

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "pg/capture_catalog.h"
#include "pg/index_probes.h"
#include "pg/session.h"
#include "pgassay/index_metapage.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

// Fills Index::range_map and Index::inverted_counts, as far as this role may read them: the page itself by
// get_raw_page where pageinspect is installed, else by pg_read_binary_file (as of the last checkpoint); both are for
// superusers, unless they were granted. Else the pending list alone (InvertedCounts::total_pages 0) by pgstatginindex
// where pgstattuple is installed, which pg_monitor may call. What is refused stays empty.
absl::Status ReadMetapages(Session& session, const ProbeOptions& options, Snapshot& snapshot);

// What a page of 8 kB says; none: it is no such metapage.
std::optional<RangeMap> ReadRangeMap(std::string_view page);
std::optional<InvertedCounts> ReadInvertedCounts(std::string_view page);

}  // namespace pgassay::pg
