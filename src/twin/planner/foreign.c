/*
 * A foreign-data wrapper that plans and never fetches: foreign tables of the source are foreign tables here too, so that they get no
 * indexes, no parallel scans and the plan nodes they have there. Its costs are the local estimates of the source's wrapper:
 * postgres_fdw without use_remote_estimate (contrib/postgres_fdw/postgres_fdw.c, estimate_path_cost_size), with the order of the
 * query as the one useful order, and file_fdw (contrib/file_fdw/file_fdw.c, estimate_costs) with the file as it was when analysed;
 * for other wrappers as for file_fdw without its price of parsing.
 *
 * What postgres_fdw does beyond one table is not modelled: joins, aggregates and LIMIT on the other server, and asking that server.
 */
#include "pgassay_planner.h"

#include "access/htup_details.h"
#include "commands/defrem.h"
#include "fmgr.h"
#include "foreign/fdwapi.h"
#include "foreign/foreign.h"
#include "nodes/pathnodes.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"

/* Of postgres_fdw. */
#define STARTUP_COST 100.0
#if PG_VERSION_NUM >= 170000
#define TUPLE_COST 0.2
#else
#define TUPLE_COST 0.01
#endif
#define SORT_MULTIPLIER 1.2
/* Of file_fdw: what reading a row from a file costs, in cpu_tuple_cost. */
#define FILE_TUPLES 10

typedef struct Wrapper
{
	bool		postgres;
	bool		file;
	double		startup_cost;
	double		tuple_cost;
} Wrapper;

/* A number that is no number, or an absurd one, leaves what is. */
static void
read_number(const List *options, const char *name, double *value)
{
	const ListCell *cell;

	foreach(cell, options)
	{
		const DefElem *option = lfirst(cell);
		double		number;
		char	   *end;

		if (strcmp(option->defname, name) != 0 || option->arg == NULL)
			continue;
		number = strtod(strVal(option->arg), &end);
		if (*end == '\0' && number >= 0 && number < disable_cost)
			*value = number;
	}
}

static Wrapper
wrapper_of(Oid table)
{
	const ForeignTable *foreign = GetForeignTable(table);
	const ForeignServer *server = GetForeignServer(foreign->serverid);
	const char *name = GetForeignDataWrapper(server->fdwid)->fdwname;
	Wrapper		wrapper = {strcmp(name, "postgres_fdw") == 0, strcmp(name, "file_fdw") == 0, STARTUP_COST, TUPLE_COST};

	read_number(server->options, "fdw_startup_cost", &wrapper.startup_cost);
	read_number(server->options, "fdw_tuple_cost", &wrapper.tuple_cost);
	return wrapper;
}

/* Sizes come from relation_info.c; a table that was never analysed has none, and this is the guess of postgres_fdw. */
static void
get_size(PlannerInfo *root, RelOptInfo *rel, Oid table)
{
	if (rel->tuples < 0)
	{
		int			width = rel->reltarget->width + MAXALIGN(SizeofHeapTupleHeader);

		rel->pages = 10;
		rel->tuples = (double) ((10 * BLCKSZ) / width);
	}
	set_baserel_size_estimates(root, rel);
}

/*
 * The clauses that are checked here, not on the other server: for postgres_fdw those that it may not send. Of its rules (deparse.c,
 * is_foreign_expr) these are the ones that matter for built-in functions.
 */
static List *
local_clauses(const List *clauses, const Wrapper *wrapper)
{
	List	   *local = NIL;
	const ListCell *cell;

	foreach(cell, clauses)
	{
		RestrictInfo *clause = lfirst_node(RestrictInfo, cell);

		if (!wrapper->postgres || contain_mutable_functions((Node *) clause->clause) || contain_subplans((Node *) clause->clause))
			local = lappend(local, clause);
	}
	return local;
}

