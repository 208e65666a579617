#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cli/advise_options.h"
#include "cli/bench_labels.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "cli/workload_source.h"
#include "pgassay/advisor.h"
#include "pgassay/analyze.h"
#include "pgassay/assay_file.h"
#include "pgassay/findings.h"
#include "pgassay/log_workload.h"
#include "report/render.h"

namespace pgassay::cli {
namespace {

std::string Rendered(const Advice& advice, const Snapshot& snapshot, const Options& options) {
  const report::Style style = OutputStyle(options);
  switch (options.format) {
    case Format::kJson:
      return report::AdviceJson(advice, snapshot, style);
    case Format::kMarkdown:
      return report::AdviceMarkdown(advice, snapshot, style);
    case Format::kText:
      break;
  }
  return report::AdviceText(advice, snapshot, style);
}

// Loops of the captured database in logs that are a part of the workload.
void AddFindings(Advice& advice, const LogWorkload& logs, const Snapshot& snapshot, const Options& options) {
  if (logs.files.empty() || (!options.workload.empty() && !options.with_captured)) return;
  advice.findings = ReportLoops(logs).findings;
  std::erase_if(*advice.findings, [&](const Finding& finding) {
    return !finding.database.empty() && finding.database != snapshot.database;
  });
}

// The assay file remembers the ids that were printed. One that may not be written to stays as it is.
void Record(const Advice& advice, const Options& options) {
  const absl::StatusOr<SourceKind> kind = ClassifySource(options.source);
  if (!kind.ok() || *kind != SourceKind::kFile || ::access(options.source.c_str(), W_OK) != 0) return;
  const auto record = [&]() -> absl::Status {
    PGASSAY_ASSIGN_OR_RETURN(AssayFile file, AssayFile::OpenForAppend(options.source));
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<CaptureInfo> captures, file.Captures());
    return file.RecordAdvice(options.capture != 0 ? options.capture : captures.back().number, advice);
  };
  if (const absl::Status recorded = record(); !recorded.ok() && !options.quiet) {
    Note(absl::StrCat("the advice is not recorded in the assay file: ", recorded.message()));
  }
}

}  // namespace

ExitCode RunAdvise(const Options& options) {
  if (options.source.empty()) {
    return Fail(Stage::kUsage, absl::InvalidArgumentError("advise: SOURCE is missing; see pgassay advise --help"));
  }
  if (const absl::Status output = CheckOutput(options.output); !output.ok()) return Fail(Stage::kOutput, output);
  absl::StatusOr<std::vector<std::string>> pinned = ReadPinned(options);
  if (!pinned.ok()) return Fail(Stage::kInput, pinned.status());
  Progress progress(!options.quiet && CanShowProgress());
  const SourceResult source = LoadSource(options, progress);
  if (!source.snapshot.ok()) {
    progress.Finish();
    return Fail(source.stage, source.snapshot.status());
  }
  WorkloadResult loaded = LoadWorkload("advise", options, *source.snapshot, source.logs);
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
  advise->benches = MeasuredTimes(options);
  ForgetSourceVariables();
  absl::StatusOr<Advice> advice = Advise(*source.snapshot, *std::move(loaded.workload), *advise);
  progress.Finish();
  if (!advice.ok()) return Fail(Stage::kPlanning, advice.status());
  AddFindings(*advice, source.logs, *source.snapshot, options);
  TakeBenchLabels(options, *advice);
  const std::string text = Rendered(*advice, *source.snapshot, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  Record(*advice, options);
  return advice->partial ? kPartial : kDone;
}

}  // namespace pgassay::cli
