/*
 * Values from a capture become values of the twin.
 *
 * The superuser session that writes pg_statistic and end points must never run code of the schema with its own rights. As CREATE INDEX
 * and ANALYZE do (src/backend/commands/analyze.c), the current user is the schema's owner for the time of the call, a
 * security-restricted operation forbids changing it, and settings that the code changed are rolled back.
 */
#include "pgassay_planner.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"

#define OWNER_ROLE "pgassay_owner"

static void
enter(Oid *user, int *context, int *nest_level)
{
	GetUserIdAndSecContext(user, context);
	SetUserIdAndSecContext(get_role_oid(OWNER_ROLE, false), *context | SECURITY_RESTRICTED_OPERATION);
	*nest_level = NewGUCNestLevel();
}

static void
leave(Oid user, int context, int nest_level)
{
	AtEOXact_GUC(false, nest_level);
	SetUserIdAndSecContext(user, context);
}

Datum
pgassay_untrusted_input(Oid input, char *literal, Oid type_argument, int32 typmod)
{
	Oid			user;
	int			context;
	int			nest_level;
	Datum		value;

	/* An error ends the transaction, and that restores user and settings. */
	enter(&user, &context, &nest_level);
	value = OidInputFunctionCall(input, literal, type_argument, typmod);
	leave(user, context, nest_level);
	return value;
}

PG_FUNCTION_INFO_V1(pgassay_array_in);

/* pgassay_array_in(text, element type oid) returns anyarray: array_in without the caller's rights. */
Datum
pgassay_array_in(PG_FUNCTION_ARGS)
{
	char	   *literal = text_to_cstring(PG_GETARG_TEXT_PP(0));

	return pgassay_untrusted_input(F_ARRAY_IN, literal, PG_GETARG_OID(1), -1);
}
