/*
 * What the parameters of a statement are compared with, by PostgreSQL's own analysis.
 *
 * A comparison is followed from the column that the statement names through subqueries, joins and common table expressions to the
 * column of the table that holds it. The same walk answers for the settings that a policy reads: current_setting('app.tenant') is a
 * parameter with a name.
 */
#include "pgassay_planner.h"

#include "catalog/pg_type.h"
#include "comparison_sides.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parameter_uses.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

typedef struct Walk
{
	List	   *levels;			/* of Query, innermost first */
	List	   *uses;			/* of Use */
} Walk;

static Use *
add_use(Walk *walk, Node *parameter, const char *kind)
{
	Use		   *use = palloc0(sizeof(Use));

	use->number = IsA(parameter, Param) ? ((Param *) parameter)->paramid : 0;
	use->setting = pgassay_setting_name(parameter);
	use->kind = kind;
	use->op = use->expression = use->parameter_expression = use->function = "";
	walk->uses = lappend(walk->uses, use);
	return use;
}

static const char *
kind_of_operator(const char *name)
{
	if (strcmp(name, "=") == 0)
		return "equality";
	if (strcmp(name, "<>") == 0)
		return "not_equal";
	if (strcmp(name, "<") == 0 || strcmp(name, "<=") == 0)
		return "less";
	if (strcmp(name, ">") == 0 || strcmp(name, ">=") == 0)
		return "greater";
	if (strcmp(name, "~~") == 0 || strcmp(name, "~~*") == 0)
		return "like";
	if (strcmp(name, "~") == 0 || strcmp(name, "~*") == 0)
		return "regex";
	return "operator";
}

/* `column_node` op `parameter_node`; true where it is a comparison of one column with one parameter. */
static bool
add_comparison(Walk *walk, Node *column_node, Node *parameter_node, Oid operator, const char *kind)
{
	ComparisonSide		left = pgassay_look_at(column_node);
	ComparisonSide		right = pgassay_look_at(parameter_node);
	Use		   *use;
	Node	   *parameter;

	if (right.opaque || right.columns != NIL || list_length(right.parameters) != 1)
		return false;
	parameter = linitial(right.parameters);
	use = add_use(walk, parameter, kind ? kind : "operator");
	use->op = OidIsValid(operator) ? get_opname(operator) : "";
	if (use->op == NULL)
		use->op = "";
	if (!kind)
		use->kind = kind_of_operator(use->op);
	use->parameter_expression = pgassay_around(parameter_node, parameter);
	if (pgassay_find_column(walk->levels, &left, &use->table, &use->column))
		use->expression = pgassay_around(left.node, linitial(left.columns));
	return true;
}

/* Both sides of an operator, whichever holds the parameter. True: its parameters are dealt with. */
static bool
add_operator(Walk *walk, Oid operator, Node *left, Node *right, const char *kind)
{
	Oid			commutator;

	if (add_comparison(walk, left, right, operator, kind))
		return true;
	commutator = get_commutator(operator);
	return add_comparison(walk, right, left, OidIsValid(commutator) ? commutator : operator, kind);
}

static bool walker(Node *node, void *context);

static void
add_array_comparison(Walk *walk, ScalarArrayOpExpr *clause)
{
	Node	   *array = pgassay_bare(lsecond(clause->args));
	Node	   *column = linitial(clause->args);
	ListCell   *cell;

	if (array && IsA(array, ArrayExpr))
	{
		foreach(cell, ((ArrayExpr *) array)->elements)
			if (!add_comparison(walk, column, lfirst(cell), clause->opno, clause->useOr ? "in_list" : "not_equal"))
				walker(lfirst(cell), walk);
		walker(column, walk);
		return;
	}
	if (add_comparison(walk, column, lsecond(clause->args), clause->opno, clause->useOr ? "array" : "not_equal"))
	{
		walker(column, walk);
		return;
	}
	walker(lsecond(clause->args), walk);
	/* $1 = ANY (column) asks for an element, as column @> ARRAY[$1] does. */
	if (clause->useOr && add_comparison(walk, lsecond(clause->args), column, clause->opno, "operator"))
	{
		Use		   *use = llast(walk->uses);

		use->op = "@>";
		use->parameter_expression = "ARRAY[$0]";
		return;
	}
	walker(column, walk);
}

static void
add_row_comparison(Walk *walk, RowCompareExpr *clause)
{
	ListCell   *left;
	ListCell   *right;
	ListCell   *operator;

	forthree(left, clause->largs, right, clause->rargs, operator, clause->opnos)
	{
		if (!add_operator(walk, lfirst_oid(operator), lfirst(left), lfirst(right), NULL))
		{
			walker(lfirst(left), walk);
			walker(lfirst(right), walk);
		}
	}
}

