#include "bench/runner.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/cold_caches.h"
#include "bench/target.h"

namespace pgassay::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Sessions count their scans when they end; how long to wait for that.
constexpr std::chrono::seconds kForClients(5);
constexpr std::chrono::milliseconds kBetweenLooks(20);
// How long the lock of a session that we have just left may still be held.
constexpr std::chrono::seconds kForLock(10);
// Nothing is to be left behind, so locks of others are waited for longer at the end.
constexpr int kCleanUpLockMs = 60000;

// All indexes outside of the system: what others build, drop or make invalid shows here.
constexpr char kIndexStateSql[] =
    "SELECT md5(coalesce(string_agg(i.indexrelid || ' ' || i.indisvalid, ',' ORDER BY i.indexrelid), '')) "
    "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast', 'pgassay_bench')";

constexpr char kWhereAndWhenSql[] =
    "SELECT current_database(), to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

bool EndsRun(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsUnavailable(status);
}

}  // namespace

Runner::Runner(const BenchPlan& plan, const BenchOptions& options, std::string run, std::string database,
               cluster::Server* server)
    : plan_(plan), options_(options), run_(std::move(run)), database_(std::move(database)), server_(server) {
  target_ = {.plan = &plan_,
             .options = &options_,
             .database = database_,
             .rolled_back = std::vector<bool>(plan.queries.size(), false),
             .chill = {},
             .notes = &notes_};
  not_compared_.resize(plan.queries.size());
  sets_.resize(plan.sets.size());
  for (std::size_t s = 0; s < sets_.size(); ++s) {
    sets_[s].statements.resize(plan.statements.size());
    sets_[s].indexes.resize(plan.sets[s].changes.size());
  }
}

void Runner::Step(const std::string& step) const {
  if (options_.progress) options_.progress(step);
}

absl::Status Runner::Connect(bool stoppable) {
  control_.reset();
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, ConnectPatiently(options_, database_, stoppable));
  PGASSAY_RETURN_IF_ERROR(session.Execute("SET statement_timeout = 0"));
  if (session.server_version() >= 140000) PGASSAY_RETURN_IF_ERROR(session.Execute("SET idle_session_timeout = 0"));
  // The session that we were in before may not have ended yet.
  const Clock::time_point until = Clock::now() + kForLock;
  absl::Status opened = OpenChangeLog(session);
  while (log_open_ && absl::IsFailedPrecondition(opened) && Clock::now() < until) {
    std::this_thread::sleep_for(kBetweenLooks);
    opened = OpenChangeLog(session);
  }
  PGASSAY_RETURN_IF_ERROR(opened);
  log_open_ = true;
  control_ = std::move(session);
  return absl::OkStatus();
}

// For what only reads: a server that was away in between is asked again.
absl::StatusOr<pg::Result> Runner::Ask(const std::string& sql) {
  absl::StatusOr<pg::Result> answer = control_->Query(sql);
  if (answer.ok() || !absl::IsUnavailable(answer.status())) return answer;
  notes_.Add(absl::StrCat("a connection was lost and opened again: ", answer.status().message()));
  PGASSAY_RETURN_IF_ERROR(Connect(true));
  return control_->Query(sql);
}

absl::Status Runner::FindVolatile() {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows,
                           Ask("SELECT DISTINCT proname FROM pg_catalog.pg_proc WHERE provolatile = 'v'"));
  std::set<std::string> names;
  for (std::size_t i = 0; i < rows.rows(); ++i) names.insert(rows.Text(i, 0));
  for (std::size_t q = 0; q < plan_.queries.size(); ++q) {
    const BenchQuery& query = plan_.queries[q];
    const auto found =
        std::ranges::find_if(query.functions, [&](const std::string& name) { return names.contains(name); });
    target_.rolled_back[q] = query.writes || found != query.functions.end();
    if (found != query.functions.end()) {
      not_compared_[q] = absl::StrCat("it calls ", QuoteIdentifier(*found), ", which is volatile");
    }
  }
  return absl::OkStatus();
}

