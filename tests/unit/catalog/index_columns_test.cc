#include "catalog/index_columns.h"

#include <gtest/gtest.h>

namespace pgassay::catalog {
namespace {

TEST(DependsOn, KeysIncludedColumnsExpressionsAndPredicates) {
  const Column status{.number = 2, .name = "status"};
  EXPECT_TRUE(DependsOn({.keys = {{.column = 1}, {.column = 2}}}, status));
  EXPECT_TRUE(DependsOn({.keys = {{.column = 1}}, .include = {3, 2}}, status));
  EXPECT_TRUE(DependsOn({.keys = {{.expression = "lower(status)"}}}, status));
  EXPECT_TRUE(DependsOn({.keys = {{.column = 1}}, .predicate = "(status = 'open'::text)"}, status));
  EXPECT_FALSE(DependsOn({.keys = {{.column = 1}}, .include = {3}, .predicate = "(status_id = 2)"}, status));
  EXPECT_FALSE(DependsOn({.keys = {{.expression = "lower(old_status)"}}}, status));
  EXPECT_TRUE(DependsOn({.keys = {{.expression = "lower(\"Status\")"}}}, {.number = 2, .name = "Status"}));
}

TEST(EndsHot, AllButSummaries) {
  EXPECT_TRUE(EndsHot({.method = "btree"}, 170000));
  EXPECT_TRUE(EndsHot({.method = "brin"}, 150008));
  EXPECT_FALSE(EndsHot({.method = "brin"}, 160000));
}

}  // namespace
}  // namespace pgassay::catalog
