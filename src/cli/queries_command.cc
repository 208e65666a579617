#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "cli/workload_source.h"
#include "report/render.h"

namespace pgassay::cli {
namespace {

std::string Rendered(const Workload& workload, const Snapshot& snapshot, const Options& options) {
  const report::Style style = OutputStyle(options);
  report::QueriesOptions queries{.order = options.order};
  if (options.limit) queries.limit = static_cast<std::size_t>(*options.limit);
  switch (options.format) {
    case Format::kJson:
      return report::QueriesJson(workload, snapshot, queries, style);
    case Format::kMarkdown:
      return report::QueriesMarkdown(workload, snapshot, queries, style);
    case Format::kText:
      break;
  }
  return report::QueriesText(workload, snapshot, queries, style);
}

}  // namespace

ExitCode RunQueries(const Options& options) {
  if (options.source.empty()) {
    return Fail(Stage::kUsage, absl::InvalidArgumentError("queries: SOURCE is missing; see pgassay queries --help"));
  }
  if (const absl::Status output = CheckOutput(options.output); !output.ok()) return Fail(Stage::kOutput, output);
  Progress progress(!options.quiet && CanShowProgress());
  const SourceResult source = LoadSource(options, progress);
  progress.Finish();
  if (!source.snapshot.ok()) return Fail(source.stage, source.snapshot.status());
  const absl::StatusOr<Workload> workload = CapturedWorkload(*source.snapshot, source.logs);
  if (!workload.ok()) return Fail(source.stage, workload.status());
  const std::string text = Rendered(*workload, *source.snapshot, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return kDone;
}

}  // namespace pgassay::cli
