/*
 * Scans of all partitions, and of all arms of a UNION ALL, that nested loops scan again and again (charges.c).
 *
 * The core takes the cheapest path of each child, with what it pays, however often it is scanned. So these scans are planned again from
 * the children's paths without charges: by what pays nothing, by each charged index beside that, and by all. Then each is charged as a
 * whole.
 */
#include "charges.h"

#include "optimizer/pathnode.h"

/* Of the parent: relations that loops give rows of to a child's paths. */
static List *
outer_relations(const List *children, List **groups)
{
	List	   *found = NIL;
	const ListCell *child_cell;

	foreach(child_cell, children)
	{
		const RelOptInfo *child = lfirst(child_cell);
		const ListCell *cell;

		foreach(cell, child->pathlist)
		{
			const Path *path = lfirst(cell);
			const ListCell *outer_cell;
			bool		known = false;

			*groups = list_concat_unique_oid(*groups, pgassay_groups_of(path, true));
			if (!path->param_info)
				continue;
			foreach(outer_cell, found)
				known = known || bms_equal(lfirst(outer_cell), PATH_REQ_OUTER(path));
			if (!known)
				found = lappend(found, PATH_REQ_OUTER(path));
		}
	}
	return found;
}

/* Without its charges, and with the rows of `outer`; of those that pay for nothing beside `payers`. NULL: there is none. */
static Path *
cheapest_of(PlannerInfo *root, const RelOptInfo *child, Relids outer, const List *payers)
{
	Path	   *cheapest = NULL;
	const ListCell *cell;

	foreach(cell, child->pathlist)
	{
		Path	   *path = lfirst(cell);

		if (!bms_is_subset(PATH_REQ_OUTER(path), outer) || list_difference_oid(pgassay_groups_of(path, true), payers) != NIL)
			continue;
		if (pgassay_due_of(path) > 0 && (path = pgassay_without_charges(path)) == NULL)
			continue;
		if (!bms_equal(PATH_REQ_OUTER(path), outer))
			path = reparameterize_path(root, path, outer, 1.0);
		if (path && (!cheapest || path->total_cost < cheapest->total_cost))
			cheapest = path;
	}
	return cheapest;
}

static Path *
append_by(PlannerInfo *root, RelOptInfo *rel, const List *children, Relids outer, const List *payers)
{
	List	   *paths = NIL;
	const ListCell *cell;

	foreach(cell, children)
	{
		Path	   *path = cheapest_of(root, lfirst(cell), outer, payers);

		if (!path)
			return NULL;
		paths = lappend(paths, path);
	}
	return (Path *) create_append_path(root, rel, paths, NIL, NIL, outer, 0, false, -1);
}

static List *
live_children(const PlannerInfo *root, const RelOptInfo *rel)
{
	List	   *children = NIL;
	const ListCell *cell;

	foreach(cell, root->append_rel_list)
	{
		const AppendRelInfo *info = lfirst(cell);
		RelOptInfo *child = info->parent_relid == rel->relid ? root->simple_rel_array[info->child_relid] : NULL;

		if (child && !IS_DUMMY_REL(child) && child->pathlist != NIL)
			children = lappend(children, child);
	}
	return children;
}

/* With rows of others, and without charges. */
List *
pgassay_free_appends(PlannerInfo *root, RelOptInfo *rel)
{
	const List *children = live_children(root, rel);
	List	   *groups = NIL;
	const List *outers = outer_relations(children, &groups);
	List	   *found = NIL;
	const ListCell *outer_cell;
	ListCell   *cell;

	if (outers == NIL || groups == NIL)
		return NIL;
	foreach(outer_cell, outers)
	{
		List	   *appends = list_make2(append_by(root, rel, children, lfirst(outer_cell), NIL),
										 append_by(root, rel, children, lfirst(outer_cell), groups));

		foreach(cell, groups)
			appends = lappend(appends, append_by(root, rel, children, lfirst(outer_cell), list_make1_oid(lfirst_oid(cell))));
		foreach(cell, appends)
			if (lfirst(cell))
				found = lappend(found, lfirst(cell));
	}
	return found;
}
