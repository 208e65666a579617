/*
 * The clauses of an index request: conditions on one relation, and what joins it to others.
 */
#include "request_parts.h"

#include <ctype.h>

#include "access/stratnum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/selfuncs.h"

/* ^@ on text, in every version from 11 on (pg_operator.dat). */
#define PGASSAY_STARTS_WITH_OP 3877

/* Nodes that exist only inside the planner: ruleutils.c knows no text for them and would raise an error. */
static bool
is_internal_node_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, PlaceHolderVar) || IsA(node, SubPlan) || IsA(node, AlternativeSubPlan) || IsA(node, RestrictInfo))
		return true;
	return expression_tree_walker(node, is_internal_node_walker, context);
}

/*
 * Columns are named as the relation's own: a name that an alias of a join gave them has no meaning outside the query. The results of
 * subqueries become ordinary parameters, written $n: for the others PostgreSQL 17 looks into a plan, and there is none yet.
 */
static bool
make_deparsable_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		((Var *) node)->varnosyn = 0;
		((Var *) node)->varattnosyn = 0;
		return false;
	}
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXEC)
		((Param *) node)->paramkind = PARAM_EXTERN;
	return expression_tree_walker(node, make_deparsable_walker, context);
}

/* With dates that every session reads alike: the text may become the predicate of an index. */
static char *
deparse_unambiguously(Node *node, List *context)
{
	int			date_style = DateStyle;
	char	   *text;

	DateStyle = USE_ISO_DATES;
	PG_TRY();
	{
		text = deparse_expression(node, context, false, false);
	}
	PG_FINALLY();
	{
		DateStyle = date_style;
	}
	PG_END_TRY();
	return text;
}

char *
pgassay_text_on(PlannerInfo *root, const RelOptInfo *rel, Node *node)
{
	RangeTblEntry *rte = planner_rt_fetch(rel->relid, root);
	Node	   *copy;

	if (is_internal_node_walker(node, NULL) || !bms_is_subset(pull_varnos(root, node), rel->relids))
		return "";
	copy = copyObject(node);
	ChangeVarNodes(copy, rel->relid, 1, 0);
	make_deparsable_walker(copy, NULL);
	return deparse_unambiguously(copy, deparse_context_for(get_rel_name(rte->relid), rte->relid));
}

/* As CREATE INDEX wants it, and pg_get_indexdef prints it: in parentheses, but for a plain call of a function. */
static void
append_expression(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, Node *expression)
{
	char	   *text = pgassay_text_on(root, rel, expression);

	if (!(IsA(expression, FuncExpr) && (((FuncExpr *) expression)->funcformat == COERCE_EXPLICIT_CALL ||
										((FuncExpr *) expression)->funcformat == COERCE_SQL_SYNTAX)))
		text = psprintf("(%s)", text);
	appendStringInfoString(out, ",\"expression\":");
	escape_json(out, text);
}

static void
append_peers(StringInfo out, Relids peers)
{
	int			peer = -1;

	appendStringInfoString(out, ",\"peers\":[");
	while ((peer = bms_next_member(peers, peer)) >= 0)
	{
		pgassay_append_separator(out);
		appendStringInfo(out, "%d", peer);
	}
	appendStringInfoChar(out, ']');
}

/*
 * The end of a range that is a number or a time, so that ranges can be compared. Of a comparison of rows, the first columns alone are no
 * range of the same rows.
 */
static void
append_bound(StringInfo out, const Operand *operand, Oid operator, Node *other, Node *clause)
{
	Const	   *constant = (Const *) pgassay_strip_relabels(other);
	int			strategy = OidIsValid(operand->opfamily) ? get_op_opfamily_strategy(operator, operand->opfamily) : 0;
	double		value;
	bool		time;

	if (!IsA(clause, OpExpr) || strategy == 0 || !pgassay_place_of(constant, &value, &time))
		return;
	out->data[--out->len] = '\0'; /* goes on */
	appendStringInfo(out, ",\"bound\":{\"lower\":%s,\"inclusive\":%s,\"time\":%s,\"value\":",
					 strategy == BTGreaterStrategyNumber || strategy == BTGreaterEqualStrategyNumber ? "true" : "false",
					 strategy == BTLessEqualStrategyNumber || strategy == BTGreaterEqualStrategyNumber ? "true" : "false",
					 time ? "true" : "false");
	pgassay_append_number(out, value);
	appendStringInfoString(out, "}}");
}

static void
append_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, const char *kind, const Operand *operand,
			  double selectivity, bool constant, bool default_opclass, Relids peers, Node *clause)
{
	pgassay_append_separator(out);
	appendStringInfo(out, "{\"kind\":\"%s\",\"column\":%d,\"selectivity\":", kind, operand ? operand->column : 0);
	pgassay_append_number(out, selectivity);
	appendStringInfo(out, ",\"constant\":%s,\"default_opclass\":%s", constant ? "true" : "false",
					 default_opclass ? "true" : "false");
	append_peers(out, peers);
	appendStringInfoString(out, ",\"text\":");
	escape_json(out, pgassay_text_on(root, rel, clause));
	if (operand && operand->expression)
		append_expression(out, root, rel, operand->expression);
	appendStringInfoChar(out, '}');
}

