#include "cli/suggest.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace pgassay::cli {
namespace {

const std::vector<std::string> kWords = {"capture", "advise", "whatif", "--budget", "--jobs"};

TEST(DidYouMean, FindsTheNearestWord) {
  EXPECT_EQ(DidYouMean("advice", kWords), "; did you mean advise?");
  EXPECT_EQ(DidYouMean("captrue", kWords), "; did you mean capture?");
  EXPECT_EQ(DidYouMean("what", kWords), "; did you mean whatif?");
  EXPECT_EQ(DidYouMean("--bugdet", kWords), "; did you mean --budget?");
  EXPECT_EQ(DidYouMean("--job", kWords), "; did you mean --jobs?");
}

TEST(DidYouMean, StaysSilentWhereNothingIsNear) {
  EXPECT_EQ(DidYouMean("frobnicate", kWords), "");
  EXPECT_EQ(DidYouMean("", kWords), "");
  EXPECT_EQ(DidYouMean(std::string(100000, 'x'), kWords), "");
}

}  // namespace
}  // namespace pgassay::cli
