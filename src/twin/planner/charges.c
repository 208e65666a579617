/*
 * Charges: what a statement pays for using an index, once for each plan however often the plan scans it.
 *
 * With charges the planner itself finds the plan that is cheapest in sum with what its indexes are worth to others, among the plans of
 * all sets at once. That is the pricing step of column generation (src/select/pricing.h), and no set can have a cheaper sum: so it must
 * never be charged too much, while too little only weakens the bound.
 *
 * The charge is added to what the access method estimates, so it takes part in every comparison. The planner multiplies the cost of
 * whatever it scans again and again. In nested loops that is mended (charged_paths.c); levels that depend on the row above, or recurse, are
 * not charged.
 *
 * An index may be looked at for several relations of the statement, and a candidate has an index for each partition: the charge is divided
 * among these uses, which a planning without charges counts. For the arms of an OR it is divided by their number. What a plan pays too
 * little then is made up for by dividing the plans (charge_search.c).
 */
#include "charges.h"

#include "path_tree.h"

#include "optimizer/planner.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef void (*cost_estimate) (PlannerInfo *root, IndexPath *path, double loop_count, Cost *startup, Cost *total,
							   Selectivity *selectivity, double *correlation, double *pages);

typedef struct Method
{
	Oid			access_method;
	cost_estimate estimate;
} Method;

typedef struct ChargeGroup
{
	Oid			group;			/* hash key */
	Cost		charge;
	PgassayTreatment treatment;
	int			possible;		/* uses */
	Cost		paid;			/* by the present plan, for all uses */
	bool		summed;			/* its paying is looked at */
} ChargeGroup;

typedef struct Charge
{
	Oid			index;			/* hash key */
	ChargeGroup	   *group;
	int			seen;			/* relations with this index in the present planning */
} Charge;

/* Which relation of the statement an index is looked at for: planning comes across them in the same order each time. */
typedef struct Place
{
	const IndexOptInfo *index;	/* hash key; of the present planning */
	PgassayUseKey use;
} Place;

#define MAX_METHODS 32

/* The number of a use that says that the uses of its index were counted. */
#define COUNTED (-1)

static Method methods[MAX_METHODS];
static int	method_count = 0;
static HTAB *charges = NULL;	/* of Charge; NULL: nothing is charged */
static HTAB *groups = NULL;		/* of ChargeGroup */
static HTAB *carried = NULL;	/* of PgassayCarried */
static HTAB *places = NULL;		/* of Place */
static HTAB *seen_joins = NULL; /* of PgassaySeen */
static HTAB *uses = NULL;		/* of PgassayUse, of the statement */
static bool something_due = false;
static Cost due_limit = 0;
static bool counting = false;
static bool free_of_charge = false;	/* what is estimated has to pay, but does not carry it yet */
static create_upper_paths_hook_type previous_create_upper_paths = NULL;

