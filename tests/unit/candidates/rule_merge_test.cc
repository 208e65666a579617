#include "candidates/rule_merge.h"

#include <gtest/gtest.h>

#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

PoolEntry Entry(int rule, std::initializer_list<std::uint32_t> statements, std::size_t equality) {
  PoolEntry entry{.equality = equality};
  for (const std::uint32_t statement : statements) {
    entry.origins.insert({rule, {statement}});
  }
  return entry;
}

// "ab:1,2" for each candidate and its statements, separated by spaces.
std::string ShowPool(const Pool& pool) {
  std::string text;
  for (const auto& [def, entry] : pool) {
    text += (text.empty() ? "" : " ") + Show(std::vector<KeyList>{def.keys}) + ":";
    for (const StatementId statement : entry.Statements()) {
      text += (text.ends_with(':') ? "" : ",") + std::to_string(statement.value);
    }
  }
  return text;
}

std::string Merged(Pool pool, std::size_t max_width = 4, const std::vector<Index>& indexes = {}) {
  Snapshot snapshot = OneTable();
  snapshot.indexes = indexes;
  const ExistingIndexes existing(snapshot);
  CoverLimits limits({}, snapshot);
  EXPECT_TRUE(Merge(pool, existing, {{{1}, 1}, {{2}, 1}}, limits, max_width).empty());
  return ShowPool(pool);
}

TEST(Merge, PutsTheSharedColumnsFirst) {
  EXPECT_EQ(Merged({{Def("b"), Entry(1, {1}, 1)}, {Def("ab"), Entry(1, {2}, 2)}}), "ab:2 b:1 ba:1,2");
}

TEST(Merge, KeepsWhatFollowsTheEqualityColumns) {
  EXPECT_EQ(Merged({{Def("b"), Entry(1, {1}, 1)}, {Def("abC"), Entry(3, {2}, 2)}}), "abC:2 b:1 baC:1,2");
  EXPECT_EQ(Merged({{Def("bD"), Entry(3, {1}, 1)}, {Def("ab"), Entry(1, {2}, 2)}}), "ab:2 ba:1,2 bD:1 bDa:1,2");
}

TEST(Merge, OnlyForProperSubsetsOfOtherStatements) {
  EXPECT_EQ(Merged({{Def("b"), Entry(1, {1}, 1)}, {Def("ab"), Entry(1, {1, 2}, 2)}}), "ab:1,2 b:1");
  EXPECT_EQ(Merged({{Def("c"), Entry(1, {1}, 1)}, {Def("ab"), Entry(1, {2}, 2)}}), "ab:2 c:1");
  EXPECT_EQ(Merged({{Def("b"), Entry(2, {1}, 0)}, {Def("ab"), Entry(1, {2}, 2)}}), "ab:2 b:1");
  EXPECT_EQ(Merged({{Def("b"), Entry(1, {1}, 1)}, {Def("ab"), Entry(2, {2}, 1)}}), "ab:2 b:1");
}

TEST(Merge, BoundedByWidthAndExistingIndexes) {
  EXPECT_EQ(Merged({{Def("bD"), Entry(3, {1}, 1)}, {Def("ab"), Entry(1, {2}, 2)}}, 2), "ab:2 ba:1,2 bD:1");
  EXPECT_EQ(Merged({{Def("b"), Entry(1, {1}, 1)}, {Def("ab"), Entry(1, {2}, 2)}}, 4, {Existing(1, "bac")}), "ab:2 b:1");
}

TEST(Merge, BoundedInNumberByWeight) {
  Pool pool;
  Weights weights;
  // 9 columns: one statement for each of them, and one for each three of them.
  for (int a = 0; a < 9; ++a) {
    const auto statement = static_cast<std::uint32_t>(a + 1);
    pool[Def(std::string(1, static_cast<char>('a' + a)))] = Entry(1, {statement}, 1);
    weights[{statement}] = 9 - a;
    for (int b = 0; b < 9; ++b) {
      for (int c = 0; c < 9; ++c) {
        if (a != b && b != c && a != c) {
          const auto wide = static_cast<std::uint32_t>(1000 + 100 * a + 10 * b + c);
          const std::string columns = {static_cast<char>('a' + a), static_cast<char>('a' + b),
                                       static_cast<char>('a' + c)};
          pool[Def(columns)] = Entry(1, {wide}, 3);
          weights[{wide}] = 1;
        }
      }
    }
  }
  const std::size_t before = pool.size();
  Snapshot snapshot = OneTable();
  CoverLimits limits({}, snapshot);
  EXPECT_GT(Merge(pool, ExistingIndexes(snapshot), weights, limits, 4)[kTable], 0U);
  EXPECT_EQ(pool.size(), before);  // every merge is a candidate already
  int of_heaviest = 0;
  for (const auto& [def, entry] : pool) {
    for (const catalog::Origin& origin : entry.origins) {
      of_heaviest += origin == catalog::Origin{13, {1}} ? 1 : 0;
    }
  }
  EXPECT_EQ(of_heaviest, 56);  // all that begin with the heaviest column: 8 x 7
}

TEST(ShareWithPrefixes, WiderCandidatesServeTheStatementsOfNarrowerOnes) {
  Pool pool = {{Def("a"), Entry(1, {1}, 1)},
               {Def("ab"), Entry(1, {2}, 2)},
               {Def("abc"), Entry(1, {1, 3}, 3)},
               {Def("b"), Entry(1, {4}, 1)}};
  ShareWithPrefixes(pool);
  EXPECT_EQ(ShowPool(pool), "a:1 ab:1,2 abc:1,2,3 b:4");
  EXPECT_TRUE(pool[Def("ab")].origins.contains({13, {1}}));
  EXPECT_FALSE(pool[Def("abc")].origins.contains({13, {1}}));
}

}  // namespace
}  // namespace pgassay::candidates
