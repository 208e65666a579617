/*
 * Prepared statements that are planned again and again under different sets of indexes, and the pinned clock.
 *
 * A statement is parsed, analysed and rewritten once; the Query trees are kept in a context of their own. Each planning takes
 * its locks on a copy (a tree kept from an earlier transaction holds none) and plans the copy, because the planner scribbles
 * on its input.
 */
#include "pgassay_planner.h"

#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/nodeFuncs.h"
#include "nodes/plannodes.h"
#include "optimizer/optimizer.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "parser/parse_relation.h"
#include "parser/parsetree.h"
#include "plan_tree.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct Prepared
{
	int32		id;				/* hash key */
	MemoryContext context;
	List	   *queries;		/* of Query, after rewriting */
	char	   *text;
	HTAB	   *uses;			/* charges.c */
	PgassayParts parts;			/* charged_limit.c */
} Prepared;

/* Above any cost without penalty, and below what would make it look like one. */
#define MAX_CHARGE 1e15

static HTAB *prepared_statements = NULL;
static bool busy = false;		/* a prepared statement is being planned: its tree and the request buffer are in use */
static bool pages_wanted = false;
static bool clock_pinned = false;
static TimestampTz clock_time;
static planner_hook_type previous_planner = NULL;

/* now() and its relatives are folded into selectivities, so the same capture must always plan at the same time. */
static void
pin_clock(void)
{
	if (clock_pinned)
		SetParallelStartTimestamps(clock_time, clock_time);
}

static PlannedStmt *
pinned_planner(Query *parse, const char *query_string, int cursor_options, ParamListInfo parameters)
{
	pin_clock();
	if (previous_planner)
		return previous_planner(parse, query_string, cursor_options, parameters);
	return standard_planner(parse, query_string, cursor_options, parameters);
}

/* {"table":1,"command":"u","share":1,"rows":1,"columns":[2]} */
static void
append_writes(StringInfo out, Oid table, const char *command, double share, double rows, const Bitmapset *columns)
{
	int			member = -1;
	bool		first = true;

	if (out->data[out->len - 1] != '[')
		appendStringInfoChar(out, ',');
	appendStringInfo(out, "{\"table\":%u,\"command\":\"%s\",\"share\":%.17g,\"rows\":%.17g,\"columns\":[", table, command, share, rows);
	while ((member = bms_next_member(columns, member)) >= 0)
	{
		appendStringInfo(out, "%s%d", first ? "" : ",", member + FirstLowInvalidHeapAttributeNumber);
		first = false;
	}
	appendStringInfoString(out, "]}");
}

#if PG_VERSION_NUM >= 150000
/* Nothing tells how often each WHEN of a MERGE applies: in equal parts. */
static void
append_merge(StringInfo out, Oid table, const Query *query, double rows, const Bitmapset *updated)
{
	int			inserts = 0;
	int			updates = 0;
	int			deletes = 0;
	double		all = list_length(query->mergeActionList);
	ListCell   *cell;

	foreach(cell, query->mergeActionList)
	{
		CmdType		command = lfirst_node(MergeAction, cell)->commandType;

		inserts += command == CMD_INSERT;
		updates += command == CMD_UPDATE;
		deletes += command == CMD_DELETE;
	}
	if (inserts > 0)
		append_writes(out, table, "i", inserts / all, rows * inserts / all, NULL);
	if (updates > 0)
		append_writes(out, table, "u", updates / all, rows * updates / all, updated);
	if (deletes > 0)
		append_writes(out, table, "d", deletes / all, rows * deletes / all, NULL);
}
#endif

