#pragma once

// Calls and time over the hours that logs cover, in few rows however many hours these are.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pgassay/log_workload.h"

namespace pgassay::report {

struct HourSpan {
  std::int64_t first_hour = 0;  // since 1970 UTC
  std::int64_t hours = 1;
  LogHour sums;
  friend bool operator==(const HourSpan&, const HourSpan&) = default;
};

// At most `most` (above 0) spans of equal length, without gaps, from the first hour to the last. Hour 0 stands for
// entries without a time and is left out.
std::vector<HourSpan> SpansOf(const std::map<std::int32_t, LogHour>& hours, std::size_t most);

// "2026-11-25 10:00", UTC.
std::string HourText(std::int64_t hour);

// As many '#' as `part` of `whole` is of `width`; at least one where `part` is above 0.
std::string Bar(double part, double whole, std::size_t width);

}  // namespace pgassay::report
