#include "workload/value_json.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace pgassay::workload {
namespace {

TEST(JsonPart, PlainMembersFirst) {
  EXPECT_EQ(JsonPart(R"({"a": {"b": 1}, "c": 1, "d": "x", "e": 2})"), R"({"c":1,"d":"x"})");
  EXPECT_EQ(JsonPart(R"({"a": {"b": 1}, "c": [1]})"), R"({"a":{},"c":[]})");
  EXPECT_EQ(JsonPart(R"([{"a": 1}, 2])"), "[{}]");
  EXPECT_EQ(JsonPart("3"), "{}");
  EXPECT_EQ(JsonPart("{broken"), "{}");
  EXPECT_EQ(JsonPart("{\"a\": \"\xFF\"}"), "{}");
  EXPECT_EQ(JsonPart(std::string(50'000, '[') + std::string(50'000, ']')), "[[]]");
}

TEST(JsonKey, OfTheTopLevel) {
  EXPECT_EQ(JsonKey(R"({"a b": 1})"), "a b");
  EXPECT_EQ(JsonKey(R"([1, "x"])"), "x");
  EXPECT_EQ(JsonKey("{}"), std::nullopt);
  EXPECT_EQ(JsonKey("broken"), std::nullopt);
}

TEST(JsonMember, FollowsTheChain) {
  const std::string document = R"({"a": {"b": "x", "n": 5}, "it's": true, "z": null})";
  EXPECT_EQ(JsonMember("(($0 -> 'a'::text) ->> 'b'::text)", document), "x");
  EXPECT_EQ(JsonMember("($0 #>> '{a,n}'::text[])", document), "5");
  EXPECT_EQ(JsonMember("($0 ->> 'it''s'::text)", document), "true");
  EXPECT_EQ(JsonMember("($0 ->> 'z'::text)", document), std::nullopt);
  EXPECT_EQ(JsonMember("($0 ->> 'missing'::text)", document), std::nullopt);
  EXPECT_EQ(JsonMember("($0 ->> $1)", document), std::nullopt);
  EXPECT_EQ(JsonMember("lower(($0 ->> 'a'::text))", document), std::nullopt);
  EXPECT_EQ(JsonMember("$0", document), std::nullopt);
  EXPECT_EQ(JsonMember("($0 ->> 'a'", "broken"), std::nullopt);
}

}  // namespace
}  // namespace pgassay::workload