/* What the statement writes; the columns are those of UPDATE and of ON CONFLICT DO UPDATE. */
static void
append_target(StringInfo out, const Query *query, const PlannedStmt *plan)
{
	RangeTblEntry *target;
	Bitmapset  *updated;
	const Plan *source = plan->planTree;

	if (query->resultRelation == 0)
		return;
	target = rt_fetch(query->resultRelation, query->rtable);
#if PG_VERSION_NUM >= 160000
	updated = getRTEPermissionInfo(query->rteperminfos, target)->updatedCols;
#else
	updated = target->updatedCols;
#endif
	if (IsA(source, ModifyTable) && outerPlan(source))
		source = outerPlan(source);
#if PG_VERSION_NUM >= 150000
	if (query->commandType == CMD_MERGE)
	{
		append_merge(out, target->relid, query, source->plan_rows, updated);
		return;
	}
#endif
	append_writes(out, target->relid, query->commandType == CMD_INSERT ? "i" : query->commandType == CMD_UPDATE ? "u" : "d", 1,
				  source->plan_rows, updated);
}

typedef struct Planning
{
	Query	   *query;
	const char *text;
} Planning;

static PlannedStmt *
plan_query(void *context)
{
	const Planning *planning = context;
	Query	   *query = copyObject(planning->query);

	AcquireRewriteLocks(query, true, false);
	pgassay_charges_restart();
	return planner(query, planning->text, CURSOR_OPT_PARALLEL_OK, NULL);
}

/*
 * Plans every query of the statement; a statement with rules has several, and their costs add up. What they write is appended to
 * `targets` where it is wanted; figures are wanted else.
 */
static PgassayFigures
plan_queries(const Prepared *prepared, StringInfo targets)
{
	PgassayFigures		figures = {0, 0, 0, NIL, 0, 0};
	ListCell   *cell;

	foreach(cell, prepared->queries)
	{
		Planning	planning = {lfirst_node(Query, cell), prepared->text};
		PlannedStmt *plan;

		if (planning.query->commandType == CMD_UTILITY)
			continue;
		plan = plan_query(&planning);
		if (targets)
		{
			append_target(targets, planning.query, plan);
			continue;
		}
		figures.total += plan->planTree->total_cost;
		figures.startup += plan->planTree->startup_cost;
		figures.penalty += pgassay_penalty(plan, plan_query, &planning);
		pgassay_collect_used(plan, &figures.used);
		if (pages_wanted)
			figures.pages += pgassay_pages(plan, plan_query, &planning, &figures.page_cost);
	}
	return figures;
}

/*
 * A schema's code may call our functions while a statement that calls it is planned; what that planning works on must not change under
 * it.
 */
static void
refuse_when_busy(void)
{
	if (busy)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_IN_USE), errmsg("pgassay: not from within a statement that is being planned")));
}

static PgassayFigures
plan_prepared(const Prepared *prepared, StringInfo targets)
{
	PgassayFigures		figures;

	busy = true;
	PG_TRY();
	{
		figures = plan_queries(prepared, targets);
	}
	PG_FINALLY();
	{
		busy = false;
	}
	PG_END_TRY();
	return figures;
}

static Prepared *
find_prepared(int32 id)
{
	Prepared   *prepared;

	refuse_when_busy();
	prepared = hash_search(prepared_statements, &id, HASH_FIND, NULL);
	if (!prepared)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_PSTATEMENT), errmsg("pgassay: statement %d is not prepared", id)));
	return prepared;
}

PG_FUNCTION_INFO_V1(pgassay_clock);

