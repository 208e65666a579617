/*
 * Sizes and index lists as on the source.
 *
 * The planner asks get_relation_info (src/backend/optimizer/util/plancat.c) for pages, tuples and indexes of each relation it
 * plans. On the twin the files are empty, so this hook puts the captured figures in their place, by the same formulas that the
 * planner applies to real files, and takes away the indexes that are not enabled.
 */
#include "pgassay_planner.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "optimizer/plancat.h"
#include "storage/bufpage.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

typedef struct TableSize
{
	Oid			oid;			/* hash key */
	double		pages;			/* blocks on the source now */
	double		statistics_pages;	/* relpages */
	double		statistics_tuples;	/* reltuples, -1 never analysed */
	double		all_visible_pages;	/* relallvisible */
} TableSize;

typedef struct IndexSize
{
	Oid			oid;			/* hash key */
	double		pages;
	double		statistics_pages;
	double		statistics_tuples;
	double		tuples;			/* candidates: rows in the index, -1 as many as the table has */
	double		rank;			/* order among the indexes of a table: the OID on the source */
	int			tree_height;	/* -1 unknown */
	bool		candidate;		/* disabled unless asked for */
} IndexSize;

/* More rows than any table can have, and more levels than any B-tree; a count above is nonsense. */
#define MAX_TUPLES 1e15
#define MAX_TREE_HEIGHT 20

static HTAB *table_sizes = NULL;
static HTAB *index_sizes = NULL;
static Oid *enabled_oids = NULL;
static int	enabled_count = 0;
static Oid *hidden_oids = NULL;
static int	hidden_count = 0;
static get_relation_info_hook_type previous_relation_info = NULL;

