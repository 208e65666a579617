#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "cli/advise_options.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "cli/workload_source.h"
#include "pgassay/analyze.h"
#include "pgassay/explain.h"
#include "report/render.h"

namespace pgassay::cli {
namespace {

absl::Status CheckUsage(const Options& options) {
  if (options.source.empty())
    return absl::InvalidArgumentError("explain: SOURCE is missing; see pgassay explain --help");
  if (options.subject.empty()) {
    return absl::InvalidArgumentError(
        "explain: what to explain is missing: the id of a template or a recommendation, or a CREATE INDEX statement; "
        "see pgassay explain --help");
  }
  return absl::OkStatus();
}

std::string Rendered(const Explanation& explanation, const Snapshot& snapshot, const Options& options) {
  const report::Style style = OutputStyle(options);
  switch (options.format) {
    case Format::kJson:
      return report::ExplainJson(explanation, snapshot, style);
    case Format::kMarkdown:
      return report::ExplainMarkdown(explanation, snapshot, style);
    case Format::kText:
      break;
  }
  return report::ExplainText(explanation, snapshot, style);
}

}  // namespace

ExitCode RunExplain(const Options& options) {
  if (const absl::Status usage = CheckUsage(options); !usage.ok()) return Fail(Stage::kUsage, usage);
  if (const absl::Status output = CheckOutput(options.output); !output.ok()) return Fail(Stage::kOutput, output);
  absl::StatusOr<std::vector<std::string>> pinned = ReadPinned(options);
  if (!pinned.ok()) return Fail(Stage::kInput, pinned.status());
  Progress progress(!options.quiet && CanShowProgress());
  const SourceResult source = LoadSource(options, progress);
  if (!source.snapshot.ok()) {
    progress.Finish();
    return Fail(source.stage, source.snapshot.status());
  }
  WorkloadResult loaded = LoadWorkload("explain", options, *source.snapshot, source.logs);
  if (!loaded.workload.ok()) {
    progress.Finish();
    return Fail(loaded.stage, loaded.workload.status());
  }
  const absl::StatusOr<std::unique_ptr<Analyzer>> analyzer = ConnectAnalyzer(options, *source.snapshot, progress);
  if (!analyzer.ok()) {
    progress.Finish();
    return Fail(Stage::kServer, analyzer.status());
  }
  absl::StatusOr<AdviseOptions> advise = MakeAdviseOptions(options, *std::move(pinned), *source.snapshot, progress);
  if (!advise.ok()) {
    progress.Finish();
    return Fail(Stage::kServer, advise.status());
  }
  advise->analyzer = analyzer->get();
  ForgetSourceVariables();
  const absl::StatusOr<Explanation> explanation =
      Explain(*source.snapshot, *std::move(loaded.workload), options.subject, *advise);
  progress.Finish();
  if (!explanation.ok()) return Fail(Stage::kPlanning, explanation.status());
  const std::string text = Rendered(*explanation, *source.snapshot, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return kDone;
}

}  // namespace pgassay::cli
