#pragma once

// A private, throw-away PostgreSQL server: own directory (0700), UNIX socket only, nothing durable. Started from a
// cached initdb template; removed with everything in it by the destructor. What a killed run left behind is found and
// removed by the next start.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/process.h"
#include "pg/session.h"

namespace pgassay::cluster {

struct ServerOptions {
  int major_version = 0;
  std::string pg_bindir;             // empty: /usr/lib/postgresql/N/bin and other usual places
  std::string work_dir;              // parent of the private directory
  std::string cache_dir;             // where templates are kept; made if missing
  std::string preload_library;       // copied into the private directory and loaded into every session
  std::vector<std::string> locales;  // glibc locales the database needs; missing ones are made with localedef
  std::vector<std::pair<std::string, std::string>> settings;  // postgresql.conf
  std::function<bool()> cancelled;
};

// The bootstrap superuser of every private server.
inline constexpr std::string_view kSuperuser = "pgassay_superuser";

class Server {
 public:
  // Errors: NotFound (binaries, preload library), Unavailable (does not start; the message holds the end of its log),
  // ResourceExhausted (disk full), PermissionDenied, Cancelled.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Connects; environment variables of the caller play no part.
  absl::StatusOr<pg::Session> Connect(std::string_view user, std::string_view database,
                                      std::vector<std::pair<std::string, std::string>> settings = {}) const;

  // For connections that others make.
  std::string ConnectionString(std::string_view user, std::string_view database) const;

  // Stops the server in order, which ends all sessions and empties its buffers, and starts it again. `stopped` runs in
  // between. Errors as Start; Unavailable where it does not stop.
  absl::Status Restart(const std::function<absl::Status()>& stopped);

  // From now on only `users` may connect; sessions that are open stay. Returns when the server has taken it over.
  absl::Status AllowOnly(const std::vector<std::string>& users, pg::Session& superuser);

  // Path of the copy of ServerOptions::preload_library, which the server can read.
  std::string preload_library() const { return directory_ + "/pgassay_planner.so"; }

  // Locales that could not be had; the database must use another.
  const std::vector<std::string>& missing_locales() const { return missing_locales_; }

 private:
  Server() = default;
  absl::Status Initialize(const ServerOptions& options);
  absl::Status WriteHba(const std::vector<std::string>& users) const;
  absl::Status Launch();
  absl::Status WaitUntilReady();
  std::string data_dir() const { return directory_ + "/data"; }

  std::string directory_;  // private directory; the socket lies in it
  int lock_ = -1;          // flock on directory_/lock: held as long as we live
  Command command_;        // of the postmaster
  std::unique_ptr<ChildProcess> postmaster_;
  std::vector<std::string> missing_locales_;
  std::optional<Owner> run_as_;
  std::function<bool()> cancelled_;
};

// Directory with the server programs of `major_version`; NotFound with the places that were looked at.
absl::StatusOr<std::string> FindServerPrograms(int major_version, const std::string& pg_bindir);

}  // namespace pgassay::cluster
