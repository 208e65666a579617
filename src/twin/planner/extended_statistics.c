/*
 * Extended statistics from plain values.
 *
 * The types of pg_statistic_ext_data have no input functions, and the planner trusts what is in them: it indexes arrays by what they
 * say, and ends a statement where a combination is missing (src/backend/statistics, src/backend/utils/adt/selfuncs.c). So nothing of
 * a capture gets there as it is: these functions build the structures that ANALYZE builds, check each number against the statistics
 * object that the twin really has, and let the core serialise them. Types come from the twin's catalog only.
 */
#include "pgassay_planner.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "statistics/extended_stats_internal.h"
#include "statistics/statistics.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* Dependencies among eight columns: each by each set of others. */
#define MAX_GROUPS 1016
/* More combinations than any table has rows. */
#define MAX_DISTINCT 1e15

/* What a statistics object of the twin is about, in the order in which its values are kept. */
typedef struct Subject
{
	Oid			relation;
	int			columns;
	int			count;			/* columns and expressions */
	AttrNumber	numbers[STATS_MAX_DIMENSIONS];	/* columns, then -1, -2, ... for the expressions */
	Oid			types[STATS_MAX_DIMENSIONS];
	int32		typmods[STATS_MAX_DIMENSIONS];
	Oid			collations[STATS_MAX_DIMENSIONS];
} Subject;

static void
reject(const char *why)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("pgassay: extended statistics: %s", why)));
}

static void
read_subject(Oid statistics_oid, Subject *subject)
{
	HeapTuple	tuple;
	Form_pg_statistic_ext form;
	Datum		expressions;
	bool		without_expressions;
	int			i;

	if (!superuser())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("pgassay: only a superuser sets statistics")));
	tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(statistics_oid));
	if (!HeapTupleIsValid(tuple))
		reject("there is no such object");
	form = (Form_pg_statistic_ext) GETSTRUCT(tuple);
	memset(subject, 0, sizeof(*subject));
	subject->relation = form->stxrelid;
	if (form->stxkeys.dim1 > STATS_MAX_DIMENSIONS)
		reject("too many columns");
	for (i = 0; i < form->stxkeys.dim1; i++)
	{
		AttrNumber	number = form->stxkeys.values[i];

		subject->numbers[i] = number;
		get_atttypetypmodcoll(form->stxrelid, number, &subject->types[i], &subject->typmods[i], &subject->collations[i]);
	}
	subject->columns = subject->count = form->stxkeys.dim1;
	expressions = SysCacheGetAttr(STATEXTOID, tuple, Anum_pg_statistic_ext_stxexprs, &without_expressions);
	if (!without_expressions)
	{
		List	   *list = (List *) stringToNode(TextDatumGetCString(expressions));
		ListCell   *cell;

		foreach(cell, list)
		{
			Node	   *expression = lfirst(cell);

			if (subject->count >= STATS_MAX_DIMENSIONS)
				reject("too many expressions");
			subject->numbers[subject->count] = subject->columns - subject->count - 1;
			subject->types[subject->count] = exprType(expression);
			subject->typmods[subject->count] = exprTypmod(expression);
			subject->collations[subject->count] = exprCollation(expression);
			subject->count++;
		}
	}
	ReleaseSysCache(tuple);
}

/* The place of a column or an expression in the object; -1: it has none such. */
static int
place_of(const Subject *subject, AttrNumber number)
{
	int			i;

	for (i = 0; i < subject->count; i++)
	{
		if (subject->numbers[i] == number)
			return i;
	}
	return -1;
}

/* Groups of columns with a figure each, as flat arrays: sizes of the groups, their columns one after the other, figures. */
typedef struct Groups
{
	int			count;
	int32	   *lengths;
	AttrNumber **columns;
	double	   *figures;
} Groups;

static void
read_groups(FunctionCallInfo fcinfo, const Subject *subject, double most, Groups *groups)
{
	ArrayType  *lengths = PG_GETARG_ARRAYTYPE_P(1);
	ArrayType  *columns = PG_GETARG_ARRAYTYPE_P(2);
	int			total = pgassay_array_length(columns, INT2OID, "columns");
	int			figures;
	int			used = 0;
	int			i;
	int			j;

	groups->count = pgassay_array_length(lengths, INT4OID, "lengths");
	groups->lengths = (int32 *) ARR_DATA_PTR(lengths);
	groups->figures = pgassay_doubles(PG_GETARG_ARRAYTYPE_P(3), "figures", &figures);
	if (groups->count < 1 || groups->count > MAX_GROUPS || figures != groups->count)
		reject("impossible number of groups");
	groups->columns = palloc(sizeof(AttrNumber *) * groups->count);
	for (i = 0; i < groups->count; i++)
	{
		int32		length = groups->lengths[i];
		uint32		seen = 0;

		if (length < 2 || length > subject->count || length > total - used)
			reject("impossible size of a group");
		if (isnan(groups->figures[i]) || groups->figures[i] < 0 || groups->figures[i] > most)
			reject("impossible figure");
		groups->columns[i] = (AttrNumber *) ARR_DATA_PTR(columns) + used;
		for (j = 0; j < length; j++)
		{
			int			place = place_of(subject, groups->columns[i][j]);

			if (place < 0 || (seen & (1U << place)) != 0)
				reject("a group has columns that the object does not have, or has one twice");
			seen |= 1U << place;
		}
		used += length;
	}
	if (used != total)
		reject("columns that belong to no group");
}

