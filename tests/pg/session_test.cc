#include "pg/session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "support/test_server.h"

namespace pgassay::pg {
namespace {

class SessionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    test::TestServerOptions options;
    options.hba = "local all postgres trust\nlocal all all scram-sha-256\n";
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(server_->Run("postgres", "CREATE ROLE keeper LOGIN PASSWORD 'open sesame'").ok());
  }
  static void TearDownTestSuite() { server_.reset(); }

  static Session Open() {
    absl::StatusOr<Session> session = server_->Connect("postgres");
    EXPECT_TRUE(session.ok()) << session.status();
    return *std::move(session);
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> SessionTest::server_;

TEST_F(SessionTest, ReturnsCellsNullsAndNumbers) {
  Session session = Open();
  const absl::StatusOr<Result> result =
      session.Query("SELECT 1, NULL, 'a', true, 2.5 UNION ALL SELECT 7, 'x', '', false, -1");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->rows(), 2U);
  EXPECT_EQ(result->columns(), 5);
  EXPECT_EQ(result->Integer(0, 0), 1);
  EXPECT_FALSE(result->At(0, 1).has_value());
  EXPECT_EQ(result->Text(0, 1), "");
  EXPECT_TRUE(result->At(1, 2).has_value());
  EXPECT_TRUE(result->Boolean(0, 3));
  EXPECT_DOUBLE_EQ(result->Number(0, 4), 2.5);
}

TEST_F(SessionTest, SendsParametersApartFromTheStatement) {
  Session session = Open();
  const std::optional<std::string> parameters[] = {"'; DROP TABLE x; --", std::nullopt, ""};
  const absl::StatusOr<Result> result = session.Query("SELECT $1::text, $2::text IS NULL, $3::text", parameters);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->Text(0, 0), "'; DROP TABLE x; --");
  EXPECT_TRUE(result->Boolean(0, 1));
  EXPECT_EQ(result->Text(0, 2), "");
}

TEST_F(SessionTest, RefusesNulBytes) {
  Session session = Open();
  EXPECT_TRUE(absl::IsInvalidArgument(session.Query(std::string_view("SELECT 1\0", 9)).status()));
  const std::optional<std::string> parameters[] = {std::string("a\0b", 3)};
  EXPECT_TRUE(absl::IsInvalidArgument(session.Query("SELECT $1::text", parameters).status()));
  EXPECT_TRUE(session.Query("SELECT 1").ok());
}

TEST_F(SessionTest, RunsScriptsInOneRoundTrip) {
  Session session = Open();
  const absl::StatusOr<std::vector<Result>> results =
      session.QueryScript("SELECT 1; SET TimeZone = 'UTC'; SELECT 2, 3");
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(results->size(), 3U);
  EXPECT_EQ((*results)[2].Text(0, 1), "3");
  EXPECT_TRUE((*results)[1].empty());
  // A prepared statement takes one command only.
  EXPECT_FALSE(session.Query("SELECT 1; SELECT 2").ok());
}

TEST_F(SessionTest, MapsErrorsBySqlstate) {
  Session session = Open();
  const absl::Status syntax = session.Execute("SELEC 1");
  EXPECT_TRUE(absl::IsInvalidArgument(syntax));
  EXPECT_EQ(SqlState(syntax), "42601");
  EXPECT_TRUE(absl::IsDeadlineExceeded(session.Execute("SET statement_timeout = 20; SELECT pg_sleep(10)")));
  EXPECT_TRUE(session.Execute("RESET statement_timeout").ok());
  EXPECT_TRUE(absl::IsPermissionDenied(session.Execute("SET ROLE keeper; SELECT * FROM pg_authid")));
  EXPECT_TRUE(session.Execute("RESET ROLE").ok());
  EXPECT_EQ(SqlState(absl::OkStatus()), "");
}

TEST_F(SessionTest, MessagesHoldNoDetail) {
  Session session = Open();
  const absl::Status status = session.Execute(
      "CREATE TEMP TABLE t (secret text PRIMARY KEY); INSERT INTO t VALUES ('4111-1111'); INSERT INTO t VALUES "
      "('4111-1111')");
  EXPECT_EQ(SqlState(status), "23505");
  EXPECT_EQ(std::string(status.message()).find("4111"), std::string::npos) << status;
}

