#include "cli/advise_options.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/status_macros.h"
#include "cli/environment.h"
#include "cli/source.h"

namespace pgassay::cli {

absl::StatusOr<std::vector<std::string>> ReadPinned(const Options& options) {
  std::vector<std::string> pinned;
  for (const std::string& given : options.pinned) {
    pinned.push_back(given);
    if (given.ends_with(".sql")) {
      PGASSAY_ASSIGN_OR_RETURN(pinned.back(), ReadFile(given));
    }
  }
  return pinned;
}

absl::StatusOr<AdviseOptions> MakeAdviseOptions(const Options& options, std::vector<std::string> pinned,
                                                const Snapshot& snapshot, Progress& progress) {
  AdviseOptions advise;
  advise.twin = MakeTwinOptions(options);
  advise.twin.progress = [&progress](std::string_view step) { progress.Step(step); };
  if (options.budget) {
    advise.budget_bytes = options.budget->bytes;
    advise.budget_auto = options.budget->automatic;
  }
  if (options.gap) advise.gap = *options.gap;
  advise.max_indexes = options.max_indexes;
  advise.max_per_table = options.max_per_table;
  advise.max_maintenance = options.max_maintenance;
  advise.pinned = std::move(pinned);
  advise.forbidden = options.forbidden;
  advise.keep_existing = options.keep_existing;
  advise.kept = options.kept;
  if (options.max_width) advise.max_width = *options.max_width;
  if (options.min_share) advise.min_share = *options.min_share;
  advise.time_limit_s = options.time_limit_s;
  for (const std::string& conninfo : options.replicas) {
    PGASSAY_RETURN_IF_ERROR(CheckConnection(conninfo));
    progress.Step("asking a replica");
    CaptureOptions capture = MakeCaptureOptions(options);
    capture.conninfo = conninfo;
    PGASSAY_ASSIGN_OR_RETURN(IndexUsage usage, ReadIndexUsage(capture, snapshot));
    advise.replicas.push_back(std::move(usage));
  }
  return advise;
}

absl::StatusOr<std::unique_ptr<Analyzer>> ConnectAnalyzer(const Options& options, const Snapshot& snapshot,
                                                          Progress& progress) {
  if (options.analyze.empty()) {
    if (!options.analyze_time_s && !options.analyze_bindings && !options.analyze_max_active) return nullptr;
    return absl::InvalidArgumentError("--analyze-time, --analyze-bindings and --analyze-max-active need --analyze");
  }
  PGASSAY_RETURN_IF_ERROR(CheckConnection(options.analyze));
  progress.Step("connecting for --analyze");
  const TwinOptions twin = MakeTwinOptions(options);
  AnalyzeOptions analyze;
  analyze.conninfo = options.analyze;
  analyze.settings = twin.settings;
  analyze.cancelled = twin.cancelled;
  analyze.progress = [&progress](std::string_view step) { progress.Step(step); };
  if (options.analyze_time_s) analyze.time_s = *options.analyze_time_s;
  if (options.analyze_bindings) analyze.bindings = *options.analyze_bindings;
  if (options.analyze_max_active) analyze.max_active = *options.analyze_max_active;
  return Analyzer::Connect(std::move(analyze), snapshot);
}

}  // namespace pgassay::cli
