#pragma once

// How the values of one index column are distributed, as far as pg_statistic tells: for models that need the number of
// duplicates and the width of stored values.

#include <vector>

#include "pgassay/snapshot.h"

namespace pgassay::whatif {

// Values that are equally frequent: NULL, one most common value, or all remaining ones together.
struct ValueClass {
  double share = 0;        // of the rows
  double value_share = 0;  // of the rows, for a single value; 0: every value occurs once
  bool null = false;
  int width = -1;  // stored bytes of the value; -1: drawn from ColumnShape::widths
  friend bool operator==(const ValueClass&, const ValueClass&) = default;
};

struct ColumnShape {
  int type_length = 0;      // pg_type.typlen
  int alignment = 1;        // bytes
  bool equal_image = true;  // equal values have equal bytes, so that a B-tree may merge duplicates
  bool known = false;       // from statistics; false: by type alone
  bool doubtful = false;    // the number of distinct values is likely too low: ordered rows of which ANALYZE saw few
                            // blocks, or a long tail of ever rarer values
  bool all_distinct = false;
  bool compressible = false;        // so long that the index stores them compressed, narrower than statistics say
  std::vector<ValueClass> classes;  // shares sum up to 1
  std::vector<int> widths;          // stored bytes of values without a width of their own, equally likely; never empty
  friend bool operator==(const ColumnShape&, const ColumnShape&) = default;
};

// The shape of a column of a table of `tuples` rows. `statistics` may be nullptr: then every value is taken as distinct
// and as wide as the planner assumes for the type. `sample_rows` is the number of rows that ANALYZE read.
ColumnShape ShapeOf(const Column& column, const ColumnStatistics* statistics, double tuples, double sample_rows);

// Bytes that the planner assumes for a value of a column without statistics (src/backend/utils/cache/lsyscache.c,
// get_typavgwidth).
int DefaultWidth(const Column& column);

// Bytes for pg_type.typalign.
int AlignmentBytes(char type_align);

}  // namespace pgassay::whatif
