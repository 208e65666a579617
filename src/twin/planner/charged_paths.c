/*
 * Joins with charges (charges.c): a nested loop over a path with charges is planned again without them, and charged once as a whole. The
 * one that the core has planned is too dear and loses.
 *
 * What they scan: charged_scans.c. What is parallel: charged_partial.c.
 */
#include "charges.h"

#include <limits.h>
#include <math.h>

#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"

/* Of any cost. */
#define LARGEST_LOG 750.0
/* Costs closer than this are equal. */
#define SAME 1e-6

static bool genetic = false;	/* some planning searched for joins so */
static int	joined = 0;			/* relations, at most */
static bool joining = false;	/* nested loops are planned again, and nothing else */
static bool saved_hashjoin;
static bool saved_mergejoin;
static set_join_pathlist_hook_type previous_set_join_pathlist = NULL;

int
pgassay_joined(void)
{
	return genetic ? INT_MAX : joined;
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

Path *
pgassay_without_charges(const Path *path)
{
	const PgassaySums sums = pgassay_sums_of(path);
	Path	   *free_path;

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
	if (!path->param_info || !IsA(path, NestPath))
		return;
	path->rows = path->param_info->ppi_rows *
		(1 - PGASSAY_ROWS_FOR_CHARGE * (1 - log1p(Max(0, path->total_cost - pgassay_due_of(path))) / LARGEST_LOG));
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
		Cost		due;

		if (!IsA(loop, NestPath) || (parameterised_only && !loop->param_info))
			continue;
		due = pgassay_due_of(parameterised_only ? loop : ((NestPath *) loop)->jpath.innerjoinpath);
		loop->parent = joinrel;
		loop->startup_cost += due;
		loop->total_cost += due;
		tell_loops(loop);
		add_path(joinrel, loop);
	}
	foreach(cell, join->partial_pathlist)
	{
		Path	   *loop = lfirst(cell);
		Cost		due;

		if (!IsA(loop, NestPath) || parameterised_only)
			continue;
		due = pgassay_due_of(((NestPath *) loop)->jpath.innerjoinpath);
		loop->parent = joinrel;
		loop->startup_cost += due;
		loop->total_cost += due;
		pgassay_keep_partial(joinrel, loop);
	}
}

static Cost
free_cost(const Path *path)
{
	return path->total_cost - pgassay_sums_of(path).carried;
}

/* Whether the core would take the path if the relation had no other candidates than those that it uses. */
static bool
is_cheapest_by_its_indexes(PlannerInfo *root, RelOptInfo *rel, const Path *path)
{
	const List *groups = pgassay_groups_of(path, false);
	const ListCell *cell;

	foreach(cell, rel->pathlist)
	{
		const Path *other = lfirst(cell);

		if (!other->param_info && free_cost(other) < free_cost(path) && list_difference_oid(pgassay_groups_of(other, false), groups) == NIL)
			return false;
	}
	/* The cheaper one may have lost against another that is cheaper still. */
	return rel->rtekind != RTE_RELATION || rel->indexlist == NIL || pgassay_least_by(root, rel, groups) >= free_cost(path) * (1 - SAME);
}

/*
 * The core loops over the cheapest inner path alone, with or without keeping its rows. Where only a part of the loops is run, one that
 * begins earlier may be better, and a plan without the index of the cheapest one has it.
 */
static void
add_loops_by_early_inner(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
						 JoinPathExtraData *extra)
{
	const Path *cheapest = innerrel->cheapest_total_path;
	const ListCell *cell;

	if (pgassay_needs_all(root) || !innerrel->consider_startup || !cheapest || cheapest->param_info)
		return;
	foreach(cell, innerrel->pathlist)
	{
		Path	   *inner = lfirst(cell);
		Path	   *free_inner;

		if (inner->param_info || inner->startup_cost >= cheapest->startup_cost || !is_cheapest_by_its_indexes(root, innerrel, inner))
			continue;
		free_inner = pgassay_without_charges(inner);
		add_loops(root, joinrel, outerrel, pgassay_relation_with(innerrel, list_make1(free_inner ? free_inner : inner)), jointype, extra,
				  false);
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
		Path	   *inner = pgassay_without_charges(lfirst(cell));
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
		Path	   *inner = pgassay_without_charges(lfirst(cell));

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
		free_path = pgassay_without_charges(path);
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

/* The core has added the paths of the first pair without regard to their start. */
static void
add_early_paths(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
				JoinPathExtraData *extra)
{
	if (joinrel->consider_startup || !pgassay_merges_stop_early())
		return;
	joinrel->consider_startup = true;
	joining = true;
	add_paths_to_joinrel(root, joinrel, outerrel, innerrel, jointype, extra->sjinfo, extra->restrictlist);
	joining = false;
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
	add_early_paths(root, joinrel, outerrel, innerrel, jointype, extra);
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
	add_loops_by_early_inner(root, joinrel, outerrel, innerrel, jointype, extra);
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
	previous_set_join_pathlist = set_join_pathlist_hook;
	set_join_pathlist_hook = charge_join;
}
