#include "candidates/rule_cover.h"

#include <gtest/gtest.h>

#include "advice/reason_codes.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

// Columns a to h of 8 bytes and text i, all pages visible.
Snapshot Large() {
  Snapshot snapshot = OneTable();
  Relation& table = snapshot.relations[0];
  table.pages = 1000;
  table.all_visible_pages = 1000;
  for (Column& column : table.columns) {
    column.type_length = column.number < 9 ? 8 : -1;
    column.type = column.number < 9 ? "bigint" : "text";
  }
  return snapshot;
}

IndexDef Covering(std::string_view keys, std::vector<int> include) {
  IndexDef def = Def(keys);
  def.include = std::move(include);
  return def;
}

std::string_view Code(const Snapshot& snapshot, const IndexDef& def) {
  return CoverLimits({}, snapshot).Judge(def).code;
}

TEST(Cover, TakesWhatIsMissing) {
  EXPECT_EQ(Cover(kTable, Def("ba").keys, std::vector<int>{1, 4, 3, 4}), Covering("ba", {3, 4}));
  EXPECT_EQ(Cover(kTable, Def("Ba").keys, std::vector<int>{1, 2}), Def("bA"));
}

TEST(BestCovering, LeavesOutWhatAnotherReplaces) {
  const std::vector<IndexDef> defs = {Covering("a", {2, 3}), Covering("ab", {3}), Covering("ab", {3}),
                                      Covering("c", {1, 2}), Def("cba"),          Covering("b", {1, 3}),
                                      Covering("ac", {2})};
  EXPECT_EQ(BestCovering(defs), (std::vector<std::size_t>{1, 5, 6}));
  EXPECT_TRUE(BestCovering({}).empty());
}

TEST(CoverLimits, Tiny) {
  Snapshot snapshot = Large();
  EXPECT_TRUE(CoverLimits({}, snapshot).IsLarge(kTable));
  snapshot.relations[0].pages = 31;
  EXPECT_FALSE(CoverLimits({}, snapshot).IsLarge(kTable));
  EXPECT_FALSE(CoverLimits({}, snapshot).IsLarge({99}));
}

TEST(CoverLimits, Visibility) {
  Snapshot snapshot = Large();
  EXPECT_EQ(Code(snapshot, Covering("a", {2})), "");
  snapshot.relations[0].all_visible_pages = 499;
  EXPECT_EQ(Code(snapshot, Covering("a", {2})), reason::kCoverNotVisible);
  EXPECT_EQ(CoverLimits({}, snapshot).Judge(Covering("a", {2})).detail,
            "Only 50 % of the table's pages are all-visible, so an index-only scan would read the table too. VACUUM "
            "marks them.");
}

TEST(CoverLimits, WidthOnAverage) {
  Snapshot snapshot = Large();
  // Rows have 24 + 8 * 8 bytes and the text.
  snapshot.statistics = {
      {.relation = kTable, .column = 9, .average_width = 64, .slots = {{.kind = 2, .values = "{x,y}"}}}};
  EXPECT_EQ(Code(snapshot, Covering("a", {9})), "");
  snapshot.statistics[0].average_width = 65;  // an entry of 81 bytes beside a row of 153
  EXPECT_EQ(Code(snapshot, Covering("a", {9})), reason::kCoverTooWide);
  snapshot.statistics[0].null_fraction = 0.5;
  EXPECT_EQ(Code(snapshot, Covering("a", {9})), "");
  EXPECT_EQ(Code(snapshot, Covering("a", {2, 3, 4, 5, 6, 7, 8})), "");
}

TEST(CoverLimits, NumberOfColumns) {
  Snapshot snapshot = Large();
  snapshot.relations[0].columns.push_back({.number = 10, .name = "j", .type_length = 1});
  EXPECT_EQ(Code(snapshot, Covering("a", {2, 3, 4, 5, 6, 7, 8, 9, 10})), reason::kCoverTooWide);
}

TEST(CoverLimits, LongestValueThatStatisticsShow) {
  Snapshot snapshot = Large();
  snapshot.statistics = {{.relation = kTable,
                          .column = 9,
                          .average_width = 20,
                          .slots = {{.kind = 2, .values = "{x," + std::string(250, 'y') + "}"}}}};
  EXPECT_EQ(Code(snapshot, Covering("a", {9})), "");
  EXPECT_EQ(Code(snapshot, Covering("abcdefgh", {9})), "");
  snapshot.statistics[0].slots[0].values = "{x," + std::string(260, 'y') + "}";
  EXPECT_EQ(Code(snapshot, Covering("a", {9})), reason::kCoverTooWide);
  snapshot.statistics[0].slots[0].values = "{not an array";
  EXPECT_EQ(Code(snapshot, Covering("a", {9})), "");
}

// A document is small today and 6 kB tomorrow, and then the row could not be written.
TEST(CoverLimits, ValuesOfAnySize) {
  Snapshot snapshot = Large();
  snapshot.statistics = {
      {.relation = kTable, .column = 9, .average_width = 20, .slots = {{.kind = 2, .values = "{x,y}"}}}};
  for (const char* const type : {"jsonb", "text[]", "bytea", "xml", "public.document"}) {
    snapshot.relations[0].columns[8].type = type;
    EXPECT_EQ(Code(snapshot, Covering("a", {9})), reason::kCoverTooWide) << type;
  }
  for (const char* const type : {"text", "character varying(40)", "numeric(10,2)", "inet"}) {
    snapshot.relations[0].columns[8].type = type;
    EXPECT_EQ(Code(snapshot, Covering("a", {9})), "") << type;
  }
  snapshot.relations[0].columns[8].type = "text";
  snapshot.statistics.clear();
  EXPECT_EQ(Code(snapshot, Covering("a", {9})), reason::kCoverTooWide);
}

}  // namespace
}  // namespace pgassay::candidates
