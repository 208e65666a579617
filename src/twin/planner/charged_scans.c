/*
 * Scans with charges (charges.c).
 *
 * Those that nested loops scan again and again are planned again for each charged index beside those that cost nothing, so that there is
 * one for much to pay once and little in each loop, and one for the contrary. Then each carries its charge in full.
 */
#include "charges.h"

#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "path_tree.h"

static set_rel_pathlist_hook_type previous_set_rel_pathlist = NULL;

static void
add_charge(const IndexPath *path, void *context)
{
	PgassaySums *sums = context;
	const PgassayCarried *entry = pgassay_find_carried(path);

	if (!entry)
		return;
	sums->due += entry->due;
	sums->carried += entry->carried;
}

PgassaySums
pgassay_sums_of(const Path *path)
{
	PgassaySums sums = {0, 0};

	pgassay_visit_scans(path, add_charge, &sums);
	return sums;
}

Cost
pgassay_due_of(const Path *path)
{
	return pgassay_sums_of(path).due;
}

typedef struct Groups
{
	List	   *found;
	bool		that_pay;
} Groups;

static void
add_group(const IndexPath *path, void *context)
{
	Groups	   *groups = context;
	const PgassayCarried *entry = pgassay_find_carried(path);
	const Oid	group = pgassay_group_of(path->indexinfo);

	if (OidIsValid(group) && (!groups->that_pay || (entry && entry->due > 0)))
		groups->found = list_append_unique_oid(groups->found, group);
}

List *
pgassay_groups_of(const Path *path, bool that_pay)
{
	Groups		groups = {NIL, that_pay};

	pgassay_visit_scans(path, add_group, &groups);
	return groups.found;
}

/* Adds what the paths owe and do not carry yet. */
static void
carry_in_full(const List *paths)
{
	const ListCell *cell;

	foreach(cell, paths)
	{
		Path	   *path = lfirst(cell);
		const PgassaySums sums = pgassay_sums_of(path);

		if (!IsA(path, IndexPath) && !IsA(path, BitmapHeapPath))
			continue;
		if (sums.due <= sums.carried)
			continue;
		path->startup_cost += sums.due - sums.carried;
		path->total_cost += sums.due - sums.carried;
	}
}

/* After carry_in_full, when no path is looked at any more that may share a bitmap. */
static void
note_in_full(const IndexPath *path, void *context)
{
	PgassayCarried *entry = pgassay_find_carried(path);

	if (entry)
		entry->carried = entry->due;
}

/* The paths over these indexes, without any charge. */
static List *
all_free_paths(PlannerInfo *root, RelOptInfo *rel, List *indexes)
{
	List	   *all_indexes = rel->indexlist;
	List	   *paths = rel->pathlist;
	List	   *partial_paths = rel->partial_pathlist;
	List	   *found;

	rel->indexlist = indexes;
	rel->pathlist = NIL;
	rel->partial_pathlist = NIL;
	pgassay_charge_later(true);
	create_index_paths(root, rel);
	pgassay_charge_later(false);
	found = rel->pathlist;
	rel->indexlist = all_indexes;
	rel->pathlist = paths;
	rel->partial_pathlist = partial_paths;
	return found;
}

/* Those that take rows of other relations. */
static List *
free_paths(PlannerInfo *root, RelOptInfo *rel, List *indexes)
{
	List	   *result = NIL;
	const ListCell *cell;

	foreach(cell, all_free_paths(root, rel, indexes))
		if (((Path *) lfirst(cell))->param_info)
			result = lappend(result, lfirst(cell));
	return result;
}

Cost
pgassay_least_by(PlannerInfo *root, RelOptInfo *rel, const List *groups)
{
	List	   *indexes = NIL;
	Cost		least = disable_cost * disable_cost;
	const ListCell *cell;

	foreach(cell, rel->indexlist)
	{
		const Oid	group = pgassay_group_of(lfirst(cell));

		if (!OidIsValid(group) || list_member_oid(groups, group))
			indexes = lappend(indexes, lfirst(cell));
	}
	foreach(cell, all_free_paths(root, rel, indexes))
		if (!((const Path *) lfirst(cell))->param_info)
			least = Min(least, ((const Path *) lfirst(cell))->total_cost);
	return least;
}

