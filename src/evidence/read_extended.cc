#include "evidence/read_extended.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "evidence/statistics_ddl.h"

namespace pgassay::evidence {
namespace {

std::vector<const Column*> ColumnsNamed(const Relation& table, const std::vector<std::string>& quoted) {
  std::vector<const Column*> columns;
  for (const Column& column : table.columns) {
    if (std::ranges::find(quoted, QuoteIdentifier(column.name)) != quoted.end()) columns.push_back(&column);
  }
  std::ranges::sort(columns, {}, &Column::number);
  return columns;
}

}  // namespace

std::optional<Correction> ReadExtended(Analyzer& analyzer, const Relation& table,
                                       const std::vector<std::string>& columns, const Snapshot& snapshot, bool equality,
                                       const std::string& create) {
  std::vector<std::string> keys, texts;
  std::vector<int> numbers;
  int target = 0;
  for (const Column* const column : ColumnsNamed(table, columns)) {
    keys.push_back(QuoteIdentifier(column->name));
    texts.push_back(absl::StrCat("(", keys.back(), ")::pg_catalog.text"));
    numbers.push_back(column->number);
    target = std::max(target, StatisticsTarget(*column, snapshot));
  }
  if (numbers.size() < 2) return std::nullopt;
  const double table_rows = std::max(table.statistics_tuples, 0.0);
  const auto rows = analyzer.Read(absl::StrCat(
      "SELECT /* pgassay */ pg_catalog.count(*), (ARRAY[", absl::StrJoin(texts, ", "), "])::pg_catalog.text, ",
      absl::StrJoin(texts, ", "), " FROM ", Analyzer::SampleOf(catalog::QuotedName(table.name), table_rows),
      " GROUP BY ", absl::StrJoin(keys, ", ")));
  if (!rows.ok() || rows->empty()) return std::nullopt;
  Correction correction;
  std::vector<ValueGroup> groups;
  for (const std::vector<std::optional<std::string>>& row : *rows) {
    groups.push_back({.values = {row.begin() + 2, row.end()},
                      .combination = row[1].value_or(""),
                      .rows = std::strtod(row[0].value_or("0").c_str(), nullptr)});
    correction.looked_at += groups.back().rows;
  }
  correction.create = create;
  correction.extended = ComputeExtended(numbers, groups, table_rows, equality, target);
  correction.relation = table.oid;
  return correction;
}

}  // namespace pgassay::evidence
