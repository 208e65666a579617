#include "pg/session.h"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <utility>

#include <libpq-fe.h>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/connection_string.h"
#include "pg/server_error.h"
#include "pg/session_connection.h"

namespace pgassay::pg {
namespace {

using Clock = Session::Connection::Clock;

// How often a waiting call asks whether it was cancelled.
constexpr int kPollMs = 50;
// How long a cancelled statement may take to end before we give the connection up.
constexpr std::chrono::seconds kCancelGrace(5);
// The protocol counts parameters in 16 bits.
constexpr std::size_t kMaxParameters = 65535;

struct FreeCancel {
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};
struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::string_view OrEmpty(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

void IgnoreNotice(void*, const PGresult*) {}

// Waits for `events` on the connection's socket, at most kPollMs. False: the wait itself failed.
bool PollSocket(PGconn* connection, short events) {
  pollfd descriptor{.fd = PQsocket(connection), .events = events, .revents = 0};
  return ::poll(&descriptor, 1, kPollMs) >= 0 || errno == EINTR;
}

std::string Target(PGconn* connection) {
  const std::string_view host = OrEmpty(PQhost(connection));
  const std::string port(OrEmpty(PQport(connection)));
  std::string where = Printable(host);
  if (host.empty()) where = "the default host";
  if (host.starts_with('/')) where = absl::StrCat("socket directory ", where);
  return absl::StrCat("database ", Printable(OrEmpty(PQdb(connection))), " at ", where, port.empty() ? "" : ":", port,
                      " as ", Printable(OrEmpty(PQuser(connection))));
}

// The connect_timeout of the connection string or the environment, else `fallback`.
std::chrono::seconds ConnectTimeout(PGconn* connection, int fallback) {
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfo(connection));
  int seconds = fallback;
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) != "connect_timeout") continue;
    const std::string_view text = OrEmpty(option->val);
    int given = 0;
    std::from_chars(text.data(), text.data() + text.size(), given);
    if (given > 0) seconds = given;
  }
  return std::chrono::seconds(seconds);
}

absl::StatusOr<ConnectionHandle> OpenConnection(const ConnectOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string conninfo, BuildConnectionString(options));
  ConnectionHandle connection(PQconnectStart(conninfo.c_str()));
  if (connection == nullptr) return absl::ResourceExhaustedError("out of memory");
  // Verbose messages have the SQLSTATE in them; the language of the text is the server's choice.
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  PQsetNoticeReceiver(connection.get(), IgnoreNotice, nullptr);
  if (PQstatus(connection.get()) == CONNECTION_BAD) {
    return ConnectionError(OrEmpty(PQerrorMessage(connection.get())), Target(connection.get()));
  }

  const Clock::time_point deadline = Clock::now() + ConnectTimeout(connection.get(), options.connect_timeout_s);
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK) {
    if (options.cancelled && options.cancelled()) return absl::CancelledError("cancelled while connecting");
    if (Clock::now() >= deadline) {
      return absl::UnavailableError(absl::StrCat("cannot connect to ", Target(connection.get()),
                                                 ": no answer in time; check host, port and firewall"));
    }
    pollfd descriptor{.fd = PQsocket(connection.get()),
                      .events = static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                      .revents = 0};
    if (::poll(&descriptor, 1, kPollMs) == 0) continue;
    wanted = PQconnectPoll(connection.get());
    if (wanted == PGRES_POLLING_FAILED) {
      if (PQconnectionNeedsPassword(connection.get()) != 0) {
        return absl::UnauthenticatedError(
            absl::StrCat("cannot connect to ", Target(connection.get()),
                         ": the server wants a password; give it with PGPASSWORD or ~/.pgpass"));
      }
      return ConnectionError(OrEmpty(PQerrorMessage(connection.get())), Target(connection.get()));
    }
  }
  PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
  if (PQsetnonblocking(connection.get(), 1) != 0) return absl::UnavailableError("the connection was lost");
  return connection;
}

