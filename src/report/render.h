#pragma once

// Answers as bytes: text for a terminal, JSON for programs (DESIGN.md section 9), Markdown for pull requests. Same
// input, same bytes. Nothing of what is returned holds a raw control character but the line feed, whatever names and
// statements contain.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pgassay/advice.h"
#include "pgassay/advisor.h"
#include "pgassay/bench.h"
#include "pgassay/explain.h"
#include "pgassay/findings.h"
#include "pgassay/ingest.h"
#include "pgassay/log_workload.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay::report {

struct Style {
  bool color = false;          // ANSI colours; text only
  bool show_literals = false;  // false: literals of statements, predicates and server messages are redacted
  bool verbose = false;        // every rejection, skipped statement and served query; not JSON, which has all
  bool costs = false;          // costs also where times are known
  int width = 100;             // columns for wrapping; text only. DDL lines are never wrapped.
};

// By what the statements of a workload are ranked, largest first.
enum class QueryOrder { kTotal, kCalls, kMean, kP99, kRows, kBlocks, kTemp, kWal };

struct QueriesOptions {
  QueryOrder order = QueryOrder::kTotal;
  std::size_t limit = 20;
  std::string only;                       // id of the one template to show; empty: all
  std::map<std::int32_t, LogHour> hours;  // logged calls and time by hours since 1970 UTC; empty: no histogram
};

// What became of each log, and what the assay file knows of logs now. `notes`: what is said to people.
std::string IngestJson(const std::vector<IngestedLog>& logs, const LogWorkload& known,
                       const std::vector<std::string>& notes);

std::string AdviceText(const Advice& advice, const Snapshot& snapshot, const Style& style);
std::string AdviceJson(const Advice& advice, const Snapshot& snapshot, const Style& style);
std::string AdviceMarkdown(const Advice& advice, const Snapshot& snapshot, const Style& style);

std::string WhatifText(const WhatifResult& result, const Snapshot& snapshot, const Style& style);
std::string WhatifJson(const WhatifResult& result, const Snapshot& snapshot, const Style& style);
std::string WhatifMarkdown(const WhatifResult& result, const Snapshot& snapshot, const Style& style);

// The templates of `workload` that have counters, and `snapshot`'s word on where these come from.
std::string QueriesText(const Workload& workload, const Snapshot& snapshot, const QueriesOptions& options,
                        const Style& style);
std::string QueriesJson(const Workload& workload, const Snapshot& snapshot, const QueriesOptions& options,
                        const Style& style);
std::string QueriesMarkdown(const Workload& workload, const Snapshot& snapshot, const QueriesOptions& options,
                            const Style& style);

// What the loops in the logs of `source` (a file's name) come to; at most `limit` of them, 0: all.
std::string LoopsText(const LoopReport& loops, const std::string& source, std::size_t limit, const Style& style);
std::string LoopsJson(const LoopReport& loops, const std::string& source, std::size_t limit, const Style& style);
std::string LoopsMarkdown(const LoopReport& loops, const std::string& source, std::size_t limit, const Style& style);

// What counters alone let one suspect.
std::string SuspicionsText(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot, std::size_t limit,
                           const Style& style);
std::string SuspicionsJson(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot, std::size_t limit);
std::string SuspicionsMarkdown(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot, std::size_t limit);

std::string BenchText(const BenchPlan& plan, const BenchResult& result, const Style& style);
std::string BenchJson(const BenchPlan& plan, const BenchResult& result, const Style& style);
std::string BenchMarkdown(const BenchPlan& plan, const BenchResult& result, const Style& style);
std::string BenchJunit(const BenchPlan& plan, const BenchResult& result, const Style& style);

std::string ExplainText(const Explanation& explanation, const Snapshot& snapshot, const Style& style);
std::string ExplainJson(const Explanation& explanation, const Snapshot& snapshot, const Style& style);
std::string ExplainMarkdown(const Explanation& explanation, const Snapshot& snapshot, const Style& style);

}  // namespace pgassay::report
