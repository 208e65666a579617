#pragma once

// A selection as advice: recommendations with their DDL, gains and reasons, and rejections with theirs.

#include <set>
#include <string>

#include "advisor/run.h"
#include "catalog/candidate.h"
#include "pgassay/advice.h"
#include "pgassay/snapshot.h"
#include "twin/twin.h"

namespace pgassay::advisor {

// Bytes of all indexes of a candidate.
Bytes TotalBytes(const twin::CandidateParts& parts);

// The stable id of a recommendation.
std::string RecommendationId(const std::string& kind, const std::string& definition);

// The index of a candidate as a recommendation, without gains: names, DDL, sizes, price in writes, reasons. `taken`
// holds the names given so far ("schema.name") and gets the new ones.
Recommendation DescribeIndex(const Run& run, const catalog::Candidate& candidate, const twin::CandidateParts& parts,
                             const Snapshot& snapshot, std::set<std::string>& taken);

// `options` are those of the run.
Advice MakeAdvice(const Run& run, const Snapshot& snapshot, const AdviseOptions& options);

}  // namespace pgassay::advisor
