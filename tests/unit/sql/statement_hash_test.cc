#include "sql/statement_hash.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pgassay::sql {
namespace {

std::uint64_t Shape(std::string_view text) {
  return HashStatement(text).shape;
}

// The literals of `text`, each with a letter for its kind.
std::vector<std::string> Literals(const std::string& text) {
  std::vector<LiteralSpan> spans;
  const StatementHash hash = HashStatement(text, spans);
  EXPECT_EQ(hash.literal_count, spans.size());
  std::vector<std::string> literals;
  for (const LiteralSpan& span : spans) {
    literals.push_back(std::string(1, "nsbp"[static_cast<int>(span.kind)]) +
                       text.substr(span.begin, span.end - span.begin));
  }
  return literals;
}

using Strings = std::vector<std::string>;

TEST(StatementHash, LeavesOutWhatHasNoMeaning) {
  const std::uint64_t shape = Shape("SELECT a FROM t WHERE b = 1");
  EXPECT_EQ(Shape("select A\n  from T -- a comment\n where/* 'it' /* is */ nested */b=-25.5e3 ;"), shape);
  EXPECT_NE(Shape("SELECT a FROM t WHERE b = '1'"), shape);
  EXPECT_NE(Shape("SELECT a FROM t WHERE b = $1"), shape);
  EXPECT_NE(Shape("SELECT a FROM t WHERE \"b\" = 1"), shape);
  EXPECT_NE(Shape("SELECT a FROM t WHERE b >= 1"), shape);
  EXPECT_NE(Shape("SELECT a FROM t WHERE b = 1::int"), shape);
}

TEST(StatementHash, EveryFormOfStringIsOne) {
  const std::uint64_t shape = Shape("SELECT 'a'");
  EXPECT_EQ(Shape("SELECT 'it''s a much longer constant, of more than one block'"), shape);
  EXPECT_EQ(Shape("SELECT E'a\\'b'"), shape);
  EXPECT_EQ(Shape("SELECT $$a 'b'$$"), shape);
  EXPECT_EQ(Shape("SELECT $tag$a $$ b$tag$"), shape);
  EXPECT_EQ(Shape("SELECT 'a'\n 'b'"), shape);
  EXPECT_NE(Shape("SELECT 'a' 'b'"), shape);
}

TEST(StatementHash, ListsCountOnce) {
  EXPECT_EQ(Shape("SELECT 1 FROM t WHERE a IN (1)"), Shape("SELECT 1 FROM t WHERE a IN (1, -2, /* c */ 3.5)"));
  EXPECT_EQ(Shape("SELECT 1 FROM t WHERE a IN ($1)"), Shape("SELECT 1 FROM t WHERE a IN ($1, $2, $3)"));
  EXPECT_EQ(Shape("SELECT 1 FROM t WHERE (a, b) IN ((1, 'x'))"),
            Shape("SELECT 1 FROM t WHERE (a, b) IN ((1, 'x'), (2, 'y'))"));
  EXPECT_EQ(Shape("SELECT ARRAY['a']"), Shape("SELECT ARRAY['a', 'b']"));
  EXPECT_EQ(Shape("INSERT INTO t (a, b) VALUES (1, now())"),
            Shape("INSERT INTO t (a, b) VALUES (1, now()), (2, now())"));
  EXPECT_NE(Shape("INSERT INTO t VALUES (1, now())"), Shape("INSERT INTO t VALUES (1, now()), (2, 3)"));
  EXPECT_NE(Shape("SELECT f(1)"), Shape("SELECT f(1, 2)"));
  EXPECT_NE(Shape("SELECT position(a IN (1))"), Shape("SELECT position(a IN (1, 2))"));
  EXPECT_NE(Shape("SELECT 1 FROM t values (a)"), Shape("SELECT 1 FROM t values (a), (a)"));
}

TEST(StatementHash, LiteralsWithAMeaningCount) {
  EXPECT_NE(Shape("SELECT a::float(24)"), Shape("SELECT a::float(25)"));
  EXPECT_NE(Shape("SELECT a::int[3]"), Shape("SELECT a::int[4]"));
  EXPECT_NE(Shape("FETCH 1 FROM c"), Shape("FETCH 2 FROM c"));
  EXPECT_NE(Shape("SELECT U&\"d!0061\" UESCAPE '!'"), Shape("SELECT U&\"d!0061\" UESCAPE '?'"));
  EXPECT_NE(Shape("SELECT E'\\u0041'"), Shape("SELECT E'\\uzzzz'"));
  EXPECT_NE(Shape("SELECT E'\\\xb0'"), Shape("SELECT E'a'"));
  EXPECT_EQ(Shape("SET x = 1"), Shape("SET x = 2"));
}

TEST(StatementHash, LiteralsAreHashedInOrder) {
  const auto literals = [](std::string_view text) { return HashStatement(text).literals; };
  EXPECT_EQ(literals("SELECT 1, 'a'"), literals("select 1 , 'a'"));
  EXPECT_NE(literals("SELECT 1, 2"), literals("SELECT 2, 1"));
  EXPECT_NE(literals("SELECT (1)"), literals("SELECT (-1)"));
  EXPECT_NE(literals("SELECT 12"), literals("SELECT 1, 2"));
  EXPECT_NE(literals("SELECT 'ab'"), literals("SELECT 'a''b'"));
  EXPECT_NE(literals("SELECT a IN (1, 2)"), literals("SELECT a IN (1, 3)"));
}

TEST(StatementHash, FindsLiterals) {
  EXPECT_EQ(Literals("SELECT 1, -2, a-3, .5, 1e-10 FROM t1"), (Strings{"n1", "n-2", "n3", "n.5", "n1e-10"}));
  EXPECT_EQ(Literals("SELECT a IN (-1, 2) AND b IN (3, c)"), (Strings{"n-1", "n2", "n3"}));
  EXPECT_EQ(Literals("SELECT E'a\\'', X'1f', B'01', N'n', U&'u', $$d$$"),
            (Strings{"sE'a\\''", "bX'1f'", "bB'01'", "sN'n'", "sU&'u'", "s$$d$$"}));
  EXPECT_EQ(Literals("SELECT a$1, $1, \"x'y\", 'a'\n'b' -- 'c'"), (Strings{"p$1", "s'a'\n'b'"}));
  EXPECT_EQ(Literals("SELECT 0x1F, 1_000, 1..2"), (Strings{"n0x1F", "n1_000", "n1", "n.2"}));
  EXPECT_EQ(Literals("SELECT '1"), Strings{"s'1"});
}

TEST(StatementHash, FindsTheVerb) {
  EXPECT_EQ(HashStatement("select 1").verb, StatementVerb::kSelect);
  EXPECT_EQ(HashStatement("/* tag */ ((SELECT 1))").verb, StatementVerb::kSelect);
  EXPECT_EQ(HashStatement(";Commit").verb, StatementVerb::kCommit);
  EXPECT_EQ(HashStatement("START TRANSACTION").verb, StatementVerb::kBegin);
  EXPECT_EQ(HashStatement("deallocate p").verb, StatementVerb::kDeallocate);
  EXPECT_EQ(HashStatement("VACUUM t").verb, StatementVerb::kOther);
  EXPECT_EQ(HashStatement("selects").verb, StatementVerb::kOther);
  EXPECT_EQ(HashStatement("select1").verb, StatementVerb::kOther);
  EXPECT_EQ(HashStatement("").verb, StatementVerb::kOther);
}

TEST(StatementHash, GivesHints) {
  EXPECT_EQ(HashStatement("SELECT a FROM t ORDER BY a LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED").hints,
            kHasOrderBy | kHasLimit | kHasRowLock | kHasSkipLocked);
  EXPECT_EQ(HashStatement("UPDATE t SET a = (SELECT 1) WHERE b IN (1) RETURNING a").hints,
            kHasWhere | kHasIn | kHasReturning);
  EXPECT_EQ(HashStatement("SELECT nextval('s')").hints, kHasNextval);
  EXPECT_EQ(HashStatement("SELECT (SELECT 1)").hints, kHasSubquery);
}

TEST(StatementHash, SeesSeveralStatements) {
  for (const char* one : {"SELECT 1", "SELECT 1;", ";SELECT 1; ;\n", "SELECT ';' || a FROM t; -- done", "SELECT 1 /* ; */"})
    EXPECT_FALSE(HashStatement(one).several) << one;
  for (const char* several : {"SELECT 1; SELECT 2", "BEGIN;UPDATE t SET a = 1;COMMIT;"})
    EXPECT_TRUE(HashStatement(several).several) << several;
}

TEST(StatementHash, SaysThatATextWasCutOff) {
  for (const char* text : {"SELECT '", "SELECT 'a", "SELECT E'a\\'", "SELECT $$a$", "SELECT \"a", "SELECT /* /* */",
                           "SELECT a IN (1, '"}) {
    EXPECT_TRUE(HashStatement(text).unterminated) << text;
  }
  for (const char* text : {"", "SELECT 'a'''", "SELECT -- a", "SELECT $a", "SELECT /**/"}) {
    EXPECT_FALSE(HashStatement(text).unterminated) << text;
  }
}

TEST(StatementHash, IsTheSameOnEveryMachine) {
  const StatementHash hash =
      HashStatement("SELECT \"Id\", current_timestamp FROM shop.orders WHERE customer_id = 4711 AND note <> 'none'");
  EXPECT_EQ(hash, HashStatementPortably(
                      "SELECT \"Id\", current_timestamp FROM shop.orders WHERE customer_id = 4711 AND note <> 'none'"));
  EXPECT_FALSE(hash.has_parameters);
  EXPECT_TRUE(HashStatement("SELECT $1").has_parameters);
}

TEST(RedactLiterals, LeavesNoValue) {
  EXPECT_EQ(RedactLiterals("SELECT a, 'x' FROM t -- secret\nWHERE b IN (1, -2 /* c */) AND c = $1"),
            "SELECT a, ? FROM t  \nWHERE b IN (?, ?  ) AND c = $1");
  EXPECT_EQ(RedactLiterals("SELECT 'cut off"), "SELECT ?");
  EXPECT_EQ(RedactLiterals("SELECT a /* cut off"), "SELECT a  ");
  EXPECT_EQ(RedactLiterals("ALTER USER u PASSWORD 'x'"), "ALTER USER u PASSWORD ?");
  EXPECT_EQ(RedactLiterals("SELECT 12ab, \"name\""), "SELECT ?, \"name\"");
  EXPECT_EQ(RedactLiterals(""), "");
}

}  // namespace
}  // namespace pgassay::sql
