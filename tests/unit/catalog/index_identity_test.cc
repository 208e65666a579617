#include "catalog/index_identity.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace pgassay::catalog {
namespace {

IndexKey Asc(int column) {
  return {.column = column};
}
IndexKey Desc(int column) {
  return {.column = column, .descending = true, .nulls_first = true};
}
IndexKey AscNullsFirst(int column) {
  return {.column = column, .descending = false, .nulls_first = true};
}
IndexKey DescNullsLast(int column) {
  return {.column = column, .descending = true, .nulls_first = false};
}

IndexDef Def(std::vector<IndexKey> keys) {
  return {.table = {1}, .keys = std::move(keys)};
}

TEST(CanonicalTest, StartsAscending) {
  EXPECT_EQ(Canonical(Def({Asc(1), Desc(2)})), Def({Asc(1), Desc(2)}));
  EXPECT_EQ(Canonical(Def({Desc(1)})), Def({Asc(1)}));
  EXPECT_EQ(Canonical(Def({Desc(1), Asc(2)})), Def({Asc(1), Desc(2)}));
  EXPECT_EQ(Canonical(Def({DescNullsLast(1), Asc(2)})), Def({AscNullsFirst(1), Desc(2)}));
  EXPECT_EQ(Canonical(Def({})), Def({}));
}

TEST(CanonicalTest, IsIdempotentAndMirrorInvariant) {
  const std::vector<IndexKey> kinds = {Asc(1), Desc(1), AscNullsFirst(1), DescNullsLast(1)};
  for (const IndexKey& first : kinds) {
    for (const IndexKey& second : kinds) {
      const IndexDef def = Def({first, second});
      IndexDef mirrored = def;
      for (IndexKey& key : mirrored.keys) {
        key.descending = !key.descending;
        key.nulls_first = !key.nulls_first;
      }
      EXPECT_EQ(Canonical(Canonical(def)), Canonical(def));
      EXPECT_EQ(Canonical(mirrored), Canonical(def));
      EXPECT_FALSE(Canonical(def).keys[0].descending);
    }
  }
}

TEST(CanonicalTest, LeavesOtherMethodsAlone) {
  IndexDef gist = Def({Desc(1)});
  gist.method = "gist";
  EXPECT_EQ(Canonical(gist), gist);
}

TEST(SameWorkTest, KnowsMirrorImages) {
  EXPECT_TRUE(SameWork(Def({Asc(1), Desc(2)}), Def({Desc(1), Asc(2)})));
  EXPECT_TRUE(SameWork(Def({AscNullsFirst(1)}), Def({DescNullsLast(1)})));
  EXPECT_FALSE(SameWork(Def({Asc(1)}), Def({AscNullsFirst(1)})));
  EXPECT_FALSE(SameWork(Def({Asc(1), Asc(2)}), Def({Asc(1), Desc(2)})));
  EXPECT_FALSE(SameWork(Def({Asc(1), Asc(2)}), Def({Asc(2), Asc(1)})));
}

TEST(SameWorkTest, LooksAtEverythingButUniqueness) {
  const IndexDef base{.table = {1}, .keys = {Asc(1)}, .include = {2, 3}, .predicate = "(a > 0)"};
  std::vector<IndexDef> different(8, base);
  different[0].table = {2};
  different[1].method = "hash";
  different[2].keys[0].opclass = "text_pattern_ops";
  different[3].keys[0].collation = "\"C\"";
  different[4].include = {2};
  different[5].predicate = "";
  different[6].keys[0] = {.column = 0, .expression = "lower(a)"};
  different[7].predicate = "(a > 1)";
  for (std::size_t i = 0; i < different.size(); ++i) {
    EXPECT_FALSE(SameWork(base, different[i])) << i;
    EXPECT_TRUE(SameWork(different[i], different[i])) << i;
  }
  IndexDef unique = base;
  unique.unique = true;
  EXPECT_TRUE(SameWork(base, unique));
  IndexDef reordered = base;
  reordered.include = {3, 2};
  EXPECT_TRUE(SameWork(base, reordered));
}

TEST(CoversTest, TakesPrefixesAndTheirMirrorImages) {
  EXPECT_TRUE(Covers(Def({Asc(1), Asc(2)}), Def({Asc(1)})));
  EXPECT_TRUE(Covers(Def({Asc(1), Asc(2)}), Def({Desc(1)})));
  EXPECT_TRUE(Covers(Def({Asc(1), Desc(2), Asc(3)}), Def({Desc(1), Asc(2)})));
  EXPECT_TRUE(Covers(Def({Asc(1)}), Def({Asc(1)})));
  EXPECT_FALSE(Covers(Def({Asc(1)}), Def({Asc(1), Asc(2)})));
  EXPECT_FALSE(Covers(Def({Asc(1), Asc(2)}), Def({Asc(2)})));
  EXPECT_FALSE(Covers(Def({Asc(1), Asc(2)}), Def({Asc(1), Desc(2)})));
  EXPECT_FALSE(Covers(Def({Asc(1)}), Def({AscNullsFirst(1)})));
}

TEST(CoversTest, NeedsTableMethodOpclassAndCollation) {
  const IndexDef narrow = Def({Asc(1)});
  std::vector<IndexDef> wides(4, Def({Asc(1), Asc(2)}));
  wides[0].table = {2};
  wides[1].method = "gist";
  wides[2].keys[0].opclass = "text_pattern_ops";
  wides[3].keys[0].collation = "\"C\"";
  for (std::size_t i = 0; i < wides.size(); ++i) EXPECT_FALSE(Covers(wides[i], narrow)) << i;
  IndexDef hash = narrow;
  hash.method = "hash";
  EXPECT_FALSE(Covers(Def({Asc(1)}), hash));
  EXPECT_FALSE(Covers(hash, hash));
}

TEST(CoversTest, IncludedColumnsMayBeKeysOfTheWiderOne) {
  IndexDef narrow = Def({Asc(1)});
  narrow.include = {2, 3};
  IndexDef wide = Def({Asc(1), Asc(3)});
  EXPECT_FALSE(Covers(wide, narrow));
  wide.include = {2};
  EXPECT_TRUE(Covers(wide, narrow));
  wide.keys[1].opclass = "text_pattern_ops";  // the value is stored all the same
  EXPECT_TRUE(Covers(wide, narrow));
}

TEST(CoversTest, PartialIndexesCoverOnlyTheirOwnPredicate) {
  const IndexDef full = Def({Asc(1)});
  IndexDef partial = Def({Asc(1)});
  partial.predicate = "(deleted_at IS NULL)";
  IndexDef other = partial;
  other.predicate = "(deleted_at IS NOT NULL)";
  EXPECT_TRUE(Covers(full, partial));
  EXPECT_TRUE(Covers(partial, partial));
  EXPECT_FALSE(Covers(partial, full));
  EXPECT_FALSE(Covers(partial, other));
}

TEST(CoversTest, AUniqueIndexIsCoveredOnlyByOneThatForbidsTheSame) {
  IndexDef unique = Def({Asc(1)});
  unique.unique = true;
  IndexDef wider = Def({Asc(1), Asc(2)});
  EXPECT_TRUE(Covers(unique, Def({Asc(1)})));
  EXPECT_FALSE(Covers(Def({Asc(1)}), unique));
  EXPECT_FALSE(Covers(wider, unique));
  wider.unique = true;
  EXPECT_FALSE(Covers(wider, unique));  // forbids less
  IndexDef with_more_columns = unique;
  with_more_columns.include = {2};
  EXPECT_TRUE(Covers(with_more_columns, unique));
  IndexDef partial = unique;
  partial.predicate = "(a > 0)";
  EXPECT_TRUE(Covers(unique, partial));
  EXPECT_FALSE(Covers(partial, unique));
}

TEST(CoversTest, ComparesExpressions) {
  const IndexDef lower = Def({{.column = 0, .expression = "lower(name)"}});
  const IndexDef upper = Def({{.column = 0, .expression = "upper(name)"}});
  EXPECT_TRUE(Covers(lower, lower));
  EXPECT_FALSE(Covers(lower, upper));
}

class DescribeTest : public testing::Test {
 protected:
  DescribeTest() {
    Relation orders{.oid = {1}, .name = {"shop", "orders"}};
    orders.columns = {
        {.number = 1, .name = "customer_id"}, {.number = 2, .name = "placed_at"}, {.number = 3, .name = "Total"}};
    snapshot_.relations = {orders};
  }
  std::string Text(const IndexDef& def) const { return Describe(def, snapshot_); }

