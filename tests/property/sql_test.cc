// Properties of module sql, on statements put together from parts and on hostile bytes. The seed is fixed and printed
// on failure.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "sql/plannable.h"
#include "sql/script.h"
#include "sql/statement.h"

namespace pgassay::sql {
namespace {

constexpr unsigned kSeed = 20240229;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int Below(int limit) { return static_cast<int>(engine_() % static_cast<unsigned>(limit)); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <typename Value>
  const Value& Pick(const std::vector<Value>& values) {
    return values[static_cast<std::size_t>(Below(static_cast<int>(values.size())))];
  }

 private:
  std::mt19937 engine_;
};

// Words of a statement; "?" stands for a literal, "?s" for a string.
using Words = std::vector<std::string>;

void Append(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

Words Expression(Random& random, int depth) {
  static const std::vector<Words> kLeaves = {{"a", "=", "?"},
                                             {"b", "<", "?"},
                                             {"t.c", "is", "null"},
                                             {"lower", "(", "d", ")", "=", "?"},
                                             {"\"E f\"", "<>", "?"},
                                             {"a", "in", "(", "?", ")"},
                                             {"b", "between", "?", "and", "?"},
                                             {"d", "like", "?"},
                                             {"e", "=", "date", "?s"},
                                             {"e", "<", "now", "(", ")", "-", "interval", "?s", "day"},
                                             {"a", "-", "?", "<", "extract", "(", "year", "from", "e", ")"},
                                             {"a", "=", "any", "(", "array", "[", "?", "]", ")"}};
  if (depth == 0 || random.Chance(40)) {
    return random.Pick(kLeaves);
  }
  Words words = {"("};
  Append(words, Expression(random, depth - 1));
  words.emplace_back(random.Chance(50) ? "and" : "or");
  Append(words, Expression(random, depth - 1));
  words.emplace_back(")");
  return words;
}

Words Select(Random& random, int depth) {
  Words words = {"select", "t.a", ",", "?", "from", "t"};
  if (depth > 0 && random.Chance(30)) {
    Append(words, {",", "("});
    Append(words, Select(random, depth - 1));
    Append(words, {")", "x"});
  }
  words.emplace_back("where");
  Append(words, Expression(random, depth));
  if (random.Chance(40)) {
    Append(words, {"order", "by", "t.a", "desc", "limit", "?"});
  }
  return words;
}

Words Statement(Random& random) {
  Words words;
  switch (random.Below(4)) {
    case 0:
      return Select(random, 3);
    case 1:
      words = {"update", "t", "set", "a", "=", "?", "where"};
      Append(words, Expression(random, 3));
      return words;
    case 2:
      words = {"delete", "from", "s.t", "where"};
      Append(words, Expression(random, 3));
      return words;
    default:
      words = {"insert", "into", "t", "(", "a", ",", "b", ")"};
      Append(words, Select(random, 2));
      return words;
  }
}

// The statement with literals and white space of its own.
std::string Render(const Words& words, Random& random) {
  static const std::vector<std::string> kLiterals = {"1",      "42", "3.5", "'x'",    "''''",   "'a;b'",
                                                     "$$q;$$", "-7", "'?'", "E'\\n'", "$x$'$x$"};
  static const std::vector<std::string> kStrings = {"'x'", "''''", "'a;b'", "$$q;$$", "'$1'", "E'\\n'", "$x$'$x$"};
  static const std::vector<std::string> kSpaces = {" ", "  ", "\n", "\t", " /* ; */ ", " -- ; '\n"};
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) {
      text += random.Pick(kSpaces);
    }
    text += word == "?" ? random.Pick(kLiterals) : word == "?s" ? random.Pick(kStrings) : word;
  }
  return text;
}

using Literals = std::vector<std::optional<std::string>>;

// One literal for each parameter that `text` may have.
Literals SomeLiterals(std::string_view text, Random& random) {
  static const std::vector<std::string> kLiterals = {"1",      "3.5", "'x'",   "'it''s $1'",
                                                     "$$q;$$", "-7",  "- 0.5", "E'\\''"};
  Literals literals;
  for (const ParameterPlace& place : ParameterPlaces(text)) {
    literals.resize(std::max(literals.size(), static_cast<std::size_t>(place.number)));
    literals[static_cast<std::size_t>(place.number) - 1] = random.Pick(kLiterals);
  }
  return literals;
}

TEST(SqlProperty, FingerprintIgnoresLiteralsAndWhiteSpace) {
  Random random(kSeed);
  for (int i = 0; i < 500; ++i) {
    const Words words = Statement(random);
    const std::string one = Render(words, random);
    const std::string other = Render(words, random);
    const auto facts = Examine(one);
    const auto other_facts = Examine(other);
    ASSERT_TRUE(facts.ok()) << facts.status() << "\n" << one;
    ASSERT_TRUE(other_facts.ok()) << other_facts.status() << "\n" << other;
    EXPECT_EQ(facts->fingerprint, other_facts->fingerprint) << one << "\n" << other << "\nseed " << kSeed;
    EXPECT_EQ(facts->relations, other_facts->relations);
  }
}

TEST(SqlProperty, NormaliseIsIdempotent) {
  Random random(kSeed + 1);
  for (int i = 0; i < 500; ++i) {
    const std::string text = Render(Statement(random), random);
    const auto once = Examine(text);
    ASSERT_TRUE(once.ok()) << once.status() << "\n" << text;
    const auto twice = Examine(once->normalized);
    ASSERT_TRUE(twice.ok()) << twice.status() << "\n" << once->normalized;
    EXPECT_EQ(twice->normalized, once->normalized) << "seed " << kSeed;
    EXPECT_EQ(twice->fingerprint, once->fingerprint) << text << "\n" << once->normalized << "\nseed " << kSeed;
  }
}

TEST(SqlProperty, ValuesInNormalisedTextsKeepTheFingerprint) {
  Random random(kSeed + 6);
  for (int i = 0; i < 1000; ++i) {
    const std::string text = Render(Statement(random), random);
    const auto facts = Examine(text);
    ASSERT_TRUE(facts.ok()) << facts.status() << "\n" << text;
    const auto parsable = MakeParsable(facts->normalized);
    ASSERT_TRUE(parsable.ok()) << parsable.status() << "\n" << facts->normalized;
    const auto again = MakeParsable(parsable->text);
    ASSERT_TRUE(again.ok()) << again.status() << "\n" << parsable->text;
    EXPECT_EQ(again->text, parsable->text) << "seed " << kSeed;
    const auto bound = Substitute(parsable->text, SomeLiterals(parsable->text, random));
    ASSERT_TRUE(bound.ok()) << bound.status() << "\n" << parsable->text;
    const auto bound_facts = Examine(*bound);
    ASSERT_TRUE(bound_facts.ok()) << bound_facts.status() << "\n" << *bound;
    EXPECT_EQ(bound_facts->fingerprint, facts->fingerprint) << text << "\n" << *bound << "\nseed " << kSeed;
    EXPECT_FALSE(bound_facts->has_parameters) << *bound;
  }
}

TEST(SqlProperty, WrappersChangeNothingWithin) {
  Random random(kSeed + 7);
  for (int i = 0; i < 300; ++i) {
    const std::string text = Render(Select(random, 3), random);
    const std::string fingerprint = Examine(text)->fingerprint;
    for (const std::string& wrapped :
         {text, "prepare p (int, text) as " + text, "declare c cursor with hold for " + text,
          "explain (costs off) " + text, "create table x as " + text + " with no data", "copy (" + text + ") to stdout",
          "explain analyze create materialized view x as (" + text + ")"}) {
      const auto found = FindPlannable(wrapped);
      ASSERT_TRUE(found.ok()) << found.status() << "\n" << wrapped;
      ASSERT_EQ(found->statements.size(), 1U) << wrapped;
      EXPECT_EQ(found->statements[0].facts.fingerprint, fingerprint) << wrapped << "\nseed " << kSeed;
      EXPECT_EQ(found->statements[0].facts, *Examine(found->statements[0].text)) << wrapped;
    }
  }
}

TEST(SqlProperty, SplitGivesBackWhatWasJoined) {
  Random random(kSeed + 2);
  static const std::vector<std::string> kSeparators = {";", ";\n", " ; -- c ; '\n", "; /* ; */ ", ";;\n"};
  for (int i = 0; i < 100; ++i) {
    std::vector<std::string> statements;
    std::string joined;
    for (int k = random.Below(6); k >= 0; --k) {
      statements.push_back(Render(Statement(random), random));
      joined += statements.back() + random.Pick(kSeparators);
    }
    const auto pieces = Split(joined);
    ASSERT_TRUE(pieces.ok()) << pieces.status() << "\n" << joined;
    std::vector<std::string> texts;
    std::size_t line = 1;
    std::size_t counted = 0;
    for (const Piece& piece : *pieces) {
      texts.push_back(joined.substr(piece.begin, piece.end - piece.begin));
      for (; counted < piece.begin; ++counted) {
        line += joined[counted] == '\n' ? 1 : 0;
      }
      EXPECT_EQ(piece.line, line) << "seed " << kSeed;
    }
    EXPECT_EQ(texts, statements) << "seed " << kSeed;
  }
}

// What FindPlannable and MakeParsable give can be read, and takes values where it has parameters.
void SurvivesAsTemplate(std::string_view text) {
  if (const auto parsable = MakeParsable(text); parsable.ok()) {
    ASSERT_TRUE(Examine(parsable->text).ok()) << text << "\n" << parsable->text;
  }
  const auto found = FindPlannable(text);
  if (!found.ok()) {
    return;
  }
  for (const PlannableText& statement : found->statements) {
    const auto facts = Examine(statement.text);
    ASSERT_TRUE(facts.ok()) << facts.status() << "\n" << text << "\n" << statement.text;
    ASSERT_EQ(*facts, statement.facts) << text;
    ASSERT_NE(facts->kind, StatementKind::kUtility) << text;
    ASSERT_EQ(facts->has_parameters, !ParameterPlaces(statement.text).empty()) << statement.text;
    const auto bound = Substitute(statement.text, Literals(9, "-1"));
    ASSERT_TRUE(!bound.ok() || !Examine(*bound)->has_parameters) << statement.text;
  }
}

// Whatever comes in, every function returns, and pieces lie within the text, one behind the other.
void Survives(std::string_view text) {
  const auto facts = Examine(text);
  const auto names = NodeNames(text);
  ASSERT_TRUE(!facts.ok() || names.ok()) << names.status();
  ASSERT_TRUE(!ExamineIndexStatement(text).ok() || facts.ok()) << facts.status();
  std::size_t end = 0;
  if (const auto pieces = Split(text); pieces.ok()) {
    for (const Piece& piece : *pieces) {
      ASSERT_LE(end, piece.begin);
      ASSERT_LT(piece.begin, piece.end);
      ASSERT_LE(piece.end, text.size());
      end = piece.end;
    }
  }
  for (const ScriptPiece& piece : SplitScript(text)) {
    ASSERT_LE(piece.piece.begin, piece.piece.end);
    ASSERT_LE(piece.piece.end, text.size());
  }
  for (const std::string& tag : QueryTags(text)) {
    ASSERT_NE(tag.find('='), std::string::npos);
  }
  SurvivesAsTemplate(text);
}

TEST(SqlProperty, RandomBytes) {
  Random random(kSeed + 3);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int k = random.Below(200); k > 0; --k) {
      text += static_cast<char>(random.Below(256));
    }
    Survives(text);
  }
}

