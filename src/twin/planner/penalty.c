/*
 * The penalty in a plan's cost.
 *
 * Up to PostgreSQL 17, enable_seqscan = off and its like do not forbid a kind of node: they add disable_cost, 1e10, to each. A plan
 * that cannot do without such a node costs 1e10 and more, and so does a hash join whose buckets would not fit into memory. These
 * additions steer the planner and mean no work, so whoever adds up costs of many statements needs to know them.
 *
 * They cannot be read off the plan: nested loops, subqueries and LIMIT multiply and divide them on their way up. But the cost of one
 * plan is linear in disable_cost, so planning again with another value of it tells them, provided that it is the same plan.
 */
#include "pgassay_planner.h"

#include <math.h>

#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "plan_tree.h"

/* A cost below disable_cost divided by this has no penalty in it: what divides one on its way up are a LIMIT and parallel workers. */
#define LEAST_PART 100.0

/* Parts of disable_cost that are added, powers of two so that nothing is rounded: little, so that it stays the same plan. */
static const double steps[] = {1.0 / 16, -1.0 / 16, 1.0 / 256, -1.0 / 256};

/* `replan` with another value of a cost parameter. */
static PlannedStmt *
plan_with(Cost *parameter, Cost changed, PlannedStmt *(*replan) (void *), void *context)
{
	Cost		saved = *parameter;
	PlannedStmt *plan;

	*parameter = changed;
	PG_TRY();
	{
		plan = replan(context);
	}
	PG_FINALLY();
	{
		*parameter = saved;
	}
	PG_END_TRY();
	return plan;
}

/* Nearly always a whole number of times disable_cost; then without the rounding of the subtraction. */
static Cost
tidied(Cost penalty)
{
	double		whole = rint(penalty / disable_cost);

	return fabs(penalty / disable_cost - whole) < 1e-12 * fmax(whole, 1) * 16 ? whole * disable_cost : penalty;
}

/*
 * The part of the plan's total cost that is penalty; `replan` makes the same plan again. Where the plan changes with disable_cost however
 * little that does, what is left after subtraction is the cost of the best plan without any penalty.
 */
Cost
pgassay_penalty(const PlannedStmt *plan, PlannedStmt *(*replan) (void *), void *context)
{
	Cost		total = plan->planTree->total_cost;
	const char *shape;

	if (total < disable_cost / LEAST_PART)
		return 0;
	shape = pgassay_plan_shape(plan);
	for (int i = 0; i < lengthof(steps); i++)
	{
		const PlannedStmt *other = plan_with(&disable_cost, disable_cost * (1 + steps[i]), replan, context);

		if (strcmp(pgassay_plan_shape(other), shape) == 0)
			return Max(0, Min(total, tidied((other->planTree->total_cost - total) / steps[i])));
	}
	return Max(0, total - plan_with(&disable_cost, 0, replan, context)->planTree->total_cost);
}

/*
 * How often a cost parameter is in the plan's total cost, which is linear in it: for seq_page_cost that is the number of pages. 0 where the
 * plan changes with the parameter however little that does.
 */
static double
cost_units(const PlannedStmt *plan, PlannedStmt *(*replan) (void *), void *context, double *parameter)
{
	static const double little[] = {1.0 / 4096, -1.0 / 4096, 1.0 / 65536, -1.0 / 65536};
	const char *shape;

	if (*parameter <= 0)
		return 0;
	shape = pgassay_plan_shape(plan);
	for (int i = 0; i < lengthof(little); i++)
	{
		double		step = *parameter * little[i];
		const PlannedStmt *other = plan_with(parameter, *parameter + step, replan, context);

		if (strcmp(pgassay_plan_shape(other), shape) == 0)
			return Max(0, (other->planTree->total_cost - plan->planTree->total_cost) / step);
	}
	return 0;
}

/* The pages that a plan is charged for; their part of its cost is added to `cost`. Tablespaces with prices of their own do not count. */
double
pgassay_pages(const PlannedStmt *plan, PlannedStmt *(*replan) (void *), void *context, Cost *cost)
{
	double		sequential = cost_units(plan, replan, context, &seq_page_cost);
	double		random = cost_units(plan, replan, context, &random_page_cost);

	*cost += sequential * seq_page_cost + random * random_page_cost;
	return sequential + random;
}
