#include "cli/bench_labels.h"

#include <map>
#include <string>
#include <utility>

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

// By recommendation.
absl::StatusOr<std::map<std::string, Earned>> ReadLabels(const std::string& path) {
  PGASSAY_ASSIGN_OR_RETURN(const AssayFile file, AssayFile::Open(path));
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<CaptureInfo> captures, file.Captures());
  std::map<std::string, Earned> labels;
  for (const CaptureInfo& capture : captures) {
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<RecordedBench> benches, file.RecordedBenches(capture.number));
    for (const RecordedBench& bench : benches) {
      for (const RecordedBenchSet& set : bench.sets) {
        for (const RecordedBenchIndex& index : set.indexes) {
          if (index.recommendation.empty() || index.label.empty()) continue;
          labels[index.recommendation] = {.label = index.label, .ran_at = bench.ran_at};
        }
      }
    }
  }
  return labels;
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
  const absl::StatusOr<SourceKind> kind = ClassifySource(options.source);
  if (!kind.ok() || *kind != SourceKind::kFile) return;
  const absl::StatusOr<std::map<std::string, Earned>> labels = ReadLabels(options.source);
  if (!labels.ok()) {
    Note(absl::StrCat("benches in the assay file are not taken into account: ", labels.status().message()));
    return;
  }
  for (Recommendation& recommendation : advice.recommendations) {
    const auto found = labels->find(recommendation.id);
    if (found != labels->end()) Take(found->second, recommendation);
  }
}

}  // namespace pgassay::cli