/* A condition that a B-tree with its default operator class does not serve, and what does. */
static void
append_other_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, const Operand *operand, Oid operator,
					const char *pattern_opclass, double selectivity, bool constant, Relids peers, Node *clause)
{
	append_clause(out, root, rel, "other", operand, selectivity, constant, false, peers, clause);
	out->data[--out->len] = '\0'; /* goes on */
	pgassay_append_access(out, operator, operand->type);
	if (pattern_opclass)
	{
		appendStringInfoString(out, ",\"pattern_opclass\":");
		escape_json(out, pattern_opclass);
	}
	appendStringInfoChar(out, '}');
}

/* The operator class with which a B-tree serves `operand` operator `other` as a range, where that is a fixed beginning; else NULL. */
static const char *
pattern_opclass_of(Oid operator, const Operand *operand, Node *other)
{
	Const	   *pattern = (Const *) pgassay_strip_relabels(other);
	char	   *value;

	if (!IsA(pattern, Const) || pattern->constisnull || (pattern->consttype != TEXTOID && pattern->consttype != BPCHAROID))
		return NULL;
	value = TextDatumGetCString(pattern->constvalue);
	if (operator == OID_TEXT_LIKE_OP || operator == OID_BPCHAR_LIKE_OP)
	{
		if (value[0] == '\0' || value[0] == '%' || value[0] == '_')
			return NULL;
	}
	else if (operator == OID_TEXT_REGEXEQ_OP || operator == OID_BPCHAR_REGEXEQ_OP)
	{
		/* Anchored, and something plain behind the anchor. */
		if (value[0] != '^' || !isalnum((unsigned char) value[1]) || strchr("*?{|", value[2]) != NULL)
			return NULL;
	}
	else if (operator != PGASSAY_STARTS_WITH_OP || value[0] == '\0')
		return NULL;
	return operand->type == BPCHAROID ? "bpchar_pattern_ops" : operand->type == VARCHAROID ? "varchar_pattern_ops" : "text_pattern_ops";
}

/* What `operator` means for a B-tree with the default operator class: "equality", "range" or NULL. */
static const char *
btree_kind(Oid operator, Oid input_collation, const Operand *operand, bool *default_opclass)
{
	int			strategy = OidIsValid(operand->opfamily) ? get_op_opfamily_strategy(operator, operand->opfamily) : 0;

	*default_opclass = strategy != 0 && (!OidIsValid(operand->collation) || operand->collation == input_collation);
	if (strategy == 0)
	{
		/* Another B-tree family (text_pattern_ops, another collation) may know it; a plain index does not serve it. */
		return NULL;
	}
	return strategy == BTEqualStrategyNumber ? "equality" : "range";
}

static bool
is_operand(const Operand *operand)
{
	return operand->column != 0 || operand->expression != NULL;
}

/* An operator clause with a column of `rel`, or an expression on its columns, on one side and nothing of `rel` on the other. */
static bool
append_operator_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, Node *clause, Oid operator, Oid collation,
					   Node *left, Node *right, double selectivity)
{
	Operand		operand = pgassay_indexable_of(root, rel, left);
	Node	   *other = right;
	Relids		others;
	const char *kind;
	bool		default_opclass;
	bool		joins;

	if (!is_operand(&operand) || bms_is_member(rel->relid, pull_varnos(root, right)))
	{
		operand = pgassay_indexable_of(root, rel, right);
		other = left;
		operator = get_commutator(operator);
		if (!is_operand(&operand) || !OidIsValid(operator) || bms_is_member(rel->relid, pull_varnos(root, left)))
			return false;
	}
	if (contain_volatile_functions(other))
		return false;
	kind = btree_kind(operator, collation, &operand, &default_opclass);
	others = pull_varnos(root, other);
	joins = !bms_is_empty(others);
	if (!kind)
	{
		append_other_clause(out, root, rel, &operand, operator, pattern_opclass_of(operator, &operand, other), selectivity,
							IsA(pgassay_strip_relabels(other), Const), others, clause);
		return true;
	}
	if (joins && strcmp(kind, "equality") == 0)
		kind = "join_equality";
	append_clause(out, root, rel, kind, &operand, selectivity, IsA(pgassay_strip_relabels(other), Const), default_opclass, others,
				  clause);
	if (strcmp(kind, "range") == 0)
		append_bound(out, &operand, operator, other, clause);
	return true;
}

static bool
append_array_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, ScalarArrayOpExpr *clause, double selectivity)
{
	Operand		operand = pgassay_indexable_of(root, rel, linitial(clause->args));
	bool		default_opclass;
	const char *kind;
	Node	   *array = lsecond(clause->args);

	if (!clause->useOr || !is_operand(&operand) || contain_volatile_functions(array) ||
		bms_is_member(rel->relid, pull_varnos(root, array)))
		return false;
	kind = btree_kind(clause->opno, clause->inputcollid, &operand, &default_opclass);
	if (!kind || strcmp(kind, "equality") != 0)
		return false;
	append_clause(out, root, rel, "in_list", &operand, selectivity, IsA(pgassay_strip_relabels(array), Const), default_opclass,
				  pull_varnos(root, array), (Node *) clause);
	return true;
}

