#include "report/times.h"

#include <cmath>
#include <functional>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "report/figures.h"

namespace pgassay::report {
namespace {

constexpr double kMsOfDay = 24.0 * 60 * 60 * 1000;

// Four digits of a modelled time are more than it holds.
double Significant(double value) {
  double rounded = value;
  if (!std::isfinite(value) || !absl::SimpleAtod(absl::StrFormat("%.4g", value), &rounded)) return value;
  return rounded;
}

Json OptionalNumber(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(Significant(*value)) : Json(nullptr);
}

// What all timed templates take: their own time where it was observed.
struct Totals {
  double before_ms = 0;
  double after_ms = 0;
};

Totals TotalsOf(const Advice& advice) {
  std::map<std::string, double> weights;
  for (const Template& of : advice.workload.templates) weights[of.id] = of.weight;
  Totals totals;
  for (const TemplateCost& cost : advice.costs) {
    if (!cost.ms_before || !cost.ms_after) continue;
    totals.before_ms += weights[cost.id] * *cost.ms_before;
    totals.after_ms += weights[cost.id] * *cost.ms_after;
  }
  return totals;
}

}  // namespace

Json OptionalMs(const std::optional<double>& ms) {
  return OptionalNumber(ms);
}

std::string MsChangeText(double before, double after) {
  return absl::StrCat(DurationText(before), " -> ", DurationText(after), " (", FactorText(before, after), ")");
}

std::string TimeGainText(const TimeGain& gain) {
  std::string text = absl::StrCat(DurationText(gain.ms_per_call), " a call (", DurationText(gain.low_ms), " to ",
                                  DurationText(gain.high_ms), ")");
  if (gain.s_per_day) absl::StrAppend(&text, ", ", DurationText(*gain.s_per_day * 1000), " a day");
  if (gain.time_share) absl::StrAppend(&text, ", ", PercentText(*gain.time_share), " of the database's time");
  return text;
}

std::vector<std::string> TimesSentences(const Advice& advice) {
  const TimeReport& times = advice.times;
  if (!times.good) {
    if (times.why_not.empty()) return {};
    return {absl::StrCat("No milliseconds: ", times.why_not, ". Gains are shares of the plans' costs.")};
  }
  std::vector<std::string> sentences;
  const Totals totals = TotalsOf(advice);
  if (totals.before_ms > 0) {
    const double scale = times.days ? 1 / *times.days : 1;
    sentences.push_back(absl::StrCat(MsChangeText(totals.before_ms * scale, totals.after_ms * scale),
                                     times.days ? " a day" : " for all calls", " in the planned statements"));
  }
  std::string error = absl::StrCat("Times of new plans are predicted from ",
                                   Plural(static_cast<std::int64_t>(times.plans), "statement", "statements"));
  if (times.analyzed > 0) absl::StrAppend(&error, ", ", times.analyzed, " of them timed by --analyze");
  if (times.measured > 0) absl::StrAppend(&error, ", with ", times.measured, " times from benches");
  absl::StrAppend(&error, "; of statements left out, half are predicted within ", PercentText(*times.median_error),
                  ", three quarters within ", PercentText(*times.upper_error), ".");
  sentences.push_back(std::move(error));
  if (times.cached_share) {
    sentences.push_back(absl::StrCat(PercentText(*times.cached_share), " of the blocks were cached."));
  }
  return sentences;
}

Json TimesJson(const TimeReport& times) {
  return Json{{"good", times.good},
              {"why_not", times.why_not.empty() ? Json(nullptr) : Json(times.why_not)},
              {"plans", times.plans},
              {"analyzed", times.analyzed},
              {"measured", times.measured},
              {"median_error", OptionalNumber(times.median_error)},
              {"upper_error", OptionalNumber(times.upper_error)},
              {"low_factor", Significant(times.low_factor)},
              {"high_factor", Significant(times.high_factor)},
              {"cached_share", OptionalNumber(times.cached_share)},
              {"days", OptionalNumber(times.days)}};
}

void AddTimeGain(const std::optional<TimeGain>& gain, Json& json) {
  const auto number = [&](auto member) { return gain ? OptionalNumber(std::invoke(member, *gain)) : Json(nullptr); };
  json["ms_per_call"] = number(&TimeGain::ms_per_call);
  json["ms_low"] = number(&TimeGain::low_ms);
  json["ms_high"] = number(&TimeGain::high_ms);
  json["seconds_per_day"] = number(&TimeGain::s_per_day);
  json["time_share"] = number(&TimeGain::time_share);
}

}  // namespace pgassay::report
