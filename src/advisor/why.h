#pragma once

// Why an index has the shape it has, in sentences, from the requests of the statements that use it.

#include <span>
#include <string>
#include <vector>

#include "catalog/index_request.h"
#include "pgassay/snapshot.h"

namespace pgassay::advisor {

// One sentence for each key column's work, then what a reader should know about the index as a whole. Never holds a
// literal.
std::vector<std::string> ExplainShape(const IndexDef& def, std::span<const catalog::IndexRequest* const> requests,
                                      const Snapshot& snapshot);

// That the statistics show no value of the only key twice, what UNIQUE would give, and how to see whether it may be
// said; empty: they do, or it is said already.
std::string UniquenessHint(const IndexDef& def, const Snapshot& snapshot);

// What lowers the trust in figures about `table`: statistics that are missing, old or were not readable. Empty:
// nothing.
std::vector<std::string> StatisticsDoubts(Oid table, const Snapshot& snapshot);

// What lowers the trust in included columns, and what they may do to writes. Empty: nothing.
std::vector<std::string> CoverDoubts(const IndexDef& def, const Snapshot& snapshot);

// What is not known of the expressions of a new index. Empty: nothing.
std::vector<std::string> NewExpressionDoubts(const IndexDef& def, const Snapshot& snapshot);

// What lowers the trust a little: an index on an expression of `table` whose statistics are missing or were not
// readable, while those of its columns are there. Empty: nothing.
std::vector<std::string> ExpressionDoubts(Oid table, const Snapshot& snapshot);

// What lowers the trust in the gain of an index that leads with `def`'s first column: the planner will see the column's
// real ends once the index exists, and a range beyond the last ANALYZE is guessed until then. Empty: nothing.
std::vector<std::string> EndPointDoubts(const IndexDef& def, std::span<const catalog::IndexRequest* const> requests,
                                        const Snapshot& snapshot);

}  // namespace pgassay::advisor
