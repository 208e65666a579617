#pragma once

// Plans as auto_explain logs them, in each of its formats (text, JSON, YAML, XML).

#include <cstdint>
#include <string>
#include <string_view>

namespace pgassay::ingest {

// What is kept of a plan. Without auto_explain.log_analyze it has no actual rows.
struct LoggedPlan {
  std::string query;  // the statement as it was sent, of a string of several all of them; empty: not found, or cut off
  std::string parameters;  // "$1 = '42', $2 = NULL", as logged (PostgreSQL 16 and later)
  std::int64_t query_id = 0;
  bool analyzed = false;  // it has the actual rows of its first node
  std::int64_t rows = 0;  // that its first node gave
  bool has_wal = false;       // it tells the WAL of its first node, which has that of all others in it
  std::int64_t wal_records = 0;
  std::int64_t wal_full_page_images = 0;
  std::int64_t wal_bytes = 0;
  std::int64_t worst_misestimate =
      0;  // estimated to actual rows of a node or the reverse, whichever is above 1, rounded
          // down; the greatest of all nodes that ran, at most kMostMisestimate; 0: none ran
  friend bool operator==(const LoggedPlan&, const LoggedPlan&) = default;
};

inline constexpr std::int64_t kMostMisestimate = 1'000'000'000;
// A sum that does not fit is cut off here.
inline constexpr std::int64_t kMostPlanWal = std::int64_t{1} << 50;
inline constexpr std::int64_t kMostPlanRows = std::int64_t{1} << 50;

// Reads what stands behind "plan:" and its newline, as the server wrote it: without the tabs that a stderr log has
// behind newlines. Takes any text, in time linear in it; what it does not know is passed over. Rows below 1 count as 1
// in a ratio, so that a node which was right about giving nothing is no misestimate. A node below a LIMIT that was
// satisfied early seems overestimated.
LoggedPlan ReadPlan(std::string_view plan);

}  // namespace pgassay::ingest
