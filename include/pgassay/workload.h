#pragma once

// What the database is asked to do: templates with their observed parameter bindings. Implemented by module workload.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pgassay/log_workload.h"
#include "pgassay/snapshot.h"

namespace pgassay {

// One observed set of parameter values of a template: here a whole statement with its literals.
struct Binding {
  std::string sql;          // as written, without the closing semicolon
  double weight = 1;        // calls that this binding stands for
  std::string source;       // where it was seen: "file.sql:12"; "statistics": values made from the planner's statistics
  std::string note;         // which values were chosen, without the values: "status: common (35 %)"; empty: as seen
  bool parameters = false;  // values came as parameters of a prepared statement: the next call may have others
  friend bool operator==(const Binding&, const Binding&) = default;
};

// What logs say of a template's calls over time and how long they took. pg_stat_statements knows no such thing.
struct LoggedTimes {
  Sketch latency;                         // microseconds of the calls with a duration
  std::map<std::int32_t, LogHour> hours;  // by hours since 1970 UTC; 0: of no known time
  std::int64_t max_us = 0;                // the longest of these calls
  // Quantiles of `latency`, none above max_us; -1: no call has a duration.
  std::int64_t p50_us = -1;
  std::int64_t p95_us = -1;
  std::int64_t p99_us = -1;
  // Plans of auto_explain with actual rows; of these, those with a node whose rows were missed by kMisestimate or more;
  // the worst such factor.
  std::int64_t analyzed_plans = 0;
  std::int64_t wal_plans = 0;  // of these, with WAL
  std::int64_t misestimated = 0;
  std::int64_t worst_misestimate = 0;
  friend bool operator==(const LoggedTimes&, const LoggedTimes&) = default;
};

// All statements with one identity: database, user, top level, resolved relations, fingerprint and its version. One
// text under two search paths has one fingerprint and two templates.
struct Template {
  std::string id;               // 16 hexadecimal digits, a stable hash of the identity
  std::string fingerprint;      // libpg_query's, 16 hexadecimal digits
  int fingerprint_version = 0;  // major version of libpg_query's grammar
  std::string sql;              // normalised text of the first binding seen, literals replaced by $n
  std::string database;
  std::string user;
  bool top_level = true;
  std::string search_path;  // by which its names are resolved; empty: what the settings of user and database say
  std::string source;       // file, pg_stat_statements, or "foreign key NAME" (advice/template_source.h)
  std::vector<std::int64_t> query_ids;        // the server's, sorted; empty: none known
  std::optional<StatementCounters> observed;  // what the server counted
  std::optional<LoggedTimes> logged;          // what logs say; of logs alone
  std::vector<std::string> tags;              // query tags in its comments, "key=value", sorted
  std::vector<std::string> relations;         // resolved "schema.name", quoted where needed, sorted, unique
  double weight = 0;                          // calls: the sum over the bindings
  std::vector<Binding> bindings;  // empty: not bound yet, `unbound` is to be bound by the planner's view of it
  // Texts with $n that only the statistics can give values for, with their calls; one fingerprint may have several (IN
  // lists of several lengths).
  std::vector<Binding> unbound;
  friend bool operator==(const Template&, const Template&) = default;
};

// Something of the input that is not analysed. Codes are stable and public.
struct Skipped {
  std::string fingerprint;  // empty where the text could not be parsed
  std::string source;       // "file.sql:12"
  std::string code;         // unparsable, utility-statement, unknown-relation, cannot-be-planned, ...
  std::string reason;       // a sentence with what to do next
  double weight = 0;
  double total_ms = 0;  // observed execution time; 0: not known
  friend bool operator==(const Skipped&, const Skipped&) = default;
};

struct Workload {
  std::vector<Template> templates;  // in order of first appearance
  std::vector<Skipped> skipped;
  std::vector<StatementGroup> not_kept;  // what the capture counted without keeping it
  friend bool operator==(const Workload&, const Workload&) = default;
};

}  // namespace pgassay
