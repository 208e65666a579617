#pragma once

// Costs, shares and factors as people and programs read them.

#include <cstdint>
#include <string>

#include "pgassay/units.h"

namespace pgassay::report {

// A cost with the two decimals that EXPLAIN prints: the same digits as on the server.
double RoundCost(Cost cost);

// A share with six decimals: more would be noise of the last digits of costs.
double RoundShare(double share);

// "1,234,567.89"
std::string CostText(Cost cost);

// How many times cheaper: "120x", "3.4x", "same", or "1.5x worse".
std::string FactorText(Cost before, Cost after);

// 0.1234 -> "12.3 %"
std::string PercentText(double share);

// 1234567 -> "1,234,567"
std::string CountText(std::int64_t count);

// A weight: whole numbers with thousands separated, others with up to six significant digits.
std::string WeightText(double weight);

// A time in milliseconds for people: "0.012 ms", "12.3 ms", "4.56 s", "3 min 20 s", "2 h 5 min", "3 d 4 h"; "?" where
// it is no number.
std::string DurationText(double milliseconds);

// Pages of kPageBytes as a size: "1.2 MB". Counters of a file may be anything: negative ones count as none, huge ones
// stay within what a size can be.
std::string PagesText(double pages);

// A number of bytes that is kept as a floating-point number, in the same manner.
std::string ByteText(double bytes);

// Microseconds since 1970 UTC: "2026-11-26T07:35:31Z"; "?" where that is no time of the years 1 to 9999.
std::string UtcText(std::int64_t time_us);
// False: of a log without times, where everything is at about 0.
bool IsLoggedTime(std::int64_t time_us);

// "1 index", "3 indexes"
std::string Plural(std::int64_t count, const std::string& one, const std::string& many);

}  // namespace pgassay::report
