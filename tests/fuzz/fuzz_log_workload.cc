// Any bytes as a log, to the end: what it says that a database was asked to do, its loops and its workload.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "ingest/scan.h"
#include "log_oracles.h"
#include "nplusone/findings.h"
#include "nplusone/log_loops.h"
#include "pgassay/log_workload.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload_logs.h"
#include "workload/log_tally.h"
#include "workload/log_totals.h"

namespace {

namespace ingest = pgassay::ingest;
using pgassay::fuzz::Require;

class Tally final : public ingest::BlockTally {
 public:
  void Add(const ingest::LogRecord& record) override { tally.Add(record); }
  void Finish() override { tally.Finish(); }
  void Clear() override { tally.Clear(); }
  pgassay::workload::LogTally tally;
};

struct Said {
  pgassay::LogWorkload workload;
  ingest::ScanResult result;
};

std::optional<Said> Read(std::string_view text, int jobs, std::size_t block_bytes) {
  pgassay::nplusone::LogLoops loops;
  pgassay::workload::LogTotals totals({.watch = loops.Watch()});
  const ingest::ScanHandler handler{
      .make = [] { return std::make_unique<Tally>(); },
      .take = [&](ingest::BlockTally& block) { totals.Take(static_cast<Tally&>(block).tally); }};
  auto result = ingest::ScanLog(pgassay::fuzz::InputOf(nullptr, text),
                                {.jobs = jobs, .block_bytes = block_bytes}, handler);
  if (!result.ok()) return std::nullopt;
  Said said{.result = *std::move(result)};
  pgassay::LoopTally found = loops.Finish(totals);
  said.workload = std::move(totals).Finish();
  said.workload.loops = std::move(found);
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::optional<Said> whole = Read(text, 1, std::size_t{1} << 20);
  const std::optional<Said> blocks = Read(text, 1, 512);
  const std::optional<Said> threads = Read(text, 3, 512);
  Require(blocks.has_value() == threads.has_value(), "the number of threads does not show");
  if (blocks) Require(blocks->workload == threads->workload, "the number of threads does not show");
  if (!whole || !blocks) return 0;
  // Where the cuts do not show in what is read, they do not show in what is counted.
  const ingest::FormatKind kind = whole->result.format.kind;
  if ((kind == ingest::FormatKind::kStderr || kind == ingest::FormatKind::kJson) && whole->result.other_formats == 0 &&
      blocks->result.other_formats == 0 && whole->result.lines.Unknown() < ingest::kOtherFormatRun) {
    Require(whole->workload == blocks->workload, "the size of blocks does not show");
  }
  Require(pgassay::Merge(whole->workload, {}) == whole->workload, "nothing more is nothing else");
  Require(pgassay::Merge(whole->workload, blocks->workload) == pgassay::Merge(blocks->workload, whole->workload),
          "the order in which logs are merged does not show");
  pgassay::ReadLogWorkload(whole->workload, pgassay::Snapshot{});
  pgassay::nplusone::MakeFindings(whole->workload.loops);
  return 0;
}
