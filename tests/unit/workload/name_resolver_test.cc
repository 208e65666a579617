#include "workload/name_resolver.h"

#include <gtest/gtest.h>

namespace pgassay::workload {
namespace {

using Strings = std::vector<std::string>;

Snapshot TwoSchemas(std::string search_path) {
  Snapshot snapshot;
  snapshot.user = "anna";
  snapshot.relations = {{.oid = {1}, .name = {"shop", "orders"}},
                        {.oid = {2}, .name = {"public", "orders"}},
                        {.oid = {3}, .name = {"anna", "notes"}},
                        {.oid = {4}, .name = {"Lager Süd", "Fach"}}};
  snapshot.settings = {{.name = "search_path", .value = std::move(search_path)}};
  return snapshot;
}

TEST(SearchPath, ReadsTheSetting) {
  EXPECT_EQ(SearchPath("\"$user\", public", "anna"), (Strings{"pg_catalog", "anna", "public"}));
  EXPECT_EQ(SearchPath("Shop,\"Lager \"\"Süd\", pg_catalog", "anna"), (Strings{"shop", "Lager \"Süd", "pg_catalog"}));
  EXPECT_EQ(SearchPath("", "anna"), (Strings{"pg_catalog"}));
  EXPECT_EQ(SearchPath("\"\"", "anna"), (Strings{"pg_catalog"}));
}

TEST(NameResolver, FirstSchemaWins) {
  EXPECT_EQ(NameResolver(TwoSchemas("shop, public")).Resolve({{"", "orders"}}), (Strings{"shop.orders"}));
  EXPECT_EQ(NameResolver(TwoSchemas("public, shop")).Resolve({{"", "orders"}}), (Strings{"public.orders"}));
}

TEST(NameResolver, UserSchema) {
  EXPECT_EQ(NameResolver(TwoSchemas("\"$user\", public")).Resolve({{"", "notes"}, {"", "orders"}}),
            (Strings{"anna.notes", "public.orders"}));
}

TEST(NameResolver, DefaultPath) {
  Snapshot snapshot = TwoSchemas("");
  snapshot.settings.clear();
  EXPECT_EQ(NameResolver(snapshot).Resolve({{"", "notes"}, {"", "orders"}}), (Strings{"anna.notes", "public.orders"}));
}

TEST(NameResolver, QuotesSortsAndKeepsTheUnknown) {
  EXPECT_EQ(NameResolver(TwoSchemas("\"Lager Süd\""))
                .Resolve({{"", "orders"}, {"shop", "orders"}, {"", "Fach"}, {"x", "A view"}}),
            (Strings{"\"Lager Süd\".\"Fach\"", "orders", "shop.orders", "x.\"A view\""}));
}

TEST(NameResolver, OneRelationUnderTwoNamesIsOne) {
  EXPECT_EQ(NameResolver(TwoSchemas("shop")).Resolve({{"", "orders"}, {"shop", "orders"}}), (Strings{"shop.orders"}));
}

}  // namespace
}  // namespace pgassay::workload
