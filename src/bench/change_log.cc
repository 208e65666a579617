#include "bench/change_log.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::bench {
namespace {

using Cell = std::optional<std::string>;
using Clock = std::chrono::steady_clock;

// "pgassay" as a number: advisory locks have no names.
constexpr char kLockKey[] = "31631379498365305";

constexpr char kMakeTable[] = R"(
  CREATE SCHEMA IF NOT EXISTS pgassay_bench;
  CREATE TABLE IF NOT EXISTS pgassay_bench.change (
    run text NOT NULL,
    position int NOT NULL,
    made boolean NOT NULL,  -- else dropped
    schema_name text NOT NULL,
    index_name text NOT NULL,
    definition text NOT NULL,
    table_space text,
    remark text,
    done_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run, position));
  COMMENT ON SCHEMA pgassay_bench IS 'pgassay bench: indexes to be removed or built again by the next run';
)";

// The index that this transaction made: the parts of a partitioned one belong to it.
constexpr char kMadeSql[] = R"(
  SELECT c.oid, n.nspname, c.relname, pg_get_indexdef(c.oid), i.indexprs IS NOT NULL, i.indrelid::regclass,
         pg_relation_size(c.oid)
         + coalesce((SELECT sum(pg_relation_size(p.relid)) FROM pg_partition_tree(c.oid) p WHERE p.relid <> c.oid), 0)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid
  WHERE c.relkind IN ('i', 'I') AND NOT c.relispartition AND n.nspname <> 'pg_toast'
    AND c.xmin::text = (txid_current() % 4294967296)::text
)";

// Why an index may not be dropped, and what brings it back.
constexpr char kDroppedSql[] = R"(
  SELECT c.oid, n.nspname, c.relname, pg_get_indexdef(c.oid), i.indrelid::regclass, pg_relation_size(c.oid),
         t.spcname, obj_description(c.oid, 'pg_class'),
         CASE WHEN i.indisunique THEN 'it is unique'
              WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid) THEN 'a constraint needs it'
              WHEN c.relkind = 'I' OR c.relispartition THEN 'it belongs to a partitioned table'
              WHEN i.indisclustered THEN 'CLUSTER uses it'
              WHEN i.indisreplident THEN 'it is the replica identity'
              WHEN NOT i.indisvalid THEN 'it is not valid' END
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid
  LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
  WHERE c.oid = $1::oid
)";

// So that definitions name everything with its schema, whoever reads them.
constexpr char kPlainPath[] = "SET LOCAL search_path = pg_catalog";

std::string Qualified(std::string_view schema, std::string_view name) {
  return absl::StrCat(schema.empty() ? "" : absl::StrCat(QuoteIdentifier(schema), "."), QuoteIdentifier(name));
}

std::string SetLocal(int lock_timeout_ms) {
  return absl::StrCat("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ", lock_timeout_ms);
}

// Runs `body` within a transaction that lasts only if all of it works.
template <typename Body>
absl::Status InTransaction(pg::Session& session, int lock_timeout_ms, const Body& body) {
  absl::Status done = session.Execute(SetLocal(lock_timeout_ms));
  if (done.ok()) done = body();
  if (done.ok()) done = session.Execute("COMMIT");
  if (!done.ok() && session.connected()) {
    // The first error is the one to tell.
    if (const absl::Status back = session.Execute("ROLLBACK"); !back.ok()) return Annotate(done, back.ToString());
  }
  return done;
}

absl::Status WriteDown(pg::Session& session, const std::string& run, int position, bool made, const std::string& schema,
                       const std::string& name, const std::string& definition, const Cell& table_space,
                       const Cell& remark) {
  const Cell cells[] = {run,   absl::StrCat(position), made ? "true" : "false", schema, name, definition, table_space,
                        remark};
  return session
      .Query(
          "INSERT INTO pgassay_bench.change (run, position, made, schema_name, index_name, definition, table_space, "
          "remark) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
          cells)
      .status();
}

absl::Status Make(pg::Session& session, const std::string& run, int position, const BenchChange& change,
                  ChangedIndex& made) {
  const Clock::time_point begin = Clock::now();
  PGASSAY_RETURN_IF_ERROR(session.Execute(change.sql));
  made.ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  PGASSAY_RETURN_IF_ERROR(session.Execute(kPlainPath));
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result found, session.Query(kMadeSql));
  if (found.rows() != 1) return absl::InternalError(absl::StrCat("the build made ", found.rows(), " indexes"));
  made.oid = found.Text(0, 0);
  made.name = Qualified(found.Text(0, 1), found.Text(0, 2));
  made.has_expression = found.Boolean(0, 4);
  made.table = found.Text(0, 5);
  made.size_bytes = found.Integer(0, 6);
  return WriteDown(session, run, position, true, found.Text(0, 1), found.Text(0, 2), found.Text(0, 3), std::nullopt,
                   std::nullopt);
}

