#pragma once

// The schema that the capture tests read.

#include <string>
#include <string_view>

namespace pgassay::test {

// Tables of schema zoo: B-trees of many shapes on zoo.t with `rows` rows, other access methods, small, empty, emptied
// and partitioned tables, a materialized view. ANALYZE is left to the test.
std::string ZooSql(int rows);

// Names that break careless quoting: quotes, newlines, markup, backslashes, 63 bytes, letters outside ASCII.
extern const std::string_view kHostileSql;

}  // namespace pgassay::test
