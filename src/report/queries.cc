#include "report/queries.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"

namespace pgassay::report {
namespace {

// The database's counter runs a little ahead of that of its statements: parsing and planning count there too.
constexpr double kMostActiveShare = 1.05;

double PerCall(double amount, const StatementCounters& counters) {
  return counters.calls > 0 ? Positive(amount) / static_cast<double>(counters.calls) : 0;
}

// Sums in floating point: the counters of a file may be as large as they like.
double Sum(std::int64_t a, std::int64_t b) {
  return Positive(static_cast<double>(a)) + Positive(static_cast<double>(b));
}

double Key(const StatementCounters& counters, QueryOrder order) {
  switch (order) {
    case QueryOrder::kTotal:
      break;
    case QueryOrder::kCalls:
      return Positive(static_cast<double>(counters.calls));
    case QueryOrder::kMean:
      return MeanMs(counters);
    case QueryOrder::kP99:
      return 0;
    case QueryOrder::kRows:
      return Positive(static_cast<double>(counters.rows));
    case QueryOrder::kBlocks:
      return Sum(counters.shared_blocks_hit, counters.shared_blocks_read) +
             Sum(counters.local_blocks_hit, counters.local_blocks_read);
    case QueryOrder::kTemp:
      return TempBlocks(counters);
    case QueryOrder::kWal:
      return Positive(counters.wal_bytes);
  }
  return Positive(counters.total_ms);
}

double Key(const Template& statement, QueryOrder order) {
  return order == QueryOrder::kP99 ? P99Ms(statement).value_or(-1) : Key(*statement.observed, order);
}

}  // namespace

std::optional<double> P99Ms(const Template& statement) {
  if (!statement.logged || statement.logged->p99_us < 0) return std::nullopt;
  return static_cast<double>(statement.logged->p99_us) / 1000;
}

double MeanMs(const StatementCounters& counters) {
  return PerCall(counters.total_ms, counters);
}

double RowsPerCall(const StatementCounters& counters) {
  return PerCall(static_cast<double>(counters.rows), counters);
}

double BlocksPerCall(const StatementCounters& counters) {
  return PerCall(Key(counters, QueryOrder::kBlocks), counters);
}

double HitRatio(const StatementCounters& counters) {
  const double looked_at = Sum(counters.shared_blocks_hit, counters.shared_blocks_read);
  return looked_at > 0 ? Positive(static_cast<double>(counters.shared_blocks_hit)) / looked_at : 1;
}

double TempBlocks(const StatementCounters& counters) {
  return Sum(counters.temp_blocks_read, counters.temp_blocks_written);
}

RankedQueries RankQueries(const Workload& workload, const QueriesOptions& options) {
  RankedQueries ranked;
  for (const Template& statement : workload.templates) {
    if (statement.observed) ranked.shown.push_back(&statement);
  }
  ranked.counted = ranked.shown.size();
  if (!options.only.empty())
    std::erase_if(ranked.shown, [&](const Template* statement) { return statement->id != options.only; });
  std::ranges::sort(ranked.shown, [&](const Template* a, const Template* b) {
    const double key_a = Key(*a, options.order);
    const double key_b = Key(*b, options.order);
    return key_a != key_b ? key_a > key_b : a->id < b->id;
  });
  ranked.shown.resize(std::min(ranked.shown.size(), options.limit));
  const std::set<const Template*> shown(ranked.shown.begin(), ranked.shown.end());
  ranked.time = ObserveTime(workload, [&](const Template& statement) { return shown.contains(&statement); });
  return ranked;
}

double ActiveShare(const Workload& workload, const Snapshot& snapshot) {
  const double active = Positive(snapshot.statement_source.database_active_ms.value_or(0));
  if (active <= 0) return -1;
  ObservedTime time = ObserveTime(workload, [](const Template& statement) { return !statement.top_level; });
  // What runs within a function is part of its caller's time.
  const double share = (time.total_ms - time.selected_ms) / active;
  return share <= kMostActiveShare ? std::min(share, 1.0) : -1;
}

std::string LoggedPart(const Workload& workload, const Snapshot& snapshot) {
  const bool logged = std::ranges::any_of(workload.templates, [](const Template& of) { return of.logged.has_value(); });
  const auto value_of = [&](std::string_view name, std::string_view by_default) {
    const auto found = std::ranges::find(snapshot.settings, name, &Setting::name);
    return found == snapshot.settings.end() ? std::string(by_default) : Printable(found->value);
  };
  const std::string from = value_of("log_min_duration_statement", "-1");
  if (!logged || from == "0") return "";
  if (value_of("log_duration", "off") == "on" && value_of("log_statement", "none") == "all") return "";
  std::vector<std::string> parts;
  if (from != "-1") parts.push_back(absl::StrCat("those of ", from, " or more"));
  if (const std::string sampled = value_of("log_min_duration_sample", "-1"); sampled != "-1") {
    const std::string rate = value_of("log_statement_sample_rate", "1");
    if (rate == "1" && sampled == "0") return "";
    parts.push_back(absl::StrCat(rate == "1" ? "those" : absl::StrCat("a share of ", rate, " of those"), " of ",
                                 sampled == "0" ? "less" : absl::StrCat(sampled, " or more")));
    if (sampled == "0" && from == "-1") parts.back() = absl::StrCat("a share of ", rate, " of all");
  }
  if (const std::string rate = value_of("log_transaction_sample_rate", "0"); rate == "1") {
    return "";
  } else if (rate != "0") {
    parts.push_back(absl::StrCat("all of a share of ", rate, " of the transactions"));
  }
  if (parts.empty()) return "";
  return absl::StrCat("the server logs not every call, but ", absl::StrJoin(parts, ", and "),
                      "; what is counted and timed here is of these");
}

std::string OrderName(QueryOrder order) {
  switch (order) {
    case QueryOrder::kTotal:
      break;
    case QueryOrder::kCalls:
      return "calls";
    case QueryOrder::kMean:
      return "mean";
    case QueryOrder::kP99:
      return "p99";
    case QueryOrder::kRows:
      return "rows";
    case QueryOrder::kBlocks:
      return "blocks";
    case QueryOrder::kTemp:
      return "temp";
    case QueryOrder::kWal:
      return "wal";
  }
  return "total";
}

}  // namespace pgassay::report
