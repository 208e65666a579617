/*
 * What the parameters of a statement are, as JSON: their types and uses.
 *
 * The statement is analysed with $n of unknown types, as PREPARE without types does, and rewritten, so that views are gone.
 */
#include "pgassay_planner.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "parameter_uses.h"
#include "parser/analyze.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

static void
append_field(StringInfo out, const char *name, const char *value)
{
	appendStringInfo(out, ",\"%s\":", name);
	escape_json(out, value);
}

static void
append_uses(StringInfo out, List *uses, int number, const char *setting)
{
	ListCell   *cell;
	bool		first = true;

	appendStringInfoString(out, ",\"uses\":[");
	foreach(cell, uses)
	{
		Use		   *use = lfirst(cell);

		if (setting ? !use->setting || strcmp(use->setting, setting) != 0 : use->setting || use->number != number)
			continue;
		appendStringInfo(out, "%s{\"table\":%u,\"column\":%d,\"argument\":%d", first ? "" : ",", use->table, use->column, use->argument);
		append_field(out, "kind", use->kind);
		append_field(out, "op", use->op);
		append_field(out, "expression", use->expression);
		append_field(out, "parameter_expression", use->parameter_expression);
		append_field(out, "function", use->function);
		appendStringInfoChar(out, '}');
		first = false;
	}
	appendStringInfoChar(out, ']');
}

static void
append_labels(StringInfo out, Oid type)
{
	Relation	relation = table_open(EnumRelationId, AccessShareLock);
	Relation	index = index_open(EnumTypIdSortOrderIndexId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		first = true;

	ScanKeyInit(&key, Anum_pg_enum_enumtypid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(type));
	scan = systable_beginscan_ordered(relation, index, NULL, 1, &key);
	appendStringInfoString(out, ",\"labels\":[");
	while ((tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
	{
		if (!first)
			appendStringInfoChar(out, ',');
		escape_json(out, NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel));
		first = false;
	}
	appendStringInfoChar(out, ']');
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	table_close(relation, AccessShareLock);
}

static void
append_type(StringInfo out, Oid type)
{
	Oid			base;
	Oid			element;
	Oid			labelled;
	char		category;
	bool		preferred;

	if (!OidIsValid(type) || type == UNKNOWNOID)
		type = TEXTOID;
	base = getBaseType(type);
	element = get_element_type(base);
	labelled = OidIsValid(element) ? getBaseType(element) : base;
	get_type_category_preferred(base, &category, &preferred);
	append_field(out, "type", format_type_extended(type, -1, FORMAT_TYPE_FORCE_QUALIFY));
	append_field(out, "base", format_type_extended(base, -1, FORMAT_TYPE_FORCE_QUALIFY));
	append_field(out, "element", OidIsValid(element) ? format_type_extended(element, -1, FORMAT_TYPE_FORCE_QUALIFY) : "");
	appendStringInfo(out, ",\"category\":\"%c\"", category);
	if (get_typtype(labelled) == TYPTYPE_ENUM)
		append_labels(out, labelled);
}

static char *
describe(List *uses, const Oid *types, int count)
{
	StringInfoData out;
	List	   *settings = NIL;
	ListCell   *cell;
	int			i;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"parameters\":[");
	for (i = 0; i < count; i++)
	{
		if (!OidIsValid(types[i]))
			continue;			/* a number that does not occur */
		appendStringInfo(&out, "%s{\"number\":%d", out.data[out.len - 1] == '[' ? "" : ",", i + 1);
		append_type(&out, types[i]);
		append_uses(&out, uses, i + 1, NULL);
		appendStringInfoChar(&out, '}');
	}
	appendStringInfoString(&out, "],\"settings\":[");
	foreach(cell, uses)
	{
		Use		   *use = lfirst(cell);
		ListCell   *known;
		bool		seen = use->setting == NULL;

		foreach(known, settings)
			seen = seen || strcmp(lfirst(known), use->setting) == 0;
		if (seen)
			continue;
		appendStringInfoString(&out, settings == NIL ? "{\"name\":" : ",{\"name\":");
		escape_json(&out, use->setting);
		append_uses(&out, uses, 0, use->setting);
		appendStringInfoChar(&out, '}');
		settings = lappend(settings, use->setting);
	}
	appendStringInfoString(&out, "]}");
	return out.data;
}

PG_FUNCTION_INFO_V1(pgassay_parameters);

/* pgassay_parameters(sql text) returns text: types and uses of the statement's parameters and settings as JSON. */
Datum
pgassay_parameters(PG_FUNCTION_ARGS)
{
	char	   *statement = text_to_cstring(PG_GETARG_TEXT_PP(0));
	List	   *parsed = pg_parse_query(statement);
	Oid		   *types = NULL;
	int			count = 0;
	Query	   *query;

	if (list_length(parsed) != 1)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("pgassay: expected one statement, found %d", list_length(parsed))));
	query = parse_analyze_varparams(linitial_node(RawStmt, parsed), statement, &types, &count, NULL);
	if (query->commandType == CMD_UTILITY)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("pgassay: the statement has no plan")));
	PG_RETURN_TEXT_P(cstring_to_text(describe(pgassay_parameter_uses(pg_rewrite_query(query)), types, count)));
}