/*
 * add_path keeps of two paths the cheaper one unless it has more rows. With a few rows more for what has more to pay, and the charges left
 * out of the costs, it keeps what is best for any number of loops.
 */
static void
add_free_paths(RelOptInfo *rel, List *paths, Cost most)
{
	ListCell   *cell;

	foreach(cell, paths)
	{
		Path	   *path = lfirst(cell);
		const Cost	due = pgassay_due_of(path);

		if (due > pgassay_due_limit())
			continue;
		path->rows *= 1 + PGASSAY_ROWS_FOR_CHARGE * (due / most);
		add_path(rel, path);
	}
}

/* Paths that loops scan again and again. Returns whether there were any. */
static bool
forget_loops(RelOptInfo *rel)
{
	const int	before = list_length(rel->pathlist);
	ListCell   *cell;

	foreach(cell, rel->pathlist)
		if (((Path *) lfirst(cell))->param_info)
			rel->pathlist = foreach_delete_current(rel->pathlist, cell);
	return list_length(rel->pathlist) < before;
}

static void
charge_append(PlannerInfo *root, RelOptInfo *rel)
{
	List	   *found = pgassay_free_appends(root, rel);
	const ListCell *cell;
	Cost		most = 0;

	foreach(cell, found)
		most = Max(most, pgassay_due_of(lfirst(cell)));
	if (most <= 0)
		return;
	forget_loops(rel);
	add_free_paths(rel, found, most);
	foreach(cell, rel->pathlist)
	{
		Path	   *path = lfirst(cell);
		const Cost	due = path->param_info ? pgassay_due_of(path) : 0;

		path->startup_cost += due;
		path->total_cost += due;
	}
}

/* The least charge first. */
static List *
insert_by_charge(const PlannerInfo *root, List *sorted, IndexOptInfo *index)
{
	const Cost	charge = pgassay_charge_of(root, index);
	int			position = 0;

	while (position < list_length(sorted) && pgassay_charge_of(root, list_nth(sorted, position)) <= charge)
		position++;
	return list_insert_nth(sorted, position, index);
}

static void
charge_relation(PlannerInfo *root, RelOptInfo *rel, Index range_table_index, RangeTblEntry *rte)
{
	List	   *uncharged = NIL;
	List	   *charged = NIL;
	List	   *cheapest = NIL;
	List	   *found;
	ListCell   *cell;
	Cost		most = 0;

	if (previous_set_rel_pathlist)
		previous_set_rel_pathlist(root, rel, range_table_index, rte);
	if (pgassay_is_charging() && rte->inh)
		charge_append(root, rel);
	if (!pgassay_is_charging() || rte->rtekind != RTE_RELATION || rel->indexlist == NIL)
		return;
	foreach(cell, rel->indexlist)
	{
		Cost		charge = pgassay_charge_of(root, lfirst(cell));

		most += charge;
		if (charge <= 0)
			uncharged = lappend(uncharged, lfirst(cell));
		else
			charged = insert_by_charge(root, charged, lfirst(cell));
	}
	if (most <= 0)
		return;
	pgassay_forget_dear(root, rel);
	pgassay_add_partial_scans(root, rel);
	if (!forget_loops(rel))
		return;
	found = uncharged ? free_paths(root, rel, uncharged) : NIL;
	foreach(cell, charged)
	{
		found = list_concat(found, free_paths(root, rel, lappend(list_copy(uncharged), lfirst(cell))));
		/* Bitmaps of several indexes, without a dearer one that makes them needless. */
		cheapest = lappend(cheapest, lfirst(cell));
		if (list_length(cheapest) > 1)
			found = list_concat(found, free_paths(root, rel, list_concat_copy(uncharged, cheapest)));
	}
	add_free_paths(rel, found, most);
	carry_in_full(rel->pathlist);
	foreach(cell, rel->pathlist)
		pgassay_visit_scans(lfirst(cell), note_in_full, NULL);
	pgassay_forget_dear(root, rel);
}

void
pgassay_charged_scans_init(void)
{
	previous_set_rel_pathlist = set_rel_pathlist_hook;
	set_rel_pathlist_hook = charge_relation;
}
