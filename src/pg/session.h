#pragma once

// One connection to a PostgreSQL server, and the one place where its failures become absl::Status.
//
// Built on libpq itself, not on libpqxx: a query must be cancellable while it runs (libpqxx 6 has no asynchronous
// calls), a lost connection must never be reopened behind our back, errors at connecting need their SQLSTATE, and libpq
// is the same on every Debian release while libpqxx changed its interface between 6 and 7. Nothing here throws, so no
// guard against exceptions is needed; nothing of libpq shows in this header.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pgassay::pg {

struct ConnectOptions {
  std::string conninfo;  // libpq connection string, URI, or just the name of a database
  std::string database;  // in place of the one that `conninfo` names; empty: that one
  // True: PGHOST, PGPORT, PGUSER, PGOPTIONS, PGSSLMODE and all the others do not matter: what `conninfo` leaves out has
  // libpq's built-in value, and host, user and dbname must be in it. Two limits of libpq remain: a PGSERVICE that names
  // no service makes every connection fail, and PGTZ, PGDATESTYLE and PGGEQO still reach the server, so SET these
  // settings.
  bool ignore_environment = false;
  std::string application_name = "pgassay";
  // Settings sent with the connection request, after those of the caller's own `options`: they hold from the beginning.
  std::vector<std::pair<std::string, std::string>> settings;
  int connect_timeout_s = 10;  // unless `conninfo` has a connect_timeout; for all hosts of a list together
  int statement_limit_ms = 0;  // on our side: a request that lasts longer is cancelled, and if the server does not
                               // react the connection is closed (Unavailable); 0: none
  std::function<bool()> cancelled;  // asked before each query and every 50 ms while waiting; true cancels; may be empty
};

// The rows of one statement in text format: an owning value, row after row.
class Result {
 public:
  Result() = default;
  Result(int columns, std::vector<std::optional<std::string>> cells) : columns_(columns), cells_(std::move(cells)) {}

  std::size_t rows() const { return columns_ == 0 ? 0 : cells_.size() / static_cast<std::size_t>(columns_); }
  int columns() const { return columns_; }
  bool empty() const { return cells_.empty(); }

  // A cell; none is NULL. Row and column must exist.
  const std::optional<std::string>& At(std::size_t row, int column) const;

  // A cell as a value; NULL and text that is no such value are "", 0 or false.
  const std::string& Text(std::size_t row, int column) const;
  std::int64_t Integer(std::size_t row, int column) const;
  double Number(std::size_t row, int column) const;
  bool Boolean(std::size_t row, int column) const;

 private:
  int columns_ = 0;
  std::vector<std::optional<std::string>> cells_;
};

// A connection. For one thread at a time; the destructor closes it, and an open transaction ends with it.
//
// Errors of all calls: Unavailable (connection failed or lost: the session is of no further use), Unauthenticated
// (28000, 28P01), PermissionDenied (42501), NotFound (3D000), DeadlineExceeded (57014 statement timeout, 55P03 lock
// timeout), Cancelled (`cancelled` said so), ResourceExhausted (53xxx), Aborted (40xxx), InvalidArgument (any other
// SQLSTATE, a NUL byte). Messages hold the server's primary message only, never a password, a DETAIL or the statement.
class Session {
 public:
  static absl::StatusOr<Session> Connect(const ConnectOptions& options);

  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // One statement with parameters $1, $2, ... as text (none: NULL). Values are sent apart from the statement.
  absl::StatusOr<Result> Query(std::string_view sql, std::span<const std::optional<std::string>> parameters = {});

  // Any number of statements in one round trip; the results of all of them, in order, also the empty ones. The first
  // error ends it and is returned. Without an open transaction they form one.
  absl::StatusOr<std::vector<Result>> QueryScript(std::string_view sql);

  // QueryScript without the rows.
  absl::Status Execute(std::string_view sql);

  int server_version() const;  // server_version_num
  bool connected() const;      // false once the connection is lost

  // "database shop at 10.0.0.1:5432 as app", for messages.
  std::string Describe() const;

  // The environment (PGHOST, PGPASSWORD, ...) with which another libpq program reaches the same server, database and
  // user. Holds secrets. PGOPTIONS is in it as the caller gave it, without ConnectOptions::settings.
  std::vector<std::pair<std::string, std::string>> ChildEnvironment() const;

  struct Connection;  // private to module pg

 private:
  friend class PreparedSession;
  explicit Session(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

// The SQLSTATE that a status from a session carries; empty if none.
std::string SqlState(const absl::Status& status);

}  // namespace pgassay::pg
