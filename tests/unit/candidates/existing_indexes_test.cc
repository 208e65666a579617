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

TEST(ExistingIndexes, ABlockRangeIndexOfAnotherRangeIsThereForTheSameWork) {
  Snapshot snapshot = OneTable();
  snapshot.indexes = {Existing(1, "a")};
  snapshot.indexes[0].def.method = "brin";
  snapshot.indexes[0].def.pages_per_range = 16;
  IndexDef def = Def("a");
  def.method = "brin";
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(def, {}).code, reason::kExists);
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

TEST(ExistingIndexes, IncludedColumns) {
  Index covering = Existing(1, "ab", true);
  covering.def.include = {4, 3};
  Snapshot snapshot = OneTable();
  snapshot.indexes = {covering};
  const ExistingIndexes existing(snapshot);
  IndexDef def = Def("ab");
  EXPECT_EQ(existing.Judge(def, {}).code, reason::kCoveredByExisting);
  def.include = {3, 4};
  EXPECT_EQ(existing.Judge(def, {}).code, reason::kExists);
  def.include = {3};
  EXPECT_EQ(existing.Judge(def, {}).code, reason::kCoveredByExisting);
  def.include = {5};
  EXPECT_EQ(existing.Judge(def, {1, 2}).code, "");
  EXPECT_TRUE(existing.FindsOneRow(kTable, {1, 2, 3}));
  EXPECT_FALSE(existing.FindsOneRow(kTable, {1}));
}

// A parent of two tables that have the columns in other places.
Snapshot Parent(char kind) {
  Snapshot snapshot = OneTable();
  snapshot.relations[0].kind = kind;
  for (const std::uint32_t oid : {20000U, 20001U}) {
    Relation child = NineColumns();
    child.oid = {oid};
    child.parent = kTable;
    std::swap(child.columns[0].name, child.columns[1].name);
    snapshot.relations.push_back(child);
  }
  return snapshot;
}

Index OnTable(std::uint32_t oid, Oid table, std::string_view columns, bool unique = false) {
  Index index = Existing(oid, columns, unique);
  index.def.table = table;
  return index;
}

TEST(ExistingIndexes, AllPartitionsTogether) {
  Snapshot snapshot = Parent('p');
  snapshot.indexes = {OnTable(1, {20000}, "ba")};
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ab"), {}).code, "");
  snapshot.indexes.push_back(OnTable(2, {20001}, "bac"));
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ab"), {}).code, reason::kCoveredByExisting);
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ba"), {}).code, "");
  snapshot.indexes[1] = OnTable(2, {20001}, "ba");
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ab"), {}).code, reason::kExists);
  snapshot.indexes[1] = OnTable(2, {20001}, "b", true);
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ab"), {1}).code, reason::kUniquePrefix);
}

TEST(ExistingIndexes, PartitionedIndexesSpeakForAllButParentsOfInheritanceForThemselves) {
  Snapshot snapshot = Parent('p');
  snapshot.indexes = {OnTable(1, kTable, "ab", true)};
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ab"), {}).code, reason::kExists);
  EXPECT_TRUE(ExistingIndexes(snapshot).FindsOneRow(kTable, {1, 2}));
  snapshot.relations[0].kind = 'r';
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ab"), {}).code, "");
  EXPECT_FALSE(ExistingIndexes(snapshot).FindsOneRow(kTable, {1, 2}));
  snapshot.indexes.push_back(OnTable(2, {20000}, "ba"));
  snapshot.indexes.push_back(OnTable(3, {20001}, "ba"));
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ab"), {}).code, reason::kExists);
}

std::string_view CodeFor(Index index, std::string_view columns, const Searched& searched) {
  Snapshot snapshot = OneTable();
  snapshot.indexes = {std::move(index)};
  return ExistingIndexes(snapshot).Judge(Def(columns), {}, searched).code;
}

TEST(ExistingIndexesForAStatement, ExpressionsComeInAnyOrderToo) {
  Snapshot snapshot = OneTable();
  snapshot.indexes = {Existing(1, "a")};
  snapshot.indexes[0].def.keys.push_back({.expression = "lower(b)"});
  IndexDef def{.table = kTable, .keys = {{.expression = "lower(b)"}, {.column = 1}}};
  const ExistingIndexes existing(snapshot);
  EXPECT_EQ(existing.Judge(def, {}, {.equal = {{1}, {"lower(b)"}}}).code, reason::kCoveredByExisting);
  EXPECT_EQ(existing.Judge(def, {}, {.equal = {{1}, {"lower(c)"}}}).code, "");
  def.keys.pop_back();
  EXPECT_EQ(existing.Judge(def, {}, {.equal = {{1}, {"lower(b)"}}, .one_value = {{1}, {}}}).code,
            reason::kCoveredByExisting);
  EXPECT_EQ(existing.Judge(def, {}, {.equal = {{}, {"lower(b)"}}}).code, "");
  snapshot.indexes[0].def = {.table = kTable, .method = "hash", .keys = {{.expression = "lower(b)"}}};
  EXPECT_EQ(existing.Judge(def, {}, {.by_value = {{}, {"lower(b)"}}}).code, reason::kCoveredByExisting);
  EXPECT_EQ(existing.Judge(def, {}, {.by_value = {{2}, {}}}).code, "");
}

