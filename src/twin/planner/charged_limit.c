/*
 * Paths that no plan of interest has: only plans whose sum of cost and charges is below a limit are asked for (charge_search.c), and a plan
 * costs no less than what it runs of each of its parts. What is dearer is forgotten, but for the cheapest path, which the core needs.
 *
 * Not all of a path is run under a LIMIT, nor what is in order by a merge join that has found all, nor what a semijoin looks for matches
 * in. The least part that is comes from the planner's own estimates, which a planning without charges notes: they do not depend on indexes.
 *
 * A LIMIT also makes the core keep paths for what they cost until the first row. Most LIMITs are above a sort that needs all rows: these
 * paths are not kept then.
 */
#include "charges.h"

#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"

/* Costs closer than this are equal. */
#define SAME 1e-6
/* Merge joins that need more of both sides than this need all, as far as costs can tell: the core takes those within 1 % as equal. */
#define STOPS_EARLY 0.98

static Cost limit = 0;
static PgassayParts *parts = NULL;	/* of the statement */

void
pgassay_limit_begin(PgassayParts *statement_parts)
{
	parts = statement_parts;
}

void
pgassay_limit_end(void)
{
	parts = NULL;
}

void
pgassay_note_parts(const PlannerInfo *root, const RelOptInfo *joinrel, JoinType jointype, const JoinPathExtraData *extra)
{
	const ListCell *cell;
	const ListCell *scan;

	if (!root->parent_root && bms_equal(joinrel->relids, root->all_baserels))
		parts->rows = Max(parts->rows, joinrel->rows);
	foreach(cell, extra->mergeclause_list)
		foreach(scan, lfirst_node(RestrictInfo, cell)->scansel_cache)
		{
			const MergeScanSelCache *scanned = lfirst(scan);

			parts->merged = Min(parts->merged, Min(scanned->leftendsel, scanned->rightendsel));
		}
	if (jointype == JOIN_SEMI || jointype == JOIN_ANTI)
		parts->matched = Min(parts->matched, 2 / (extra->semifactors.match_count + 1));	/* final_cost_nestloop */
}

/*
 * What such a merge join runs of a path is a part of what it costs after its start, so that one that costs more as a whole may be better:
 * the core keeps none for that, and charges are costs of the start.
 */
bool
pgassay_merges_stop_early(void)
{
	return parts && parts->merged < STOPS_EARLY;
}

/* By what no index and no scan knows. */
static bool
is_sorted_above(const Query *parse)
{
	Node	   *key;

	if (parse->sortClause == NIL)
		return false;
	key = (Node *) get_sortgroupclause_tle(linitial_node(SortGroupClause, parse->sortClause), parse->targetList)->expr;
	return contain_agg_clause(key) || contain_window_function(key);
}

static bool
level_needs_all(const PlannerInfo *root)
{
	const Query *parse = root->parse;

	return root->tuple_fraction <= 0 || is_sorted_above(parse) ||
		(parse->hasAggs && parse->groupClause == NIL && parse->groupingSets == NIL);
}

bool
pgassay_needs_all(const PlannerInfo *root)
{
	for (; root; root = root->parent_root)
		if (!level_needs_all(root))
			return false;
	return true;
}

/* The least part of a path of the level that is run, beside what merge joins and semijoins leave. */
static double
part_needed(const PlannerInfo *root)
{
	if (pgassay_needs_all(root))
		return 1;
	if (root->parent_root || root->parse->hasTargetSRFs || parts->rows <= 0)
		return 0;
	return root->tuple_fraction < 1 ? root->tuple_fraction : Min(1, root->tuple_fraction / parts->rows);
}

/* Kinds of nodes that are not allowed cost more than any limit (penalty.c). */
static bool
has_penalties(void)
{
	return !(enable_seqscan && enable_indexscan && enable_indexonlyscan && enable_bitmapscan && enable_tidscan && enable_sort &&
			 enable_hashagg && enable_nestloop && enable_mergejoin && enable_hashjoin);
}

void
pgassay_set_cost_limit(Cost most)
{
	limit = has_penalties() ? disable_cost * disable_cost : most * (1 + SAME);
}

static bool
is_dear(const RelOptInfo *rel, const Path *path, double part)
{
	/* An Append runs the same part of what its second path costs at first. */
	const Cost	first = IS_OTHER_REL(rel) ? 0 : path->startup_cost;

	if (path->pathkeys != NIL)
		part *= parts->merged;
	return first + part * (path->total_cost - first) > limit;
}

static List *
without_dear(const RelOptInfo *rel, List *paths, const Path *kept, double part)
{
	ListCell   *cell;

	foreach(cell, paths)
		if (lfirst(cell) != kept && is_dear(rel, lfirst(cell), part))
			paths = foreach_delete_current(paths, cell);
	return paths;
}

void
pgassay_forget_dear(const PlannerInfo *root, RelOptInfo *rel)
{
	const double part = part_needed(root) * parts->matched;
	const Path *cheapest = NULL;
	const ListCell *cell;

	if (pgassay_needs_all(root) && !pgassay_merges_stop_early())
		rel->consider_startup = false;
	foreach(cell, rel->pathlist)
	{
		const Path *path = lfirst(cell);

		if (!path->param_info && (!cheapest || path->total_cost < cheapest->total_cost))
			cheapest = path;
	}
	rel->pathlist = without_dear(rel, rel->pathlist, cheapest, part);
	rel->partial_pathlist = without_dear(rel, rel->partial_pathlist, NULL, part);
}

static bool
are_dear(const RelOptInfo *rel, const List *paths, double part)
{
	const ListCell *cell;

	foreach(cell, paths)
		if (!is_dear(rel, lfirst(cell), part))
			return false;
	return true;
}

bool
pgassay_is_too_dear(const PlannerInfo *root, const RelOptInfo *rel)
{
	const double part = part_needed(root) * parts->matched;

	return are_dear(rel, rel->pathlist, part) && are_dear(rel, rel->partial_pathlist, part);
}
