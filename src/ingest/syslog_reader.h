#pragma once

// The reader of LogFormat::kSyslog and kLogplex.

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "ingest/line_prefix.h"
#include "ingest/line_tag.h"
#include "ingest/log_reader.h"
#include "ingest/syslog_line.h"

namespace pgassay::ingest {

// Lines of several processes stand between each other, so entries are put together by process, and given in the order of
// their beginnings at the end of a block. A line whose entry began in the block before is an orphan: rare, since blocks
// are cut where entries begin, but not impossible.
class SyslogReader final : public LogReader {
 public:
  // InvalidArgument: see LinePrefix::Compile; but the prefix may be empty, for syslog tells time and process.
  static absl::StatusOr<std::unique_ptr<LogReader>> Make(const LogFormat& format);

  ReadEnd Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
               LineCounts& counts) override;
  std::size_t LastEntry(std::string_view block) const override;

 private:
  SyslogReader(const LogFormat& format, std::optional<LinePrefix> prefix)
      : header_(format.default_utc_offset_s, format.latest_us), prefix_(std::move(prefix)) {}

  std::optional<LineTag> TakePrefix(const SyslogLine& line, std::string_view& text, LogRecord& record) const;

  // Mutable: both remember the last time read, which changes no result.
  mutable SyslogHeader header_;
  mutable std::optional<LinePrefix> prefix_;
};

// `text` with the tabs and newlines that rsyslog writes as #011 and #012. The same view where there are none, else one
// into `buffer`.
std::string_view WithControls(std::string_view text, std::string& buffer);

}  // namespace pgassay::ingest
