#include "ingest/logged_plan.h"

#include <string>

#include <gtest/gtest.h>

namespace pgassay::ingest {
namespace {

constexpr const char* kQuery = "SELECT count(*) FROM orders\n  WHERE note = 'x<>&\"y'\n\tAND customer_id = $1";

LoggedPlan Expected() {
  return {.query = kQuery,
          .parameters = "$1 = 'it''s'",
          .query_id = -805053773300880846,
          .analyzed = true,
          .rows = 1,
          .worst_misestimate = 50};
}

TEST(LoggedPlan, Text) {
  const std::string plan =
      std::string("Query Text: ") + kQuery +
      "\nQuery Parameters: $1 = 'it''s'\n"
      "Aggregate  (cost=20.00..20.01 rows=1 width=8) (actual time=0.145..0.146 rows=1.00 loops=1)\n"
      "  Output: count(*)\n"
      "  ->  Seq Scan on public.orders  (cost=0.00..20.00 rows=2 width=0) (actual rows=100 loops=3)\n"
      "        Filter: ((orders.note = 'x'::text) AND (orders.customer_id = 5))\n"
      "  ->  Index Scan using \"(cost=\" on orders  (cost=0.00..20.00 rows=9000 width=0) (never executed)\n"
      "Settings: work_mem = '8MB'\n"
      "Query Identifier: -805053773300880846";
  EXPECT_EQ(ReadPlan(plan), Expected());
}

TEST(LoggedPlan, Json) {
  const std::string plan = R"({
  "Query Text": "SELECT count(*) FROM orders\n  WHERE note = 'x<>&\"y'\n\tAND customer_id = $1",
  "Query Parameters": "$1 = 'it''s'",
  "Plan": {
    "Node Type": "Aggregate",
    "Plan Rows": 1,
    "Actual Rows": 1.00,
    "Actual Loops": 1,
    "Output": ["\"Plan Rows\": 7000"],
    "Plans": [
      {
        "Node Type": "Seq Scan",
        "Plan Rows": 2,
        "Actual Rows": 100,
        "Actual Loops": 3,
        "Workers": [
          {
            "Worker Number": 0,
            "Actual Rows": 70000,
            "Actual Loops": 1
          }
        ]
      },
      {
        "Node Type": "Index Scan",
        "Plan Rows": 9000,
        "Actual Rows": 0,
        "Actual Loops": 0
      }
    ]
  },
  "Query Identifier": -805053773300880846
})";
  EXPECT_EQ(ReadPlan(plan), Expected());
}

TEST(LoggedPlan, Yaml) {
  const std::string plan =
      R"(Query Text: "SELECT count(*) FROM orders\n  WHERE note = 'x<>&\"y'\n\tAND customer_id = $1"
Query Parameters: "$1 = 'it''s'"
Plan: 
  Node Type: "Aggregate"
  Plan Rows: 1
  Actual Rows: 1
  Actual Loops: 1
  Plans: 
    - Node Type: "Seq Scan"
      Plan Rows: 2
      Actual Rows: 100
      Actual Loops: 3
      Filter: "Plan Rows: 9000"
Query Identifier: -805053773300880846)";
  EXPECT_EQ(ReadPlan(plan), Expected());
}

TEST(LoggedPlan, Xml) {
  const std::string plan =
      "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n"
      "  <Query-Text>SELECT count(*) FROM orders\n  WHERE note = 'x&lt;&gt;&amp;\"y'\n\tAND customer_id = "
      "$1</Query-Text>\n"
      "  <Query-Parameters>$1 = 'it''s'</Query-Parameters>\n"
      "  <Plan>\n"
      "    <Node-Type>Aggregate</Node-Type>\n"
      "    <Plan-Rows>1</Plan-Rows>\n"
      "    <Actual-Rows>1</Actual-Rows>\n"
      "    <Actual-Loops>1</Actual-Loops>\n"
      "    <Plans>\n"
      "      <Plan>\n"
      "        <Plan-Rows>2</Plan-Rows>\n"
      "        <Actual-Rows>100</Actual-Rows>\n"
      "        <Actual-Loops>3</Actual-Loops>\n"
      "      </Plan>\n"
      "    </Plans>\n"
      "  </Plan>\n"
      "  <Query-Identifier>-805053773300880846</Query-Identifier>\n"
      "</explain>";
  EXPECT_EQ(ReadPlan(plan), Expected());
}

TEST(LoggedPlan, WithoutAnalyze) {
  const LoggedPlan plan = ReadPlan("Query Text: SELECT 1\nResult  (cost=0.00..0.01 rows=1 width=4)\n");
  EXPECT_EQ(plan, (LoggedPlan{.query = "SELECT 1"}));
  EXPECT_EQ(ReadPlan("{\n  \"Query Text\": \"SELECT 1\",\n  \"Plan\": {\n    \"Plan Rows\": 1\n  }\n}"), plan);
}

