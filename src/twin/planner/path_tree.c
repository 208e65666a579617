/*
 * The scans of indexes below a path.
 */
#include "path_tree.h"

static void
visit_all(const List *paths, PgassayScanVisitor visit, void *context)
{
	const ListCell *cell;

	foreach(cell, paths)
		pgassay_visit_scans(lfirst(cell), visit, context);
}

/* Of a node with one path below it; NULL for others. */
static const Path *
path_below(const Path *path)
{
	switch (nodeTag(path))
	{
		case T_BitmapHeapPath:
			return ((const BitmapHeapPath *) path)->bitmapqual;
		case T_SubqueryScanPath:
			return ((const SubqueryScanPath *) path)->subpath;
		case T_MaterialPath:
			return ((const MaterialPath *) path)->subpath;
		case T_MemoizePath:
			return ((const MemoizePath *) path)->subpath;
		case T_UniquePath:
			return ((const UniquePath *) path)->subpath;
		case T_GatherPath:
			return ((const GatherPath *) path)->subpath;
		case T_GatherMergePath:
			return ((const GatherMergePath *) path)->subpath;
		case T_ProjectionPath:
			return ((const ProjectionPath *) path)->subpath;
		case T_ProjectSetPath:
			return ((const ProjectSetPath *) path)->subpath;
		case T_GroupPath:
			return ((const GroupPath *) path)->subpath;
		case T_UpperUniquePath:
			return ((const UpperUniquePath *) path)->subpath;
		case T_AggPath:
			return ((const AggPath *) path)->subpath;
		case T_GroupingSetsPath:
			return ((const GroupingSetsPath *) path)->subpath;
		case T_WindowAggPath:
			return ((const WindowAggPath *) path)->subpath;
		case T_LockRowsPath:
			return ((const LockRowsPath *) path)->subpath;
		case T_ModifyTablePath:
			return ((const ModifyTablePath *) path)->subpath;
		case T_LimitPath:
			return ((const LimitPath *) path)->subpath;
		case T_SortPath:
		case T_IncrementalSortPath:
			return ((const SortPath *) path)->subpath;
		default:
			return NULL;
	}
}

void
pgassay_visit_scans(const Path *path, PgassayScanVisitor visit, void *context)
{
	const Path *below;

	switch (nodeTag(path))
	{
		case T_IndexPath:
			visit((const IndexPath *) path, context);
			return;
		case T_BitmapAndPath:
			visit_all(((const BitmapAndPath *) path)->bitmapquals, visit, context);
			return;
		case T_BitmapOrPath:
			visit_all(((const BitmapOrPath *) path)->bitmapquals, visit, context);
			return;
		case T_NestPath:
		case T_MergePath:
		case T_HashPath:
			pgassay_visit_scans(((const JoinPath *) path)->outerjoinpath, visit, context);
			pgassay_visit_scans(((const JoinPath *) path)->innerjoinpath, visit, context);
			return;
		case T_AppendPath:
			visit_all(((const AppendPath *) path)->subpaths, visit, context);
			return;
		case T_MergeAppendPath:
			visit_all(((const MergeAppendPath *) path)->subpaths, visit, context);
			return;
		default:
			below = path_below(path);
			if (below)
				pgassay_visit_scans(below, visit, context);
	}
}
