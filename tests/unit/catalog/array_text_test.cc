#include "catalog/array_text.h"

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace pgassay::catalog {
namespace {

using Elements = std::vector<std::optional<std::string>>;

TEST(ParseArrayTextTest, ReadsWhatArrayOutWrites) {
  EXPECT_EQ(*ParseArrayText("{}"), Elements{});
  EXPECT_EQ(*ParseArrayText("{1}"), Elements({"1"}));
  EXPECT_EQ(*ParseArrayText("{1,-2.5,1e+10}"), Elements({"1", "-2.5", "1e+10"}));
  EXPECT_EQ(*ParseArrayText(R"({1,"a,b",NULL})"), Elements({"1", "a,b", std::nullopt}));
  EXPECT_EQ(*ParseArrayText(R"({"","NULL","null"})"), Elements({"", "NULL", "null"}));
  EXPECT_EQ(*ParseArrayText(R"({"a\"b","a\\b","{}"," x "})"), Elements({"a\"b", "a\\b", "{}", " x "}));
  EXPECT_EQ(*ParseArrayText("{größe,\"a\nb\"}"), Elements({"größe", "a\nb"}));
  EXPECT_EQ(*ParseArrayText("{2020-01-01,NULLS,nul}"), Elements({"2020-01-01", "NULLS", "nul"}));
}

TEST(ParseArrayTextTest, AcceptsBounds) {
  EXPECT_EQ(*ParseArrayText("[0:1]={1,2}"), Elements({"1", "2"}));
  EXPECT_EQ(*ParseArrayText("[-5:-4]={1,2}"), Elements({"1", "2"}));
}

TEST(ParseArrayTextTest, UsesTheTypesDelimiter) {
  EXPECT_EQ(*ParseArrayText("{(1,2),(0,0);(3,4),(1,1)}", ';'), Elements({"(1,2),(0,0)", "(3,4),(1,1)"}));
}

TEST(ParseArrayTextTest, RefusesEverythingElse) {
  for (const char* text : {"",           "1",        "{",
                           "}",          "{1",       "{1,",
                           "{1,}",       "{,1}",     "{,}",
                           "{1}x",       "{1}}",     "{{1},{2}}",
                           "{a b}",      "{a\"b\"}", "{\"a\"b}",
                           "{\"a",       "{\"a\\",   "{\"a\\\"",
                           "{a\\,b}",    "{ 1}",     "{1 }",
                           "[",          "[1]={1}",  "[1:]={1}",
                           "[1:2]{1,2}", "[:2]={1}", "[1:1][1:1]={{1}}",
                           "[a:b]={1}",  "{1;2;}}"}) {
    const auto parsed = ParseArrayText(text);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(ParseArrayTextTest, SaysWhere) {
  EXPECT_EQ(ParseArrayText("{a,b c}").status().message(),
            "malformed array text at byte 4: an element that should be in quotes");
  EXPECT_EQ(ParseArrayText("{{1}}").status().message(), "malformed array text at byte 1: more than one dimension");
}

TEST(ParseArrayTextTest, TakesEveryShortText) {
  // Every text of up to five characters out of the ones that mean something: no crash, no endless loop, and what is
  // accepted can be written again.
  const std::string alphabet = "{},\"\\a N[:]=1";
  std::size_t accepted = 0;
  for (std::size_t length = 0; length <= 5; ++length) {
    std::size_t count = 1;
    for (std::size_t i = 0; i < length; ++i) count *= alphabet.size();
    for (std::size_t number = 0; number < count; ++number) {
      std::string text;
      for (std::size_t i = 0, rest = number; i < length; ++i, rest /= alphabet.size())
        text += alphabet[rest % alphabet.size()];
      accepted += ParseArrayText(text).ok() ? 1 : 0;
    }
  }
  EXPECT_GT(accepted, 50U);
}

TEST(ParseArrayTextTest, IsLinear) {
  std::string text = "{x";
  for (int i = 0; i < 200000; ++i) text += ",\"\\\"\"";
  text += "}";
  EXPECT_EQ(ParseArrayText(text)->size(), 200001U);
}

TEST(ParseNumberArrayTextTest, ReadsFiniteNumbers) {
  EXPECT_EQ(*ParseNumberArrayText("{0.5,0.25,-1,1e-05}"), std::vector<double>({0.5, 0.25, -1, 1e-05}));
  EXPECT_EQ(*ParseNumberArrayText("{}"), std::vector<double>());
  for (const char* text : {"{a}", "{NULL}", "{NaN}", "{Infinity}", "{1x}", "{\"\"}", "{1e999}", "{0x10}", "1"}) {
    EXPECT_EQ(ParseNumberArrayText(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace pgassay::catalog