  Snapshot snapshot_;
};

TEST_F(DescribeTest, WritesDirectionsOnlyWhereTheyAreNotTheDefault) {
  EXPECT_EQ(Text(Def({Asc(1)})), "shop.orders (customer_id)");
  EXPECT_EQ(Text(Def({Asc(1), Desc(2)})), "shop.orders (customer_id, placed_at DESC)");
  EXPECT_EQ(Text(Def({AscNullsFirst(1), DescNullsLast(2)})),
            "shop.orders (customer_id NULLS FIRST, placed_at DESC NULLS LAST)");
}

TEST_F(DescribeTest, WritesEverythingElse) {
  IndexDef def =
      Def({{.column = 0, .expression = "lower(a)", .opclass = "text_pattern_ops", .collation = "pg_catalog.\"C\""}});
  def.include = {3, 2};
  def.predicate = "(placed_at IS NOT NULL)";
  def.unique = true;
  EXPECT_EQ(Text(def),
            "unique shop.orders (lower(a) COLLATE pg_catalog.\"C\" text_pattern_ops) INCLUDE (\"Total\", placed_at) "
            "WHERE (placed_at IS NOT NULL)");
  IndexDef gin = Def({Asc(2)});
  gin.method = "gin";
  EXPECT_EQ(Text(gin), "shop.orders USING gin (placed_at)");
  IndexDef brin = Def({Asc(2)});
  brin.method = "brin";
  brin.pages_per_range = 16;
  brin.predicate = "(placed_at IS NOT NULL)";
  EXPECT_EQ(Text(brin), "shop.orders USING brin (placed_at) WITH (pages_per_range = 16) WHERE (placed_at IS NOT NULL)");
  IndexDef coarser = brin;
  coarser.pages_per_range = 64;
  EXPECT_TRUE(SameWork(brin, brin));
  EXPECT_FALSE(SameWork(brin, coarser));
}

TEST_F(DescribeTest, ShowsNumbersForWhatIsNotInTheSnapshot) {
  EXPECT_EQ(Text(Def({Asc(7)})), "shop.orders (#7)");
  IndexDef elsewhere = Def({Asc(1)});
  elsewhere.table = {99};
  EXPECT_EQ(Text(elsewhere), "#99 (#1)");
}

TEST(QuotedNameTest, QuotesEachPart) {
  EXPECT_EQ(QuotedName({"shop", "orders"}), "shop.orders");
  EXPECT_EQ(QuotedName({"My Shop", "order"}), "\"My Shop\".\"order\"");
  EXPECT_EQ(QuotedName({"a.b", "c\"d"}), "\"a.b\".\"c\"\"d\"");
}

}  // namespace
}  // namespace pgassay::catalog
