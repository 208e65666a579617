#include "report/figures.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"

namespace pgassay::report {
namespace {

// Thousands separators for the digits before the decimal point.
std::string Grouped(const std::string& number) {
  const std::size_t begin = number.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(number.find('.'), number.size());
  std::string result = number;
  for (std::size_t at = end; at > begin + 3;) {
    at -= 3;
    result.insert(at, ",");
  }
  return result;
}

// By way of the decimal digits, so that the result is what printf would show.
double Rounded(double value, int decimals) {
  double rounded = value;
  if (std::isfinite(value) && !absl::SimpleAtod(absl::StrFormat("%.*f", decimals, value), &rounded)) rounded = value;
  return rounded;
}

}  // namespace

double RoundCost(Cost cost) {
  return Rounded(cost, 2);
}

double RoundShare(double share) {
  return Rounded(share, 6);
}

std::string CostText(Cost cost) {
  return std::isfinite(cost) ? Grouped(absl::StrFormat("%.2f", cost)) : "infinite";
}

std::string FactorText(Cost before, Cost after) {
  if (RoundCost(before) == RoundCost(after)) return "same";
  const bool worse = after > before;
  const Cost small = worse ? before : after;
  const Cost large = worse ? after : before;
  // A plan may cost nothing (a constant FALSE): then there is no factor to give.
  if (small <= 0) return worse ? "worse" : "to 0";
  const double factor = large / small;
  std::string text;
  if (factor < 1.01) {
    text = "~1";
  } else if (factor < 1.1) {
    text = absl::StrFormat("%.2f", factor);
  } else if (factor < 10) {
    text = absl::StrFormat("%.1f", factor);
  } else {
    text = Grouped(absl::StrFormat("%.0f", factor));
  }
  return absl::StrCat(text, worse ? "x worse" : "x");
}

std::string PercentText(double share) {
  const double percent = share * 100;
  if (percent != 0 && std::fabs(percent) < 0.1) return absl::StrFormat("%.2f %%", percent);
  return absl::StrFormat("%.1f %%", percent);
}

std::string CountText(std::int64_t count) {
  return Grouped(absl::StrCat(count));
}

std::string WeightText(double weight) {
  const bool whole = weight == std::floor(weight) || std::fabs(weight) >= 1e6;
  return Grouped(whole ? absl::StrFormat("%.0f", weight) : absl::StrFormat("%.6g", weight));
}

std::string DurationText(double milliseconds) {
  if (!std::isfinite(milliseconds)) return "?";
  if (milliseconds < 0) return absl::StrCat("-", DurationText(-milliseconds));
  constexpr double kSecond = 1000;
  constexpr double kMinute = 60 * kSecond;
  constexpr double kHour = 60 * kMinute;
  constexpr double kDay = 24 * kHour;
  if (milliseconds < 999.5) return absl::StrCat(FormatNumber(milliseconds), " ms");
  if (milliseconds < kMinute - 50) return absl::StrCat(FormatNumber(milliseconds / kSecond), " s");
  const auto two = [&](double large, const char* large_name, double small, const char* small_name) {
    const double units = std::round(milliseconds / small);
    const double per_large = large / small;
    const double rest = std::fmod(units, per_large);
    std::string text = absl::StrCat(WeightText((units - rest) / per_large), " ", large_name);
    if (rest > 0) absl::StrAppend(&text, " ", WeightText(rest), " ", small_name);
    return text;
  };
  if (milliseconds < kHour - kSecond / 2) return two(kMinute, "min", kSecond, "s");
  if (milliseconds < kDay - kMinute / 2) return two(kHour, "h", kMinute, "min");
  return two(kDay, "d", kHour, "h");
}

std::string PagesText(double pages) {
  return ByteText(pages * static_cast<double>(kPageBytes));
}

std::string ByteText(double bytes) {
  constexpr double kMost = 0x1p62;  // far above any disk, and far below the largest Bytes
  return FormatBytes(bytes > 0 ? static_cast<Bytes>(std::min(bytes, kMost)) : 0);
}

std::string Plural(std::int64_t count, const std::string& one, const std::string& many) {
  return absl::StrCat(CountText(count), " ", count == 1 ? one : many);
}

bool IsLoggedTime(std::int64_t time_us) {
  constexpr std::int64_t kDayUs = std::int64_t{86'400} * 1'000'000;
  return time_us > kDayUs;
}

std::string UtcText(std::int64_t time_us) {
  using std::chrono::days;
  constexpr std::int64_t kMostDays = 2'932'896;  // 9999-12-31
  constexpr std::int64_t kLeastDays = -719'162;  // 0001-01-01
  constexpr std::int64_t kDaySeconds = 86'400;
  const std::int64_t seconds = time_us / 1'000'000 - (time_us % 1'000'000 < 0 ? 1 : 0);
  const std::int64_t day = seconds / kDaySeconds - (seconds % kDaySeconds < 0 ? 1 : 0);
  if (day < kLeastDays || day > kMostDays) return "?";
  const std::chrono::year_month_day date{std::chrono::sys_days(days(day))};
  const std::int64_t of_day = seconds - day * kDaySeconds;
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                         static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), of_day / 3600,
                         of_day / 60 % 60, of_day % 60);
}

}  // namespace pgassay::report
