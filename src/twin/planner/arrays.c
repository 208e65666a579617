/* Reading array arguments. */
#include "pgassay_planner.h"

#include "catalog/pg_type.h"

int
pgassay_array_length(ArrayType *array, Oid element_type, const char *what)
{
	if (ARR_NDIM(array) == 0)
		return 0;
	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != element_type)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("pgassay: %s must be a one-dimensional array without nulls", what)));
	return ARR_DIMS(array)[0];
}

Oid *
pgassay_oids(ArrayType *array, const char *what, int *count)
{
	*count = pgassay_array_length(array, OIDOID, what);
	return (Oid *) ARR_DATA_PTR(array);
}

double *
pgassay_doubles(ArrayType *array, const char *what, int *count)
{
	*count = pgassay_array_length(array, FLOAT8OID, what);
	return (double *) ARR_DATA_PTR(array);
}
