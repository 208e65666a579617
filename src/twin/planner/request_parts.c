/*
 * What the parts of an index request have in common.
 */
#include "request_parts.h"

#include <math.h>

#include "catalog/pg_am.h"
#include "commands/defrem.h"
#include "utils/lsyscache.h"

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
	Operand		operand = {0, InvalidOid, InvalidOid};
	Node	   *inner = pgassay_strip_relabels(node);

	if (inner && IsA(inner, Var))
	{
		Var		   *var = (Var *) inner;

		if (var->varno == rel->relid && var->varlevelsup == 0 && var->varattno > 0)
		{
			Oid			opclass = GetDefaultOpClass(var->vartype, BTREE_AM_OID);

			operand.column = var->varattno;
			operand.collation = var->varcollid;
			operand.opfamily = OidIsValid(opclass) ? get_opclass_family(opclass) : InvalidOid;
		}
	}
	return operand;
}
