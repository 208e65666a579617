// The order of a capture. One transaction on our connection, REPEATABLE READ and READ ONLY; pg_dump works beside it on
// the same snapshot. The settings are read before we change any, the activity counters before an index is probed, and
// the statements before pg_dump adds its own and while only one connection of ours is open.

#include "pgassay/capture.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/capture_catalog.h"
#include "pg/capture_roles.h"
#include "pg/capture_statements.h"
#include "pg/capture_statistics.h"
#include "pg/catalog_queries.h"
#include "pg/index_metapages.h"
#include "pg/index_probes.h"
#include "pg/programs.h"
#include "pg/schema_dump.h"
#include "pg/session.h"
#include "pg/session_setup.h"
#include "pg/value_format.h"

namespace pgassay {
namespace {

using pg::CatalogDetails;
using pg::CatalogQueries;
using pg::Session;
using pg::TrySetting;

// The server ends our transaction if we have not said anything for this long after pg_dump's deadline.
constexpr int kIdleGraceMs = 60000;

absl::StatusOr<Session> Connect(const CaptureOptions& options) {
  pg::ConnectOptions connect;
  connect.conninfo = options.conninfo;
  connect.application_name = pg::kCaptureApplication;
  connect.settings = {{"default_transaction_read_only", "on"}};
  connect.cancelled = options.cancelled;
  return Session::Connect(connect);
}

absl::StatusOr<const CatalogQueries*> QueriesFor(const Session& session) {
  const CatalogQueries* queries = pg::FindCatalogQueries(session.server_version());
  if (queries != nullptr) return queries;
  const int version = session.server_version();
  return absl::UnimplementedError(absl::StrCat("server version ", version / 10000, ".", version % 10000,
                                               " is not supported; supported: ", pg::kOldestServer, " to ",
                                               pg::kNewestServer));
}

// Opens the transaction and reads the settings before our own are set, all in one message.
absl::Status Begin(const CatalogQueries& queries, const CaptureOptions& options, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(
      const std::vector<pg::Result> results,
      session.QueryScript(
          absl::StrCat("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ", ToAbsl(queries.settings),
                       "; SET LOCAL statement_timeout = ", options.statement_timeout_ms,
                       "; SET LOCAL lock_timeout = ", options.lock_timeout_ms,
                       "; SET LOCAL idle_in_transaction_session_timeout = ", options.dump_timeout_ms + kIdleGraceMs)));
  snapshot.settings = pg::ReadSettings(results.at(1));
  return absl::OkStatus();
}

// The name under which pg_dump sees our snapshot; empty where this role may not export it. Not in a savepoint:
// PostgreSQL exports no snapshot from there.
absl::StatusOr<std::string> ExportSnapshot(Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(
      const pg::Result allowed,
      session.Query("SELECT /* pgassay */ has_function_privilege('pg_export_snapshot()', 'EXECUTE')"));
  if (!allowed.Boolean(0, 0)) {
    snapshot.gaps.push_back(
        {"schema",
         "read in a snapshot of its own, because this role may not export one; DDL at the same time may show"});
    return std::string();
  }
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result exported, session.Query("SELECT /* pgassay */ pg_export_snapshot()"));
  return exported.Text(0, 0);
}

absl::StatusOr<std::unique_ptr<pg::SchemaDump>> StartDump(const CaptureOptions& options, bool may_untrack,
                                                          Session& session, Snapshot& snapshot) {
  pg::SchemaDumpOptions dump;
  dump.server_version = session.server_version();
  PGASSAY_ASSIGN_OR_RETURN(dump.program, pg::FindProgram("pg_dump", options.pg_bindir, dump.server_version / 10000));
  dump.environment = session.ChildEnvironment();
  dump.settings = {{"default_transaction_read_only", "on"}};
  if (may_untrack) dump.settings.emplace_back("pg_stat_statements.track", "none");
  dump.lock_timeout_ms = options.lock_timeout_ms;
  dump.timeout_ms = options.dump_timeout_ms;
  for (const Relation& relation : snapshot.relations) {
    if (relation.readable) continue;
    dump.excluded.push_back(relation.name);
    snapshot.gaps.push_back(
        {pg::NameForMessage(relation.name), absl::StrCat("not readable by ", Printable(snapshot.user),
                                                         ": left out of the schema; grant SELECT on it "
                                                         "and USAGE on its schema, or pg_read_all_data")});
  }
  PGASSAY_ASSIGN_OR_RETURN(dump.snapshot_id, ExportSnapshot(session, snapshot));
  return pg::SchemaDump::Start(std::move(dump));
}

absl::Status FinishDump(const CaptureOptions& options, pg::SchemaDump& dump, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(pg::DumpText text, dump.Finish(options.cancelled));
  snapshot.schema_sql = std::move(text.sql);
  if (text.user_mappings > 0) {
    snapshot.gaps.push_back(
        {"user mappings", absl::StrCat(text.user_mappings, " left out, because their options hold passwords")});
  }
  return absl::OkStatus();
}

// Everything inside the transaction. What keeps us out of the source's own statistics comes first.
absl::Status ReadAll(const CatalogQueries& queries, const CaptureOptions& options, Session& session,
                     Snapshot& snapshot) {
  CatalogDetails details;
  PGASSAY_RETURN_IF_ERROR(Begin(queries, options, session, snapshot));
  PGASSAY_ASSIGN_OR_RETURN(const bool untracked, TrySetting(session, "pg_stat_statements.track", "none"));
  pg::ProbeOptions probes;
  probes.lock_timeout_ms = std::min(probes.lock_timeout_ms, options.lock_timeout_ms);
  probes.statement_timeout_ms = std::min(probes.statement_timeout_ms, options.statement_timeout_ms);
  PGASSAY_ASSIGN_OR_RETURN(probes.uncounted, TrySetting(session, "track_counts", "off"));
  PGASSAY_RETURN_IF_ERROR(session.Execute(pg::kValueFormatSql));
  PGASSAY_RETURN_IF_ERROR(pg::ReadIdentity(queries, session, snapshot, details));
  PGASSAY_RETURN_IF_ERROR(pg::ReadRelations(queries, session, snapshot, details));
  PGASSAY_RETURN_IF_ERROR(pg::ReadViews(queries, session, snapshot, details));
  PGASSAY_RETURN_IF_ERROR(pg::ReadStatements(options, details, session, snapshot));

  PGASSAY_ASSIGN_OR_RETURN(const std::unique_ptr<pg::SchemaDump> dump,
                           StartDump(options, untracked, session, snapshot));
  PGASSAY_RETURN_IF_ERROR(pg::ReadCatalog(queries, session, snapshot, details));
  PGASSAY_RETURN_IF_ERROR(pg::ReadRoles(queries, session, snapshot));
  PGASSAY_RETURN_IF_ERROR(pg::ReadStatistics(queries, session, details, snapshot));
  PGASSAY_RETURN_IF_ERROR(pg::ReadMetapages(session, probes, snapshot));
  PGASSAY_RETURN_IF_ERROR(pg::ReadTreeHeights(session, details, probes, snapshot));
  if (options.with_values) PGASSAY_RETURN_IF_ERROR(pg::ReadEndPoints(session, details, probes, snapshot));
  return FinishDump(options, *dump, snapshot);
}

// `status` with the names of tables that somebody holds locked, where that was the reason.
absl::Status ExplainLocks(const CatalogQueries& queries, Session& session, const absl::Status& status) {
  if (!absl::IsDeadlineExceeded(status) || !session.connected()) return status;
  if (!session.Execute(absl::StrCat("ROLLBACK; BEGIN READ ONLY; ", ToAbsl(pg::kValueFormatSql))).ok()) return status;
  const absl::StatusOr<pg::Result> locks = session.Query(queries.locks);
  if (!locks.ok() || locks->empty()) return status;
  std::string holders;
  for (std::size_t i = 0; i < locks->rows(); ++i) {
    absl::StrAppend(&holders, holders.empty() ? "" : ", ", pg::NameForMessage({locks->Text(i, 0), locks->Text(i, 1)}),
                    " (process ", locks->Text(i, 2), ")");
  }
  return absl::DeadlineExceededError(
      absl::StrCat(status.message(), "; locked by DDL of others: ", holders, "; capture again when that is done"));
}

}  // namespace