static HTAB *
make_hash(const char *name, Size key_size, Size entry_size, MemoryContext context)
{
	HASHCTL		control = {0};

	control.keysize = key_size;
	control.entrysize = entry_size;
	control.hcxt = context;
	return hash_create(name, 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

HTAB *
pgassay_make_uses(MemoryContext context)
{
	return make_hash("pgassay uses", sizeof(PgassayUseKey), sizeof(PgassayUse), context);
}

static PgassayUse *
find_use(const IndexOptInfo *index)
{
	const Place *place = hash_search(places, &index, HASH_FIND, NULL);

	return place ? hash_search(uses, &place->use, HASH_FIND, NULL) : NULL;
}

HTAB *
pgassay_seen_joins(void)
{
	return seen_joins;
}

bool
pgassay_is_charging(void)
{
	return charges && !counting && something_due;
}

bool
pgassay_is_counting(void)
{
	return charges && counting;
}

PgassayCarried *
pgassay_find_carried(const IndexPath *path)
{
	return hash_search(carried, &path, HASH_FIND, NULL);
}

void
pgassay_carry_alike(const IndexPath *path, const IndexPath *copy)
{
	const PgassayCarried *entry = pgassay_find_carried(path);
	PgassayCarried *added;

	if (!entry)
	{
		/* Of a path that was there before, in a tour of the genetic search. */
		hash_search(carried, &copy, HASH_REMOVE, NULL);
		return;
	}
	added = hash_search(carried, &copy, HASH_ENTER, NULL);
	added->due = entry->due;
	added->carried = entry->carried;
}

void
pgassay_charge_later(bool later)
{
	free_of_charge = later;
}

bool
pgassay_is_repeated(const PlannerInfo *root)
{
	for (; root; root = root->parent_root)
		if (root->hasRecursion || (root->parent_root && root->parent_root->plan_params != NIL))
			return true;
	return false;
}

static int
count_arms(const List *restrictions, int most)
{
	const ListCell *cell;

	foreach(cell, restrictions)
	{
		const RestrictInfo *restriction = lfirst_node(RestrictInfo, cell);

		if (restriction->orclause && IsA(restriction->orclause, BoolExpr))
			most = Max(most, list_length(((BoolExpr *) restriction->orclause)->args) + 1);
	}
	return most;
}

Cost
pgassay_charge_of(const PlannerInfo *root, const IndexOptInfo *index)
{
	const Charge *charge = hash_search(charges, &index->indexoid, HASH_FIND, NULL);
	const PgassayUse *use = find_use(index);

	if (!charge || !use || pgassay_is_repeated(root))
		return 0;
	if (charge->group->treatment != PGASSAY_SHARED || charge->group->possible == 0)
		return 0;
	return charge->group->charge / charge->group->possible / count_arms(index->rel->joininfo, count_arms(index->rel->baserestrictinfo, 1));
}

Oid
pgassay_group_of(const IndexOptInfo *index)
{
	const Charge *charge = hash_search(charges, &index->indexoid, HASH_FIND, NULL);

	return charge ? charge->group->group : InvalidOid;
}

static cost_estimate
original_estimate(Oid access_method)
{
	for (int i = 0; i < method_count; i++)
		if (methods[i].access_method == access_method)
			return methods[i].estimate;
	elog(ERROR, "pgassay: no cost estimate is known of access method %u", access_method);
}

static void
estimate_with_charge(PlannerInfo *root, IndexPath *path, double loop_count, Cost *startup, Cost *total, Selectivity *selectivity,
					 double *correlation, double *pages)
{
	PgassayCarried *entry;

	original_estimate(path->indexinfo->relam) (root, path, loop_count, startup, total, selectivity, correlation, pages);
	if (counting)
	{
		PgassayUse *use = find_use(path->indexinfo);

		if (use)
			use->possible = true;
		return;
	}
	entry = hash_search(carried, &path, HASH_ENTER, NULL);
	entry->due = pgassay_charge_of(root, path->indexinfo);
	entry->carried = free_of_charge ? 0 : entry->due;
	*startup += entry->carried;
	*total += entry->carried;
}

static void
note_place(const IndexOptInfo *index, Charge *charge)
{
	Place	   *place = hash_search(places, &index, HASH_ENTER, NULL);

	memset(&place->use, 0, sizeof(place->use));
	place->use.index = index->indexoid;
	place->use.number = charge->seen++;
	if (counting)
	{
		bool		found;
		PgassayUse *use = hash_search(uses, &place->use, HASH_ENTER, &found);

		if (!found)
			use->possible = false;
	}
}

/*
 * Makes the uses of an enabled index cost, or notes them. Indexes that cost nothing take part: the planner frees some paths, and another
 * one may take their place in memory, where what the former one had to pay must be forgotten.
 */
void
pgassay_charge_index(IndexOptInfo *index)
{
	Charge	   *charge;

	if (!charges)
		return;
	charge = hash_search(charges, &index->indexoid, HASH_FIND, NULL);
	if (charge)
		note_place(index, charge);
	if (pgassay_is_charging() && pgassay_merges_stop_early())
		index->rel->consider_startup = true;
	for (int i = 0; i < method_count; i++)
		if (methods[i].access_method == index->relam)
		{
			index->amcostestimate = estimate_with_charge;
			return;
		}
	if (method_count == MAX_METHODS)
		return;
	methods[method_count].access_method = index->relam;
	methods[method_count++].estimate = (cost_estimate) index->amcostestimate;
	index->amcostestimate = estimate_with_charge;
}

/* What the cheapest plan of a level uses is paid once for each use. */
static void
mark_used(const IndexPath *path, void *context)
{
	const PgassayCarried *entry = pgassay_find_carried(path);
	const Charge *charge = hash_search(charges, &path->indexinfo->indexoid, HASH_FIND, NULL);
	PgassayUse *use = find_use(path->indexinfo);

	if (!entry || !charge || !use || use->used)
		return;
	use->used = true;
	charge->group->paid += entry->due;
}

static void
mark_level(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input_rel, RelOptInfo *output_rel, void *extra)
{
	const Path *cheapest = NULL;
	const ListCell *cell;

	if (previous_create_upper_paths)
		previous_create_upper_paths(root, stage, input_rel, output_rel, extra);
	if (!charges || counting || stage != UPPERREL_FINAL)
		return;
	foreach(cell, output_rel->pathlist)
	{
		const Path *path = lfirst(cell);

		if (!cheapest || path->total_cost < cheapest->total_cost)
			cheapest = path;
	}
	if (cheapest)
		pgassay_visit_scans(cheapest, mark_used, NULL);
}

bool
pgassay_is_excluded(Oid index)
{
	const Charge *charge;

	if (!charges || counting)
		return false;
	charge = hash_search(charges, &index, HASH_FIND, NULL);
	return charge && charge->group->treatment == PGASSAY_EXCLUDED;
}

Cost
pgassay_due_limit(void)
{
	return due_limit;
}

/* Before each planning: nothing is seen yet. */
void
pgassay_charges_restart(void)
{
	HASH_SEQ_STATUS status;
	Charge	   *charge;
	ChargeGroup	   *group;
	PgassayUse *use;

	if (!charges)
		return;
	carried = make_hash("pgassay carried charges", sizeof(const IndexPath *), sizeof(PgassayCarried), CurrentMemoryContext);
	places = make_hash("pgassay places", sizeof(const IndexOptInfo *), sizeof(Place), CurrentMemoryContext);
	seen_joins = make_hash("pgassay joins", sizeof(const RelOptInfo *), sizeof(PgassaySeen), CurrentMemoryContext);
	hash_seq_init(&status, charges);
	while ((charge = hash_seq_search(&status)) != NULL)
		charge->seen = 0;
	hash_seq_init(&status, groups);
	while ((group = hash_seq_search(&status)) != NULL)
	{
		group->paid = 0;
		group->summed = false;
	}
	hash_seq_init(&status, uses);
	while ((use = hash_seq_search(&status)) != NULL)
		use->used = false;
}

bool
pgassay_charges_begin(HTAB *statement_uses, PgassayParts *parts, const Oid *indexes, const Oid *group_of, const double *charge, int count)
{
	bool		counted = true;

	pgassay_charges_end();
	uses = statement_uses;
	pgassay_limit_begin(parts);
	charges = make_hash("pgassay charges", sizeof(Oid), sizeof(Charge), CurrentMemoryContext);
	groups = make_hash("pgassay groups", sizeof(Oid), sizeof(ChargeGroup), CurrentMemoryContext);
	for (int i = 0; i < count; i++)
	{
		Charge	   *entry = hash_search(charges, &indexes[i], HASH_ENTER, NULL);
		PgassayUseKey key;

		entry->group = hash_search(groups, &group_of[i], HASH_ENTER, NULL);
		entry->group->charge = charge[i];
		entry->group->treatment = PGASSAY_SHARED;
		entry->seen = 0;
		something_due = something_due || charge[i] > 0;
		memset(&key, 0, sizeof(key));
		key.index = indexes[i];
		key.number = COUNTED;
		counted = counted && hash_search(uses, &key, HASH_FIND, NULL);
	}
	counting = true;
	return counted;
}

void
pgassay_charges_counted(void)
{
	HASH_SEQ_STATUS status;
	const Charge *charge;
	ChargeGroup	   *group;
	const PgassayUse *use;

	if (!charges)
		return;
	hash_seq_init(&status, charges);
	while ((charge = hash_seq_search(&status)) != NULL)
	{
		PgassayUseKey key;

		memset(&key, 0, sizeof(key));
		key.index = charge->index;
		key.number = COUNTED;
		((PgassayUse *) hash_search(uses, &key, HASH_ENTER, NULL))->possible = false;
	}
	hash_seq_init(&status, groups);
	while ((group = hash_seq_search(&status)) != NULL)
		group->possible = 0;
	hash_seq_init(&status, uses);
	while ((use = hash_seq_search(&status)) != NULL)
		if (use->possible && (charge = hash_search(charges, &use->key.index, HASH_FIND, NULL)) != NULL)
			charge->group->possible++;
	counting = false;
}

/* Of the next plannings. What is free is returned, and so is what else plans may have to pay. */
Cost
pgassay_charges_treat(const List *excluded, const List *free, Cost most)
{
	HASH_SEQ_STATUS status;
	ChargeGroup	   *group;
	const ListCell *cell;
	Cost		added = 0;

	hash_seq_init(&status, groups);
	while ((group = hash_seq_search(&status)) != NULL)
		group->treatment = PGASSAY_SHARED;
	foreach(cell, excluded)
	{
		group = hash_search(groups, &lfirst_oid(cell), HASH_FIND, NULL);
		group->treatment = PGASSAY_EXCLUDED;
	}
	foreach(cell, free)
	{
		group = hash_search(groups, &lfirst_oid(cell), HASH_FIND, NULL);
		group->treatment = PGASSAY_FREE;
		added += group->charge;
	}
	due_limit = most - added;
	return added;
}

/* What the plan just made, which uses these indexes, has paid too little; and the group that most of it is of. */
Cost
pgassay_charges_unpaid(const List *used, Oid *largest)
{
	const ListCell *cell;
	Cost		sum = 0;
	Cost		most = 0;

	*largest = InvalidOid;
	if (!charges)
		return 0;
	foreach(cell, used)
	{
		const Charge *charge = hash_search(charges, &lfirst_oid(cell), HASH_FIND, NULL);
		ChargeGroup	   *group = charge ? charge->group : NULL;
		Cost		unpaid;

		if (!group || group->summed || group->treatment != PGASSAY_SHARED)
			continue;
		group->summed = true;
		unpaid = Max(0, group->charge - group->paid);
		sum += unpaid;
		if (unpaid <= most)
			continue;
		most = unpaid;
		*largest = group->group;
	}
	return sum;
}

void
pgassay_charges_end(void)
{
	pgassay_charged_paths_end();
	pgassay_limit_end();
	free_of_charge = false;
	charges = NULL;
	groups = NULL;
	carried = NULL;
	places = NULL;
	seen_joins = NULL;
	uses = NULL;
	something_due = false;
	due_limit = 0;
	counting = false;
}

void
pgassay_charges_init(void)
{
	pgassay_charged_scans_init();
	pgassay_charged_paths_init();
	previous_create_upper_paths = create_upper_paths_hook;
	create_upper_paths_hook = mark_level;
}
