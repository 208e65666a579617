#include "bench/target.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/client.h"
#include "bench/restored_copy.h"

namespace pgassay::bench {
namespace {

constexpr std::string_view kCopyPrefix = "pgassay_bench_";
constexpr std::string_view kCopyRemark = "pgassay bench: copy of a database, to be dropped by the next run";
// The remark comes after CREATE DATABASE. A run that is killed between the two leaves a copy that is known by this
// limit, which CREATE DATABASE itself sets, and which nobody reaches.
constexpr int kCopyConnections = 1047103;
// CREATE DATABASE needs a session elsewhere, and every server has this one unless somebody has dropped it.
constexpr char kElsewhere[] = "postgres";

// Copies without sessions whose remark, or else whose limit of connections, says that they are ours.
constexpr char kLeftCopiesSql[] = R"(
  SELECT d.datname FROM pg_database d
  WHERE starts_with(d.datname, $1)
    AND coalesce(shobj_description(d.oid, 'pg_database') = $2, d.datconnlimit = $3::int)
    AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
  ORDER BY d.datname
)";

absl::StatusOr<pg::Session> ConnectElsewhere(const BenchOptions& options, bool stoppable) {
  return ConnectPatiently(options, kElsewhere, stoppable);
}

struct ServerFacts {
  std::string database;
  std::optional<std::string> system;  // identifier; none: this role may not know it
};

// FailedPrecondition on a standby.
absl::StatusOr<ServerFacts> LookAt(pg::Session& session) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result found,
                           session.Query("SELECT current_database(), pg_is_in_recovery(), "
                                         "CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE') "
                                         "THEN (SELECT system_identifier::text FROM pg_control_system()) END"));
  if (found.Boolean(0, 1)) {
    return absl::FailedPreconditionError(absl::StrCat(
        session.Describe(), " is a standby, on which no index can be built; name a database of a primary"));
  }
  return ServerFacts{.database = found.Text(0, 0), .system = found.At(0, 2)};
}

absl::Status DropLeftCopies(pg::Session& session, std::vector<std::string>& notes) {
  const std::optional<std::string> ours[] = {std::string(kCopyPrefix), std::string(kCopyRemark),
                                             absl::StrCat(kCopyConnections)};
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result left, session.Query(kLeftCopiesSql, ours));
  for (std::size_t i = 0; i < left.rows(); ++i) {
    PGASSAY_RETURN_IF_ERROR(session.Execute(absl::StrCat("DROP DATABASE ", QuoteIdentifier(left.Text(i, 0)))));
    notes.push_back(absl::StrCat("dropped ", left.Text(i, 0), ", the copy of an earlier run that did not end"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDisposable(pg::Session& session, const BenchOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const ServerFacts facts, LookAt(session));
  if (options.force_production || options.production_system.empty()) return absl::OkStatus();
  if (facts.database != options.production_database) return absl::OkStatus();
  // Where this role may not know the system, the name alone must do.
  if (facts.system && facts.system != options.production_system) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(session.Describe(), facts.system ? " is the database" : " has the name of the database",
                   " that was captured: bench builds and drops indexes there and runs every statement of the workload. "
                   "Name a copy of it on another server, or, if it is disposable (a clone by pg_basebackup or of a "
                   "disk keeps the identifier), add --force-production-id"));
}

std::string CopyName(const std::string& run) {
  return absl::StrCat(ToAbsl(kCopyPrefix), run);
}

absl::Status CheckRestorable(pg::Session& session, const BenchOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const ServerFacts facts, LookAt(session));
  if (options.force_production || options.production_system.empty() || facts.system != options.production_system) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(session.Describe(),
                   " is on the server that was captured, where the bench would take its share of "
                   "disk and processors. Name another one, leave --disposable out for a private server, or, if this "
                   "one is disposable, add --force-production-id"));
}

absl::Status MakeCopy(const BenchPlan& plan, const BenchOptions& options, const std::string& run,
                      std::vector<std::string>& notes) {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session source, ConnectPatiently(options, "", true));
  const bool restored = !options.restore.empty();
  PGASSAY_RETURN_IF_ERROR(restored ? CheckRestorable(source, options) : CheckDisposable(source, options));
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result name, source.Query("SELECT current_database()"));
  PGASSAY_ASSIGN_OR_RETURN(pg::Session elsewhere, ConnectElsewhere(options, true));
  source = std::move(elsewhere);  // nobody may be in the database that is copied
  PGASSAY_RETURN_IF_ERROR(DropLeftCopies(source, notes));
  const std::string copy = QuoteIdentifier(CopyName(run));
  const auto create = [&](const std::string& clauses) {
    return source.Execute(absl::StrCat("CREATE DATABASE ", copy, clauses, " CONNECTION LIMIT ", kCopyConnections));
  };
  absl::Status made =
      create(restored ? plan.origin.database_clauses : absl::StrCat(" TEMPLATE ", QuoteIdentifier(name.Text(0, 0))));
  if (restored && absl::IsInvalidArgument(made)) {
    const std::string why(made.message());
    made = create(plan.origin.clauses_in_c);
    if (made.ok()) notes.push_back(absl::StrCat("the copy has locale C, which may change plans and orders: ", why));
  }
  if (absl::IsInvalidArgument(made)) {
    // PostgreSQL 15 covers a full disk with an error of its own clean-up.
    return absl::FailedPreconditionError(absl::StrCat("cannot make a copy of the database: ", made.message(),
                                                      "; the server's log says more, a full disk for example"));
  }
  PGASSAY_RETURN_IF_ERROR(made);
  PGASSAY_RETURN_IF_ERROR(
      source.Execute(absl::StrCat("COMMENT ON DATABASE ", copy, " IS ", QuoteLiteral(kCopyRemark))));
  if (!restored) return absl::OkStatus();
  PGASSAY_ASSIGN_OR_RETURN(pg::Session inside, ConnectPatiently(options, CopyName(run), true));
  PGASSAY_RETURN_IF_ERROR(inside.Execute("SET statement_timeout = 0"));
  return RestoreInto(inside, options, notes);
}

absl::Status DropCopy(const BenchOptions& options, const std::string& run) {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, ConnectElsewhere(options, false));
  // FORCE is known from 13 on.
  return session.Execute(absl::StrCat("DROP DATABASE IF EXISTS ", QuoteIdentifier(CopyName(run)),
                                      session.server_version() >= 130000 ? " WITH (FORCE)" : ""));
}

}  // namespace pgassay::bench
