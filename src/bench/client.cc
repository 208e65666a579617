#include "bench/client.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kApplication[] = "pgassay bench";
constexpr std::chrono::milliseconds kBetweenAttempts(200);
constexpr int kMostAttempts = 3;

// Nobody is served by one that is refused for good.
bool MayComeBack(const absl::Status& status) {
  const std::string state = pg::SqlState(status);
  return absl::IsUnavailable(status) || state == "53300";  // too many connections
}

absl::StatusOr<pg::Session> WithPatience(const pg::ConnectOptions& connect, int seconds) {
  const Clock::time_point until = Clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    absl::StatusOr<pg::Session> session = pg::Session::Connect(connect);
    if (session.ok() || !MayComeBack(session.status()) || Clock::now() >= until) return session;
    if (connect.cancelled && connect.cancelled()) return absl::CancelledError("cancelled while connecting");
    std::this_thread::sleep_for(kBetweenAttempts);
  }
}

pg::ConnectOptions ConnectOptionsFor(const BenchOptions& options, const std::string& database) {
  pg::ConnectOptions connect;
  connect.conninfo = options.conninfo;
  connect.database = database;
  connect.application_name = kApplication;
  return connect;
}

}  // namespace

void Notes::Add(const std::string& note) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(notes_, note) == notes_.end()) notes_.push_back(note);
}

std::vector<std::string> Notes::Take() {
  const std::lock_guard lock(mutex_);
  std::ranges::sort(notes_);
  return std::move(notes_);
}

std::string ProblemCode(const absl::Status& status) {
  struct Rule {
    std::string_view prefix;
    std::string_view code;
  };
  // The first match counts.
  static constexpr Rule kRules[] = {
      {"57014", "statement-timeout"}, {"55P03", "lock-timeout"},      {"40P01", "deadlock"},
      {"40001", "serialization"},     {"53100", "disk-full"},         {"53200", "out-of-memory"},
      {"23", "constraint-violation"}, {"42501", "permission-denied"}, {"42P01", "missing-object"},
      {"42703", "missing-object"},    {"42704", "missing-object"},    {"42883", "missing-object"},
      {"3F000", "missing-object"},    {"42P07", "name-taken"},        {"53", "out-of-resources"},
  };
  const std::string state = pg::SqlState(status);
  for (const Rule& rule : kRules) {
    if (state.starts_with(rule.prefix)) return std::string(rule.code);
  }
  // Aborted without a SQLSTATE: Client::Run, when every attempt lost its connection.
  return absl::IsUnavailable(status) || (state.empty() && absl::IsAborted(status)) ? "connection-lost" : "failed";
}

absl::StatusOr<pg::Session> ConnectPatiently(const BenchOptions& options, const std::string& database, bool stoppable) {
  pg::ConnectOptions connect = ConnectOptionsFor(options, database);
  if (stoppable) connect.cancelled = options.cancelled;
  return WithPatience(connect, options.reconnect_seconds);
}

std::size_t Client::SessionOf(std::size_t number) const {
  return target_.plan->queries[target_.plan->statements[number].query].session;
}

// Settings as the statements were planned with. What this role may not set, or what this server does not have, is as it
// is here.
absl::Status Client::SetUp(pg::Session& session, const PlanningSession& wanted) {
  const auto unless_lost = [&](const absl::Status& status, const std::string& note) -> absl::Status {
    if (status.ok()) return status;
    if (!session.connected() || absl::IsCancelled(status)) return status;
    target_.notes->Add(absl::StrCat(note, ": ", status.message()));
    return absl::OkStatus();
  };
  for (const std::string& setting : wanted.settings) {
    PGASSAY_RETURN_IF_ERROR(unless_lost(session.Execute(setting), "a captured setting does not hold here"));
  }
  for (const auto& [name, value] : target_.options->settings) {
    const std::optional<std::string> cells[] = {name, value};
    PGASSAY_RETURN_IF_ERROR(session.Query("SELECT set_config($1, $2, false)", cells).status());
  }
  if (wanted.user.empty()) return absl::OkStatus();
  return unless_lost(
      session.Execute(absl::StrCat("SET ROLE ", QuoteIdentifier(wanted.user))),
      absl::StrCat("statements of user ", Printable(wanted.user), " run with the rights of the connection"));
}

