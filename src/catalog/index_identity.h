#pragma once

// When two indexes do the same work, by catalog identity: access method, keys with operator class, collation, direction
// and nulls order, included columns, predicate. Names never count.

#include <string>

#include "pgassay/snapshot.h"

namespace pgassay::catalog {

// The definition that stands for `def` and its mirror image (every direction and nulls order flipped), which a B-tree
// serves equally by scanning backwards: the one whose first key is ascending. Other access methods come back unchanged.
IndexDef Canonical(IndexDef def);

// Whether `a` and `b` do the same work: equal after Canonical, uniqueness and the order of included columns apart.
bool SameWork(const IndexDef& a, const IndexDef& b);

// Whether B-tree `wide` can serve every search and order that B-tree `narrow` serves: narrow's keys are a prefix of
// wide's keys (or of their mirror image), narrow's included columns occur in wide, and wide has no predicate or the
// same one. A unique narrow also forbids duplicates: then wide must be unique on exactly the same keys. False for every
// other access method.
bool Covers(const IndexDef& wide, const IndexDef& narrow);

// Text for people: `shop.orders (customer_id, placed_at DESC) INCLUDE (total) WHERE ...`, with names quoted where
// needed, USING for other methods than B-tree, WITH for BRIN of another range than the default, and "unique" in front of a unique one. Columns and tables that
// `snapshot` does not have are shown as #number. Names may hold anything: pass the text through Printable before
// showing it.
std::string Describe(const IndexDef& def, const Snapshot& snapshot);

// The column c of an expression lower(c) or upper(c), whose values are as many and as long as those of c; 0: it is
// another expression.
int FoldedColumn(const IndexKey& key, const Relation& table);

// "schema.name" with each part quoted where SQL requires it.
std::string QuotedName(const QualifiedName& name);

}  // namespace pgassay::catalog
