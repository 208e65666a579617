#pragma once

// Times as logs write them: %t, %m, %n, ISO 8601 and RFC 3339.

#include <cstdint>
#include <optional>
#include <string_view>

#include "ingest/log_record.h"

namespace pgassay::ingest {

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
std::int64_t DaysFromCivil(int year, int month, int day);

// Seconds east of UTC of a time zone as log_timezone writes it: an abbreviation (UTC, GMT, CET, CEST, EST, JST, MSK,
// ...), or an offset (+02, -0330, +05:30). Nothing for a name that is not known.
std::optional<std::int32_t> UtcOffset(std::string_view zone);

// Reads times quickly where the next is near the last, as in a log. Not thread-safe.
class LineTime {
 public:
  // `default_utc_offset_s`: for zones that are not known by name.
  explicit LineTime(std::int32_t default_utc_offset_s = 0) : default_offset_s_(default_utc_offset_s) {}

  // Reads "2026-11-25 10:11:12.345 UTC" at the beginning of `text` (a T in the middle, more or fewer digits of the
  // second's fraction, a zone glued to it or none: all fine) and takes it away. Nothing: no time stands there.
  std::optional<std::int64_t> Take(std::string_view& text);

 private:
  bool TakeUsual(std::string_view& text, std::int64_t& time_us) const;
  std::int64_t Zone(std::string_view& text, bool iso);

  std::int32_t default_offset_s_;
  char last_second_[19] = {};  // "2026-11-25 10:11:12"
  std::int64_t last_second_us_ = kNoTime;
  char last_zone_[8] = {};
  std::size_t last_zone_size_ = 0;
  std::int64_t last_offset_us_ = 0;
};

}  // namespace pgassay::ingest
