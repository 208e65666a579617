/*
 * Partial paths with charges (charges.c).
 *
 * - The core makes no partial path that costs more than some path that is not parallel, whatever parallel plans would gain further up. What
 *   a partial path pays must not make it lose so: it is joined again beside nothing, and compared without its charges.
 * - add_partial_path compares total costs alone. Under a LIMIT only a part of a path is run, but what it pays is paid in full: one that pays
 *   less is kept beside one that costs less.
 * - More workers, as a larger index has, make all that is done with a path cheaper: of two paths the one with fewer rows for each worker is
 *   kept, too.
 */
#include "charges.h"

#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"

/* Of a path that pays nothing and is not parallel. */
typedef struct Rival
{
	Cost		cost;
	List	   *pathkeys;
} Rival;

static List *
rivals_of(const RelOptInfo *rel)
{
	List	   *rivals = NIL;
	const ListCell *cell;

	foreach(cell, rel->pathlist)
	{
		const Path *path = lfirst(cell);
		Rival	   *rival;

		if (path->param_info || pgassay_due_of(path) > 0)
			continue;
		rival = palloc(sizeof(Rival));
		rival->cost = path->total_cost;
		rival->pathkeys = path->pathkeys;
		rivals = lappend(rivals, rival);
	}
	return rivals;
}

static bool
loses(const Path *path, const List *rivals)
{
	const Cost	cost = path->total_cost - pgassay_due_of(path);
	const ListCell *cell;

	foreach(cell, rivals)
	{
		const Rival *rival = lfirst(cell);

		if (rival->cost < cost && pathkeys_contained_in(path->pathkeys, rival->pathkeys))
			return true;
	}
	return false;
}

static bool
is_no_better(const RelOptInfo *rel, const Path *path, const Path *other)
{
	return other->total_cost <= path->total_cost && (!rel->consider_startup || other->startup_cost <= path->startup_cost) &&
		other->rows <= path->rows && pathkeys_contained_in(path->pathkeys, other->pathkeys);
}

/* As add_partial_path, and in the same order, but with regard to rows, and to what is paid at the start where that matters. */
void
pgassay_keep_partial(RelOptInfo *rel, Path *path)
{
	List	   *kept = NIL;
	const ListCell *cell;
	bool		placed = false;

	foreach(cell, rel->partial_pathlist)
		if (is_no_better(rel, path, lfirst(cell)))
			return;
	foreach(cell, rel->partial_pathlist)
	{
		Path	   *old = lfirst(cell);

		if (is_no_better(rel, old, path))
			continue;
		if (!placed && old->total_cost > path->total_cost)
		{
			kept = lappend(kept, path);
			placed = true;
		}
		kept = lappend(kept, old);
	}
	rel->partial_pathlist = placed ? kept : lappend(kept, path);
}

static void
add_scans_by(PlannerInfo *root, RelOptInfo *rel, List *indexes)
{
	List	   *all_indexes = rel->indexlist;
	List	   *paths = rel->pathlist;
	List	   *partial = rel->partial_pathlist;
	List	   *found;
	const ListCell *cell;

	rel->indexlist = indexes;
	rel->pathlist = NIL;
	rel->partial_pathlist = NIL;
	create_index_paths(root, rel);
	found = rel->partial_pathlist;
	rel->indexlist = all_indexes;
	rel->pathlist = paths;
	rel->partial_pathlist = partial;
	foreach(cell, found)
		pgassay_keep_partial(rel, lfirst(cell));
}

/* By those indexes that pay nothing, and by each of the others, beside nothing else. */
void
pgassay_add_partial_scans(PlannerInfo *root, RelOptInfo *rel)
{
	List	   *uncharged = NIL;
	const ListCell *cell;

	if (!rel->consider_parallel || rel->partial_pathlist == NIL || rel->lateral_relids)
		return;
	foreach(cell, rel->indexlist)
	{
		if (pgassay_charge_of(root, lfirst(cell)) > 0)
			add_scans_by(root, rel, list_make1(lfirst(cell)));
		else
			uncharged = lappend(uncharged, lfirst(cell));
	}
	if (uncharged != NIL)
		add_scans_by(root, rel, uncharged);
}

static PgassaySeen *
seen_before(const RelOptInfo *joinrel)
{
	bool		found;
	PgassaySeen *seen = hash_search(pgassay_seen_joins(), &joinrel, HASH_ENTER, &found);

	if (!found)
		seen->rivals = seen->partial = NIL;
	return seen;
}

