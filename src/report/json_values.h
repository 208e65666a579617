#pragma once

// Pieces that all JSON documents share.

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "pgassay/workload.h"
#include "report/statements.h"

namespace pgassay::report {

using Json = nlohmann::ordered_json;

// Incremented when a field changes its meaning or goes away; new fields do not count.
inline constexpr int kJsonSchemaVersion = 1;

Json CostJson(Cost cost);  // two decimals; null where the cost is unknown (negative) or not finite
Json DatabaseJson(const Snapshot& snapshot);
// `planned` are the ids of the templates that could be planned.
Json WorkloadJson(const Workload& workload, const std::set<std::string>& planned, const Statements& statements);
// What is not analysed, with its reasons.
Json SkippedJson(const Workload& workload, const Statements& statements);
// What the server counted for a statement: calls, total_ms, mean_ms, ... in the order of the contract.
Json CountersJson(const StatementCounters& counters);
// Milliseconds with three decimals; null where they are no number.
Json MillisecondsJson(double milliseconds);
// Query ids as text: programs that keep numbers as floating point would round them.
Json QueryIdsJson(const Template& statement);
// What a template is, without its costs.
Json TemplateJson(const Template& statement, const Statements& statements);
Json SentencesJson(const std::vector<std::string>& sentences, const Statements& statements);

// The document with a line feed at its end. Invalid UTF-8 becomes U+FFFD; control and direction-changing characters are
// escaped.
std::string Serialized(const Json& document);

}  // namespace pgassay::report