Result ToResult(const PGresult* result) {
  const int rows = PQntuples(result);
  const int columns = PQnfields(result);
  std::vector<std::optional<std::string>> cells;
  cells.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        cells.emplace_back(std::nullopt);
      } else {
        const auto length = static_cast<std::size_t>(PQgetlength(result, row, column));
        cells.emplace_back(std::in_place, PQgetvalue(result, row, column), length);
      }
    }
  }
  return {columns, std::move(cells)};
}

template <typename Number>
Number Parse(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

const std::optional<std::string>& Result::At(std::size_t row, int column) const {
  PGASSAY_CHECK(row < rows() && column >= 0 && column < columns_);
  return cells_[row * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column)];
}

const std::string& Result::Text(std::size_t row, int column) const {
  static const std::string kEmpty;
  const std::optional<std::string>& cell = At(row, column);
  return cell.has_value() ? *cell : kEmpty;
}

std::int64_t Result::Integer(std::size_t row, int column) const {
  return Parse<std::int64_t>(Text(row, column));
}
double Result::Number(std::size_t row, int column) const {
  return Parse<double>(Text(row, column));
}
bool Result::Boolean(std::size_t row, int column) const {
  return Text(row, column) == "t";
}

void CloseConnection::operator()(PGconn* connection) const {
  PQfinish(connection);
}
void ClearResult::operator()(PGresult* result) const {
  PQclear(result);
}

absl::Status Session::Connection::Ready(std::string_view sql) const {
  if (handle == nullptr || PQstatus(get()) == CONNECTION_BAD) return absl::UnavailableError("the connection is lost");
  if (sql.find('\0') != std::string_view::npos) return absl::InvalidArgumentError("the statement has a NUL byte in it");
  if (cancelled && cancelled()) return absl::CancelledError("cancelled");
  return absl::OkStatus();
}

absl::Status Session::Connection::Lost() {
  absl::Status status = ServerError("", absl::StrCat("the connection was lost: ", PQerrorMessage(get())));
  handle.reset();
  return status;
}

void Session::Connection::RequestCancel() const {
  const std::unique_ptr<PGcancel, FreeCancel> cancel(PQgetCancel(get()));
  char message[256];
  // Where this fails the grace period ends the connection instead.
  if (cancel != nullptr) PQcancel(cancel.get(), message, sizeof message);
}

absl::Status Session::Connection::Wait(Clock::time_point started, bool& cancel_sent, Clock::time_point& give_up) {
  for (;;) {
    const int unsent = PQflush(get());
    if (unsent < 0) return Lost();
    if (unsent == 0 && PQisBusy(get()) == 0) return absl::OkStatus();
    const bool overdue =
        statement_limit_ms > 0 && Clock::now() >= started + std::chrono::milliseconds(statement_limit_ms);
    if (!cancel_sent && (overdue || (cancelled && cancelled()))) {
      RequestCancel();
      cancel_sent = true;
      give_up = Clock::now() + kCancelGrace;
    }
    if (cancel_sent && Clock::now() >= give_up) {
      handle.reset();
      if (overdue) {
        return absl::UnavailableError(
            "a statement did not end in time and ignored its cancellation, so the connection was closed");
      }
      return absl::CancelledError("cancelled; the server did not react, so the connection was closed");
    }
    if (!PollSocket(get(), static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN))) return Lost();
    if (PQconsumeInput(get()) == 0) return Lost();
  }
}

absl::Status Session::Connection::ResultError(const PGresult* result, bool cancel_sent) {
  absl::Status error = ServerError(OrEmpty(PQresultErrorField(result, PG_DIAG_SQLSTATE)),
                                   OrEmpty(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)), cancel_sent);
  return SqlState(error).empty() ? ServerError("", OrEmpty(PQresultErrorMessage(result))) : error;
}