/* Of the pair, with these outer paths; `due` is what the inner relation's path pays beside what it carries. */
static void
add_joins_of(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outer, RelOptInfo *innerrel, Cost due, JoinType jointype,
			 JoinPathExtraData *extra)
{
	const List *rivals = seen_before(joinrel)->rivals;
	const RelOptInfo *join = pgassay_join_again(root, joinrel, outer, innerrel, jointype, extra);
	const ListCell *cell;

	foreach(cell, join->partial_pathlist)
	{
		Path	   *path = lfirst(cell);

		path->startup_cost += due;
		path->total_cost += due;
		if (loses(path, rivals))
			continue;
		path->parent = joinrel;
		pgassay_keep_partial(joinrel, path);
	}
}

/* Whether some path that is not parallel does: partial paths may have lost against that. */
static bool
pays(const RelOptInfo *rel)
{
	const ListCell *cell;

	foreach(cell, rel->pathlist)
		if (!((const Path *) lfirst(cell))->param_info && pgassay_due_of(lfirst(cell)) > 0)
			return true;
	return false;
}

/* Those of `paths` with as many rows for each worker as the first one; they are taken away. */
static List *
take_alike(List **paths)
{
	const double rows = ((const Path *) linitial(*paths))->rows;
	List	   *alike = NIL;
	List	   *others = NIL;
	const ListCell *cell;

	foreach(cell, *paths)
	{
		if (((const Path *) lfirst(cell))->rows == rows)
			alike = lappend(alike, lfirst(cell));
		else
			others = lappend(others, lfirst(cell));
	}
	*paths = others;
	return alike;
}

void
pgassay_add_partial_joins(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, Cost due, JoinType jointype,
						  JoinPathExtraData *extra)
{
	RelOptInfo *outer;
	List	   *charged = NIL;
	List	   *uncharged = NIL;
	Path	   *dear;
	const ListCell *cell;
	bool		lost = pays(joinrel);	/* paths that pay nothing may have */

	if (!joinrel->consider_parallel || outerrel->partial_pathlist == NIL)
		return;
	if (jointype == JOIN_UNIQUE_OUTER || jointype == JOIN_UNIQUE_INNER)
		return;
	foreach(cell, outerrel->partial_pathlist)
	{
		if (pgassay_due_of(lfirst(cell)) > 0)
			charged = lappend(charged, lfirst(cell));
		else
			uncharged = lappend(uncharged, lfirst(cell));
	}
	lost = lost || (charged != NIL && (joinrel->consider_startup || list_length(uncharged) > 1));
	if ((charged == NIL && !lost) || (dear = pgassay_copy_path(outerrel->cheapest_total_path)) == NULL)
		return;
	dear->startup_cost += disable_cost;
	dear->total_cost += disable_cost;
	outer = pgassay_relation_with(outerrel, list_make1(dear));
	outer->pathlist = NIL;
	outer->cheapest_startup_path = dear;
	while (charged != NIL)
	{
		outer->partial_pathlist = joinrel->consider_startup ? list_make1(linitial(charged)) : take_alike(&charged);
		charged = joinrel->consider_startup ? list_delete_first(charged) : charged;
		add_joins_of(root, joinrel, outer, innerrel, due, jointype, extra);
	}
	while (lost && uncharged != NIL)
	{
		outer->partial_pathlist = take_alike(&uncharged);
		add_joins_of(root, joinrel, outer, innerrel, due, jointype, extra);
	}
}

/* What the core has compared to it since then may have freed it: the copies stay. */
void
pgassay_restore_partial(RelOptInfo *joinrel)
{
	const ListCell *cell;

	foreach(cell, seen_before(joinrel)->partial)
		pgassay_keep_partial(joinrel, pgassay_copy_path(lfirst(cell)));
}

void
pgassay_save_partial(RelOptInfo *joinrel)
{
	PgassaySeen *seen = seen_before(joinrel);
	const ListCell *cell;

	seen->rivals = rivals_of(joinrel);
	seen->partial = NIL;
	foreach(cell, joinrel->partial_pathlist)
	{
		Path	   *copy = pgassay_copy_path(lfirst(cell));

		if (copy)
			seen->partial = lappend(seen->partial, copy);
	}
}
