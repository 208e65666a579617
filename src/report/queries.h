#pragma once

// Templates ranked by what the server counted for them: the content that every format of `queries` shows.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "report/observed.h"
#include "report/render.h"

namespace pgassay::report {

struct RankedQueries {
  std::vector<const Template*> shown;  // in order; the workload owns them
  std::size_t counted = 0;             // templates with counters
  ObservedTime time;                   // selected_ms is the time of those shown
};

RankedQueries RankQueries(const Workload& workload, const QueriesOptions& options);

// Figures of one template. Counters of a file may be anything: none of these is less than 0 or not finite.
double MeanMs(const StatementCounters& counters);
std::optional<double> P99Ms(const Template& statement);  // of logged calls; nothing: no log has timed one
double RowsPerCall(const StatementCounters& counters);
double BlocksPerCall(const StatementCounters& counters);  // looked at: hit or read, shared and local
double HitRatio(const StatementCounters& counters);       // of the shared blocks looked at; 1 where there are none
double TempBlocks(const StatementCounters& counters);     // read and written

// The share of the time that the database was active that its statements account for. A negative value: not known,
// because the server does not count it or the two counters began at different times.
double ActiveShare(const Workload& workload, const Snapshot& snapshot);

// Which part of the calls the captured server logs, where that is not all of them: by their duration or by chance.
// Empty: all, or nothing shown is from logs.
std::string LoggedPart(const Workload& workload, const Snapshot& snapshot);

// total, calls, mean, p99, rows, blocks, temp, wal
std::string OrderName(QueryOrder order);

}  // namespace pgassay::report
