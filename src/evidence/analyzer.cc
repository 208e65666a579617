#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "advice/reason_codes.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "evidence/load_guard.h"
#include "evidence/plan_reading.h"
#include "evidence/read_only_proof.h"
#include "evidence/same_tables.h"
#include "pg/session.h"
#include "pg/session_setup.h"
#include "pgassay/analyze.h"

namespace pgassay {
namespace {

using evidence::Verdict;
using Clock = std::chrono::steady_clock;

// What takes no longer is executed once more: the first time may have read what the second finds in the cache.
constexpr double kRepeatBelowMs = 200;
constexpr double kLeastTimeoutMs = 250;
constexpr double kMostTimeoutMs = 30000;
// For queries on catalogs and samples.
constexpr int kOwnTimeoutMs = 10000;
// Rows of a sample. What is stored together is alike, so rows are drawn one by one as long as reading the whole table
// for it is quick, and only beyond that by blocks.
constexpr double kSampleRows = 20000;
constexpr double kReadWhole = 60000;
constexpr double kDrawRows = 5e6;

// TIMING OFF: the clock of each node would change what is measured; the time of the whole is told all the same.
constexpr std::string_view kExecute =
    "EXPLAIN (ANALYZE, BUFFERS, SETTINGS, WAL, VERBOSE, TIMING OFF, FORMAT JSON) /* pgassay */ ";
constexpr std::string_view kPlan = "EXPLAIN (VERBOSE, FORMAT JSON) /* pgassay */ ";

}  // namespace

class Analyzer::State {
 public:
  State(AnalyzeOptions given, pg::Session connected)
      : options(std::move(given)),
        session(std::move(connected)),
        proof(session),
        guard(session, std::clamp(options.max_active, 0, 100000)) {}

  // One read-only transaction, whatever happens in it.
  template <typename Work>
  auto InTransaction(const std::string& path, double timeout_ms, const Work& work) -> decltype(work()) {
    if (absl::Status begun = Begin(path, timeout_ms); !begun.ok()) {
      End();
      return begun;
    }
    auto result = work();
    End();
    return result;
  }

  absl::Status Begin(const std::string& search_path, double timeout_ms);
  void End() {
    if (session.connected()) session.Execute("ROLLBACK").IgnoreError();
  }
  // The proof, and after it the search path of the statement.
  absl::StatusOr<Verdict> Prove(std::string_view sql);
  absl::StatusOr<PlanEvidence> Execute(const std::string& sql, Verdict& verdict);
  absl::StatusOr<double> Rows(const std::string& sql);

  AnalyzeOptions options;
  pg::Session session;
  evidence::ReadOnlyProof proof;
  evidence::LoadGuard guard;
  std::string search_path;           // of the present transaction
  std::vector<std::string> schemas;  // that it means
};

absl::Status Analyzer::State::Begin(const std::string& path, double timeout_ms) {
  PGASSAY_RETURN_IF_ERROR(session.Execute(absl::StrCat(
      "BEGIN READ ONLY; SET LOCAL lock_timeout = ", options.lock_timeout_ms,
      "; SET LOCAL statement_timeout = ", static_cast<int>(timeout_ms),
      "; SET LOCAL idle_in_transaction_session_timeout = ", static_cast<int>(timeout_ms) + kOwnTimeoutMs)));
  // What we do is to count neither as use of an index nor as a statement of the workload.
  PGASSAY_RETURN_IF_ERROR(pg::TrySetting(session, "track_counts", "off").status());
  PGASSAY_RETURN_IF_ERROR(pg::TrySetting(session, "pg_stat_statements.track", "none").status());
  for (const auto& [name, value] : options.settings) {
    const std::optional<std::string> setting[] = {name, value};
    PGASSAY_RETURN_IF_ERROR(
        session.Query("SELECT /* pgassay */ pg_catalog.set_config($1, $2, true)", setting).status());
  }
  search_path = path;
  const std::optional<std::string> value[] = {path};
  PGASSAY_RETURN_IF_ERROR(
      session.Query("SELECT /* pgassay */ pg_catalog.set_config('search_path', $1, true)", value).status());
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result found,
                           session.Query("SELECT /* pgassay */ pg_catalog.current_schemas(true)::text"));
  PGASSAY_ASSIGN_OR_RETURN(const auto names, catalog::ParseArrayText(found.Text(0, 0)));
  schemas.clear();
  for (const std::optional<std::string>& name : names) schemas.push_back(name.value_or(""));
  return absl::OkStatus();
}