absl::Status Runner::MakeCold() {
  PGASSAY_ASSIGN_OR_RETURN(const ColdCaches caches, ColdCaches::Find(*control_));
  const std::string what =
      "before each timed run of a statement the operating system forgot the database's files, and ";
  if (server_ == nullptr) {
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result size, Ask("SHOW shared_buffers"));
    notes_.Add(
        absl::StrCat(what, "the server's own buffers (", size.Text(0, 0), ") stayed as they were; the mix is warm"));
    target_.chill = [caches] { return caches.Drop(); };
    return absl::OkStatus();
  }
  notes_.Add(absl::StrCat(what, "the private server was restarted; the mix is warm"));
  target_.chill = [this, caches] {
    control_.reset();
    return server_->Restart([&caches] { return caches.Drop(); });
  };
  return absl::OkStatus();
}

absl::Status Runner::Measure() {
  PGASSAY_RETURN_IF_ERROR(Connect(true));
  PGASSAY_RETURN_IF_ERROR(CheckDisposable(*control_, options_));
  server_version_ = control_->server_version();
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result name, Ask(kWhereAndWhenSql));
  database_name_ = name.Text(0, 0);
  ran_at_ = name.Text(0, 1);
  PGASSAY_ASSIGN_OR_RETURN(const Undone left, UndoChanges(*control_, options_.lock_timeout_ms));
  for (const std::string& note : LeftoverNotes(left)) notes_.Add(note);
  PGASSAY_RETURN_IF_ERROR(FindVolatile());
  if (options_.cold) PGASSAY_RETURN_IF_ERROR(MakeCold());
  PGASSAY_RETURN_IF_ERROR(VacuumWritten());
  for (int round = 0; round < options_.rounds; ++round) {
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      if (!sets_[s].given_up) PGASSAY_RETURN_IF_ERROR(MeasureSet(s, round));
    }
  }
  return absl::OkStatus();
}

void Runner::Fail(std::size_t s, const absl::Status& status) {
  sets_[s].problem_code = ProblemCode(status);
  sets_[s].problem = std::string(status.message());
  // Locks and lost connections may be better in the next round; a definition that is refused will be refused again.
  sets_[s].given_up = sets_[s].problem_code != "lock-timeout" && sets_[s].problem_code != "deadlock" &&
                      sets_[s].problem_code != "connection-lost";
}

absl::Status Runner::Build(std::size_t s, std::vector<ChangedIndex>& built) {
  const BenchSet& set = plan_.sets[s];
  std::set<std::string> tables;  // with statistics of new expressions to be made
  for (std::size_t i = 0; i < set.changes.size(); ++i) {
    Step(absl::StrCat("set ", set.name, ": ", set.changes[i].create ? "building " : "dropping ",
                      set.changes[i].definition, " (", i + 1, " of ", set.changes.size(), ")"));
    PGASSAY_ASSIGN_OR_RETURN(ChangedIndex changed,
                             Change(*control_, run_, static_cast<int>(i), set.changes[i], options_.lock_timeout_ms));
    if (changed.has_expression) tables.insert(changed.table);
    IndexRecord& record = sets_[s].indexes[i];
    record.name = changed.name;
    record.size_bytes = changed.size_bytes;
    if (set.changes[i].create) record.build_ms.push_back(changed.ms);
    built.push_back(std::move(changed));
  }
  for (const std::string& table : tables) PGASSAY_RETURN_IF_ERROR(control_->Execute(absl::StrCat("ANALYZE ", table)));
  return absl::OkStatus();
}

absl::StatusOr<std::string> Runner::IndexState() {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result state, Ask(kIndexStateSql));
  return state.Text(0, 0);
}

