/*
 * Charges: what a statement pays for using an index, once for each plan however often the plan scans it.
 *
 * With charges the planner itself finds the plan that is cheapest in sum with what its indexes are worth to others, among the plans of
 * all sets at once. That is the pricing step of column generation (src/select/pricing.h), and no set can have a cheaper sum: so it must
 * never be charged too much, while too little only weakens the bound.
 *
 * The charge is added to what the access method estimates, so it takes part in every comparison. The planner multiplies the cost of
 * whatever it scans again and again, in nested loops, in subqueries that depend on the row above and in recursion:
 *
 * - Parameterised scans are planned again index by index, so that there is one for much to pay once and little in each loop, and one for
 *   the contrary. Then each carries its charge in full.
 * - A nested loop over such a path is planned again by set_join_pathlist_hook without the charge, and charged once as a whole.
 * - Levels that depend on the row above or recurse are not charged.
 *
 * An index may be looked at for several relations of the statement, and a candidate has an index for each partition: the charge is divided
 * among these uses, which a planning without charges counts, and then shifted to those that the plan makes. For the arms of an OR it is
 * divided by their number.
 */
#include "path_tree.h"
#include "pgassay_planner.h"

#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
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

typedef struct Charge
{
	Oid			index;			/* hash key */
	Oid			group;
	Cost		charge;			/* of the group */
	int			seen;			/* relations with this index in the present planning */
} Charge;

/* Which relation of the statement an index is looked at for: planning comes across them in the same order each time. */
typedef struct Place
{
	const IndexOptInfo *index;	/* hash key; of the present planning */
	PgassayUseKey use;
} Place;

/* What a path over an index has to pay, and what it carries of that in its cost. */
typedef struct Carried
{
	const IndexPath *path;		/* hash key */
	Cost		due;
	Cost		carried;
} Carried;

#define MAX_METHODS 32

/* The share of its rows that a path gets for the dearest charges: too little to be seen in a cost. */
#define ROWS_FOR_CHARGE 1e-9

/* How much more falls to what a plan uses, and what is left to others at least. */
#define SHIFT 3.0
#define LEAST_SHARE 0.01

static Method methods[MAX_METHODS];
static int	method_count = 0;
static HTAB *charges = NULL;	/* of Charge; NULL: nothing is charged */
static HTAB *carried = NULL;	/* of Carried */
static HTAB *places = NULL;		/* of Place */
static HTAB *uses = NULL;		/* of PgassayUse, of the statement */
static bool counting = false;
static bool free_of_charge = false;	/* what is estimated has to pay, but does not carry it yet */
static bool joining = false;	/* nested loops are planned again, and nothing else */
static bool saved_hashjoin;
static bool saved_mergejoin;
static set_rel_pathlist_hook_type previous_set_rel_pathlist = NULL;
static set_join_pathlist_hook_type previous_set_join_pathlist = NULL;
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

/* A level is planned once for each row above it, or again and again. */
static bool
is_repeated(const PlannerInfo *root)
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

/* Of a use of the index. */
static Cost
charge_of(const PlannerInfo *root, const IndexOptInfo *index)
{
	const Charge *charge = hash_search(charges, &index->indexoid, HASH_FIND, NULL);
	const PgassayUse *use = find_use(index);

	if (!charge || !use || is_repeated(root))
		return 0;
	return charge->charge * use->share / count_arms(index->rel->joininfo, count_arms(index->rel->baserestrictinfo, 1));
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
	Carried    *entry;

	original_estimate(path->indexinfo->relam) (root, path, loop_count, startup, total, selectivity, correlation, pages);
	if (counting)
	{
		PgassayUse *use = find_use(path->indexinfo);

		if (use)
			use->possible = true;
		return;
	}
	entry = hash_search(carried, &path, HASH_ENTER, NULL);
	entry->due = charge_of(root, path->indexinfo);
	entry->carried = free_of_charge ? 0 : entry->due;
	*startup += entry->carried;
	*total += entry->carried;
}

