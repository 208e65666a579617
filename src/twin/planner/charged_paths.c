/*
 * Paths with charges (charges.c) that nested loops scan again and again, each charged once.
 *
 * - Parameterised scans are planned again for each charged index beside those that cost nothing, so that there is one for much to pay once
 *   and little in each loop, and one for the contrary. Then each carries its charge in full.
 * - A nested loop over a path with charges is planned again without them, and charged once as a whole. The one that the core has planned
 *   is too dear and loses.
 *
 * What is parallel: charged_partial.c.
 */
#include "charges.h"

#include <limits.h>
#include <math.h>

#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "path_tree.h"

/* The share of its rows that a path gets for the dearest charges: too little to be seen in a cost. */
#define ROWS_FOR_CHARGE 1e-9
/* Of any cost. */
#define LARGEST_LOG 750.0

static bool genetic = false;	/* some planning searched for joins so */
static int	joined = 0;			/* relations, at most */
static bool joining = false;	/* nested loops are planned again, and nothing else */
static bool saved_hashjoin;
static bool saved_mergejoin;
static set_rel_pathlist_hook_type previous_set_rel_pathlist = NULL;
static set_join_pathlist_hook_type previous_set_join_pathlist = NULL;

typedef struct Sums
{
	Cost		due;			/* to be paid for what is below */
	Cost		carried;		/* in the path's cost */
} Sums;

int
pgassay_joined(void)
{
	return genetic ? INT_MAX : joined;
}

static void
add_charge(const IndexPath *path, void *context)
{
	Sums	   *sums = context;
	const PgassayCarried *entry = pgassay_find_carried(path);

	if (!entry)
		return;
	sums->due += entry->due;
	sums->carried += entry->carried;
}

Cost
pgassay_due_of(const Path *path)
{
	Sums		sums = {0, 0};

	pgassay_visit_scans(path, add_charge, &sums);
	return sums.due;
}

