#include "cli/workload_source.h"

#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pgassay/workload_files.h"
#include "pgassay/workload_logs.h"
#include "pgassay/workload_statements.h"

namespace pgassay::cli {
namespace {

template <typename Element>
void Append(std::vector<Element>& list, std::vector<Element> more) {
  list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void Merge(Template& into, Template more) {
  into.weight += more.weight;
  Append(into.bindings, std::move(more.bindings));
  Append(into.unbound, std::move(more.unbound));
  if (!into.logged) into.logged = std::move(more.logged);
  if (!into.observed) {
    into.observed = std::move(more.observed);
    into.query_ids = std::move(more.query_ids);
    into.tags = std::move(more.tags);
  }
}

}  // namespace

absl::Status CheckCaptured(const Snapshot& snapshot) {
  const StatementSource& source = snapshot.statement_source;
  if (!source.unavailable.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("the capture has no statements: ", source.unavailable));
  }
  if (source.version.empty()) {
    return absl::FailedPreconditionError(
        "the capture has no statements: it was made without pg_stat_statements; install the extension on the server "
        "(shared_preload_libraries = 'pg_stat_statements', CREATE EXTENSION pg_stat_statements), let the application "
        "run for a while, and capture again");
  }
  return absl::OkStatus();
}

void AppendWorkload(Workload& workload, Workload more) {
  std::map<std::string, std::size_t> positions;
  for (std::size_t i = 0; i < workload.templates.size(); ++i) positions.emplace(workload.templates[i].id, i);
  for (Template& statement : more.templates) {
    const auto known = positions.find(statement.id);
    if (known == positions.end()) {
      workload.templates.push_back(std::move(statement));
    } else {
      Merge(workload.templates[known->second], std::move(statement));
    }
  }
  Append(workload.skipped, std::move(more.skipped));
  Append(workload.not_kept, std::move(more.not_kept));
}

absl::StatusOr<Workload> CapturedWorkload(const Snapshot& snapshot, const LogWorkload& logs) {
  const absl::Status captured = CheckCaptured(snapshot);
  if (logs.templates.empty()) {
    PGASSAY_RETURN_IF_ERROR(captured);
    return ReadStatementWorkload(snapshot);
  }
  Workload from_logs = ReadLogWorkload(logs, snapshot);
  if (!captured.ok()) return from_logs;
  Workload workload = ReadStatementWorkload(snapshot);
  TakeBindings(workload, std::move(from_logs));
  return workload;
}

WorkloadResult LoadWorkload(std::string_view command, const Options& options, const Snapshot& snapshot,
                            const LogWorkload& logs) {
  WorkloadResult result{Workload(), Stage::kInput};
  if (!options.workload.empty()) {
    result.workload = ReadSqlWorkload(options.workload, snapshot);
    if (!result.workload.ok() || !options.with_captured) return result;
  }
  absl::StatusOr<Workload> captured = CapturedWorkload(snapshot, logs);
  if (!captured.ok()) {
    return {absl::InvalidArgumentError(
                absl::StrCat(ToAbsl(command), ": ", captured.status().message(),
                             options.workload.empty()
                                 ? "; or read the server's logs into the file with pgassay ingest; or give --workload PATH, a file of SQL statements or a directory of *.sql files"
                                 : "; or leave out --with-captured")),
            Stage::kUsage};
  }
  if (options.workload.empty() && captured->templates.empty() && captured->skipped.empty()) {
    return {absl::InvalidArgumentError(absl::StrCat(
                ToAbsl(command), ": pg_stat_statements had no readable statement of database ", snapshot.database,
                " when it was captured", snapshot.statement_groups.empty() ? "" : " (capture said what was not kept)",
                "; let the application run for a while and capture again, or give --workload "
                "PATH, a file of SQL statements or a directory of *.sql files")),
            Stage::kUsage};
  }
  AppendWorkload(*result.workload, *std::move(captured));
  return result;
}

}  // namespace pgassay::cli
