/*
 * The sides of a comparison: parameters, and the columns of tables that expressions are computed from.
 */
#ifndef PGASSAY_COMPARISON_SIDES_H
#define PGASSAY_COMPARISON_SIDES_H

#include "postgres.h"

#include "access/attnum.h"
#include "nodes/pg_list.h"

/* What a side of a comparison is made of. */
typedef struct ComparisonSide
{
	Node	   *node;
	List	   *parameters;		/* of Param or FuncExpr (a setting that is read) */
	List	   *columns;		/* of Var */
	bool		opaque;			/* has a subquery, an aggregate or a window function */
} ComparisonSide;

/* The name in current_setting('name'), or NULL. */
extern char *pgassay_setting_name(Node *node);

/* Whether `node` is $n or a setting that is read. */
extern bool pgassay_is_parameter(Node *node);

/* What is inside of conversions that nobody wrote; a setting, which is text, also out of those that somebody wrote. */
extern Node *pgassay_bare(Node *node);

extern ComparisonSide pgassay_look_at(Node *node);

/*
 * The one column of a table that `side` is computed from, parameters aside, seen from `levels` (of Query, innermost first); false where
 * it is none or several. Outputs of subqueries in it are replaced by what they are computed from, so that side->node speaks of the table.
 */
extern bool pgassay_find_column(List *levels, ComparisonSide *side, Oid *table, AttrNumber *column);

/* SQL of `node` with $0 for `what`; empty where it is `what` itself. */
extern const char *pgassay_around(Node *node, Node *what);

#endif
