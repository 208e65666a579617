/* The sides of a comparison; see comparison_sides.h. */
#include "pgassay_planner.h"

#include "catalog/pg_type.h"
#include "comparison_sides.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/ruleutils.h"

/* Subqueries, joins and common table expressions that a column is followed through: more than any statement nests. */
#define MAX_STEPS 1000

/* The name in current_setting('name'), or NULL. */
char *
pgassay_setting_name(Node *node)
{
	FuncExpr   *call = (FuncExpr *) node;
	Node	   *name;

	if (node == NULL || !IsA(node, FuncExpr) ||
		(call->funcid != F_CURRENT_SETTING_TEXT && call->funcid != F_CURRENT_SETTING_TEXT_BOOL))
		return NULL;
	name = linitial(call->args);
	if (!IsA(name, Const) || ((Const *) name)->constisnull || ((Const *) name)->consttype != TEXTOID)
		return NULL;
	return TextDatumGetCString(((Const *) name)->constvalue);
}

bool
pgassay_is_parameter(Node *node)
{
	return (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXTERN) || pgassay_setting_name(node) != NULL;
}

/* What is inside of conversions that nobody wrote; for a setting, which is text, also inside of those that somebody wrote. */
static Node *
inside_conversions(Node *node, bool written_too)
{
	for (;;)
	{
		if (node == NULL)
			return NULL;
		if (IsA(node, RelabelType) && (written_too || ((RelabelType *) node)->relabelformat == COERCE_IMPLICIT_CAST))
			node = (Node *) ((RelabelType *) node)->arg;
		else if (IsA(node, CoerceViaIO) && (written_too || ((CoerceViaIO *) node)->coerceformat == COERCE_IMPLICIT_CAST))
			node = (Node *) ((CoerceViaIO *) node)->arg;
		else if (IsA(node, CoerceToDomain) && (written_too || ((CoerceToDomain *) node)->coercionformat == COERCE_IMPLICIT_CAST))
			node = (Node *) ((CoerceToDomain *) node)->arg;
		else if (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) >= 1 &&
				 (((FuncExpr *) node)->funcformat == COERCE_IMPLICIT_CAST ||
				  (written_too && ((FuncExpr *) node)->funcformat == COERCE_EXPLICIT_CAST)))
			node = linitial(((FuncExpr *) node)->args);
		else
			return node;
	}
}

Node *
pgassay_bare(Node *node)
{
	Node	   *inner = inside_conversions(node, true);

	return inner && pgassay_setting_name(inner) ? inner : inside_conversions(node, false);
}

static bool
side_walker(Node *node, void *context)
{
	ComparisonSide	   *side = context;

	if (node == NULL)
		return false;
	if (pgassay_is_parameter(node))
	{
		side->parameters = lappend(side->parameters, node);
		return false;
	}
	if (IsA(node, Var))
	{
		side->columns = list_append_unique(side->columns, node);
		return false;
	}
	if (IsA(node, SubLink) || IsA(node, Aggref) || IsA(node, WindowFunc) || IsA(node, GroupingFunc) || IsA(node, SetToDefault) ||
		IsA(node, Query))
	{
		side->opaque = true;
		return false;
	}
	return expression_tree_walker(node, side_walker, context);
}

ComparisonSide
pgassay_look_at(Node *node)
{
	ComparisonSide		side = {node, NIL, NIL, false};

	side_walker(node, &side);
	return side;
}

/*
 * What `var` stands for, seen from `levels`: a column of a table (true), or an expression of a subquery, join or common table
 * expression in *source, to be seen from *outer (false; *source is NULL where there is none).
 */
static bool
find_source(List *levels, Var *var, Oid *table, AttrNumber *column, Node **source, List **outer)
{
	Query	   *query;
	Query	   *inner = NULL;
	RangeTblEntry *rte;

	*source = NULL;
	if (var->varattno <= 0 || (int) var->varlevelsup >= list_length(levels))
		return false;
	*outer = list_copy_tail(levels, var->varlevelsup);
	query = linitial_node(Query, *outer);
	if (var->varno < 1 || var->varno > list_length(query->rtable))
		return false;
	rte = rt_fetch(var->varno, query->rtable);
	if (rte->rtekind == RTE_RELATION)
	{
		*table = rte->relid;
		*column = var->varattno;
		return true;
	}
	if (rte->rtekind == RTE_JOIN && var->varattno <= list_length(rte->joinaliasvars))
		*source = list_nth(rte->joinaliasvars, var->varattno - 1);
	else if (rte->rtekind == RTE_SUBQUERY)
		inner = rte->subquery;
	else if (rte->rtekind == RTE_CTE && !rte->self_reference && (int) rte->ctelevelsup < list_length(*outer))
	{
		ListCell   *cell;

		*outer = list_copy_tail(*outer, rte->ctelevelsup);
		foreach(cell, linitial_node(Query, *outer)->cteList)
		{
			CommonTableExpr *cte = lfirst_node(CommonTableExpr, cell);

			if (strcmp(cte->ctename, rte->ctename) == 0 && IsA(cte->ctequery, Query) &&
				((Query *) cte->ctequery)->commandType == CMD_SELECT)
				inner = (Query *) cte->ctequery;
		}
	}
	if (inner)
	{
		TargetEntry *entry = get_tle_by_resno(inner->targetList, var->varattno);

		*outer = lcons(inner, *outer);
		*source = entry ? (Node *) entry->expr : NULL;
	}
	return false;
}

typedef struct Replacement
{
	Node	   *from;
	Node	   *to;
} Replacement;

static Node *
replace_mutator(Node *node, void *context)
{
	Replacement *replacement = context;

	if (node == NULL)
		return NULL;
	if (equal(node, replacement->from))
		return copyObject(replacement->to);
	return expression_tree_mutator(node, replace_mutator, context);
}

/*
 * The one column of a table that `side` is computed from, parameters aside; false where it is none or several. Outputs of subqueries in it are replaced
 * by what they are computed from, so that side->node speaks of the table.
 */
bool
pgassay_find_column(List *levels, ComparisonSide *side, Oid *table, AttrNumber *column)
{
	int			step;

	for (step = 0; step < MAX_STEPS; step++)
	{
		Replacement replacement;
		List	   *outer;

		if (side->opaque || list_length(side->columns) != 1)
			return false;
		replacement.from = linitial(side->columns);
		if (find_source(levels, (Var *) replacement.from, table, column, &replacement.to, &outer))
			return true;
		if (replacement.to == NULL)
			return false;
		levels = outer;
		*side = pgassay_look_at(replace_mutator(side->node, &replacement));
	}
	return false;
}

/* Puts $0 in the place of `what`. */
static Node *
placeholder_mutator(Node *node, void *what)
{
	if (node == NULL)
		return NULL;
	if (equal(node, what))
	{
		Param	   *param = makeNode(Param);

		param->paramkind = PARAM_EXTERN;
		param->paramid = 0;
		param->paramtype = exprType(node);
		param->paramtypmod = exprTypmod(node);
		param->paramcollid = exprCollation(node);
		param->location = -1;
		return (Node *) param;
	}
	return expression_tree_mutator(node, placeholder_mutator, what);
}

/* SQL of `node` with $0 for `what`; empty where it is `what` itself. */
const char *
pgassay_around(Node *node, Node *what)
{
	if (pgassay_bare(node) == what)
		return "";
	return deparse_expression(placeholder_mutator(node, what), NIL, false, false);
}
