/*
 * The orders of an index request: what the statement sorts, groups or compares by.
 */
#include "request_parts.h"

#include "access/stratnum.h"

#if PG_VERSION_NUM >= 180000
#define PGASSAY_DESCENDS(key) ((key)->pk_cmptype == COMPARE_GT)
#else
#define PGASSAY_DESCENDS(key) ((key)->pk_strategy == BTGreaterStrategyNumber)
#endif

/* The leading part of `pathkeys` that columns of `rel` supply. */
void
pgassay_append_order(StringInfo out, const RelOptInfo *rel, const char *purpose, List *pathkeys)
{
	ListCell   *cell;
	int			matched = 0;

	foreach(cell, pathkeys)
	{
		PathKey    *key = lfirst(cell);
		ListCell   *member_cell;
		AttrNumber	column = 0;

		if (key->pk_eclass->ec_has_volatile)
			break;
		foreach(member_cell, key->pk_eclass->ec_members)
		{
			EquivalenceMember *member = lfirst(member_cell);
			Operand		operand = pgassay_operand_of(rel, (Node *) member->em_expr);

			if (!member->em_is_child && operand.column != 0 && operand.opfamily == key->pk_opfamily &&
				(!OidIsValid(operand.collation) || operand.collation == key->pk_eclass->ec_collation))
			{
				column = operand.column;
				break;
			}
		}
		if (column == 0)
			break;
		if (matched++ == 0)
		{
			pgassay_append_separator(out);
			appendStringInfo(out, "{\"purpose\":\"%s\",\"columns\":[", purpose);
		}
		pgassay_append_separator(out);
		appendStringInfo(out, "{\"column\":%d,\"descending\":%s,\"nulls_first\":%s}", column,
						 PGASSAY_DESCENDS(key) ? "true" : "false", key->pk_nulls_first ? "true" : "false");
	}
	if (matched > 0)
		appendStringInfo(out, "],\"complete\":%s}", matched == list_length(pathkeys) ? "true" : "false");
}
