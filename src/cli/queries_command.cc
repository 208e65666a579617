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
#include "pgassay/workload_logs.h"
#include "report/render.h"

namespace pgassay::cli {
namespace {

// What to show: all templates, or the one that the command line names, with the hours of its calls.
absl::StatusOr<report::QueriesOptions> QueriesOptionsOf(const Workload& workload, const SourceResult& source,
                                                        const Options& options) {
  report::QueriesOptions queries{.order = options.order};
  if (options.subject.empty()) {
    queries.hours = LoggedHours(source.logs, *source.snapshot);
    return queries;
  }
  const Template* found = nullptr;
  for (const Template& of : workload.templates) {
    if (!of.id.starts_with(options.subject) || !of.observed) continue;
    if (found != nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("queries: several templates have ids that begin with ", options.subject, "; give more of it"));
    }
    found = &of;
  }
  if (found == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("queries: no template with counters has an id that begins with ",
                                                   options.subject, "; queries without it lists them"));
  }
  queries.only = found->id;
  if (found->logged) queries.hours = found->logged->hours;
  return queries;
}

std::string Rendered(const Workload& workload, const Snapshot& snapshot, report::QueriesOptions queries,
                     const Options& options) {
  const report::Style style = OutputStyle(options);
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
  const absl::StatusOr<report::QueriesOptions> queries = QueriesOptionsOf(*workload, source, options);
  if (!queries.ok()) return Fail(Stage::kUsage, queries.status());
  const std::string text = Rendered(*workload, *source.snapshot, *queries, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return kDone;
}

}  // namespace pgassay::cli
