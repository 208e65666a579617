/*
 * What a finished plan tells (plan_tree.c), for those who make plans (plan.c).
 */
#ifndef PGASSAY_PLAN_TREE_H
#define PGASSAY_PLAN_TREE_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "nodes/plannodes.h"

/* Adds the OIDs of the indexes that the plan scans. */
extern void pgassay_collect_used(const PlannedStmt *plan, List **used);

/* Two plans with the same text do the same in the same order: kinds of nodes, relations, indexes and rows, but no costs. */
extern char *pgassay_plan_shape(const PlannedStmt *plan);

#endif
