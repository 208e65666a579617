#pragma once

// Pages of a hash index right after CREATE INDEX: buckets as _hash_init makes them and the overflow pages that their
// keys need (src/backend/access/hash/hashpage.c, hashovfl.c).

#include "whatif/column_shape.h"

namespace pgassay::whatif {

// `table_rows` is what the build sizes the buckets for, whatever the index leaves out; `rows` is what it holds, NULLs
// (which it leaves out too) included.
double HashIndexPages(const ColumnShape& key, double table_rows, double rows);

}  // namespace pgassay::whatif
