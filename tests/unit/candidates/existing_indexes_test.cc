#include "candidates/existing_indexes.h"

#include <gtest/gtest.h>

#include "advice/reason_codes.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

std::string Judge(const std::vector<Index>& indexes, std::string_view columns, const std::set<int>& fixed = {}) {
  Snapshot snapshot = OneTable();
  snapshot.indexes = indexes;
  const Verdict verdict = ExistingIndexes(snapshot).Judge(Def(columns), fixed);
  return verdict.code.empty()
             ? ""
             : std::string(verdict.code) + " " + verdict.by->name.name + " " + std::to_string(verdict.useful_width);
}

TEST(ExistingIndexes, TheSameAndPrefixes) {
  EXPECT_EQ(Judge({Existing(1, "abc"), Existing(2, "ab")}, "ab"), "exists i2 0");
  EXPECT_EQ(Judge({Existing(1, "AB")}, "ab"), "exists i1 0");
  EXPECT_EQ(Judge({Existing(1, "aB")}, "ab"), "");
  EXPECT_EQ(Judge({Existing(1, "abc")}, "ab"), "covered-by-existing i1 0");
  EXPECT_EQ(Judge({Existing(1, "ab")}, "abc"), "");
  EXPECT_EQ(Judge({Existing(1, "ba")}, "ab"), "");
}

TEST(ExistingIndexes, OnlyUsableOnes) {
  Index invalid = Existing(1, "ab");
  invalid.valid = false;
  Index unready = Existing(2, "ab");
  unready.ready = false;
  Index partial = Existing(3, "ab", true);
  partial.def.predicate = "(c IS NULL)";
  Index brin = Existing(4, "ab");
  brin.def.method = "brin";
  Index elsewhere = Existing(5, "ab");
  elsewhere.def.table = {1};
  EXPECT_EQ(Judge({invalid, unready, partial, brin, elsewhere}, "ab", {1, 2}), "");
}

TEST(ExistingIndexes, UniqueKeyFindsTheRow) {
  EXPECT_EQ(Judge({Existing(1, "ab", true)}, "bac", {1, 2, 3}), "unique-prefix i1 0");
  EXPECT_EQ(Judge({Existing(1, "ab", true)}, "cba", {1, 2, 3}), "unique-prefix i1 0");
  EXPECT_EQ(Judge({Existing(1, "ab", true)}, "ba", {1, 2}), "unique-prefix i1 0");
  EXPECT_EQ(Judge({Existing(1, "ab", false)}, "bac", {1, 2, 3}), "");
}

TEST(ExistingIndexes, UniqueKeyInAnotherOrder) {
  EXPECT_EQ(Judge({Existing(1, "ab", true)}, "ba", {2}), "");
  EXPECT_EQ(Judge({Existing(1, "ab", true)}, "bac", {2}), "unique-prefix i1 2");
  EXPECT_EQ(Judge({Existing(1, "ab", true)}, "bc", {2, 3}), "");
  EXPECT_EQ(Judge({Existing(1, "a", true)}, "ba", {2}), "");
}

TEST(ExistingIndexes, UniqueExpressionsProveNothing) {
  Index index = Existing(1, "a", true);
  index.def.keys.push_back({.column = 0, .expression = "lower(b)"});
  EXPECT_EQ(Judge({index}, "ab", {1, 2}), "");
}

}  // namespace
}  // namespace pgassay::candidates