static void
add_arguments(Walk *walk, FuncExpr *call)
{
	ListCell   *cell;
	int			argument = 0;

	foreach(cell, call->args)
	{
		Node	   *node = pgassay_bare(lfirst(cell));

		argument++;
		if (node && pgassay_is_parameter(node))
		{
			Use		   *use = add_use(walk, node, "argument");

			use->function = get_func_name(call->funcid);
			if (use->function == NULL)
				use->function = "";
			use->argument = argument;
		}
		else
			walker(lfirst(cell), walk);
	}
}

/* A target list's parameters that go into columns of `table`; the columns of a VALUES list are followed too. */
static void
add_assignments(Walk *walk, Query *query, List *targets, Oid table)
{
	ListCell   *cell;

	foreach(cell, targets)
	{
		TargetEntry *entry = lfirst_node(TargetEntry, cell);
		Node	   *node = pgassay_bare((Node *) entry->expr);
		ListCell   *row;

		if (entry->resjunk || node == NULL)
			continue;
		if (pgassay_is_parameter(node))
		{
			Use		   *use = add_use(walk, node, "assigned");

			use->table = table;
			use->column = entry->resno;
		}
		else if (IsA(node, Var) && ((Var *) node)->varlevelsup == 0 &&
				 rt_fetch(((Var *) node)->varno, query->rtable)->rtekind == RTE_VALUES)
		{
			foreach(row, rt_fetch(((Var *) node)->varno, query->rtable)->values_lists)
			{
				List	   *values = lfirst_node(List, row);
				Node	   *value = ((Var *) node)->varattno <= list_length(values)
					? pgassay_bare(list_nth(values, ((Var *) node)->varattno - 1)) : NULL;

				if (value && pgassay_is_parameter(value))
				{
					Use		   *use = add_use(walk, value, "assigned");

					use->table = table;
					use->column = entry->resno;
				}
			}
		}
	}
}

static void
add_limit(Walk *walk, Node *node, const char *kind)
{
	node = pgassay_bare(node);
	if (node && pgassay_is_parameter(node))
		add_use(walk, node, kind);
}

static void
walk_query(Walk *walk, Query *query)
{
	ListCell   *cell;

	check_stack_depth();
	walk->levels = lcons(query, walk->levels);
	if (query->resultRelation > 0)
	{
		Oid			table = rt_fetch(query->resultRelation, query->rtable)->relid;

		add_assignments(walk, query, query->targetList, table);
		if (query->onConflict)
			add_assignments(walk, query, query->onConflict->onConflictSet, table);
		foreach(cell, query->mergeActionList)
			add_assignments(walk, query, lfirst_node(MergeAction, cell)->targetList, table);
	}
	add_limit(walk, query->limitCount, "limit");
	add_limit(walk, query->limitOffset, "offset");
	query_tree_walker(query, walker, walk, 0);
	walk->levels = list_delete_first(walk->levels);
}

static bool
walker(Node *node, void *context)
{
	Walk	   *walk = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		walk_query(walk, (Query *) node);
		return false;
	}
	if ((IsA(node, OpExpr) || IsA(node, DistinctExpr) || IsA(node, NullIfExpr)) && list_length(((OpExpr *) node)->args) == 2)
	{
		OpExpr	   *clause = (OpExpr *) node;
		bool		compares = IsA(node, OpExpr) && exprType(node) == BOOLOID;

		if (IsA(node, DistinctExpr) || compares)
		{
			if (add_operator(walk, clause->opno, linitial(clause->args), lsecond(clause->args), compares ? NULL : "equality"))
			{
				/* The column's side may hold parameters of its own. */
				if (pgassay_look_at(linitial(clause->args)).columns != NIL || pgassay_look_at(linitial(clause->args)).opaque)
					walker(linitial(clause->args), walk);
				if (pgassay_look_at(lsecond(clause->args)).columns != NIL || pgassay_look_at(lsecond(clause->args)).opaque)
					walker(lsecond(clause->args), walk);
				return false;
			}
		}
	}
	else if (IsA(node, ScalarArrayOpExpr))
	{
		add_array_comparison(walk, (ScalarArrayOpExpr *) node);
		return false;
	}
	else if (IsA(node, RowCompareExpr))
	{
		add_row_comparison(walk, (RowCompareExpr *) node);
		return false;
	}
	else if (pgassay_is_parameter(node))
	{
		add_use(walk, node, "argument");
		return false;
	}
	else if (IsA(node, FuncExpr))
	{
		add_arguments(walk, (FuncExpr *) node);
		return false;
	}
	return expression_tree_walker(node, walker, context);
}

List *
pgassay_parameter_uses(List *queries)
{
	Walk		walk = {NIL, NIL};
	ListCell   *cell;

	foreach(cell, queries)
		walk_query(&walk, lfirst_node(Query, cell));
	return walk.uses;
}
