/*
 * Where the parameters of a statement stand (parameter_uses.c), for those who tell about them (parameters.c).
 */
#ifndef PGASSAY_PARAMETER_USES_H
#define PGASSAY_PARAMETER_USES_H

#include "postgres.h"

#include "access/attnum.h"
#include "nodes/pg_list.h"

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

/* The uses in analysed and rewritten queries, in order of appearance: a list of Use. Texts are empty where there is nothing to say. */
extern List *pgassay_parameter_uses(List *queries);

#endif
