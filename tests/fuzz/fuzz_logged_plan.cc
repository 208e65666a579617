// Any bytes as a plan of auto_explain.

#include <cstdint>
#include <string_view>

#include "ingest/logged_plan.h"
#include "log_oracles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ingest = pgassay::ingest;
  using pgassay::fuzz::Require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ingest::LoggedPlan plan = ingest::ReadPlan(text);
  Require(plan.rows >= 0 && plan.rows <= ingest::kMostPlanRows, "rows are in their range");
  Require(plan.worst_misestimate >= 0 && plan.worst_misestimate <= ingest::kMostMisestimate, "misestimates are in their range");
  Require(plan.analyzed || plan.rows == 0, "rows come from analyzed plans");
  // Where tags are missing, one may be read as a part of the other.
  Require(plan.query.size() <= text.size() && plan.parameters.size() <= text.size(), "texts are taken from the plan");
  Require(ingest::ReadPlan(text) == plan, "a plan says the same again");
  return 0;
}
