// Properties of the statement hash. Equal shapes must mean equal fingerprints. The seed is fixed and printed on
// failure.

#include "sql/statement_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/statement.h"
#include "sql/statement_memo.h"
#include "statement_corpus.h"

namespace pgassay::sql {
namespace {

TEST(StatementHash, EqualShapesHaveEqualFingerprints) {
  std::map<std::uint64_t, std::pair<std::string, std::string>> seen;  // shape to fingerprint and text
  int shared = 0;
  int parsable = 0;
  const std::vector<std::string> corpus = StatementCorpus();
  ASSERT_GE(corpus.size(), 20000U);
  for (const std::string& text : corpus) {
    const auto facts = Examine(text);
    const std::string fingerprint = facts.ok() ? facts->fingerprint : "unparsable";
    parsable += facts.ok() ? 1 : 0;
    const auto [entry, added] = seen.try_emplace(HashStatement(text).shape, fingerprint, text);
    shared += !added && facts.ok() ? 1 : 0;
    EXPECT_EQ(entry->second.first, fingerprint) << "seed " << kCorpusSeed << "\n"
                                                << entry->second.second << "\n"
                                                << text;
  }
  EXPECT_GE(parsable, 5000);
  EXPECT_GE(shared, 1000);
  RecordProperty("texts", static_cast<int>(corpus.size()));
  RecordProperty("parsable", parsable);
  RecordProperty("shapes", static_cast<int>(seen.size()));
}

TEST(StatementHash, BothPathsAgree) {
  for (const std::string& text : StatementCorpus()) {
    ASSERT_EQ(HashStatement(text), HashStatementPortably(text)) << text;
    std::vector<LiteralSpan> spans;
    const StatementHash hash = HashStatement(text, spans);
    ASSERT_EQ(hash, HashStatement(text)) << text;
    ASSERT_EQ(hash.literal_count, spans.size()) << text;
    std::size_t end = 0;
    for (const LiteralSpan& span : spans) {
      ASSERT_TRUE(span.begin >= end && span.end > span.begin && span.end <= text.size()) << text;
      end = span.end;
    }
    // A text of the same bytes at another address, so that nothing behind it has a part.
    ASSERT_EQ(HashStatement(std::string_view("x" + text + "'\"1a").substr(1, text.size())), hash) << text;
  }
}

// Texts of one pattern with other literals, and with other space, comments and case.
TEST(StatementHash, LiteralsAndSpaceHaveNoPart) {
  Random random;
  for (int i = 0; i < 3000; ++i) {
    std::string pattern = random.Pick(
        {"SELECT a FROM t WHERE b = # AND c = @ AND d IN (%) LIMIT #", "UPDATE t SET a = #, b = @ WHERE c = -#",
         "INSERT INTO t (a, b) VALUES (#, now()), (-#, now())", "DELETE FROM t WHERE a = ANY(ARRAY[#, #])",
         "SELECT f(#, @, -#) FROM t WHERE a > # ORDER BY b", "EXECUTE p(#, @)", "SET x = #"});
    const bool strings = random.Chance(50);
    const auto expand = [&](const std::string& text) {
      std::string result;
      for (const char c : text) {
        if (c != '%') {
          result += Expand(random, std::string(1, c));
          continue;
        }
        for (int n = random.Below(40); n > 0; --n)
          result += (strings ? RandomString(random) : RandomNumber(random)) + ", ";
        result += strings ? RandomString(random) : RandomNumber(random);
      }
      return result;
    };
    const std::string first = expand(pattern);
    for (std::size_t at = pattern.find(' '); at != std::string::npos; at = pattern.find(' ', at)) {
      const std::string space = random.Pick({" ", "  ", "\n\t", " /* it's */ ", " -- \"c\n", "/*/**/*/"});
      pattern.replace(at, 1, space);
      at += space.size();
    }
    const std::string second =
        expand(pattern.find_first_of("'\"$") == std::string::npos ? ChangeCase(random, pattern) : pattern);
    ASSERT_EQ(HashStatement(first).shape, HashStatement(second + ";").shape) << "seed " << kCorpusSeed << "\n"
                                                                             << first << "\n"
                                                                             << second;
  }
}

// Neighbours in the corpus differ in their literals or by a mutation.
TEST(StatementMemo, AgreesWithTheScanner) {
  constexpr std::size_t kGroup = 12;
  const std::string bytes = "'\"$0123456789.-+/*eEx_:;,() \n\\a[]";
  const std::vector<std::string> corpus = StatementCorpus();
  Random random;
  std::uint64_t found = 0;
  for (std::size_t begin = 0; begin < corpus.size(); begin += kGroup) {
    StatementMemo memo;
    const std::size_t end = std::min(begin + kGroup, corpus.size());
    for (int round = 0; round < 3; ++round) {
      for (std::size_t i = begin; i < end; ++i) ASSERT_EQ(memo.Hash(corpus[i]), HashStatement(corpus[i])) << corpus[i];
    }
    for (std::size_t i = begin; i < end; ++i) {
      for (int change = 0; change < 6; ++change) {
        std::string text = corpus[i];
        if (text.empty()) continue;
        const auto at = static_cast<std::size_t>(random.Below(static_cast<int>(text.size())));
        const std::string byte(1, bytes[static_cast<std::size_t>(random.Below(static_cast<int>(bytes.size())))]);
        text.replace(at, random.Chance(50) ? 1 : 0, byte);
        ASSERT_EQ(memo.Hash(text), HashStatement(text)) << "seed " << kCorpusSeed << "\n" << corpus[i] << "\n" << text;
      }
    }
    found += memo.found();
  }
  EXPECT_GE(found, corpus.size());
}

TEST(StatementMemo, FindsOtherLiterals) {
  Random random;
  StatementMemo memo;
  const std::vector<std::string> patterns = {"SELECT a FROM t WHERE b = # AND c = @ /* @ */ LIMIT 1",
                                             "UPDATE t SET a = a + #, b = @ WHERE c = -7",
                                             "INSERT INTO t (a, b, c) VALUES (#, @, now()), (#, @, now())",
                                             "SELECT a FROM t WHERE b = $1 AND c[1] = #",
                                             "-- @\nSELECT @::float(24), ARRAY[#, #] FROM t99",
                                             "DECLARE c CURSOR FOR SELECT E'a' || @ WHERE a IN (#, #, #)"};
  for (int i = 0; i < 6'000; ++i) {
    const std::string text = Expand(random, random.Pick(patterns));
    ASSERT_EQ(memo.Hash(text), HashStatement(text)) << "seed " << kCorpusSeed << "\n" << text;
  }
  EXPECT_GE(memo.found(), 3'000U);
}

TEST(StatementMemo, GivesUpWhereNothingIsLikeAnything) {
  StatementMemo memo;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = "SELECT c" + std::to_string(i) + " FROM t WHERE a = " + std::to_string(i);
    ASSERT_EQ(memo.Hash(text), HashStatement(text)) << text;
  }
  EXPECT_EQ(memo.found(), 0U);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = "SELECT c FROM t WHERE a = " + std::to_string(i);
    ASSERT_EQ(memo.Hash(text), HashStatement(text)) << text;
  }
  EXPECT_GE(memo.found(), 15'000U);
}

}  // namespace
}  // namespace pgassay::sql
