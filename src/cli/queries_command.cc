#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "cli/workload_source.h"
#include "pgassay/advisor.h"
#include "pgassay/assay_file.h"
#include "pgassay/findings.h"
#include "pgassay/log_workload.h"
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

// Of a file that holds logs and no capture: what they say of the database that they spent most time in. No search path
// or table is known; that matters for plans, not for counts.
SourceResult LogsAlone(const Options& options, SourceResult source, std::vector<std::string>& notes) {
  if (!absl::IsNotFound(source.snapshot.status()) || source.logs.templates.empty() || options.capture != 0)
    return source;
  std::map<std::string, std::int64_t> times;
  for (const LogTemplate& of : source.logs.templates) times[of.database] += of.counters.total_us + 1;
  // Templates without a database are taken as any one's.
  if (times.size() > 1) times.erase("");
  const auto busiest = std::ranges::max_element(times, {}, [](const auto& of) { return of.second; });
  Snapshot snapshot;
  snapshot.database = busiest->first;
  source.snapshot = std::move(snapshot);
  std::string others;
  for (const auto& [database, time] : times) {
    if (database != busiest->first) absl::StrAppend(&others, others.empty() ? "" : ", ", Printable(database));
  }
  if (!others.empty()) {
    notes.push_back(absl::StrCat("the logs spent most time in database ", Printable(busiest->first),
                                 ", which is shown; for another (", others,
                                 "), capture it into the file, or ingest with --database into another file"));
  }
  return source;
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

std::size_t LoopLimit(const Options& options) {
  return options.limit ? static_cast<std::size_t>(*options.limit) : report::QueriesOptions().limit;
}

std::string RenderedLoops(const LoopReport& loops, const Options& options) {
  const report::Style style = OutputStyle(options);
  const std::size_t limit = LoopLimit(options);
  switch (options.format) {
    case Format::kJson:
      return report::LoopsJson(loops, options.source, limit, style);
    case Format::kMarkdown:
      return report::LoopsMarkdown(loops, options.source, limit, style);
    case Format::kText:
      break;
  }
  return report::LoopsText(loops, options.source, limit, style);
}

std::string RenderedSuspicions(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot,
                               const Options& options) {
  const std::size_t limit = LoopLimit(options);
  switch (options.format) {
    case Format::kJson:
      return report::SuspicionsJson(loops, snapshot, limit);
    case Format::kMarkdown:
      return report::SuspicionsMarkdown(loops, snapshot, limit);
    case Format::kText:
      break;
  }
  return report::SuspicionsText(loops, snapshot, limit, OutputStyle(options));
}

// Without logs.
ExitCode RunSuspicions(const Options& options) {
  Progress progress(!options.quiet && CanShowProgress());
  const SourceResult source = LoadSource(options, progress);
  progress.Finish();
  if (!source.snapshot.ok()) return Fail(source.stage, source.snapshot.status());
  const absl::StatusOr<Workload> workload = CapturedWorkload(*source.snapshot, {});
  if (!workload.ok()) return Fail(source.stage, workload.status());
  const std::string text = RenderedSuspicions(SuspectLoops(*workload, *source.snapshot), *source.snapshot, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return kDone;
}

// Where the file has a capture. What cannot be planned for want of a server is said, and no more: the findings stand
// without it.
void PlanOnTwin(LoopReport& loops, const Options& options) {
  const bool any = std::ranges::any_of(loops.findings, [](const Finding& of) { return !of.rewrite.sql.empty(); });
  if (!any) return;
  Progress progress(!options.quiet && CanShowProgress());
  const SourceResult source = LoadSource(options, progress);
  if (!source.snapshot.ok()) {
    progress.Finish();
    return;
  }
  TwinOptions twin = MakeTwinOptions(options);
  twin.progress = [&](std::string_view step) { progress.Step(step); };
  const absl::Status planned = PlanRewrites(loops, *source.snapshot, twin);
  progress.Finish();
  if (!planned.ok() && !options.quiet) Note(absl::StrCat("the rewrites were not planned: ", planned.message()));
}

// Needs no capture: the logs alone tell.
ExitCode RunLoops(const Options& options) {
  const absl::StatusOr<SourceKind> kind = ClassifySource(options.source);
  if (!kind.ok()) return Fail(Stage::kUsage, kind.status());
  if (*kind != SourceKind::kFile) return RunSuspicions(options);
  const absl::StatusOr<AssayFile> file = AssayFile::Open(options.source);
  if (!file.ok()) return Fail(Stage::kInput, file.status());
  const absl::StatusOr<LogWorkload> logs = file->ReadLogs();
  if (!logs.ok()) return Fail(Stage::kInput, logs.status());
  if (logs->files.empty()) return RunSuspicions(options);
  LoopReport loops = ReportLoops(*logs);
  PlanOnTwin(loops, options);
  const std::string text = RenderedLoops(loops, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return kDone;
}

}  // namespace

ExitCode RunQueries(const Options& options) {
  if (options.source.empty()) {
    return Fail(Stage::kUsage, absl::InvalidArgumentError("queries: SOURCE is missing; see pgassay queries --help"));
  }
  if (const absl::Status output = CheckOutput(options.output); !output.ok()) return Fail(Stage::kOutput, output);
  if (options.nplusone) return RunLoops(options);
  Progress progress(!options.quiet && CanShowProgress());
  std::vector<std::string> notes;
  const SourceResult source = LogsAlone(options, LoadSource(options, progress), notes);
  progress.Finish();
  if (!source.snapshot.ok()) return Fail(source.stage, source.snapshot.status());
  const absl::StatusOr<Workload> workload = CapturedWorkload(*source.snapshot, source.logs);
  if (!workload.ok()) return Fail(source.stage, workload.status());
  if (!options.quiet) {
    for (const std::string& note : notes) Note(note);
  }
  const absl::StatusOr<report::QueriesOptions> queries = QueriesOptionsOf(*workload, source, options);
  if (!queries.ok()) return Fail(Stage::kUsage, queries.status());
  const std::string text = Rendered(*workload, *source.snapshot, *queries, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return kDone;
}

}  // namespace pgassay::cli