TEST(SqlProperty, RandomTokens) {
  static const std::vector<std::string> kTokens = {
      "select",    "from",       "t",        "(",       ")",      ",",       ";",       "'",         "\"",     "$$",
      "$a$",       "--",         "/*",       "*/",      "\n",     "\\",      "case",    "end",       "begin",  "atomic",
      "create",    "rule",       "function", "copy",    "stdin",  "\\.",     "E'",      "U&'",       "with",   "as",
      "1",         "2x",         ".",        "[",       "]",      "union",   "join",    "on",        "and",    "not",
      "between",   "$1",         "\xff",     "ä",       "insert", "into",    "values",  "recursive", "where",  "=",
      "::",        "drop",       "index",    "is",      "null",   "prepare", "explain", "declare",   "cursor", "for",
      "table",     "interval",   "date",     "extract", "day",    "uescape", "$2",      "$1and$2",   "date$3", "N$4",
      "normalize", "normalized", "to",       "second",  "data",   "no"};
  Random random(kSeed + 4);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int k = random.Below(40); k > 0; --k) {
      text += random.Pick(kTokens);
      text += random.Chance(80) ? " " : "";
    }
    Survives(text);
  }
}

TEST(SqlProperty, BrokenStatements) {
  Random random(kSeed + 5);
  for (int i = 0; i < 1000; ++i) {
    std::string text = Render(Statement(random), random);
    const auto at = static_cast<std::size_t>(random.Below(static_cast<int>(text.size())));
    switch (random.Below(3)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text[at] = static_cast<char>(random.Below(256));
        break;
      default:
        text.insert(at, 1, '\0');
    }
    Survives(text);
  }
}