/* Adds what the paths owe and do not carry yet. */
static void
carry_in_full(const List *paths)
{
	const ListCell *cell;

	foreach(cell, paths)
	{
		Path	   *path = lfirst(cell);
		Sums		sums = {0, 0};

		if (!IsA(path, IndexPath) && !IsA(path, BitmapHeapPath))
			continue;
		pgassay_visit_scans(path, add_charge, &sums);
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

/* The parameterised paths over these indexes, without any charge. */
static List *
free_paths(PlannerInfo *root, RelOptInfo *rel, List *indexes)
{
	List	   *all_indexes = rel->indexlist;
	List	   *paths = rel->pathlist;
	List	   *partial_paths = rel->partial_pathlist;
	List	   *result = NIL;
	ListCell   *cell;

	rel->indexlist = indexes;
	rel->pathlist = NIL;
	rel->partial_pathlist = NIL;
	pgassay_charge_later(true);
	create_index_paths(root, rel);
	pgassay_charge_later(false);
	foreach(cell, rel->pathlist)
		if (((Path *) lfirst(cell))->param_info)
			result = lappend(result, lfirst(cell));
	rel->indexlist = all_indexes;
	rel->pathlist = paths;
	rel->partial_pathlist = partial_paths;
	return result;
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
		path->rows *= 1 + ROWS_FOR_CHARGE * (due / most);
		add_path(rel, path);
	}
}

static void
charge_relation(PlannerInfo *root, RelOptInfo *rel, Index range_table_index, RangeTblEntry *rte)
{
	List	   *kept = NIL;
	List	   *uncharged = NIL;
	List	   *found;
	ListCell   *cell;
	Cost		most = 0;

	if (previous_set_rel_pathlist)
		previous_set_rel_pathlist(root, rel, range_table_index, rte);
	if (!pgassay_is_charging() || rte->rtekind != RTE_RELATION || rel->indexlist == NIL)
		return;
	foreach(cell, rel->indexlist)
	{
		Cost		charge = pgassay_charge_of(root, lfirst(cell));

		most += charge;
		if (charge <= 0)
			uncharged = lappend(uncharged, lfirst(cell));
	}
	if (most <= 0)
		return;
	pgassay_forget_dear(root, rel);
	pgassay_add_partial_scans(root, rel);
	foreach(cell, rel->pathlist)
		if (!((Path *) lfirst(cell))->param_info)
			kept = lappend(kept, lfirst(cell));
	if (list_length(kept) == list_length(rel->pathlist))
		return;					/* nothing that loops */
	rel->pathlist = kept;
	found = uncharged ? free_paths(root, rel, uncharged) : NIL;
	foreach(cell, rel->indexlist)
		if (!list_member_ptr(uncharged, lfirst(cell)))
			found = list_concat(found, free_paths(root, rel, lappend(list_copy(uncharged), lfirst(cell))));
	found = list_concat(found, free_paths(root, rel, rel->indexlist));
	add_free_paths(rel, found, most);
	carry_in_full(rel->pathlist);
	foreach(cell, rel->pathlist)
		pgassay_visit_scans(lfirst(cell), note_in_full, NULL);
	pgassay_forget_dear(root, rel);
}

Path *
pgassay_copy_path(const Path *path)
{
	Size		size;
	Path	   *copy;

	switch (nodeTag(path))
	{
#define CASE(type) \
		case T_##type: \
			size = sizeof(type); \
			break
			CASE(Path);
			CASE(IndexPath);
			CASE(BitmapHeapPath);
			CASE(NestPath);
			CASE(MergePath);
			CASE(HashPath);
			CASE(AppendPath);
			CASE(MergeAppendPath);
			CASE(SubqueryScanPath);
			CASE(MaterialPath);
			CASE(MemoizePath);
			CASE(UniquePath);
			CASE(GatherPath);
			CASE(GatherMergePath);
			CASE(ProjectionPath);
			CASE(SortPath);
			CASE(IncrementalSortPath);
			CASE(AggPath);
#undef CASE
		default:
			return NULL;
	}
	copy = palloc(size);
	memcpy(copy, path, size);
	if (IsA(path, IndexPath))
		pgassay_carry_alike((const IndexPath *) path, (const IndexPath *) copy);
	return copy;
}

static void
begin_loops(void)
{
	joining = true;
	saved_hashjoin = enable_hashjoin;
	saved_mergejoin = enable_mergejoin;
	enable_hashjoin = false;
	enable_mergejoin = false;
}

static void
end_loops(void)
{
	if (!joining)
		return;
	joining = false;
	enable_hashjoin = saved_hashjoin;
	enable_mergejoin = saved_mergejoin;
}

/* As if it cost nothing to use. NULL: no charge is in it, or it can not be copied. */
static Path *
without_charges(const Path *path)
{
	Sums		sums = {0, 0};
	Path	   *free_path;

	pgassay_visit_scans(path, add_charge, &sums);
	if (sums.carried <= 0 || (free_path = pgassay_copy_path(path)) == NULL)
		return NULL;
	free_path->startup_cost = Max(0, free_path->startup_cost - sums.carried);
	free_path->total_cost = Max(0, free_path->total_cost - sums.carried);
	return free_path;
}

RelOptInfo *
pgassay_relation_with(const RelOptInfo *rel, List *paths)
{
	RelOptInfo *copy = palloc(sizeof(RelOptInfo));

	memcpy(copy, rel, sizeof(RelOptInfo));
	copy->pathlist = paths;
	copy->partial_pathlist = NIL;
	copy->cheapest_startup_path = NULL;
	copy->cheapest_total_path = linitial(paths);
	copy->cheapest_unique_path = NULL;
	copy->cheapest_parameterized_paths = paths;
	return copy;
}

/*
 * A path that loops itself is cheaper than another one for any number of loops if it is with its charges, and in each loop without them.
 * add_path compares costs, which are with charges, and rows: a few rows less for what costs less in each loop make it compare both.
 * Those of the core have all their rows, so they lose nothing that has been here before.
 */
static void
tell_loops(Path *path)
{
	Sums		sums = {0, 0};

	if (!path->param_info || !IsA(path, NestPath))
		return;
	pgassay_visit_scans(path, add_charge, &sums);
	path->rows = path->param_info->ppi_rows *
		(1 - ROWS_FOR_CHARGE * (1 - log1p(Max(0, path->total_cost - sums.due)) / LARGEST_LOG));
}

/* The join of the pair without the paths that are there. */
RelOptInfo *
pgassay_join_again(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
				   JoinPathExtraData *extra)
{
	RelOptInfo *join = palloc(sizeof(RelOptInfo));
	const bool	joining_before = joining;

	memcpy(join, joinrel, sizeof(RelOptInfo));
	join->pathlist = NIL;
	join->partial_pathlist = NIL;
	joining = true;
	add_paths_to_joinrel(root, join, outerrel, innerrel, jointype, extra->sjinfo, extra->restrictlist);
	joining = joining_before;
	joinrel->ppilist = join->ppilist;
	return join;
}

/* Plans nested loops again, without charges, and charges each as a whole. */
static void
add_loops(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
		  JoinPathExtraData *extra, bool parameterised_only)
{
	RelOptInfo *join = pgassay_join_again(root, joinrel, outerrel, innerrel, jointype, extra);
	ListCell   *cell;

	foreach(cell, join->pathlist)
	{
		Path	   *loop = lfirst(cell);
		Sums		sums = {0, 0};

		if (!IsA(loop, NestPath) || (parameterised_only && !loop->param_info))
			continue;
		pgassay_visit_scans(parameterised_only ? loop : ((NestPath *) loop)->jpath.innerjoinpath, add_charge, &sums);
		loop->parent = joinrel;
		loop->startup_cost += sums.due;
		loop->total_cost += sums.due;
		tell_loops(loop);
		add_path(joinrel, loop);
	}
	foreach(cell, join->partial_pathlist)
	{
		Path	   *loop = lfirst(cell);
		Sums		sums = {0, 0};

		if (!IsA(loop, NestPath) || parameterised_only)
			continue;
		pgassay_visit_scans(((NestPath *) loop)->jpath.innerjoinpath, add_charge, &sums);
		loop->parent = joinrel;
		loop->startup_cost += sums.due;
		loop->total_cost += sums.due;
		pgassay_keep_partial(joinrel, loop);
	}
}

/* With each of the inner paths that are charged, whatever the others cost. */
static void
add_loops_by_inner(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
				   JoinPathExtraData *extra)
{
	const ListCell *cell;

	foreach(cell, innerrel->cheapest_parameterized_paths)
	{
		Path	   *inner = without_charges(lfirst(cell));
		RelOptInfo *relation;

		if (!inner || pgassay_due_of(inner) > pgassay_due_limit())
			continue;
		relation = pgassay_relation_with(innerrel, list_make1(inner));
		add_loops(root, joinrel, outerrel, relation, jointype, extra, false);
		if (!root->join_search_private)
			pgassay_add_partial_joins(root, joinrel, outerrel, relation, pgassay_due_of(inner), jointype, extra);
	}
}

/*
 * Loops that loop themselves: any outer path may be the best with any inner one, the cheapest of those that pay nothing and each of
 * those that do.
 */
static void
add_loops_by_outer(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
				   JoinPathExtraData *extra)
{
	List	   *inner_relations = NIL;
	List	   *free_inner = NIL;
	const ListCell *cell;

	if (jointype == JOIN_UNIQUE_OUTER || jointype == JOIN_UNIQUE_INNER)
		return;
	foreach(cell, innerrel->cheapest_parameterized_paths)
	{
		Path	   *inner = without_charges(lfirst(cell));

		if (inner)
			inner_relations = lappend(inner_relations, pgassay_relation_with(innerrel, list_make1(inner)));
		else
			free_inner = lappend(free_inner, lfirst(cell));
	}
	foreach(cell, outerrel->pathlist)
	{
		Path	   *path = lfirst(cell);
		Path	   *free_path;
		RelOptInfo *outer;
		const ListCell *inner_cell;
		Cost		due;

		if (!path->param_info)
			continue;
		free_path = without_charges(path);
		outer = pgassay_relation_with(outerrel, list_make1(free_path ? free_path : path));
		due = pgassay_due_of(path);
		if (due > pgassay_due_limit())
			continue;
		if (free_path && free_inner != NIL)
			add_loops(root, joinrel, outer, pgassay_relation_with(innerrel, free_inner), jointype, extra, true);
		foreach(inner_cell, inner_relations)
		{
			RelOptInfo *inner = lfirst(inner_cell);

			if (due + pgassay_due_of(inner->cheapest_total_path) <= pgassay_due_limit())
				add_loops(root, joinrel, outer, inner, jointype, extra, true);
		}
	}
}

static void
charge_join(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
			JoinPathExtraData *extra)
{
	const ListCell *cell;

	if (previous_set_join_pathlist)
		previous_set_join_pathlist(root, joinrel, outerrel, innerrel, jointype, extra);
	genetic = genetic || root->join_search_private != NULL;
	if (pgassay_is_counting())
		pgassay_note_parts(root, joinrel, jointype, extra);
	joined = Max(joined, bms_num_members(joinrel->relids));
	if (!pgassay_is_charging() || joining || jointype == JOIN_FULL || jointype == JOIN_RIGHT || pgassay_is_repeated(root))
		return;
	pgassay_forget_dear(root, joinrel);
	if (pgassay_is_too_dear(root, outerrel) || pgassay_is_too_dear(root, innerrel))
		return;
	foreach(cell, joinrel->pathlist)
		tell_loops(lfirst(cell));
	/* The genetic search forgets its joins after each tour. */
	if (!root->join_search_private)
	{
		pgassay_restore_partial(joinrel);
		pgassay_add_partial_joins(root, joinrel, outerrel, innerrel, 0, jointype, extra);
	}
	begin_loops();
	add_loops_by_inner(root, joinrel, outerrel, innerrel, jointype, extra);
	add_loops_by_outer(root, joinrel, outerrel, innerrel, jointype, extra);
	end_loops();
	pgassay_forget_dear(root, joinrel);
	if (!root->join_search_private)
		pgassay_save_partial(joinrel);
}

void
pgassay_charged_paths_end(void)
{
	genetic = false;
	joined = 0;
	end_loops();
}

void
pgassay_charged_paths_init(void)
{
	previous_set_rel_pathlist = set_rel_pathlist_hook;
	set_rel_pathlist_hook = charge_relation;
	previous_set_join_pathlist = set_join_pathlist_hook;
	set_join_pathlist_hook = charge_join;
}
