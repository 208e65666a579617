#include "cli/quantities.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/text.h"

namespace pgassay::cli {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr double kKibi = 1024;
constexpr Unit kByteUnits[] = {
    {"B", 1}, {"kB", kKibi}, {"MB", kKibi* kKibi}, {"GB", kKibi* kKibi* kKibi}, {"TB", kKibi* kKibi* kKibi* kKibi}};
constexpr Unit kTimeUnits[] = {{"", 1}, {"s", 1}, {"ms", 0.001}, {"min", 60}, {"h", 3600}};

// A finite decimal number and what follows it, or nothing: no hexadecimal, no "inf", no sign.
std::optional<std::pair<double, std::string>> SplitNumber(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (absl::ascii_isdigit(static_cast<unsigned char>(text[end])) || text[end] == '.')) ++end;
  double value = 0;
  if (end == 0 || !absl::SimpleAtod(ToAbsl(text.substr(0, end)), &value) || !std::isfinite(value)) return std::nullopt;
  return std::pair(value, std::string(absl::StripAsciiWhitespace(ToAbsl(text.substr(end)))));
}

template <std::size_t kSize>
std::optional<double> InUnits(std::string_view text, const Unit (&units)[kSize]) {
  const auto number = SplitNumber(text);
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (absl::EqualsIgnoreCase(number->second, ToAbsl(unit.name))) return number->first * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Bytes> ParseBytes(std::string_view text) {
  const std::optional<double> bytes = InUnits(text, kByteUnits);
  // 2^62 is far above any disk and far below the largest Bytes.
  if (!bytes || *bytes > 0x1p62) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", ToAbsl(text), "' is no size; write a number and a unit, like 500MB or 2GB"));
  }
  return static_cast<Bytes>(*bytes);
}

absl::StatusOr<double> ParseShare(std::string_view text) {
  const auto number = SplitNumber(text);
  const bool percent = number && number->second == "%";
  const double share = number ? number->first / (percent ? 100 : 1) : -1;
  if (!number || (!percent && !number->second.empty()) || share > 1) {
    return absl::InvalidArgumentError(absl::StrCat("'", ToAbsl(text), "' is no share; write it like 0.1% or 0.001"));
  }
  return share;
}

absl::StatusOr<double> ParseDuration(std::string_view text) {
  const std::optional<double> seconds = InUnits(text, kTimeUnits);
  constexpr double kLongest = 1e6;  // seconds, eleven days; keeps milliseconds within an int
  if (!seconds || *seconds <= 0 || *seconds > kLongest) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", ToAbsl(text), "' is no duration; write it like 60s, 500ms or 2min"));
  }
  return *seconds;
}

absl::StatusOr<std::int64_t> ParseTime(std::string_view text, std::int64_t now_us) {
  constexpr Unit kAges[] = {{"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"w", 7 * 86400.0}};
  constexpr double kOldest = 1e10;  // seconds, 317 years
  if (const std::optional<double> age_s = InUnits(text, kAges); age_s && *age_s <= kOldest)
    return now_us - static_cast<std::int64_t>(std::llround(*age_s * 1e6));
  constexpr const char* kFormats[] = {"%Y-%m-%d", "%Y-%m-%d%ET%H:%M", "%Y-%m-%d%ET%H:%M%Ez", "%Y-%m-%d%ET%H:%M:%E*S",
                                      "%Y-%m-%d%ET%H:%M:%E*S%Ez"};
  std::string iso(text);
  // "2026-11-25 10:00:00 +02" is how PostgreSQL and people write it.
  if (const std::size_t space = iso.find(' '); space != std::string::npos) iso[space] = 'T';
  if (iso.ends_with("UTC")) iso.replace(iso.size() - 3, 3, "Z");
  iso.erase(std::remove(iso.begin(), iso.end(), ' '), iso.end());
  for (const char* const format : kFormats) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(format, iso, &time, &error) && time != absl::InfiniteFuture() && time != absl::InfinitePast())
      return absl::ToUnixMicros(time);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", ToAbsl(text),
                   "' is no time; write it like 2026-11-25, '2026-11-25 10:00', 2026-11-25T10:00:00+02:00 (without a "
                   "zone: UTC), or 7d, 24h, 30m for so long ago"));
}

absl::StatusOr<int> ParseCount(std::string_view text, int least, int most) {
  int count = 0;
  if (!absl::SimpleAtoi(ToAbsl(text), &count) || count < least || count > most) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", ToAbsl(text), "' is no whole number from ", least, " to ", most));
  }
  return count;
}

}  // namespace pgassay::cli
