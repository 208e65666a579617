/*
 * What the parameters of a statement are: their types, and what they are compared with, by PostgreSQL's own analysis.
 *
 * The statement is analysed with $n of unknown types, as PREPARE without types does, and rewritten, so that views are gone. A
 * comparison is followed from the column that the statement names through subqueries, joins and common table expressions to the
 * column of the table that holds it. The same walk answers for the settings that a policy reads: current_setting('app.tenant') is a
 * parameter with a name.
 */
#include "pgassay_planner.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_coerce.h"
#include "parser/parse_node.h"
#include "parser/parsetree.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"

/* Subqueries, joins and common table expressions that a column is followed through: more than any statement nests. */
#define MAX_STEPS 1000

/* One place of a parameter. */
typedef struct Use
{
	int			number;			/* of $n; 0: the setting `setting` */
	char	   *setting;
	const char *kind;
	Oid			table;
	AttrNumber	column;
	const char *op;
	const char *expression;
	const char *parameter_expression;
	const char *function;
	int			argument;
} Use;

typedef struct Walk
{
	List	   *levels;			/* of Query, innermost first */
	List	   *uses;			/* of Use */
} Walk;

/* What a side of a comparison is made of. */
typedef struct Side
{
	Node	   *node;
	List	   *parameters;		/* of Param or FuncExpr (a setting that is read) */
	List	   *columns;		/* of Var */
	bool		opaque;			/* has a subquery, an aggregate or a window function */
} Side;

/* The name in current_setting('name'), or NULL. */
static char *
setting_name(Node *node)
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

static bool
is_parameter(Node *node)
{
	return (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXTERN) || setting_name(node) != NULL;
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

static Node *
bare(Node *node)
{
	Node	   *inner = inside_conversions(node, true);

	return inner && setting_name(inner) ? inner : inside_conversions(node, false);
}

static bool
side_walker(Node *node, void *context)
{
	Side	   *side = context;

	if (node == NULL)
		return false;
	if (is_parameter(node))
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

static Side
look_at(Node *node)
{
	Side		side = {node, NIL, NIL, false};

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
 * The one column of a table that `side` is computed from; false where it is none or several. Outputs of subqueries in it are replaced
 * by what they are computed from, so that side->node speaks of the table.
 */
static bool
find_column(List *levels, Side *side, Oid *table, AttrNumber *column)
{
	int			step;

	for (step = 0; step < MAX_STEPS; step++)
	{
		Replacement replacement;
		List	   *outer;

		if (side->opaque || list_length(side->columns) != 1 || side->parameters != NIL)
			return false;
		replacement.from = linitial(side->columns);
		if (find_source(levels, (Var *) replacement.from, table, column, &replacement.to, &outer))
			return true;
		if (replacement.to == NULL)
			return false;
		levels = outer;
		*side = look_at(replace_mutator(side->node, &replacement));
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
static const char *
around(Node *node, Node *what)
{
	if (bare(node) == what)
		return "";
	return deparse_expression(placeholder_mutator(node, what), NIL, false, false);
}

static Use *
add_use(Walk *walk, Node *parameter, const char *kind)
{
	Use		   *use = palloc0(sizeof(Use));

	use->number = IsA(parameter, Param) ? ((Param *) parameter)->paramid : 0;
	use->setting = setting_name(parameter);
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
	Side		left = look_at(column_node);
	Side		right = look_at(parameter_node);
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
	use->parameter_expression = around(parameter_node, parameter);
	if (find_column(walk->levels, &left, &use->table, &use->column))
		use->expression = around(left.node, linitial(left.columns));
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
	Node	   *array = bare(lsecond(clause->args));
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
	if (!add_comparison(walk, column, lsecond(clause->args), clause->opno, clause->useOr ? "array" : "not_equal"))
		walker(lsecond(clause->args), walk);
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
		Node	   *node = bare(lfirst(cell));

		argument++;
		if (node && is_parameter(node))
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
		Node	   *node = bare((Node *) entry->expr);
		ListCell   *row;

		if (entry->resjunk || node == NULL)
			continue;
		if (is_parameter(node))
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
					? bare(list_nth(values, ((Var *) node)->varattno - 1)) : NULL;

				if (value && is_parameter(value))
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
	node = bare(node);
	if (node && is_parameter(node))
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
				if (look_at(linitial(clause->args)).columns != NIL || look_at(linitial(clause->args)).opaque)
					walker(linitial(clause->args), walk);
				if (look_at(lsecond(clause->args)).columns != NIL || look_at(lsecond(clause->args)).opaque)
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
	else if (is_parameter(node))
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
		appendStringInfo(&out, "%s{\"number\":%d", i == 0 ? "" : ",", i + 1);
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
	List	   *rewritten;
	Walk		walk = {NIL, NIL};
	ListCell   *cell;

	if (list_length(parsed) != 1)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("pgassay: expected one statement, found %d", list_length(parsed))));
	query = parse_analyze_varparams(linitial_node(RawStmt, parsed), statement, &types, &count, NULL);
	if (query->commandType == CMD_UTILITY)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("pgassay: the statement has no plan")));
	rewritten = pg_rewrite_query(query);
	foreach(cell, rewritten)
		walk_query(&walk, lfirst_node(Query, cell));
	PG_RETURN_TEXT_P(cstring_to_text(describe(walk.uses, types, count)));
}
