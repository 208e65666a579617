// RunBench: a copy where one is wanted, the run, and all of it taken away again.

#include "pgassay/bench.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/change_log.h"
#include "bench/client.h"
#include "bench/cold_caches.h"
#include "bench/restored_copy.h"
#include "bench/runner.h"
#include "bench/target.h"
#include "cluster/server.h"

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
  const bool restored = !options.restore.empty();
  if (restored) PGASSAY_RETURN_IF_ERROR(bench::CheckArchive(options));
  if (options.conninfo.empty()) return std::vector<std::string>();
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, bench::ConnectPatiently(at_once, "", true));
  PGASSAY_RETURN_IF_ERROR(restored ? bench::CheckRestorable(session, options)
                                   : bench::CheckDisposable(session, options));
  if (options.cold) PGASSAY_RETURN_IF_ERROR(bench::ColdCaches::Find(session).status());
  if (options.copy || restored) return std::vector<std::string>();
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result log,
                           session.Query("SELECT to_regclass('pgassay_bench.change') IS NOT NULL"));
  if (!log.Boolean(0, 0)) return std::vector<std::string>();
  PGASSAY_RETURN_IF_ERROR(bench::OpenChangeLog(session));
  PGASSAY_ASSIGN_OR_RETURN(const bench::Undone undone, bench::UndoChanges(session, options.lock_timeout_ms));
  PGASSAY_RETURN_IF_ERROR(bench::CloseChangeLog(session));
  return bench::LeftoverNotes(undone);
}

absl::StatusOr<BenchResult> RunBench(const BenchPlan& plan, const BenchOptions& given) {
  const std::string run = NewRun();
  BenchOptions options = given;
  std::vector<std::string> copy_notes;
  std::unique_ptr<cluster::Server> server;  // ends last
  const bool restored = !options.restore.empty();
  if (restored && options.conninfo.empty()) {
    if (options.progress) options.progress("starting a private server");
    PGASSAY_ASSIGN_OR_RETURN(server, bench::StartServer(plan, options, copy_notes));
    options.conninfo = server->ConnectionString(cluster::kSuperuser, "postgres");
  }
  const bool copied = options.copy || restored;
  absl::Status done;
  if (copied) {
    if (options.progress) options.progress(restored ? "restoring the dump" : "copying the database");
    done = bench::MakeCopy(plan, options, run, copy_notes);
  }
  bench::Runner runner(plan, options, run, copied ? bench::CopyName(run) : "", server.get());
  if (done.ok()) done = runner.Measure();
  if (options.progress) options.progress("cleaning up");
  absl::Status clean;  // of a private server nothing remains anyway
  if (server == nullptr) clean = copied ? bench::DropCopy(options, run) : runner.CleanUp();
  BenchResult result = runner.Result();
  std::ranges::copy(copy_notes, std::back_inserter(result.notes));
  if (!clean.ok()) {
    result.notes.push_back(absl::StrCat("something of this run is left in the ",
                                        copied ? "server (a copy)" : "database (indexes)",
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
