#pragma once

// Gains as time, and how far the times can be trusted.

#include <optional>
#include <string>
#include <vector>

#include "pgassay/advice.h"
#include "report/json_values.h"

namespace pgassay::report {

// "6.7 ms a call (5.9 ms to 6.8 ms), 37 min a day, 14.2 % of the database's time".
std::string TimeGainText(const TimeGain& gain);

// "6.74 ms -> 0.05 ms (135x)".
std::string MsChangeText(double before, double after);

// Sentences on the whole: time before and after, and the error of the model, or why there are no times.
std::vector<std::string> TimesSentences(const Advice& advice);

Json TimesJson(const TimeReport& times);

// Members of Recommendation's gain in JSON that are times; null where there are none.
void AddTimeGain(const std::optional<TimeGain>& gain, Json& json);

// Milliseconds with four significant digits; null: none.
Json OptionalMs(const std::optional<double>& ms);

}  // namespace pgassay::report
