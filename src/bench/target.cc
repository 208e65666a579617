#include "bench/target.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/client.h"

namespace pgassay::bench {
namespace {

constexpr std::string_view kCopyPrefix = "pgassay_bench_";
constexpr std::string_view kCopyRemark = "pgassay bench: copy of a database, to be dropped by the next run";
// CREATE DATABASE needs a session elsewhere, and every server has this one unless somebody has dropped it.
constexpr char kElsewhere[] = "postgres";

// Copies without sessions whose remark says that they are ours.
constexpr char kLeftCopiesSql[] = R"(
  SELECT d.datname FROM pg_database d
  WHERE starts_with(d.datname, $1) AND shobj_description(d.oid, 'pg_database') = $2
    AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
  ORDER BY d.datname
)";

absl::StatusOr<pg::Session> ConnectElsewhere(const BenchOptions& options, bool stoppable) {
  return ConnectPatiently(options, kElsewhere, stoppable);
}

}  // namespace

absl::Status CheckDisposable(pg::Session& session, const BenchOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result found,
                           session.Query("SELECT current_database(), pg_is_in_recovery(), "
                                         "CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE') "
                                         "THEN (SELECT system_identifier::text FROM pg_control_system()) END"));
  if (found.Boolean(0, 1)) {
    return absl::FailedPreconditionError(absl::StrCat(
        session.Describe(), " is a standby, on which no index can be built; name a database of a primary"));
  }
  if (options.force_production || options.production_system.empty()) return absl::OkStatus();
  if (found.Text(0, 0) != options.production_database) return absl::OkStatus();
  // Where this role may not know the system, the name alone must do.
  if (found.At(0, 2) && found.Text(0, 2) != options.production_system) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(session.Describe(), found.At(0, 2) ? " is the database" : " has the name of the database",
                   " that was captured: bench builds and drops indexes there and runs every statement of the workload. "
                   "Name a copy of it on another server, or, if it is disposable (a clone by pg_basebackup or of a "
                   "disk keeps the identifier), add --force-production-id"));
}

std::string CopyName(const std::string& run) {
  return absl::StrCat(ToAbsl(kCopyPrefix), run);
}

absl::Status MakeCopy(const BenchOptions& options, const std::string& run, std::vector<std::string>& notes) {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session source, ConnectPatiently(options, "", true));
  PGASSAY_RETURN_IF_ERROR(CheckDisposable(source, options));
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result name, source.Query("SELECT current_database()"));
  PGASSAY_ASSIGN_OR_RETURN(pg::Session elsewhere, ConnectElsewhere(options, true));
  source = std::move(elsewhere);  // nobody may be in the database that is copied
  const std::optional<std::string> ours[] = {std::string(kCopyPrefix), std::string(kCopyRemark)};
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result left, source.Query(kLeftCopiesSql, ours));
  for (std::size_t i = 0; i < left.rows(); ++i) {
    PGASSAY_RETURN_IF_ERROR(source.Execute(absl::StrCat("DROP DATABASE ", QuoteIdentifier(left.Text(i, 0)))));
    notes.push_back(absl::StrCat("dropped ", left.Text(i, 0), ", the copy of an earlier run that did not end"));
  }
  const std::string copy = QuoteIdentifier(CopyName(run));
  PGASSAY_RETURN_IF_ERROR(
      source.Execute(absl::StrCat("CREATE DATABASE ", copy, " TEMPLATE ", QuoteIdentifier(name.Text(0, 0)))));
  return source.Execute(absl::StrCat("COMMENT ON DATABASE ", copy, " IS ", QuoteLiteral(kCopyRemark)));
}

absl::Status DropCopy(const BenchOptions& options, const std::string& run) {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, ConnectElsewhere(options, false));
  // FORCE is known from 13 on.
  return session.Execute(absl::StrCat("DROP DATABASE IF EXISTS ", QuoteIdentifier(CopyName(run)),
                                      session.server_version() >= 130000 ? " WITH (FORCE)" : ""));
}

}  // namespace pgassay::bench