std::string Repeat(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) {
    repeated += text;
  }
  return repeated;
}

TEST(SqlProperty, DeepNesting) {
  struct Shape {
    std::string_view before, open, middle, close;
  };
  static constexpr Shape kShapes[] = {
      {"select ", "(", "1", ")"},
      {"select ", "f(", "1", ")"},
      {"select ", "- ", "a", ""},
      {"select ", "not ", "a", ""},
      {"select ", "array[", "1", "]"},
      {"select ", "", "1", "+1"},
      {"select ", "", "1", "::int"},
      {"select ", "", "1", " is null"},
      {"", "", "select 1", " union select 1"},
      {"", "", "select 1", " union all select 1, 2"},
      {"select * from ", "", "a", " join a on b"},
      {"select * from ", "(", "a", " join a using (b, c))"},
      {"", "select * from (", "select 1", ") x"},
      {"", "with a as (", "select 1", ") select 1"},
      {"select ", "case when a then ", "1", " end"},
      {"select ", "case when a.end then ", "1", " end"},
      {"select ", "1 between 1 and not ", "true", ""},
      {"select ", "", "1", " is null is null is null is null is null between 1 and 2"},
      {"select ", "", "1", " + x.and"},
      {"select ", "", "1", " + x. -- c\nor"},
      {"select ", "(", "1", "+1+1+1+1+1+1+1+1+1)"},
      {"select a", "", "", " and a or b"},
      {"select 1", "", "", ", a = 1"},
      {"insert into t values (1)", "", "", ", (1)"},
  };
  for (const Shape& shape : kShapes) {
    for (const int times : {900, 20000}) {
      SCOPED_TRACE(std::string(shape.open) + "|" + std::string(shape.close));
      Survives(std::string(shape.before) + Repeat(shape.open, times) + std::string(shape.middle) +
               Repeat(shape.close, times));
    }
  }
}

TEST(SqlProperty, OneMegabyteStatement) {
  const std::string text = "select * from t where a in (1" + Repeat(", 12345678", 100'000) + ")";
  const auto facts = Examine(text);
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->fingerprint, Examine("select * from t where a in (1)")->fingerprint);
  Survives("select '" + std::string(1'000'000, 'x'));
  Survives(std::string(1'000'000, '('));
  Survives(Repeat("\\d\n", 300'000));
}

}  // namespace
}  // namespace pgassay::sql
