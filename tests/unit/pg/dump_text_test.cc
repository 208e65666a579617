#include "pg/dump_text.h"

#include <gtest/gtest.h>

#include <string>

namespace pgassay::pg {
namespace {

TEST(CleanDump, TakesTheRestrictLinesOut) {
  const DumpText clean = CleanDump(
      "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n-- Dumped\n\nSET x = 0;\n\\unrestrict abc\n\n");
  EXPECT_EQ(clean.sql, "--\n-- PostgreSQL database dump\n--\n\n\n-- Dumped\n\nSET x = 0;\n\n");
  EXPECT_EQ(clean.user_mappings, 0);
}

TEST(CleanDump, LeavesLinesThatOnlyLookLikeThem) {
  const std::string body = "SELECT '\n\\restrict abc\n\\unrestrict abc\n\\! id\n';\n";
  EXPECT_EQ(CleanDump(body).sql, body);
  EXPECT_EQ(CleanDump("\\restrict key\n" + body + "\\unrestrict key\n").sql, body);
}

TEST(CleanDump, WithoutASingleStatement) {
  EXPECT_EQ(CleanDump("").sql, "");
  EXPECT_EQ(CleanDump("\\restrict k").sql, "\\restrict k");
  EXPECT_EQ(CleanDump("-- only\n").sql, "-- only\n");
}

TEST(CleanDump, LeavesUserMappingsOut) {
  const DumpText clean = CleanDump(
      "CREATE SERVER s;\n-- Name: USER MAPPING\nCREATE USER MAPPING FOR \"a;b\" SERVER s OPTIONS (\n    password "
      "'x;''y'\n);\nSELECT 1;\n");
  EXPECT_EQ(clean.sql, "CREATE SERVER s;\n-- Name: USER MAPPING\n\nSELECT 1;\n");
  EXPECT_EQ(clean.user_mappings, 1);
}

TEST(CleanDump, LooksIntoNoStringCommentOrBody) {
  for (const std::string sql : {
           "SELECT '; CREATE USER MAPPING FOR a SERVER s;';\n",
           "SELECT E'\\'; CREATE USER MAPPING FOR a SERVER s;';\n",
           "SELECT \"; CREATE USER MAPPING FOR a SERVER s;\";\n",
           "SELECT $$; CREATE USER MAPPING FOR a SERVER s;$$;\n",
           "SELECT $a1$; $$ CREATE USER MAPPING FOR a SERVER s;$a1$;\n",
           "-- ; CREATE USER MAPPING FOR a SERVER s;\nSELECT 1;\n",
           "/* ; /* */ CREATE USER MAPPING FOR a SERVER s; */ SELECT 1;\n",
           "SELECT $1; SELECT a$b$c;\n",
           "SELECT 'unfinished; CREATE USER MAPPING FOR a SERVER s",
           "SELECT $$unfinished",
           "/* unfinished",
           "SELECT E'\\",
       }) {
    EXPECT_EQ(CleanDump(sql), (DumpText{sql, 0})) << sql;
  }
  EXPECT_EQ(CleanDump("SELECT 'a\\';CREATE USER MAPPING FOR a SERVER s;").user_mappings, 1)
      << "pg_dump sets standard_conforming_strings";
}

}  // namespace
}  // namespace pgassay::pg
