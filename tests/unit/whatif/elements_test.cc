#include "whatif/elements.h"

#include <gtest/gtest.h>

#include "whatif/element_sample.h"
#include "whatif/inverted_size.h"

namespace pgassay::whatif {
namespace {

using Set = std::set<std::string>;

TEST(DocumentElements, AreKeysAndValues) {
  EXPECT_EQ(DocumentElements(R"({"a": 1, "b": {"c": "x, y"}, "d": [true, null, "z"]})", false),
            (Set{"k\"a\"", "k\"b\"", "k\"c\"", "k\"d\"", "v1", "v\"x, y\"", "vtrue", "vnull", "v\"z\""}));
}

TEST(DocumentElements, OfPathsAreOneForEachValue) {
  EXPECT_EQ(DocumentElements(R"({"a": {"b": 1, "c": 1}, "d": ["x", "x"]})", true).size(), 3U);
}

TEST(DocumentElements, EndForAnyText) {
  for (const char* text : {"", "{", "\"", "\"\\", "}}}", "{\"a\"", "nonsense", "[[[["}) DocumentElements(text, true);
}

TEST(Trigrams, PadEachWord) {
  EXPECT_EQ(Trigrams("Ab-c"), (Set{"  a", " ab", "ab ", "  c", " c "}));
}

TEST(Words, AreLowerCase) {
  EXPECT_EQ(Words("The cat, the CAT"), (Set{"the", "cat"}));
}

TEST(SampleElements, OfArraysComeFromTheirStatistics) {
  ColumnStatistics statistics;
  statistics.slots.push_back({.kind = 4, .numbers = "{0.5,0.25,0.25,0.5,0}", .values = "{red,blue}"});
  statistics.slots.push_back({.kind = 5, .numbers = "{0,1,2,2,1}"});
  const auto elements = SampleElements(ElementKind::kArray, statistics, 1000);
  ASSERT_EQ(elements.size(), 4U);
  EXPECT_EQ(elements[0], (ElementClass{.elements = 1, .rows = 0.5, .bytes = 4}));
  EXPECT_EQ(elements[2].elements, 2) << "a quarter of an element a row is left, each in an eighth of the rows";
  EXPECT_EQ(elements[3], (ElementClass{.elements = 1, .rows = 0.25, .bytes = 0})) << "rows with none";
}

TEST(SampleElements, OfDocumentsAreCountedInTheValuesThatStatisticsHold) {
  ColumnStatistics statistics{.null_fraction = 0.5, .distinct = -0.5};
  statistics.slots.push_back({.kind = 1, .numbers = "{0.25}", .values = R"({"{\"a\": 1}"})"});
  statistics.slots.push_back({.kind = 2, .values = R"({"{\"a\": 2}","{\"a\": 3}"})"});
  const auto elements = SampleElements(ElementKind::kDocument, statistics, 1000);
  ASSERT_EQ(elements.size(), 3U);
  EXPECT_EQ(elements[0].rows, 1) << "every document has the key";
  EXPECT_EQ(elements[1].rows, 0.5) << "the most common one alone has that value";
  EXPECT_EQ(elements[2].elements, 500) << "values seen once stand for as many as there are documents";
}

TEST(CountInvertedKey, AreListsForFrequentElementsAndEntriesForRareOnes) {
  const std::vector<ElementClass> frequent = {{.elements = 1, .rows = 1, .bytes = 8}};
  // A byte for each row of a block, two where a block ends; segments of 256 bytes with a header of eight.
  EXPECT_NEAR(static_cast<double>(CountInvertedKey(frequent, 1e6, 1e4).total_pages - 1),
              1 + 1 + 1e6 * 1.01 * 1.03 / 8152, 2);
  const std::vector<ElementClass> rare = {{.elements = 1e5, .rows = 1e-6, .bytes = 8}};
  EXPECT_NEAR(static_cast<double>(CountInvertedKey(rare, 1e6, 1e4).total_pages - 1), 1e5 * 28 / (8160 * 0.5), 20);
}

}  // namespace
}  // namespace pgassay::whatif
