#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "report/document_parts.h"
#include "report/documents.h"
#include "report/figures.h"
#include "report/histogram.h"
#include "report/queries.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

std::string SourceText(const StatementSource& source) {
  if (source.version.empty()) return "logs; pg_stat_statements was not captured";
  std::string text = absl::StrCat("pg_stat_statements ", source.version);
  if (!source.installed_in.empty()) absl::StrAppend(&text, " in database ", source.installed_in);
  if (!source.track.empty()) absl::StrAppend(&text, ", track ", source.track);
  if (source.reset_at) absl::StrAppend(&text, ", since ", *source.reset_at);
  return text;
}

std::string EvictionText(const StatementSource& source) {
  return absl::StrCat("the least used statements were dropped ", Plural(source.evictions, "time", "times"),
                      " since then, so what runs rarely is missing; raise pg_stat_statements.max (now ",
                      CountText(source.max_statements), ")");
}

std::string ActiveText(const Workload& workload, const Snapshot& snapshot) {
  const double share = ActiveShare(workload, snapshot);
  if (share < 0 || snapshot.statement_source.version.empty()) return "";  // a log is of another time
  std::string text =
      absl::StrCat(PercentText(share), " of the ", DurationText(*snapshot.statement_source.database_active_ms),
                   " that the database was active");
  if (snapshot.statistics_reset) absl::StrAppend(&text, " since ", *snapshot.statistics_reset);
  return text;
}

std::string NotKeptText(const ObservedTime& time) {
  std::vector<std::string> groups;
  for (const TimeGroup& group : time.not_kept) {
    const std::string name = group.detail.empty() ? group.code : absl::StrCat(group.code, " ", group.detail);
    const std::string part = group.elsewhere ? DurationText(group.total_ms) : PercentText(time.Share(group.total_ms));
    groups.push_back(absl::StrCat(name, " ", part));
  }
  return absl::StrJoin(groups, ", ");
}

Facts Head(const Workload& workload, const Snapshot& snapshot, const RankedQueries& ranked,
           const QueriesOptions& options) {
  Facts facts;
  const auto add = [&](const char* label, std::string sentence) {
    if (!sentence.empty()) facts.facts.push_back({.label = label, .sentences = {std::move(sentence)}, .sql = ""});
  };
  const StatementSource& source = snapshot.statement_source;
  if (snapshot.server_version > 0) facts.facts.push_back(ServerFact(snapshot));
  add("source", SourceText(source));
  if (source.evictions > 0) add("evicted", EvictionText(source));
  add("sampled", LoggedPart(workload, snapshot));
  add("covers", ActiveText(workload, snapshot));
  add("not kept", NotKeptText(ranked.time));
  add("shown", absl::StrCat(CountText(static_cast<std::int64_t>(ranked.shown.size())), " of ",
                            Plural(static_cast<std::int64_t>(ranked.counted), "template", "templates"), " by ",
                            OrderName(options.order), ", ", PercentText(ranked.time.Share(ranked.time.selected_ms)),
                            " of ", DurationText(ranked.time.total_ms)));
  return facts;
}

// Which of the columns that are often empty are worth their room.
struct Extras {
  bool p99 = false;
  bool rows = true;  // logs know them from analyzed plans only
  bool pages = true;
  bool temp = false;
  bool wal = false;
  bool user = false;
};

Extras FindExtras(const RankedQueries& ranked, QueryOrder order, bool from_logs) {
  Extras extras{.p99 = order == QueryOrder::kP99,
                .temp = order == QueryOrder::kTemp,
                .wal = order == QueryOrder::kWal,
                .user = false};
  if (from_logs) extras.rows = extras.pages = false;
  std::set<std::string> users;
  for (const Template* const statement : ranked.shown) {
    extras.p99 |= P99Ms(*statement).has_value();
    extras.rows |= statement->observed->rows > 0;
    extras.temp |= TempBlocks(*statement->observed) > 0;
    extras.wal |= Positive(statement->observed->wal_bytes) > 0;
    users.insert(statement->user);
  }
  extras.user = users.size() > 1;
  return extras;
}

