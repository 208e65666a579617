#include <string>
#include <utility>

#include "absl/status/status.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "pgassay/advisor.h"
#include "pgassay/workload_files.h"
#include "report/render.h"

namespace pgassay::cli {
namespace {

absl::Status CheckUsage(const Options& options) {
  if (options.source.empty()) return absl::InvalidArgumentError("advise: SOURCE is missing; see pgassay advise --help");
  if (options.workload.empty()) {
    return absl::InvalidArgumentError(
        "advise: --workload PATH is missing: a file of SQL statements or a directory of *.sql files; see pgassay "
        "advise --help");
  }
  return absl::OkStatus();
}

AdviseOptions MakeAdviseOptions(const Options& options, Progress& progress) {
  AdviseOptions advise;
  advise.twin = MakeTwinOptions(options);
  advise.twin.progress = [&progress](std::string_view step) { progress.Step(step); };
  advise.budget_bytes = options.budget_bytes;
  advise.max_indexes = options.max_indexes;
  if (options.max_width) advise.max_width = *options.max_width;
  if (options.min_share) advise.min_share = *options.min_share;
  advise.time_limit_s = options.time_limit_s;
  return advise;
}

}  // namespace

ExitCode RunAdvise(const Options& options) {
  if (const absl::Status usage = CheckUsage(options); !usage.ok()) return Fail(Stage::kUsage, usage);
  if (const absl::Status output = CheckOutput(options.output); !output.ok()) return Fail(Stage::kOutput, output);
  Progress progress(!options.quiet && CanShowProgress());
  const SourceResult source = LoadSource(options, progress);
  if (!source.snapshot.ok()) {
    progress.Finish();
    return Fail(source.stage, source.snapshot.status());
  }
  absl::StatusOr<Workload> workload = ReadSqlWorkload(options.workload, *source.snapshot);
  if (!workload.ok()) {
    progress.Finish();
    return Fail(Stage::kInput, workload.status());
  }
  ForgetSourceVariables();
  const absl::StatusOr<Advice> advice =
      Advise(*source.snapshot, *std::move(workload), MakeAdviseOptions(options, progress));
  progress.Finish();
  if (!advice.ok()) return Fail(Stage::kPlanning, advice.status());

  const report::Style style = OutputStyle(options);
  const std::string text = options.format == Format::kJson ? report::AdviceJson(*advice, *source.snapshot, style)
                                                           : report::AdviceText(*advice, *source.snapshot, style);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return advice->partial ? kPartial : kDone;
}

}  // namespace pgassay::cli
