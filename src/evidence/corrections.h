#pragma once

// The statistics that a finding proposes, as ANALYZE would make them: computed from rows, so that a twin can say what
// they change before anything is created. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/units.h"

namespace pgassay::evidence {

// Statistics to be tried, and the question that was answered wrongly without them.
struct Correction {
  std::string finding;  // EvidenceFinding::id
  std::string probe;    // a SELECT of the rows that were missed
  std::string search_path;
  double estimated_rows = 0;
  double actual_rows = 0;
  double looked_at = 0;  // rows, to compute what follows
  // Either a statistics object, with the statement that makes it, or a number of distinct values.
  std::string create;
  std::optional<ExtendedStatistics> extended;
  Oid relation;
  int column = 0;
  double distinct = 0;  // as pg_stats.n_distinct
};

// Rows of a sample that are alike in all columns.
struct ValueGroup {
  std::vector<std::optional<std::string>> values;  // by column
  std::string combination;                         // the same as PostgreSQL's array text
  double rows = 0;
};

// What ANALYZE makes of a sample with these groups, of a table with `table_rows`: numbers of different combinations and
// dependencies where `equality`, else the most common combinations, `target` at most (mvdistinct.c, dependencies.c and
// mcv.c in src/backend/statistics). `columns` are Column::number, ascending, in the order of the values.
ExtendedStatistics ComputeExtended(const std::vector<int>& columns, const std::vector<ValueGroup>& groups,
                                   double table_rows, bool equality, int target);

}  // namespace pgassay::evidence
