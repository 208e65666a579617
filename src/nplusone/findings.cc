#include "nplusone/findings.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "nplusone/evidence.h"
#include "nplusone/open_sessions.h"
#include "sql/batch_rewrite.h"
#include "workload/latency_sketch.h"
#include "workload/loop_tally.h"

namespace pgassay::nplusone {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kDayUs = 24 * kHourUs;
// From so many calls in one loop of twenty on a finding is critical (perf-sentinel).
constexpr std::int64_t kCriticalCalls = 10;

class Maker {
 public:
  Maker(const LoopTally& tally, const FindingOptions& options) : tally_(tally), options_(options) {
    const std::int64_t observed = options.observed_us > 0 ? options.observed_us : tally.last_us - tally.first_us;
    observed_us_ = std::max(observed, kHourUs);
  }

  Finding Make(const LoopKey& key, const LoopStats& stats, Evidence evidence) const {
    Finding finding;
    finding.id = IdOf(key);
    finding.kind = Slug(key.kind);
    finding.database = key.owner.database;
    finding.user = key.owner.user;
    finding.parent_shape = key.parent == 0 ? "" : HexDigits(key.parent, 16);
    finding.child_shape = HexDigits(key.child, 16);
    finding.parent = key.parent == 0 ? "" : tally_.statements.at({key.owner, key.parent}).text;
    finding.child = tally_.statements.at({key.owner, key.child}).text;
    finding.loops = stats.loops;
    finding.calls = stats.calls;
    finding.sessions = workload::Estimate(stats.sessions);
    finding.transactions = stats.transactions;
    finding.median_calls = workload::Quantile(stats.n, 0.5);
    finding.p95_calls = workload::Quantile(stats.n, 0.95);
    finding.severity = finding.p95_calls >= kCriticalCalls ? "critical" : "warning";
    finding.wasted_ms_per_day =
        static_cast<double>(stats.wasted_us) / 1e3 * static_cast<double>(kDayUs) / static_cast<double>(observed_us_);
    finding.first_us = stats.first_us;
    finding.last_us = stats.last_us;
    finding.confidence = Word(evidence.confidence);
    finding.why = std::move(evidence.why);
    for (std::size_t reason = 0; reason < kLoopSuppressionSlugs.size(); ++reason) {
      const auto at = tally_.suppressed.find({{key.owner, key.child}, static_cast<LoopSuppression>(reason)});
      if (at != tally_.suppressed.end()) finding.suppressed[std::string(Slug(at->first.second))] = at->second;
    }
    for (const std::uint64_t shape : {key.child, key.parent}) {
      if (shape == 0) continue;
      const std::set<std::string>& tags = tally_.statements.at({key.owner, shape}).tags;
      finding.tags.insert(finding.tags.end(), tags.begin(), tags.end());
    }
    for (const LoopExample& example : stats.examples) {
      finding.examples.push_back({HexDigits(example.session, 16), example.first_us, example.last_us, example.calls});
    }
    finding.rewrite = Rewrite(key.kind, finding.child);
    return finding;
  }

 private:
  // Of the texts: shapes are another program version's own.
  std::string IdOf(const LoopKey& key) const {
    std::string identity(Slug(key.kind));
    for (const std::string& part : {key.owner.database, key.owner.user}) absl::StrAppend(&identity, "\n", part);
    for (const std::uint64_t shape : {key.parent, key.child})
      absl::StrAppend(&identity, "\n", shape == 0 ? "" : tally_.statements.at({key.owner, shape}).text);
    return HexDigits(StableHash(identity), 16);
  }

  BatchRewrite Rewrite(LoopKind kind, const std::string& child) const {
    if (kind == LoopKind::kRedundantQuery) {
      return {.sql = "", .note = "Ask once and keep the rows for as long as the request lasts."};
    }
    if (kind == LoopKind::kChattyTransaction) {
      return {.sql = "",
              .note =
                  "Do what needs no database before BEGIN or after COMMIT, and send statements together: locks and "
                  "the snapshot are held while the server waits."};
    }
    const std::vector<std::string> types =
        options_.parameter_types ? options_.parameter_types(child) : std::vector<std::string>();
    absl::StatusOr<sql::BatchText> batch =
        kind == LoopKind::kCheckThenInsert ? sql::WithoutConflict(child) : sql::BatchOf(child, types);
    if (batch.ok()) return {.sql = std::move(batch->sql), .note = std::move(batch->note)};
    return {.sql = "", .note = "No rewrite: " + std::string(FromAbsl(batch.status().message())) + "."};
  }

  const LoopTally& tally_;
  const FindingOptions& options_;
  std::int64_t observed_us_ = kHourUs;
};

}  // namespace

LoopFindings MakeFindings(const LoopTally& tally, const FindingOptions& options) {
  const Maker maker(tally, options);
  std::vector<Evidence> evidence = Weigh(tally);
  std::vector<std::pair<std::int64_t, Finding>> made;
  LoopFindings result;
  std::size_t index = 0;
  for (const auto& [key, stats] : tally.loops) {
    Evidence& own = evidence[index++];
    if (own.dropped.empty()) {
      made.emplace_back(stats.wasted_us, maker.Make(key, stats, std::move(own)));
    } else {
      result.dropped.push_back({key, own.dropped, stats.loops});
    }
  }
  // Keys come in order, so that a stable sort leaves no tie to chance.
  std::stable_sort(made.begin(), made.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [wasted_us, finding] : made) result.findings.push_back(std::move(finding));
  return result;
}

}  // namespace pgassay::nplusone

namespace pgassay {

LoopReport ReportLoops(const LogWorkload& logs) {
  const LoopTally loops = nplusone::WithAllClosed(logs.loops);
  nplusone::LoopFindings made = nplusone::MakeFindings(loops);
  LoopReport report{.findings = std::move(made.findings),
                    .events = loops.events,
                    .failed = loops.failed,
                    .sessions_closed_early = loops.sessions_closed_early,
                    .not_watched = loops.not_watched,
                    .first_us = loops.first_us,
                    .last_us = loops.last_us};
  for (const nplusone::DroppedLoops& dropped : made.dropped) report.dropped[dropped.reason] += dropped.loops;
  return report;
}

}  // namespace pgassay
