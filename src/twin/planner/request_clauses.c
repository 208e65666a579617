/*
 * The clauses of an index request: conditions on one relation, and what joins it to others.
 */
#include "request_parts.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/selfuncs.h"

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

/* Readable text of a clause on `rel` alone; empty where other relations or subplans take part. */
static void
append_text(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, Node *clause)
{
	RangeTblEntry *rte = planner_rt_fetch(rel->relid, root);
	char	   *text = "";

	if (!is_internal_node_walker(clause, NULL) && bms_is_subset(pull_varnos(root, clause), rel->relids))
	{
		Node	   *copy = copyObject(clause);

		ChangeVarNodes(copy, rel->relid, 1, 0);
		make_deparsable_walker(copy, NULL);
		text = deparse_expression(copy, deparse_context_for(get_rel_name(rte->relid), rte->relid), false, false);
	}
	appendStringInfoString(out, ",\"text\":");
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

static void
append_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, const char *kind, AttrNumber column,
			  double selectivity, bool constant, bool default_opclass, Relids peers, Node *clause)
{
	pgassay_append_separator(out);
	appendStringInfo(out, "{\"kind\":\"%s\",\"column\":%d,\"selectivity\":", kind, column);
	pgassay_append_number(out, selectivity);
	appendStringInfo(out, ",\"constant\":%s,\"default_opclass\":%s", constant ? "true" : "false",
					 default_opclass ? "true" : "false");
	append_peers(out, peers);
	append_text(out, root, rel, clause);
	appendStringInfoChar(out, '}');
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

/* An operator clause with a plain column of `rel` on one side and nothing of `rel` on the other. */
static bool
append_operator_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, Node *clause, Oid operator, Oid collation,
					   Node *left, Node *right, double selectivity)
{
	Operand		operand = pgassay_operand_of(rel, left);
	Node	   *other = right;
	Relids		others;
	const char *kind;
	bool		default_opclass;
	bool		joins;

	if (operand.column == 0 || bms_is_member(rel->relid, pull_varnos(root, right)))
	{
		operand = pgassay_operand_of(rel, right);
		other = left;
		operator = get_commutator(operator);
		if (operand.column == 0 || !OidIsValid(operator) || bms_is_member(rel->relid, pull_varnos(root, left)))
			return false;
	}
	if (contain_volatile_functions(other))
		return false;
	kind = btree_kind(operator, collation, &operand, &default_opclass);
	others = pull_varnos(root, other);
	joins = !bms_is_empty(others);
	if (!kind)
	{
		append_clause(out, root, rel, "other", operand.column, selectivity, IsA(pgassay_strip_relabels(other), Const), false, others, clause);
		return true;
	}
	if (joins && strcmp(kind, "equality") == 0)
		kind = "join_equality";
	append_clause(out, root, rel, kind, operand.column, selectivity, IsA(pgassay_strip_relabels(other), Const), default_opclass, others,
				  clause);
	return true;
}

static bool
append_array_clause(StringInfo out, PlannerInfo *root, const RelOptInfo *rel, ScalarArrayOpExpr *clause, double selectivity)
{
	Operand		operand = pgassay_operand_of(rel, linitial(clause->args));
	bool		default_opclass;
	const char *kind;
	Node	   *array = lsecond(clause->args);

	if (!clause->useOr || operand.column == 0 || contain_volatile_functions(array) ||
		bms_is_member(rel->relid, pull_varnos(root, array)))
		return false;
	kind = btree_kind(clause->opno, clause->inputcollid, &operand, &default_opclass);
	if (!kind || strcmp(kind, "equality") != 0)
		return false;
	append_clause(out, root, rel, "in_list", operand.column, selectivity, IsA(pgassay_strip_relabels(array), Const), default_opclass,
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
		append_clause(out, root, rel, test->nulltesttype == IS_NULL ? "is_null" : "is_not_null", operand.column, selectivity, true,
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
			append_clause(out, root, rel, "equality", operand.column, selectivity, true, OidIsValid(operand.opfamily), NULL, clause);
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
		append_clause(out, root, rel, "other", 0, selectivity, false, false, NULL, clause);
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
			Operand		operand = pgassay_operand_of(rel, (Node *) member->em_expr);
			Relids		peers = NULL;
			ListCell   *other;

			if (member->em_is_child || operand.column == 0)
				continue;
			foreach(other, class->ec_members)
			{
				EquivalenceMember *peer = lfirst(other);

				if (!peer->em_is_child && !peer->em_is_const && !bms_is_member(rel->relid, peer->em_relids))
					peers = bms_union(peers, peer->em_relids);
			}
			if (bms_is_empty(peers))
				continue;
			append_clause(out, root, rel, "join_equality", operand.column,
						  equality_selectivity(root, (Node *) member->em_expr), false,
						  list_member_oid(class->ec_opfamilies, operand.opfamily) &&
						  (!OidIsValid(operand.collation) || operand.collation == class->ec_collation),
						  peers, (Node *) member->em_expr);
		}
	}
}
