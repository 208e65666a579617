// Benches on a private server, and what may go wrong in the middle of one. Faults come from the progress callback,
// which says what is about to be done, so nothing here waits for a moment.

#include "pgassay/bench.h"

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

using test::TestServer;

// Everything that a bench could leave in the database: indexes with their definitions, and schemas.
constexpr char kStateSql[] =
    "SELECT string_agg(line, E'\\n' ORDER BY line) FROM ("
    "SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid || coalesce(obj_description(indexrelid, 'pg_class'), '') "
    "AS line FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) "
    "UNION ALL SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_t%') x";

class BenchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = TestServer::Start();
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = std::move(*started).release();
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  void SetUp() override {
    auto session = server_->Connect("postgres");
    ASSERT_TRUE(session.ok()) << session.status();
    ASSERT_TRUE(session->Execute("DROP DATABASE IF EXISTS bench WITH (FORCE)").ok());
    ASSERT_TRUE(session->Execute("CREATE DATABASE bench").ok());
    Must("CREATE TABLE t (id int PRIMARY KEY, a int, b int, c text)");
    Must("INSERT INTO t SELECT i, i % 1000, i % 10, 'x' || i FROM generate_series(1, 20000) i");
    Must("CREATE INDEX t_b ON t (b)");
    Must("COMMENT ON INDEX t_b IS 'ours'");
    Must("ANALYZE t");
    state_ = State();

    plan_.queries = {{.id = "q_a", .weight = 9},
                     {.id = "q_w", .weight = 1, .writes = true, .check = AnswerCheck::kCount}};
    plan_.statements = {{.query = 0, .sql = "SELECT id, c FROM t WHERE a = 7", .weight = 9},
                        {.query = 1, .sql = "UPDATE t SET a = a + 1 WHERE id = 5", .weight = 1}};
    plan_.workload.templates = {{.id = "q_a", .relations = {"public.t"}}, {.id = "q_w", .relations = {"public.t"}}};
    plan_.sets = {{.name = "current"}, SetOf("new", {Create("CREATE INDEX t_a ON t (a)", "t (a)")})};
    options_.conninfo = server_->ConnInfo("postgres", "bench");
    options_.rounds = 2;
    options_.samples = 2;
    options_.mix_seconds = 0;
    options_.count = 20;
    options_.reconnect_seconds = 20;
  }

  static BenchChange Create(const std::string& sql, const std::string& definition) {
    return {.create = true, .sql = sql, .definition = definition};
  }
  static BenchChange Drop(const std::string& name) {
    return {.create = false, .index = {.schema = "public", .name = name}, .definition = "t (b)"};
  }
  BenchSet SetOf(const std::string& name, std::vector<BenchChange> changes) const {
    BenchSet set{.name = name, .changes = std::move(changes)};
    set.predicted.resize(plan_.queries.size());
    if (!set.predicted.empty()) set.predicted[0] = {.before = 100, .after = 1, .used = {"t (a)"}};
    return set;
  }

  void Must(const std::string& sql) {
    const absl::Status done = server_->Run("bench", sql);
    ASSERT_TRUE(done.ok()) << sql << ": " << done;
  }
  std::string State() {
    const auto state = server_->Query("bench", kStateSql);
    EXPECT_TRUE(state.ok()) << state.status();
    return state.ok() ? state->Text(0, 0) : "";
  }

  // Calls `act` at the first step that contains `text`.
  void At(const std::string& text, std::function<void()> act) {
    options_.progress = [text, act, done = false](std::string_view step) mutable {
      if (done || step.find(text) == std::string_view::npos) return;
      done = true;
      act();
    };
  }

  BenchResult Run() {
    absl::StatusOr<BenchResult> result = RunBench(plan_, options_);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : BenchResult();
  }

  static bool HasNote(const BenchResult& result, const std::string& text) {
    for (const std::string& note : result.notes) {
      if (absl::StrContains(note, text)) return true;
    }
    return false;
  }

  static TestServer* server_;
  std::string state_;
  BenchPlan plan_;
  BenchOptions options_;
};

TestServer* BenchTest::server_ = nullptr;

