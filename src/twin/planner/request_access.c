/*
 * What else than a B-tree with the default operator class serves a condition: operator classes of every access method whose family
 * has the operator as a search condition (pg_amop, pg_opclass), extensions' included.
 */
#include "request_parts.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "commands/defrem.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static void
append_opclass(StringInfo out, Form_pg_opclass opclass)
{
	char	   *name = "";

	if (!opclass->opcdefault)
		name = opclass->opcnamespace == PG_CATALOG_NAMESPACE
			? pstrdup(quote_identifier(NameStr(opclass->opcname)))
			: quote_qualified_identifier(get_namespace_name(opclass->opcnamespace), NameStr(opclass->opcname));
	pgassay_append_separator(out);
	appendStringInfoString(out, "{\"method\":");
	escape_json(out, get_am_name(opclass->opcmethod));
	appendStringInfoString(out, ",\"opclass\":");
	escape_json(out, name);
	appendStringInfoChar(out, '}');
}

/* Operator classes of one family that take `type` as it is. */
static void
append_family(StringInfo out, Relation opclasses, Oid method, Oid family, Oid type)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_opclass_opcmethod, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(method));
	scan = systable_beginscan(opclasses, OpclassAmNameNspIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_opclass opclass = (Form_pg_opclass) GETSTRUCT(tuple);

		if (opclass->opcfamily == family && IsBinaryCoercible(type, opclass->opcintype))
			append_opclass(out, opclass);
	}
	systable_endscan(scan);
}

void
pgassay_append_access(StringInfo out, Oid operator, Oid type)
{
	Relation	opclasses = table_open(OperatorClassRelationId, AccessShareLock);
	CatCList   *families = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(operator));
	int			i;

	appendStringInfoString(out, ",\"access\":[");
	for (i = 0; i < families->n_members; i++)
	{
		Form_pg_amop member = (Form_pg_amop) GETSTRUCT(&families->members[i]->tuple);

		if (member->amoppurpose == AMOP_SEARCH && member->amopmethod != BTREE_AM_OID && member->amopmethod != HASH_AM_OID)
			append_family(out, opclasses, member->amopmethod, member->amopfamily, type);
	}
	appendStringInfoChar(out, ']');
	ReleaseSysCacheList(families);
	table_close(opclasses, AccessShareLock);
}
