#include "whatif/remainder.h"

// The idea: between two histogram bounds lie as many rows as between any other two, so the values there are the less
// frequent the farther apart the bounds are. How many of the possible values exist is one unknown factor for all of
// them. It follows from asking for which factor ANALYZE would report the number of distinct values that it did report:
// its estimator is much too low where a few common values hold most rows (9 rows of 10 empty, the others all different:
// 3,303 for 10,079), and by a fifth for five rows a value; this takes both errors out as far as values that are near
// each other are alike.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>

namespace pgassay::whatif {
namespace {

// What ANALYZE would report (the Haas and Stokes estimator of src/backend/commands/analyze.c, compute_scalar_stats) if
// values have Poisson-many rows.
double ReportedDistinct(const SampleFacts& facts, std::span<const RemainderClass> classes) {
  const double sampled = facts.rows * facts.fraction;
  double distinct = facts.common;
  double once = 0;
  for (const RemainderClass& of : classes) {
    const double rows = of.share * facts.rest;
    distinct -= rows * facts.rows / of.rate * std::expm1(-facts.fraction * of.rate);
    once += rows * sampled * std::exp(-facts.fraction * of.rate);
  }
  return sampled * distinct / (sampled - once + once * facts.fraction);
}

// Classes of which the one of the narrowest range has `densest` rows a value. A range that holds no value but its
// bounds is one value.
std::vector<RemainderClass> ClassesOf(const SampleFacts& facts, std::span<const double> ranges, double densest) {
  std::vector<RemainderClass> classes;
  const double narrowest = *std::ranges::min_element(ranges);
  const double share = 1 / static_cast<double>(ranges.size());
  const double most = std::max(1e-6, share * facts.rest * facts.rows);
  for (const double range : ranges) {
    classes.push_back({.share = share, .rate = std::clamp(densest * narrowest / range, 1e-6, most)});
  }
  return classes;
}

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Seconds of "2026-06-30" or "2026-06-30 12:00:00.5+02"; the zone is the same for all bounds, or nearly so.
std::optional<double> ParseTime(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = ParseNumber(text.substr(0, 4));
  const auto month = ParseNumber(text.substr(5, 2));
  const auto day = ParseNumber(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  double seconds = 86400.0 * static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
  if (text.size() == 10) return seconds;
  if (text.size() < 19 || text[13] != ':' || text[16] != ':') return std::nullopt;
  const auto hour = ParseNumber(text.substr(11, 2));
  const auto minute = ParseNumber(text.substr(14, 2));
  const std::string_view rest = text.substr(17);
  const auto second = ParseNumber(rest.substr(0, rest.find_first_not_of("0123456789.")));
  if (!hour || !minute || !second) return std::nullopt;
  return seconds + 3600 * *hour + 60 * *minute + *second;
}

}  // namespace

std::vector<RemainderClass> RemainderClasses(const SampleFacts& facts, std::span<const double> ranges) {
  // Values of which every one was seen are known exactly; a single one is left at least.
  if (facts.distinct <= facts.common + 1) return {{.share = 1, .rate = facts.rest * facts.rows}};
  constexpr double kOne = 1;
  if (ranges.empty()) ranges = {&kOne, 1};
  double low = 1e-6;  // nearly every value occurs once
  double high = facts.rest * facts.rows;
  if (ReportedDistinct(facts, ClassesOf(facts, ranges, low)) <= facts.distinct) return {{.share = 1, .rate = 0}};
  for (int i = 0; i < 60 && high > low * (1 + 1e-6); ++i) {
    const double middle = std::sqrt(low * high);
    (ReportedDistinct(facts, ClassesOf(facts, ranges, middle)) > facts.distinct ? low : high) = middle;
  }
  return ClassesOf(facts, ranges, high);
}

std::vector<double> BoundRanges(std::span<const std::string_view> bounds) {
  std::vector<double> places;
  for (const std::string_view bound : bounds) {
    std::optional<double> place = ParseNumber(bound);
    if (!place) place = ParseTime(bound);
    if (!place || (!places.empty() && *place < places.back())) return {};
    places.push_back(*place);
  }
  std::vector<double> ranges;
  for (std::size_t i = 1; i < places.size(); ++i) ranges.push_back(places[i] - places[i - 1]);
  // Two bounds that are equal hold one value.
  double narrowest = 0;
  for (const double range : ranges) {
    if (range > 0 && (narrowest == 0 || range < narrowest)) narrowest = range;
  }
  if (narrowest == 0) return {};
  for (double& range : ranges) range = std::max(range, narrowest / 2);
  return ranges;
}

}  // namespace pgassay::whatif