TEST_F(BenchTest, MeasuresSetsAndLeavesTheDatabaseAsItWas) {
  const BenchResult result = Run();
  ASSERT_EQ(result.sets.size(), 2U);
  EXPECT_EQ(result.database, "bench");
  const BenchSetResult& set = result.sets[1];
  EXPECT_EQ(set.rounds, 2);
  EXPECT_EQ(set.problem_code, "");
  ASSERT_EQ(set.indexes.size(), 1U);
  EXPECT_EQ(set.indexes[0].name, "public.t_a");
  EXPECT_GT(set.indexes[0].size_bytes, 8192);
  EXPECT_GT(set.indexes[0].build_ms, 0);
  EXPECT_GT(set.indexes[0].scans, 0);
  EXPECT_EQ(set.indexes[0].label, "measured");
  EXPECT_LT(set.queries[0].ratio->high, 1);
  EXPECT_LT(*set.queries[0].blocks_hit, *result.sets[0].queries[0].blocks_hit);
  EXPECT_EQ(set.queries[0].answer, "same");
  EXPECT_EQ(set.queries[1].answer, "count");
  EXPECT_GT(*set.write_amplification, 1);  // a is indexed now, so the update is HOT no more
  EXPECT_EQ(set.mix_statements, 20);
  EXPECT_EQ(set.mix_errors, 0);
  EXPECT_FALSE(result.answers_differ);
  EXPECT_EQ(State(), state_);
  EXPECT_EQ(server_->Query("bench", "SELECT a FROM t WHERE id = 5")->Text(0, 0), "5");
}

TEST_F(BenchTest, DroppedIndexesComeBackWithTheirComment) {
  plan_.sets[1] = SetOf("less", {Drop("t_b")});
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].rounds, 2);
  EXPECT_LT(result.sets[1].size_bytes, 0);
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, PrimaryKeysAreNotDropped) {
  plan_.sets[1] = SetOf("bad", {Drop("t_pkey")});
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].rounds, 0);
  EXPECT_TRUE(absl::StrContains(result.sets[1].problem, "it is unique")) << result.sets[1].problem;
  EXPECT_EQ(result.sets[0].rounds, 2);
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, ASetThatCannotBeBuiltLeavesTheOthersTheirResults) {
  plan_.sets.push_back(
      SetOf("taken", {Create("CREATE INDEX t_c ON t (c)", "t (c)"), Create("CREATE INDEX t_b ON t (a)", "t (a)")}));
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].rounds, 2);
  EXPECT_EQ(result.sets[2].rounds, 0);
  EXPECT_EQ(result.sets[2].problem_code, "name-taken");
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, AStatementThatTakesTooLongIsTold) {
  options_.statement_timeout_ms = 200;
  plan_.queries.push_back({.id = "q_slow", .weight = 1});
  plan_.statements.push_back({.query = 2, .sql = "SELECT count(*) FROM t WHERE pg_sleep(1) IS NULL", .weight = 1});
  plan_.sets[1].predicted.resize(3);
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[0].queries[2].problem_code, "statement-timeout");
  EXPECT_FALSE(result.sets[0].queries[2].ms);
  EXPECT_TRUE(result.sets[1].queries[0].ratio);
  EXPECT_EQ(result.sets[1].mix_errors, 0);  // it is not in the mix
  EXPECT_EQ(State(), state_);
}

