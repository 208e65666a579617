#include "store/check_loops.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "store/check_values.h"
#include "store/loop_fields.h"
#include "store/sorted.h"

namespace pgassay::store {
namespace {

constexpr std::size_t kNameBytesShown = 40;
// A session has 16 statements in its burst, and the first of its transaction; some hundred numbers each.
constexpr std::size_t kMostOpenStatements = 17;
constexpr std::size_t kMostStateBytes = 64 << 10;

bool IsOwner(const LoopOwner& owner) {
  return IsText(owner.database) && IsText(owner.user);
}

// A row by its key, for tables without numbers. The shape as SQLite shows it.
std::string KeyedRow(std::string_view table, const LoopTally::Statement& statement) {
  const auto& [owner, shape] = statement;
  return absl::StrCat(ToAbsl(table), ", database ", Printable(owner.database.substr(0, kNameBytesShown)), ", user ",
                      Printable(owner.user.substr(0, kNameBytesShown)), ", shape ", static_cast<std::int64_t>(shape));
}

absl::Status CheckTimes(std::int64_t first_us, std::int64_t last_us, std::string_view row) {
  if (!IsTime(first_us)) return Problem(row, "first_us is out of range");
  if (!IsTime(last_us)) return Problem(row, "last_us is out of range");
  return last_us >= first_us ? absl::OkStatus() : Problem(row, "last_us is before first_us");
}

absl::Status CheckStatement(const LoopTally::Statement& statement, const LoopStatement& of, std::size_t number) {
  if (!IsOwner(statement.first) || !IsText(of.text))
    return Problem(Row("log_loop_statement", number), "a text is too long");
  if (!std::ranges::all_of(of.tags, IsText))
    return Problem(absl::StrCat("log_loop_statement_tag, statement ", number), "a tag is too long");
  return absl::OkStatus();
}

absl::Status CheckSessions(const DistinctCount& sessions, std::string_view row) {
  if (sessions.least.size() > kDistinctKept)
    return Problem(row, absl::StrCat("sessions has more than ", kDistinctKept, " hashes"));
  return IsStrictlySorted(sessions.least, std::identity()) ? absl::OkStatus()
                                                           : Problem(row, "the hashes of sessions are not in order");
}

absl::Status CheckExamples(const std::vector<LoopExample>& examples, std::size_t number) {
  const std::string where = absl::StrCat("log_loop_example, loop ", number);
  if (examples.size() > kLoopExamples) return Problem(where, absl::StrCat("more than ", kLoopExamples, " of them"));
  for (std::size_t i = 0; i < examples.size(); ++i)
    PGASSAY_RETURN_IF_ERROR(CheckTimes(examples[i].first_us, examples[i].last_us, Row(where, i + 1)));
  return std::ranges::is_sorted(examples, {}, &LoopExample::priority) ? absl::OkStatus()
                                                                      : Problem(where, "they are not in order");
}

absl::Status CheckNamed(const LoopTally& loops, const LoopKey& key, std::string_view row) {
  if (!IsOwner(key.owner)) return Problem(row, "a text is too long");
  if (!loops.statements.contains({key.owner, key.child})) return Problem(row, "child has no row in log_loop_statement");
  if (key.parent != 0 && !loops.statements.contains({key.owner, key.parent}))
    return Problem(row, "parent has no row in log_loop_statement");
  return absl::OkStatus();
}

absl::Status CheckStats(const LoopStats& stats, std::string_view row) {
  CountCheck counts;
  CounterFields(counts, stats);
  if (!counts.wrong.empty()) return Problem(row, absl::StrCat(ToAbsl(counts.wrong), " is out of range"));
  if (stats.loops == 0) return Problem(row, "loops is out of range");
  PGASSAY_RETURN_IF_ERROR(CheckTimes(stats.first_us, stats.last_us, row));
  PGASSAY_RETURN_IF_ERROR(CheckSketch(stats.n, "n", row));
  return CheckSessions(stats.sessions, row);
}

absl::Status CheckCounts(const LoopTally& loops) {
  for (const auto& [statement, calls] : loops.calls) {
    if (!IsOwner(statement.first) || !IsCount(calls))
      return Problem(KeyedRow("log_loop_calls", statement), "calls or a text is out of range");
  }
  for (const auto& [what, count] : loops.suppressed) {
    const auto& [statement, reason] = what;
    if (IsOwner(statement.first) && IsCount(count)) continue;
    return Problem(absl::StrCat(KeyedRow("log_loop_suppressed", statement), ", reason ", ToAbsl(Slug(reason))),
                   "loops or a text is out of range");
  }
  return absl::OkStatus();
}

// What is in `state` only module nplusone can tell: what it does not read is counted as lost.
absl::Status CheckOpenSession(const OpenLoopSession& session, std::size_t number) {
  const std::string row = Row("log_open_session", number);
  if (!IsTime(session.last_end_us)) return Problem(row, "last_end_us is out of range");
  if (session.state.size() > kMostStateBytes) return Problem(row, "state is too long");
  const std::string where = absl::StrCat("log_open_statement, session ", number);
  if (session.statements.size() > kMostOpenStatements) return Problem(where, "too many of them");
  for (const OpenLoopStatement& of : session.statements) {
    if (!IsOwner(of.owner) || !IsText(of.described.text) || !std::ranges::all_of(of.described.tags, IsText))
      return Problem(where, "a text is too long");
  }
  return absl::OkStatus();
}

absl::Status CheckTotal(const LoopTally& loops) {
  const std::string row = Row("log_loop_total", 1);
  CountCheck counts;
  CounterFields(counts, loops);
  if (!counts.wrong.empty()) return Problem(row, absl::StrCat(ToAbsl(counts.wrong), " is out of range"));
  return CheckTimes(loops.first_us, loops.last_us, row);
}

}  // namespace

absl::Status CheckLoops(const LoopTally& loops) {
  std::size_t number = 0;
  for (const auto& [statement, of] : loops.statements) PGASSAY_RETURN_IF_ERROR(CheckStatement(statement, of, ++number));
  number = 0;
  for (const auto& [key, stats] : loops.loops) {
    const std::string row = Row("log_loop", ++number);
    PGASSAY_RETURN_IF_ERROR(CheckNamed(loops, key, row));
    PGASSAY_RETURN_IF_ERROR(CheckStats(stats, row));
    PGASSAY_RETURN_IF_ERROR(CheckExamples(stats.examples, number));
  }
  PGASSAY_RETURN_IF_ERROR(CheckCounts(loops));
  if (loops.open.size() > kMostOpenSessions) return Problem("log_open_session", "too many of them");
  for (std::size_t i = 0; i < loops.open.size(); ++i) PGASSAY_RETURN_IF_ERROR(CheckOpenSession(loops.open[i], i + 1));
  if (!IsStrictlySorted(loops.open, std::identity())) return Problem("log_open_session", "they are not in order");
  return CheckTotal(loops);
}

}  // namespace pgassay::store
