#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cli/advise_options.h"
#include "cli/bench_labels.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/index_sets.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/source.h"
#include "cli/workload_source.h"
#include "pgassay/assay_file.h"
#include "pgassay/bench.h"
#include "report/render.h"

namespace pgassay::cli {
namespace {

constexpr double kRegression = 0.1;  // what is listed as one, unless --fail-on says otherwise

absl::Status CheckUsage(const Options& options) {
  const char* const kSee = "; see pgassay bench --help";
  const bool restored = !options.restore.empty();
  if (restored ? !options.copy_of.empty() : options.disposable.empty() == options.copy_of.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("bench: name the database to be changed with --disposable CONNINFO, one to be copied first with "
                     "--copy CONNINFO, or a dump to be restored with --restore DUMP",
                     kSee));
  }
  if (restored && options.source.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("bench: a dump has neither statistics nor statements; --restore wants a capture of its database "
                     "with --from FILE.assay",
                     kSee));
  }
  if (!options.shared_buffers.empty() && (!restored || !options.disposable.empty())) {
    return absl::InvalidArgumentError(
        absl::StrCat("bench: --shared-buffers is for the private server of --restore without --disposable", kSee));
  }
  if (!options.source.empty()) {
    const absl::StatusOr<SourceKind> kind = ClassifySource(options.source);
    if (!kind.ok() || *kind != SourceKind::kFile) {
      return absl::InvalidArgumentError(absl::StrCat("bench: --from wants an assay file", kSee));
    }
  }
  if (options.count && options.duration_s) {
    return absl::InvalidArgumentError(absl::StrCat("bench: give either --duration or --count", kSee));
  }
  if (!options.analyze.empty() && !options.advised) {
    return absl::InvalidArgumentError(absl::StrCat("bench: --analyze is for the advice of --advised", kSee));
  }
  return CheckSetNames("bench", options.sets);
}

const std::string& Target(const Options& options) {
  return options.copy_of.empty() ? options.disposable : options.copy_of;
}

int Milliseconds(double seconds) {
  return static_cast<int>(std::min(std::ceil(seconds * 1000), 2e9));
}

BenchOptions MakeBenchOptions(const Options& options) {
  BenchOptions bench;
  bench.conninfo = Target(options);
  bench.copy = !options.copy_of.empty();
  bench.force_production = options.force_production;
  bench.restore = options.restore;
  if (!options.shared_buffers.empty()) bench.shared_buffers = options.shared_buffers;
  const TwinOptions twin = MakeTwinOptions(options);
  bench.pg_bindir = twin.pg_bindir;
  bench.work_dir = twin.work_dir;
  bench.cache_dir = twin.cache_dir;
  bench.cold = options.cold;
  for (const std::string& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    bench.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  bench.clients = options.clients;
  bench.rounds = options.rounds;
  bench.samples = options.samples;
  if (options.duration_s) bench.mix_seconds = *options.duration_s;
  if (options.count) {
    bench.mix_seconds = 0;
    if (*options.count > 0) bench.count = *options.count;
  }
  if (options.statement_timeout_s) bench.statement_timeout_ms = Milliseconds(*options.statement_timeout_s);
  if (options.lock_timeout_s) bench.lock_timeout_ms = Milliseconds(*options.lock_timeout_s);
  if (options.reconnect_s) bench.reconnect_seconds = static_cast<int>(std::ceil(*options.reconnect_s));
  bench.regression = options.fail_on_regression.value_or(kRegression);
  bench.cancelled = StopRequested;
  return bench;
}

std::string Rendered(const BenchPlan& plan, const BenchResult& result, const Options& options) {
  const report::Style style = OutputStyle(options);
  if (options.junit) return report::BenchJunit(plan, result, style);
  switch (options.format) {
    case Format::kJson:
      return report::BenchJson(plan, result, style);
    case Format::kMarkdown:
      return report::BenchMarkdown(plan, result, style);
    case Format::kText:
      break;
  }
  return report::BenchText(plan, result, style);
}

ExitCode CodeOf(const BenchResult& result, const Options& options) {
  bool regression = false;
  bool missing = result.partial;
  for (const BenchSetResult& set : result.sets) {
    missing |= set.rounds == 0;
    regression |= std::ranges::any_of(set.queries, &BenchMeasure::regression);
  }
  if (result.answers_differ || (regression && options.fail_on_regression)) return kFindings;
  return missing ? kPartial : kDone;
}

// The assay file remembers what was measured. One that may not be written to stays as it is.
void Record(const BenchPlan& plan, const BenchResult& result, const Options& options) {
  if (options.source.empty() || ::access(options.source.c_str(), W_OK) != 0) return;
  // Nothing in the file would tell its times from warm ones.
  if (options.cold) return;
  const auto record = [&]() -> absl::Status {
    PGASSAY_ASSIGN_OR_RETURN(AssayFile file, AssayFile::OpenForAppend(options.source));
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<CaptureInfo> captures, file.Captures());
    return file.RecordBench(options.capture != 0 ? options.capture : captures.back().number, MakeRecord(plan, result));
  };
  if (const absl::Status recorded = record(); !recorded.ok() && !options.quiet) {
    Note(absl::StrCat("the results are not recorded in the assay file: ", recorded.message()));
  }
}