static HTAB *
make_table(const char *name, Size entry_size)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(Oid);
	control.entrysize = entry_size;
	control.hcxt = TopMemoryContext;
	return hash_create(name, 1024, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static int
compare_oids(const void *a, const void *b)
{
	Oid			left = *(const Oid *) a;
	Oid			right = *(const Oid *) b;

	return left < right ? -1 : left > right ? 1 : 0;
}

static bool
has_oid(const Oid *oids, int count, Oid oid)
{
	return count > 0 && bsearch(&oid, oids, count, sizeof(Oid), compare_oids) != NULL;
}

static void
replace_oids(Oid **target, int *target_count, const Oid *oids, int count)
{
	Oid		   *copy = NULL;

	if (count > 0)
	{
		copy = MemoryContextAlloc(TopMemoryContext, sizeof(Oid) * count);
		memcpy(copy, oids, sizeof(Oid) * count);
		qsort(copy, count, sizeof(Oid), compare_oids);
	}
	if (*target)
		pfree(*target);
	*target = copy;
	*target_count = count;
}

void
pgassay_set_enabled(const Oid *enabled, int enabled_length, const Oid *hidden, int hidden_length)
{
	replace_oids(&enabled_oids, &enabled_count, enabled, enabled_length);
	replace_oids(&hidden_oids, &hidden_count, hidden, hidden_length);
}

/* As table_block_relation_estimate_size (src/backend/access/table/tableam.c) with heap's overheads. */
static void
estimate_table(Relation relation, const TableSize *size, RelOptInfo *rel)
{
	double		pages = size->pages;
	double		density;

	/*
	 * The core has just guessed the size of the empty file by the widths of the columns and remembered these. A source with
	 * statistics does not, which shows in the widths of a relation that is proven empty.
	 */
	memset(rel->attr_widths, 0, sizeof(int32) * (rel->max_attr - rel->min_attr + 1));
	if (pages < 10 && size->statistics_tuples < 0 && !relation->rd_rel->relhassubclass)
		pages = 10;
	rel->pages = (BlockNumber) pages;
	if (pages == 0)
	{
		rel->tuples = 0;
		rel->allvisfrac = 0;
		return;
	}
	if (size->statistics_tuples >= 0 && size->statistics_pages > 0)
		density = size->statistics_tuples / size->statistics_pages;
	else
	{
		int32		width = get_rel_data_width(relation, rel->attr_widths - rel->min_attr);

		width += MAXALIGN(SizeofHeapTupleHeader) + sizeof(ItemIdData);
		density = (BLCKSZ - SizeOfPageHeaderData) / width;	/* integer division, as there */
	}
	rel->tuples = rint(density * pages);
	if (size->all_visible_pages == 0)
		rel->allvisfrac = 0;
	else if (size->all_visible_pages >= pages)
		rel->allvisfrac = 1;
	else
		rel->allvisfrac = size->all_visible_pages / pages;
}

/* As the index part of estimate_rel_size (plancat.c), which the planner uses for partial indexes only. */
static double
estimate_partial_tuples(const IndexSize *size, double table_tuples)
{
	double		pages = size->pages;
	double		statistics_pages = size->statistics_pages;
	double		tuples;

	if (pages == 0)
		return 0;
	if (statistics_pages > 0)
	{
		pages -= 1;
		statistics_pages -= 1;
	}
	if (size->statistics_tuples >= 0 && statistics_pages > 0)
		tuples = rint(size->statistics_tuples / statistics_pages * pages);
	else
		tuples = size->statistics_tuples >= 0 ? size->statistics_tuples : table_tuples;
	return Min(tuples, table_tuples);
}

static double
index_rank(const IndexOptInfo *info)
{
	IndexSize  *size = hash_search(index_sizes, &info->indexoid, HASH_FIND, NULL);

	return size ? size->rank : info->indexoid;
}

static int
compare_ranks(const ListCell *a, const ListCell *b)
{
	double		left = index_rank(lfirst(a));
	double		right = index_rank(lfirst(b));

	return left < right ? -1 : left > right ? 1 : 0;
}

static int
compare_ranks_downwards(const ListCell *a, const ListCell *b)
{
	return compare_ranks(b, a);
}

static void
relation_info(PlannerInfo *root, Oid relation_oid, bool inheritance_parent, RelOptInfo *rel)
{
	TableSize  *table;
	List	   *kept = NIL;
	ListCell   *cell;
	bool		upwards = true;
	Oid			previous_oid = InvalidOid;

	if (previous_relation_info)
		previous_relation_info(root, relation_oid, inheritance_parent, rel);
	if (!table_sizes || !index_sizes)
		return;

	table = hash_search(table_sizes, &relation_oid, HASH_FIND, NULL);
	if (table && !inheritance_parent)
	{
		Relation	relation = relation_open(relation_oid, NoLock);

		if (RELKIND_HAS_TABLE_AM(relation->rd_rel->relkind))
			estimate_table(relation, table, rel);
		else if (relation->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
		{
			/* The core takes what pg_class has (plancat.c, estimate_rel_size); so does foreign.c. */
			rel->pages = (BlockNumber) Max(table->statistics_pages, 0);
			rel->tuples = table->statistics_tuples;
		}
		relation_close(relation, NoLock);
	}

	foreach(cell, rel->indexlist)
	{
		IndexOptInfo *info = lfirst(cell);
		IndexSize  *size = hash_search(index_sizes, &info->indexoid, HASH_FIND, NULL);

		if (OidIsValid(previous_oid))
			upwards = info->indexoid > previous_oid;
		previous_oid = info->indexoid;
		if (!size)
		{
			pgassay_charge_index(info);
			kept = lappend(kept, info);
			continue;
		}
		if (size->candidate && (!has_oid(enabled_oids, enabled_count, info->indexoid) || pgassay_is_excluded(info->indexoid)))
			continue;
		if (has_oid(hidden_oids, hidden_count, info->indexoid))
			continue;
		info->pages = (BlockNumber) size->pages;
		info->tree_height = size->tree_height;
		if (size->candidate)
			info->tuples = size->tuples >= 0 ? Min(size->tuples, rel->tuples) : rel->tuples;
		else if (info->indpred == NIL)
			info->tuples = rel->tuples;
		else
			info->tuples = estimate_partial_tuples(size, rel->tuples);

		/*
		 * A B-tree's file is read for end points only, and those are really there, as are the metapages that BRIN and GIN are
		 * costed by (metapages.c).
		 */
		info->hypothetical = info->relam != BTREE_AM_OID && info->relam != BRIN_AM_OID && info->relam != GIN_AM_OID;
		pgassay_charge_index(info);
		kept = lappend(kept, info);
	}
	/* Between plans of equal cost the planner keeps the first, so the order of the source matters. */
	list_sort(kept, upwards ? compare_ranks : compare_ranks_downwards);
	rel->indexlist = kept;
	rel->statlist = pgassay_order_statistics(rel->statlist);
}

static void
check_lengths(int expected, int actual)
{
	if (expected != actual)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("pgassay: arrays differ in length: %d and %d", expected, actual)));
}

