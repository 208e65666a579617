#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "sql/plannable.h"

namespace pgassay::sql {
namespace {

using Values = std::vector<std::optional<std::string>>;

TEST(Parameterize, TakesConstantsOutAsValues) {
  const auto call = Parameterize(
      "SELECT 'it''s', E'a\\tb\\'', $q$x'y$q$, -5, 1.5e3, NULL, true FROM t /* 'no' */ WHERE a = ANY ('{1,2}');");
  ASSERT_TRUE(call.ok()) << call.status();
  EXPECT_EQ(call->values, (Values{"it's", "a\tb'", "x'y", "-5", "1.5e3", std::nullopt, "t", "{1,2}"}));
  EXPECT_NE(call->text.find("a = ANY ($8)"), std::string::npos) << call->text;
}

TEST(Parameterize, TextIsParsable) {
  const auto call = Parameterize("SELECT date '2024-01-31', interval '1' day FROM t WHERE b IS NULL");
  ASSERT_TRUE(call.ok()) << call.status();
  EXPECT_EQ(call->values, (Values{"2024-01-31", "1"}));
  EXPECT_EQ(call->text, "SELECT CAST($1 AS date), CAST($2 AS interval day) FROM t WHERE b IS NULL");
}

TEST(Parameterize, SaysWhenItCannot) {
  EXPECT_FALSE(Parameterize("SELECT $1").ok());
  EXPECT_FALSE(Parameterize("SELECT U&'d!0061t' UESCAPE '!'").ok());
  EXPECT_FALSE(Parameterize("SELECT 1; SELECT 2").ok());
  EXPECT_TRUE(Parameterize("SELECT a FROM t")->values.empty());
}

}  // namespace
}  // namespace pgassay::sql