/* pgassay_clock(timestamptz): pins the transaction's time now and before every later planning of this session. */
Datum
pgassay_clock(PG_FUNCTION_ARGS)
{
	clock_time = PG_GETARG_TIMESTAMPTZ(0);
	clock_pinned = true;
	pin_clock();
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(pgassay_prepare);

/* pgassay_prepare(id int, sql text): keeps the rewritten statement under `id`, replacing an earlier one. */
Datum
pgassay_prepare(PG_FUNCTION_ARGS)
{
	int32		id = PG_GETARG_INT32(0);
	char	   *statement = text_to_cstring(PG_GETARG_TEXT_PP(1));
	MemoryContext context;
	MemoryContext caller;
	List	   *parsed;
	List	   *rewritten;
	ListCell   *cell;
	bool		plannable = false;
	Prepared   *prepared;
	bool		found;

	refuse_when_busy();
	pin_clock();
	parsed = pg_parse_query(statement);
	if (list_length(parsed) != 1)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("pgassay: expected one statement, found %d", list_length(parsed))));
	rewritten = pg_analyze_and_rewrite_fixedparams(linitial_node(RawStmt, parsed), statement, NULL, 0, NULL);
	foreach(cell, rewritten)
		plannable |= lfirst_node(Query, cell)->commandType != CMD_UTILITY;
	if (!plannable)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("pgassay: the statement has no plan")));

	/* Everything that can fail is done before the table changes. */
	context = AllocSetContextCreate(TopMemoryContext, "pgassay prepared statement", ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(context);
	rewritten = copyObject(rewritten);
	statement = pstrdup(statement);
	MemoryContextSwitchTo(caller);
	prepared = hash_search(prepared_statements, &id, HASH_ENTER, &found);
	if (found)
		MemoryContextDelete(prepared->context);
	prepared->context = context;
	prepared->queries = rewritten;
	prepared->text = statement;
	prepared->uses = pgassay_make_uses(context);
	prepared->parts = (PgassayParts) {0, 1, 1};
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(pgassay_requests);

/*
 * pgassay_requests(id int) returns text: plans the statement with nothing but existing indexes; its index requests and what it writes
 * as JSON.
 */
Datum
pgassay_requests(PG_FUNCTION_ARGS)
{
	const Prepared *prepared = find_prepared(PG_GETARG_INT32(0));
	StringInfoData buffer;
	StringInfoData targets;

	initStringInfo(&buffer);
	initStringInfo(&targets);
	appendStringInfoString(&buffer, "{\"requests\":");
	appendStringInfoString(&targets, ",\"targets\":[");
	pgassay_set_enabled(NULL, 0, NULL, 0);
	PG_TRY();
	{
		pgassay_requests_begin(&buffer);
		plan_prepared(prepared, &targets);
		pgassay_requests_end();
	}
	PG_CATCH();
	{
		pgassay_requests_abort();
		PG_RE_THROW();
	}
	PG_END_TRY();
	appendBinaryStringInfo(&buffer, targets.data, targets.len);
	appendStringInfoString(&buffer, "]}");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buffer.data, buffer.len));
}

static Datum
figures_datum(FunctionCallInfo fcinfo, const PgassayFigures *figures)
{
	TupleDesc	descriptor;
	Datum		values[6];
	bool		nulls[6] = {false};
	Datum	   *used = palloc(sizeof(Datum) * (list_length(figures->used) + 1));
	int			used_count = 0;
	const ListCell *cell;

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE || (descriptor->natts != 4 && descriptor->natts != 6))
		elog(ERROR, "pgassay: pgassay_plan is declared with the wrong result");
	foreach(cell, figures->used)
		used[used_count++] = ObjectIdGetDatum(lfirst_oid(cell));
	values[0] = Float8GetDatum(figures->total);
	values[1] = Float8GetDatum(figures->startup);
	values[2] = Float8GetDatum(figures->penalty);
	values[3] = PointerGetDatum(construct_array(used, used_count, OIDOID, sizeof(Oid), true, TYPALIGN_INT));
	values[4] = Float8GetDatum(figures->pages);
	values[5] = Float8GetDatum(figures->page_cost);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

PG_FUNCTION_INFO_V1(pgassay_plan);

/* pgassay_plan(id int, enabled oid[], hidden oid[]) returns (total float8, startup float8, penalty float8, used oid[]) */
Datum
pgassay_plan(PG_FUNCTION_ARGS)
{
	const Prepared *prepared = find_prepared(PG_GETARG_INT32(0));
	int			enabled_count;
	int			hidden_count;
	Oid		   *enabled = pgassay_oids(PG_GETARG_ARRAYTYPE_P(1), "enabled", &enabled_count);
	Oid		   *hidden = pgassay_oids(PG_GETARG_ARRAYTYPE_P(2), "hidden", &hidden_count);
	PgassayFigures		figures;

	pgassay_set_enabled(enabled, enabled_count, hidden, hidden_count);
	figures = plan_prepared(prepared, NULL);
	PG_RETURN_DATUM(figures_datum(fcinfo, &figures));
}

