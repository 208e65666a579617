#include "cli/bench_labels.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cli/exit_code.h"
#include "cli/source.h"
#include "pgassay/assay_file.h"

namespace pgassay::cli {
namespace {

struct Earned {
  std::string label;
  std::string ran_at;
};

// Of all captures, the oldest first.
absl::StatusOr<std::vector<RecordedBench>> ReadBenches(const std::string& path) {
  PGASSAY_ASSIGN_OR_RETURN(const AssayFile file, AssayFile::Open(path));
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<CaptureInfo> captures, file.Captures());
  std::vector<RecordedBench> all;
  for (const CaptureInfo& capture : captures) {
    PGASSAY_ASSIGN_OR_RETURN(std::vector<RecordedBench> benches, file.RecordedBenches(capture.number));
    std::ranges::move(benches, std::back_inserter(all));
  }
  return all;
}

// The same of the source; empty where it is no assay file.
std::vector<RecordedBench> BenchesOf(const Options& options) {
  const absl::StatusOr<SourceKind> kind = ClassifySource(options.source);
  if (!kind.ok() || *kind != SourceKind::kFile) return {};
  absl::StatusOr<std::vector<RecordedBench>> benches = ReadBenches(options.source);
  if (benches.ok()) return *std::move(benches);
  Note(absl::StrCat("benches in the assay file are not taken into account: ", benches.status().message()));
  return {};
}

std::map<std::string, Earned> LabelsByRecommendation(const std::vector<RecordedBench>& benches) {
  std::map<std::string, Earned> labels;
  for (const RecordedBench& bench : benches) {
    for (const RecordedBenchSet& set : bench.sets) {
      for (const RecordedBenchIndex& index : set.indexes) {
        if (index.recommendation.empty() || index.label.empty()) continue;
        labels[index.recommendation] = {.label = index.label, .ran_at = bench.ran_at};
      }
    }
  }
  return labels;
}

// What the template's plan cost without any set, as the first set that says so has it.
std::optional<Cost> CostAsItWas(const RecordedBench& bench, const std::string& template_id) {
  for (const RecordedBenchSet& set : bench.sets) {
    const auto query = std::ranges::find(set.queries, template_id, &RecordedBenchQuery::template_id);
    if (query != set.queries.end() && query->cost_before) return query->cost_before;
  }
  return std::nullopt;
}

MeasuredBench Measured(const RecordedBench& bench) {
  MeasuredBench measured;
  for (std::size_t s = 0; s < bench.sets.size(); ++s) {
    MeasuredSet set;
    for (const RecordedBenchIndex& index : bench.sets[s].indexes) {
      (index.dropped ? set.dropped : set.created).push_back(index.definition);
    }
    for (const RecordedBenchQuery& query : bench.sets[s].queries) {
      if (!query.median_ms || !query.problem_code.empty()) continue;
      set.queries.push_back({.template_id = query.template_id,
                             .ms = *query.median_ms,
                             .blocks_hit = query.blocks_hit,
                             .blocks_read = query.blocks_read,
                             .cost = s == 0 ? CostAsItWas(bench, query.template_id) : query.cost_after});
    }
    measured.sets.push_back(std::move(set));
  }
  return measured;
}

void Take(const Earned& earned, Recommendation& recommendation) {
  if (earned.label == "measured") {
    recommendation.label = earned.label;
    recommendation.confidence = "high";
    recommendation.why.push_back(absl::StrCat("The bench of ", earned.ran_at, " built it and was faster with it."));
  } else if (earned.label == "planned") {
    recommendation.label = earned.label;
    recommendation.confidence = "low";
    recommendation.why.push_back(
        absl::StrCat("The bench of ", earned.ran_at, " built it, and plans used it, but its queries were not faster."));
  } else {
    recommendation.confidence = "low";
    recommendation.why.push_back(absl::StrCat("The bench of ", earned.ran_at, " built it, and no plan used it."));
  }
}

}  // namespace

void TakeBenchLabels(const Options& options, Advice& advice) {
  const std::map<std::string, Earned> labels = LabelsByRecommendation(BenchesOf(options));
  for (Recommendation& recommendation : advice.recommendations) {
    const auto found = labels.find(recommendation.id);
    if (found != labels.end()) Take(found->second, recommendation);
  }
}

std::vector<MeasuredBench> MeasuredTimes(const Options& options) {
  std::vector<MeasuredBench> measured;
  for (const RecordedBench& bench : BenchesOf(options)) measured.push_back(Measured(bench));
  return measured;
}

}  // namespace pgassay::cli
