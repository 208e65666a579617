#pragma once

// What syslog and logplex put in front of the server's lines.

#include <cstdint>
#include <string_view>

#include "ingest/line_time.h"
#include "ingest/log_record.h"

namespace pgassay::ingest {

struct SyslogLine {
  std::int64_t time_us = kNoTime;
  bool logplex = false;
  std::uint64_t process = 0;   // stable hash of host and process; of logplex, of the whole server
  std::uint32_t pid = 0;       // 0: not told, as by logplex
  std::uint64_t sequence = 0;  // [5-1]: 5, the number of the entry within its process; 0: syslog_sequence_numbers is off
  std::uint32_t chunk = 0;     // 1, the number of the line within the entry
  std::string_view text;       // what the server wrote
};

// Reads the headers of BSD syslog ("Nov 25 10:11:12 host postgres[123]: [5-1] "), the same with the ISO stamps of
// rsyslog, RFC 5424 ("<134>1 2026-11-25T10:11:12Z host postgres 123 - - [5-1] ") and logplex
// ("2026-11-25T10:11:12+00:00 app[postgres.123]: [DATABASE] [5-1] "). Not thread-safe.
class SyslogHeader {
 public:
  // `latest_us`: when the log ended, which tells the year of stamps that have none: they are at most a year before that
  // (and a day, for the time zone). kNoTime: such lines have no time of their own.
  SyslogHeader(std::int32_t default_utc_offset_s, std::int64_t latest_us)
      : time_(default_utc_offset_s), default_offset_s_(default_utc_offset_s), latest_us_(latest_us) {}

  // False: `line` has no such header.
  bool Read(std::string_view line, SyslogLine& result);

 private:
  bool TakeStamp(std::string_view& rest, std::int64_t& time_us);
  bool ReadRfc5424(std::string_view rest, SyslogLine& result);
  bool ReadTag(std::string_view rest, std::string_view host, SyslogLine& result);

  LineTime time_;
  std::int32_t default_offset_s_;
  std::int64_t latest_us_;
};

}  // namespace pgassay::ingest