absl::StatusOr<Verdict> Analyzer::State::Prove(std::string_view sql) {
  PGASSAY_RETURN_IF_ERROR(session.Execute("SET LOCAL search_path = pg_catalog"));
  PGASSAY_ASSIGN_OR_RETURN(Verdict verdict, proof.Judge(sql, schemas));
  const std::optional<std::string> value[] = {search_path};
  PGASSAY_RETURN_IF_ERROR(
      session.Query("SELECT /* pgassay */ pg_catalog.set_config('search_path', $1, true)", value).status());
  return verdict;
}

absl::StatusOr<PlanEvidence> Analyzer::State::Execute(const std::string& sql, Verdict& verdict) {
  PGASSAY_ASSIGN_OR_RETURN(verdict, Prove(sql));
  if (!verdict.ok()) return PlanEvidence();
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result plan, session.Query(std::string(kPlan) + sql));
  if (!evidence::OnlyReads(plan.Text(0, 0))) {
    verdict = {std::string(reason::kNotProven), "Its plan has a node that may do more than read."};
    return PlanEvidence();
  }
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result first, session.Query(std::string(kExecute) + sql));
  PGASSAY_ASSIGN_OR_RETURN(PlanEvidence seen, evidence::ReadExecutedPlan(first.Text(0, 0)));
  if (seen.execution_ms > kRepeatBelowMs) return seen;
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result again, session.Query(std::string(kExecute) + sql));
  return evidence::ReadExecutedPlan(again.Text(0, 0));
}

absl::StatusOr<double> Analyzer::State::Rows(const std::string& sql) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result plan, session.Query(std::string(kPlan) + sql));
  const std::optional<double> rows = evidence::PlannedRows(plan.Text(0, 0));
  if (!rows) return absl::InvalidArgumentError("EXPLAIN told no rows");
  return *rows;
}

Analyzer::Analyzer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Analyzer::~Analyzer() = default;

const AnalyzeOptions& Analyzer::options() const {
  return state_->options;
}

absl::StatusOr<std::unique_ptr<Analyzer>> Analyzer::Connect(AnalyzeOptions options, const Snapshot& snapshot) {
  pg::ConnectOptions connect;
  connect.conninfo = options.conninfo;
  connect.application_name = "pgassay analyze";
  connect.settings = {{"default_transaction_read_only", "on"}, {"statement_timeout", absl::StrCat(kOwnTimeoutMs)}};
  connect.cancelled = options.cancelled;
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect(connect));
  auto state = std::make_unique<State>(std::move(options), std::move(session));
  PGASSAY_RETURN_IF_ERROR(evidence::CheckSameTables(snapshot, state->session));
  PGASSAY_ASSIGN_OR_RETURN(const Verdict load, state->guard.Look());
  if (!load.ok()) return absl::FailedPreconditionError(absl::StrCat("nothing is executed: ", load.reason));
  return std::unique_ptr<Analyzer>(new Analyzer(std::move(state)));
}

absl::StatusOr<Evidence> Analyzer::Run(std::span<const AnalyzeRequest> requests) {
  Evidence evidence;
  evidence.analyzed = true;
  const Clock::time_point end =
      Clock::now() + std::chrono::milliseconds(static_cast<std::int64_t>(1000 * state_->options.time_s));
  const auto cancelled = [&] { return state_->options.cancelled && state_->options.cancelled(); };
  Verdict stop;
  std::string hopeless;  // the template that was refused for what it is, whatever its values
  for (const AnalyzeRequest& request : requests) {
    if (request.template_id == hopeless) continue;
    const double left_ms = std::chrono::duration<double, std::milli>(end - Clock::now()).count();
    if (stop.ok() && cancelled()) evidence.interrupted = true;
    if (stop.ok() && (left_ms <= 0 || evidence.interrupted)) {
      stop = {std::string(reason::kOutOfTime),
              evidence.interrupted ? "It was interrupted." : "The time of --analyze-time was over."};
    }
    if (stop.ok()) {
      absl::StatusOr<Verdict> load = state_->guard.Look();
      stop = load.ok() ? *load : Verdict{std::string(reason::kAnalyzeFailed), std::string(load.status().message())};
      if (absl::IsCancelled(load.status())) evidence.interrupted = true;
    }
    if (!stop.ok()) {
      evidence.refused.push_back({request.template_id, stop.code, stop.reason});
      hopeless = request.template_id;
      continue;
    }
    if (state_->options.progress) state_->options.progress("executing statements");
    const double timeout =
        std::clamp(request.timeout_ms, kLeastTimeoutMs, std::min(kMostTimeoutMs, std::max(left_ms, kLeastTimeoutMs)));
    Verdict verdict;
    absl::StatusOr<PlanEvidence> seen =
        state_->InTransaction(request.search_path, timeout, [&] { return state_->Execute(request.sql, verdict); });
    if (absl::IsCancelled(seen.status())) {
      evidence.interrupted = true;
      stop = verdict = {std::string(reason::kOutOfTime), "It was interrupted."};
    } else if (absl::IsDeadlineExceeded(seen.status())) {
      verdict = {std::string(reason::kAnalyzeTimeout),
                 absl::StrCat("It was stopped after ", FormatNumber(timeout), " ms.")};
    } else if (!seen.ok()) {
      verdict = {std::string(reason::kAnalyzeFailed), Printable(FromAbsl(seen.status().message()))};
      if (!state_->session.connected()) stop = verdict;
    }
    if (!verdict.ok()) {
      if (verdict.code != reason::kAnalyzeTimeout) hopeless = request.template_id;
      evidence.refused.push_back({request.template_id, verdict.code, verdict.reason});
      continue;
    }
    seen->template_id = request.template_id;
    seen->binding = request.binding;
    evidence.plans.push_back(*std::move(seen));
  }
  return evidence;
}

