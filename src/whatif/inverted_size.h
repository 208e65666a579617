#pragma once

// Pages of a GIN index right after CREATE INDEX (src/backend/access/gin, README there): an entry for each element with
// its rows beside it, or a tree of lists of rows where those take more than a third of a page.

#include <vector>

#include "pgassay/index_metapage.h"
#include "whatif/element_sample.h"

namespace pgassay::whatif {

// What the build counts in the metapage of an index of one key column, the metapage included. `rows` is the number of
// rows that are not NULL, `table_pages` the blocks of the table; rows that share an element count as spread evenly over
// it.
InvertedCounts CountInvertedKey(const std::vector<ElementClass>& elements, double rows, double table_pages);

}  // namespace pgassay::whatif
