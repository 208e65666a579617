/*
 * The least sum of cost and charges (charges.c), by branch and bound.
 *
 * An index that may be used in several places pays a part of its charge in each, and none on levels that are repeated, so a plan may pay
 * too little. Where the best one does, the plans are divided into those that do not use the index, which is taken away, and those that do:
 * there it is free, and its charge is added to whatever they cost.
 */
#include "charges.h"

#include <float.h>
#include <limits.h>

/* Plannings, fewer where many relations make them dear. The genetic search does not find the least sum anyway. */
#define MOST_PLANNINGS 15
#define MANY_RELATIONS 7
#define MOST_OF_MANY 7
/* Sums closer than this are equal. */
#define SAME 1e-6

typedef struct Part
{
	List	   *excluded;		/* groups */
	List	   *free;
	PgassayFigures figures;
	Cost		bound;			/* no plan of the part has a lower sum */
	Cost		sum;			/* of the plan that was found */
	Oid			unpaid;			/* the group that it pays least for; invalid: it pays for all */
} Part;

static Part *
make_part(PgassayFigures (*plan) (void *), void *context, const Part *whole, List *excluded, List *free, Cost enough, Cost most)
{
	Part	   *part = palloc0(sizeof(Part));
	Cost		added = pgassay_charges_treat(excluded, free, most);

	part->excluded = excluded;
	part->free = free;
	if (added > most)
	{
		part->bound = part->sum = DBL_MAX;
		return part;
	}
	pgassay_set_cost_limit(enough - added);
	part->figures = plan(context);
	part->bound = part->figures.total - part->figures.penalty + added;
	part->sum = part->bound + pgassay_charges_unpaid(part->figures.used, &part->unpaid);
	if (whole)
		part->bound = Max(part->bound, whole->bound);
	return part;
}

static int
most_plannings(void)
{
	const int	joined = pgassay_joined();

	if (joined == INT_MAX)
		return 1;
	return joined < MANY_RELATIONS ? MOST_PLANNINGS : MOST_OF_MANY;
}

static Part *
lowest_of(const List *parts)
{
	Part	   *lowest = linitial(parts);
	const ListCell *cell;

	foreach(cell, parts)
	{
		Part	   *part = lfirst(cell);

		if (part->bound < lowest->bound)
			lowest = part;
	}
	return lowest;
}

PgassayFigures
pgassay_least_sum(PgassayFigures (*plan) (void *), void *context, Cost enough, Cost most)
{
	const Part *best = make_part(plan, context, NULL, NIL, NIL, enough, most);
	List	   *parts = list_make1((void *) best);
	Part	   *lowest = linitial(parts);
	const int	most_plans = most_plannings();
	PgassayFigures figures;

	for (int plannings = 3; plannings <= most_plans; plannings += 2)
	{
		Part	   *without;
		Part	   *with;

		if (lowest->bound >= enough || !OidIsValid(lowest->unpaid) || best->sum <= lowest->bound * (1 + SAME))
			break;
		without = make_part(plan, context, lowest, lappend_oid(list_copy(lowest->excluded), lowest->unpaid), lowest->free,
							Min(enough, best->sum), most);
		with = make_part(plan, context, lowest, lowest->excluded, lappend_oid(list_copy(lowest->free), lowest->unpaid),
						 Min(enough, best->sum), most);
		if (without->sum < best->sum)
			best = without;
		if (with->sum < best->sum)
			best = with;
		parts = lappend(lappend(list_delete_ptr(parts, lowest), without), with);
		lowest = lowest_of(parts);
	}
	figures = lowest->figures;
	figures.total = Min(lowest->bound, best->sum) + figures.penalty;
	figures.used = best->figures.used;
	return figures;
}
