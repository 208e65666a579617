#include "workload/name_resolver.h"

#include <gtest/gtest.h>

namespace pgassay::workload {
namespace {

using Strings = std::vector<std::string>;

Snapshot TwoSchemas(std::string search_path) {
  Snapshot snapshot;
  snapshot.user = "anna";
  snapshot.database = "db";
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

TEST(SearchPathSetting, OfTheCapturingRoleIsWhatTheCaptureSaw) {
  Snapshot snapshot = TwoSchemas("shop");
  snapshot.role_settings = {{"anna", "db", "search_path", "other"}};
  for (const char* source : {"default", "database", "user", "client", ""}) {
    snapshot.settings[0].source = source;
    EXPECT_EQ(SearchPathSetting(snapshot, "anna", "db"), "shop");
  }
  EXPECT_EQ(SearchPathSetting(snapshot, "anna", "db2"), "shop");
}

TEST(SearchPathSetting, MostSpecificFirst) {
  Snapshot snapshot = TwoSchemas("captured");
  snapshot.role_settings = {{"", "", "search_path", "everybody"},
                            {"", "db", "search_path", "database"},
                            {"bert", "", "search_path", "role"},
                            {"bert", "", "work_mem", "4MB"},
                            {"bert", "db", "search_path", "role and database"},
                            {"bert", "db2", "search_path", "elsewhere"}};
  const auto next = [&snapshot] {
    const std::string setting = SearchPathSetting(snapshot, "bert", "db");
    std::erase_if(snapshot.role_settings, [&](const RoleSetting& entry) { return entry.value == setting; });
    return setting;
  };
  EXPECT_EQ(SearchPathSetting(snapshot, "", "db"), "database");
  EXPECT_EQ(SearchPathSetting(snapshot, "carl", "db3"), "everybody");
  EXPECT_EQ(next(), "role and database");
  EXPECT_EQ(next(), "role");
  EXPECT_EQ(next(), "database");
  EXPECT_EQ(next(), "everybody");
  EXPECT_EQ(next(), "captured");
}

TEST(SearchPathSetting, TheCapturingRolesOwnSettingIsNotThatOfOthers) {
  Snapshot snapshot = TwoSchemas("shop");
  for (const char* source : {"user", "database user", "client", "session"}) {
    snapshot.settings[0].source = source;
    EXPECT_EQ(SearchPathSetting(snapshot, "bert", "db"), "\"$user\", public") << source;
  }
  for (const char* source : {"default", "configuration file", "command line", "database", "global"}) {
    snapshot.settings[0].source = source;
    EXPECT_EQ(SearchPathSetting(snapshot, "bert", "db"), "shop") << source;
  }
  snapshot.settings.clear();
  EXPECT_EQ(SearchPathSetting(snapshot, "anna", "db"), "\"$user\", public");
}

Resolution Resolve(const Snapshot& snapshot, const std::vector<sql::RelationName>& names, std::string user = "anna") {
  return NameResolver(snapshot).Resolve(names, user, "db");
}

TEST(NameResolver, FirstSchemaWins) {
  EXPECT_EQ(Resolve(TwoSchemas("shop, public"), {{"", "orders"}}), (Resolution{{"shop.orders"}}));
  EXPECT_EQ(Resolve(TwoSchemas("public, shop"), {{"", "orders"}}), (Resolution{{"public.orders"}}));
}

TEST(NameResolver, UserSchema) {
  EXPECT_EQ(Resolve(TwoSchemas("\"$user\", public"), {{"", "notes"}, {"", "orders"}}),
            (Resolution{{"anna.notes", "public.orders"}}));
}

TEST(NameResolver, DefaultPath) {
  Snapshot snapshot = TwoSchemas("");
  snapshot.settings.clear();
  EXPECT_EQ(Resolve(snapshot, {{"", "notes"}, {"", "orders"}}), (Resolution{{"anna.notes", "public.orders"}}));
}

TEST(NameResolver, QuotesSortsAndKeepsTheUnknown) {
  EXPECT_EQ(Resolve(TwoSchemas("\"Lager Süd\""), {{"", "gone"}, {"shop", "orders"}, {"", "Fach"}, {"x", "A view"}}),
            (Resolution{{"\"Lager Süd\".\"Fach\"", "gone", "shop.orders", "x.\"A view\""}}));
}

TEST(NameResolver, OneRelationUnderTwoNamesIsOne) {
  EXPECT_EQ(Resolve(TwoSchemas("shop"), {{"", "orders"}, {"shop", "orders"}}), (Resolution{{"shop.orders"}}));
}

TEST(NameResolver, ViewsCountAndTemporaryTablesDoNot) {
  Snapshot snapshot = TwoSchemas("public");
  snapshot.views = {{.oid = {9}, .name = {"public", "report"}}};
  snapshot.relations.push_back({.oid = {5}, .name = {"pg_temp_3", "work"}, .persistence = 't'});
  EXPECT_EQ(Resolve(snapshot, {{"", "report"}, {"", "work"}}), (Resolution{{"public.report", "work"}}));
}

// Two tenants with the same tables, and one table that only one of them has.
Snapshot Tenants() {
  Snapshot snapshot;
  snapshot.user = "admin";
  for (const char* schema : {"tenant 2", "tenant_1"}) {
    for (const char* name : {"orders", "items"}) {
      snapshot.relations.push_back({.name = {schema, name}});
    }
  }
  snapshot.relations.push_back({.name = {"tenant 2", "extras"}});
  snapshot.relations.push_back({.name = {"public", "users"}});
  snapshot.relations.push_back({.name = {"tenant 2", "users"}});
  return snapshot;
}

TEST(NameResolver, TheOnlySchemaWithAllNamesIsTaken) {
  EXPECT_EQ(Resolve(Tenants(), {{"", "extras"}, {"", "orders"}, {"", "pg_class"}}, "app"),
            (Resolution{.relations = {"\"tenant 2\".extras", "\"tenant 2\".orders", "pg_class"},
                        .search_path = "\"tenant 2\", app, public"}));
}

TEST(NameResolver, TheChosenSchemaComesFirstForAllNames) {
  EXPECT_EQ(Resolve(Tenants(), {{"", "extras"}, {"", "users"}}, "app").relations,
            (Strings{"\"tenant 2\".extras", "\"tenant 2\".users"}));
  EXPECT_EQ(Resolve(Tenants(), {{"", "users"}}, "app"), (Resolution{{"public.users"}}));
  EXPECT_EQ(Resolve(Tenants(), {{"", "extras"}}, "").search_path, "\"tenant 2\", public");
}

TEST(NameResolver, SeveralSchemasAreAmbiguous) {
  const Resolution resolution = Resolve(Tenants(), {{"", "items"}, {"", "orders"}, {"", "users"}}, "app");
  EXPECT_EQ(resolution.possible_schemas, (Strings{"tenant 2", "tenant_1"}));
  EXPECT_EQ(resolution.ambiguous_names, (Strings{"items", "orders"}));
  EXPECT_EQ(resolution.search_path, "");
}

TEST(NameResolver, NamesWithOneSchemaEachTakeThatSchema) {
  Snapshot snapshot = Tenants();
  snapshot.relations.push_back({.name = {"archive", "old_orders"}});
  const Resolution resolution = Resolve(snapshot, {{"", "extras"}, {"", "old_orders"}}, "");
  EXPECT_EQ(resolution.relations, (Strings{"\"tenant 2\".extras", "archive.old_orders"}));
  EXPECT_EQ(resolution.search_path, "\"tenant 2\", archive, public");
}

TEST(NameResolver, NoSchemaWithAllNamesIsLeftToThePlanner) {
  Snapshot snapshot = Tenants();
  snapshot.relations.push_back({.name = {"archive", "old_orders"}});
  EXPECT_EQ(Resolve(snapshot, {{"", "items"}, {"", "old_orders"}}, "app"), (Resolution{{"items", "old_orders"}}));
  EXPECT_EQ(Resolve(snapshot, {{"", "nowhere"}, {"tenant_1", "items"}}, "app"),
            (Resolution{{"nowhere", "tenant_1.items"}}));
}

TEST(NameResolver, EveryUserHasItsPath) {
  Snapshot snapshot = Tenants();
  snapshot.role_settings = {{"one", "", "search_path", "tenant_1"}, {"two", "", "search_path", "\"tenant 2\""}};
  NameResolver resolver(snapshot);
  EXPECT_EQ(resolver.Resolve({{"", "orders"}}, "one", "db").relations, (Strings{"tenant_1.orders"}));
  EXPECT_EQ(resolver.Resolve({{"", "orders"}}, "two", "db").relations, (Strings{"\"tenant 2\".orders"}));
  EXPECT_FALSE(resolver.Resolve({{"", "orders"}}, "three", "db").possible_schemas.empty());
  EXPECT_EQ(resolver.Resolve({{"", "orders"}}, "one", "db").relations, (Strings{"tenant_1.orders"}));
}

}  // namespace
}  // namespace pgassay::workload
