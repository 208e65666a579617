/*
 * What a statement pays for using an index, and what paths carry of it.
 */
#ifndef PGASSAY_CHARGES_H
#define PGASSAY_CHARGES_H

#include "pgassay_planner.h"

/* charges.c: how plans of a part of all (charge_search.c) pay for a group of indexes. */
typedef enum PgassayTreatment
{
	PGASSAY_SHARED,				/* a part for each use */
	PGASSAY_EXCLUDED,			/* they have none of its indexes */
	PGASSAY_FREE				/* it is added to what they cost */
} PgassayTreatment;

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
	List	   *partial;		/* copies of paths */
} PgassaySeen;

extern HTAB *pgassay_seen_joins(void);	/* of PgassaySeen, of the present planning */
extern bool pgassay_is_charging(void);
extern bool pgassay_is_counting(void);	/* what is noted of statements, without charges */
extern PgassayCarried *pgassay_find_carried(const IndexPath *path);	/* NULL: nothing to pay */
extern void pgassay_carry_alike(const IndexPath *path, const IndexPath *copy);
extern Cost pgassay_charge_of(const PlannerInfo *root, const IndexOptInfo *index);	/* of one use of it */
extern Oid pgassay_group_of(const IndexOptInfo *index);	/* of indexes that are charged together; invalid: not charged */
extern void pgassay_charge_later(bool later);	/* paths that are made have to pay, but do not carry it */
extern Cost pgassay_due_limit(void);	/* no plan that has to pay more is of interest */
extern bool pgassay_is_repeated(const PlannerInfo *root);	/* the level is planned once for each row above it, or recurses */

/* charges.c, for charge_search.c: lists are of groups, `used` is of indexes */
extern Cost pgassay_charges_treat(const List *excluded, const List *free, Cost most);
extern Cost pgassay_charges_unpaid(const List *used, Oid *largest);

/* charged_scans.c: of the indexes that are scanned below a path */
typedef struct PgassaySums
{
	Cost		due;			/* to be paid */
	Cost		carried;		/* in its cost */
} PgassaySums;

/* The share of its rows that a path gets for the dearest charges: too little to be seen in a cost. */
#define PGASSAY_ROWS_FOR_CHARGE 1e-9

extern PgassaySums pgassay_sums_of(const Path *path);
extern Cost pgassay_due_of(const Path *path);
extern List *pgassay_groups_of(const Path *path, bool that_pay);	/* of candidates; or of those that have something to pay */
/* Of the scans of a table by its own indexes and candidates of these groups, without charges. */
extern Cost pgassay_least_by(PlannerInfo *root, RelOptInfo *rel, const List *groups);
extern void pgassay_charged_scans_init(void);

/* charged_paths.c */
extern int	pgassay_joined(void);	/* relations at most, since pgassay_charges_begin; INT_MAX: by the genetic search */
extern Path *pgassay_copy_path(const Path *path);	/* NULL: it can not be copied */
extern Path *pgassay_without_charges(const Path *path);	/* NULL: no charge is in it, or it can not be copied */
extern RelOptInfo *pgassay_relation_with(const RelOptInfo *rel, List *paths);	/* alone; the first one is its cheapest */
extern RelOptInfo *pgassay_join_again(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel,
									  JoinType jointype, JoinPathExtraData *extra);
extern void pgassay_charged_paths_end(void);
extern void pgassay_charged_paths_init(void);

/* charged_limit.c */
extern void pgassay_limit_begin(PgassayParts *statement_parts);
extern void pgassay_limit_end(void);
extern void pgassay_note_parts(const PlannerInfo *root, const RelOptInfo *joinrel, JoinType jointype, const JoinPathExtraData *extra);
extern void pgassay_set_cost_limit(Cost most);	/* of the next planning */
extern void pgassay_forget_dear(const PlannerInfo *root, RelOptInfo *rel);	/* paths, and those kept for their first row only */
extern bool pgassay_is_too_dear(const PlannerInfo *root, const RelOptInfo *rel);
extern bool pgassay_merges_stop_early(void);
extern bool pgassay_needs_all(const PlannerInfo *root);	/* rows, whatever LIMITs there are */	/* no plan of interest has it */

/* charged_appends.c */
extern List *pgassay_free_appends(PlannerInfo *root, RelOptInfo *rel);

/* charged_partial.c */
extern void pgassay_add_partial_scans(PlannerInfo *root, RelOptInfo *rel);
extern void pgassay_add_partial_joins(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, Cost due,
									  JoinType jointype, JoinPathExtraData *extra);
extern void pgassay_keep_partial(RelOptInfo *rel, Path *path);
extern void pgassay_restore_partial(RelOptInfo *joinrel);	/* of earlier pairs of relations that make the join */
extern void pgassay_save_partial(RelOptInfo *joinrel);

#endif
