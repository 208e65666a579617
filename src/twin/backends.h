#pragma once

// The twin's planning sessions: each has the captured settings, the pinned clock and the map of sizes, and prepares
// statements when it first needs them.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cluster/server.h"
#include "pg/session.h"

namespace pgassay::twin {

struct BackendSetup {
  std::string user;
  std::string database;
  std::string settings_sql;  // SET statements, clock included
  int statement_timeout_ms = 10000;
};

class Backend {
 public:
  static absl::StatusOr<Backend> Open(const cluster::Server& server, const BackendSetup& setup);

  pg::Session& session() { return session_; }

  // Puts the session into the context that `steps` make (Contexts::Steps), unless it is in it already.
  absl::Status Enter(const std::vector<std::string>& steps);

  // Prepares statement `id` in this session, in its present context, if that was not done yet.
  absl::Status EnsurePrepared(std::uint32_t id, const std::string& statement);

 private:
  explicit Backend(pg::Session session) : session_(std::move(session)) {}
  pg::Session session_;
  std::set<std::uint32_t> prepared_;
  std::vector<std::string> context_;  // its steps; empty: none
};

// Whether the session of the error is lost, or was told to stop: nothing more can be had from it.
bool IsLost(const absl::Status& status);

// Runs work(backend, i) for every i below `count`, spread over the backends. Returns when all are done. The first
// error, by position, ends the rest early and is returned.
absl::Status ForEach(std::vector<Backend>& backends, std::size_t count,
                     const std::function<absl::Status(Backend&, std::size_t)>& work);

}  // namespace pgassay::twin
