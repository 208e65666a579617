#include "cluster/server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "cluster/leftovers.h"
#include "cluster/locales.h"
#include "cluster/template_cluster.h"

namespace pgassay::cluster {
namespace {

// Longest socket path that Linux takes (sun_path is 108 bytes with the final zero), less "/.s.PGSQL.5432".
constexpr std::size_t kMaxSocketDirectory = 107 - 14;

// Whatever a schema's functions do, none of our statements may last longer: far above every statement_timeout that we
// set. A function can swallow the server's own timeout, but not the end of its server.
constexpr int kStatementLimitMs = 75000;

// A cold start takes well under a second; a machine that needs longer than this has another problem.
constexpr auto kStartTimeout = std::chrono::seconds(30);
// A shutdown writes a checkpoint first.
constexpr auto kStopTimeout = std::chrono::milliseconds(60000);

// A value in a libpq connection string, which knows other escapes than postgresql.conf.
std::string ConnectionValue(std::string_view value) {
  std::string quoted = "'";
  for (char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

// A value in postgresql.conf.
std::string ConfValue(std::string_view value) {
  std::string quoted = "'";
  for (char c : value) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

std::string Conf(const ServerOptions& options, const std::string& directory) {
  std::vector<std::pair<std::string, std::string>> settings = {
      {"listen_addresses", ""},
      {"unix_socket_directories", directory},
      {"unix_socket_permissions", "0700"},
      {"fsync", "off"},
      {"synchronous_commit", "off"},
      {"full_page_writes", "off"},
      {"wal_level", "minimal"},
      {"max_wal_senders", "0"},
      {"autovacuum", "off"},
      {"track_activities", "off"},
      {"track_counts", "off"},
      {"max_connections", "80"},
      {"shared_buffers", "64MB"},
      {"max_locks_per_transaction", "4096"},
      {"jit", "off"},
      {"logging_collector", "off"},
      {"log_min_messages", "warning"},
      {"log_statement", "none"},
      {"checkpoint_timeout", "1d"},
      {"max_wal_size", "4GB"},
      {"bgwriter_lru_maxpages", "0"},
      {"max_parallel_workers", "0"},
      {"max_worker_processes", "0"},
  };
  if (!options.preload_library.empty()) {
    settings.emplace_back("session_preload_libraries", absl::StrCat(directory, "/pgassay_planner.so"));
  }
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  std::string conf;
  for (const auto& [name, value] : settings) absl::StrAppend(&conf, name, " = ", ConfValue(value), "\n");
  return conf;
}

absl::Status CopyLibrary(const ServerOptions& options, const std::string& directory,
                         const std::optional<Owner>& owner) {
  if (options.preload_library.empty()) return absl::OkStatus();
  std::error_code error;
  const std::string target = directory + "/pgassay_planner.so";
  std::filesystem::copy_file(options.preload_library, target, error);
  if (error == std::errc::no_such_file_or_directory) {
    return absl::NotFoundError(
        absl::StrCat("the planner extension ", options.preload_library,
                     " is missing: build or install pgassay with the server headers of PostgreSQL ",
                     options.major_version, " (postgresql-server-dev-", options.major_version, ")"));
  }
  if (error) return ErrnoStatus(error.value(), absl::StrCat("cannot copy ", options.preload_library, " to ", target));
  if (::chmod(target.c_str(), 0755) != 0) return ErrnoStatus(errno, target);
  return owner ? ChangeOwner(target, *owner) : absl::OkStatus();
}

std::string LogTail(const std::string& path) {
  absl::StatusOr<std::string> log = ReadFile(path);
  if (!log.ok()) return "no log";
  constexpr std::size_t kTail = 600;
  return Printable(log->size() > kTail ? std::string_view(*log).substr(log->size() - kTail) : std::string_view(*log));
}

}  // namespace

absl::StatusOr<std::string> FindServerPrograms(int major_version, const std::string& pg_bindir) {
  std::vector<std::string> places;
  if (!pg_bindir.empty()) {
    places.push_back(pg_bindir);
  } else {
    places = {absl::StrCat("/usr/lib/postgresql/", major_version, "/bin"),
              absl::StrCat("/usr/pgsql-", major_version, "/bin"), "/usr/local/pgsql/bin"};
  }
  for (const std::string& place : places) {
    if (::access((place + "/postgres").c_str(), X_OK) == 0 && ::access((place + "/initdb").c_str(), X_OK) == 0)
      return place;
  }
  std::string tried;
  for (const std::string& place : places) absl::StrAppend(&tried, tried.empty() ? "" : ", ", place);
  return absl::NotFoundError(absl::StrCat("no PostgreSQL ", major_version, " server programs (postgres, initdb) in ",
                                          tried, ": install postgresql-", major_version,
                                          " or name their directory with --pg-bindir"));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  std::unique_ptr<Server> server(new Server());
  PGASSAY_RETURN_IF_ERROR(server->Initialize(options));
  return server;
}

absl::Status Server::Initialize(const ServerOptions& options) {
  cancelled_ = options.cancelled;
  PGASSAY_ASSIGN_OR_RETURN(const std::string programs, FindServerPrograms(options.major_version, options.pg_bindir));
  PGASSAY_ASSIGN_OR_RETURN(run_as_, UnprivilegedOwner());
  RemoveLeftovers(options.work_dir);
  PGASSAY_ASSIGN_OR_RETURN(const std::string cluster,
                           TemplateCluster(programs, options.work_dir, options.cache_dir, run_as_, options.cancelled));

  PGASSAY_ASSIGN_OR_RETURN(TemporaryDirectory directory, TemporaryDirectory::Make(options.work_dir, kDirectoryPrefix));
  if (directory.path().size() > kMaxSocketDirectory) {
    return absl::InvalidArgumentError(
        absl::StrCat("the path ", directory.path(), " is too long for a UNIX socket: set TMPDIR to a shorter one"));
  }
  PGASSAY_ASSIGN_OR_RETURN(lock_, LockDirectory(directory.path()));
  if (run_as_) PGASSAY_RETURN_IF_ERROR(ChangeOwner(directory.path(), *run_as_));
  directory_ = directory.Release();  // From here the destructor removes it.

  PGASSAY_RETURN_IF_ERROR(CopyTree(cluster, data_dir(), run_as_));
  PGASSAY_RETURN_IF_ERROR(CopyLibrary(options, directory_, run_as_));
  PGASSAY_ASSIGN_OR_RETURN(const Locales locales,
                           ProvideLocales(options.locales, options.cache_dir, directory_, run_as_));
  missing_locales_ = locales.missing;
  PGASSAY_RETURN_IF_ERROR(WriteFileAtomically(data_dir() + "/postgresql.conf", Conf(options, directory_), 0600));
  PGASSAY_RETURN_IF_ERROR(WriteHba({std::string(kSuperuser)}));
  if (run_as_) PGASSAY_RETURN_IF_ERROR(ChangeOwner(data_dir() + "/postgresql.conf", *run_as_));

  command_.argv = {programs + "/postgres", "-D", data_dir()};
  // Each planning takes and frees much memory: that is kept for the next one.
  command_.environment = {"LC_ALL=C", "TZ=UTC", "PATH=/usr/bin:/bin", "MALLOC_MMAP_THRESHOLD_=67108864",
                          "MALLOC_TRIM_THRESHOLD_=134217728"};
  if (!locales.directory.empty()) command_.environment.push_back("LOCPATH=" + locales.directory);
  command_.run_as = run_as_;
  command_.working_directory = directory_;
  command_.out_file = directory_ + "/log";
  command_.err_file = directory_ + "/log";
  command_.die_with_parent = true;
  // An immediate shutdown: the postmaster takes its backends along, also one that is busy in a loop.
  command_.death_signal = SIGQUIT;
  return Launch();
}

absl::Status Server::Launch() {
  PGASSAY_ASSIGN_OR_RETURN(ChildProcess child, Spawn(command_));
  postmaster_ = std::make_unique<ChildProcess>(std::move(child));
  return WaitUntilReady();
}

absl::Status Server::Restart(const std::function<absl::Status()>& stopped) {
  postmaster_->Terminate(SIGINT);  // A fast shutdown: sessions end, and what they have changed is written.
  if (!postmaster_->Wait(static_cast<int>(kStopTimeout.count()), cancelled_)) {
    if (cancelled_ && cancelled_()) return absl::CancelledError("interrupted");
    return absl::UnavailableError("the private PostgreSQL server does not stop");
  }
  PGASSAY_RETURN_IF_ERROR(stopped());
  return Launch();
}

absl::Status Server::WaitUntilReady() {
  const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
  while (true) {
    absl::StatusOr<pg::Session> session = Connect(kSuperuser, "template1");
    if (session.ok()) return absl::OkStatus();
    if (cancelled_ && cancelled_()) return absl::CancelledError("interrupted");
    if (postmaster_->Wait(10).has_value()) {
      return absl::UnavailableError(
          absl::StrCat("the private PostgreSQL server ended at once; its log says: ", LogTail(directory_ + "/log")));
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return absl::UnavailableError(
          absl::StrCat("the private PostgreSQL server does not answer: ", std::string(session.status().message()),
                       "; its log says: ", LogTail(directory_ + "/log")));
    }
  }
}

absl::Status Server::WriteHba(const std::vector<std::string>& users) const {
  std::string hba;
  for (const std::string& user : users) {
    std::string quoted = "\"";
    for (char c : user) {
      if (c == '"') quoted += c;
      quoted += c;
    }
    absl::StrAppend(&hba, "local all ", quoted, "\" trust\n");
  }
  const std::string path = data_dir() + "/pg_hba.conf";
  PGASSAY_RETURN_IF_ERROR(WriteFileAtomically(path, hba, 0600));
  return run_as_ ? ChangeOwner(path, *run_as_) : absl::OkStatus();
}

absl::Status Server::AllowOnly(const std::vector<std::string>& users, pg::Session& superuser) {
  PGASSAY_CHECK(!users.empty());
  PGASSAY_RETURN_IF_ERROR(WriteHba(users));
  PGASSAY_RETURN_IF_ERROR(superuser.Execute("SELECT pg_catalog.pg_reload_conf()"));
  const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
  while (true) {
    absl::StatusOr<pg::Session> session = Connect(users.front(), "template1");
    if (session.ok()) return absl::OkStatus();
    if (std::chrono::steady_clock::now() > deadline) return session.status();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

std::string Server::ConnectionString(std::string_view user, std::string_view database) const {
  return absl::StrCat("host=", ConnectionValue(directory_), " port=5432 user=", ConnectionValue(user),
                      " dbname=", ConnectionValue(database),
                      " sslmode=disable gssencmode=disable client_encoding=UTF8");
}

absl::StatusOr<pg::Session> Server::Connect(std::string_view user, std::string_view database,
                                            std::vector<std::pair<std::string, std::string>> settings) const {
  pg::ConnectOptions options;
  options.conninfo = ConnectionString(user, database);
  options.ignore_environment = true;
  options.application_name = "pgassay twin";
  options.settings = std::move(settings);
  options.cancelled = cancelled_;
  options.statement_limit_ms = kStatementLimitMs;
  return pg::Session::Connect(options);
}

Server::~Server() {
  if (postmaster_) {
    postmaster_->Terminate(SIGQUIT);  // Immediate shutdown: nothing in there is worth a checkpoint.
    if (!postmaster_->Wait(5000)) postmaster_->Terminate(SIGKILL);
    postmaster_.reset();
  }
  if (!directory_.empty()) {
    const absl::Status removed = RemoveTree(directory_);
    if (!removed.ok()) {
      // A backend may still have been writing: once more. What is left then, the next start removes.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      RemoveTree(directory_).IgnoreError();
    }
  }
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace pgassay::cluster
