#include "twin/questions.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/session.h"

namespace pgassay::twin {
namespace {

std::string OidArray(std::span<const TwinOid> oids) {
  std::string text = "{";
  for (const TwinOid oid : oids) absl::StrAppend(&text, text.size() > 1 ? "," : "", oid.value);
  return text + "}";
}

std::vector<TwinOid> ParseOidArray(std::string_view text) {
  std::vector<TwinOid> oids;
  std::uint32_t number = 0;
  bool digits = false;
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + static_cast<std::uint32_t>(c - '0');
      digits = true;
    } else if (digits) {
      oids.push_back(TwinOid{number});
      number = 0;
      digits = false;
    }
  }
  return oids;
}

}  // namespace

absl::Status Questions::EnsurePrepared(Backend& backend, std::uint32_t id) const {
  const Asked& known = statements_[id];
  PGASSAY_RETURN_IF_ERROR(backend.Enter(contexts_.Steps(known.context)));
  return backend.EnsurePrepared(id, known.sql);
}

// The two OID arrays of a question.
absl::StatusOr<std::pair<std::string, std::string>> Questions::Sets(const whatif::PlanQuestion& question) const {
  std::vector<TwinOid> enabled;
  for (const CandidateId id : question.enabled) {
    PGASSAY_ASSIGN_OR_RETURN(const std::span<const TwinOid> indexes, candidates_.IndexesOf(id));
    enabled.insert(enabled.end(), indexes.begin(), indexes.end());
  }
  std::vector<TwinOid> hidden;
  for (const Oid oid : question.hidden) {
    if (const TwinOid twin = names_.ToTwin(oid); twin.value != 0) hidden.push_back(twin);
  }
  return std::pair(OidArray(enabled), OidArray(hidden));
}

// For each OID of the enabled set its candidate and what that is charged.
absl::StatusOr<std::pair<std::string, std::string>> Questions::Charges(const whatif::PlanQuestion& question) const {
  PGASSAY_CHECK(question.charges.size() == question.enabled.size());
  std::vector<std::string> groups, charges;
  auto charge = question.charges.begin();
  for (const CandidateId id : question.enabled) {
    PGASSAY_ASSIGN_OR_RETURN(const std::span<const TwinOid> indexes, candidates_.IndexesOf(id));
    groups.insert(groups.end(), indexes.size(), absl::StrCat(id.value));
    charges.insert(charges.end(), indexes.size(), absl::StrFormat("%.17g", *charge++));
  }
  return std::pair(absl::StrCat("{", absl::StrJoin(groups, ","), "}"),
                   absl::StrCat("{", absl::StrJoin(charges, ","), "}"));
}

absl::StatusOr<whatif::PlanAnswer> Questions::PlanOne(Backend& backend, const whatif::PlanQuestion& question) const {
  const std::uint32_t id = question.statement.value;
  if (id >= statements_.size()) return absl::InternalError("a statement that the twin does not know");
  PGASSAY_ASSIGN_OR_RETURN(const auto sets, Sets(question));
  PGASSAY_RETURN_IF_ERROR(EnsurePrepared(backend, id));
  std::vector<std::optional<std::string>> parameters = {absl::StrCat(id), sets.first, sets.second};
  std::string_view sql =
      "SELECT total, startup, penalty, used FROM pg_catalog.pgassay_plan($1::int4, $2::oid[], $3::oid[])";
  if (question.pages) {
    sql =
        "SELECT total, startup, penalty, used, pages, page_cost "
        "FROM pg_catalog.pgassay_plan_pages($1::int4, $2::oid[], $3::oid[])";
  }
  if (!question.charges.empty()) {
    sql =
        "SELECT total, startup, penalty, used FROM pg_catalog.pgassay_plan_charged($1::int4, $2::oid[], $3::oid[], "
        "$4::oid[], $5::float8[], $6::float8, $7::float8)";
    PGASSAY_ASSIGN_OR_RETURN(auto charges, Charges(question));
    parameters.emplace_back(std::move(charges.first));
    parameters.emplace_back(std::move(charges.second));
    parameters.emplace_back(absl::StrFormat("%.17g", question.enough));
    parameters.emplace_back(absl::StrFormat("%.17g", question.most_charges));
  }
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result result, backend.session().Query(std::string(sql), parameters));
  whatif::PlanAnswer answer;
  answer.total = result.Number(0, 0);
  answer.startup = result.Number(0, 1);
  answer.penalty = result.Number(0, 2);
  if (question.pages && result.columns() == 6) answer.pages = {result.Number(0, 4), result.Number(0, 5)};
  std::vector<CandidateId> used;
  for (const TwinOid oid : ParseOidArray(result.Text(0, 3))) {
    if (const CandidateId* const candidate = candidates_.Find(oid)) {
      used.push_back(*candidate);
    } else if (const Oid source = names_.ToSource(oid); source.value != 0) {
      answer.used_existing.push_back(source);
    }
  }
  answer.used = whatif::IndexSet(std::move(used));
  std::ranges::sort(answer.used_existing);
  return answer;
}

