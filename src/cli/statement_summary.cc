#include "cli/statement_summary.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::cli {
namespace {

// Of pgassay/snapshot.h: their time is none of this database's.
constexpr std::string_view kOtherDatabase = "other-database";
constexpr std::string_view kNoPrivilege = "no-privilege";
constexpr std::string_view kTextLost = "text-lost";

// "2024-05-06T07:08" of an ISO 8601 text: two resets within one minute count as one.
constexpr std::size_t kUpToMinutes = 16;

struct Totals {
  std::int64_t statements = 0;
  std::int64_t calls = 0;
  double total_ms = 0;
};

void Add(Totals& totals, std::int64_t statements, std::int64_t calls, double total_ms) {
  totals.statements += statements;
  totals.calls += calls;
  totals.total_ms += total_ms;
}

std::string Count(std::int64_t count) {
  return FormatNumber(static_cast<double>(count), 18);
}

std::string Percent(double part, double whole) {
  return absl::StrCat(FormatNumber(whole > 0 ? 100 * part / whole : 0, 2), " %");
}

std::string Time(double ms) {
  if (ms < 1000) return absl::StrCat(FormatNumber(ms), " ms");
  return absl::StrCat(FormatNumber(ms / 1000), " s");
}

std::string Kept(const Totals& kept, const std::string& database) {
  return absl::StrCat("statements of ", Printable(database), ": ", Count(kept.statements), " kept, ", Count(kept.calls),
                      " calls, ", Time(kept.total_ms));
}

// Reasons by name, shares of the time that this database's statements took.
std::string NotKept(const std::map<std::string, Totals>& groups, double seen_ms) {
  std::string line;
  for (const auto& [code, group] : groups) {
    absl::StrAppend(&line, line.empty() ? "not kept: " : ", ", Printable(code), " ", Count(group.statements));
    if (code != kOtherDatabase) absl::StrAppend(&line, " (", Percent(group.total_ms, seen_ms), " of the time)");
  }
  if (groups.contains(std::string(kNoPrivilege))) {
    line += "; grant pg_read_all_stats to see statements of other users";
  }
  if (groups.contains(std::string(kTextLost))) {
    line +=
        "; texts longer than 1 MB are left there, and a server that lost its file of texts starts it anew after "
        "pg_stat_statements_reset()";
  }
  return line;
}

std::string Evictions(const StatementSource& source) {
  std::string line = absl::StrCat("the server dropped rarely used statements ", Count(source.evictions), " times");
  if (source.reset_at) absl::StrAppend(&line, " since ", Printable(*source.reset_at));
  absl::StrAppend(&line, ", so some are missing or count too little; raise pg_stat_statements.max (now ",
                  Count(source.max_statements), ")");
  return line;
}

// Only one of the two counted from the beginning, or both began at different times.
bool CountSinceDifferentTimes(const StatementSource& source, const std::optional<std::string>& statistics_reset) {
  if (!source.reset_at || !statistics_reset) return true;
  return source.reset_at->substr(0, kUpToMinutes) != statistics_reset->substr(0, kUpToMinutes);
}

std::string Coverage(const Snapshot& snapshot, double seen_ms) {
  const StatementSource& source = snapshot.statement_source;
  const std::string since =
      snapshot.statistics_reset ? Printable(*snapshot.statistics_reset) : std::string("its statistics began");
  std::string line = absl::StrCat("the statements seen are ", Percent(seen_ms, source.database_active_ms.value_or(0)),
                                  " of the database's active time since ", since);
  if (CountSinceDifferentTimes(source, snapshot.statistics_reset)) {
    absl::StrAppend(&line, "; pg_stat_statements counts since ",
                    source.reset_at ? Printable(*source.reset_at) : std::string("a time it does not tell"),
                    ", so the two may not cover the same time");
  }
  return line;
}

}  // namespace

std::vector<std::string> SummarizeStatements(const Snapshot& snapshot) {
  const StatementSource& source = snapshot.statement_source;
  if (!source.unavailable.empty()) return {absl::StrCat("no statements: ", Printable(source.unavailable))};
  Totals kept;
  for (const Statement& statement : snapshot.statements) {
    Add(kept, 1, statement.counters.calls, statement.counters.total_ms);
  }
  double seen_ms = kept.total_ms;
  std::map<std::string, Totals> groups;
  for (const StatementGroup& group : snapshot.statement_groups) {
    Add(groups[group.code], group.statements, group.calls, group.total_ms);
    if (group.code != kOtherDatabase) seen_ms += group.total_ms;
  }
  std::vector<std::string> lines = {Kept(kept, snapshot.database)};
  if (!groups.empty()) lines.push_back(NotKept(groups, seen_ms));
  if (source.evictions > 0) lines.push_back(Evictions(source));
  if (source.database_active_ms.value_or(0) > 0) lines.push_back(Coverage(snapshot, seen_ms));
  return lines;
}

}  // namespace pgassay::cli