/* A count of blocks or rows from a capture, which may be anybody's: finite and not beyond what a relation can have. */
static double
clamp_count(double count, double most)
{
	if (isnan(count) || count < -1)
		return -1;
	return Min(count, most);
}

PG_FUNCTION_INFO_V1(pgassay_tables);

/* pgassay_tables(oid[], pages float8[], statistics_pages float8[], statistics_tuples float8[], all_visible float8[]) */
Datum
pgassay_tables(PG_FUNCTION_ARGS)
{
	int			count;
	Oid		   *oids = pgassay_oids(PG_GETARG_ARRAYTYPE_P(0), "oids", &count);
	double	   *columns[4];
	int			i;

	for (i = 0; i < 4; i++)
	{
		int			length;

		columns[i] = pgassay_doubles(PG_GETARG_ARRAYTYPE_P(i + 1), "figures", &length);
		check_lengths(count, length);
	}
	for (i = 0; i < count; i++)
	{
		TableSize  *size = hash_search(table_sizes, &oids[i], HASH_ENTER, NULL);

		size->pages = Max(clamp_count(columns[0][i], MaxBlockNumber), 0);
		size->statistics_pages = clamp_count(columns[1][i], MaxBlockNumber);
		size->statistics_tuples = clamp_count(columns[2][i], MAX_TUPLES);
		size->all_visible_pages = Max(clamp_count(columns[3][i], MaxBlockNumber), 0);
	}
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(pgassay_indexes);

/*
 * pgassay_indexes(oid[], pages float8[], statistics_pages float8[], statistics_tuples float8[], tuples float8[],
 *                 tree_height float8[], rank float8[], candidate bool)
 */
Datum
pgassay_indexes(PG_FUNCTION_ARGS)
{
	int			count;
	Oid		   *oids = pgassay_oids(PG_GETARG_ARRAYTYPE_P(0), "oids", &count);
	double	   *columns[6];
	bool		candidate = PG_GETARG_BOOL(7);
	int			i;

	for (i = 0; i < 6; i++)
	{
		int			length;

		columns[i] = pgassay_doubles(PG_GETARG_ARRAYTYPE_P(i + 1), "figures", &length);
		check_lengths(count, length);
	}
	for (i = 0; i < count; i++)
	{
		IndexSize  *size = hash_search(index_sizes, &oids[i], HASH_ENTER, NULL);

		size->pages = Max(clamp_count(columns[0][i], MaxBlockNumber), 0);
		size->statistics_pages = clamp_count(columns[1][i], MaxBlockNumber);
		size->statistics_tuples = clamp_count(columns[2][i], MAX_TUPLES);
		size->tuples = clamp_count(columns[3][i], MAX_TUPLES);
		size->tree_height = (int) clamp_count(columns[4][i], MAX_TREE_HEIGHT);
		size->rank = columns[5][i];
		size->candidate = candidate;
	}
	PG_RETURN_VOID();
}

void
pgassay_relation_info_init(void)
{
	table_sizes = make_table("pgassay table sizes", sizeof(TableSize));
	index_sizes = make_table("pgassay index sizes", sizeof(IndexSize));
	previous_relation_info = get_relation_info_hook;
	get_relation_info_hook = relation_info;
}
