#pragma once

// Pieces that all JSON documents share.

#include <cstddef>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "pgassay/advice.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "report/statements.h"

namespace pgassay::report {

using Json = nlohmann::ordered_json;

// Incremented when a field changes its meaning or goes away; new fields do not count.
inline constexpr int kJsonSchemaVersion = 1;

Json CostJson(Cost cost);  // two decimals; null where the cost is unknown (negative) or not finite
Json DatabaseJson(const Snapshot& snapshot);
Json WorkloadJson(const Workload& workload, std::size_t planned, const Statements& statements);
// What a template is, without its costs.
Json TemplateJson(const Template& statement);
Json SentencesJson(const std::vector<std::string>& sentences, const Statements& statements);

// The document with a line feed at its end. Invalid UTF-8 becomes U+FFFD; control and direction-changing characters are
// escaped.
std::string Serialized(const Json& document);

}  // namespace pgassay::report
