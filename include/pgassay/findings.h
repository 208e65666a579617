#pragma once

// What applications do with the database that a change of their code would make cheaper. Plain values. Implemented by
// the modules with one family of findings each.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pgassay/log_workload.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "pgassay/workload.h"

namespace pgassay {

// One occurrence, without values.
struct FindingExample {
  std::string session;        // 16 hexadecimal digits, a hash of the session id
  std::int64_t first_us = 0;  // microseconds since 1970 UTC
  std::int64_t last_us = 0;
  std::int64_t calls = 0;
  friend bool operator==(const FindingExample&, const FindingExample&) = default;
};

// What the planner says of a loop and of the statement in its place. Costs without penalties (pgassay/advice.h).
struct RewriteCost {
  std::int64_t calls = 0;  // in a loop, the median; so many values the arrays have
  Cost before = 0;         // of all these calls
  Cost after = 0;          // of the one statement
  friend bool operator==(const RewriteCost&, const RewriteCost&) = default;
};

// One statement in place of many. Parsed; whether names and types are right is known where it was planned.
struct BatchRewrite {
  std::string sql;      // empty: there is none that is safe without knowing more; `note` says why
  std::string note;     // a sentence: how to use it, or why there is none
  std::optional<RewriteCost> cost;  // planned with the captured schema and statistics (PlanRewrites)
  std::string refused;  // why PostgreSQL does not plan it, or the statement it stands for; empty: it does, or was not asked
  friend bool operator==(const BatchRewrite&, const BatchRewrite&) = default;
};

struct Finding {
  std::string id;        // 16 hexadecimal digits: the same finding of another week or log has the same
  std::string kind;      // slug: n-plus-one, redundant-query, writes-in-a-loop, chatty-transaction, check-then-insert
  std::string severity;  // warning; critical: one loop in twenty has 10 calls or more
  std::string database;
  std::string user;
  std::string parent_shape;  // 16 hexadecimal digits of the statement's hash; empty: no parent
  std::string child_shape;
  std::string parent;  // normalised text, $n for literals
  std::string child;   // what repeats; chatty-transaction: the first statement
  std::int64_t loops = 0;
  std::int64_t calls = 0;
  std::int64_t sessions = 0;  // an estimate from 64 on
  std::int64_t transactions = 0;
  std::int64_t median_calls = 0;  // of a loop
  std::int64_t p95_calls = 0;
  double wasted_ms_per_day = 0;  // at least: see nplusone::WastedUs
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  std::string confidence;                          // high, medium, low
  std::vector<std::string> why;                    // sentences: what speaks for it and what against
  std::map<std::string, std::int64_t> suppressed;  // loops of `child` that were not counted, by reason
  std::vector<std::string> tags;  // query tags of the child, then of the parent: they lead to the caller
  std::vector<FindingExample> examples;
  BatchRewrite rewrite;
  friend bool operator==(const Finding&, const Finding&) = default;
};

// What the loops in logs come to.
struct LoopReport {
  std::vector<Finding> findings;                // the most time wasted first
  std::map<std::string, std::int64_t> dropped;  // loops that are no finding, by why: slugs of nplusone/findings.h
  std::int64_t events = 0;                      // executions that were watched
  std::int64_t failed = 0;                      // of these
  std::int64_t sessions_closed_early = 0;       // for want of memory: their loops may be missing
  std::int64_t not_watched = 0;                 // executions left out for want of memory
  std::int64_t first_us = 0;                    // of all executions, microseconds since 1970 UTC; 0: none
  std::int64_t last_us = 0;
  friend bool operator==(const LoopReport&, const LoopReport&) = default;
};

// What counters alone let one suspect: a statement that is called once for each row of another. Nobody saw in which
// order they ran.
struct LoopSuspicion {
  std::string parent;  // Template::id
  std::string child;
  std::string parent_sql;  // normalised
  std::string child_sql;
  std::string user;
  std::string why;  // a sentence
  std::int64_t parent_calls = 0;
  std::int64_t parent_rows = 0;
  std::int64_t child_calls = 0;
  double child_ms = 0;  // execution time of all of them
  friend bool operator==(const LoopSuspicion&, const LoopSuspicion&) = default;
};

// Pairs of `workload` whose tables a foreign key of `snapshot` ties, and whose counters agree: calls of the one, rows of
// the other. The most calls first. Implemented by module nplusone.
std::vector<LoopSuspicion> SuspectLoops(const Workload& workload, const Snapshot& snapshot);

// Implemented by module nplusone.
LoopReport ReportLoops(const LogWorkload& logs);

}  // namespace pgassay
