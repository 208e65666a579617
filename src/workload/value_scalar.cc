#include "workload/value_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::workload {
namespace {

constexpr double kSecondsOfDay = 86'400;

std::optional<double> ParseNumber(std::string_view value) {
  double number = 0;
  const char* const end = value.data() + value.size();
  const std::from_chars_result parsed = std::from_chars(value.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

// "23:59:59.5", also with a zone, which is left out: only the order matters.
std::optional<double> ParseTimeOfDay(std::string_view value) {
  absl::Time time;
  std::string error;
  const std::string day = absl::StrCat("1970-01-01 ", ToAbsl(value.substr(0, value.find_first_of("+-"))));
  if (!absl::ParseTime("%Y-%m-%d %H:%M:%E*S", day, &time, &error)) return std::nullopt;
  return absl::ToDoubleSeconds(time - absl::UnixEpoch());
}

std::string FixedNumber(double number, int decimals) {
  char buffer[400];  // the largest double has 309 digits before the point
  const auto result = std::to_chars(std::begin(buffer), std::end(buffer), number, std::chars_format::fixed, decimals);
  return std::string(buffer, result.ptr);
}

// Enough digits to lie between two neighbours of a histogram.
std::string ShortNumber(double number) {
  char buffer[40];
  const auto result = std::to_chars(std::begin(buffer), std::end(buffer), number, std::chars_format::general, 9);
  return std::string(buffer, result.ptr);
}

// Seconds as PostgreSQL keeps them: whole microseconds.
absl::Time MomentAt(double seconds) {
  constexpr double kFarthest = 9e12;  // seconds; PostgreSQL's own range ends at the year 294276
  return absl::FromUnixMicros(
      static_cast<std::int64_t>(std::llround(std::clamp(seconds, -kFarthest, kFarthest) * 1e6)));
}

}  // namespace

std::optional<absl::Time> ParseMoment(std::string_view value) {
  constexpr const char* kFormats[] = {"%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S%Ez", "%Y-%m-%d",
                                      "%Y-%m-%dT%H:%M:%E*S%Ez"};
  if (value.empty() || value.front() < '0' || value.front() > '9') return std::nullopt;  // no infinities
  for (const char* const format : kFormats) {
    absl::Time moment;
    std::string error;
    if (absl::ParseTime(format, ToAbsl(value), &moment, &error)) return moment;
  }
  return std::nullopt;
}

std::string FormatMoment(absl::Time moment) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E*S", moment, absl::UTCTimeZone());
}

std::optional<double> ToScalar(std::string_view value, TypeFamily family) {
  switch (family) {
    case TypeFamily::kInteger:
    case TypeFamily::kDecimal:
    case TypeFamily::kFloat:
      return ParseNumber(value);
    case TypeFamily::kDate:
    case TypeFamily::kTimestamp:
    case TypeFamily::kTimestampTz: {
      const std::optional<absl::Time> moment = ParseMoment(value);
      if (!moment) return std::nullopt;
      const double seconds = absl::ToDoubleSeconds(*moment - absl::UnixEpoch());
      return family == TypeFamily::kDate ? seconds / kSecondsOfDay : seconds;
    }
    case TypeFamily::kTime:
      return ParseTimeOfDay(value);
    default:
      return std::nullopt;
  }
}

std::string FromScalar(double scalar, TypeFamily family, int decimals) {
  switch (family) {
    case TypeFamily::kDate:
      return absl::FormatTime("%Y-%m-%d", MomentAt(std::round(scalar) * kSecondsOfDay), absl::UTCTimeZone());
    case TypeFamily::kTimestamp:
      return FormatMoment(MomentAt(scalar));
    case TypeFamily::kTimestampTz:
      return absl::StrCat(FormatMoment(MomentAt(scalar)), "+00");
    case TypeFamily::kTime:
      return absl::FormatTime("%H:%M:%E*S", MomentAt(std::clamp(scalar, 0.0, kSecondsOfDay - 1)), absl::UTCTimeZone());
    case TypeFamily::kInteger:
      return FixedNumber(std::round(scalar), 0);
    case TypeFamily::kFloat:
      return ShortNumber(scalar);
    default:
      return FixedNumber(scalar, decimals);
  }
}

int Decimals(std::string_view value) {
  const std::size_t point = value.find('.');
  if (point == std::string_view::npos) return 0;
  return static_cast<int>(std::min<std::size_t>(value.size() - point - 1, 20));
}

}  // namespace pgassay::workload
