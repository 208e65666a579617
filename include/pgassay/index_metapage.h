#pragma once

// What the first page of a BRIN or GIN index tells the planner. Implemented by module catalog.

#include <cstdint>

namespace pgassay {

// Of a BRIN index (BrinMetaPageData in src/include/access/brin_page.h).
struct RangeMap {
  int pages_per_range = 0;  // blocks that a summary stands for; ALTER INDEX changes it only at the next build
  int map_pages = 0;        // blocks that say where the summaries are
  friend bool operator==(const RangeMap&, const RangeMap&) = default;
};

// Of a GIN index (GinMetaPageData in src/include/access/ginblock.h), as of its build or its last VACUUM, but for the
// pending list, which is counted always.
struct InvertedCounts {
  std::int64_t total_pages = 0;
  std::int64_t entry_pages = 0;
  std::int64_t data_pages = 0;  // of lists of rows
  std::int64_t entries = 0;     // different elements
  std::int64_t pending_pages = 0;
  friend bool operator==(const InvertedCounts&, const InvertedCounts&) = default;
};

}  // namespace pgassay
