// Statements come from the extension's view, wherever in the cluster it is installed: it shows all databases' rows.
// Rows of the captured database are sorted by what they are; texts of utility statements never leave this file's
// memory, because servers up to version 15 keep their passwords.

#include "pg/capture_statements.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/result_row.h"
#include "pg/session_setup.h"
#include "pg/statement_query.h"
#include "pg/statement_sorter.h"
#include "pg/value_format.h"

namespace pgassay::pg {
namespace {

// Where pg_stat_statements.max is not known: far above its default of 5,000.
constexpr std::int64_t kMostRows = 100000;

constexpr std::string_view kNotLoaded =
    "pg_stat_statements is not loaded: add it to shared_preload_libraries, restart the server, and run CREATE "
    "EXTENSION "
    "pg_stat_statements in this database";

// Only views of the extension itself: another role may own the schema.
constexpr std::string_view kFindExtension = R"sql(
SELECT /* pgassay */ n.nspname, e.extversion, current_database(),
       (SELECT string_agg(a.attname, ' ') FROM pg_attribute AS a WHERE a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped),
       i.oid IS NOT NULL
FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
     LEFT JOIN LATERAL (
       SELECT c.oid, c.relname FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.objid
       WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
         AND d.deptype = 'e' AND c.relnamespace = n.oid AND c.relkind = 'v' AND c.relname = 'pg_stat_statements') AS v ON true
     LEFT JOIN LATERAL (
       SELECT c.oid FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.objid
       WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
         AND d.deptype = 'e' AND c.relnamespace = n.oid AND c.relkind = 'v' AND c.relname = 'pg_stat_statements_info') AS i ON true
WHERE e.extname = 'pg_stat_statements'
)sql";

// Which server answers.
constexpr std::string_view kServer = R"sql(
SELECT /* pgassay */ to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       has_function_privilege('pg_control_system()', 'EXECUTE')
)sql";
constexpr std::string_view kSystemIdentifier = "SELECT /* pgassay */ system_identifier FROM pg_control_system()";

// A reason to go without the statements; its message is the sentence for the user.
absl::Status Without(std::string_view sentence) {
  return absl::FailedPreconditionError(ToAbsl(sentence));
}

std::string SentenceFor(const absl::Status& status) {
  const std::string sqlstate = SqlState(status);
  if (sqlstate == "55000") return std::string(kNotLoaded);
  if (sqlstate == "42501") {
    return "pg_stat_statements may not be read by this role: grant USAGE on its schema, SELECT on the view and "
           "pg_read_all_stats";
  }
  if (sqlstate == "22021") {
    // The file was removed and began anew: the server reads the gap before the new texts as bytes that no text has.
    return "pg_stat_statements cannot be read, because the server's file of statement texts is damaged: SELECT "
           "pg_stat_statements_reset() starts it anew, with all counters at zero";
  }
  if (absl::IsFailedPrecondition(status)) return std::string(FromAbsl(status.message()));
  if (absl::IsDeadlineExceeded(status)) {
    return absl::StrCat("pg_stat_statements was not read in time (", Printable(FromAbsl(status.message())),
                        "): raise --statement-timeout");
  }
  return absl::StrCat("pg_stat_statements could not be read: ", Printable(FromAbsl(status.message())));
}

std::int64_t NumberSetting(const Snapshot& snapshot, std::string_view name) {
  const std::string_view text = snapshot.FindSetting(name).value_or("");
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::max(number, std::int64_t{0});
}

// The library's settings exist in every database once it is loaded, whoever asks.
absl::Status ExtensionMissing(const Snapshot& snapshot, bool here) {
  if (!snapshot.FindSetting("pg_stat_statements.max")) return Without(kNotLoaded);
  if (!here) return Without("the database of --statements-from has no extension pg_stat_statements: name one that has");
  return Without(
      "the extension pg_stat_statements is not in this database: run CREATE EXTENSION pg_stat_statements here, or name "
      "a "
      "database of this server that has it with --statements-from");
}

// Names beginning with pg_ that are not the system's.
std::set<std::string, std::less<>> UserRelations(const Snapshot& snapshot, const CatalogDetails& details) {
  std::set<std::string, std::less<>> names;
  for (const Relation& relation : snapshot.relations) {
    if (relation.name.name.starts_with("pg_")) names.insert(relation.name.name);
  }
  for (const View& view : snapshot.views) {
    if (view.name.name.starts_with("pg_") && !details.extension_views.contains(view.oid)) names.insert(view.name.name);
  }
  return names;
}

absl::Status ReadInfo(const std::string& schema, Session& session, StatementSource& source) {
  PGASSAY_ASSIGN_OR_RETURN(
      const Result rows,
      session.Query(absl::StrCat("SELECT /* pgassay */ dealloc, to_char(stats_reset AT TIME ZONE 'UTC', "
                                 "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM ",
                                 Quoted({schema, "pg_stat_statements_info"}))));
  if (rows.empty()) return absl::OkStatus();
  ResultRow row(rows, 0);
  source.evictions = row.Count();
  source.reset_at = row.Optional();
  return absl::OkStatus();
}

