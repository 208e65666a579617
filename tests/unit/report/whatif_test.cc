#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "report/render.h"
#include "unit/report/sample_advice.h"

namespace pgassay::report {
namespace {

using nlohmann::json;

TEST(WhatifJson, HasEverySetWithItsCosts) {
  const json document = json::parse(WhatifJson(SampleWhatif(), SampleSnapshot(), {}));
  EXPECT_EQ(document["cost_before"], 10000.25);
  const json& set = document["sets"][0];
  EXPECT_EQ(set["name"], "small");
  EXPECT_EQ(set["cost_after"], 1076.3);
  EXPECT_EQ(set["size_bytes"], 1048576 - 8192) << "dropped indexes count back";
  EXPECT_EQ(set["indexes"][1]["change"], "drop");
  EXPECT_EQ(set["indexes"][0]["size_rests_on_estimate"], true);
  EXPECT_EQ(set["templates"][0]["used"][0], "shop.orders (customer_id)");
  EXPECT_EQ(document["workload"]["planned"], 2);
}

TEST(WhatifText, ListsWhatChangesAndCountsTheRest) {
  const std::string text = WhatifText(SampleWhatif(), SampleSnapshot(), {});
  EXPECT_TRUE(Has(text, "as it is"));
  EXPECT_TRUE(Has(text, "(guess)"));
  EXPECT_TRUE(Has(text, "1,076.30"));
  EXPECT_TRUE(Has(text, "118x"));
  EXPECT_TRUE(Has(text, "1 query costs the same"));
  EXPECT_TRUE(Has(WhatifText(SampleWhatif(), SampleSnapshot(), {.verbose = true}), "b0000000"));
  EXPECT_FALSE(HasControlCharacters(text));
}

TEST(WhatifText, AnIndexThatNoPlanUsesIsNamed) {
  WhatifResult result = SampleWhatif();
  result.sets[0].indexes[0].used = false;
  EXPECT_TRUE(Has(WhatifText(result, SampleSnapshot(), {}), "not used by any plan"));
}

}  // namespace
}  // namespace pgassay::report
