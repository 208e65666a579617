#include "base/text.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace pgassay {
namespace {

using namespace std::string_literals;

TEST(QuoteIdentifierTest, LeavesPlainWordsAlone) {
  for (const char* name : {"orders", "_x", "a1", "order_id", "name", "value", "text", "year", "comment"}) {
    EXPECT_EQ(QuoteIdentifier(name), name);
  }
}

TEST(QuoteIdentifierTest, QuotesWhatTheLexerWouldReadDifferently) {
  EXPECT_EQ(QuoteIdentifier(""), R"("")");
  EXPECT_EQ(QuoteIdentifier("Orders"), R"("Orders")");
  EXPECT_EQ(QuoteIdentifier("1a"), R"("1a")");
  EXPECT_EQ(QuoteIdentifier("a$"), R"("a$")");
  EXPECT_EQ(QuoteIdentifier("a b"), R"("a b")");
  EXPECT_EQ(QuoteIdentifier("größe"), R"("größe")");
  EXPECT_EQ(QuoteIdentifier(R"(a"b)"), R"("a""b")");
  EXPECT_EQ(QuoteIdentifier(R"(";drop table x;--)"), R"(""";drop table x;--")");
}

TEST(QuoteIdentifierTest, QuotesEveryKindOfKeywordButUnreserved) {
  for (const char* name : {"select", "user", "zone_is_not_one", "table", "order", "all"}) {  // reserved
    EXPECT_EQ(QuoteIdentifier(name), name == "zone_is_not_one"s ? name : "\""s + name + "\"");
  }
  for (const char* name : {"left", "join", "like", "ilike", "verbose", "authorization"}) {  // type or function name
    EXPECT_EQ(QuoteIdentifier(name), "\""s + name + "\"");
  }
  for (const char* name : {"between", "int", "timestamp", "values", "xmltable", "time"}) {  // column name
    EXPECT_EQ(QuoteIdentifier(name), "\""s + name + "\"");
  }
  EXPECT_EQ(QuoteIdentifier("system_user"), R"("system_user")");  // since PostgreSQL 16
}

TEST(QuoteLiteralTest, EscapesQuotesAndBackslashes) {
  EXPECT_EQ(QuoteLiteral(""), "''");
  EXPECT_EQ(QuoteLiteral("it's"), "'it''s'");
  EXPECT_EQ(QuoteLiteral(R"(a\b)"), R"(E'a\\b')");
  EXPECT_EQ(QuoteLiteral(R"(\')"), R"(E'\\''')");
}

TEST(FormatBytesTest, UsesBinaryMultiples) {
  EXPECT_EQ(FormatBytes(0), "0 bytes");
  EXPECT_EQ(FormatBytes(1), "1 byte");
  EXPECT_EQ(FormatBytes(1023), "1023 bytes");
  EXPECT_EQ(FormatBytes(1024), "1.0 kB");
  EXPECT_EQ(FormatBytes(1234567), "1.2 MB");
  EXPECT_EQ(FormatBytes(99 * 1024), "99.0 kB");
  EXPECT_EQ(FormatBytes(100 * 1024), "100 kB");
  EXPECT_EQ(FormatBytes(1024 * 1024 - 1), "1.0 MB");
  EXPECT_EQ(FormatBytes(-1234567), "-1.2 MB");
  EXPECT_EQ(FormatBytes(std::numeric_limits<std::int64_t>::max()), "8.0 EB");
  EXPECT_EQ(FormatBytes(std::numeric_limits<std::int64_t>::min()), "-8.0 EB");
}

TEST(FormatNumberTest, KeepsSignificantDigits) {
  EXPECT_EQ(FormatNumber(0), "0");
  EXPECT_EQ(FormatNumber(-0.0), "0");
  EXPECT_EQ(FormatNumber(1), "1");
  EXPECT_EQ(FormatNumber(12.5), "12.5");
  EXPECT_EQ(FormatNumber(12.3456), "12.3");
  EXPECT_EQ(FormatNumber(999.6), "1,000");
  EXPECT_EQ(FormatNumber(1234567), "1,230,000");
  EXPECT_EQ(FormatNumber(1234567, 7), "1,234,567");
  EXPECT_EQ(FormatNumber(-1234.5, 5), "-1,234.5");
  EXPECT_EQ(FormatNumber(0.00123456), "0.00123");
  EXPECT_EQ(FormatNumber(100, 1), "100");
  EXPECT_EQ(FormatNumber(0.1 + 0.2, 17), "0.30000000000000004");
}

TEST(FormatNumberTest, SurvivesExtremes) {
  EXPECT_EQ(FormatNumber(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(FormatNumber(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(FormatNumber(std::nan("")), "nan");
  EXPECT_EQ(FormatNumber(5e-324), "0");
  EXPECT_TRUE(FormatNumber(std::numeric_limits<double>::max()).starts_with("179,"));
}

TEST(StableHashTest, IsFnv1a) {
  EXPECT_EQ(StableHash(""), 0xcbf29ce484222325U);  // reference values of the algorithm's authors
  EXPECT_EQ(StableHash("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(StableHash("foobar"), 0x85944171f73967e8U);
  EXPECT_NE(StableHash("a\0b"s), StableHash("a"s));
}

TEST(HexDigitsTest, TakesTheFirstDigits) {
  EXPECT_EQ(HexDigits(0x0123456789abcdefU, 16), "0123456789abcdef");
  EXPECT_EQ(HexDigits(0x0123456789abcdefU, 4), "0123");
  EXPECT_EQ(HexDigits(0, 3), "000");
  EXPECT_EQ(HexDigits(~0ULL, 0), "");
  EXPECT_EQ(HexDigits(~0ULL, 99), "ffffffffffffffff");
}

TEST(PrintableTest, LeavesOrdinaryTextAlone) {
  for (const char* text : {"", "SELECT 1", "größe €", "日本語", "😀"}) EXPECT_EQ(Printable(text), text);
}

TEST(PrintableTest, ShowsControlCharacters) {
  EXPECT_EQ(Printable("a\nb\t"), R"(a\x0ab\x09)");
  EXPECT_EQ(Printable("\x1b[31mred"), R"(\x1b[31mred)");
  EXPECT_EQ(Printable("\0"s), R"(\x00)");
  EXPECT_EQ(Printable("\x7f"), R"(\x7f)");
  EXPECT_EQ(Printable("\u0085"), R"(\u0085)");          // a next-line control
  EXPECT_EQ(Printable("a\u202Eb"), R"(a\u202eb)");      // reverses what follows
  EXPECT_EQ(Printable("a\u2028b"), R"(a\u2028b)");      // ends a line
  EXPECT_EQ(Printable("\U000E0041"), R"(\U000e0041)");  // an invisible tag
}

TEST(PrintableTest, ShowsInvalidUtf8) {
  EXPECT_EQ(Printable("a\xff"), R"(a\xff)");
  EXPECT_EQ(Printable("\xc0\xaf"), R"(\xc0\xaf)");                  // overlong
  EXPECT_EQ(Printable("\xe0\x80\xaf"), R"(\xe0\x80\xaf)");          // overlong
  EXPECT_EQ(Printable("\xed\xa0\x80"), R"(\xed\xa0\x80)");          // surrogate
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), R"(\xf4\x90\x80\x80)");  // above U+10FFFF
  EXPECT_EQ(Printable("\xe2\x82"), R"(\xe2\x82)");                  // cut off
  EXPECT_EQ(Printable("\xe2\x28\xa1"), "\\xe2(\\xa1");              // wrong continuation
}

TEST(PrintableTest, IsIdempotentForEveryPairOfBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const std::string once = Printable(text);
      ASSERT_EQ(Printable(once), once) << first << " " << second;
    }
  }
}

TEST(EditDistanceTest, CountsEdits) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("abc", ""), 3U);
  EXPECT_EQ(EditDistance("4108a79e", "4108a79e"), 0U);
  EXPECT_EQ(EditDistance("4108a79e", "4108x79e"), 1U);
  EXPECT_EQ(EditDistance("4108a79e", "4018a79e"), 1U) << "a swap";
  EXPECT_EQ(EditDistance("4108a79e", "108a79e0"), 2U);
}

}  // namespace
}  // namespace pgassay