TEST(ExistingIndexesForAStatement, EqualityComesInAnyOrderAndDirection) {
  const Searched searched{.equal = {{1, 2}, {}}, .one_value = {{1, 2}, {}}};
  EXPECT_EQ(CodeFor(Existing(1, "ba"), "ab", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(Existing(1, "bA"), "ab", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(Existing(1, "bac"), "ab", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(Existing(1, "bac"), "abc", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(Existing(1, "baC"), "abc", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(Existing(1, "bacD"), "abcd", searched), "");
  EXPECT_EQ(CodeFor(Existing(1, "bca"), "ab", searched), "");
  EXPECT_EQ(CodeFor(Existing(1, "b"), "ab", searched), "");
  EXPECT_EQ(CodeFor(Existing(1, "cab"), "ab", searched), "");
  EXPECT_EQ(CodeFor(Existing(1, "ba"), "ab", {}), "");
}

TEST(ExistingIndexesForAStatement, MoreOfItsColumnsInFrontFindFewerRows) {
  const Searched searched{.equal = {{1, 2, 3}, {}}, .one_value = {{1, 2}, {}}};
  EXPECT_EQ(CodeFor(Existing(1, "ba"), "a", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(Existing(1, "bad"), "ad", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(Existing(1, "ca"), "a", searched), "");  // a list in front is many searches
  EXPECT_EQ(CodeFor(Existing(1, "ca"), "ac", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(Existing(1, "bda"), "a", searched), "");
}

TEST(ExistingIndexesForAStatement, NullsOrderOperatorClassAndCollation) {
  const Searched searched{.equal = {{1}, {}}, .one_value = {{1}, {}}};
  Index index = Existing(1, "a");
  index.def.keys[0].nulls_first = true;
  EXPECT_EQ(CodeFor(index, "a", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(index, "a", {}), "");
  index = Existing(1, "a");
  index.def.keys[0].opclass = "text_pattern_ops";
  EXPECT_EQ(CodeFor(index, "a", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(index, "a", {}), "");
  index.def.keys[0].opclass = "my_ops";
  EXPECT_EQ(CodeFor(index, "a", searched), "");
  index = Existing(1, "a");
  index.def.keys[0].collation = "\"C\"";
  EXPECT_EQ(CodeFor(index, "a", searched), "");
}

TEST(ExistingIndexesForAStatement, HashForOneColumnComparedWithAValue) {
  Index hash = Existing(1, "a");
  hash.def.method = "hash";
  const Searched searched{.equal = {{1, 2}, {}}, .one_value = {{1, 2}, {}}, .by_value = {{1}, {}}};
  EXPECT_EQ(CodeFor(hash, "a", searched), reason::kCoveredByExisting);
  EXPECT_EQ(CodeFor(hash, "ab", searched), "");
  EXPECT_EQ(CodeFor(hash, "b", searched), "");
  EXPECT_EQ(CodeFor(hash, "a", {.equal = {{1}, {}}, .one_value = {{1}, {}}}), "");  // a join
  for (const char* const method : {"gin", "gist", "spgist", "brin"}) {
    hash.def.method = method;
    EXPECT_EQ(CodeFor(hash, "a", searched), "") << method;
  }
}

TEST(ExistingIndexesForAStatement, ImpliedPredicates) {
  Index partial = Existing(1, "a");
  const auto with = [&partial](const std::string& predicate) {
    partial.def.predicate = predicate;
    return std::string(CodeFor(partial, "a", {.implied = {"(a IS NOT NULL)", "(b = 1)", "urgent"}}));
  };
  const std::string covered(reason::kCoveredByExisting);
  EXPECT_EQ(with("(a IS NOT NULL)"), covered);
  EXPECT_EQ(with("((a IS NOT NULL) AND (b = 1))"), covered);
  EXPECT_EQ(with("(urgent AND (b = 1) AND (a IS NOT NULL))"), covered);
  EXPECT_EQ(with("urgent"), covered);
  EXPECT_EQ(with("(b IS NOT NULL)"), "");
  EXPECT_EQ(with("((a IS NOT NULL) AND (c = 1))"), "");
  EXPECT_EQ(with("((a IS NOT NULL) OR (b = 1))"), "");
  EXPECT_EQ(with("((a IS NOT NULL) AND "), "");
  EXPECT_EQ(with("(a IS NOT NULL) AND (b = 1)"), "");
  EXPECT_EQ(with("(NOT urgent)"), "");
  EXPECT_EQ(with("()"), "");
}

TEST(ExistingIndexesForAStatement, UniqueKeysOfImpliedRows) {
  Index partial = Existing(1, "a", true);
  partial.def.predicate = "(a IS NOT NULL)";
  Snapshot snapshot = OneTable();
  snapshot.indexes = {partial};
  const ExistingIndexes existing(snapshot);
  const Searched searched{.implied = {"(a IS NOT NULL)"}};
  EXPECT_TRUE(existing.FindsOneRow(kTable, {1}, searched));
  EXPECT_FALSE(existing.FindsOneRow(kTable, {1}));
  EXPECT_EQ(existing.Judge(Def("cab"), {1, 2, 3}, searched).code, reason::kUniquePrefix);
  EXPECT_EQ(existing.Judge(Def("cab"), {1, 2, 3}).code, "");
}

TEST(ExistingIndexesForAStatement, PartitionsByName) {
  Snapshot snapshot = Parent('p');
  snapshot.indexes = {OnTable(1, {20000}, "bca"), OnTable(2, {20001}, "ab")};
  const Searched searched{.equal = {{1, 2, 3}, {}}, .one_value = {{1, 2, 3}, {}}};
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("ab"), {}, searched).code, reason::kCoveredByExisting);
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("abd"), {}, searched).code, "");
}

TEST(ExistingIndexesForAStatement, OnlyTheParentOfInheritance) {
  Snapshot snapshot = Parent('r');
  snapshot.indexes = {OnTable(1, kTable, "a")};
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("a"), {}, {.only = true}).code, reason::kExists);
  EXPECT_EQ(ExistingIndexes(snapshot).Judge(Def("a"), {}).code, "");
}

}  // namespace
}  // namespace pgassay::candidates
