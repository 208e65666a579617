// MakeRecord: a result as the assay file keeps it.

#include <cstddef>
#include <utility>

#include "pgassay/bench.h"

namespace pgassay {
namespace {

RecordedBenchQuery RecordQuery(const BenchQuery& query, const BenchMeasure& measure, const PredictedCost* predicted) {
  RecordedBenchQuery record{.template_id = query.id,
                            .weight = query.weight,
                            .samples = measure.samples,
                            .blocks_hit = measure.blocks_hit,
                            .blocks_read = measure.blocks_read,
                            .wal_bytes = measure.wal_bytes,
                            .regression = measure.regression,
                            .answer = measure.answer,
                            .problem_code = measure.problem_code};
  if (measure.ms) {
    record.median_ms = measure.ms->median;
    record.low_ms = measure.ms->low;
    record.high_ms = measure.ms->high;
  }
  if (measure.ratio) record.ratio = measure.ratio->median;
  if (predicted != nullptr && predicted->before >= 0) {
    record.cost_before = predicted->before;
    record.cost_after = predicted->after;
  }
  return record;
}

RecordedBenchIndex RecordIndex(const BenchIndex& index) {
  return {.definition = index.definition,
          .dropped = index.dropped,
          .recommendation = index.recommendation,
          .size_bytes = index.size_bytes,
          .predicted_bytes = index.predicted_bytes,
          .build_ms = index.build_ms,
          .scans = index.scans,
          .label = index.label};
}

}  // namespace

RecordedBench MakeRecord(const BenchPlan& plan, const BenchResult& result) {
  RecordedBench record{
      .run = result.run, .ran_at = result.ran_at, .database = result.database, .server_version = result.server_version};
  for (std::size_t s = 0; s < result.sets.size(); ++s) {
    const BenchSetResult& set = result.sets[s];
    RecordedBenchSet kept{.name = set.name,
                          .rounds = set.rounds,
                          .size_bytes = set.size_bytes,
                          .build_ms = set.build_ms,
                          .problem_code = set.problem_code};
    if (set.mean_ms) {
      kept.mean_ms = set.mean_ms->median;
      kept.low_ms = set.mean_ms->low;
      kept.high_ms = set.mean_ms->high;
    }
    if (set.ratio) kept.ratio = set.ratio->median;
    if (set.per_second) kept.per_second = set.per_second->median;
    for (const BenchIndex& index : set.indexes) kept.indexes.push_back(RecordIndex(index));
    for (std::size_t q = 0; q < set.queries.size(); ++q) {
      kept.queries.push_back(
          RecordQuery(plan.queries[q], set.queries[q], s == 0 ? nullptr : &plan.sets[s].predicted[q]));
    }
    record.sets.push_back(std::move(kept));
  }
  return record;
}

}  // namespace pgassay
