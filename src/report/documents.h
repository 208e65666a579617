#pragma once

// Each answer as a document; the text and the Markdown of it are made from that one.

#include <cstddef>
#include <string>
#include <vector>

#include "pgassay/advice.h"
#include "pgassay/advisor.h"
#include "pgassay/bench.h"
#include "pgassay/explain.h"
#include "pgassay/findings.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "report/document.h"
#include "report/render.h"

namespace pgassay::report {

Document AdviceDocument(const Advice& advice, const Snapshot& snapshot, const Style& style);
Document WhatifDocument(const WhatifResult& result, const Snapshot& snapshot, const Style& style);
Document QueriesDocument(const Workload& workload, const Snapshot& snapshot, const QueriesOptions& options,
                         const Style& style);
Document LoopsDocument(const LoopReport& loops, const std::string& source, std::size_t limit, const Style& style);
Document SuspicionsDocument(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot, std::size_t limit);
Document BenchDocument(const BenchPlan& plan, const BenchResult& result, const Style& style);
Document ExplainDocument(const Explanation& explanation, const Snapshot& snapshot, const Style& style);

}  // namespace pgassay::report