// Reads everything or nothing. `here`: `session` is in the captured database.
absl::Status ReadFrom(const CatalogDetails& details, bool here, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result found, session.Query(kFindExtension));
  if (found.empty()) return ExtensionMissing(snapshot, here);
  ResultRow row(found, 0);
  StatementSource source = snapshot.statement_source;
  const std::string schema = row.Text();
  source.version = row.Text();
  source.installed_in = row.Text();
  const std::set<std::string, std::less<>> columns = absl::StrSplit(row.Text(), ' ');
  const bool has_info = row.Boolean();
  if (!HasKnownColumns(columns)) {
    return Without(absl::StrCat("version ", Printable(source.version),
                                " of the extension pg_stat_statements is too old: run ALTER EXTENSION "
                                "pg_stat_statements UPDATE"));
  }
  source.max_statements = NumberSetting(snapshot, "pg_stat_statements.max");
  source.track = snapshot.FindSetting("pg_stat_statements.track").value_or("");
  if (has_info) PGASSAY_RETURN_IF_ERROR(ReadInfo(schema, session, source));
  const std::int64_t limit = source.max_statements > 0 ? source.max_statements : kMostRows;
  PGASSAY_ASSIGN_OR_RETURN(const Result rows,
                           session.Query(StatementQuery(schema, columns, snapshot.database_oid, limit)));
  StatementSorter sorter(UserRelations(snapshot, details), snapshot.with_values);
  for (std::size_t i = 0; i < rows.rows(); ++i) sorter.Add(ReadStatementRow(rows, i));
  std::move(sorter).Finish(snapshot);
  snapshot.statement_source = std::move(source);
  return absl::OkStatus();
}

// `read` as the outcome of the whole: going without the statements is none of an error.
absl::Status Settle(const absl::Status& read, Snapshot& snapshot) {
  if (read.ok() || absl::IsCancelled(read)) return read;
  snapshot.statement_source.unavailable = SentenceFor(read);
  return absl::OkStatus();
}

absl::Status ReadHere(const CatalogDetails& details, Session& session, Snapshot& snapshot) {
  PGASSAY_RETURN_IF_ERROR(session.Execute("SAVEPOINT pgassay_statements"));
  const absl::Status read = ReadFrom(details, true, session, snapshot);
  if (!session.connected()) return read;
  PGASSAY_RETURN_IF_ERROR(Settle(read, snapshot));
  return session.Execute("ROLLBACK TO SAVEPOINT pgassay_statements; RELEASE SAVEPOINT pgassay_statements");
}

absl::StatusOr<Session> ConnectElsewhere(const CaptureOptions& options) {
  ConnectOptions connect;
  connect.conninfo = options.statements_from;
  connect.application_name = kCaptureApplication;
  connect.settings = {{"default_transaction_read_only", "on"}};
  connect.cancelled = options.cancelled;
  PGASSAY_ASSIGN_OR_RETURN(Session session, Session::Connect(connect));
  PGASSAY_RETURN_IF_ERROR(session.Execute(absl::StrCat(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = ", options.statement_timeout_ms,
      "; SET LOCAL lock_timeout = ", options.lock_timeout_ms,
      "; SET LOCAL idle_in_transaction_session_timeout = ", options.dump_timeout_ms, "; ", ToAbsl(kValueFormatSql))));
  PGASSAY_RETURN_IF_ERROR(TrySetting(session, "pg_stat_statements.track", "none").status());
  return session;
}

// A standby has the system identifier of its primary and statements of its own: the start of the server tells them
// apart.
absl::Status CheckSameServer(Session& here, Session& elsewhere, const Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result captured, here.Query(kServer));
  PGASSAY_ASSIGN_OR_RETURN(const Result other, elsewhere.Query(kServer));
  if (other.Boolean(0, 1) && !snapshot.system_identifier.empty()) {
    PGASSAY_ASSIGN_OR_RETURN(const Result identifier, elsewhere.Query(kSystemIdentifier));
    if (identifier.Text(0, 0) != snapshot.system_identifier) {
      return absl::InvalidArgumentError(
          absl::StrCat("leads to another cluster (system identifier ", identifier.Text(0, 0), ", captured is ",
                       snapshot.system_identifier, "); name a database of the captured server"));
    }
  }
  if (captured.Text(0, 0) != other.Text(0, 0)) {
    return absl::InvalidArgumentError(absl::StrCat("leads to another server (started ", other.Text(0, 0),
                                                   ", captured is one started ", captured.Text(0, 0),
                                                   "); name a database of the captured server"));
  }
  return absl::OkStatus();
}

absl::Status ReadElsewhere(const CaptureOptions& options, const CatalogDetails& details, Session& session,
                           Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(Session elsewhere, ConnectElsewhere(options));
  PGASSAY_RETURN_IF_ERROR(CheckSameServer(session, elsewhere, snapshot));
  return Settle(ReadFrom(details, false, elsewhere, snapshot), snapshot);
}

}  // namespace

absl::Status ReadStatements(const CaptureOptions& options, const CatalogDetails& details, Session& session,
                            Snapshot& snapshot) {
  if (options.statements_from.empty()) return ReadHere(details, session, snapshot);
  return Annotate(ReadElsewhere(options, details, session, snapshot), "--statements-from");
}

}  // namespace pgassay::pg