/* Makes the uses of an enabled index cost, or notes them. */
void
pgassay_charge_index(IndexOptInfo *index)
{
	Charge	   *charge;
	Place	   *place;

	if (!charges)
		return;
	charge = hash_search(charges, &index->indexoid, HASH_FIND, NULL);
	if (!charge)
		return;
	place = hash_search(places, &index, HASH_ENTER, NULL);
	memset(&place->use, 0, sizeof(place->use));
	place->use.index = index->indexoid;
	place->use.number = charge->seen++;
	if (counting)
	{
		bool		found;
		PgassayUse *use = hash_search(uses, &place->use, HASH_ENTER, &found);

		if (!found)
			use->possible = false;
		use->group = charge->group;
	}
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

typedef struct Sums
{
	Cost		due;			/* to be paid for what is below */
	Cost		carried;		/* in the path's cost */
} Sums;

static void
add_charge(const IndexPath *path, void *context)
{
	Sums	   *sums = context;
	const Carried *entry = hash_search(carried, &path, HASH_FIND, NULL);

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
	Carried    *entry = hash_search(carried, &path, HASH_FIND, NULL);

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
	free_of_charge = true;
	create_index_paths(root, rel);
	free_of_charge = false;
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
	if (!charges || counting || rte->rtekind != RTE_RELATION || rel->indexlist == NIL)
		return;
	foreach(cell, rel->indexlist)
	{
		Cost		charge = charge_of(root, lfirst(cell));

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
			found = list_concat(found, free_paths(root, rel, list_make1(lfirst(cell))));
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

/* Plans the nested loops with this inner path again, as if it cost nothing to use, and charges each as a whole. */
static void
add_loops(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
		  JoinPathExtraData *extra, const Path *path)
{
	Sums		sums = {0, 0};
	RelOptInfo *join;
	RelOptInfo *inner;
	Path	   *free_path;
	ListCell   *cell;

	pgassay_visit_scans(path, add_charge, &sums);
	if (sums.carried <= 0 || (free_path = copy_path(path)) == NULL)
		return;
	free_path->startup_cost = Max(0, free_path->startup_cost - sums.carried);
	free_path->total_cost = Max(0, free_path->total_cost - sums.carried);

	inner = palloc(sizeof(RelOptInfo));
	memcpy(inner, innerrel, sizeof(RelOptInfo));
	free_path->parent = inner;
	inner->pathlist = list_make1(free_path);
	inner->partial_pathlist = NIL;
	inner->cheapest_startup_path = NULL;
	inner->cheapest_total_path = free_path;
	inner->cheapest_unique_path = NULL;
	inner->cheapest_parameterized_paths = list_make1(free_path);
	join = palloc(sizeof(RelOptInfo));
	memcpy(join, joinrel, sizeof(RelOptInfo));
	join->pathlist = NIL;
	join->partial_pathlist = NIL;

	add_paths_to_joinrel(root, join, outerrel, inner, jointype, extra->sjinfo, extra->restrictlist);
	joinrel->ppilist = join->ppilist;
	foreach(cell, join->pathlist)
	{
		Path	   *loop = lfirst(cell);

		if (!IsA(loop, NestPath))
			continue;
		loop->parent = joinrel;
		loop->startup_cost += sums.due;
		loop->total_cost += sums.due;
		add_path(joinrel, loop);
	}
	foreach(cell, join->partial_pathlist)
	{
		Path	   *loop = lfirst(cell);

		if (!IsA(loop, NestPath))
			continue;
		loop->parent = joinrel;
		loop->startup_cost += sums.due;
		loop->total_cost += sums.due;
		add_partial_path(joinrel, loop);
	}
}

static void
charge_join(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel, RelOptInfo *innerrel, JoinType jointype,
			JoinPathExtraData *extra)
{
	ListCell   *cell;

	if (previous_set_join_pathlist)
		previous_set_join_pathlist(root, joinrel, outerrel, innerrel, jointype, extra);
	if (!charges || counting || joining || jointype == JOIN_FULL || jointype == JOIN_RIGHT || is_repeated(root))
		return;
	begin_loops();
	foreach(cell, innerrel->cheapest_parameterized_paths)
		add_loops(root, joinrel, outerrel, innerrel, jointype, extra, lfirst(cell));
	end_loops();
}

/* What the cheapest plan of a level uses. */
static void
mark_used(const IndexPath *path, void *context)
{
	PgassayUse *use = find_use(path->indexinfo);

	if (use)
		use->used = true;
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

typedef struct GroupSums
{
	Oid			group;			/* hash key */
	double		used;			/* shares */
	double		unused;
	int			possible;
} GroupSums;

static HTAB *
sum_groups(void)
{
	HTAB	   *sums = make_hash("pgassay groups", sizeof(Oid), sizeof(GroupSums), CurrentMemoryContext);
	HASH_SEQ_STATUS status;
	PgassayUse *use;

	hash_seq_init(&status, uses);
	while ((use = hash_seq_search(&status)) != NULL)
	{
		bool		found;
		GroupSums  *group = hash_search(sums, &use->group, HASH_ENTER, &found);

		if (!found)
		{
			group->used = group->unused = 0;
			group->possible = 0;
		}
		if (!use->possible)
			continue;
		group->possible++;
		if (use->used)
			group->used += use->share;
		else
			group->unused += use->share;
	}
	return sums;
}

/* Before each planning: nothing is seen yet. */
void
pgassay_charges_restart(void)
{
	HASH_SEQ_STATUS status;
	Charge	   *charge;
	PgassayUse *use;

	if (!charges)
		return;
	carried = make_hash("pgassay carried charges", sizeof(const IndexPath *), sizeof(Carried), CurrentMemoryContext);
	places = make_hash("pgassay places", sizeof(const IndexOptInfo *), sizeof(Place), CurrentMemoryContext);
	hash_seq_init(&status, charges);
	while ((charge = hash_seq_search(&status)) != NULL)
		charge->seen = 0;
	hash_seq_init(&status, uses);
	while ((use = hash_seq_search(&status)) != NULL)
		use->used = false;
}

void
pgassay_charges_begin(HTAB *statement_uses, const Oid *indexes, const Oid *groups, const double *charge, int count)
{
	pgassay_charges_end();
	uses = statement_uses;
	charges = make_hash("pgassay charges", sizeof(Oid), sizeof(Charge), CurrentMemoryContext);
	for (int i = 0; i < count; i++)
	{
		Charge	   *entry = hash_search(charges, &indexes[i], HASH_ENTER, NULL);

		entry->group = groups[i];
		entry->charge = charge[i];
		entry->seen = 0;
	}
	counting = true;
}

void
pgassay_charges_counted(void)
{
	HTAB	   *sums;
	HASH_SEQ_STATUS status;
	PgassayUse *use;

	if (!charges)
		return;
	sums = sum_groups();
	hash_seq_init(&status, uses);
	while ((use = hash_seq_search(&status)) != NULL)
	{
		const GroupSums *group = hash_search(sums, &use->group, HASH_FIND, NULL);

		use->share = use->possible ? 1.0 / group->possible : 0;
	}
	counting = false;
}

/*
 * After a planning: of what a group has to pay a larger part falls to its uses in that plan, and less to others. Any shares bound the
 * sum from below; these do so better. False: there is nothing to move.
 */
bool
pgassay_charges_shift(void)
{
	HTAB	   *sums;
	HASH_SEQ_STATUS status;
	PgassayUse *use;
	bool		shifted = false;

	if (!charges)
		return false;
	sums = sum_groups();
	hash_seq_init(&status, uses);
	while ((use = hash_seq_search(&status)) != NULL)
	{
		const GroupSums *group = hash_search(sums, &use->group, HASH_FIND, NULL);

		if (!use->possible || group->used <= 0 || group->unused < LEAST_SHARE)
			continue;
		use->share *= (use->used ? SHIFT : 1) / (SHIFT * group->used + group->unused);
		shifted = true;
	}
	return shifted;
}

void
pgassay_charges_end(void)
{
	end_loops();
	free_of_charge = false;
	charges = NULL;
	carried = NULL;
	places = NULL;
	uses = NULL;
	counting = false;
}

void
pgassay_charges_init(void)
{
	previous_set_rel_pathlist = set_rel_pathlist_hook;
	set_rel_pathlist_hook = charge_relation;
	previous_set_join_pathlist = set_join_pathlist_hook;
	set_join_pathlist_hook = charge_join;
	previous_create_upper_paths = create_upper_paths_hook;
	create_upper_paths_hook = mark_level;
}