TEST_F(SessionTest, CancelsARunningQuery) {
  std::atomic<bool> cancelled = false;
  ConnectOptions options;
  options.conninfo = server_->ConnInfo("postgres", "postgres");
  options.cancelled = [&] { return cancelled.load(); };
  absl::StatusOr<Session> session = Session::Connect(options);
  ASSERT_TRUE(session.ok()) << session.status();
  std::thread canceller([&] {
    // Once the query is seen to run.
    for (;;) {
      const absl::StatusOr<Result> running =
          server_->Query("postgres", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'");
      if (!running.ok() || running->Integer(0, 0) > 0) break;
    }
    cancelled = true;
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(absl::IsCancelled(session->Query("SELECT pg_sleep(60)").status()));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  canceller.join();
  EXPECT_TRUE(absl::IsCancelled(session->Query("SELECT 1").status()));
  cancelled = false;
  EXPECT_TRUE(session->Query("SELECT 1").ok()) << "the session outlives a cancelled query";
}

TEST_F(SessionTest, ALostConnectionStaysLost) {
  Session session = Open();
  const absl::StatusOr<Result> pid = session.Query("SELECT pg_backend_pid()");
  ASSERT_TRUE(pid.ok());
  ASSERT_TRUE(server_->Run("postgres", "SELECT pg_terminate_backend(" + pid->Text(0, 0) + ", 10000)").ok());
  EXPECT_TRUE(absl::IsUnavailable(session.Query("SELECT 1").status()));
  EXPECT_FALSE(session.connected());
  EXPECT_TRUE(absl::IsUnavailable(session.Query("SELECT 1").status()));
  EXPECT_TRUE(absl::IsUnavailable(session.Execute("SELECT 1")));
}

TEST_F(SessionTest, CopyDoesNotHang) {
  Session session = Open();
  EXPECT_FALSE(session.Execute("CREATE TEMP TABLE t (a int); COPY t FROM STDIN").ok());
  EXPECT_TRUE(session.Query("SELECT 1").ok());
  EXPECT_FALSE(session.Execute("COPY (SELECT 1) TO STDOUT").ok());
}

TEST_F(SessionTest, SettingsHoldFromTheBeginning) {
  ConnectOptions options;
  options.conninfo = server_->ConnInfo("postgres", "postgres") + " options='-c work_mem=1234kB'";
  options.application_name = "pgassay it's a \\ test";
  options.settings = {{"default_transaction_read_only", "on"}, {"search_path", "\"a b\", \"c\\d\""}};
  absl::StatusOr<Session> session = Session::Connect(options);
  ASSERT_TRUE(session.ok()) << session.status();
  const absl::StatusOr<Result> result = session->Query(
      "SELECT current_setting('application_name'), current_setting('default_transaction_read_only'), "
      "current_setting('search_path'), current_setting('work_mem'), current_setting('client_encoding')");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->Text(0, 0), options.application_name);
  EXPECT_EQ(result->Text(0, 1), "on");
  EXPECT_EQ(result->Text(0, 2), "\"a b\", \"c\\d\"");
  EXPECT_EQ(result->Text(0, 3), "1234kB");
  EXPECT_EQ(result->Text(0, 4), "UTF8");
  std::map<std::string, std::string> environment;
  for (const auto& [name, value] : session->ChildEnvironment()) environment[name] = value;
  EXPECT_EQ(environment["PGOPTIONS"], "-c work_mem=1234kB");
  EXPECT_EQ(environment["PGHOST"], server_->directory());
  EXPECT_EQ(environment["PGUSER"], "postgres");
}

TEST_F(SessionTest, IgnoresTheEnvironmentWhenTold) {
  // Each of these alone would break or change the connection.
  const std::pair<const char*, const char*> hostile[] = {
      {"PGHOSTADDR", "192.0.2.1"},      {"PGPORT", "1"},
      {"PGOPTIONS", "-c geqo=banana"},  {"PGSSLMODE", "nonsense"},
      {"PGREQUIREPEER", "stranger"},    {"PGCHANNELBINDING", "nonsense"},
      {"PGCLIENTENCODING", "nonsense"}, {"PGTARGETSESSIONATTRS", "nonsense"},
      {"PGGSSENCMODE", "nonsense"},     {"PGUSER", "nobody-at-all"}};
  for (const auto& [name, value] : hostile) ::setenv(name, value, 1);  // NOLINT(concurrency-mt-unsafe): one thread
  const absl::StatusOr<Session> session = server_->Connect("postgres");
  ConnectOptions honouring;
  honouring.conninfo = "host=" + server_->directory() + " dbname=postgres user=postgres";
  const absl::StatusOr<Session> influenced = Session::Connect(honouring);
  for (const auto& [name, value] : hostile) ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  EXPECT_TRUE(session.ok()) << session.status();
  EXPECT_FALSE(influenced.ok()) << "the source's connection honours the environment as psql does";

  ConnectOptions incomplete;
  incomplete.conninfo = "dbname=postgres";
  incomplete.ignore_environment = true;
  EXPECT_TRUE(absl::IsInvalidArgument(Session::Connect(incomplete).status()));
}

TEST_F(SessionTest, SaysWhyItCannotConnect) {
  ConnectOptions options;
  options.conninfo = server_->ConnInfo("keeper", "postgres") + " password='wrong sesame'";
  absl::Status status = Session::Connect(options).status();
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_EQ(SqlState(status), "28P01");
  EXPECT_EQ(std::string(status.message()).find("sesame"), std::string::npos) << status;

  options.conninfo = server_->ConnInfo("keeper", "postgres") + " passfile=/dev/null/none";
  EXPECT_TRUE(absl::IsUnauthenticated(Session::Connect(options).status()));

  options.conninfo = server_->ConnInfo("keeper", "postgres") + " password='open sesame'";
  EXPECT_TRUE(Session::Connect(options).ok());

  options.conninfo = server_->ConnInfo("postgres", "no such database");
  status = Session::Connect(options).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;

  options.conninfo = "host=/nonexistent port=5999 dbname=x user=y";
  status = Session::Connect(options).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(std::string(status.message()).find("/nonexistent"), std::string::npos) << status;
}

TEST(ConnectionString, NeverRepeatsWhatMayBeAPassword) {
  for (const char* conninfo :
       {"postgresql://u:s3cr%ZZet@h/d", "host=x password=s3cret oops s3cret", "password='s3cret", "s3cret=1"}) {
    ConnectOptions options;
    options.conninfo = conninfo;
    const absl::Status status = Session::Connect(options).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_EQ(std::string(status.message()).find("s3cr"), std::string::npos) << status;
  }
}

}  // namespace
}  // namespace pgassay::pg
