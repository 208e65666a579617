#pragma once

// What a session holds. Private to module pg: sessions that run prepared statements share it.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/session.h"

// libpq's PGconn and PGresult, whose header belongs into .cc files.
struct pg_conn;
struct pg_result;

namespace pgassay::pg {

struct CloseConnection {
  void operator()(pg_conn* connection) const;
};
struct ClearResult {
  void operator()(pg_result* result) const;
};
using ConnectionHandle = std::unique_ptr<pg_conn, CloseConnection>;
using ResultHandle = std::unique_ptr<pg_result, ClearResult>;

struct Session::Connection {
  using Clock = std::chrono::steady_clock;

  ConnectionHandle handle;
  std::function<bool()> cancelled;
  int statement_limit_ms = 0;
  std::string caller_options;  // the `options` parameter without our settings

  pg_conn* get() const { return handle.get(); }

  // Before a statement: is there any point in sending it?
  absl::Status Ready(std::string_view sql) const;
  // Sends what waits in the buffer and returns when a result can be fetched. `cancel_sent` is kept over the calls for
  // one request.
  absl::Status Wait(Clock::time_point started, bool& cancel_sent, Clock::time_point& give_up);
  // The results of the request that was sent.
  absl::StatusOr<std::vector<Result>> Collect();
  // What a result that is an error says.
  static absl::Status ResultError(const pg_result* result, bool cancel_sent);
  absl::Status Lost();
  void RequestCancel() const;
};

}  // namespace pgassay::pg
