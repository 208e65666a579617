#pragma once

// Pieces of advice as JSON that an explanation has as well.

#include "pgassay/advice.h"
#include "report/json_values.h"
#include "report/statements.h"

namespace pgassay::report {

Json RecommendationJson(const Recommendation& recommendation, const Statements& statements);
Json RejectionJson(const Rejection& rejection, const Statements& statements);

}  // namespace pgassay::report
