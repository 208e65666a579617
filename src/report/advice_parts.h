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

// Whether it takes an existing index away.
bool IsDrop(const Recommendation& item);

// Gain, size, writes and reasons of one recommendation. `costs`: the gain in cost units too, where it is known as time.
Facts RecommendationFacts(const Recommendation& item, const Statements& statements, bool costs = true);

// The steps of `ddl` that change something; unless `all`, the first few, and how many more there are and `where`.
void AddSteps(std::vector<Fact>& facts, const std::vector<DdlStep>& ddl, bool all, std::string_view where);

// "12.3 MB predicted, one index for each of 12 tables".
std::string SizeText(const Recommendation& item);

// Rejections by their reasons.
Groups RejectedGroups(const std::vector<Rejection>& rejected, const Statements& statements, std::size_t max_lines,
                      bool verbose);

}  // namespace pgassay::report
