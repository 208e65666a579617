#include "sql/listed_values.h"

#include <gtest/gtest.h>

namespace pgassay::sql {
namespace {

TEST(CountListedValues, CountsListsAsTheServerPrintsThem) {
  EXPECT_EQ(CountListedValues("CHECK ((plan = ANY (ARRAY['small'::text, 'medium'::text, 'large'::text])))"), 3U);
  EXPECT_EQ(CountListedValues("CHECK (((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])"
                              "::text[]))) NOT VALID"),
            2U);
  EXPECT_EQ(CountListedValues("CHECK ((\"Grade\" = ANY (ARRAY[1, 2, 3, 4])))"), 4U);
}

TEST(CountListedValues, NothingFromOtherConstraints) {
  EXPECT_EQ(CountListedValues("CHECK ((amount > 0))"), std::nullopt);
  EXPECT_EQ(CountListedValues("CHECK ((plan <> ALL (ARRAY['a'::text, 'b'::text])))"), std::nullopt);
  EXPECT_EQ(CountListedValues("CHECK ((plan > ANY (ARRAY['a'::text, 'b'::text])))"), std::nullopt);
  EXPECT_EQ(CountListedValues("CHECK ((lower(plan) = ANY (ARRAY['a'::text, 'b'::text])))"), std::nullopt);
  EXPECT_EQ(CountListedValues("CHECK (((plan = ANY (ARRAY['a'::text])) OR (size = 0)))"), std::nullopt);
  EXPECT_EQ(CountListedValues("FOREIGN KEY (a) REFERENCES b(id)"), std::nullopt);
  EXPECT_EQ(CountListedValues("CHECK (a); DROP TABLE t"), std::nullopt);
  EXPECT_EQ(CountListedValues("CHECK (("), std::nullopt);
  EXPECT_EQ(CountListedValues(""), std::nullopt);
}

}  // namespace
}  // namespace pgassay::sql
