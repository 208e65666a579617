/*
 * The scans of indexes below a path.
 */
#ifndef PGASSAY_PATH_TREE_H
#define PGASSAY_PATH_TREE_H

#include "postgres.h"

#include "nodes/pathnodes.h"

typedef void (*PgassayScanVisitor) (const IndexPath *path, void *context);

/* Calls `visit` for each. Set operations, recursion and MIN or MAX by an index are not looked into. */
extern void pgassay_visit_scans(const Path *path, PgassayScanVisitor visit, void *context);

#endif
