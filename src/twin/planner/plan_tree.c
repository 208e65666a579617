/*
 * What a finished plan tells: the indexes it scans, and its shape.
 */
#include "plan_tree.h"

#include "pgassay_planner.h"

typedef void (*PlanVisitor) (const Plan *plan, void *context);

static void visit_plan(const Plan *plan, PlanVisitor visit, void *context);

static void
visit_list(const List *plans, PlanVisitor visit, void *context)
{
	const ListCell *cell;

	foreach(cell, plans)
		visit_plan(lfirst(cell), visit, context);
}

/* The node, then what is below it. */
static void
visit_plan(const Plan *plan, PlanVisitor visit, void *context)
{
	if (plan == NULL)
		return;
	visit(plan, context);
	switch (nodeTag(plan))
	{
		case T_BitmapAnd:
			visit_list(((const BitmapAnd *) plan)->bitmapplans, visit, context);
			break;
		case T_BitmapOr:
			visit_list(((const BitmapOr *) plan)->bitmapplans, visit, context);
			break;
		case T_Append:
			visit_list(((const Append *) plan)->appendplans, visit, context);
			break;
		case T_MergeAppend:
			visit_list(((const MergeAppend *) plan)->mergeplans, visit, context);
			break;
		case T_SubqueryScan:
			visit_plan(((const SubqueryScan *) plan)->subplan, visit, context);
			break;
		case T_CustomScan:
			visit_list(((const CustomScan *) plan)->custom_plans, visit, context);
			break;
		default:
			break;
	}
	visit_plan(outerPlan(plan), visit, context);
	visit_plan(innerPlan(plan), visit, context);
}

static void
visit_statement(const PlannedStmt *plan, PlanVisitor visit, void *context)
{
	visit_plan(plan->planTree, visit, context);
	visit_list(plan->subplans, visit, context);
}

static Oid
scanned_index(const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_IndexScan:
			return ((const IndexScan *) plan)->indexid;
		case T_IndexOnlyScan:
			return ((const IndexOnlyScan *) plan)->indexid;
		case T_BitmapIndexScan:
			return ((const BitmapIndexScan *) plan)->indexid;
		default:
			return InvalidOid;
	}
}

/* The place of a scan's relation in the range table; 0 for other nodes. */
static Index
scanned_relation(const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_SeqScan:
		case T_SampleScan:
		case T_IndexScan:
		case T_IndexOnlyScan:
		case T_BitmapHeapScan:
		case T_TidScan:
		case T_TidRangeScan:
			return ((const Scan *) plan)->scanrelid;
		default:
			return 0;
	}
}

static void
add_used(const Plan *plan, void *context)
{
	List	  **used = context;
	Oid			index = scanned_index(plan);

	if (OidIsValid(index))
		*used = list_append_unique_oid(*used, index);
}

static void
add_shape(const Plan *plan, void *context)
{
	appendStringInfo(context, "(%d %u %u %.17g", (int) nodeTag(plan), scanned_relation(plan), scanned_index(plan), plan->plan_rows);
	appendStringInfo(context, "%s%s)", outerPlan(plan) ? "o" : "", innerPlan(plan) ? "i" : "");
}

void
pgassay_collect_used(const PlannedStmt *plan, List **used)
{
	visit_statement(plan, add_used, used);
}

char *
pgassay_plan_shape(const PlannedStmt *plan)
{
	StringInfoData shape;

	initStringInfo(&shape);
	visit_statement(plan, add_shape, &shape);
	return shape.data;
}
