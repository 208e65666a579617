#include "report/redact.h"

#include "gtest/gtest.h"

namespace pgassay::report {
namespace {

TEST(Redact, OneLineDropsCommentsAndFoldsSpace) {
  EXPECT_EQ(OneLine("SELECT 1 -- for Max\n  FROM\tt /* a /* nested */ b */ WHERE x = 'a  -- b'"),
            "SELECT 1 FROM t WHERE x = 'a  -- b'");
  EXPECT_EQ(OneLine("SELECT \"a  b\", $1, $x$ -- kept $x$"), "SELECT \"a  b\", $1, $x$ -- kept $x$");
  EXPECT_EQ(OneLine("/* unclosed SELECT 1"), "");
  EXPECT_EQ(OneLine(""), "");
}

TEST(Redact, LongSelectListsGiveWay) {
  EXPECT_EQ(Abbreviated("SELECT a, (SELECT max(b) FROM u), ccccccccccccc FROM t WHERE d = $1"),
            "SELECT ... FROM t WHERE d = $1");
  EXPECT_EQ(Abbreviated("select * FROM t"), "select * FROM t");
  EXPECT_EQ(Abbreviated("SELECT generate_series(1, 1000000000000)"), "SELECT generate_series(1, 1000000000000)");
  EXPECT_EQ(Abbreviated("UPDATE t SET aaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1 FROM u"),
            "UPDATE t SET aaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1 FROM u");
  EXPECT_EQ(Abbreviated(""), "");
}

TEST(Redact, ConstantsOfEveryLexicalKind) {
  EXPECT_EQ(RedactConstants("t (a) WHERE (status = 'open'::text)"), "t (a) WHERE (status = ?::text)");
  EXPECT_EQ(RedactConstants("a > 100 AND b < -1.5e-3 AND c1 = $1"), "a > ? AND b < -? AND c1 = $1");
  EXPECT_EQ(RedactConstants("E'it\\'s' || 'it''s' || $q$it's$q$ || B'01' || U&'d\\0061'"), "? || ? || ? || ? || ?");
  EXPECT_EQ(RedactConstants("\"O'Brien\".\"a 1\" = 'unclosed secret"), "\"O'Brien\".\"a 1\" = ?");
  EXPECT_EQ(RedactConstants("x = $tag$ unclosed"), "x = ?");
  EXPECT_EQ(RedactConstants("\"Lager Süd\".\"Höhe\" > 5"), "\"Lager Süd\".\"Höhe\" > ?");
}

TEST(Redact, NumbersOfSubplansStay) {
  EXPECT_EQ(RedactConstants("(a > (SubPlan 1)) AND (NOT (hashed SubPlan 12)) AND (b = 12)"),
            "(a > (SubPlan 1)) AND (NOT (hashed SubPlan 12)) AND (b = ?)");
  EXPECT_EQ(RedactConstants("(InitPlan 3).col1 = 3"), "(InitPlan 3).col1 = ?");
  EXPECT_EQ(RedactConstants("\"SubPlan\" = 1 AND subplan > 2"), "\"SubPlan\" = ? AND subplan > ?");
}

TEST(Redact, SentencesKeepApostrophes) {
  EXPECT_EQ(RedactSentence("the table's rows don't match 'secret' now"), "the table's rows don't match '?' now");
  EXPECT_EQ(RedactSentence("\"Lager\" stays"), "\"Lager\" stays");
}

TEST(Redact, ServerMessagesKeepNamesAndLoseValues) {
  EXPECT_EQ(RedactServerMessage("relation \"orders\" does not exist"), "relation \"orders\" does not exist");
  EXPECT_EQ(RedactServerMessage("column \"a\" of relation \"b\" does not exist"),
            "column \"a\" of relation \"b\" does not exist");
  EXPECT_EQ(RedactServerMessage("invalid input syntax for type bigint: \"4711x\""),
            "invalid input syntax for type bigint: \"?\"");
  EXPECT_EQ(RedactServerMessage("value \"99999999999\" is out of range for type integer"),
            "value \"?\" is out of range for type integer");
  EXPECT_EQ(RedactServerMessage("\"1e400\" is out of range"), "\"?\" is out of range");
  EXPECT_EQ(RedactServerMessage("unterminated quoted string at or near \"'secret\""),
            "unterminated quoted string at or near \"?\"");
  EXPECT_EQ(RedactServerMessage("syntax error at or near \"FORM\""), "syntax error at or near \"FORM\"");
  EXPECT_EQ(RedactServerMessage("relation \"Lager\".\"Platz\" is odd"), "relation \"Lager\".\"Platz\" is odd");
  EXPECT_EQ(RedactServerMessage("unclosed \"secret"), "unclosed \"?\"");
}

}  // namespace
}  // namespace pgassay::report