Table QueryTable(const RankedQueries& ranked, QueryOrder order, bool from_logs, const Statements& statements) {
  const Extras extras = FindExtras(ranked, order, from_logs);
  Table table;
  table.columns = {{.heading = "query", .sql = true},
                   {.heading = "calls", .right = true},
                   {.heading = "total", .right = true},
                   {.heading = "share", .right = true},
                   {.heading = "mean", .right = true}};
  if (extras.p99) table.columns.push_back({.heading = "p99", .right = true});
  if (extras.rows) table.columns.push_back({.heading = "rows/call", .right = true});
  if (extras.pages) table.columns.push_back({.heading = "pages/call", .right = true});
  if (extras.pages) table.columns.push_back({.heading = "hit", .right = true});
  if (extras.temp) table.columns.push_back({.heading = "temp", .right = true});
  if (extras.wal) table.columns.push_back({.heading = "WAL", .right = true});
  if (extras.user) table.columns.push_back({.heading = "user", .flexible = true, .sql = true});
  table.columns.push_back({.heading = "statement", .below = true, .sql = true});
  for (const Template* const statement : ranked.shown) {
    const StatementCounters& counters = *statement->observed;
    std::vector<std::string> row = {
        statements.ShortId(statement->id), CountText(counters.calls), DurationText(counters.total_ms),
        PercentText(ranked.time.Share(Positive(counters.total_ms))), DurationText(MeanMs(counters))};
    if (extras.p99) row.push_back(P99Ms(*statement) ? DurationText(*P99Ms(*statement)) : "");
    const bool rows_known = !from_logs || counters.rows > 0;
    if (extras.rows) row.push_back(rows_known ? FormatNumber(RowsPerCall(counters)) : "");
    if (extras.pages) row.push_back(FormatNumber(BlocksPerCall(counters)));
    if (extras.pages) row.push_back(PercentText(HitRatio(counters)));
    if (extras.temp) row.push_back(PagesText(TempBlocks(counters)));
    if (extras.wal) row.push_back(ByteText(counters.wal_bytes));
    if (extras.user) row.push_back(statement->user);
    row.push_back(statements.Brief(statement->id));
    table.rows.push_back(std::move(row));
  }
  return table;
}

constexpr std::size_t kMostSpans = 24;
constexpr std::size_t kBarWidth = 30;

std::string LengthText(std::int64_t hours) {
  return hours % 24 == 0 ? Plural(hours / 24, "day", "days") : Plural(hours, "hour", "hours");
}

void AddHistogram(Document& document, const std::map<std::int32_t, LogHour>& hours) {
  const std::vector<HourSpan> spans = SpansOf(hours, kMostSpans);
  if (spans.empty()) return;
  const auto load = [timed = std::ranges::any_of(spans, [](const HourSpan& span) { return span.sums.total_us > 0; })](
                        const HourSpan& span) {
    return static_cast<double>(timed ? span.sums.total_us : span.sums.calls);
  };
  double most = 0;
  for (const HourSpan& span : spans) most = std::max(most, load(span));
  document.push_back(
      Heading{absl::StrCat("Logged calls over time (UTC, rows of ", LengthText(spans.front().hours), ")")});
  Table table;
  table.columns = {{.heading = "from"},
                   {.heading = "calls", .right = true},
                   {.heading = "time", .right = true},
                   {.heading = "load"}};
  for (const HourSpan& span : spans) {
    table.rows.push_back({HourText(span.first_hour), CountText(span.sums.calls),
                          DurationText(static_cast<double>(span.sums.total_us) / 1000),
                          Bar(load(span), most, kBarWidth)});
  }
  document.push_back(std::move(table));
  if (const auto timeless = hours.find(0); timeless != hours.end())
    document.push_back(
        Remark{absl::StrCat(Plural(timeless->second.calls, "call", "calls"), " of entries without a time")});
}

}  // namespace

Document QueriesDocument(const Workload& workload, const Snapshot& snapshot, const QueriesOptions& options,
                         const Style& style) {
  const Statements statements(workload, style.show_literals);
  const RankedQueries ranked = RankQueries(workload, options);
  Document document;
  document.push_back(Title{snapshot.database.empty() ? "Queries of logs that do not say of which database"
                                                     : absl::StrCat("Queries of database ", snapshot.database)});
  document.push_back(Head(workload, snapshot, ranked, options));
  if (!ranked.shown.empty())
    document.push_back(QueryTable(ranked, options.order, snapshot.statement_source.version.empty(), statements));
  AddHistogram(document, options.hours);
  AddSkipped(document, workload, statements, style.verbose);
  return document;
}

}  // namespace pgassay::report
