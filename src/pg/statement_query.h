#pragma once

// The SQL over pg_stat_statements, whose columns differ between the versions of the extension.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

// Longer texts stay on the server.
inline constexpr std::int64_t kMaxStatementBytes = std::int64_t{1} << 20;

// Whether `columns` of the view are those of version 1.8 or later.
bool HasKnownColumns(const std::set<std::string, std::less<>>& columns);

// Reads at most `limit` rows of the view in `schema` that has `columns`; texts of other databases than `database` are
// not sent. For ReadStatementRow.
std::string StatementQuery(std::string_view schema, const std::set<std::string, std::less<>>& columns, Oid database,
                           std::int64_t limit);

// One row of the view.
struct StatementRow {
  bool in_database = false;
  bool has_text = false;        // false: NULL, or too long
  std::int64_t text_bytes = 0;  // 0: NULL
  Statement statement;
};

StatementRow ReadStatementRow(const Result& result, std::size_t row);

}  // namespace pgassay::pg