absl::StatusOr<Client::Connection*> Client::Connect(std::size_t number) {
  const std::size_t position = SessionOf(number);
  if (const auto found = connections_.find(position); found != connections_.end()) return &found->second;
  pg::ConnectOptions connect = ConnectOptionsFor(*target_.options, target_.database);
  connect.cancelled = target_.options->cancelled;
  connect.settings = {{"statement_timeout", absl::StrCat(target_.options->statement_timeout_ms)},
                      {"lock_timeout", absl::StrCat(target_.options->lock_timeout_ms)}};
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, WithPatience(connect, target_.options->reconnect_seconds));
  if (position < target_.plan->sessions.size()) {
    PGASSAY_RETURN_IF_ERROR(SetUp(session, target_.plan->sessions[position]));
  }
  const auto made =
      connections_.emplace(position, Connection{.session = pg::PreparedSession(std::move(session)),
                                                .prepared = std::vector<bool>(target_.plan->statements.size(), false)});
  return &made.first->second;
}

absl::Status Client::Prepare(std::size_t number) {
  PGASSAY_ASSIGN_OR_RETURN(Connection* const connection, Connect(number));
  if (connection->prepared[number]) return absl::OkStatus();
  PGASSAY_RETURN_IF_ERROR(connection->session.Prepare(number, target_.plan->statements[number].sql));
  connection->prepared[number] = true;
  return absl::OkStatus();
}

absl::StatusOr<pg::RunFacts> Client::RunOnce(std::size_t number, pg::AnswerSink* sink) {
  PGASSAY_RETURN_IF_ERROR(Prepare(number));
  const BenchStatement& statement = target_.plan->statements[number];
  return connections_.at(SessionOf(number)).session.Run(number, target_.rolled_back[statement.query], sink);
}

absl::StatusOr<pg::RunFacts> Client::Run(std::size_t number, pg::AnswerSink* sink) {
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<pg::RunFacts> run = RunOnce(number, sink);
    if (run.ok() || absl::IsCancelled(run.status())) return run;
    const bool lost = absl::IsUnavailable(run.status());
    if (lost && !connections_.contains(SessionOf(number))) return run;  // all patience was in vain
    if (lost && attempt == kMostAttempts) {
      connections_.erase(SessionOf(number));
      return absl::AbortedError(
          absl::StrCat("each of ", attempt, " runs lost its connection: ", run.status().message()));
    }
    if (attempt == kMostAttempts) return run;
    const std::string state = pg::SqlState(run.status());
    if (lost) {
      target_.notes->Add(absl::StrCat("a connection was lost and opened again: ", run.status().message()));
      connections_.erase(SessionOf(number));
    } else if (state == "0A000" || state == "26000") {
      // Another session's DDL changed what the prepared statement returns.
      connections_.erase(SessionOf(number));
    } else if (!absl::IsAborted(run.status())) {
      return run;
    }
  }
}

absl::Status Client::Chill(std::size_t number) {
  connections_.clear();
  PGASSAY_RETURN_IF_ERROR(target_.chill());
  PGASSAY_RETURN_IF_ERROR(Prepare(number));
  return connections_.at(SessionOf(number)).session.Plan(number);
}

absl::StatusOr<std::string> Client::Explain(std::size_t number, std::string_view options) {
  PGASSAY_ASSIGN_OR_RETURN(Connection* const connection, Connect(number));
  const BenchStatement& statement = target_.plan->statements[number];
  pg::Session& session = connection->session.session();
  const bool rolled_back = target_.rolled_back[statement.query];
  if (rolled_back) PGASSAY_RETURN_IF_ERROR(session.Execute("BEGIN"));
  const absl::StatusOr<pg::Result> plan =
      session.Query(absl::StrCat("EXPLAIN (", ToAbsl(options), ") ", statement.sql));
  if (rolled_back && session.connected()) PGASSAY_RETURN_IF_ERROR(session.Execute("ROLLBACK"));
  if (!plan.ok()) return plan.status();
  return plan->empty() ? "" : plan->Text(0, 0);
}

}  // namespace pgassay::bench
