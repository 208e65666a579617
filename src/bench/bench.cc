// RunBench: a copy where one is wanted, the run, and all of it taken away again.

#include "pgassay/bench.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/change_log.h"
#include "bench/client.h"
#include "bench/runner.h"
#include "bench/target.h"

namespace pgassay {
namespace {

constexpr int kRunDigits = 12;

// Two runs must not have one name, whoever starts them when; nothing that is printed depends on it.
std::string NewRun() {
  std::random_device device;
  return HexDigits((static_cast<std::uint64_t>(device()) << 32) | device(), kRunDigits);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> PrepareBenchTarget(const BenchOptions& options) {
  // Here a server that is not there is a mistake, not a restart.
  BenchOptions at_once = options;
  at_once.reconnect_seconds = 0;
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, bench::ConnectPatiently(at_once, "", true));
  PGASSAY_RETURN_IF_ERROR(bench::CheckDisposable(session, options));
  if (options.copy) return std::vector<std::string>();
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result log,
                           session.Query("SELECT to_regclass('pgassay_bench.change') IS NOT NULL"));
  if (!log.Boolean(0, 0)) return std::vector<std::string>();
  PGASSAY_RETURN_IF_ERROR(bench::OpenChangeLog(session));
  PGASSAY_ASSIGN_OR_RETURN(const bench::Undone undone, bench::UndoChanges(session, options.lock_timeout_ms));
  PGASSAY_RETURN_IF_ERROR(bench::CloseChangeLog(session));
  return bench::LeftoverNotes(undone);
}

absl::StatusOr<BenchResult> RunBench(const BenchPlan& plan, const BenchOptions& options) {
  const std::string run = NewRun();
  std::vector<std::string> copy_notes;
  absl::Status done;
  if (options.copy) {
    if (options.progress) options.progress("copying the database");
    done = bench::MakeCopy(options, run, copy_notes);
  }
  bench::Runner runner(plan, options, run, options.copy ? bench::CopyName(run) : "");
  if (done.ok()) done = runner.Measure();
  if (options.progress) options.progress("cleaning up");
  const absl::Status clean = options.copy ? bench::DropCopy(options, run) : runner.CleanUp();
  BenchResult result = runner.Result();
  std::ranges::copy(copy_notes, std::back_inserter(result.notes));
  if (!clean.ok()) {
    result.notes.push_back(absl::StrCat("something of this run is left in the ",
                                        options.copy ? "server (a copy)" : "database (indexes)",
                                        "; the next bench there removes it: ", clean.message()));
  }
  if (absl::IsCancelled(done)) return done;
  const bool measured = std::ranges::any_of(result.sets, [](const BenchSetResult& set) { return set.rounds > 0; });
  if (!done.ok()) {
    if (!measured) return done;
    result.notes.push_back(absl::StrCat("the run ended early: ", done.message()));
    result.partial = true;
  }
  return result;
}

}  // namespace pgassay
