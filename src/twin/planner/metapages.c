/*
 * Metapages of indexes whose costs depend on them: BRIN (brincostestimate in src/backend/utils/adt/selfuncs.c reads brinGetStats,
 * src/backend/access/brin/brin.c) and GIN (gincostestimate, ginGetStats).
 *
 * The twin's indexes have real metapages, of empty indexes. The figures of the source, or those that a build there would leave, are
 * put into them; nothing ever inserts into these indexes or searches them.
 */
#include "pgassay_planner.h"

#include "access/brin.h"
#include "access/brin_page.h"
#include "access/genam.h"
#include "access/gin_private.h"
#include "catalog/pg_am.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"

/* BRIN_MAX_PAGES_PER_RANGE (src/backend/access/common/reloptions.c) is the limit of pages_per_range. */
#define MAX_PAGES_PER_RANGE 131072

/* More entries than 2^32 pages hold. */
#define MAX_ENTRIES 1e15

static void
require_superuser(void)
{
	if (!superuser())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("pgassay: only a superuser sets metapages")));
}

/* The last page of the range map after a build on a table of so many blocks; the map begins at block 1 (brin_revmap.c). */
static BlockNumber
built_map(double table_pages, BlockNumber pages_per_range)
{
	BlockNumber last = table_pages >= 1 ? (BlockNumber) Min(table_pages, MaxBlockNumber) - 1 : 0;

	return last / pages_per_range / REVMAP_PAGE_MAXITEMS + 1;
}

PG_FUNCTION_INFO_V1(pgassay_range_map);

/*
 * pgassay_range_map(index oid, table_pages float8, pages_per_range int4, map_pages int4): superuser only. pages_per_range 0: as the
 * twin's index was created; map_pages 0: as many as a build makes. Returns false for another access method.
 */
Datum
pgassay_range_map(PG_FUNCTION_ARGS)
{
	double		table_pages = PG_GETARG_FLOAT8(1);
	int32		pages_per_range = PG_GETARG_INT32(2);
	int32		map_pages = PG_GETARG_INT32(3);
	Relation	index;
	bool		is_brin;

	require_superuser();
	index = index_open(PG_GETARG_OID(0), RowExclusiveLock);
	is_brin = index->rd_rel->relam == BRIN_AM_OID && index->rd_rel->relkind == RELKIND_INDEX;
	if (is_brin)
	{
		Buffer		buffer = ReadBuffer(index, BRIN_METAPAGE_BLKNO);
		BrinMetaPageData *meta;

		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		meta = (BrinMetaPageData *) PageGetContents(BufferGetPage(buffer));
		if (pages_per_range > 0 && pages_per_range <= MAX_PAGES_PER_RANGE)
			meta->pagesPerRange = pages_per_range;
		meta->lastRevmapPage = map_pages > 0 ? (BlockNumber) map_pages : built_map(table_pages, meta->pagesPerRange);
		MarkBufferDirty(buffer);
		UnlockReleaseBuffer(buffer);
	}
	index_close(index, RowExclusiveLock);
	PG_RETURN_BOOL(is_brin);
}

/* A count from a capture, which may be anybody's. */
static double
clamp(double count, double most)
{
	return count >= 0 ? Min(count, most) : 0;
}

PG_FUNCTION_INFO_V1(pgassay_inverted_counts);

/*
 * pgassay_inverted_counts(index oid, total_pages float8, entry_pages float8, data_pages float8, entries float8,
 *                         pending_pages float8): superuser only. Returns false for another access method than GIN.
 */
Datum
pgassay_inverted_counts(PG_FUNCTION_ARGS)
{
	Relation	index;
	bool		is_gin;

	require_superuser();
	index = index_open(PG_GETARG_OID(0), RowExclusiveLock);
	is_gin = index->rd_rel->relam == GIN_AM_OID && index->rd_rel->relkind == RELKIND_INDEX;
	if (is_gin)
	{
		Buffer		buffer = ReadBuffer(index, GIN_METAPAGE_BLKNO);
		GinMetaPageData *meta;

		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		meta = GinPageGetMeta(BufferGetPage(buffer));
		meta->nTotalPages = (BlockNumber) clamp(PG_GETARG_FLOAT8(1), MaxBlockNumber);
		meta->nEntryPages = (BlockNumber) clamp(PG_GETARG_FLOAT8(2), MaxBlockNumber);
		meta->nDataPages = (BlockNumber) clamp(PG_GETARG_FLOAT8(3), MaxBlockNumber);
		meta->nEntries = (int64) clamp(PG_GETARG_FLOAT8(4), MAX_ENTRIES);
		meta->nPendingPages = (BlockNumber) clamp(PG_GETARG_FLOAT8(5), MaxBlockNumber);
		MarkBufferDirty(buffer);
		UnlockReleaseBuffer(buffer);
	}
	index_close(index, RowExclusiveLock);
	PG_RETURN_BOOL(is_gin);
}
