#pragma once

// Pieces of advice that its own document and that of an explanation share.

#include <cstddef>
#include <string_view>
#include <vector>

#include "pgassay/advice.h"
#include "report/document.h"
#include "report/statements.h"

namespace pgassay::report {

inline constexpr std::string_view kNoLock = "none";  // DdlStep::lock of a query

// Gain, size, writes and reasons of one recommendation.
Facts RecommendationFacts(const Recommendation& item, const Statements& statements);

// "12.3 MB predicted, one index for each of 12 partitions".
std::string SizeText(const Recommendation& item);

// Rejections by their reasons.
Groups RejectedGroups(const std::vector<Rejection>& rejected, const Statements& statements, std::size_t max_lines,
                      bool verbose);

}  // namespace pgassay::report