PG_FUNCTION_INFO_V1(pgassay_distinct_groups);

/* pgassay_distinct_groups(statistics oid, lengths int4[], columns int2[], figures float8[]) returns pg_ndistinct: superuser only. */
Datum
pgassay_distinct_groups(PG_FUNCTION_ARGS)
{
	Subject		subject;
	Groups		groups;
	bool		there[1 << STATS_MAX_DIMENSIONS] = {false};
	MVNDistinct *result;
	int			i;
	int			j;

	read_subject(PG_GETARG_OID(0), &subject);
	read_groups(fcinfo, &subject, MAX_DISTINCT, &groups);

	/* The planner looks for any combination of two and more, and ends the statement where it does not find it. */
	if (groups.count != (1 << subject.count) - subject.count - 1)
		reject("combinations are missing");
	result = palloc0(offsetof(MVNDistinct, items) + sizeof(MVNDistinctItem) * groups.count);
	result->magic = STATS_NDISTINCT_MAGIC;
	result->type = STATS_NDISTINCT_TYPE_BASIC;
	result->nitems = groups.count;
	for (i = 0; i < groups.count; i++)
	{
		uint32		mask = 0;

		for (j = 0; j < groups.lengths[i]; j++)
			mask |= 1U << place_of(&subject, groups.columns[i][j]);
		if (there[mask])
			reject("a combination occurs twice");
		there[mask] = true;
		result->items[i].ndistinct = groups.figures[i];
		result->items[i].nattributes = groups.lengths[i];
		result->items[i].attributes = groups.columns[i];
	}
	PG_RETURN_BYTEA_P(statext_ndistinct_serialize(result));
}

PG_FUNCTION_INFO_V1(pgassay_dependencies);

/* pgassay_dependencies(statistics oid, lengths int4[], columns int2[], figures float8[]) returns pg_dependencies: superuser only. */
Datum
pgassay_dependencies(PG_FUNCTION_ARGS)
{
	Subject		subject;
	Groups		groups;
	MVDependencies *result;
	int			i;

	read_subject(PG_GETARG_OID(0), &subject);
	read_groups(fcinfo, &subject, 1, &groups);
	result = palloc0(offsetof(MVDependencies, deps) + sizeof(MVDependency *) * groups.count);
	result->magic = STATS_DEPS_MAGIC;
	result->type = STATS_DEPS_TYPE_BASIC;
	result->ndeps = groups.count;
	for (i = 0; i < groups.count; i++)
	{
		Size		size = sizeof(AttrNumber) * groups.lengths[i];
		MVDependency *dependency = palloc0(offsetof(MVDependency, attributes) + size);

		dependency->degree = groups.figures[i];
		dependency->nattributes = (AttrNumber) groups.lengths[i];
		memcpy(dependency->attributes, groups.columns[i], size);
		result->deps[i] = dependency;
	}
	PG_RETURN_BYTEA_P(statext_dependencies_serialize(result));
}

/* What statext_mcv_serialize looks at. */
static VacAttrStats **
analyzed(const Subject *subject)
{
	VacAttrStats **stats = palloc(sizeof(VacAttrStats *) * subject->count);
	int			i;

	for (i = 0; i < subject->count; i++)
	{
		HeapTuple	type = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(subject->types[i]));

		if (!HeapTupleIsValid(type))
			reject("a type is not there");
		if (!OidIsValid(lookup_type_cache(subject->types[i], TYPECACHE_LT_OPR)->lt_opr))
			reject("a type has no order");
		stats[i] = palloc0(sizeof(VacAttrStats));
		stats[i]->attrtypid = subject->types[i];
		stats[i]->attrtypmod = subject->typmods[i];
		stats[i]->attrcollid = subject->collations[i];
		stats[i]->attrtype = (Form_pg_type) GETSTRUCT(type);
	}
	return stats;
}

static double
share(double value)
{
	if (isnan(value) || value < 0 || value > 1)
		reject("impossible frequency");
	return value;
}

