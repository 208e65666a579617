// One row of pg_stat_statements after the other; module sql makes statements of its text, TemplateBuilder templates.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "pgassay/workload_statements.h"
#include "sql/plannable.h"
#include "sql/statement.h"
#include "workload/skip_reasons.h"
#include "workload/template_builder.h"

namespace pgassay {
namespace {

constexpr std::string_view kSource = "pg_stat_statements";

class StatementReader {
 public:
  explicit StatementReader(const Snapshot& snapshot) : snapshot_(snapshot), builder_(snapshot) {}

  void Read(const Statement& row) {
    const absl::StatusOr<sql::Plannables> found = sql::FindPlannable(row.text);
    if (!found.ok()) {
      return Skip(row, workload::Unreadable(found.status(), snapshot_.server_version), row.counters.total_ms);
    }
    if (found->statements.empty()) {
      return Skip(row, workload::NotPlanned(row.text, found->utilities), row.counters.total_ms);
    }
    if (!found->statements.front().executed) {
      // Somebody looked at a plan; the counters are those of planning.
      return Skip(row, workload::NotPlanned(row.text, {"ExplainStmt"}), row.counters.total_ms);
    }
    workload::Occurrence occurrence{
        .executor = {.database = snapshot_.database, .user = row.user, .top_level = row.top_level},
        .source = std::string(kSource),
        .place = PlaceOf(row),
        .query_ids = {row.query_id},
        .counters = row.counters,
        .tags = sql::QueryTags(row.text)};
    for (const sql::PlannableText& statement : found->statements) {
      absl::StatusOr<std::string> typed = sql::WithParameterTypes(statement.text, statement.parameter_types);
      if (typed.ok()) {
        builder_.Add(occurrence, statement.facts,
                     Binding{.sql = *std::move(typed), .weight = Calls(row), .source = std::string(kSource)});
      } else {
        Skip(row, workload::Unreadable(typed.status(), snapshot_.server_version),
             occurrence.counters ? row.counters.total_ms : 0);
      }
      occurrence.counters.reset();  // the first statement has them
    }
  }

  Workload Take() && {
    Workload workload = std::move(builder_).Take();
    workload.not_kept = snapshot_.statement_groups;
    return workload;
  }

 private:
  static double Calls(const Statement& row) { return static_cast<double>(row.counters.calls); }

  static std::string PlaceOf(const Statement& row) {
    return absl::StrCat(ToAbsl(kSource), ": query ", row.query_id,
                        row.user.empty() ? "" : absl::StrCat(" of ", QuoteIdentifier(row.user)));
  }

  void Skip(const Statement& row, Skipped skipped, double total_ms) {
    skipped.source = PlaceOf(row);
    skipped.weight = Calls(row);
    skipped.total_ms = total_ms;
    builder_.Add(std::move(skipped));
  }

  const Snapshot& snapshot_;
  workload::TemplateBuilder builder_;
};

}  // namespace

Workload ReadStatementWorkload(const Snapshot& snapshot) {
  StatementReader reader(snapshot);
  for (const Statement& row : snapshot.statements) {
    reader.Read(row);
  }
  return std::move(reader).Take();
}

}  // namespace pgassay
