#include "report/histogram.h"

#include <algorithm>
#include <cmath>

#include "absl/time/time.h"

namespace pgassay::report {
namespace {

constexpr std::int64_t kDay = 24;

// Lengths that begin at hours which people expect.
std::int64_t NextLength(std::int64_t length) {
  for (const std::int64_t longer : {2, 3, 6, 12, 24}) {
    if (longer > length) return longer;
  }
  return length < 30 * kDay ? length + kDay : length * 2;
}

}  // namespace

std::vector<HourSpan> SpansOf(const std::map<std::int32_t, LogHour>& hours, std::size_t most) {
  std::map<std::int64_t, LogHour> known;
  for (const auto& [hour, sums] : hours) {
    if (hour > 0) known.emplace(hour, sums);
  }
  if (known.empty()) return {};
  const std::int64_t first = known.begin()->first;
  const std::int64_t last = known.rbegin()->first;
  std::int64_t length = 1;
  while (static_cast<std::size_t>(last / length - first / length + 1) > most) length = NextLength(length);
  std::vector<HourSpan> spans;
  for (std::int64_t at = first / length; at <= last / length; ++at) spans.push_back({.first_hour = at * length, .hours = length});
  for (const auto& [hour, sums] : known) {
    LogHour& to = spans[static_cast<std::size_t>(hour / length - first / length)].sums;
    to.calls += sums.calls;
    to.total_us = std::min(to.total_us + sums.total_us, kMostLoggedUs);
  }
  return spans;
}

std::string HourText(std::int64_t hour) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::UnixEpoch() + absl::Hours(hour), absl::UTCTimeZone());
}

std::string Bar(double part, double whole, std::size_t width) {
  if (!(part > 0) || !(whole > 0)) return "";
  const double share = std::min(part / whole, 1.0);
  return std::string(static_cast<std::size_t>(std::max(1.0, std::round(share * static_cast<double>(width)))), '#');
}

}  // namespace pgassay::report
