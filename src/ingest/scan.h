#pragma once

// Reads a whole log with several threads: blocks of bytes in, tallies of their entries out, in order.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/log_reader.h"
#include "ingest/log_record.h"

namespace pgassay::ingest {

// What is made of the entries of one block. Called by one thread at a time.
class BlockTally {
 public:
  virtual ~BlockTally() = default;
  virtual void Add(const LogRecord& record) = 0;
  virtual void Finish() {}   // behind the last entry, by the thread that read it: others wait for the one that takes
  virtual void Clear() = 0;  // forgets everything
};

struct ScanInput {
  // Fills up to `size` bytes; fewer only at the end, 0 behind it.
  std::function<absl::StatusOr<std::size_t>(char* to, std::size_t size)> read;
  // The format of a text that begins with an entry; called once at the beginning, and where lines stop fitting.
  std::function<absl::StatusOr<LogFormat>(std::string_view head)> detect;
};

struct ScanOptions {
  int jobs = 1;
  std::size_t block_bytes = std::size_t{1} << 19;
  // Leaves the last entry unread, as unfinished: more lines of it may be on their way into a log that is being written.
  bool hold_last_entry = false;
  std::function<bool()> cancelled;  // asked for each block; may be empty
};

struct ScanHandler {
  std::function<std::unique_ptr<BlockTally>()> make;  // called by several threads
  std::function<void(BlockTally&)> take;              // tallies in the order of the log, one call at a time
};

struct ScanResult {
  LogFormat format;               // the last one
  LineCounts lines;
  std::uint64_t bytes = 0;        // read and counted: where to go on when the log has grown
  std::uint64_t unfinished = 0;   // bytes behind them: a last line without its end, an entry that is held
  std::uint64_t other_formats = 0;  // times that the format changed midway
  absl::Status damage;              // DataLoss of `read` that the log ended with: what came before it was read
};

// The result, and what `take` sees, does not depend on `jobs`. Memory: about jobs + 2 blocks, and their tallies.
// Errors: those of read (but for ScanResult::damage) and detect (nothing of the log fits a format), Cancelled.
absl::StatusOr<ScanResult> ScanLog(const ScanInput& input, const ScanOptions& options, const ScanHandler& handler);

}  // namespace pgassay::ingest
