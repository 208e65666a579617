#pragma once

// Where reading a log goes on that was read before: what has to be known of what stands in front of that place.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/detect_format.h"
#include "ingest/log_reader.h"
#include "ingest/log_source.h"
#include "ingest/scan.h"
#include "pgassay/log_filter.h"
#include "workload/log_tally.h"
#include "workload/log_totals.h"

namespace pgassay {

// The tally of a block, for the scan.
class TallyOfBlock final : public ingest::BlockTally {
 public:
  explicit TallyOfBlock(const LogFilter* filter) : tally(filter) {}
  void Add(const ingest::LogRecord& record) override { tally.Add(record); }
  void Finish() override { tally.Finish(); }
  void Clear() override { tally.Clear(); }
  workload::LogTally tally;
};

// The format of what stands around `offset`: a few new lines alone may fit several. Nothing: look at the new lines.
// `source` is at `offset`, and is so again.
std::optional<ingest::LogFormat> FormatAround(ingest::LogSource& source, std::uint64_t offset,
                                              const ingest::FormatHints& hints);

// The statements that sessions had begun at `offset` and whose durations were still to be logged, in entries of their
// own, and the executions of which the plan was logged and the call was not, or the other way round, as far as the last
// kLookedBack bytes in front of it tell: they are counted, and what follows is a part of them. Nothing where `source`
// does not go back. `format`: nothing is to be detected. `source` is at `offset`, and is so again.
inline constexpr std::uint64_t kLookedBack = std::uint64_t{16} << 20;
absl::StatusOr<workload::OpenWork> OpenBefore(ingest::LogSource& source, std::uint64_t offset,
                                              const std::optional<ingest::LogFormat>& format,
                                              const ingest::FormatHints& hints, const LogFilter& filter);

// The same at `offset` of the log at `path`, which has nothing new, for the log that follows it. Nothing where it is
// packed or cannot be read any more.
workload::OpenWork OpenAt(const std::string& path, std::uint64_t offset, const ingest::FormatHints& hints,
                          const LogFilter& filter);

// What one log leaves open, for the next one: the latest ones where they are very many.
workload::OpenWork ForOtherLogs(workload::OpenWork open);

}  // namespace pgassay