absl::StatusOr<std::vector<Result>> Session::Connection::Collect() {
  std::vector<Result> results;
  absl::Status error;
  bool cancel_sent = false;
  Clock::time_point give_up;
  const Clock::time_point started = Clock::now();
  for (;;) {
    PGASSAY_RETURN_IF_ERROR(Wait(started, cancel_sent, give_up));
    const ResultHandle result(PQgetResult(get()));
    if (result == nullptr) break;
    switch (PQresultStatus(result.get())) {
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
      case PGRES_EMPTY_QUERY:
        results.push_back(ToResult(result.get()));
        break;
      case PGRES_COPY_IN:
        if (PQputCopyEnd(get(), "COPY is not supported here") < 0) return Lost();
        break;
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        // Reading it to its end could take for ever; nobody here asks for it.
        handle.reset();
        return absl::InvalidArgumentError("COPY TO STDOUT is not supported; the connection was closed");
      default:
        if (error.ok()) error = ResultError(result.get(), cancel_sent);
    }
  }
  if (PQstatus(get()) == CONNECTION_BAD) {
    const absl::Status lost = Lost();
    return error.ok() ? lost : error;
  }
  if (!error.ok()) return error;
  return results;
}

Session::Session(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

absl::StatusOr<Session> Session::Connect(const ConnectOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(ConnectionHandle handle, OpenConnection(options));
  auto connection = std::make_unique<Connection>();
  connection->handle = std::move(handle);
  connection->cancelled = options.cancelled;
  connection->statement_limit_ms = options.statement_limit_ms;
  const std::string ours = SettingsOption(options.settings);
  connection->caller_options = OrEmpty(PQoptions(connection->get()));
  if (connection->caller_options.ends_with(ours)) {
    connection->caller_options.resize(connection->caller_options.size() - ours.size());
  }
  return Session(std::move(connection));
}

absl::StatusOr<Result> Session::Query(std::string_view sql, std::span<const std::optional<std::string>> parameters) {
  PGASSAY_RETURN_IF_ERROR(connection_->Ready(sql));
  if (parameters.size() > kMaxParameters) return absl::InvalidArgumentError("more than 65535 parameters");
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::optional<std::string>& parameter : parameters) {
    if (parameter.has_value() && parameter->find('\0') != std::string::npos) {
      return absl::InvalidArgumentError("a parameter has a NUL byte in it");
    }
    values.push_back(parameter.has_value() ? parameter->c_str() : nullptr);
  }
  if (PQsendQueryParams(connection_->get(), std::string(sql).c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) == 0) {
    return connection_->Lost();
  }
  PGASSAY_ASSIGN_OR_RETURN(std::vector<Result> results, connection_->Collect());
  if (results.empty()) return Result();
  return std::move(results.front());
}

absl::StatusOr<std::vector<Result>> Session::QueryScript(std::string_view sql) {
  PGASSAY_RETURN_IF_ERROR(connection_->Ready(sql));
  if (PQsendQuery(connection_->get(), std::string(sql).c_str()) == 0) return connection_->Lost();
  return connection_->Collect();
}

absl::Status Session::Execute(std::string_view sql) {
  return QueryScript(sql).status();
}

int Session::server_version() const {
  return connected() ? PQserverVersion(connection_->get()) : 0;
}

bool Session::connected() const {
  return connection_->handle != nullptr && PQstatus(connection_->get()) == CONNECTION_OK;
}

std::string Session::Describe() const {
  return connected() ? Target(connection_->get()) : "a lost connection";
}

std::vector<std::pair<std::string, std::string>> Session::ChildEnvironment() const {
  std::vector<std::pair<std::string, std::string>> environment;
  if (!connected()) return environment;
  PGconn* connection = connection_->get();
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfo(connection));
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (option->envvar == nullptr) continue;
    const std::string_view keyword = option->keyword;
    std::string value(OrEmpty(option->val));
    // Of a list of hosts, the one that answered: a shared snapshot exists there only.
    if (keyword == "host") value = OrEmpty(PQhost(connection));
    if (keyword == "hostaddr" && !value.empty()) value = OrEmpty(PQhostaddr(connection));
    if (keyword == "port") value = OrEmpty(PQport(connection));
    if (keyword == "password") value = OrEmpty(PQpass(connection));
    if (keyword == "options") value = connection_->caller_options;
    if (keyword == "application_name" || keyword == "client_encoding" || keyword == "service" || value.empty())
      continue;
    environment.emplace_back(option->envvar, value);
  }
  return environment;
}

}  // namespace pgassay::pg