TEST(LoggedPlan, ATextThatIsCutOffIsNoStatement) {
  EXPECT_EQ(ReadPlan("Query Text: SELECT a, b FR"), LoggedPlan{});
  EXPECT_EQ(ReadPlan("{\n  \"Query Text\": \"SELECT a, b FR"), LoggedPlan{});
  EXPECT_EQ(ReadPlan("{\n  \"Query Text\": \"SELECT \\q\""), LoggedPlan{});
  EXPECT_EQ(ReadPlan("Query Text: \"SELECT a\\"), LoggedPlan{});
  EXPECT_EQ(ReadPlan("<explain>\n  <Query-Text>SELECT a, b"), LoggedPlan{});
  // A plan that is cut off still has its statement.
  EXPECT_EQ(ReadPlan("{\n  \"Query Text\": \"SELECT a\",\n  \"Plan\": {\n    \"Plan Ro").query, "SELECT a");
}

TEST(LoggedPlan, HostileTexts) {
  for (const char* text :
       {"", "\n", "{", "[", "<", "<<<", "Query Text: ", "Query Text: \n\n\n", "Query Text: \"", "\xff\xfe\x80",
        "{\n\"Query Text\":", "{\n\"Plan Rows\": -1,\n\"Actual Rows\": nan,\n\"Actual Loops\": inf"}) {
    EXPECT_EQ(ReadPlan(text), LoggedPlan{}) << text;
  }
  // Invalid UTF-8 is kept as it is.
  EXPECT_EQ(ReadPlan("Query Text: SELECT '\xff'\nResult  (cost=0.00..0.01 rows=1 width=4)").query, "SELECT '\xff'");
  // Numbers beyond all bounds.
  const LoggedPlan huge = ReadPlan("Query Text: x\nResult  (cost=0.00..1.00 rows=1 width=4) (actual rows=1" +
                                   std::string(200, '0') + " loops=1" + std::string(100, '0') + ")");
  EXPECT_EQ(huge.rows, kMostPlanRows);
  EXPECT_EQ(huge.worst_misestimate, kMostMisestimate);
  std::string deep = "{\n";
  for (int i = 0; i < 100'000; ++i) deep += "\"Plans\": [\n{\n";
  EXPECT_EQ(ReadPlan(deep), LoggedPlan{});
}

// What auto_explain.log_wal adds: the figures of the first node have those of all others in them.
TEST(ReadPlan, Wal) {
  const LoggedPlan text = ReadPlan(
      "Query Text: UPDATE t SET a = 1\n"
      "Update on t  (cost=0.00..35.50 rows=0 width=0) (actual time=0.1..0.2 rows=0 loops=1)\n"
      "  Buffers: shared hit=5\n"
      "  WAL: records=3 fpi=1 bytes=8432\n"
      "  ->  Seq Scan on t  (cost=0.00..35.50 rows=2550 width=10) (actual time=0.010..0.011 rows=3 loops=1)\n"
      "        WAL: records=1 bytes=59");
  EXPECT_TRUE(text.has_wal);
  EXPECT_EQ(text.wal_records, 3);
  EXPECT_EQ(text.wal_full_page_images, 1);
  EXPECT_EQ(text.wal_bytes, 8432);
  const LoggedPlan none = ReadPlan(
      "Query Text: SELECT 'WAL: records=9'\n"
      "Result  (cost=0.00..0.01 rows=1 width=4) (actual time=0.010..0.011 rows=1 loops=1)\n"
      "  ->  Seq Scan on t  (cost=0.00..35.50 rows=2550 width=10) (actual time=0.010..0.011 rows=3 loops=1)\n"
      "        WAL: records=1 bytes=59");
  EXPECT_FALSE(none.has_wal);
  for (const char* const structured :
       {"{\n  \"Query Text\": \"UPDATE t\",\n  \"Plan\": {\n    \"Plan Rows\": 0,\n    \"Actual Rows\": 0,\n"
        "    \"Actual Loops\": 1,\n    \"WAL Records\": 3,\n    \"WAL FPI\": 1,\n    \"WAL Bytes\": 8432,\n    \"Plans\": [\n"
        "      {\n        \"Plan Rows\": 2,\n        \"WAL Records\": 0,\n        \"WAL FPI\": 0,\n        \"WAL Bytes\": 0\n      }\n    ]\n  }\n}",
        "Query Text: \"UPDATE t\"\nPlan: \n  Plan Rows: 0\n  Actual Rows: 0\n  Actual Loops: 1\n  WAL Records: 3\n  WAL FPI: 1\n"
        "  WAL Bytes: 8432\n  Plans: \n    - Node Type: \"Seq Scan\"\n      Plan Rows: 2\n      WAL Records: 0\n      WAL FPI: 0\n"
        "      WAL Bytes: 0",
        "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n  <Query-Text>UPDATE t</Query-Text>\n  <Plan>\n"
        "    <Plan-Rows>0</Plan-Rows>\n    <WAL-Records>3</WAL-Records>\n    <WAL-FPI>1</WAL-FPI>\n    <WAL-Bytes>8432</WAL-Bytes>\n"
        "    <Plans>\n      <Plan>\n        <Plan-Rows>2</Plan-Rows>\n        <WAL-Bytes>0</WAL-Bytes>\n      </Plan>\n    </Plans>\n"
        "  </Plan>\n</explain>"}) {
    const LoggedPlan plan = ReadPlan(structured);
    EXPECT_TRUE(plan.has_wal) << structured;
    EXPECT_EQ(plan.wal_records, 3);
    EXPECT_EQ(plan.wal_full_page_images, 1);
    EXPECT_EQ(plan.wal_bytes, 8432);
  }
}

}  // namespace
}  // namespace pgassay::ingest