static bool
append_row_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, RowCompareExpr *clause, double selectivity)
{
	return append_operator_clause(out, root, rel, (Node *) clause, linitial_oid(clause->opnos),
								  linitial_oid(clause->inputcollids), linitial(clause->largs), linitial(clause->rargs),
								  selectivity);
}

static bool
append_known_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, Node *clause, double selectivity)
{
	if (IsA(clause, OpExpr) && list_length(((OpExpr *) clause)->args) == 2)
	{
		OpExpr	   *expression = (OpExpr *) clause;

		return append_operator_clause(out, root, rel, clause, expression->opno, expression->inputcollid,
									  linitial(expression->args), lsecond(expression->args), selectivity);
	}
	if (IsA(clause, ScalarArrayOpExpr))
		return append_array_clause(out, root, rel, (ScalarArrayOpExpr *) clause, selectivity);
	if (IsA(clause, RowCompareExpr))
		return append_row_clause(out, root, rel, (RowCompareExpr *) clause, selectivity);
	if (IsA(clause, NullTest) && !((NullTest *) clause)->argisrow)
	{
		NullTest   *test = (NullTest *) clause;
		Operand		operand = pgassay_operand_of(rel, (Node *) test->arg);

		if (operand.column == 0)
			return false;
		append_clause(out, root, rel, test->nulltesttype == IS_NULL ? "is_null" : "is_not_null", &operand, selectivity, true,
					  OidIsValid(operand.opfamily), NULL, clause);
		return true;
	}
	/* A boolean column stands for "column = true" and NOT column for "column = false". */
	{
		Node	   *inner = is_notclause(clause) ? (Node *) get_notclausearg(clause) : clause;
		Operand		operand;

		if (IsA(inner, BooleanTest) &&
			(((BooleanTest *) inner)->booltesttype == IS_TRUE || ((BooleanTest *) inner)->booltesttype == IS_FALSE))
			inner = (Node *) ((BooleanTest *) inner)->arg;
		operand = pgassay_operand_of(rel, inner);
		if (operand.column != 0 && exprType(inner) == BOOLOID)
		{
			append_clause(out, root, rel, "equality", &operand, selectivity, true, OidIsValid(operand.opfamily), NULL, clause);
			return true;
		}
	}
	return false;
}

void
pgassay_append_restriction(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, RestrictInfo *restriction, bool join)
{
	Node	   *clause = (Node *) restriction->clause;
	double		selectivity = clause_selectivity(root, (Node *) restriction, join ? rel->relid : 0, JOIN_INNER, NULL);

	if (IsA(clause, Const))
		return;
	if (!append_known_clause(out, root, rel, clause, selectivity) && !join)
		append_clause(out, root, rel, "other", NULL, selectivity, false, false, NULL, clause);
}

/* One over the number of distinct values: what an equality with an unknown value of another relation lets through. */
static double
equality_selectivity(PlannerInfo *root, Node *node)
{
	VariableStatData variable;
	bool		is_default;
	double		distinct;

	examine_variable(root, node, 0, &variable);
	distinct = get_variable_numdistinct(&variable, &is_default);
	ReleaseVariableStats(variable);
	return distinct > 0 ? 1 / distinct : 1;
}

/* Columns of `rel` that are equal to something of another relation, derived equalities included. */
void
pgassay_append_equivalences(StringInfo out, PlannerInfo *root, const RelOptInfo *rel)
{
	ListCell   *class_cell;

	foreach(class_cell, root->eq_classes)
	{
		EquivalenceClass *class = lfirst(class_cell);
		ListCell   *mine;

		if (class->ec_merged || class->ec_has_volatile || class->ec_has_const || list_length(class->ec_members) < 2)
			continue;
		foreach(mine, class->ec_members)
		{
			EquivalenceMember *member = lfirst(mine);
			Operand		operand = pgassay_indexable_of(root, rel, (Node *) member->em_expr);
			Relids		peers = NULL;
			ListCell   *other;

			if (member->em_is_child || !is_operand(&operand))
				continue;
			foreach(other, class->ec_members)
			{
				EquivalenceMember *peer = lfirst(other);

				if (!peer->em_is_child && !peer->em_is_const && !bms_is_member(rel->relid, peer->em_relids))
					peers = bms_union(peers, peer->em_relids);
			}
			if (bms_is_empty(peers))
				continue;
			append_clause(out, root, rel, "join_equality", &operand,
						  equality_selectivity(root, (Node *) member->em_expr), false,
						  list_member_oid(class->ec_opfamilies, operand.opfamily) &&
						  (!OidIsValid(operand.collation) || operand.collation == class->ec_collation),
						  peers, (Node *) member->em_expr);
		}
	}
}
