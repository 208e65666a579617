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

static bool walker(Node *node, void *context);

/* `node` as argument number `argument` of a function or operator; no parameter: walks on. */
static void
add_argument(Walk *walk, Node *node, const char *function, int argument)
{
	Node	   *bare = pgassay_bare(node);

	if (bare && pgassay_is_parameter(bare))
	{
		Use		   *use = add_use(walk, bare, "argument");

		use->function = function ? function : "";
		use->argument = argument;
	}
	else
		walker(node, walk);
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

/*
 * `column_node` op `parameter_node`; true where it is a comparison of one column with parameters. Each parameter of that side gets a
 * use: "now() - ($0 * $2)" and "now() - ($1 * $0)". Which one of them is worth choosing is for others to say.
 */
static bool
add_comparison(Walk *walk, Node *column_node, Node *parameter_node, Oid operator, const char *kind)
{
	ComparisonSide		left = pgassay_look_at(column_node);
	ComparisonSide		right = pgassay_look_at(parameter_node);
	ListCell   *cell;

	if (right.opaque || right.columns != NIL || right.parameters == NIL)
		return false;
	/* $1 = $2 says nothing. */
	if (list_length(right.parameters) > 1 && left.columns == NIL && !left.opaque)
		return false;
	foreach(cell, right.parameters)
	{
		Node	   *parameter = lfirst(cell);
		Use		   *use = add_use(walk, parameter, kind ? kind : "operator");

		use->op = OidIsValid(operator) ? get_opname(operator) : "";
		if (use->op == NULL)
			use->op = "";
		if (!kind)
			use->kind = kind_of_operator(use->op);
		use->parameter_expression = pgassay_around(parameter_node, parameter);
		if (cell != list_head(right.parameters))
		{
			Use		   *first = list_nth(walk->uses, list_length(walk->uses) - 1 - foreach_current_index(cell));

			use->table = first->table;
			use->column = first->column;
			use->expression = first->expression;
		}
		else if (pgassay_find_column(walk->levels, &left, &use->table, &use->column))
			use->expression = pgassay_around(left.node, linitial(left.columns));
	}
	return true;
}

/*
 * `column_node` op range(low, high), made in the statement, is a comparison with both bounds: of a column of single values with itself,
 * of a column of ranges with their lower bounds. Arguments that are something else are left to the walk.
 */
static bool
add_range_comparison(Walk *walk, Node *column_node, Node *range_node)
{
	FuncExpr   *call = (FuncExpr *) pgassay_bare(range_node);
	ComparisonSide		left = pgassay_look_at(column_node);
	bool		ranges = type_is_range(exprType(column_node));
	int			argument;

	if (call == NULL || !IsA(call, FuncExpr) || !type_is_range(call->funcresulttype) || list_length(call->args) < 2 ||
		exprType(linitial(call->args)) != get_range_subtype(call->funcresulttype) ||
		exprType(lsecond(call->args)) != get_range_subtype(call->funcresulttype) ||
		left.opaque || list_length(left.columns) != 1 || left.parameters != NIL)
		return false;
	for (argument = 0; argument < 2; argument++)
	{
		int			before = list_length(walk->uses);

		if (!add_comparison(walk, column_node, list_nth(call->args, argument), InvalidOid, argument == 0 ? "greater" : "less"))
		{
			walker(list_nth(call->args, argument), walk);
			continue;
		}
		for (; ranges && before < list_length(walk->uses); before++)
		{
			Use		   *use = list_nth(walk->uses, before);

			use->expression = use->expression[0] ? psprintf("lower(%s)", use->expression) : "lower($0)";
		}
	}
	if (list_length(call->args) == 3)
		add_argument(walk, lthird(call->args), "range", 3);
	return true;
}

/* `column_node` op ARRAY[$1, $2], made in the statement, asks for several elements. */
static bool
add_elements(Walk *walk, Node *column_node, Node *array_node, Oid operator)
{
	Node	   *array = pgassay_bare(array_node);
	ComparisonSide		left = pgassay_look_at(column_node);
	ListCell   *cell;

	if (array == NULL || !IsA(array, ArrayExpr) || left.columns == NIL || list_length(((ArrayExpr *) array)->elements) < 2)
		return false;
	foreach(cell, ((ArrayExpr *) array)->elements)
	{
		int			before = list_length(walk->uses);

		if (!add_comparison(walk, column_node, lfirst(cell), operator, NULL))
			walker(lfirst(cell), walk);
		for (; before < list_length(walk->uses); before++)
			((Use *) list_nth(walk->uses, before))->parameter_expression = "ARRAY[$0]";
	}
	return true;
}

/* Both sides of an operator, whichever holds the parameter. True: its parameters are dealt with. */
static bool
add_operator(Walk *walk, Oid operator, Node *left, Node *right, const char *kind)
{
	Oid			commutator;

	if (add_range_comparison(walk, left, right) || add_range_comparison(walk, right, left) ||
		add_elements(walk, left, right, operator))
		return true;
	if (add_comparison(walk, left, right, operator, kind))
		return true;
	commutator = get_commutator(operator);
	return add_comparison(walk, right, left, OidIsValid(commutator) ? commutator : operator, kind);
}

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
add_arguments(Walk *walk, List *arguments, const char *name)
{
	ListCell   *cell;

	foreach(cell, arguments)
		add_argument(walk, lfirst(cell), name, foreach_current_index(cell) + 1);
}

/* column -> $1 and column ->> $1: which member of the documents is meant. False where it is nothing of the kind. */
static bool
add_member(Walk *walk, OpExpr *clause)
{
	char	   *name = get_opname(clause->opno);
	Oid			type = exprType(linitial(clause->args));

	if (name == NULL || (type != JSONOID && type != JSONBOID) || (strncmp(name, "->", 2) != 0 && strncmp(name, "#>", 2) != 0))
		return false;
	if (!add_comparison(walk, linitial(clause->args), lsecond(clause->args), clause->opno, "operator"))
		return false;
	if (pgassay_look_at(linitial(clause->args)).parameters != NIL || pgassay_look_at(linitial(clause->args)).opaque)
		walker(linitial(clause->args), walk);
	return true;
}

/* coalesce($1, column), nullif(column, $1), greatest(column, $1): where there is one column, the parameter is a value of it. */
static void
add_alternatives(Walk *walk, Node *node, List *arguments)
{
	ComparisonSide		side = pgassay_look_at(node);
	ListCell   *cell;

	foreach(cell, arguments)
	{
		Node	   *bare = pgassay_bare(lfirst(cell));

		if (!side.opaque && list_length(side.columns) == 1 && bare && pgassay_is_parameter(bare))
			add_comparison(walk, linitial(side.columns), lfirst(cell), InvalidOid, "equality");
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

/* An operator that says yes or no. */
static void
walk_comparison(Walk *walk, OpExpr *clause, const char *kind)
{
	ListCell   *cell;

	if (!add_operator(walk, clause->opno, linitial(clause->args), lsecond(clause->args), kind))
	{
		add_arguments(walk, clause->args, get_opname(clause->opno));
		return;
	}
	/* The column's side may hold parameters of its own. */
	foreach(cell, clause->args)
	{
		ComparisonSide		side = pgassay_look_at(lfirst(cell));

		if (side.columns != NIL || side.opaque)
			walker(lfirst(cell), walk);
	}
}

static void
walk_call(Walk *walk, FuncExpr *call)
{
	char	   *name = get_func_name(call->funcid);

	if (name && strcmp(name, "starts_with") == 0 && list_length(call->args) == 2 &&
		add_comparison(walk, linitial(call->args), lsecond(call->args), InvalidOid, "like"))
	{
		Use		   *use = llast(walk->uses);

		use->function = name;
		walker(linitial(call->args), walk);
		return;
	}
	add_arguments(walk, call->args, name);
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
	if (IsA(node, NullIfExpr))
	{
		add_alternatives(walk, node, ((OpExpr *) node)->args);
		return false;
	}
	if (IsA(node, CoalesceExpr) || IsA(node, MinMaxExpr))
	{
		add_alternatives(walk, node, IsA(node, CoalesceExpr) ? ((CoalesceExpr *) node)->args : ((MinMaxExpr *) node)->args);
		return false;
	}
	if ((IsA(node, OpExpr) || IsA(node, DistinctExpr)) && list_length(((OpExpr *) node)->args) == 2)
	{
		OpExpr	   *clause = (OpExpr *) node;

		if (exprType(node) == BOOLOID)
			walk_comparison(walk, clause, IsA(node, DistinctExpr) ? "equality" : NULL);
		else if (!IsA(node, OpExpr) || !add_member(walk, clause))
			add_arguments(walk, clause->args, get_opname(clause->opno));
		return false;
	}
	if (IsA(node, ScalarArrayOpExpr))
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
		walk_call(walk, (FuncExpr *) node);
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
