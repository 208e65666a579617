#include "pg/prepared_session.h"

#include <charconv>
#include <chrono>
#include <utility>

#include <libpq-fe.h>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "pg/session_connection.h"

namespace pgassay::pg {
namespace {

using Clock = Session::Connection::Clock;

constexpr char kBegin[] = "pgassay_begin";
constexpr char kRollback[] = "pgassay_rollback";

std::string NameOf(std::size_t number) {
  return absl::StrCat("pgassay_", number);
}

int SendRun(PGconn* connection, const char* name) {
  return PQsendQueryPrepared(connection, name, 0, nullptr, nullptr, nullptr, 0);
}

// Rows that the result has, or that the command says it wrote.
std::int64_t RowsOf(PGresult* result) {
  if (PQresultStatus(result) == PGRES_TUPLES_OK) return PQntuples(result);
  const std::string_view text = PQcmdTuples(result);
  std::int64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

void Give(const PGresult* result, AnswerSink& sink) {
  const int columns = PQnfields(result);
  std::vector<std::uint32_t> types;
  for (int column = 0; column < columns; ++column) types.push_back(PQftype(result, column));
  sink.Columns(types);
  std::vector<std::optional<std::string_view>> cells(static_cast<std::size_t>(columns));
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < columns; ++column) {
      std::optional<std::string_view>& cell = cells[static_cast<std::size_t>(column)];
      cell.reset();
      if (PQgetisnull(result, row, column) != 0) continue;
      cell.emplace(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
    }
    sink.Row(cells);
  }
}

}  // namespace

absl::Status PreparedSession::Prepare(std::size_t number, std::string_view sql) {
  Session::Connection& connection = *session_.connection_;
  PGASSAY_RETURN_IF_ERROR(connection.Ready(sql));
  PGASSAY_RETURN_IF_ERROR(PrepareFrame());
  const std::string name = NameOf(number);
  if (PQsendPrepare(connection.get(), name.c_str(), std::string(sql).c_str(), 0, nullptr) == 0) {
    return connection.Lost();
  }
  return connection.Collect().status();
}

absl::Status PreparedSession::PrepareFrame() {
  if (has_frame_) return absl::OkStatus();
  Session::Connection& connection = *session_.connection_;
  for (const auto& [name, sql] : {std::pair(kBegin, "BEGIN"), std::pair(kRollback, "ROLLBACK")}) {
    if (PQsendPrepare(connection.get(), name, sql, 0, nullptr) == 0) return connection.Lost();
    PGASSAY_RETURN_IF_ERROR(connection.Collect().status());
  }
  has_frame_ = true;
  return absl::OkStatus();
}

absl::Status PreparedSession::Plan(std::size_t number) {
  return session_.Execute(absl::StrCat("EXPLAIN EXECUTE ", NameOf(number)));
}

absl::StatusOr<RunFacts> PreparedSession::Run(std::size_t number, bool rolled_back, AnswerSink* sink) {
  Session::Connection& connection = *session_.connection_;
  PGASSAY_RETURN_IF_ERROR(connection.Ready(""));
  const std::string name = NameOf(number);
  const Clock::time_point begin = Clock::now();
  if (!rolled_back) {
    if (SendRun(connection.get(), name.c_str()) == 0) return connection.Lost();
    absl::StatusOr<RunFacts> run = Collect(false, sink);
    if (run.ok()) run->ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    return run;
  }
  const bool sent = PQenterPipelineMode(connection.get()) != 0 && SendRun(connection.get(), kBegin) != 0 &&
                    SendRun(connection.get(), name.c_str()) != 0 && SendRun(connection.get(), kRollback) != 0 &&
                    PQpipelineSync(connection.get()) != 0;
  if (!sent) return connection.Lost();
  absl::StatusOr<RunFacts> run = Collect(true, sink);
  if (!session_.connected()) return run;
  if (run.ok()) run->ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  if (PQexitPipelineMode(connection.get()) == 0) return connection.Lost();
  // An error leaves the transaction open, because ROLLBACK was passed over like everything behind the error.
  if (!run.ok() && PQtransactionStatus(connection.get()) != PQTRANS_IDLE) {
    PGASSAY_RETURN_IF_ERROR(session_.Execute("ROLLBACK"));
  }
  return run;
}

absl::StatusOr<RunFacts> PreparedSession::Collect(bool pipeline, AnswerSink* sink) {
  Session::Connection& connection = *session_.connection_;
  RunFacts facts;
  absl::Status error;
  bool cancel_sent = false;
  Clock::time_point give_up;
  const Clock::time_point started = Clock::now();
  int answers = 0;  // complete ones: in a pipeline the statement's is the second
  for (;;) {
    PGASSAY_RETURN_IF_ERROR(connection.Wait(started, cancel_sent, give_up));
    const ResultHandle result(PQgetResult(connection.get()));
    if (result == nullptr) {
      if (!pipeline || PQstatus(connection.get()) == CONNECTION_BAD) break;
      ++answers;
      continue;
    }
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_PIPELINE_ABORTED) continue;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
      if (pipeline && answers != 1) continue;
      facts.rows = RowsOf(result.get());
      if (sink != nullptr && status == PGRES_TUPLES_OK) Give(result.get(), *sink);
    } else if (error.ok()) {
      error = Session::Connection::ResultError(result.get(), cancel_sent);
    }
    if (PQstatus(connection.get()) == CONNECTION_BAD) break;
  }
  if (PQstatus(connection.get()) == CONNECTION_BAD) {
    const absl::Status lost = connection.Lost();
    return error.ok() ? lost : error;
  }
  if (!error.ok()) return error;
  return facts;
}

}  // namespace pgassay::pg
