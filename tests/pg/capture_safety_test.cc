// What a capture leaves behind on the source: nothing.

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "pg/capture_schema.h"
#include "pgassay/capture.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

class CaptureSafetyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    test::TestServerOptions options;
    options.log_statements = true;
    // Nobody but a session writes WAL.
    options.settings = {{"wal_level", "minimal"}, {"max_wal_senders", "0"}, {"checkpoint_timeout", "'1h'"}};
    options.hba = "local all keeper scram-sha-256\nlocal all all trust\n";
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(server_->Run("postgres", "CREATE DATABASE zoo").ok());
    const absl::Status made = server_->Run("zoo", test::ZooSql(3000));
    ASSERT_TRUE(made.ok()) << made;
    ASSERT_TRUE(server_->Run("zoo", "VACUUM ANALYZE").ok());
    ASSERT_TRUE(server_->Run("zoo", "CREATE ROLE keeper LOGIN SUPERUSER PASSWORD 'open sesame'").ok());
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override { ASSERT_TRUE(server_->WaitUntilAlone().ok()); }

  static CaptureOptions Options() {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo("postgres", "zoo");
    return options;
  }

  static std::string Counters() {
    const absl::StatusOr<pg::Result> counters =
        server_->Query("zoo",
                       "SELECT string_agg(format('%s %s %s %s', indexrelname, idx_scan, idx_tup_read, idx_tup_fetch), "
                       "E'\\n' ORDER BY indexrelid) "
                       "|| (SELECT string_agg(format('%s %s %s %s', relname, seq_scan, seq_tup_read, idx_tup_fetch), "
                       "E'\\n' ORDER BY relid) "
                       "FROM pg_stat_user_tables) FROM pg_stat_user_indexes");
    EXPECT_TRUE(counters.ok()) << counters.status();
    return counters.ok() ? counters->Text(0, 0) : "";
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> CaptureSafetyTest::server_;

TEST_F(CaptureSafetyTest, MovesNoCounterAndWritesNoWal) {
  // Whoever reads a page of the catalog first after a change tidies it up, which is logged; that happens in the first
  // capture.
  ASSERT_TRUE(Capture(Options()).ok());
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  const std::string before = Counters();
  const absl::StatusOr<pg::Result> wal_before = server_->Query("zoo", "SELECT pg_current_wal_insert_lsn()");
  ASSERT_TRUE(wal_before.ok());
  const absl::StatusOr<Snapshot> snapshot = Capture(Options());
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_GE(snapshot->end_points.size(), 40U);
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  const absl::StatusOr<pg::Result> wal_after = server_->Query("zoo", "SELECT pg_current_wal_insert_lsn()");
  ASSERT_TRUE(wal_after.ok());
  EXPECT_EQ(wal_before->Text(0, 0), wal_after->Text(0, 0));
  EXPECT_EQ(before, Counters());
}

// A logged statement with its continuation lines.
struct Logged {
  std::string application;
  std::string process;
  std::string text;
};

std::vector<Logged> StatementsOf(const std::string& log) {
  std::vector<Logged> statements;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    if (absl::StartsWith(line, "\t") && !statements.empty()) {
      absl::StrAppend(&statements.back().text, "\n", line);
      continue;
    }
    const std::vector<std::string> prefix = absl::StrSplit(line.substr(0, line.find(']')), '|');
    if (prefix.size() != 3) continue;
    for (const absl::string_view marker : {"LOG:  statement: ", "LOG:  execute <unnamed>: "}) {
      const std::size_t at = line.find(marker);
      if (at == absl::string_view::npos) continue;
      statements.push_back({prefix[0].substr(1), prefix[1], absl::StrCat(line.substr(at + marker.size()))});
    }
  }
  return statements;
}

