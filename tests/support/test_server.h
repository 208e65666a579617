#pragma once

// A private PostgreSQL server for tests: UNIX socket only, no durability, everything removed when the test ends,
// however it ends.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/process.h"
#include "pg/session.h"

namespace pgassay::test {

struct TestServerOptions {
  bool log_statements = false;  // log_statement = all, with LogPrefix in front of each line
  bool autovacuum = false;      // off: statistics and counters move only when a test moves them
  // pg_hba.conf; empty: everybody may connect. Must let postgres in over the socket.
  std::string hba;
  std::vector<std::pair<std::string, std::string>> settings;  // more of postgresql.conf, values as they stand there
};

// Lines of the log begin with application name, process and virtual transaction: "[pgassay capture|4711|3/12] ".
inline constexpr std::string_view kLogLinePrefix = "[%a|%p|%v] ";

// A server of version 15 with superuser postgres, encoding UTF8 and locale C.UTF-8. Runs as user postgres (else nobody)
// where the test is root. The result of initdb is cached in the build directory. A server that cannot start is an error
// of the machine that a test reports as a failure, never as a skip.
class TestServer {
 public:
  static absl::StatusOr<std::unique_ptr<TestServer>> Start(const TestServerOptions& options = {});

  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();  // stops the server and removes its files

  // "host=/tmp/... port=5432 user=... dbname=...". No password.
  std::string ConnInfo(std::string_view user, std::string_view database) const;

  // A new session; the caller's PG* variables play no part.
  absl::StatusOr<pg::Session> Connect(std::string_view database, std::string_view user = "postgres") const;

  // Statements in a session of their own. More than one form a transaction: no CREATE DATABASE or VACUUM among them.
  absl::Status Run(std::string_view database, std::string_view sql, std::string_view user = "postgres") const;
  absl::StatusOr<pg::Result> Query(std::string_view database, std::string_view sql,
                                   std::string_view user = "postgres") const;

  // A file of psql input, stopping at the first error. `variables` are psql's -v.
  absl::Status RunFile(std::string_view database, const std::string& path,
                       const std::map<std::string, std::string>& variables = {},
                       std::string_view user = "postgres") const;

  // A pgbench script, `times` times by one client; the same seed gives the same random numbers.
  absl::Status RunScript(std::string_view database, const std::string& path, int times, int seed,
                         std::string_view user = "postgres") const;

  // Returns when all other client sessions have ended, and with them their counters were counted.
  absl::Status WaitUntilAlone() const;

  // Everything the server logged so far.
  std::string LogText() const;

  // Directory of the socket; the port is always kPort.
  const std::string& directory() const { return directory_; }
  static constexpr int kPort = 5432;

 private:
  TestServer() = default;
  absl::Status Launch(const TestServerOptions& options);
  absl::Status WaitUntilReady();

  std::string directory_;  // private: data, socket, log
  std::optional<Owner> owner_;
  std::unique_ptr<ChildProcess> postmaster_;
  std::unique_ptr<ChildProcess> remover_;  // removes the directory if this process dies without doing so
};

// Directory of the server programs that tests use.
absl::StatusOr<std::string> ServerPrograms();

}  // namespace pgassay::test