static void
add_path_with(PlannerInfo *root, RelOptInfo *rel, const Wrapper *wrapper, List *pathkeys)
{
	double		multiplier = pathkeys == NIL ? 1 : SORT_MULTIPLIER;
	Cost		startup = rel->baserestrictcost.startup;
	Cost		run = seq_page_cost * rel->pages;
	Cost		per_tuple = cpu_tuple_cost * (wrapper->file ? FILE_TUPLES : 1) + rel->baserestrictcost.per_tuple;

	run += per_tuple * rel->tuples;
	if (wrapper->postgres)
	{
		List	   *local = local_clauses(rel->baserestrictinfo, wrapper);
		double		passing = clauselist_selectivity(root, local, rel->relid, JOIN_INNER, NULL);
		double		retrieved = Min(clamp_row_est(rel->rows / passing), rel->tuples);

		startup += rel->reltarget->cost.startup;
		run += rel->reltarget->cost.per_tuple * rel->rows;
		startup *= multiplier;
		run *= multiplier;
		startup += wrapper->startup_cost;
		run += (wrapper->tuple_cost + cpu_tuple_cost) * retrieved;
	}
#if PG_VERSION_NUM >= 180000
	add_path(rel, (Path *) create_foreignscan_path(root, rel, NULL, rel->rows, 0, startup, startup + run, pathkeys, NULL, NULL, NIL, NIL));
#elif PG_VERSION_NUM >= 170000
	add_path(rel, (Path *) create_foreignscan_path(root, rel, NULL, rel->rows, startup, startup + run, pathkeys, NULL, NULL, NIL, NIL));
#else
	add_path(rel, (Path *) create_foreignscan_path(root, rel, NULL, rel->rows, startup, startup + run, pathkeys, NULL, NULL, NIL));
#endif
}

/* Whether the other server could deliver the query's order: each of its keys is computed from this table alone. */
static bool
order_is_ours(PlannerInfo *root, const RelOptInfo *rel)
{
	const ListCell *cell;

	foreach(cell, root->query_pathkeys)
	{
		const EquivalenceClass *class = ((PathKey *) lfirst(cell))->pk_eclass;
		const ListCell *member;
		bool		found = false;

		if (class->ec_has_volatile)
			return false;
		foreach(member, class->ec_members)
		{
			const EquivalenceMember *item = lfirst(member);

			found |= bms_is_subset(item->em_relids, rel->relids) && !bms_is_empty(item->em_relids);
		}
		if (!found)
			return false;
	}
	return root->query_pathkeys != NIL;
}

static void
get_paths(PlannerInfo *root, RelOptInfo *rel, Oid table)
{
	Wrapper		wrapper = wrapper_of(table);

	add_path_with(root, rel, &wrapper, NIL);
	if (wrapper.postgres && order_is_ours(root, rel))
		add_path_with(root, rel, &wrapper, root->query_pathkeys);
}

static ForeignScan *
get_plan(PlannerInfo *root, RelOptInfo *rel, Oid table, ForeignPath *path, List *targets, List *clauses, Plan *outer)
{
	Wrapper		wrapper = wrapper_of(table);

	clauses = extract_actual_clauses(local_clauses(clauses, &wrapper), false);
	return make_foreignscan(targets, clauses, rel->relid, NIL, NIL, NIL, NIL, outer);
}

static void
begin(ForeignScanState *node, int flags)
{
}

static TupleTableSlot *
iterate(ForeignScanState *node)
{
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("pgassay: foreign tables have no rows here")));
	return NULL;
}

static void
rescan_or_end(ForeignScanState *node)
{
}

/* EXPLAIN asks for it where the statement writes. */
static TupleTableSlot *
modify(EState *state, ResultRelInfo *target, TupleTableSlot *slot, TupleTableSlot *plan_slot)
{
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("pgassay: foreign tables have no rows here")));
	return NULL;
}

static int
is_updatable(Relation relation)
{
	return (1 << CMD_INSERT) | (1 << CMD_UPDATE) | (1 << CMD_DELETE);
}

PG_FUNCTION_INFO_V1(pgassay_foreign);

/* pgassay_foreign() returns fdw_handler */
Datum
pgassay_foreign(PG_FUNCTION_ARGS)
{
	FdwRoutine *routine = makeNode(FdwRoutine);

	routine->GetForeignRelSize = get_size;
	routine->GetForeignPaths = get_paths;
	routine->GetForeignPlan = get_plan;
	routine->BeginForeignScan = begin;
	routine->IterateForeignScan = iterate;
	routine->ReScanForeignScan = rescan_or_end;
	routine->EndForeignScan = rescan_or_end;
	routine->IsForeignRelUpdatable = is_updatable;
	routine->ExecForeignInsert = modify;
	routine->ExecForeignUpdate = modify;
	routine->ExecForeignDelete = modify;
	PG_RETURN_POINTER(routine);
}