TEST_F(CaptureSafetyTest, TheLogShowsReadsInReadOnlyTransactions) {
  const std::size_t start = server_->LogText().size();
  ASSERT_TRUE(Capture(Options()).ok());
  const std::vector<Logged> statements = StatementsOf(server_->LogText().substr(start));
  std::set<std::string> processes;
  std::set<std::string> read_only;
  std::set<std::string> begun;
  int ours = 0;
  int dumps = 0;
  for (const Logged& statement : statements) {
    if (!absl::StartsWith(statement.application, "pgassay")) continue;
    processes.insert(statement.process);
    statement.application == "pgassay capture" ? ++ours : ++dumps;
    // One entry may hold a script; each of its statements must be of this kind.
    std::string text = statement.text;
    if (absl::StartsWith(text, "BEGIN")) begun.insert(statement.process);
    if (absl::StrContains(text, "READ ONLY")) read_only.insert(statement.process);
    const bool known = absl::StartsWith(absl::StripAsciiWhitespace(text), "SELECT") ||
                       absl::StartsWith(absl::StripAsciiWhitespace(text), "WITH") ||
                       absl::StartsWith(text, "SAVEPOINT") || absl::StartsWith(text, "ROLLBACK TO SAVEPOINT") ||
                       absl::StartsWith(text, "BEGIN") || absl::StartsWithIgnoreCase(text, "SET ") ||
                       absl::StartsWith(text, "PREPARE") || absl::StartsWith(text, "EXECUTE") ||
                       (absl::StartsWith(text, "LOCK TABLE") && absl::EndsWith(text, "IN ACCESS SHARE MODE"));
    EXPECT_TRUE(known) << text;
    // What the next capture knows ours again by.
    if (statement.application == "pgassay capture" && absl::StrContains(text, "SELECT")) {
      EXPECT_TRUE(absl::StrContains(text, "/* pgassay */")) << text;
    }
    for (const char* word : {"INSERT ", "UPDATE ", "DELETE ", "nextval", "setval", "pg_stat_reset", "CREATE ", "DROP ",
                             "ALTER ", "ANALYZE", "VACUUM", "COMMIT", "SET SESSION", "READ WRITE", "EXCLUSIVE"}) {
      EXPECT_FALSE(absl::StrContains(text, word)) << word << " in " << text;
    }
  }
  EXPECT_EQ(processes.size(), 2U) << "ours and pg_dump's";
  EXPECT_EQ(begun, processes);
  EXPECT_EQ(read_only, processes);
  EXPECT_GT(ours, 10);
  EXPECT_GT(dumps, 10);
}

TEST_F(CaptureSafetyTest, NeverLocksMoreThanAccessShare) {
  absl::StatusOr<pg::Session> watcher = server_->Connect("zoo");
  ASSERT_TRUE(watcher.ok());
  std::set<std::string> modes;
  int looks = 0;
  CaptureOptions options = Options();
  // Asked before each query and while waiting: a window into the capture. While a session connects, the server holds a
  // lock on the database's own object (InitPostgres), whatever the session does later.
  options.cancelled = [&] {
    const absl::StatusOr<pg::Result> locks = watcher->Query(
        "SELECT DISTINCT l.locktype, l.mode FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE "
        "a.application_name LIKE 'pgassay%' AND l.classid IS DISTINCT FROM 'pg_database'::regclass");
    for (std::size_t i = 0; locks.ok() && i < locks->rows(); ++i)
      modes.insert(absl::StrCat(locks->Text(i, 0), " ", locks->Text(i, 1)));
    ++looks;
    return false;
  };
  ASSERT_TRUE(Capture(options).ok());
  EXPECT_GT(looks, 10);
  EXPECT_EQ(modes, (std::set<std::string>{"relation AccessShareLock", "virtualxid ExclusiveLock"}));
}

