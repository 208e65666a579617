// Templates of logs to templates of a workload.

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "pgassay/workload_logs.h"
#include "sql/plannable.h"
#include "sql/statement.h"
#include "workload/logged_parameters.h"
#include "workload/logged_times.h"
#include "workload/skip_reasons.h"
#include "workload/template_builder.h"

namespace pgassay {
namespace {

constexpr std::string_view kSource = "log";
constexpr double kMs = 1e-3;
constexpr std::int64_t kPageBytes = 8192;

StatementCounters CountersOf(const LogCounters& logged) {
  StatementCounters counters;
  counters.calls = logged.calls;
  counters.total_ms = static_cast<double>(logged.total_us) * kMs;
  counters.min_ms = static_cast<double>(logged.min_us) * kMs;
  counters.max_ms = static_cast<double>(logged.max_us) * kMs;
  // Files are written once and read once or more: what was written is known.
  counters.temp_blocks_written =
      logged.temporary_bytes / kPageBytes + (logged.temporary_bytes % kPageBytes != 0 ? 1 : 0);
  // Of the executions that auto_explain has analyzed, taken to be like the others.
  if (logged.analyzed_plans > 0) {
    const double calls = static_cast<double>(logged.calls) / static_cast<double>(logged.analyzed_plans);
    counters.rows = std::llround(static_cast<double>(logged.plan_rows) * calls);
    // A plan in text has no line for a WAL of nothing.
    counters.wal_records = std::llround(static_cast<double>(logged.wal_records) * calls);
    counters.wal_full_page_images = std::llround(static_cast<double>(logged.wal_full_page_images) * calls);
    counters.wal_bytes = static_cast<double>(logged.wal_bytes) * calls;
  }
  return counters;
}

// The statements of one logged call with its values in place, as many as its template has; nothing where the values are
// not all known.
std::optional<std::vector<std::string>> Statements(const LogTemplate& of, const LogSample& sample, std::size_t count) {
  const absl::StatusOr<sql::Plannables> found = sql::FindPlannable(sample.sql.empty() ? of.sql : sample.sql);
  if (!found.ok() || found->statements.size() != count) return std::nullopt;
  const auto values = workload::ReadLoggedParameters(sample.parameters);
  if (!values) return std::nullopt;
  std::vector<std::string> statements;
  for (const sql::PlannableText& statement : found->statements) {
    if (!statement.facts.has_parameters) {
      statements.push_back(statement.text);
      continue;
    }
    absl::StatusOr<std::string> bound = sql::Substitute(statement.text, *values);
    if (!bound.ok()) return std::nullopt;
    statements.push_back(*std::move(bound));
  }
  return statements;
}

class LogReaderOfTemplates {
 public:
  explicit LogReaderOfTemplates(const Snapshot& snapshot) : snapshot_(snapshot), builder_(snapshot) {}

  void Read(const LogTemplate& of) {
    const absl::StatusOr<sql::Plannables> found = sql::FindPlannable(of.sql);
    if (!found.ok()) return Skip(of, workload::Unreadable(found.status(), snapshot_.server_version));
    if (found->statements.empty()) return Skip(of, workload::NotPlanned(of.sql, found->utilities));
    const std::vector<Call> calls = BoundCalls(of, found->statements.size());
    workload::Occurrence occurrence{.executor = {.database = snapshot_.database, .user = of.user},
                                    .source = std::string(kSource),
                                    .place = PlaceOf(of),
                                    .counters = CountersOf(of.counters),
                                    .logged = LoggedTimes{.latency = of.latency,
                                                          .hours = of.hours,
                                                          .max_us = of.counters.max_us,
                                                          .analyzed_plans = of.counters.analyzed_plans,
                                                          .wal_plans = of.counters.wal_plans,
                                                          .misestimated = of.counters.misestimated,
                                                          .worst_misestimate = of.counters.worst_misestimate},
                                    .tags = of.tags};
    // Which of several statements in one text has which is not known.
    if (found->statements.size() == 1 || of.query_ids.size() == 1) occurrence.query_ids = of.query_ids;
    for (std::size_t s = 0; s < found->statements.size(); ++s) {
      Add(of, found->statements[s], s, calls, occurrence);
      occurrence.counters.reset();  // the first statement has them
      occurrence.logged.reset();
    }
  }

  Workload Take() && { return std::move(builder_).Take(); }

 private:
  static std::string PlaceOf(const LogTemplate& of) {
    return absl::StrCat("log: ", of.fingerprint, of.user.empty() ? "" : absl::StrCat(" of ", QuoteIdentifier(of.user)));
  }

  struct Call {
    std::vector<std::string> statements;
    double weight = 0;
    std::string note;
    bool parameters = false;
  };

