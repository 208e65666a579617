/*
 * What the parts of an index request have in common.
 */
#include "request_parts.h"

#include <math.h>

#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

void
pgassay_append_separator(StringInfo out)
{
	if (out->len > 0 && out->data[out->len - 1] != '[' && out->data[out->len - 1] != '{')
		appendStringInfoChar(out, ',');
}

void
pgassay_append_number(StringInfo out, double number)
{
	if (isnan(number) || isinf(number))
		number = -1;
	appendStringInfo(out, "%.17g", number);
}

Node *
pgassay_strip_relabels(Node *node)
{
	while (node && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node;
}

/* The plain user column of `rel` that `node` is, with what a B-tree on it would offer. */
Operand
pgassay_operand_of(const RelOptInfo *rel, Node *node)
{
	Operand		operand = {0, NULL, InvalidOid, InvalidOid, InvalidOid};
	Node	   *inner = pgassay_strip_relabels(node);

	if (inner && IsA(inner, Var))
	{
		Var		   *var = (Var *) inner;

		if (var->varno == rel->relid && var->varlevelsup == 0 && var->varattno > 0)
		{
			Oid			opclass = GetDefaultOpClass(var->vartype, BTREE_AM_OID);

			operand.column = var->varattno;
			operand.type = var->vartype;
			operand.collation = var->varcollid;
			operand.opfamily = OidIsValid(opclass) ? get_opclass_family(opclass) : InvalidOid;
		}
	}
	return operand;
}

/* Subqueries, parameters and what exists only inside the planner have no place in an index. */
static bool
is_not_indexable_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return ((Var *) node)->varattno <= 0 || ((Var *) node)->varlevelsup != 0;
	if (IsA(node, PlaceHolderVar) || IsA(node, SubPlan) || IsA(node, AlternativeSubPlan) || IsA(node, SubLink) ||
		IsA(node, Param) || IsA(node, Aggref) || IsA(node, WindowFunc) || IsA(node, GroupingFunc))
		return true;
	return expression_tree_walker(node, is_not_indexable_walker, context);
}

Operand
pgassay_indexable_of(PlannerInfo *root, const RelOptInfo *rel, Node *node)
{
	Operand		operand = pgassay_operand_of(rel, node);
	Node	   *inner = pgassay_strip_relabels(node);
	Oid			opclass;

	if (operand.column != 0 || inner == NULL || IsA(inner, Var) || IsA(inner, Const) || type_is_rowtype(exprType(inner)) ||
		!bms_equal(pull_varnos(root, inner), rel->relids) || is_not_indexable_walker(inner, NULL) ||
		contain_mutable_functions(inner))
		return operand;
	operand.expression = inner;
	operand.type = exprType(inner);
	operand.collation = exprCollation(inner);
	opclass = GetDefaultOpClass(operand.type, BTREE_AM_OID);
	operand.opfamily = OidIsValid(opclass) ? get_opclass_family(opclass) : InvalidOid;
	return operand;
}

/* Where a constant lies among those of its kind: numbers by themselves, times by the seconds since 1970. False: it is neither. */
bool
pgassay_place_of(const Const *constant, double *value, bool *time)
{
	Datum		datum = constant->constvalue;

	if (!IsA(constant, Const) || constant->constisnull)
		return false;
	*time = false;
	switch (constant->consttype)
	{
		case INT2OID:
			*value = DatumGetInt16(datum);
			break;
		case INT4OID:
			*value = DatumGetInt32(datum);
			break;
		case INT8OID:
			*value = (double) DatumGetInt64(datum);
			break;
		case FLOAT4OID:
			*value = DatumGetFloat4(datum);
			break;
		case FLOAT8OID:
			*value = DatumGetFloat8(datum);
			break;
		case NUMERICOID:
			*value = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, datum));
			break;
		case DATEOID:
			*time = true;
			*value = date2timestamp_no_overflow(DatumGetDateADT(datum)) / USECS_PER_SEC;
			break;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			*time = true;
			*value = (double) DatumGetTimestamp(datum) / USECS_PER_SEC;
			break;
		default:
			return false;
	}
	if (*time)
		*value += (double) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
	return !isnan(*value) && !isinf(*value);
}
