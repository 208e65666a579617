#include "cli/captured_statements.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::cli {

Workload ReadStatementWorkload(const Snapshot& snapshot) {
  Workload workload;
  workload.not_kept = snapshot.statement_groups;
  for (const Statement& statement : snapshot.statements) {
    Template made;
    made.fingerprint = HexDigits(static_cast<std::uint64_t>(statement.query_id), 16);
    made.id = HexDigits(StableHash(absl::StrCat(made.fingerprint, " ", statement.top_level, " ", statement.user)), 16);
    made.sql = statement.text;
    made.database = snapshot.database;
    made.user = statement.user;
    made.top_level = statement.top_level;
    made.source = "pg_stat_statements";
    made.query_ids = {statement.query_id};
    made.observed = statement.counters;
    made.weight = static_cast<double>(statement.counters.calls);
    made.unbound = {{.sql = statement.text, .weight = made.weight, .source = made.source, .note = ""}};
    workload.templates.push_back(std::move(made));
  }
  return workload;
}

}  // namespace pgassay::cli