TEST_F(CaptureSafetyTest, WritingFunctionsFail) {
  // A function of the source that would write is stopped by the transaction, and its index becomes a gap.
  ASSERT_TRUE(server_->Run("postgres", "CREATE DATABASE sly").ok());
  const absl::Status made = server_->Run(
      "sly",
      "CREATE SEQUENCE taken; CREATE TABLE written (a text); CREATE FUNCTION writes() RETURNS void LANGUAGE sql AS "
      "$$ INSERT INTO public.written VALUES ('x') $$; "
      "CREATE FUNCTION sly(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN "
      "IF current_setting('application_name') LIKE 'pgassay%' THEN PERFORM public.writes(); END IF; RETURN $1; END $$; "
      "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100); CREATE INDEX sly_index ON t (sly(a)); "
      "ANALYZE t");
  ASSERT_TRUE(made.ok()) << made;
  CaptureOptions options = Options();
  options.conninfo = server_->ConnInfo("postgres", "sly");
  const absl::StatusOr<Snapshot> snapshot = Capture(options);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  ASSERT_EQ(snapshot->gaps.size(), 1U);
  EXPECT_EQ(snapshot->gaps[0].subject, "public.sly_index");
  EXPECT_TRUE(absl::StrContains(snapshot->gaps[0].reason, "read-only transaction")) << snapshot->gaps[0].reason;
  const absl::StatusOr<pg::Result> written = server_->Query("sly", "SELECT count(*) FROM written");
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written->Integer(0, 0), 0);
}

TEST_F(CaptureSafetyTest, StopsWhenCancelled) {
  for (const int after : {0, 3, 12, 25}) {
    int asked = 0;
    CaptureOptions options = Options();
    options.cancelled = [&] { return ++asked > after; };
    const absl::Status status = Capture(options).status();
    EXPECT_TRUE(absl::IsCancelled(status)) << after << ": " << status;
    EXPECT_TRUE(server_->WaitUntilAlone().ok()) << "no session stays behind";
  }
}

TEST_F(CaptureSafetyTest, AHangingDumpIsEndedAtItsDeadline) {
  absl::StatusOr<TemporaryDirectory> programs = TemporaryDirectory::Make("/tmp", "pgassay-test-");
  ASSERT_TRUE(programs.ok()) << programs.status();
  const std::string path = programs->path() + "/pg_dump";
  CaptureOptions options = Options();
  options.pg_bindir = programs->path();
  options.dump_timeout_ms = 300;

  ASSERT_TRUE(WriteFileAtomically(
                  path, "#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 15.8' || exec sleep 60\n")
                  .ok());
  ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  const auto start = std::chrono::steady_clock::now();
  absl::Status status = Capture(options).status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));

  ASSERT_TRUE(WriteFileAtomically(path, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.1 (Debian 14.1-1)'\n").ok());
  status = Capture(options).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "is version 14 and cannot read a server of version 15")) << status;

  ASSERT_TRUE(WriteFileAtomically(path,
                                  "#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 15.8' && exit\n"
                                  "echo 'pg_dump: error: out of cheese' >&2; exit 1\n")
                  .ok());
  status = Capture(options).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "out of cheese")) << status;
}

TEST_F(CaptureSafetyTest, ThePasswordIsNoArgumentOfPgDump) {
  absl::StatusOr<TemporaryDirectory> programs = TemporaryDirectory::Make("/tmp", "pgassay-test-");
  ASSERT_TRUE(programs.ok()) << programs.status();
  const std::string path = programs->path() + "/pg_dump";
  const absl::StatusOr<std::string> real = test::ServerPrograms();
  ASSERT_TRUE(real.ok());
  ASSERT_TRUE(
      WriteFileAtomically(path, absl::StrCat("#!/bin/sh\necho \"$@\" >>", programs->path(), "/arguments\nenv >>",
                                             programs->path(), "/environment\nexec ", *real, "/pg_dump \"$@\"\n"))
          .ok());
  ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  CaptureOptions options;
  options.conninfo = absl::StrCat("postgresql://keeper:open%20sesame@/zoo?host=", server_->directory());
  options.pg_bindir = programs->path();
  const absl::StatusOr<Snapshot> snapshot = Capture(options);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  const absl::StatusOr<std::string> arguments = ReadFile(programs->path() + "/arguments");
  const absl::StatusOr<std::string> environment = ReadFile(programs->path() + "/environment");
  ASSERT_TRUE(arguments.ok() && environment.ok());
  EXPECT_TRUE(absl::StrContains(*arguments, "--schema-only"));
  EXPECT_FALSE(absl::StrContains(*arguments, "sesame"));
  EXPECT_TRUE(absl::StrContains(*environment, "PGPASSWORD=open sesame"));
  EXPECT_TRUE(absl::StrContains(*environment, "default_transaction_read_only=on"));
}

}  // namespace
}  // namespace pgassay
