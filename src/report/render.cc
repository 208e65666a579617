#include "report/render.h"

#include "report/document_markdown.h"
#include "report/document_text.h"
#include "report/documents.h"

namespace pgassay::report {

std::string AdviceText(const Advice& advice, const Snapshot& snapshot, const Style& style) {
  return DocumentText(AdviceDocument(advice, snapshot, style), style);
}

std::string AdviceMarkdown(const Advice& advice, const Snapshot& snapshot, const Style& style) {
  return DocumentMarkdown(AdviceDocument(advice, snapshot, style));
}

std::string WhatifText(const WhatifResult& result, const Snapshot& snapshot, const Style& style) {
  return DocumentText(WhatifDocument(result, snapshot, style), style);
}

std::string WhatifMarkdown(const WhatifResult& result, const Snapshot& snapshot, const Style& style) {
  return DocumentMarkdown(WhatifDocument(result, snapshot, style));
}

std::string QueriesText(const Workload& workload, const Snapshot& snapshot, const QueriesOptions& options,
                        const Style& style) {
  return DocumentText(QueriesDocument(workload, snapshot, options, style), style);
}

std::string QueriesMarkdown(const Workload& workload, const Snapshot& snapshot, const QueriesOptions& options,
                            const Style& style) {
  return DocumentMarkdown(QueriesDocument(workload, snapshot, options, style));
}

std::string LoopsText(const LoopReport& loops, const std::string& source, std::size_t limit, const Style& style) {
  return DocumentText(LoopsDocument(loops, source, limit, style), style);
}

std::string LoopsMarkdown(const LoopReport& loops, const std::string& source, std::size_t limit, const Style& style) {
  return DocumentMarkdown(LoopsDocument(loops, source, limit, style));
}

std::string SuspicionsText(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot, std::size_t limit,
                           const Style& style) {
  return DocumentText(SuspicionsDocument(loops, snapshot, limit), style);
}

std::string SuspicionsMarkdown(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot, std::size_t limit) {
  return DocumentMarkdown(SuspicionsDocument(loops, snapshot, limit));
}

std::string BenchText(const BenchPlan& plan, const BenchResult& result, const Style& style) {
  return DocumentText(BenchDocument(plan, result, style), style);
}

std::string BenchMarkdown(const BenchPlan& plan, const BenchResult& result, const Style& style) {
  return DocumentMarkdown(BenchDocument(plan, result, style));
}

std::string ExplainText(const Explanation& explanation, const Snapshot& snapshot, const Style& style) {
  return DocumentText(ExplainDocument(explanation, snapshot, style), style);
}

std::string ExplainMarkdown(const Explanation& explanation, const Snapshot& snapshot, const Style& style) {
  return DocumentMarkdown(ExplainDocument(explanation, snapshot, style));
}

}  // namespace pgassay::report