// What took longest the last time comes first: no session is left with a long question when the others are done.
std::vector<std::size_t> Questions::LongestFirst(std::span<const whatif::PlanQuestion> questions) const {
  std::vector<std::size_t> order(questions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto expected = [&](std::size_t i) {
    const whatif::PlanQuestion& question = questions[i];
    if (question.statement.value >= statements_.size()) return Duration(0);
    const Asked& known = statements_[question.statement.value];
    return question.charges.empty() ? known.took : known.took_charged;
  };
  std::ranges::stable_sort(order, std::ranges::greater(), expected);
  return order;
}

absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> Questions::PlanUntil(
    std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) {
  std::vector<absl::StatusOr<whatif::PlanAnswer>> answers(questions.size(), absl::CancelledError("not asked"));
  std::vector<Duration> took(questions.size());
  const std::vector<std::size_t> order = LongestFirst(questions);
  const auto work = [&](Backend& backend, std::size_t at) -> absl::Status {
    if (cancelled_ && cancelled_()) return absl::CancelledError("interrupted");
    if (stop && stop()) return absl::OkStatus();
    const std::size_t i = order[at];
    const auto start = std::chrono::steady_clock::now();
    answers[i] = PlanOne(backend, questions[i]);
    took[i] = std::chrono::steady_clock::now() - start;
    return IsLost(answers[i].status()) ? answers[i].status() : absl::OkStatus();
  };
  PGASSAY_RETURN_IF_ERROR(ForEach(backends_, questions.size(), work));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const whatif::PlanQuestion& question = questions[i];
    if (question.statement.value >= statements_.size() || absl::IsCancelled(answers[i].status())) continue;
    Asked& known = statements_[question.statement.value];
    (question.charges.empty() ? known.took : known.took_charged) = took[i];
  }
  return answers;
}

absl::StatusOr<std::string> Questions::ExplainJson(const whatif::PlanQuestion& question,
                                                   const std::string& clock) const {
  PGASSAY_CHECK(question.statement.value < statements_.size());
  PGASSAY_ASSIGN_OR_RETURN(const auto sets, Sets(question));
  Backend& backend = backends_.front();
  pg::Session& session = backend.session();
  const Asked& known = statements_[question.statement.value];
  PGASSAY_RETURN_IF_ERROR(backend.Enter(contexts_.Steps(known.context)));
  PGASSAY_RETURN_IF_ERROR(session.Execute("BEGIN"));
  const auto explain = [&]() -> absl::StatusOr<pg::Result> {
    PGASSAY_RETURN_IF_ERROR(
        session.Execute(absl::StrCat("SELECT pg_catalog.pgassay_clock(", QuoteLiteral(clock), "::timestamptz)")));
    const std::optional<std::string> parameters[] = {sets.first, sets.second};
    PGASSAY_RETURN_IF_ERROR(
        session.Query("SELECT pg_catalog.pgassay_enable($1::oid[], $2::oid[])", parameters).status());
    return session.Query(absl::StrCat("EXPLAIN (FORMAT JSON) ", known.sql));
  };
  const absl::StatusOr<pg::Result> plan = explain();
  PGASSAY_RETURN_IF_ERROR(session.Execute("ROLLBACK"));
  PGASSAY_RETURN_IF_ERROR(plan.status());
  return plan->Text(0, 0);
}

}  // namespace pgassay::twin