absl::StatusOr<std::vector<std::int64_t>> Runner::Scans(const std::vector<ChangedIndex>& built) {
  std::vector<std::int64_t> scans(built.size(), 0);
  for (std::size_t i = 0; i < built.size(); ++i) {
    if (built[i].oid.empty()) continue;
    // Partitions' parts count their own scans.
    PGASSAY_ASSIGN_OR_RETURN(
        const pg::Result found,
        Ask(absl::StrCat("SELECT coalesce(sum(pg_stat_get_numscans(x.oid)), 0) FROM (SELECT ", built[i].oid,
                         "::oid AS oid UNION SELECT relid::oid FROM pg_partition_tree(", built[i].oid, ")) x")));
    scans[i] = found.Integer(0, 0);
  }
  return scans;
}

absl::Status Runner::WaitForClients() {
  const Clock::time_point until = Clock::now() + kForClients;
  for (;;) {
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result others,
                             Ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                                 "application_name = 'pgassay bench' AND pid <> pg_backend_pid()"));
    if (others.Integer(0, 0) == 0 || Clock::now() >= until) return absl::OkStatus();
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

absl::Status Runner::Mix(std::size_t s, int round) {
  // What a set cannot run, the others must not either: the mixes would be different ones. That is known after a round.
  if (options_.mix_seconds <= 0 && !options_.count) return absl::OkStatus();
  if (round == 0 && options_.rounds > 1) return absl::OkStatus();
  std::vector<bool> left_out(plan_.statements.size(), false);
  for (const SetRecord& set : sets_) {
    for (std::size_t i = 0; i < left_out.size(); ++i) {
      left_out[i] = left_out[i] || !set.statements[i].problem_code.empty();
    }
  }
  Step(absl::StrCat("set ", plan_.sets[s].name, ", round ", round + 1, ": the mix by ", options_.clients,
                    options_.clients == 1 ? " client" : " clients"));
  const std::string position = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn";
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result before, Ask(position));
  PGASSAY_ASSIGN_OR_RETURN(const MixFacts facts, RunMix(target_, left_out, static_cast<std::uint64_t>(round) + 1));
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result after, Ask(position));
  sets_[s].mixes.push_back({.facts = facts, .wal_bytes = after.Number(0, 0) - before.Number(0, 0)});
  return absl::OkStatus();
}

absl::Status Runner::MeasureBuilt(std::size_t s, int round, const std::vector<ChangedIndex>& built) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string state, IndexState());
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::int64_t> scans_before, Scans(built));
  const SetRecord saved = sets_[s];
  Step(absl::StrCat("set ", plan_.sets[s].name, ", round ", round + 1, " of ", options_.rounds, ": each statement"));
  PGASSAY_RETURN_IF_ERROR(RunEach(target_, sets_[s].statements));
  if (!control_) PGASSAY_RETURN_IF_ERROR(Connect(true));
  PGASSAY_RETURN_IF_ERROR(Mix(s, round));
  PGASSAY_RETURN_IF_ERROR(WaitForClients());
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::int64_t> scans_after, Scans(built));
  PGASSAY_ASSIGN_OR_RETURN(const std::string state_after, IndexState());
  if (state != state_after) {
    sets_[s] = saved;
    sets_[s].problem_code = "disturbed";
    sets_[s].problem = "another session changed indexes while the set was measured; that round does not count";
    notes_.Add(absl::StrCat("round ", round + 1, " of set ", plan_.sets[s].name,
                            " does not count: another session changed indexes meanwhile"));
    return absl::OkStatus();
  }
  for (std::size_t i = 0; i < built.size(); ++i) {
    // Counters begin anew after a crash of the server.
    sets_[s].indexes[i].scans += std::max<std::int64_t>(scans_after[i] - scans_before[i], 0);
  }
  ++sets_[s].rounds;
  return absl::OkStatus();
}

