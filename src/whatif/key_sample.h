#pragma once

// Rows of an index that was not built, drawn from the statistics of its columns: what they weigh and how often their
// keys repeat.

#include <vector>

#include "pgassay/snapshot.h"
#include "whatif/column_shape.h"

namespace pgassay::whatif {

// More rows than 2^32 pages hold: guards the arithmetic against a foreign file.
inline constexpr double kMaxRows = 1e13;

// A row drawn at random, so that a key with K rows is drawn K times as often as a key with one.
struct SampledRow {
  int tuple_bytes = 0;
  double duplicates = 0;  // expected other rows with the same key
  double draw = 0;        // in (0, 1), for the actual number of them
};

struct KeySample {
  bool merges_duplicates = false;
  bool rests_on_estimate = false;
  std::vector<SampledRow> rows;
  double pivot_bytes = 8;  // mean size of the tuples of the levels above the leaves
};

// Always the same number of rows, evenly spread over the distribution of each column; columns count as independent,
// unless a unique index of the snapshot says more. `rows` is the number of rows that the index holds.
KeySample DrawKeys(const IndexDef& def, const Snapshot& snapshot, double rows);

// One key of an index of `table` that holds so many rows. An expression has the statistics of an index that has it
// already, or is a text of which nothing is known.
ColumnShape ShapeOfKey(const IndexKey& key, Oid table, const Snapshot& snapshot, double rows);

}  // namespace pgassay::whatif
