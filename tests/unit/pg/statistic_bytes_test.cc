#include "pg/statistic_bytes.h"

#include <gtest/gtest.h>

#include <string>

#include "pg/byte_reader.h"

namespace pgassay::pg {
namespace {

// As encode(stxdndistinct::bytea, 'hex') of PostgreSQL 15 writes them.
std::string Distinct() {
  return BytesOfHex(
      "a4bf52a3"
      "01000000"
      "02000000"
      "0000000000002640"  // 11
      "02000000"
      "01000200"
      "000000c80f02e241"  // 2,417,000,000: beyond an int
      "03000000"
      "01000300ffff");
}

std::string Dependencies() {
  return BytesOfHex(
      "2c9a54b4"
      "01000000"
      "01000000"
      "9a9999999999b93f"  // 0.1
      "0300"
      "02000300feff");
}

TEST(ReadDistinctBytes, ReadsNumbersAndColumns) {
  const auto groups = ReadDistinctBytes(Distinct());
  ASSERT_TRUE(groups.has_value());
  ASSERT_EQ(groups->size(), 2U);
  EXPECT_EQ((*groups)[0], (ColumnGroup{.columns = "{1,2}", .figure = 11}));
  EXPECT_EQ((*groups)[1], (ColumnGroup{.columns = "{1,3,-1}", .figure = 2'417'000'000}));
}

TEST(ReadDependencyBytes, ReadsDegreesExactly) {
  const auto groups = ReadDependencyBytes(Dependencies());
  ASSERT_TRUE(groups.has_value());
  ASSERT_EQ(groups->size(), 1U);
  EXPECT_EQ((*groups)[0], (ColumnGroup{.columns = "{2,3,-2}", .figure = 0.1}));
}

TEST(ReadDistinctBytes, RefusesWhatIsCutLongerOrSomethingElse) {
  const std::string whole = Distinct();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ReadDistinctBytes(whole.substr(0, length)).has_value()) << length;
  }
  EXPECT_FALSE(ReadDistinctBytes(whole + '\0').has_value());
  EXPECT_FALSE(ReadDistinctBytes(Dependencies()).has_value());
  EXPECT_FALSE(ReadDependencyBytes(whole).has_value());
  std::string many = whole;
  many[8] = many[9] = many[10] = '\x7f';
  EXPECT_FALSE(ReadDistinctBytes(many).has_value());
  std::string wide = Dependencies();
  wide[20] = '\x70';
  EXPECT_FALSE(ReadDependencyBytes(wide).has_value());
  std::string no_number = Dependencies();
  no_number.replace(12, 8, BytesOfHex("000000000000f87f"));
  EXPECT_FALSE(ReadDependencyBytes(no_number).has_value());
}

TEST(BytesOfHex, RefusesOtherText) {
  EXPECT_EQ(BytesOfHex("00ff7f"), std::string("\0\xff\x7f", 3));
  EXPECT_EQ(BytesOfHex("0"), "");
  EXPECT_EQ(BytesOfHex("0g"), "");
  EXPECT_EQ(BytesOfHex("\\x00"), "");
}

}  // namespace
}  // namespace pgassay::pg
