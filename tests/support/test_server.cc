#include "support/test_server.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/programs.h"

namespace pgassay::test {
namespace {

// PGASSAY_TEST_MAJOR tries the tests on the servers of another version; those that look at its own version's figures fail.
int Major() {
  const char* const asked = std::getenv("PGASSAY_TEST_MAJOR");
  int major = 0;
  return asked != nullptr && absl::SimpleAtoi(asked, &major) ? major : 15;
}

constexpr int kReadyTimeoutMs = 60000;
constexpr int kReadyPollMs = 20;
constexpr int kStopTimeoutMs = 20000;
constexpr int kPsqlTimeoutMs = 300000;

// Who runs the server: nobody special unless we are root, which PostgreSQL refuses.
absl::StatusOr<std::optional<Owner>> ServerOwner() {
  if (::geteuid() != 0) return std::optional<Owner>();
  for (const char* name : {"postgres", "nobody"}) {
    passwd entry;
    passwd* found = nullptr;
    char buffer[4096];
    if (::getpwnam_r(name, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) {
      return std::optional<Owner>(Owner{found->pw_uid, found->pw_gid});
    }
  }
  return absl::FailedPreconditionError(
      "we are root, and there is neither a user postgres nor nobody to run the server");
}

std::vector<std::string> ServerEnvironment() {
  return {"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "TZ=UTC"};
}

absl::Status RunProgram(Command command, int timeout_ms) {
  const std::string program = command.argv.front();
  PGASSAY_ASSIGN_OR_RETURN(const ProcessResult result, pgassay::Run(command, {.timeout_ms = timeout_ms}));
  if (result.ok()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(program, " failed: ", result.err, result.out));
}

// Makes `data` from the cached cluster, which the first test on a build directory makes.
absl::Status MakeCluster(const std::string& programs, const std::string& directory, const std::optional<Owner>& owner) {
  const std::string data = directory + "/data";
  const std::string cache = absl::StrCat(PGASSAY_BUILD_DIR, "/test-server");
  const std::string cached = absl::StrCat(cache, "/cluster-", Major());
  if (!std::filesystem::exists(cached + "/PG_VERSION")) {
    PGASSAY_RETURN_IF_ERROR(
        RunProgram({.argv = {programs + "/initdb", "--pgdata=" + data, "--username=postgres", "--auth=trust",
                             "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
                    .environment = ServerEnvironment(),
                    .run_as = owner,
                    .working_directory = directory},
                   kReadyTimeoutMs));
    // Several tests may get here at once: each fills a directory of its own, and the first rename wins.
    std::error_code ignored;
    std::filesystem::create_directories(cache, ignored);
    PGASSAY_ASSIGN_OR_RETURN(TemporaryDirectory fresh, TemporaryDirectory::Make(cache, "cluster-"));
    const std::string copy = fresh.path() + "/data";
    PGASSAY_RETURN_IF_ERROR(CopyTree(data, copy, owner.has_value() ? std::optional<Owner>(Owner{}) : std::nullopt));
    std::filesystem::rename(copy, cached, ignored);
    return absl::OkStatus();
  }
  return CopyTree(cached, data, owner);
}

std::string Configuration(const TestServerOptions& options, const std::string& directory) {
  std::string text = absl::StrCat(
      "listen_addresses = ''\nunix_socket_directories = '", directory, "'\nport = ", TestServer::kPort,
      "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\ndynamic_shared_memory_type = "
      "mmap\nmax_connections = 40\n"
      "log_line_prefix = '",
      std::string(kLogLinePrefix), "'\nlog_checkpoints = off\nautovacuum = ", options.autovacuum ? "on" : "off",
      "\nlog_statement = ", options.log_statements ? "all" : "none", "\n");
  for (const auto& [name, value] : options.settings) absl::StrAppend(&text, name, " = ", value, "\n");
  return text;
}

absl::Status WriteOwned(const std::string& path, const std::string& text, const std::optional<Owner>& owner) {
  PGASSAY_RETURN_IF_ERROR(WriteFileAtomically(path, text));
  return owner.has_value() ? ChangeOwner(path, *owner) : absl::OkStatus();
}

// PGHOST and the like for a client program.
std::vector<std::string> ClientEnvironment(const std::string& directory, std::string_view user,
                                           std::string_view database) {
  return {"PGHOST=" + directory,
          absl::StrCat("PGPORT=", TestServer::kPort),
          absl::StrCat("PGUSER=", ToAbsl(user)),
          absl::StrCat("PGDATABASE=", ToAbsl(database)),
          "PATH=/usr/bin:/bin",
          "LC_ALL=C.UTF-8"};
}

std::string ConnectionValue(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace

absl::StatusOr<std::string> ServerPrograms() {
  PGASSAY_ASSIGN_OR_RETURN(const std::string initdb,
                           pg::FindProgram("initdb", absl::StrCat("/usr/lib/postgresql/", Major(), "/bin"), Major()));
  return std::filesystem::path(initdb).parent_path().string();
}

absl::StatusOr<std::unique_ptr<TestServer>> TestServer::Start(const TestServerOptions& options) {
  std::unique_ptr<TestServer> server(new TestServer);
  PGASSAY_ASSIGN_OR_RETURN(server->owner_, ServerOwner());
  // Not below the build directory: the path of a socket has room for 107 bytes, and the server's user must get there.
  PGASSAY_ASSIGN_OR_RETURN(server->directory_, MakeTemporaryDirectory("/tmp", "pgassay-test-"));
  PGASSAY_RETURN_IF_ERROR(server->Launch(options));
  PGASSAY_RETURN_IF_ERROR(server->WaitUntilReady());
  return server;
}

absl::Status TestServer::Launch(const TestServerOptions& options) {
  // Our own end, also by SIGKILL, takes the server along (die_with_parent), and this shell the files. It looks at
  // the program of our process, which a zombie has no more.
  PGASSAY_ASSIGN_OR_RETURN(
      ChildProcess remover,
      Spawn({.argv = {"/bin/sh", "-c",
                      "while readlink \"/proc/$1/exe\" >/dev/null 2>&1; do sleep 0.5; done; sleep 1; rm -rf \"$2\"",
                      "remover", absl::StrCat(::getpid()), directory_},
             .environment = {"PATH=/usr/bin:/bin"}}));
  remover_ = std::make_unique<ChildProcess>(std::move(remover));

  PGASSAY_ASSIGN_OR_RETURN(const std::string programs, ServerPrograms());
  if (owner_.has_value()) PGASSAY_RETURN_IF_ERROR(ChangeOwner(directory_, *owner_));
  PGASSAY_RETURN_IF_ERROR(MakeCluster(programs, directory_, owner_));
  PGASSAY_RETURN_IF_ERROR(WriteOwned(directory_ + "/data/postgresql.conf", Configuration(options, directory_), owner_));
  const std::string hba = options.hba.empty() ? "local all all trust\n" : options.hba;
  PGASSAY_RETURN_IF_ERROR(WriteOwned(directory_ + "/data/pg_hba.conf", hba, owner_));
  PGASSAY_ASSIGN_OR_RETURN(ChildProcess postmaster, Spawn({.argv = {programs + "/postgres", "-D", directory_ + "/data"},
                                                           .environment = ServerEnvironment(),
                                                           .run_as = owner_,
                                                           .working_directory = directory_,
                                                           .out_file = directory_ + "/log",
                                                           .err_file = directory_ + "/log",
                                                           .die_with_parent = true}));
  postmaster_ = std::make_unique<ChildProcess>(std::move(postmaster));
  return absl::OkStatus();
}

absl::Status TestServer::WaitUntilReady() {
  for (int waited_ms = 0; waited_ms < kReadyTimeoutMs; waited_ms += kReadyPollMs) {
    if (Connect("postgres").ok()) return absl::OkStatus();
    if (postmaster_->Wait(kReadyPollMs).has_value()) break;
  }
  return absl::InternalError(absl::StrCat("the test server does not start:\n", LogText()));
}

TestServer::~TestServer() {
  if (postmaster_ != nullptr) {
    postmaster_->Terminate(SIGINT);  // fast shutdown
    if (!postmaster_->Wait(kStopTimeoutMs).has_value()) postmaster_->Terminate(SIGQUIT);
    postmaster_->Wait(kStopTimeoutMs);
  }
  remover_.reset();
  if (directory_.empty()) return;
  if (const absl::Status removed = RemoveTree(directory_); !removed.ok()) {
    std::fprintf(stderr, "%s\n", removed.ToString().c_str());
  }
}

std::string TestServer::ConnInfo(std::string_view user, std::string_view database) const {
  return absl::StrCat("host=", ConnectionValue(directory_), " port=", kPort, " user=", ConnectionValue(user),
                      " dbname=", ConnectionValue(database));
}

absl::StatusOr<pg::Session> TestServer::Connect(std::string_view database, std::string_view user) const {
  pg::ConnectOptions options;
  options.conninfo = ConnInfo(user, database);
  options.ignore_environment = true;
  options.application_name = "test";
  return pg::Session::Connect(options);
}

absl::Status TestServer::Run(std::string_view database, std::string_view sql, std::string_view user) const {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, Connect(database, user));
  return session.Execute(sql);
}

absl::StatusOr<pg::Result> TestServer::Query(std::string_view database, std::string_view sql,
                                             std::string_view user) const {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, Connect(database, user));
  return session.Query(sql);
}

absl::Status TestServer::RunFile(std::string_view database, const std::string& path,
                                 const std::map<std::string, std::string>& variables, std::string_view user) const {
  PGASSAY_ASSIGN_OR_RETURN(const std::string programs, ServerPrograms());
  Command psql;
  psql.argv = {programs + "/psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "-v", "ON_ERROR_STOP=1"};
  for (const auto& [name, value] : variables) {
    psql.argv.emplace_back("-v");
    psql.argv.push_back(absl::StrCat(name, "=", value));
  }
  psql.argv.push_back("--file=" + path);
  psql.environment = ClientEnvironment(directory_, user, database);
  psql.working_directory = std::filesystem::path(path).parent_path().string();
  return RunProgram(std::move(psql), kPsqlTimeoutMs);
}

absl::Status TestServer::RunScript(std::string_view database, const std::string& path, int times, int seed,
                                   std::string_view user) const {
  PGASSAY_ASSIGN_OR_RETURN(const std::string programs, ServerPrograms());
  return RunProgram({.argv = {programs + "/pgbench", "--no-vacuum", absl::StrCat("--transactions=", times),
                              absl::StrCat("--random-seed=", seed), "--file=" + path},
                     .environment = ClientEnvironment(directory_, user, database),
                     .working_directory = directory_},
                    kPsqlTimeoutMs);
}

absl::Status TestServer::WaitUntilAlone() const {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, Connect("postgres"));
  for (int waited_ms = 0; waited_ms < kReadyTimeoutMs; waited_ms += kReadyPollMs) {
    PGASSAY_ASSIGN_OR_RETURN(
        const pg::Result others,
        session.Query("SELECT count(*) FROM pg_catalog.pg_stat_activity "
                      "WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()"));
    if (others.Integer(0, 0) == 0) return absl::OkStatus();
    std::this_thread::sleep_for(std::chrono::milliseconds(kReadyPollMs));
  }
  return absl::DeadlineExceededError("other sessions do not end");
}

std::string TestServer::LogText() const {
  absl::StatusOr<std::string> text = ReadFile(directory_ + "/log");
  return text.ok() ? *std::move(text) : std::string();
}

}  // namespace pgassay::test
