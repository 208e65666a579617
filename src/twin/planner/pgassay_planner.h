/*
 * The planner extension: lets a PostgreSQL without rows plan as the captured one would.
 *
 * Everything here is local to one backend. The caller loads sizes of relations and indexes (relation_info.c), pins the clock,
 * prepares statements and plans them under sets of enabled indexes (plan.c), and reads the planner's view of each base relation
 * as JSON (requests.c). End points of indexes are real index entries (end_points.c).
 *
 * The functions are called by an unprivileged role, and a hostile schema may call them too, so each checks its arguments.
 */
#ifndef PGASSAY_PLANNER_H
#define PGASSAY_PLANNER_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"
#include "utils/array.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"

/* arrays.c: one-dimensional arrays without nulls; an error names `what`. */
extern int	pgassay_array_length(ArrayType *array, Oid element_type, const char *what);
extern Oid *pgassay_oids(ArrayType *array, const char *what, int *count);
extern double *pgassay_doubles(ArrayType *array, const char *what, int *count);

/*
 * untrusted.c: what is called between the two runs as the unprivileged owner of the schema, in a security-restricted operation. An
 * error ends the transaction, and that restores user and settings.
 */
typedef struct Untrusted
{
	Oid			user;
	int			context;
	int			nest_level;
} Untrusted;

extern void pgassay_untrusted_begin(Untrusted *untrusted);
extern void pgassay_untrusted_end(const Untrusted *untrusted);

/*
 * Calls a type's input function as the unprivileged owner of the schema, in a security-restricted operation. A domain's
 * input function runs its CHECK constraints, which come from the capture, and the session that loads values is a superuser's.
 */
extern Datum pgassay_untrusted_input(Oid input, char *literal, Oid type_argument, int32 typmod);

/* extended_statistics.c: the list of StatisticExtInfo of one relation, put in the order of the source. */
extern List *pgassay_order_statistics(List *statistics);

/* relation_info.c: the enabled set of the next planning. The arrays are copied and sorted. */
extern void pgassay_set_enabled(const Oid *enabled, int enabled_count, const Oid *hidden, int hidden_count);
extern void pgassay_relation_info_init(void);

/* plan.c */
extern void pgassay_plan_init(void);

/* charges.c: a relation of the statement that an index is looked at for, in the order of planning. */
typedef struct PgassayUseKey
{
	Oid			index;
	int			number;
} PgassayUseKey;

typedef struct PgassayUse
{
	PgassayUseKey key;			/* hash key */
	bool		possible;		/* the relation can be scanned by the index */
	bool		used;			/* in the present planning */
} PgassayUse;

/* charged_limit.c: the least parts of paths that the statement's plans run. */
typedef struct PgassayParts
{
	double		rows;			/* of all relations of the top level together; 0: unknown */
	double		merged;			/* of what merge joins have in order */
	double		matched;		/* of what semijoins look for matches in */
} PgassayParts;

extern HTAB *pgassay_make_uses(MemoryContext context);

/*
 * From here to pgassay_charges_end, which must follow whatever happens, using any index of group `groups[i]` costs `charge[i]`. Up to
 * pgassay_charges_counted planning finds out about possible uses and charges nothing; true: they are known. pgassay_charges_restart comes
 * before each planning.
 */
extern bool pgassay_charges_begin(HTAB *uses, PgassayParts *parts, const Oid *indexes, const Oid *groups, const double *charge,
								  int count);
extern void pgassay_charges_counted(void);
extern void pgassay_charges_restart(void);
extern void pgassay_charges_end(void);
extern void pgassay_charge_index(IndexOptInfo *index);
extern bool pgassay_is_excluded(Oid index);	/* in the present planning */
extern void pgassay_charges_init(void);

/* plan.c: what a planning says. */
typedef struct PgassayFigures
{
	Cost		total;
	Cost		startup;
	Cost		penalty;		/* part of total */
	List	   *used;			/* of index OIDs */
	double		pages;			/* that the plans are charged for, where that is wanted */
	Cost		page_cost;		/* part of total */
} PgassayFigures;

/*
 * charge_search.c, after pgassay_charges_counted: total without penalty is the least sum of cost and charges, or a sum that is no larger.
 * `enough` of it will do, and plans that have to pay more than `most` are of no interest. `used` is of the plan with the least sum that
 * was seen.
 */
extern PgassayFigures pgassay_least_sum(PgassayFigures (*plan) (void *), void *context, Cost enough, Cost most);

/* penalty.c: how much of the plan's total cost is disable_cost; `replan` makes the same plan again. */
extern Cost pgassay_penalty(const PlannedStmt *plan, PlannedStmt *(*replan) (void *), void *context);
extern double pgassay_pages(const PlannedStmt *plan, PlannedStmt *(*replan) (void *), void *context, Cost *cost);

/*
 * requests.c: while a request buffer is set, every base relation that is planned appends a JSON object to it.
 * pgassay_requests_begin starts a new JSON array in `buffer`; pgassay_requests_end closes it.
 */
extern void pgassay_requests_begin(StringInfo buffer);
extern void pgassay_requests_end(void);
extern void pgassay_requests_abort(void);
extern void pgassay_requests_init(void);

#endif
