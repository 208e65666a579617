/*
 * Index requests: the planner's own view of each base relation, as JSON.
 *
 * set_rel_pathlist_hook runs for every base relation after views, security policies, subquery pull-up, constant folding and
 * equivalence classes have been worked out and before joins are planned. What a useful index could serve is all in reach there:
 * baserestrictinfo, joininfo, eq_classes, the wanted pathkeys and attr_needed (src/backend/optimizer/path/allpaths.c).
 */
#include "pgassay_planner.h"

#include "access/sysattr.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "optimizer/prep.h"
#include "request_parts.h"

static StringInfo requests = NULL;	/* set while requests are wanted */
static List *levels = NIL;		/* of PlannerInfo, in order of appearance */
static set_rel_pathlist_hook_type previous_set_rel_pathlist = NULL;

/* Columns that the statement needs from `rel`: above the scan, and in its own conditions. */
static void
append_needed(StringInfo out, PlannerInfo *root, const RelOptInfo *rel)
{
	Bitmapset  *columns = NULL;
	ListCell   *cell;
	AttrNumber	number;
	int			member = -1;
	bool		whole_row = false;

	for (number = rel->min_attr; number <= rel->max_attr; number++)
		if (!bms_is_empty(rel->attr_needed[number - rel->min_attr]))
			columns = bms_add_member(columns, number - FirstLowInvalidHeapAttributeNumber);
	foreach(cell, rel->baserestrictinfo)
		pull_varattnos((Node *) lfirst_node(RestrictInfo, cell)->clause, rel->relid, &columns);

	appendStringInfoString(out, "\"needed\":[");
	while ((member = bms_next_member(columns, member)) >= 0)
	{
		number = member + FirstLowInvalidHeapAttributeNumber;
		if (number == 0)
			whole_row = true;
		if (number <= 0)
			continue;
		pgassay_append_separator(out);
		appendStringInfo(out, "%d", number);
	}
	appendStringInfo(out, "],\"whole_row\":%s", whole_row ? "true" : "false");
}

static int
level_of(PlannerInfo *root)
{
	ListCell   *cell;
	int			level = 0;

	foreach(cell, levels)
	{
		if (lfirst(cell) == root)
			return level;
		level++;
	}
	levels = lappend(levels, root);
	return level;
}

static void
append_request(StringInfo out, PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte)
{
	bool		target = root->parse->resultRelation == (int) rel->relid && root->parse->commandType != CMD_SELECT;
	ListCell   *cell;

	pgassay_append_separator(out);
	appendStringInfo(out, "{\"table\":%u,\"kind\":\"%c\",\"inherits\":%s,\"range_table_index\":%u,\"level\":%d,\"rows\":", rte->relid,
					 rte->relkind, rte->inh ? "true" : "false", rel->relid, level_of(root));
	pgassay_append_number(out, rel->rows);
	appendStringInfoString(out, ",\"tuples\":");
	pgassay_append_number(out, rel->tuples);
	appendStringInfoString(out, ",\"limit\":");
	pgassay_append_number(out, root->limit_tuples);
	appendStringInfo(out, ",\"dml_target\":%s,\"row_mark\":%s,\"clauses\":[", target ? "true" : "false",
					 get_plan_rowmark(root->rowMarks, rel->relid) ? "true" : "false");
	foreach(cell, rel->baserestrictinfo)
		pgassay_append_restriction(out, root, rel, lfirst_node(RestrictInfo, cell), false);
	pgassay_append_equivalences(out, root, rel);
	foreach(cell, rel->joininfo)
		pgassay_append_restriction(out, root, rel, lfirst_node(RestrictInfo, cell), true);
	appendStringInfoString(out, "],\"orders\":[");
	pgassay_append_order(out, rel, "sort", root->sort_pathkeys);
	pgassay_append_order(out, rel, "group", root->group_pathkeys);
	pgassay_append_order(out, rel, "distinct", root->distinct_pathkeys);
	pgassay_append_order(out, rel, "window", root->window_pathkeys);
	appendStringInfoString(out, "],");
	append_needed(out, root, rel);
	appendStringInfoChar(out, '}');
}

static void
set_rel_pathlist(PlannerInfo *root, RelOptInfo *rel, Index range_table_index, RangeTblEntry *rte)
{
	if (previous_set_rel_pathlist)
		previous_set_rel_pathlist(root, rel, range_table_index, rte);
	if (requests && rel->reloptkind == RELOPT_BASEREL && rte->rtekind == RTE_RELATION)
		append_request(requests, root, rel, rte);
}

void
pgassay_requests_begin(StringInfo buffer)
{
	requests = buffer;
	levels = NIL;
	appendStringInfoChar(buffer, '[');
}

void
pgassay_requests_end(void)
{
	appendStringInfoChar(requests, ']');
	pgassay_requests_abort();
}

void
pgassay_requests_abort(void)
{
	requests = NULL;
	levels = NIL;
}

void
pgassay_requests_init(void)
{
	previous_set_rel_pathlist = set_rel_pathlist_hook;
	set_rel_pathlist_hook = set_rel_pathlist;
}
