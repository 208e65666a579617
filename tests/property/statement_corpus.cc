#include "statement_corpus.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sql/statement.h"

namespace pgassay::sql {
namespace {

// Templates: # stands for a number, @ for a string, % for a list of literals, ^ for rows of literals, & for a name.
const std::vector<std::string> kExpressions = {"& = #",
                                               "& < @",
                                               "& IN (%)",
                                               "& NOT IN (%)",
                                               "& BETWEEN # AND #",
                                               "& = ANY(ARRAY[%])",
                                               "(&, &) IN (^)",
                                               "& LIKE @ ESCAPE @",
                                               "&::int = #",
                                               "& = -#",
                                               "& > - #::numeric(10,2)",
                                               "lower(&) = @",
                                               "f(#, &, %)",
                                               "position(& IN (#))",
                                               "position(& IN (%))",
                                               "extract(year FROM &) = #",
                                               "& - # > -#",
                                               "&[#] = #",
                                               "& @> ARRAY[%]",
                                               "& ->> @ = @",
                                               "& >= now() - interval @ day",
                                               "& = date @",
                                               "CAST(& AS float(24)) = #",
                                               "& IN (#, &)",
                                               "& IN (SELECT & FROM & WHERE & = #)",
                                               "CASE WHEN & = # THEN @ ELSE @ END = @",
                                               "& IS NULL",
                                               "& = $1",
                                               "& IN ($1, $2)",
                                               "& IN (VALUES (#), (#))",
                                               "t.values(&) = #",
                                               "& AT TIME ZONE @ = @",
                                               "& % # = -#",
                                               "&::int[] = &",
                                               "& IN ((#), (#))"};
const std::vector<std::string> kStatements = {
    "SELECT &, & FROM & WHERE !",
    "SELECT * FROM & JOIN & USING (id) WHERE ! AND ! ORDER BY & DESC LIMIT # OFFSET #",
    "INSERT INTO & VALUES ^",
    "INSERT INTO & (&, &) VALUES ^ ON CONFLICT DO NOTHING",
    "UPDATE & SET & = #, & = & - # WHERE !",
    "DELETE FROM & WHERE ! OR !",
    "WITH x AS (SELECT & FROM & WHERE !) SELECT * FROM x WHERE !",
    "VALUES ^",
    "SELECT * FROM (VALUES ^) v WHERE !",
    "INSERT INTO values (&) SELECT &",
    "SELECT & FROM & values (&)",
    "SELECT count(*) FROM & GROUP BY & HAVING ! FETCH FIRST # ROWS ONLY",
    "FETCH # FROM c",
    "SET x = #",
    "SET x TO @",
    "EXECUTE p(#, @)",
    "NOTIFY n, @",
    "COMMENT ON TABLE & IS @",
    "CALL f(#, -#)",
    "SELECT & FROM & WHERE ! FOR UPDATE SKIP LOCKED",
    "EXPLAIN SELECT & FROM & WHERE !",
    "DECLARE c CURSOR FOR SELECT & WHERE !",
    "COPY & FROM @",
    "INSERT INTO & VALUES (#, &), (#, &), (@, &)",
    "MERGE INTO & USING & ON & = # WHEN NOT MATCHED THEN INSERT VALUES (#, @)",
    "SELECT & UNION ALL VALUES ^"};

std::string Name(Random& random) {
  return random.Pick(
      {"a", "b", "o.id", "customer_id", "\"Quoted\"\"x\"", "t.c", "a$1", "values", "\"in\"", "ä", "U&\"d\\0061t\""});
}
std::vector<std::string> ShopStatements() {
  std::vector<std::string> texts;
  for (const char* folder : {"/workloads/shop/queries", "/workloads/shop/traffic", "/workloads/shop"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(PGASSAY_SOURCE_DIR) + folder)) {
      if (entry.path().extension() != ".sql") continue;
      std::ifstream file(entry.path());
      std::string text;
      for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("\\")) text += line + "\n";
      }
      const auto pieces = Split(text);
      if (!pieces.ok()) continue;
      for (const Piece& piece : *pieces) texts.push_back(text.substr(piece.begin, piece.end - piece.begin));
    }
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

// Pairs and families that are easily taken for each other.
const std::vector<std::string> kHostile = {"",
                                           ";",
                                           "--",
                                           "/* */",
                                           "select",
                                           "\"select\" 1",
                                           "select a -1",
                                           "select a - 1",
                                           "select a (-1)",
                                           "select (-1)",
                                           "select (1)",
                                           "select - -1",
                                           "select --1",
                                           "select (- -1)",
                                           "select -1::int",
                                           "select (-1::int)",
                                           "select (-1 /* */ :: int)",
                                           "select (1::int)",
                                           "select (- 1)",
                                           "select 1.5.2",
                                           "select 1.5 .2",
                                           "select 1..2",
                                           "select 1a",
                                           "select 1 a",
                                           "select 1_000",
                                           "select 1000",
                                           "select 0x1F",
                                           "select 0x",
                                           "select date'x'",
                                           "select date 'x'",
                                           "select date 1",
                                           "select $1$2",
                                           "select $1 $2",
                                           "select a$1",
                                           "select a $1",
                                           "select $1a",
                                           "select x'ab' 'cd'",
                                           "select x'ab'\n'cd'",
                                           "select 'a' 'b'",
                                           "select 'a'\n'b'",
                                           "select 'a'--c\n'b'",
                                           "select 'a'\n--c\n'b'",
                                           "select 'a'/* */\n'b'",
                                           "select e'a'\n'\\'b'",
                                           "select a::b",
                                           "select a: :b",
                                           "select a:=b",
                                           "select a=b",
                                           "select f(a=1)",
                                           "select a order by b nulls last",
                                           "select a order by b nulls /* */ last",
                                           "select not /* */ a in (1)",
                                           "select not a in (1)",
                                           "select f(a:=1)",
                                           "select f(a=>1)",
                                           "select f(a=> -1)",
                                           "select f(a>-1)",
                                           "select a..b",
                                           "select a.b",
                                           "select a.1",
                                           "select a .1",
                                           "select limit.1",
                                           "select a::numeric(10,2)",
                                           "select a::numeric(10,-2)",
                                           "select a::varchar(1)",
                                           "select a::varchar(-1)",
                                           "select a::varchar(1.5)",
                                           "select a::float(24)",
                                           "select a::float(25)",
                                           "select a::float(-1)",
                                           "select a::float('a')",
                                           "select a::int[3]",
                                           "select a::int[4]",
                                           "select a::int[-1]",
                                           "select a::int array[3]",
                                           "select a::int array[4]",
                                           "select a::int array[3,4]",
                                           "select array[3]",
                                           "select array[3,4]",
                                           "select array[a]",
                                           "select a in (1, a)",
                                           "select a in (1)",
                                           "select a in (1, 2)",
                                           "select a in ((1), (2))",
                                           "select a in ((1, 2))",
                                           "select a in ((1, 2), (3))",
                                           "select (1,2) in ((1,2),(3,4))",
                                           "select (1,2) in ((1,2))",
                                           "select (1,2) in (1,2)",
                                           "select a in (1, 1+1)",
                                           "select a in (1+1)",
                                           "select a in (1 + 1, 1)",
                                           "select position(a in (1))",
                                           "select position(a in (1,2))",
                                           "select \"position\"(a in (1,2))",
                                           "select t.in (1,2)",
                                           "select t.in (1)",
                                           "select a limit all",
                                           "select a limit 1",
                                           "select a limit null",
                                           "select interval '1' day",
                                           "select interval '1 day'",
                                           "select interval(3) '1'",
                                           "select interval(4) '1'",
                                           "select a::interval second(3)",
                                           "select a::interval second(4)",
                                           "select current_timestamp(3)",
                                           "select current_timestamp(4)",
                                           "select localtime(3)",
                                           "select localtime(4)",
                                           "select current_time(3)",
                                           "select current_time(4)",
                                           "select localtimestamp(1)",
                                           "select localtimestamp(2)",
                                           "select U&\"d\\0061t\"",
                                           "select U&\"d!0061t\" uescape '!'",
                                           "select U&\"d!0061t\" uescape '?'",
                                           "select U&'d\\0061t'",
                                           "select U&'\\zzzz'",
                                           "select U&'\\004'",
                                           "select U & 'a'",
                                           "select u&'a'",
                                           "select u & \"a\"",
                                           "select u &\"a\"",
                                           "select E'\\uzzzz'",
                                           "select E'\\u0041'",
                                           "select E'\\xff'",
                                           "select E'\\x41'",
                                           "select E'\\777'",
                                           "select E'\\0'",
                                           "select E'\\ud800'",
                                           "select E'a'",
                                           "select n'a'",
                                           "select n 'a'",
                                           "select b'1'",
                                           "select b '1'",
                                           "select x'1'",
                                           "select x '1'",
                                           "select f(1)",
                                           "select f(1,2)",
                                           "select f(a)",
                                           "select f(a, a)",
                                           "select \"A\"",
                                           "select A",
                                           "select a",
                                           "select \"a\"",
                                           "select \"a\"\"b\"",
                                           "select \"a\" \"b\"",
                                           "select \"\"",
                                           "select ä",
                                           "select Ä",
                                           "select \"ä\"",
                                           "select a\vb",
                                           "select a b",
                                           "select a<-1",
                                           "select a< -1",
                                           "select a<- 1",
                                           "select a@-1",
                                           "select a@ -1",
                                           "select a!=-1",
                                           "select a != -1",
                                           "select a<>-1",
                                           "select a+-1",
                                           "select a + -1",
                                           "select a*/* */b",
                                           "select a*-b",
                                           "select a*--b\nc",
                                           "select a||-1",
                                           "select a || -1",
                                           "select a->'b'",
                                           "select a - >'b'",
                                           "select a->>-1",
                                           "select a->>1",
                                           "select a?-1",
                                           "select a?1",
                                           "insert into values (a) select 1",
                                           "insert into values (a), (a) select 1",
                                           "insert into values (a)",
                                           "insert into values values (1)",
                                           "insert into values values (1), (2)",
                                           "insert into t as values (a) values (1)",
                                           "insert into t as values (a), (a) values (1)",
                                           "insert into t values (1)",
                                           "insert into t values (1), (2)",
                                           "insert into t values (1), 2",
                                           "insert into t values (1), (2), (3)",
                                           "insert into t values (1) (2)",
                                           "insert into t values (1), (a)",
                                           "insert into t values (a), (a)",
                                           "insert into t values (a)",
                                           "insert into t values ((a)), ((a))",
                                           "insert into t values (1",
                                           "insert into t values (1), (1",
                                           "select 1 from t values (a)",
                                           "select 1 from t values (a), (a)",
                                           "select 1 from (select 1) values (a)",
                                           "select 1 from (select 1) values (a), (a)",
                                           "with values (a) as (select 1) select 1",
                                           "with values (a), (a) as (select 1) select 1",
                                           "insert into t with values (a) as (select 1) select 1",
                                           "insert into t with values (a), (a) as (select 1) select 1",
                                           "select t.values(a), (a)",
                                           "select t.values(a)",
                                           "select f(values (a), (a))",
                                           "select f((values (a), (a)))",
                                           "select f((values (a)))",
                                           "insert into t select 1 from x values (a)",
                                           "insert into t select 1 from x values (a), (a)",
                                           "select insert into t values (a), (a)",
                                           "select insert into values (a), (a)",
                                           "values (1)",
                                           "values (1), (2)",
                                           "values (1), (2), (1, 2)",
                                           "table values",
                                           "values",
                                           "merge into t using s on a when not matched then insert values (1)",
                                           "merge into t using s on a when not matched then insert values (1), (1)",
                                           "merge into t using s on a when not matched then insert (values) values (1)",
                                           "fetch 1 from c",
                                           "fetch 2 from c",
                                           "fetch -1 from c",
                                           "fetch 3000000000 from c",
                                           "notify a, 'x'",
                                           "notify a, 'y'",
                                           "comment on table t is 'x'",
                                           "comment on table t is 'y'",
                                           "copy t from 'a'",
                                           "copy t from 'b'",
                                           "set x = 1",
                                           "set x = -1",
                                           "set x = 'a'",
                                           "set time zone 1",
                                           "set time zone -1",
                                           "set x = 1, 2",
                                           "create user x password 'a'",
                                           "create user x password 'b'",
                                           "create table t (a float(3))",
                                           "create table t (a float(33))",
                                           "explain create table t as select a::float(3)",
                                           "execute p(1)",
                                           "execute p(1, 2)",
                                           "do 'x'",
                                           "do 'y'",
                                           "do $$x$$",
                                           "select 1; select 2",
                                           "select 1;",
                                           "select 1;;",
                                           ";select 1",
                                           "select 1 /*",
                                           "select 1 '",
                                           "select 1 $$",
                                           "select 1 $a$ $b$",
                                           "select $",
                                           "select $a",
                                           "select a.$1",
                                           "select 1 \"",
                                           "select 'a' uescape 'b'",
                                           "select \"a\" uescape 'b'",
                                           "select a[1]",
                                           "select a[-1]",
                                           "select a[1:2]",
                                           "select a[1:-2]",
                                           "select a[1.5]",
                                           "select a[b[1]]",
                                           "select array[[1,2],[3,4]]",
                                           "select array[[1],[2]]",
                                           "select 1 as in",
                                           "select a as \"in\"",
                                           "select fetch",
                                           "select operator(-1)",
                                           "select 1 operator(pg_catalog.-) 1",
                                           "select 1 operator(pg_catalog.-) -1",
                                           "select 1 = -1",
                                           "select 1 operator(=) -1",
                                           "select a at time zone 'x'",
                                           "select a collate \"x\"",
                                           "select -1 ^ 2",
                                           "select (-1 ^ 2)",
                                           "select (1 ^ 2)",
                                           "select (-1 collate \"x\")",
                                           "select (1 collate \"x\")",
                                           "select a = -1 at time zone 'x'",
                                           "select a = 1 at time zone 'x'",
                                           "select a = -1::int",
                                           "select a = 1::int",
                                           "select a = -1 is null",
                                           "select a = 1 is null"};

// Anything done to a text by chance; it may become another statement, or none.
std::string Mutate(Random& random, std::string text) {
  const auto at = static_cast<std::size_t>(random.Below(static_cast<int>(text.size()) + 1));
  switch (random.Below(6)) {
    case 0:
      return text.insert(
          at, random.Pick({" ", "\n", "/* c */", "--c\n", "\t", "/*/**/*/", " -", "-", "+", "::", ".", ",",  "(", ")",
                           "'", "\"", "$1",      "$$",    "1",  "a",        "[",  "]", "=", "@",  "e", "u&", "_"}));
    case 1:
      return at < text.size() ? text.erase(at, 1) : text;
    case 2:
      return at < text.size() ? text.erase(at, static_cast<std::size_t>(random.Below(8))) : text;
    case 3:
      return ChangeCase(random, text);
    case 4: {
      const auto comma = text.find(", ", at);
      return comma == std::string::npos ? text + ";" : text.insert(comma, ", 1");
    }
    default:
      return text.insert(
          at, random.Pick({" (1)", ", (1)", " in (1, 2)", " values (1), (2)", " array[1, 2]", " - 1", " uescape '!'",
                           "position(", " and ", "float(1)", " as values ", ".in (1,2)"}));
  }
}

std::string List(Random& random, int least = 1) {
  std::string list;
  for (int i = random.Below(5) + least; i > 0; --i) {
    list += (random.Chance(15) ? "-" : "") + RandomNumber(random) + (i > 1 ? ", " : "");
  }
  if (random.Chance(30)) list = RandomString(random) + ", " + RandomString(random);
  return list;
}

}  // namespace

