/*
 * End points of indexes: the least and the greatest value that the source's planner would find in a B-tree by
 * get_actual_variable_range (src/backend/utils/adt/selfuncs.c).
 *
 * The planner reads them through the index itself, and whether it finds one decides more than the value (without end points it
 * clamps the selectivity of the outermost histogram bins). So the twin's indexes really hold the two entries: a heap tuple with
 * that column alone, all others null, and an index entry that points to it. Constraints do not see it: the tuple is written by
 * the access method directly, no statement ever reads it.
 */
#include "pgassay_planner.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/pg_am.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(pgassay_end_point);

/* pgassay_end_point(index oid, value text): superuser only. Returns false where the index cannot hold one. */
Datum
pgassay_end_point(PG_FUNCTION_ARGS)
{
	Oid			index_oid = PG_GETARG_OID(0);
	char	   *literal = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Relation	index;
	Relation	table;
	Form_pg_attribute attribute;
	AttrNumber	column;
	bool		done = false;

	if (!superuser())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("pgassay: only a superuser sets end points")));

	table = table_open(IndexGetRelation(index_oid, false), RowExclusiveLock);
	index = index_open(index_oid, RowExclusiveLock);
	attribute = TupleDescAttr(RelationGetDescr(index), 0);
	column = index->rd_index->indkey.values[0];

	/* An operator class that stores another type than the column's (name_ops) keeps its own form of the value: left out. */
	if (index->rd_rel->relam == BTREE_AM_OID && RELKIND_HAS_TABLE_AM(table->rd_rel->relkind) &&
		(column == 0 || TupleDescAttr(RelationGetDescr(table), column - 1)->atttypid == attribute->atttypid))
	{
		TupleDesc	descriptor = RelationGetDescr(table);
		Datum	   *values = palloc0(sizeof(Datum) * descriptor->natts);
		bool	   *nulls = palloc(sizeof(bool) * descriptor->natts);
		Datum		index_values[INDEX_MAX_KEYS] = {0};
		bool		index_nulls[INDEX_MAX_KEYS];
		HeapTuple	tuple;
		Oid			input;
		Oid			parameter;
		Datum		value;

		getTypeInputInfo(attribute->atttypid, &input, &parameter);
		value = pgassay_untrusted_input(input, literal, parameter, attribute->atttypmod);
		memset(nulls, true, sizeof(bool) * descriptor->natts);
		memset(index_nulls, true, sizeof(index_nulls));
		if (column > 0)
		{
			values[column - 1] = value;
			nulls[column - 1] = false;
		}
		index_values[0] = value;
		index_nulls[0] = false;

		tuple = heap_form_tuple(descriptor, values, nulls);
		heap_insert(table, tuple, GetCurrentCommandId(true), 0, NULL);
		index_insert(index, index_values, index_nulls, &tuple->t_self, table, UNIQUE_CHECK_NO, false, NULL);
		done = true;
	}
	index_close(index, RowExclusiveLock);
	table_close(table, RowExclusiveLock);
	PG_RETURN_BOOL(done);
}