// temp_file_limit stands for a disk that is full: the server ends the statement in the same way.
TEST_F(BenchTest, AStatementThatFillsTheDiskIsTold) {
  Must("ALTER DATABASE bench SET temp_file_limit = '64kB'");
  Must("ALTER DATABASE bench SET work_mem = '64kB'");
  plan_.queries.push_back({.id = "q_sort", .weight = 1});
  plan_.statements.push_back({.query = 2, .sql = "SELECT * FROM t ORDER BY c, id", .weight = 1});
  plan_.sets[1].predicted.resize(3);
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[0].queries[2].problem_code, "out-of-resources");
  EXPECT_TRUE(result.sets[1].queries[0].ratio);
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, AfterADeadlockTheStatementRunsAgain) {
  Must("CREATE SEQUENCE s");
  Must(
      "CREATE FUNCTION mostly_deadlocked() RETURNS int LANGUAGE plpgsql AS $$BEGIN IF nextval('s') % 3 <> 0 THEN "
      "RAISE EXCEPTION 'locked' USING ERRCODE = '40P01'; END IF; RETURN 1; END$$");
  Must(
      "CREATE FUNCTION always_deadlocked() RETURNS int LANGUAGE plpgsql AS $$BEGIN "
      "RAISE EXCEPTION 'locked' USING ERRCODE = '40P01'; END$$");
  plan_.queries.push_back({.id = "q_mostly", .weight = 1, .functions = {"mostly_deadlocked"}});
  plan_.queries.push_back({.id = "q_always", .weight = 1, .functions = {"always_deadlocked"}});
  plan_.statements.push_back({.query = 2, .sql = "SELECT mostly_deadlocked()", .weight = 1});
  plan_.statements.push_back({.query = 3, .sql = "SELECT always_deadlocked()", .weight = 1});
  plan_.sets[1].predicted.resize(4);
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[0].queries[2].problem_code, "");
  EXPECT_TRUE(result.sets[1].queries[2].ms);
  EXPECT_EQ(result.sets[1].queries[2].answer, "not-compared");
  EXPECT_EQ(result.sets[0].queries[3].problem_code, "deadlock");
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, AnotherSessionsLockOnARowIsTold) {
  options_.lock_timeout_ms = 100;
  auto other = server_->Connect("bench");
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(other->Execute("BEGIN; UPDATE t SET c = 'y' WHERE id = 5").ok());
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[0].queries[1].problem_code, "lock-timeout");
  EXPECT_TRUE(result.sets[0].queries[0].ms);
  // The build waits for that transaction, too.
  EXPECT_EQ(result.sets[1].problem_code, "lock-timeout");
  ASSERT_TRUE(other->Execute("ROLLBACK").ok());
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, AnotherSessionsLockOnTheTableFailsTheSetUntilItIsGone) {
  options_.lock_timeout_ms = 100;
  auto other = server_->Connect("bench");
  ASSERT_TRUE(other.ok());
  bool locked = false;
  options_.progress = [&](std::string_view step) {
    if (step.find("building") != std::string_view::npos && !locked) {
      locked = true;
      EXPECT_TRUE(other->Execute("BEGIN; LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE").ok());
    } else if (step.find("removing") != std::string_view::npos) {
      EXPECT_TRUE(other->Execute("ROLLBACK").ok());
    }
  };
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].rounds, 1);
  EXPECT_EQ(result.sets[1].problem_code, "lock-timeout");
  EXPECT_TRUE(HasNote(result, "round 1 of set new failed"));
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, ATerminatedConnectionIsOpenedAgain) {
  At("set new, round 1",
     [&] { Must("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgassay bench'"); });
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].rounds, 2);
  EXPECT_TRUE(HasNote(result, "a connection was lost and opened again"));
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, AConnectionLostWhileASetIsBuiltCostsOneRound) {
  At("building",
     [&] { Must("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgassay bench'"); });
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].rounds, 1);
  EXPECT_EQ(result.sets[1].problem_code, "connection-lost");
  EXPECT_EQ(result.sets[0].rounds, 2);
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, AStatementThatEndsItsConnectionIsToldAndTheOthersGoOn) {
  plan_.queries.push_back({.id = "q_end", .weight = 1, .functions = {"pg_terminate_backend"}});
  plan_.statements.push_back({.query = 2, .sql = "SELECT pg_terminate_backend(pg_backend_pid())", .weight = 1});
  plan_.sets[1].predicted.resize(3);
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[0].queries[2].problem_code, "connection-lost");
  EXPECT_EQ(result.sets[1].rounds, 2);
  EXPECT_EQ(State(), state_);
}

// A server process that is killed makes the server start anew: every connection is lost at once.
TEST_F(BenchTest, AServerThatRestartsIsWaitedFor) {
  At("set new, round 1", [&] {
    const auto pid =
        server_->Query("bench", "SELECT pid FROM pg_stat_activity WHERE application_name = 'pgassay bench'");
    ASSERT_TRUE(pid.ok() && pid->rows() == 1);
    ASSERT_EQ(::kill(static_cast<pid_t>(pid->Integer(0, 0)), SIGKILL), 0);
  });
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[0].rounds, 2);
  EXPECT_GE(result.sets[1].rounds, 1);
  EXPECT_TRUE(HasNote(result, "connection"));
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, AnIndexThatAnotherSessionDropsDisturbsTheRound) {
  At("set new, round 2", [&] { Must("DROP INDEX t_a"); });
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].problem_code, "disturbed");
  EXPECT_EQ(result.sets[0].rounds, 2);
  EXPECT_TRUE(HasNote(result, "was dropped or changed by another session"));
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, ATableThatAnotherSessionDropsIsTold) {
  At("set new, round 1", [&] { Must("DROP TABLE t"); });
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].problem_code, "missing-object") << result.sets[1].problem;
  EXPECT_EQ(State(), "information_schema\npg_catalog\npublic");
}