// The plan, or a failure with the stage that it belongs to.
struct PlanResult {
  absl::StatusOr<BenchPlan> plan;
  Stage stage = Stage::kPlanning;
};

PlanResult MakePlan(const Options& options, std::vector<ProposedSet> sets, Progress& progress, BenchOptions& bench,
                    std::vector<std::string>& notes) {
  // Before anything else takes time, and before the database is captured if it is.
  const auto prepare = [&]() -> absl::Status {
    progress.Step("looking at the database to be measured");
    PGASSAY_ASSIGN_OR_RETURN(notes, PrepareBenchTarget(bench));
    return absl::OkStatus();
  };
  Options with_source = options;
  const bool from_file = !options.source.empty();
  if (!from_file) {
    with_source.source = Target(options);
    if (const absl::Status prepared = prepare(); !prepared.ok()) return {prepared, Stage::kServer};
  }
  const SourceResult source = LoadSource(with_source, progress);
  if (!source.snapshot.ok()) return {source.snapshot.status(), source.stage};
  if (from_file) {
    bench.production_system = source.snapshot->system_identifier;
    bench.production_database = source.snapshot->database;
    bench.production_version = source.snapshot->server_version;
    if (const absl::Status prepared = prepare(); !prepared.ok()) {
      const bool archive = !options.restore.empty() && absl::IsInvalidArgument(prepared);
      return {prepared, archive ? Stage::kInput : Stage::kServer};
    }
  }
  WorkloadResult loaded = LoadWorkload("bench", options, *source.snapshot, source.logs);
  if (!loaded.workload.ok()) return {loaded.workload.status(), loaded.stage};
  BenchPlanOptions plan{.sets = std::move(sets), .advise = {}, .leave_one_out = options.leave_one_out};
  plan.twin = MakeTwinOptions(options);
  plan.twin.progress = [&progress](std::string_view step) { progress.Step(step); };
  // Its connection ends with this function: a database that somebody is in cannot be copied.
  const absl::StatusOr<std::unique_ptr<Analyzer>> analyzer = ConnectAnalyzer(options, *source.snapshot, progress);
  if (!analyzer.ok()) return {analyzer.status(), Stage::kServer};
  if (options.advised) {
    absl::StatusOr<std::vector<std::string>> pinned = ReadPinned(options);
    if (!pinned.ok()) return {pinned.status(), Stage::kInput};
    absl::StatusOr<AdviseOptions> advise = MakeAdviseOptions(options, *std::move(pinned), *source.snapshot, progress);
    if (!advise.ok()) return {advise.status(), Stage::kServer};
    plan.advise = *std::move(advise);
    plan.advise->analyzer = analyzer->get();
    plan.advise->benches = MeasuredTimes(options);
  }
  const auto variables = SourceVariables();
  ForgetSourceVariables();
  PlanResult result{PlanBench(*source.snapshot, *std::move(loaded.workload), plan), Stage::kPlanning};
  RestoreVariables(variables);
  return result;
}

}  // namespace

ExitCode RunBenchCommand(const Options& options) {
  if (const absl::Status usage = CheckUsage(options); !usage.ok()) return Fail(Stage::kUsage, usage);
  if (const absl::Status output = CheckOutput(options.output); !output.ok()) return Fail(Stage::kOutput, output);
  if (const std::string& target = Target(options); !target.empty()) {
    if (const absl::Status checked = CheckConnection(target); !checked.ok()) return Fail(Stage::kUsage, checked);
  }
  absl::StatusOr<std::vector<ProposedSet>> sets = ReadSetFiles(options.sets);
  if (!sets.ok()) return Fail(Stage::kInput, sets.status());
  BenchOptions bench = MakeBenchOptions(options);
  Progress progress(!options.quiet && CanShowProgress());
  bench.progress = [&progress](std::string_view step) { progress.Step(step); };
  std::vector<std::string> notes;  // of what was done before the run
  const PlanResult planned = MakePlan(options, *std::move(sets), progress, bench, notes);
  if (!planned.plan.ok()) {
    progress.Finish();
    return Fail(planned.stage, planned.plan.status());
  }
  absl::StatusOr<BenchResult> result = RunBench(*planned.plan, bench);
  progress.Finish();
  if (!result.ok()) return Fail(Stage::kServer, result.status());
  result->notes.insert(result->notes.begin(), notes.begin(), notes.end());

  const std::string text = Rendered(*planned.plan, *result, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  Record(*planned.plan, *result, options);
  return CodeOf(*result, options);
}

}  // namespace pgassay::cli
