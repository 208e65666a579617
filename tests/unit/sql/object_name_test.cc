#include "sql/object_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgassay::sql {
namespace {

ObjectName Parsed(std::string_view text) {
  const auto name = ParseObjectName(text);
  EXPECT_TRUE(name.ok()) << name.status();
  return name.ok() ? *name : ObjectName();
}

TEST(ParseObjectName, FollowsTheRulesOfIdentifiers) {
  EXPECT_EQ(Parsed("orders"), (ObjectName{{"", "orders"}, {}}));
  EXPECT_EQ(Parsed(" Shop . Orders_2$ "), (ObjectName{{"shop", "orders_2$"}, {}}));
  EXPECT_EQ(Parsed("\"Shop\".\"Order \"\"lines\"\"\""), (ObjectName{{"Shop", "Order \"lines\""}, {}}));
  EXPECT_EQ(Parsed("größe"), (ObjectName{{"", "größe"}, {}}));
  EXPECT_EQ(Parsed("\"a.b(c)\""), (ObjectName{{"", "a.b(c)"}, {}}));
}

TEST(ParseObjectName, TakesColumns) {
  EXPECT_EQ(Parsed("shop.orders(note)"), (ObjectName{{"shop", "orders"}, {"note"}}));
  EXPECT_EQ(Parsed("orders ( Note , \"two, (words)\" )"), (ObjectName{{"", "orders"}, {"note", "two, (words)"}}));
}

TEST(ParseObjectName, RefusesEverythingElse) {
  for (const std::string_view text : {"", " ", "a.b.c", "a b", "a(", "a()", "a(b", "a(b,)", "a(b) c", "1a", "\"\"",
                                      "\"a", "a.", ".a", "a;b", "a(b))", "a(lower(b))", "'a'"}) {
    const auto name = ParseObjectName(text);
    EXPECT_EQ(name.status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(std::string(ParseObjectName("a\033[31m b").status().message()).find('\033'), std::string::npos);
}

}  // namespace
}  // namespace pgassay::sql