absl::Status Drop(pg::Session& session, const std::string& run, int position, const BenchChange& change,
                  ChangedIndex& dropped) {
  const Cell name = Qualified(change.index.schema, change.index.name);
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result oid, session.Query("SELECT to_regclass($1)::oid", {&name, 1}));
  PGASSAY_RETURN_IF_ERROR(session.Execute(kPlainPath));
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result found, session.Query(kDroppedSql, {&oid.At(0, 0), 1}));
  if (found.empty()) return absl::InvalidArgumentError(absl::StrCat("there is no index ", *name, " in this database"));
  if (found.At(0, 8)) {
    return absl::InvalidArgumentError(absl::StrCat("index ", *name, " is not dropped: ", found.Text(0, 8)));
  }
  dropped.name = Qualified(found.Text(0, 1), found.Text(0, 2));
  dropped.table = found.Text(0, 4);
  dropped.size_bytes = found.Integer(0, 5);
  PGASSAY_RETURN_IF_ERROR(WriteDown(session, run, position, false, found.Text(0, 1), found.Text(0, 2), found.Text(0, 3),
                                    found.At(0, 6), found.At(0, 7)));
  return session.Execute(absl::StrCat("DROP INDEX ", dropped.name));
}

// Takes a new index away, unless it is another one by now.
absl::Status UndoMade(pg::Session& session, const std::string& name, const std::string& definition, bool& missing) {
  const Cell cell = name;
  PGASSAY_ASSIGN_OR_RETURN(
      const pg::Result found,
      session.Query("SELECT pg_get_indexdef(c.oid) FROM pg_class c WHERE c.oid = to_regclass($1) AND c.relkind IN "
                    "('i', 'I')",
                    {&cell, 1}));
  missing = found.empty() || found.Text(0, 0) != definition;
  return missing ? absl::OkStatus() : session.Execute(absl::StrCat("DROP INDEX ", name));
}

absl::Status UndoDropped(pg::Session& session, const std::string& name, const std::string& definition,
                         const Cell& table_space, const Cell& remark, bool& missing) {
  const Cell cell = name;
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result found, session.Query("SELECT to_regclass($1) IS NOT NULL", {&cell, 1}));
  missing = found.Boolean(0, 0);  // somebody has built it again
  if (missing) return absl::OkStatus();
  PGASSAY_RETURN_IF_ERROR(session.Execute(
      absl::StrCat("SET LOCAL default_tablespace = ", QuoteLiteral(table_space.value_or("")), "; ", definition)));
  if (!remark) return absl::OkStatus();
  return session.Execute(absl::StrCat("COMMENT ON INDEX ", name, " IS ", QuoteLiteral(*remark)));
}

// Row `i` of what is written down.
absl::Status UndoOne(pg::Session& session, const pg::Result& rows, std::size_t i, const std::string& name,
                     bool& missing) {
  PGASSAY_RETURN_IF_ERROR(session.Execute(kPlainPath));
  PGASSAY_RETURN_IF_ERROR(rows.Boolean(i, 2)
                              ? UndoMade(session, name, rows.Text(i, 5), missing)
                              : UndoDropped(session, name, rows.Text(i, 5), rows.At(i, 6), rows.At(i, 7), missing));
  const Cell key[] = {rows.At(i, 0), rows.At(i, 1)};
  return session.Query("DELETE FROM pgassay_bench.change WHERE run = $1 AND position = $2", key).status();
}

}  // namespace

absl::Status OpenChangeLog(pg::Session& session) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result lock,
                           session.Query(absl::StrCat("SELECT pg_try_advisory_lock(", kLockKey, ")")));
  if (!lock.Boolean(0, 0)) {
    return absl::FailedPreconditionError(
        absl::StrCat("another pgassay bench works on ", session.Describe(), "; wait until it has ended"));
  }
  return session.Execute(kMakeTable);
}

absl::StatusOr<ChangedIndex> Change(pg::Session& session, const std::string& run, int position,
                                    const BenchChange& change, int lock_timeout_ms) {
  ChangedIndex changed;
  PGASSAY_RETURN_IF_ERROR(InTransaction(session, lock_timeout_ms, [&] {
    return change.create ? Make(session, run, position, change, changed)
                         : Drop(session, run, position, change, changed);
  }));
  return changed;
}

absl::StatusOr<Undone> UndoChanges(pg::Session& session, int lock_timeout_ms) {
  PGASSAY_ASSIGN_OR_RETURN(
      const pg::Result rows,
      session.Query("SELECT run, position, made, schema_name, index_name, definition, table_space, "
                    "remark FROM pgassay_bench.change ORDER BY done_at DESC, position DESC"));
  Undone undone;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::string name = Qualified(rows.Text(i, 3), rows.Text(i, 4));
    bool missing = false;
    const absl::Status done =
        InTransaction(session, lock_timeout_ms, [&] { return UndoOne(session, rows, i, name, missing); });
    PGASSAY_RETURN_IF_ERROR(
        Annotate(done, absl::StrCat(rows.Boolean(i, 2) ? "dropping index " : "building index ", name)));
    (missing ? undone.missing : undone.indexes).push_back(name);
  }
  return undone;
}

std::vector<std::string> LeftoverNotes(const Undone& undone) {
  std::vector<std::string> notes;
  for (const std::string& index : undone.indexes) {
    notes.push_back(absl::StrCat("an earlier run did not end: its change of index ", index, " was undone"));
  }
  return notes;
}

absl::Status CloseChangeLog(pg::Session& session) {
  return session.Execute("DROP TABLE pgassay_bench.change; DROP SCHEMA pgassay_bench");
}

}  // namespace pgassay::bench
