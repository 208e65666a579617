#pragma once

// Which entries of a log count. Implemented by module workload.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/log_workload.h"

namespace pgassay {

// An entry passes if it is within the times and each list that is not empty has its name, exactly as it is logged.
struct LogFilter {
  static constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

  std::int64_t since_us = kAlways;   // the first that counts; microseconds since 1970 UTC
  std::int64_t until_us = kForever;  // the first that no longer counts
  std::vector<std::string> databases;
  std::vector<std::string> users;
  std::vector<std::string> applications;

  bool PassesAll() const { return *this == LogFilter(); }
  friend bool operator==(const LogFilter&, const LogFilter&) = default;
};

// As options of the command line, the same for equal filters: "--since 2026-11-25T10:00:00Z --database shop"; empty:
// all entries pass.
std::string FilterText(const LogFilter& filter);

// How the text of a filter begins where parts of one log were read through filters with different names.
inline constexpr std::string_view kDifferentFilters = "different filters, at last ";

// What is put behind LogFile::format for a log that was read through `filter`, and read again by FilterTextOf. `before`
// is what FilterTextOf says of the part of it that was read before; nullptr: none was.
std::string FilterSuffix(const LogFilter& filter, const std::string_view* before = nullptr);

// The FilterText of the filter through which `file` was read; empty: without one.
std::string_view FilterTextOf(const LogFile& file);

// FilterText without the times: logs that were read with different ones do not say the same about a workload.
std::string_view NamesOfFilter(std::string_view filter_text);

// Whether a log that was read through the filter `before` so far lacks entries that pass `now`: they are not read again.
bool LacksEntries(std::string_view before, const LogFilter& now);

}  // namespace pgassay
