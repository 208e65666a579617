/*
 * Variables of functions in their statements.
 *
 * pg_stat_statements.track = all shows what functions run with their variables as bare names (WHERE id = p_id), because PL/pgSQL and
 * SQL functions resolve these in the analysis and not in the text. Here the same hook takes every name that is no column as a
 * parameter, as PL/pgSQL does (src/pl/plpgsql/src/pl_comp.c, plpgsql_post_column_ref), and the text is given back with $n in its place.
 */
#include "pgassay_planner.h"

#include "catalog/namespace.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "parser/analyze.h"
#include "parser/parse_node.h"
#include "parser/parse_param.h"
#include "parser/scansup.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"

typedef struct Variable
{
	int			location;		/* of the name in the text, in bytes */
	int			fields;			/* record.field has two */
	int			number;			/* of its parameter */
	char	   *name;
} Variable;

/* Of the analysis that runs; p_ref_hook_state belongs to parse_param.c. */
static List *variables = NIL;
static int	highest = 0;		/* number of a parameter so far */
static bool running = false;	/* constants are read by input functions of the schema, which may call this again */

static int
number_of(const char *name)
{
	ListCell   *cell;

	foreach(cell, variables)
	{
		const Variable *known = lfirst(cell);

		if (strcmp(known->name, name) == 0)
			return known->number;
	}
	return ++highest;
}

static Node *
take_variable(ParseState *state, ColumnRef *reference, Node *column)
{
	ListCell   *cell;
	Variable   *variable;
	ParamRef   *parameter;

	if (column != NULL || reference->location < 0 || list_length(reference->fields) > 2)
		return NULL;
	foreach(cell, reference->fields)
		if (!IsA(lfirst(cell), String))
			return NULL;
	variable = palloc(sizeof(Variable));
	variable->location = reference->location;
	variable->fields = list_length(reference->fields);
	variable->name = NameListToQuotedString(reference->fields);
	variable->number = number_of(variable->name);
	variables = lappend(variables, variable);
	parameter = makeNode(ParamRef);
	parameter->number = variable->number;
	parameter->location = reference->location;
	return state->p_paramref_hook(state, parameter);
}

static int
compare_locations(const ListCell *a, const ListCell *b)
{
	return ((const Variable *) lfirst(a))->location - ((const Variable *) lfirst(b))->location;
}

/* Behind the identifier at `text`; NULL where there is none. */
static const char *
after_identifier(const char *text)
{
	if (*text == '"')
	{
		for (text++; *text; text++)
		{
			if (*text != '"')
				continue;
			if (text[1] != '"')
				return text + 1;
			text++;
		}
		return NULL;
	}
	if (!isalpha((unsigned char) *text) && *text != '_' && !IS_HIGHBIT_SET(*text))
		return NULL;
	while (isalnum((unsigned char) *text) || *text == '_' || *text == '$' || IS_HIGHBIT_SET(*text))
		text++;
	return text;
}

/* Behind a name of so many fields. */
static const char *
after_name(const char *text, int fields)
{
	text = after_identifier(text);
	while (text && --fields > 0)
	{
		while (scanner_isspace(*text))
			text++;
		if (*text++ != '.')
			return NULL;
		while (scanner_isspace(*text))
			text++;
		text = after_identifier(text);
	}
	return text;
}

static char *
replaced(const char *statement)
{
	StringInfoData out;
	const char *rest = statement;
	ListCell   *cell;

	initStringInfo(&out);
	list_sort(variables, compare_locations);
	foreach(cell, variables)
	{
		const Variable *variable = lfirst(cell);
		const char *begin = statement + variable->location;
		const char *end = after_name(begin, variable->fields);

		if (begin < rest)
			continue;			/* the analysis looks at some names twice */
		if (!end)
			ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("pgassay: no name where a variable is")));
		appendBinaryStringInfo(&out, rest, begin - rest);
		appendStringInfo(&out, "$%d", variable->number);
		rest = end;
	}
	appendStringInfoString(&out, rest);
	return out.data;
}

static void
analyse(const char *statement)
{
	List	   *parsed = pg_parse_query(statement);
	ParseState *state = make_parsestate(NULL);
	Oid		   *types = NULL;
	int			count = 0;

	if (list_length(parsed) != 1)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("pgassay: expected one statement, found %d", list_length(parsed))));
	state->p_sourcetext = statement;
	setup_parse_variable_parameters(state, &types, &count);
	state->p_post_columnref_hook = take_variable;
	transformTopLevelStmt(state, linitial_node(RawStmt, parsed));
	free_parsestate(state);
}

PG_FUNCTION_INFO_V1(pgassay_variables);

/* pgassay_variables(sql text, used int4) returns text: `sql` with $n for names that are no columns; $1 to $used are taken. */
Datum
pgassay_variables(PG_FUNCTION_ARGS)
{
	char	   *statement = text_to_cstring(PG_GETARG_TEXT_PP(0));

	if (running)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_IN_USE), errmsg("pgassay: not from within a statement that is being analysed")));
	variables = NIL;
	highest = Max(PG_GETARG_INT32(1), 0);
	running = true;
	PG_TRY();
	{
		analyse(statement);
	}
	PG_FINALLY();
	{
		running = false;
	}
	PG_END_TRY();
	PG_RETURN_TEXT_P(cstring_to_text(replaced(statement)));
}
