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

void
pgassay_untrusted_begin(Untrusted *untrusted)
{
	GetUserIdAndSecContext(&untrusted->user, &untrusted->context);
	SetUserIdAndSecContext(get_role_oid(OWNER_ROLE, false), untrusted->context | SECURITY_RESTRICTED_OPERATION);
	untrusted->nest_level = NewGUCNestLevel();
}

void
pgassay_untrusted_end(const Untrusted *untrusted)
{
	AtEOXact_GUC(false, untrusted->nest_level);
	SetUserIdAndSecContext(untrusted->user, untrusted->context);
}

Datum
pgassay_untrusted_input(Oid input, char *literal, Oid type_argument, int32 typmod)
{
	Untrusted	untrusted;
	Datum		value;

	pgassay_untrusted_begin(&untrusted);
	value = OidInputFunctionCall(input, literal, type_argument, typmod);
	pgassay_untrusted_end(&untrusted);
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
