#include "advisor/request_text.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/index_identity.h"

namespace pgassay::advisor {
namespace {

// Columns named one by one; more are counted.
constexpr std::size_t kMostColumns = 8;

std::string ColumnName(const Relation& relation, int number) {
  const Column* const column = FindColumn(relation, number);
  return column == nullptr ? "?" : QuoteIdentifier(column->name);
}

std::string DescribeClause(const catalog::RequestClause& clause, const Relation& relation) {
  if (clause.column == 0) return "a condition on an expression";
  const std::string column = ColumnName(relation, clause.column);
  switch (clause.kind) {
    case catalog::ClauseKind::kEquality:
      return absl::StrCat(column, " = value");
    case catalog::ClauseKind::kInList:
      return absl::StrCat(column, " in a list");
    case catalog::ClauseKind::kRange:
      return absl::StrCat(column, " in a range");
    case catalog::ClauseKind::kIsNull:
      return absl::StrCat(column, " is null");
    case catalog::ClauseKind::kIsNotNull:
      return absl::StrCat(column, " is not null");
    case catalog::ClauseKind::kJoinEquality:
      return absl::StrCat(column, " joined");
    case catalog::ClauseKind::kOther:
      return absl::StrCat("another condition on ", column);
  }
  return column;
}

std::string_view Purpose(catalog::OrderPurpose purpose) {
  switch (purpose) {
    case catalog::OrderPurpose::kSort:
      return "order by ";
    case catalog::OrderPurpose::kGroup:
      return "group by ";
    case catalog::OrderPurpose::kDistinct:
      return "distinct ";
    case catalog::OrderPurpose::kWindow:
      return "window over ";
  }
  return "";
}

std::string DescribeOrder(const catalog::RequestOrder& order, const Relation& relation) {
  std::string text(Purpose(order.purpose));
  bool first = true;
  for (const catalog::OrderColumn& column : order.columns) {
    absl::StrAppend(&text, first ? "" : ", ", ColumnName(relation, column.column), column.descending ? " DESC" : "");
    if (column.nulls_first != column.descending) text += column.nulls_first ? " NULLS FIRST" : " NULLS LAST";
    first = false;
  }
  return text;
}

}  // namespace

std::string DescribeRequest(const catalog::IndexRequest& request, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(request.table);
  if (relation == nullptr) return "a table outside of the capture";
  std::string clauses;
  for (const catalog::RequestClause& clause : request.clauses) {
    absl::StrAppend(&clauses, clauses.empty() ? "" : ", ", DescribeClause(clause, *relation), " (",
                    FormatNumber(100 * clause.selectivity, 2), " % of the rows)");
  }
  std::string text = absl::StrCat(catalog::QuotedName(relation->name), ": ", clauses.empty() ? "every row" : clauses);
  for (const catalog::RequestOrder& order : request.orders) {
    absl::StrAppend(&text, "; ", DescribeOrder(order, *relation));
  }
  if (request.limit_tuples > 0) absl::StrAppend(&text, "; first ", FormatNumber(request.limit_tuples), " rows");
  if (request.needs_whole_row) return absl::StrCat(text, "; needs the whole row");
  std::string needed;
  for (std::size_t i = 0; i < request.needed_columns.size() && i < kMostColumns; ++i) {
    absl::StrAppend(&needed, i == 0 ? "" : ", ", ColumnName(*relation, request.needed_columns[i]));
  }
  if (request.needed_columns.size() > kMostColumns) {
    absl::StrAppend(&needed, " and ", request.needed_columns.size() - kMostColumns, " more");
  }
  return needed.empty() ? text : absl::StrCat(text, "; needs ", needed);
}

}  // namespace pgassay::advisor
