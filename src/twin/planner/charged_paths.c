/*
 * Paths with charges (charges.c) that nested loops scan again and again, each charged once.
 *
 * - Parameterised scans are planned again for each charged index beside those that cost nothing, so that there is one for much to pay once
 *   and little in each loop, and one for the contrary. Then each carries its charge in full.
 * - A nested loop over a path with charges is planned again without them, and charged once as a whole. The one that the core has planned
 *   is too dear and loses.
 */
#include "charges.h"

#include <math.h>

#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "path_tree.h"

/* The share of its rows that a path gets for the dearest charges: too little to be seen in a cost. */
#define ROWS_FOR_CHARGE 1e-9
/* Of any cost. */
#define LARGEST_LOG 750.0

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
		Sums		sums = {0, 0};

		pgassay_visit_scans(path, add_charge, &sums);
		path->rows *= 1 + ROWS_FOR_CHARGE * (sums.due / most);
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
}

static Path *
copy_path(const Path *path)
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
	if (sums.carried <= 0 || (free_path = copy_path(path)) == NULL)
		return NULL;
	free_path->startup_cost = Max(0, free_path->startup_cost - sums.carried);
	free_path->total_cost = Max(0, free_path->total_cost - sums.carried);
	return free_path;
}

/* A relation with these paths alone, the first one of them its cheapest. */
static RelOptInfo *
relation_with(const RelOptInfo *rel, List *paths)
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

/* Plans nested loops again, without charges, and charges each as a whole. */
static void
add_loops(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
		  JoinPathExtraData *extra, bool parameterised_only)
{
	RelOptInfo *join = palloc(sizeof(RelOptInfo));
	ListCell   *cell;

	memcpy(join, joinrel, sizeof(RelOptInfo));
	join->pathlist = NIL;
	join->partial_pathlist = NIL;
	add_paths_to_joinrel(root, join, outerrel, innerrel, jointype, extra->sjinfo, extra->restrictlist);
	joinrel->ppilist = join->ppilist;
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
		add_partial_path(joinrel, loop);
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

		if (inner)
			add_loops(root, joinrel, outerrel, relation_with(innerrel, list_make1(inner)), jointype, extra, false);
	}
}

/* Loops that loop themselves: with each outer path, and with what costs least in each of its loops. */
static void
add_loops_by_outer(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
				   JoinPathExtraData *extra)
{
	List	   *inner = NIL;
	const ListCell *cell;
	bool		charged = false;

	if (jointype == JOIN_UNIQUE_OUTER || jointype == JOIN_UNIQUE_INNER)
		return;
	foreach(cell, innerrel->cheapest_parameterized_paths)
	{
		Path	   *path = without_charges(lfirst(cell));

		charged = charged || path;
		inner = lappend(inner, path ? path : lfirst(cell));
	}
	if (inner == NIL)
		return;
	foreach(cell, outerrel->pathlist)
	{
		Path	   *path = lfirst(cell);
		Path	   *outer;

		if (!path->param_info)
			continue;
		outer = without_charges(path);
		if (!outer && !charged)
			continue;
		add_loops(root, joinrel, relation_with(outerrel, list_make1(outer ? outer : path)), relation_with(innerrel, inner), jointype,
				  extra, true);
	}
}

static Cost
due_of(const Path *path)
{
	Sums		sums = {0, 0};

	pgassay_visit_scans(path, add_charge, &sums);
	return sums.due;
}

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

		if (path->param_info || due_of(path) > 0)
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
	const Cost	cost = path->total_cost - due_of(path);
	const ListCell *cell;

	foreach(cell, rivals)
	{
		const Rival *rival = lfirst(cell);

		if (rival->cost < cost && pathkeys_contained_in(path->pathkeys, rival->pathkeys))
			return true;
	}
	return false;
}

/*
 * The core makes no partial path that costs more than some path that is not parallel, whatever parallel plans would gain further up. What
 * a partial path pays must not make it lose so: it is joined again beside nothing, and compared without its charges, to what earlier pairs
 * of relations have made.
 */
static void
add_partial_joins(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
				  JoinPathExtraData *extra, const List *rivals)
{
	RelOptInfo *join;
	RelOptInfo *outer;
	List	   *charged = NIL;
	Path	   *dear;
	const ListCell *cell;

	if (!joinrel->consider_parallel || jointype == JOIN_UNIQUE_OUTER || jointype == JOIN_UNIQUE_INNER)
		return;
	foreach(cell, outerrel->partial_pathlist)
		if (due_of(lfirst(cell)) > 0)
			charged = lappend(charged, lfirst(cell));
	if (charged == NIL || (dear = copy_path(outerrel->cheapest_total_path)) == NULL)
		return;
	dear->startup_cost += disable_cost;
	dear->total_cost += disable_cost;
	outer = relation_with(outerrel, list_make1(dear));
	outer->pathlist = NIL;
	outer->partial_pathlist = charged;
	outer->cheapest_startup_path = dear;
	join = palloc(sizeof(RelOptInfo));
	memcpy(join, joinrel, sizeof(RelOptInfo));
	join->pathlist = NIL;
	join->partial_pathlist = NIL;
	joining = true;
	add_paths_to_joinrel(root, join, outer, innerrel, jointype, extra->sjinfo, extra->restrictlist);
	joining = false;
	joinrel->ppilist = join->ppilist;
	foreach(cell, join->partial_pathlist)
	{
		Path	   *path = lfirst(cell);

		if (loses(path, rivals))
			continue;
		path->parent = joinrel;
		add_partial_path(joinrel, path);
	}
}

static void
charge_join(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
			JoinPathExtraData *extra)
{
	const ListCell *cell;
	PgassaySeen *seen;
	bool		found;

	if (previous_set_join_pathlist)
		previous_set_join_pathlist(root, joinrel, outerrel, innerrel, jointype, extra);
	if (!pgassay_is_charging() || joining || jointype == JOIN_FULL || jointype == JOIN_RIGHT || pgassay_is_repeated(root))
		return;
	foreach(cell, joinrel->pathlist)
		tell_loops(lfirst(cell));
	/* The genetic search forgets its joins after each tour. */
	if (!root->join_search_private)
	{
		seen = hash_search(pgassay_seen_joins(), &joinrel, HASH_ENTER, &found);
		add_partial_joins(root, joinrel, outerrel, innerrel, jointype, extra, found ? seen->rivals : NIL);
		seen->rivals = rivals_of(joinrel);
	}
	begin_loops();
	add_loops_by_inner(root, joinrel, outerrel, innerrel, jointype, extra);
	add_loops_by_outer(root, joinrel, outerrel, innerrel, jointype, extra);
	end_loops();
}

void
pgassay_charged_paths_end(void)
{
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
