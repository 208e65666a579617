#pragma once

// Rows of pg_statistic on their way to the twin.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/snapshot.h"
#include "twin/names.h"

namespace pgassay::twin {

// PostgreSQL's array text from optional elements.
class ArrayText {
 public:
  void Add(std::optional<std::string_view> element);
  std::string Finish() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

// A number as text that reads back as the same number.
std::string Exact(double value);

struct StatisticRow {
  ColumnStatistics statistics;
  TwinOid relation;
  int column = 0;
};

// `statistics` without the slots that cannot be used: the planner trusts what ANALYZE wrote, takes numbers[i] for
// values[i] and the only number of a correlation without looking (selfuncs.c), so a slot that lacks its values (capture
// --no-values) or whose arrays do not fit together (a damaged or hostile capture) must not reach it.
ColumnStatistics Consistent(const ColumnStatistics& statistics);

// SELECT that makes rows of pg_statistic from StatisticParameters(). `join_type` joins r(relation, number) to the type
// of the values, as a.atttypid. Superuser, search_path = pg_catalog.
std::string StatisticRowsSql(std::string_view join_type);

std::vector<std::optional<std::string>> StatisticParameters(std::span<const StatisticRow> rows);

}  // namespace pgassay::twin