TEST_F(BenchTest, AnIndexThatAnotherSessionBuildsDisturbsTheRound) {
  At("set new, round 2", [&] { Must("CREATE INDEX theirs ON t (c)"); });
  const BenchResult result = Run();
  EXPECT_EQ(result.sets[1].rounds, 1);
  EXPECT_EQ(result.sets[1].problem_code, "disturbed");
  Must("DROP INDEX theirs");
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, LeftoversOfARunThatDidNotEndAreUndone) {
  plan_.sets[1] = SetOf("both", {Create("CREATE INDEX t_a ON t (a)", "t (a)"), Drop("t_b")});
  // As a run that is killed: everything it has made stays, the sessions end.
  std::string left;
  At("set both, round 1", [&] {
    Must("CREATE TABLE pgassay_saved AS SELECT * FROM pgassay_bench.change");
    left = State();
  });
  Run();
  EXPECT_NE(left, state_);
  Must("CREATE INDEX t_a ON t (a)");
  Must("DROP INDEX t_b");
  Must("CREATE SCHEMA pgassay_bench");
  Must(
      "CREATE TABLE pgassay_bench.change (run text NOT NULL, position int NOT NULL, made boolean NOT NULL, schema_name "
      "text NOT NULL, index_name text NOT NULL, definition text NOT NULL, table_space text, remark text, done_at "
      "timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (run, position))");
  Must("INSERT INTO pgassay_bench.change SELECT * FROM pgassay_saved");
  Must("DROP TABLE pgassay_saved");
  plan_.sets.resize(1);
  const BenchResult result = Run();
  EXPECT_TRUE(HasNote(result, "an earlier run did not end: its change of index public.t_a was undone"));
  EXPECT_TRUE(HasNote(result, "public.t_b"));
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, AnInterruptionRemovesTheSet) {
  bool stop = false;
  options_.cancelled = [&stop] { return stop; };
  At("set new, round 1", [&stop] { stop = true; });
  EXPECT_EQ(RunBench(plan_, options_).status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, TwoBenchesDoNotMeet) {
  absl::Status second;
  At("set new, round 1", [&] {
    BenchOptions other = options_;
    other.progress = nullptr;
    second = RunBench(plan_, other).status();
  });
  const BenchResult result = Run();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition) << second;
  EXPECT_EQ(result.sets[1].rounds, 2);
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, TheCapturedDatabaseIsRefused) {
  const auto system = server_->Query("bench", "SELECT system_identifier FROM pg_control_system()");
  ASSERT_TRUE(system.ok());
  options_.production_system = system->Text(0, 0);
  options_.production_database = "bench";
  EXPECT_EQ(PrepareBenchTarget(options_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(RunBench(plan_, options_).status().code(), absl::StatusCode::kFailedPrecondition);
  options_.production_database = "other";
  EXPECT_TRUE(PrepareBenchTarget(options_).ok());
  options_.production_database = "bench";
  options_.force_production = true;
  EXPECT_TRUE(PrepareBenchTarget(options_).ok());
  EXPECT_EQ(State(), state_);
}

TEST_F(BenchTest, ACopyIsMeasuredAndDropped) {
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  options_.copy = true;
  const BenchResult result = Run();
  EXPECT_TRUE(absl::StartsWith(result.database, "pgassay_bench_")) << result.database;
  EXPECT_EQ(result.sets[1].rounds, 2);
  EXPECT_EQ(State(), state_);
  EXPECT_EQ(server_->Query("bench", "SELECT count(*) FROM pg_database WHERE datname LIKE 'pgassay%'")->Text(0, 0), "0");
}

TEST_F(BenchTest, AnswersThatDifferAreFound) {
  // An index that is wrong: its function claims to be immutable and is not.
  Must("CREATE TABLE flag AS SELECT 1 AS n");
  Must("CREATE FUNCTION odd(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x + (SELECT n FROM flag)'");
  plan_.queries.push_back({.id = "q_odd", .weight = 1});
  plan_.statements.push_back({.query = 2, .sql = "SELECT id FROM t WHERE odd(a) = 3", .weight = 1});
  plan_.sets[1] = SetOf("wrong", {Create("CREATE INDEX t_odd ON t (odd(a))", "t (odd(a))")});
  state_ = State();
  options_.progress = [&](std::string_view step) {
    if (step.find("building") != std::string_view::npos) Must("UPDATE flag SET n = 2");
    if (step.find("set wrong, round 1") != std::string_view::npos) Must("UPDATE flag SET n = 1");
  };
  options_.rounds = 1;
  const BenchResult result = Run();
  EXPECT_TRUE(result.answers_differ);
  EXPECT_EQ(result.sets[1].queries[2].answer, "differs");
  EXPECT_EQ(State(), state_);
}

}  // namespace
}  // namespace pgassay