static MCVList *
read_common_values(FunctionCallInfo fcinfo, const Subject *subject)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(1);
	Datum	   *texts;
	bool	   *nulls;
	int			total;
	int			count;
	int			bases;
	double	   *frequencies = pgassay_doubles(PG_GETARG_ARRAYTYPE_P(2), "frequencies", &count);
	double	   *base_frequencies = pgassay_doubles(PG_GETARG_ARRAYTYPE_P(3), "base frequencies", &bases);
	Oid			inputs[STATS_MAX_DIMENSIONS];
	Oid			arguments[STATS_MAX_DIMENSIONS];
	MCVList    *list;
	int			i;
	int			j;

	if (ARR_NDIM(array) != 1 || ARR_ELEMTYPE(array) != TEXTOID)
		reject("values must be a one-dimensional array of text");
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls, &total);
	if (subject->count < 2 || count < 1 || count > STATS_MCVLIST_MAX_ITEMS || bases != count ||
		total != count * subject->count)
		reject("impossible number of values");
	for (j = 0; j < subject->count; j++)
		getTypeInputInfo(subject->types[j], &inputs[j], &arguments[j]);

	list = palloc0(offsetof(MCVList, items) + sizeof(MCVItem) * count);
	list->magic = STATS_MCV_MAGIC;
	list->type = STATS_MCV_TYPE_BASIC;
	list->nitems = count;
	list->ndimensions = subject->count;
	memcpy(list->types, subject->types, sizeof(Oid) * subject->count);
	for (i = 0; i < count; i++)
	{
		MCVItem    *item = &list->items[i];

		item->frequency = share(frequencies[i]);
		item->base_frequency = share(base_frequencies[i]);
		item->isnull = palloc(sizeof(bool) * subject->count);
		item->values = palloc0(sizeof(Datum) * subject->count);
		for (j = 0; j < subject->count; j++)
		{
			int			at = i * subject->count + j;

			item->isnull[j] = nulls[at];
			if (!nulls[at])
				item->values[j] = OidInputFunctionCall(inputs[j], TextDatumGetCString(texts[at]), arguments[j],
													   subject->typmods[j]);
		}
	}
	return list;
}

PG_FUNCTION_INFO_V1(pgassay_common_values);

/*
 * pgassay_common_values(statistics oid, values text[], frequencies float8[], base_frequencies float8[]) returns pg_mcv_list:
 * superuser only. The values of each combination follow each other, columns first.
 */
Datum
pgassay_common_values(PG_FUNCTION_ARGS)
{
	Subject		subject;
	Untrusted	untrusted;
	bytea	   *result;

	read_subject(PG_GETARG_OID(0), &subject);

	/* Input functions and comparisons of the schema's types. */
	pgassay_untrusted_begin(&untrusted);
	result = statext_mcv_serialize(read_common_values(fcinfo, &subject), analyzed(&subject));
	pgassay_untrusted_end(&untrusted);
	PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(pgassay_expression_type);

/*
 * pgassay_expression_type(statistics oid, number int2, count int4) returns oid: superuser only. The planner takes the n-th of an array
 * of statistics for the n-th expression without looking at the length, so `count` must be that of the expressions.
 */
Datum
pgassay_expression_type(PG_FUNCTION_ARGS)
{
	Subject		subject;
	int16		number = PG_GETARG_INT16(1);

	read_subject(PG_GETARG_OID(0), &subject);
	if (PG_GETARG_INT32(2) != subject.count - subject.columns)
		reject("another number of expressions");
	if (number < 1 || number > subject.count - subject.columns)
		reject("there is no such expression");
	PG_RETURN_OID(subject.types[subject.columns + number - 1]);
}

/* Statistics objects of a table in the order of the source's OIDs: of two that fit equally well the planner takes the first. */

typedef struct Rank
{
	Oid			oid;			/* hash key */
	double		rank;
} Rank;

static HTAB *ranks = NULL;

PG_FUNCTION_INFO_V1(pgassay_statistics_order);

/* pgassay_statistics_order(oid[], ranks float8[]) */
Datum
pgassay_statistics_order(PG_FUNCTION_ARGS)
{
	int			count;
	int			others;
	Oid		   *oids = pgassay_oids(PG_GETARG_ARRAYTYPE_P(0), "oids", &count);
	double	   *of = pgassay_doubles(PG_GETARG_ARRAYTYPE_P(1), "ranks", &others);
	int			i;

	if (count != others)
		reject("arrays differ in length");
	if (!ranks)
	{
		HASHCTL		control = {0};

		control.keysize = sizeof(Oid);
		control.entrysize = sizeof(Rank);
		control.hcxt = TopMemoryContext;
		ranks = hash_create("pgassay statistics", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	for (i = 0; i < count; i++)
	{
		Rank	   *rank = hash_search(ranks, &oids[i], HASH_ENTER, NULL);

		rank->rank = of[i];
	}
	PG_RETURN_VOID();
}

static double
rank_of(const StatisticExtInfo *info)
{
	Rank	   *rank = hash_search(ranks, &info->statOid, HASH_FIND, NULL);

	return rank ? rank->rank : info->statOid;
}

List *
pgassay_order_statistics(List *statistics)
{
	int			i;
	int			j;

	if (!ranks)
		return statistics;
	/* Those of one object stay in their order, which list_sort does not promise. */
	for (i = 1; i < list_length(statistics); i++)
	{
		StatisticExtInfo *moved = list_nth(statistics, i);

		for (j = i; j > 0 && rank_of(list_nth(statistics, j - 1)) > rank_of(moved); j--)
			lfirst(list_nth_cell(statistics, j)) = list_nth(statistics, j - 1);
		lfirst(list_nth_cell(statistics, j)) = moved;
	}
	return statistics;
}
