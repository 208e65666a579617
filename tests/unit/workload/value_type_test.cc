#include "workload/value_type.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace pgassay::workload {
namespace {

std::optional<std::string> FittedTo(std::string_view value, std::string_view type) {
  return Fitted(value, type, TypeNamed(type));
}

TEST(WithoutModifiers, LeavesTheType) {
  EXPECT_EQ(WithoutModifiers("numeric(10,2)"), "numeric");
  EXPECT_EQ(WithoutModifiers("timestamp(3) with time zone"), "timestamp with time zone");
  EXPECT_EQ(WithoutModifiers("character varying(20)[]"), "character varying[]");
  EXPECT_EQ(WithoutModifiers("\"odd(1)\""), "\"odd(1)\"");
  EXPECT_EQ(WithoutModifiers("broken("), "broken(");
  EXPECT_EQ(WithoutModifiers("\"bit\""), "bit");
  EXPECT_EQ(WithoutModifiers("\"char\""), "\"char\"");
}

TEST(TypedLiteral, KeepsLengthAndQuotes) {
  EXPECT_EQ(TypedLiteral("it's", "text"), "'it''s'::text");
  EXPECT_EQ(TypedLiteral("a\\b\n", "text"), "E'a\\\\b\n'::text");
  EXPECT_EQ(TypedLiteral("abc", "character"), "'abc'::bpchar");
  EXPECT_EQ(TypedLiteral("{abc}", "character[]"), "'{abc}'::bpchar[]");
  EXPECT_EQ(TypedLiteral("101", "bit"), "'101'::\"bit\"");
  EXPECT_EQ(TypedLiteral("x", "anyelement"), "'x'::text");
  EXPECT_EQ(TypedLiteral("x", ""), "'x'::text");
}

TEST(PlainLiteral, NumbersAsApplicationsWriteThem) {
  EXPECT_EQ(PlainLiteral("42", TypeNamed("bigint")), "42");
  EXPECT_EQ(PlainLiteral("-5", TypeNamed("integer")), "(-5)");
  EXPECT_EQ(PlainLiteral("1.50", TypeNamed("numeric(10,2)")), "1.50");
  EXPECT_EQ(PlainLiteral("NaN", TypeNamed("numeric")), "'NaN'::numeric");
  EXPECT_EQ(PlainLiteral("1.5", TypeNamed("double precision")), "'1.5'::double precision");
  EXPECT_EQ(PlainLiteral("1.", TypeNamed("numeric")), "'1.'::numeric");
}

TEST(ArrayText, QuotesWhereArrayInNeedsIt) {
  const std::vector<std::string> elements = {"1", "a b", "NULL", "", "q\"\\", "{x}", "a,b"};
  EXPECT_EQ(ArrayText(elements, TypeNamed("text")), "{1,\"a b\",\"NULL\",\"\",\"q\\\"\\\\\",\"{x}\",\"a,b\"}");
  const std::vector<std::string> boxes = {"(1,1),(0,0)", "(2,2),(0,0)"};
  EXPECT_EQ(ArrayText(boxes, TypeNamed("box")), "{(1,1),(0,0);(2,2),(0,0)}");
}

TEST(Fitted, Numbers) {
  EXPECT_EQ(FittedTo("42", "integer"), "42");
  EXPECT_EQ(FittedTo("-32768", "smallint"), "-32768");
  EXPECT_EQ(FittedTo("40000", "smallint"), std::nullopt);
  EXPECT_EQ(FittedTo("3000000000", "integer"), std::nullopt);
  EXPECT_EQ(FittedTo("9223372036854775807", "bigint"), "9223372036854775807");
  EXPECT_EQ(FittedTo("9223372036854775808", "bigint"), std::nullopt);
  EXPECT_EQ(FittedTo("12.50", "integer"), "13");
  EXPECT_EQ(FittedTo("NaN", "numeric"), "NaN");
  EXPECT_EQ(FittedTo("1); DROP", "numeric"), std::nullopt);
  EXPECT_EQ(FittedTo("", "integer"), std::nullopt);
}

TEST(Fitted, OtherTypes) {
  EXPECT_EQ(FittedTo("t", "boolean"), "true");
  EXPECT_EQ(FittedTo("maybe", "boolean"), std::nullopt);
  EXPECT_EQ(FittedTo("2024-01-05 10:00:00+00", "date"), "2024-01-05");
  EXPECT_EQ(FittedTo("infinity", "date"), "infinity");
  EXPECT_EQ(FittedTo("0044-03-15 BC", "date"), "0044-03-15 BC");
  EXPECT_EQ(FittedTo("yesterday", "date"), std::nullopt);
  EXPECT_EQ(FittedTo("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(FittedTo("a0eebc99", "uuid"), std::nullopt);
  EXPECT_EQ(FittedTo("{\"a\": 1}", "jsonb"), "{\"a\": 1}");
  EXPECT_EQ(FittedTo("{a}", "jsonb"), std::nullopt);
  EXPECT_EQ(FittedTo("10.0.0.1", "inet"), "10.0.0.1");
  EXPECT_EQ(Fitted("10.0.0.1", "text", TypeNamed("inet")), std::nullopt);
  EXPECT_EQ(FittedTo(std::string("a\0b", 3), "text"), std::nullopt);
  EXPECT_EQ(FittedTo(std::string(100'000, 'a'), "text"), std::nullopt);
}

TEST(TypicalValue, AscendsAndFollowsTheClock) {
  const absl::Time now = absl::FromUnixSeconds(1'717'200'000);  // 2024-06-01
  EXPECT_EQ(TypicalValue(TypeNamed("integer"), now, 0), "1");
  EXPECT_EQ(TypicalValue(TypeNamed("integer"), now, 1), "10");
  EXPECT_EQ(TypicalValue(TypeNamed("date"), now, 0), "2024-05-31");
  EXPECT_EQ(TypicalValue(TypeNamed("timestamp with time zone"), now, 1), "2024-06-01 00:00:00");
  EXPECT_EQ(TypicalValue(TypeNamed("integer[]"), now, 0), "{1}");
  EXPECT_EQ(TypicalValue(TypeNamed("shop.thing[]"), now, 0), "{}");
  EXPECT_EQ(TypicalValue(TypeNamed("public.citext"), now, 0), "a");
  EXPECT_EQ(TypicalValue(TypeNamed("daterange"), now, 0), "[2024-05-30,2024-05-31)");
  EXPECT_EQ(TypicalValue(TypeNamed("tsmultirange"), now, 0), "{[\"2024-05-30 00:00:00\",\"2024-05-31 00:00:00\")}");
  catalog::Parameter parameter;
  parameter.type = "shop.span";
  parameter.category = 'R';
  EXPECT_EQ(TypicalValue(TypeOf(parameter), now, 0), "empty");
  parameter.type = "shop.status[]";
  parameter.category = 'A';
  parameter.enum_labels = {"open now", "closed"};
  EXPECT_EQ(TypicalValue(TypeOf(parameter), now, 0), "{\"open now\"}");
}

}  // namespace
}  // namespace pgassay::workload
