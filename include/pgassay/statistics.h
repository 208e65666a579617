#pragma once

// What ANALYZE found out about columns, expressions and groups of them. Implemented by module catalog.

#include <optional>
#include <string>
#include <vector>

#include "pgassay/qualified_name.h"
#include "pgassay/units.h"

namespace pgassay {

// One of the five slots of a pg_statistic row (include/catalog/pg_statistic.h, STATISTIC_KIND_*).
struct StatisticSlot {
  int kind = 0;                        // 1 most common values, 2 histogram, 3 correlation, 4, 5 elements, 6, 7 ranges
  std::string op;                      // staop as regoperator text, "0" if none
  std::string collation;               // stacoll as schema-qualified quoted name, empty if none
  std::optional<std::string> numbers;  // stanumbers as PostgreSQL's array text
  std::optional<std::string> values;   // stavalues as PostgreSQL's array text; left out by capture --no-values
  friend bool operator==(const StatisticSlot&, const StatisticSlot&) = default;
};

// Planner statistics of a column of a table, or of an expression column of an index (pg_statistic).
struct ColumnStatistics {
  Oid relation;            // table, or index for an expression
  int column = 0;          // attribute number within `relation`
  bool inherited = false;  // the row that covers children too
  double null_fraction = 0;
  int average_width = 0;  // bytes, header included for variable-length types
  double distinct = 0;    // pg_stats.n_distinct: positive a count, negative a fraction of the rows, 0 unknown
  std::vector<StatisticSlot> slots;  // used slots only, in slot order
  friend bool operator==(const ColumnStatistics&, const ColumnStatistics&) = default;
};

// Some columns and expressions of extended statistics (CREATE STATISTICS), and a figure about them.
struct ColumnGroup {
  // Column::number, or -1, -2, ... for the first, second, ... expression, as PostgreSQL's array text: "{2,3,-1}". Of a
  // dependency the last one is what the others determine.
  std::string columns;
  double figure = 0;  // different combinations; of a dependency the share of rows for which it holds, 0 to 1
  friend bool operator==(const ColumnGroup&, const ColumnGroup&) = default;
};

// A common combination of values.
struct CommonCombination {
  std::string values;         // PostgreSQL's array text: of the columns by number, then of the expressions
  double frequency = 0;       // share of the rows
  double base_frequency = 0;  // if the columns were independent
  friend bool operator==(const CommonCombination&, const CommonCombination&) = default;
};

// A row of pg_statistic_ext_data, with what pg_statistic_ext says about it. Empty lists were not asked for or not
// built.
struct ExtendedStatistics {
  Oid oid;
  QualifiedName name;
  Oid relation;
  bool inherited = false;             // the row that covers children too
  std::string columns;                // Column::number, ascending, as array text; "{}": expressions only
  std::vector<ColumnGroup> distinct;  // as PostgreSQL keeps them, like all below
  std::vector<ColumnGroup> dependencies;
  std::vector<CommonCombination> common;      // left out by capture --no-values
  std::vector<ColumnStatistics> expressions;  // relation 0, column: number of the expression from 1
  friend bool operator==(const ExtendedStatistics&, const ExtendedStatistics&) = default;
};

}  // namespace pgassay