std::string RandomNumber(Random& random) {
  return random.Pick({"1", "2", "0", "42", "1.5", ".5", "1e10", "12345678901234567890", "3."});
}

std::string RandomString(Random& random) {
  return random.Pick({"'x'", "''", "'it''s'", "E'a\\'b'", "$$x$$", "$q$ $$ $q$", "'a'\n'b'", "'--'", "'/*'",
                      "'a longer string constant'"});
}

std::string Expand(Random& random, const std::string& pattern) {
  std::string text;
  for (const char c : pattern) {
    if (c == '#')
      text += RandomNumber(random);
    else if (c == '@')
      text += RandomString(random);
    else if (c == '%')
      text += List(random);
    else if (c == '&')
      text += Name(random);
    else if (c == '!')
      text += Expand(random, random.Pick(kExpressions));
    else if (c == '^') {
      const int columns = random.Below(3) + 1;
      for (int row = random.Below(3) + 1; row > 0; --row) {
        text += "(";
        for (int i = 0; i < columns; ++i) text += (i > 0 ? ", " : "") + RandomNumber(random);
        text += row > 1 ? "), " : ")";
      }
    } else
      text += c;
  }
  return text;
}

std::string ChangeCase(Random& random, std::string text) {
  if (text.find_first_of("'\"$") != std::string::npos) return text;
  for (char& c : text) {
    if (random.Chance(50) && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::vector<std::string> StatementCorpus() {
  Random random;
  std::vector<std::string> texts = kHostile;
  for (const std::string& text : ShopStatements()) texts.push_back(text);
  for (int i = 0; i < 5000; ++i) texts.push_back(Expand(random, random.Pick(kStatements)));
  const std::size_t plain = texts.size();
  for (std::size_t i = 0; i < plain; ++i) {
    std::string text = texts[i];
    for (int j = 0; j < 4; ++j) texts.push_back(text = Mutate(random, j == 2 ? texts[i] : text));
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

}  // namespace pgassay::sql