absl::StatusOr<Sample> Analyzer::LookAt(const SampleRequest& request) {
  const std::string from = absl::StrCat(" FROM ", request.table, request.alias.empty() ? "" : " AS ", request.alias);
  const std::string all = absl::StrCat("(", absl::StrJoin(request.conditions, ") AND ("), ")");
  std::string sql = "SELECT pg_catalog.count(*)";
  for (const std::string& condition : request.conditions) {
    absl::StrAppend(&sql, ", pg_catalog.count(*) FILTER (WHERE ", condition, ")");
  }
  absl::StrAppend(&sql, ", pg_catalog.count(*) FILTER (WHERE ", all, ")", SampleOf(from, request.rows));
  return state_->InTransaction(request.search_path, kOwnTimeoutMs, [&]() -> absl::StatusOr<Sample> {
    PGASSAY_ASSIGN_OR_RETURN(const Verdict verdict, state_->Prove(sql));
    if (!verdict.ok()) return absl::InvalidArgumentError(verdict.reason);
    PGASSAY_ASSIGN_OR_RETURN(const double rows, state_->Rows(absl::StrCat("SELECT", from)));
    Sample sample;
    for (const std::string& condition : request.conditions) {
      PGASSAY_ASSIGN_OR_RETURN(const double estimated,
                               state_->Rows(absl::StrCat("SELECT", from, " WHERE ", condition)));
      sample.conditions.push_back({.estimated = estimated / std::max(rows, 1.0), .actual = 0});
    }
    PGASSAY_ASSIGN_OR_RETURN(const double together, state_->Rows(absl::StrCat("SELECT", from, " WHERE ", all)));
    sample.all.estimated = together / std::max(rows, 1.0);
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result counts, state_->session.Query(sql));
    sample.rows = counts.Number(0, 0);
    if (sample.rows < 1) return absl::InvalidArgumentError("the sample is empty");
    for (std::size_t i = 0; i < sample.conditions.size(); ++i) {
      sample.conditions[i].actual = counts.Number(0, static_cast<int>(i) + 1) / sample.rows;
    }
    sample.all.actual = counts.Number(0, counts.columns() - 1) / sample.rows;
    return sample;
  });
}

std::string Analyzer::SampleOf(const std::string& table, double rows) {
  if (rows <= kReadWhole) return table;
  return absl::StrCat(table, " TABLESAMPLE ", rows > kDrawRows ? "SYSTEM" : "BERNOULLI", " (", 100 * kSampleRows / rows,
                      ") REPEATABLE (0)");
}

absl::StatusOr<std::vector<std::vector<std::optional<std::string>>>> Analyzer::Read(const std::string& sql) {
  using Rows = std::vector<std::vector<std::optional<std::string>>>;
  return state_->InTransaction("pg_catalog", kOwnTimeoutMs, [&]() -> absl::StatusOr<Rows> {
    PGASSAY_ASSIGN_OR_RETURN(const Verdict verdict, state_->Prove(sql));
    if (!verdict.ok()) return absl::InvalidArgumentError(verdict.reason);
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result found, state_->session.Query(sql));
    Rows rows;
    for (std::size_t row = 0; row < found.rows(); ++row) {
      rows.emplace_back();
      for (int column = 0; column < found.columns(); ++column) rows.back().push_back(found.At(row, column));
    }
    return rows;
  });
}

absl::StatusOr<double> Analyzer::CountDistinct(const std::string& table, const std::string& column) {
  const std::string sql = absl::StrCat("SELECT pg_catalog.count(DISTINCT ", column, ") FROM ", table);
  return state_->InTransaction("pg_catalog", kOwnTimeoutMs, [&]() -> absl::StatusOr<double> {
    PGASSAY_ASSIGN_OR_RETURN(const Verdict verdict, state_->Prove(sql));
    if (!verdict.ok()) return absl::InvalidArgumentError(verdict.reason);
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result count, state_->session.Query(sql));
    return count.Number(0, 0);
  });
}

}  // namespace pgassay
