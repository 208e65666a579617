/*
 * The size of a BRIN index's range map, which the planner reads from the index's metapage (brincostestimate in
 * src/backend/utils/adt/selfuncs.c, brinGetStats in src/backend/access/brin/brin.c). The twin's index has a real metapage with the
 * pages per range that it was created with; its table has no pages, so the last page of the map is put in.
 */
#include "pgassay_planner.h"

#include "access/brin_page.h"
#include "access/brin_revmap.h"
#include "access/genam.h"
#include "catalog/pg_am.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(pgassay_range_map);

/* pgassay_range_map(index oid, table_pages float8): superuser only. Returns false for another access method. */
Datum
pgassay_range_map(PG_FUNCTION_ARGS)
{
	Oid			index_oid = PG_GETARG_OID(0);
	double		table_pages = PG_GETARG_FLOAT8(1);
	Relation	index;
	bool		is_brin;

	if (!superuser())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("pgassay: only a superuser sets range maps")));
	index = index_open(index_oid, RowExclusiveLock);
	is_brin = index->rd_rel->relam == BRIN_AM_OID;
	if (is_brin && table_pages >= 0 && table_pages <= MaxBlockNumber)
	{
		Buffer		buffer = ReadBuffer(index, BRIN_METAPAGE_BLKNO);
		BrinMetaPageData *meta;
		double		ranges;

		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		meta = (BrinMetaPageData *) PageGetContents(BufferGetPage(buffer));
		ranges = Max(table_pages / Max(meta->pagesPerRange, 1), 1);
		/* Block 0 is the metapage, the map begins at block 1. */
		meta->lastRevmapPage = (BlockNumber) (ranges / REVMAP_PAGE_MAXITEMS) + 1;
		MarkBufferDirty(buffer);
		UnlockReleaseBuffer(buffer);
	}
	index_close(index, RowExclusiveLock);
	PG_RETURN_BOOL(is_brin);
}
