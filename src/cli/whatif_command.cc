#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/index_sets.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "cli/workload_source.h"
#include "pgassay/advisor.h"
#include "report/render.h"

namespace pgassay::cli {
namespace {

absl::Status CheckUsage(const Options& options) {
  const char* const kSee = "; see pgassay whatif --help";
  if (options.source.empty()) return absl::InvalidArgumentError(absl::StrCat("whatif: SOURCE is missing", kSee));
  if (options.statements.empty() == options.sets.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("whatif: give either CREATE INDEX and DROP INDEX statements or --set NAME=FILE.sql", kSee));
  }
  return CheckSetNames("whatif", options.sets);
}

absl::StatusOr<std::vector<ProposedSet>> ReadSets(const Options& options) {
  std::vector<ProposedSet> sets;
  if (!options.statements.empty()) {
    ProposedSet set{.name = "proposed", .sql = ""};
    // The line feed ends a comment that a statement may end with.
    for (const std::string& statement : options.statements) absl::StrAppend(&set.sql, statement, "\n;\n");
    sets.push_back(std::move(set));
  }
  PGASSAY_ASSIGN_OR_RETURN(std::vector<ProposedSet> files, ReadSetFiles(options.sets));
  std::ranges::move(files, std::back_inserter(sets));
  return sets;
}

std::string Rendered(const WhatifResult& result, const Snapshot& snapshot, const Options& options) {
  const report::Style style = OutputStyle(options);
  switch (options.format) {
    case Format::kJson:
      return report::WhatifJson(result, snapshot, style);
    case Format::kMarkdown:
      return report::WhatifMarkdown(result, snapshot, style);
    case Format::kText:
      break;
  }
  return report::WhatifText(result, snapshot, style);
}

}  // namespace

ExitCode RunWhatif(const Options& options) {
  if (const absl::Status usage = CheckUsage(options); !usage.ok()) return Fail(Stage::kUsage, usage);
  if (const absl::Status output = CheckOutput(options.output); !output.ok()) return Fail(Stage::kOutput, output);
  const absl::StatusOr<std::vector<ProposedSet>> sets = ReadSets(options);
  if (!sets.ok()) return Fail(Stage::kInput, sets.status());
  Progress progress(!options.quiet && CanShowProgress());
  const SourceResult source = LoadSource(options, progress);
  if (!source.snapshot.ok()) {
    progress.Finish();
    return Fail(source.stage, source.snapshot.status());
  }
  WorkloadResult loaded = LoadWorkload("whatif", options, *source.snapshot, source.logs);
  if (!loaded.workload.ok()) {
    progress.Finish();
    return Fail(loaded.stage, loaded.workload.status());
  }
  ForgetSourceVariables();
  TwinOptions twin = MakeTwinOptions(options);
  twin.progress = [&progress](std::string_view step) { progress.Step(step); };
  const absl::StatusOr<WhatifResult> result = Whatif(*source.snapshot, *std::move(loaded.workload), *sets, twin);
  progress.Finish();
  if (!result.ok()) return Fail(Stage::kPlanning, result.status());

  const std::string text = Rendered(*result, *source.snapshot, options);
  if (const absl::Status written = WriteOutput(options.output, text); !written.ok())
    return Fail(Stage::kOutput, written);
  return kDone;
}

}  // namespace pgassay::cli