PG_FUNCTION_INFO_V1(pgassay_plan_pages);

/* The same, and (pages float8, page_cost float8): the pages that the plan is charged for, and their part of its cost. */
Datum
pgassay_plan_pages(PG_FUNCTION_ARGS)
{
	Datum		result;

	pages_wanted = true;
	PG_TRY();
	{
		result = pgassay_plan(fcinfo);
	}
	PG_FINALLY();
	{
		pages_wanted = false;
	}
	PG_END_TRY();
	return result;
}

static PgassayFigures
plan_again(void *prepared)
{
	return plan_prepared(prepared, NULL);
}

PG_FUNCTION_INFO_V1(pgassay_plan_charged);

/*
 * pgassay_plan_charged(id int, enabled oid[], hidden oid[], groups oid[], charges float8[], enough float8, most float8), for each enabled
 * index its group and the group's charge (charges.c): as pgassay_plan, but what is least is the sum of cost and charges (charge_search.c).
 */
Datum
pgassay_plan_charged(PG_FUNCTION_ARGS)
{
	Prepared   *prepared = find_prepared(PG_GETARG_INT32(0));
	int			enabled_count;
	int			hidden_count;
	int			groups_count;
	int			charges_count;
	Oid		   *enabled = pgassay_oids(PG_GETARG_ARRAYTYPE_P(1), "enabled", &enabled_count);
	Oid		   *hidden = pgassay_oids(PG_GETARG_ARRAYTYPE_P(2), "hidden", &hidden_count);
	Oid		   *groups = pgassay_oids(PG_GETARG_ARRAYTYPE_P(3), "groups", &groups_count);
	double	   *charges = pgassay_doubles(PG_GETARG_ARRAYTYPE_P(4), "charges", &charges_count);
	PgassayFigures		figures;

	if (groups_count != enabled_count || charges_count != enabled_count)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("pgassay: arrays of charges differ in length")));
	for (int i = 0; i < charges_count; i++)
		if (!(charges[i] >= 0 && charges[i] <= MAX_CHARGE))
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("pgassay: a charge is out of range")));
	pgassay_set_enabled(enabled, enabled_count, hidden, hidden_count);
	PG_TRY();
	{
		/* What several queries of one statement use cannot be told apart: they are not charged. */
		if (list_length(prepared->queries) > 1)
			figures = plan_prepared(prepared, NULL);
		else
		{
			if (!pgassay_charges_begin(prepared->uses, &prepared->parts, enabled, groups, charges, enabled_count))
				plan_prepared(prepared, NULL);
			pgassay_charges_counted();
			figures = pgassay_least_sum(plan_again, prepared, PG_GETARG_FLOAT8(5), PG_GETARG_FLOAT8(6));
		}
	}
	PG_FINALLY();
	{
		pgassay_charges_end();
	}
	PG_END_TRY();
	PG_RETURN_DATUM(figures_datum(fcinfo, &figures));
}

PG_FUNCTION_INFO_V1(pgassay_enable);

/* pgassay_enable(enabled oid[], hidden oid[]): the set that a plain EXPLAIN of this session sees. */
Datum
pgassay_enable(PG_FUNCTION_ARGS)
{
	int			enabled_count;
	int			hidden_count;
	Oid		   *enabled = pgassay_oids(PG_GETARG_ARRAYTYPE_P(0), "enabled", &enabled_count);
	Oid		   *hidden = pgassay_oids(PG_GETARG_ARRAYTYPE_P(1), "hidden", &hidden_count);

	refuse_when_busy();
	pgassay_set_enabled(enabled, enabled_count, hidden, hidden_count);
	PG_RETURN_VOID();
}

void
pgassay_plan_init(void)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(int32);
	control.entrysize = sizeof(Prepared);
	control.hcxt = TopMemoryContext;
	prepared_statements = hash_create("pgassay prepared statements", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	previous_planner = planner_hook;
	planner_hook = pinned_planner;
}