  // The sampled calls, which stand for all but one, and the slowest, which stands for itself.
  static std::vector<Call> BoundCalls(const LogTemplate& of, std::size_t count) {
    std::vector<Call> calls;
    for (const LogSample& sample : of.samples) {
      if (auto bound = Statements(of, sample, count))
        calls.push_back({*std::move(bound), 0, "", !sample.parameters.empty()});
    }
    auto weight = static_cast<double>(of.counters.calls);
    const bool several = calls.size() > 1 && weight > 1;
    for (const LogSample& sample : of.slowest) {
      auto bound = several ? Statements(of, sample, count) : std::nullopt;
      if (!bound) continue;
      const auto sampled = std::ranges::find(calls, *bound, &Call::statements);
      if (sampled != calls.end()) {
        sampled->note = "slowest call";
        continue;
      }
      calls.push_back({*std::move(bound), 1, "slowest call", !sample.parameters.empty()});
      weight -= 1;
    }
    const auto sampled = std::ranges::count(calls, 0.0, &Call::weight);
    for (Call& call : calls) call.weight = call.weight > 0 ? call.weight : weight / static_cast<double>(sampled);
    return calls;
  }

  void Add(const LogTemplate& of, const sql::PlannableText& statement, std::size_t number,
           const std::vector<Call>& calls, workload::Occurrence occurrence) {
    const auto weight = static_cast<double>(of.counters.calls);
    if (calls.empty()) {
      builder_.Add(occurrence, statement.facts,
                   Binding{.sql = statement.text, .weight = weight, .source = std::string(kSource), .note = {}});
      return;
    }
    for (const Call& call : calls) {
      sql::StatementFacts facts = statement.facts;
      facts.has_parameters = false;
      builder_.Add(occurrence, facts,
                   Binding{.sql = call.statements[number],
                           .weight = call.weight,
                           .source = std::string(kSource),
                           .note = call.note,
                           .parameters = call.parameters});
      occurrence.counters.reset();
      occurrence.logged.reset();
    }
  }

  void Skip(const LogTemplate& of, Skipped skipped) {
    skipped.source = PlaceOf(of);
    skipped.weight = static_cast<double>(of.counters.calls);
    skipped.total_ms = static_cast<double>(of.counters.total_us) * kMs;
    builder_.Add(std::move(skipped));
  }

  const Snapshot& snapshot_;
  workload::TemplateBuilder builder_;
};

// Bindings of `from`, with weights that sum to `weight`.
std::vector<Binding> Scaled(std::vector<Binding> from, double weight) {
  double sum = 0;
  for (const Binding& binding : from) sum += binding.weight;
  for (Binding& binding : from) binding.weight *= sum > 0 ? weight / sum : 0;
  return from;
}

bool SharesQueryId(const Template& a, const Template& b) {
  return std::ranges::any_of(a.query_ids, [&](std::int64_t id) { return std::ranges::count(b.query_ids, id) > 0; });
}

void GiveBindings(Template& to, const Template& from) {
  if (from.bindings.empty() || to.unbound.empty()) return;
  to.unbound.clear();
  to.bindings = Scaled(from.bindings, to.weight);
}

}  // namespace

Workload ReadLogWorkload(const LogWorkload& logs, const Snapshot& snapshot) {
  LogReaderOfTemplates reader(snapshot);
  for (const LogTemplate& of : logs.templates) {
    if (of.database.empty() || of.database == snapshot.database) reader.Read(of);
  }
  return std::move(reader).Take();
}

void TakeBindings(Workload& workload, Workload from_logs) {
  std::map<std::string, std::size_t> by_id;
  std::multimap<std::string, std::size_t> by_fingerprint;
  for (std::size_t i = 0; i < workload.templates.size(); ++i) {
    by_id.emplace(workload.templates[i].id, i);
    by_fingerprint.emplace(workload.templates[i].fingerprint, i);
  }
  for (Template& from : from_logs.templates) {
    if (const auto known = by_id.find(from.id); known != by_id.end()) {
      GiveBindings(workload.templates[known->second], from);
      if (from.logged) workload::AddLogged(workload.templates[known->second], *from.logged);
      continue;
    }
    const auto [begin, end] = by_fingerprint.equal_range(from.fingerprint);
    std::vector<Template*> given;
    for (auto at = begin; at != end; ++at) {
      Template& to = workload.templates[at->second];
      // The log names the session's user, the server's counters the role that it has become by SET ROLE.
      if (!from.user.empty() && !SharesQueryId(to, from)) continue;
      GiveBindings(to, from);
      given.push_back(&to);
    }
    // Whose calls they were is known only where there is one.
    if (given.size() == 1 && from.logged) workload::AddLogged(*given.front(), *from.logged);
    if (!given.empty()) continue;
    workload.templates.push_back(std::move(from));
  }
  workload.skipped.insert(workload.skipped.end(), from_logs.skipped.begin(), from_logs.skipped.end());
}

}  // namespace pgassay
