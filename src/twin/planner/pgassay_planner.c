/* Entry of the planner extension: loaded by session_preload_libraries of the twin. */
#include "pgassay_planner.h"

#include "fmgr.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	pgassay_relation_info_init();
	pgassay_requests_init();
	pgassay_charges_init();
	pgassay_plan_init();
}
