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
#include "pgassay/advisor.h"
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

}  // namespace

ExitCode RunAdvise(const Options& options) {
  if (options.source.empty()) {
    return Fail(Stage::kUsage, absl::InvalidArgumentError("advise: SOURCE is missing; see pgassay advise --help"));
  }
  if (const absl::Status output = CheckOutput(options.output); !output.ok()) return Fail(Stage::kOutput, output);
  Progress progress(!options.quiet && CanShowProgress());
  const SourceResult source = LoadSource(options, progress);
  if (!source.snapshot.ok()) {
    progress.Finish();
    return Fail(source.stage, source.snapshot.status());
  }
  WorkloadResult loaded = LoadWorkload("advise", options, *source.snapshot);
  if (!loaded.workload.ok()) {
    progress.Finish();
    return Fail(loaded.stage, loaded.workload.status());
  }
  ForgetSourceVariables();
  const absl::StatusOr<Advice> advice =
      Advise(*source.snapshot, *std::move(loaded.workload), MakeAdviseOptions(options, progress));
  progress.Finish();
  if (!advice.ok()) return Fail(Stage::kPlanning, advice.status());

  const std::string text = Rendered(*advice, *source.snapshot, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return advice->partial ? kPartial : kDone;
}

}  // namespace pgassay::cli