absl::Status Runner::MeasureSet(std::size_t s, int round) {
  std::vector<ChangedIndex> built;
  absl::Status done = Build(s, built);
  if (done.ok()) done = MeasureBuilt(s, round, built);
  if (absl::IsCancelled(done)) return done;
  if (!done.ok()) {
    notes_.Add(absl::StrCat("round ", round + 1, " of set ", plan_.sets[s].name, " failed: ", done.message()));
    Fail(s, done);
  }
  if (!control_ || !control_->connected()) PGASSAY_RETURN_IF_ERROR(Connect(true));
  PGASSAY_RETURN_IF_ERROR(Undo(s, plan_.sets[s].name));
  return VacuumWritten();
}

absl::Status Runner::Undo(std::size_t s, const std::string& who) {
  Step(absl::StrCat("set ", who, ": removing it"));
  // A set that stays would end the run, so somebody's long look at the table is waited for.
  const int patience_ms = std::max(options_.lock_timeout_ms, kCleanUpLockMs);
  absl::StatusOr<Undone> undone = UndoChanges(*control_, patience_ms);
  if (!undone.ok() && absl::IsUnavailable(undone.status())) {
    PGASSAY_RETURN_IF_ERROR(Connect(true));
    undone = UndoChanges(*control_, patience_ms);
  }
  if (!undone.ok()) return undone.status();
  for (const std::string& index : undone->missing) {
    notes_.Add(absl::StrCat("index ", index, " of set ", who, " was dropped or changed by another session"));
    sets_[s].problem_code = "disturbed";
    sets_[s].problem = absl::StrCat("another session dropped or changed index ", index);
  }
  return absl::OkStatus();
}

absl::Status Runner::VacuumWritten() {
  std::set<std::string> tables;
  for (std::size_t q = 0; q < plan_.queries.size(); ++q) {
    if (!target_.rolled_back[q]) continue;
    const auto found = std::ranges::find(plan_.workload.templates, plan_.queries[q].id, &Template::id);
    if (found != plan_.workload.templates.end()) tables.insert(found->relations.begin(), found->relations.end());
  }
  if (!tables.empty()) Step("vacuuming what was written");
  for (const std::string& table : tables) {
    // A view, or a table that is gone or not ours: nothing to be cleaned there.
    const absl::Status vacuumed = control_->Execute(absl::StrCat("VACUUM ", table));
    if (!vacuumed.ok() && EndsRun(vacuumed)) {
      if (absl::IsCancelled(vacuumed)) return vacuumed;
      PGASSAY_RETURN_IF_ERROR(Connect(true));
    }
  }
  return absl::OkStatus();
}

absl::Status Runner::CleanUp() {
  if (!log_open_) return absl::OkStatus();
  PGASSAY_RETURN_IF_ERROR(Connect(false));
  PGASSAY_RETURN_IF_ERROR(UndoChanges(*control_, std::max(options_.lock_timeout_ms, kCleanUpLockMs)).status());
  PGASSAY_RETURN_IF_ERROR(CloseChangeLog(*control_));
  control_.reset();
  return absl::OkStatus();
}

BenchResult Runner::Result() {
  BenchResult result = MakeResult(plan_, sets_, not_compared_, options_.regression);
  result.run = run_;
  result.ran_at = ran_at_;
  result.database = database_name_;
  result.server_version = server_version_;
  for (const BenchSetResult& set : result.sets) {
    const auto noise = std::ranges::count_if(set.queries, [&](const BenchMeasure& of) {
      return of.same_work && of.ratio->median > 1 + options_.regression && of.ratio->low > 1;
    });
    if (noise == 0) continue;
    notes_.Add(
        absl::StrCat(noise, noise == 1 ? " query" : " queries", " of set ", set.name,
                     " took longer and had the same plan and the same blocks as without it: that is the machine's "
                     "doing, and no regression"));
  }
  result.notes = notes_.Take();
  return result;
}

}  // namespace pgassay::bench