absl::StatusOr<Snapshot> Capture(const CaptureOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(Session session, Connect(options));
  PGASSAY_ASSIGN_OR_RETURN(const CatalogQueries* const queries, QueriesFor(session));
  Snapshot snapshot;
  snapshot.server_version = session.server_version();
  snapshot.with_values = options.with_values;
  const std::string target = session.Describe();
  if (const absl::Status read = ReadAll(*queries, options, session, snapshot); !read.ok()) {
    return Annotate(ExplainLocks(*queries, session, read), absl::StrCat("capturing ", target));
  }
  std::ranges::sort(snapshot.gaps, {}, [](const CaptureGap& gap) { return std::tie(gap.subject, gap.reason); });
  return snapshot;
}

absl::StatusOr<IndexUsage> ReadIndexUsage(const CaptureOptions& options, const Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(Session session, Connect(options));
  const std::string target = session.Describe();
  const auto read = [&]() -> absl::StatusOr<IndexUsage> {
    PGASSAY_RETURN_IF_ERROR(
        session.Execute(absl::StrCat("BEGIN READ ONLY; SET LOCAL statement_timeout = ", options.statement_timeout_ms)));
    PGASSAY_ASSIGN_OR_RETURN(
        const pg::Result database,
        session.Query("SELECT /* pgassay */ d.oid, extract(epoch FROM now() - s.stats_reset) / 86400 "
                      "FROM pg_database d LEFT JOIN pg_stat_database s ON s.datid = d.oid "
                      "WHERE d.datname = current_database()"));
    PGASSAY_ASSIGN_OR_RETURN(
        const pg::Result system,
        session.Query("SELECT /* pgassay */ CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE') "
                      "THEN (SELECT system_identifier::text FROM pg_control_system()) END"));
    const bool other_system =
        !snapshot.system_identifier.empty() && system.At(0, 0) && system.Text(0, 0) != snapshot.system_identifier;
    if (other_system || database.Integer(0, 0) != static_cast<std::int64_t>(snapshot.database_oid.value)) {
      return absl::InvalidArgumentError(
          "it is no physical replica of the captured database: give a server that streams from the captured one");
    }
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result scans,
                             session.Query("SELECT /* pgassay */ indexrelid, idx_scan FROM pg_stat_all_indexes"));
    IndexUsage usage{.node = target, .days = std::nullopt, .scans = {}};
    if (database.At(0, 1)) usage.days = database.Number(0, 1);
    for (std::size_t i = 0; i < scans.rows(); ++i) {
      usage.scans[{static_cast<std::uint32_t>(scans.Integer(i, 0))}] = scans.Integer(i, 1);
    }
    return usage;
  };
  absl::StatusOr<IndexUsage> usage = read();
  if (!usage.ok()) return Annotate(usage.status(), absl::StrCat("reading how ", target, " uses its indexes"));
  return usage;
}

}  // namespace pgassay
