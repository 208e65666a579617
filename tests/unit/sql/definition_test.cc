#include "sql/definition.h"

#include <gtest/gtest.h>

namespace pgassay::sql {
namespace {

TEST(DefinedObject, NamesWhatIsMade) {
  const std::pair<const char*, RelationName> cases[] = {
      {"CREATE TABLE shop.\"Order\" (id int)", {"shop", "Order"}},
      {"CREATE TABLE plain (id int)", {"", "plain"}},
      {"CREATE FOREIGN TABLE s.f (id int) SERVER other", {"s", "f"}},
      {"CREATE VIEW s.v AS SELECT 1", {"s", "v"}},
      {"CREATE MATERIALIZED VIEW s.m AS SELECT 1 WITH NO DATA", {"s", "m"}},
      {"CREATE SEQUENCE s.q", {"s", "q"}},
      {"CREATE TYPE s.pair AS (a int, b int)", {"s", "pair"}},
      {"CREATE TYPE s.mood AS ENUM ('sad')", {"s", "mood"}},
      {"CREATE TYPE s.span AS RANGE (subtype = int4)", {"s", "span"}},
      {"CREATE DOMAIN s.d AS int", {"s", "d"}},
      {"CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", {"s", "f"}},
      {"CREATE AGGREGATE s.total(int) (SFUNC = int4pl, STYPE = int4)", {"s", "total"}},
      {"ALTER TABLE s.t ADD COLUMN c int", {"", ""}},
      {"CREATE INDEX ON s.t (c)", {"", ""}},
  };
  for (const auto& [statement, name] : cases) {
    const absl::StatusOr<RelationName> defined = DefinedObject(statement);
    ASSERT_TRUE(defined.ok()) << statement << ": " << defined.status();
    EXPECT_EQ(*defined, name) << statement;
  }
  EXPECT_FALSE(DefinedObject("CREATE TABLE").ok());
  EXPECT_FALSE(DefinedObject("SELECT 1; SELECT 2").ok());
}

TEST(WrapperOfServer, NamesTheWrapper) {
  EXPECT_EQ(*WrapperOfServer("CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h')"), "postgres_fdw");
  EXPECT_EQ(*WrapperOfServer("CREATE SERVER odd FOREIGN DATA WRAPPER \"My Wrapper\""), "My Wrapper");
  EXPECT_EQ(*WrapperOfServer("SELECT 1"), "");
  EXPECT_FALSE(WrapperOfServer("CREATE SERVER").ok());
}

TEST(ExamineForeignKey, Actions) {
  EXPECT_EQ(*ExamineForeignKey("FOREIGN KEY (a) REFERENCES p(id)"), ForeignKeyActions{});
  EXPECT_EQ(
      *ExamineForeignKey(R"x(FOREIGN KEY ("ON DELETE CASCADE") REFERENCES s."p)"(id) MATCH FULL ON UPDATE CASCADE )x"
                         "ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED NOT VALID"),
      (ForeignKeyActions{.on_delete = 'r', .on_update = 'c', .delete_set_columns = {}}));
  EXPECT_EQ(*ExamineForeignKey("FOREIGN KEY (a, b) REFERENCES p(x, y) ON UPDATE SET DEFAULT ON DELETE SET NULL (b)"),
            (ForeignKeyActions{.on_delete = 'n', .on_update = 'd', .delete_set_columns = {"b"}}));
}

TEST(ExamineForeignKey, RefusesOthers) {
  EXPECT_FALSE(ExamineForeignKey("PRIMARY KEY (a)").ok());
  EXPECT_FALSE(ExamineForeignKey("COLUMN b int").ok());
  EXPECT_FALSE(ExamineForeignKey("FOREIGN KEY (a) REFERENCES p(id) NOT ENFORCED").ok());
  EXPECT_FALSE(ExamineForeignKey("FOREIGN KEY (a) REFERENCES p(id); DROP TABLE t").ok());
}

}  // namespace
}  // namespace pgassay::sql
