/*
 * What a statement pays for using an index, and what paths carry of it.
 */
#ifndef PGASSAY_CHARGES_H
#define PGASSAY_CHARGES_H

#include "pgassay_planner.h"

/* charges.c: what a path over an index has to pay, and what it carries of that in its cost. */
typedef struct PgassayCarried
{
	const IndexPath *path;		/* hash key */
	Cost		due;
	Cost		carried;
} PgassayCarried;

/* charges.c: of a join relation, from one pair of relations that make it to the next. */
typedef struct PgassaySeen
{
	const RelOptInfo *joinrel;	/* hash key */
	List	   *rivals;			/* of partial paths, that were there then */
} PgassaySeen;

extern HTAB *pgassay_seen_joins(void);	/* of PgassaySeen, of the present planning */
extern bool pgassay_is_charging(void);
extern PgassayCarried *pgassay_find_carried(const IndexPath *path);	/* NULL: nothing to pay */
extern void pgassay_carry_alike(const IndexPath *path, const IndexPath *copy);
extern Cost pgassay_charge_of(const PlannerInfo *root, const IndexOptInfo *index);	/* of one use of it */
extern void pgassay_charge_later(bool later);	/* paths that are made have to pay, but do not carry it */
extern bool pgassay_is_repeated(const PlannerInfo *root);	/* the level is planned once for each row above it, or recurses */

/* charged_paths.c */
extern void pgassay_charged_paths_end(void);
extern void pgassay_charged_paths_init(void);

#endif
