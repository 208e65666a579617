#include "ingest/line_prefix.h"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ingest/line_tag.h"

namespace pgassay::ingest {
namespace {

struct Taken {
  bool matched = false;
  LogRecord record;
  std::string rest;
};

Taken Take(std::string_view prefix, std::string_view line) {
  absl::StatusOr<LinePrefix> compiled = LinePrefix::Compile(prefix);
  EXPECT_TRUE(compiled.ok()) << compiled.status();
  Taken taken;
  taken.matched = compiled->Take(line, taken.record, [](std::string_view rest) { return TakeTag(rest).has_value(); });
  taken.rest = line;
  return taken;
}

TEST(LinePrefix, DefaultPrefix) {
  const std::string_view line = "2025-11-25 12:00:00.123 UTC [4711] LOG:  hello";
  const Taken taken = Take("%m [%p] ", line);
  ASSERT_TRUE(taken.matched);
  EXPECT_EQ(taken.record.pid, 4711U);
  EXPECT_EQ(taken.record.session, 4711U);
  EXPECT_EQ(taken.record.time_us, 1'764'072'000'123'000);
  EXPECT_EQ(taken.rest, "LOG:  hello");
}

TEST(LinePrefix, EveryField) {
  const std::string_view line =
      "2025-11-25 12:00:00 "
      "UTC|1764072000.123|6925d1c0.1267|4711|12|3/45|0|-77|42P01|ann|shop|psql|10.0.0.1(5432)|SELECT|"
      "2025-11-25 11:00:00 UTC|client backend|100%|ERROR:  no";
  const Taken taken = Take("%t|%n|%c|%p|%l|%v|%x|%Q|%e|%u|%d|%a|%r|%i|%s|%b|100%%|", line);
  ASSERT_TRUE(taken.matched);
  const LogRecord& record = taken.record;
  EXPECT_EQ(record.session, SessionKey("6925d1c0.1267"));
  EXPECT_NE(record.session, 0U);
  EXPECT_EQ(record.transaction, TransactionKey("3/45"));
  EXPECT_NE(record.transaction, 0U);
  EXPECT_EQ(record.query_id, -77);
  EXPECT_EQ(record.sql_state, "42P01");
  EXPECT_EQ(record.user, "ann");
  EXPECT_EQ(record.database, "shop");
  EXPECT_EQ(record.application, "psql");
  EXPECT_EQ(record.time_us, 1'764'072'000'123'000) << "the start of the session is not the time";
}

TEST(LinePrefix, NamesMayContainTheSeparator) {
  const Taken application = Take("%m [%p] %a ", "2025-11-25 12:00:00.123 UTC [1] my own app LOG:  x");
  ASSERT_TRUE(application.matched);
  EXPECT_EQ(application.record.application, "my own app");

  const Taken user = Take("%m [%p] %u@%d ", "2025-11-25 12:00:00.123 UTC [1] a@b@shop LOG:  x");
  ASSERT_TRUE(user.matched);
  EXPECT_EQ(user.record.database, "b@shop") << "the first separator ends the user, as the name cannot tell";

  const Taken tag = Take("%a: ", "LOG:  x: LOG:  message");
  ASSERT_TRUE(tag.matched);
  EXPECT_EQ(tag.rest, "LOG:  message");
}

// The first lines of a log may all be those of sessions: what its prefix is told to be then has no %q.
TEST(LinePrefix, ProcessesWithoutASessionWhereNothingTellsOfThem) {
  for (const std::string_view prefix : {"%m [%p] %u@%d/%a %v ", "%m [%p] user=%u,db=%d,app=%a "}) {
    const Taken process = Take(prefix, "2025-11-25 12:00:00.123 UTC [7] LOG:  checkpoint starting: time");
    ASSERT_TRUE(process.matched) << prefix;
    EXPECT_EQ(process.record.pid, 7U);
    EXPECT_EQ(process.record.user, "");
    EXPECT_EQ(process.rest, "LOG:  checkpoint starting: time");
    EXPECT_FALSE(Take(prefix, "2025-11-25 12:00:00.123 UTC [7] checkpoint starting").matched);
  }
  EXPECT_FALSE(Take("%t:%r:%u@%d:[%p]:", "2025-11-25 12:00:00 UTC:LOG:  x").matched) << "without its process";
}

TEST(LinePrefix, ProcessesWithoutASession) {
  const std::string_view prefix = "%m [%p] %q%u@%d ";
  const Taken session = Take(prefix, "2025-11-25 12:00:00.123 UTC [1] ann@shop LOG:  x");
  ASSERT_TRUE(session.matched);
  EXPECT_EQ(session.record.user, "ann");
  const Taken other = Take(prefix, "2025-11-25 12:00:00.123 UTC [1] LOG:  x");
  ASSERT_TRUE(other.matched);
  EXPECT_EQ(other.record.user, "");
}

TEST(LinePrefix, Rds) {
  const Taken taken = Take("%t:%r:%u@%d:[%p]:", "2025-11-25 12:00:00 UTC:10.0.0.1(5432):ann@shop:[4711]:LOG:  x");
  ASSERT_TRUE(taken.matched);
  EXPECT_EQ(taken.record.user, "ann");
  EXPECT_EQ(taken.record.database, "shop");
  EXPECT_EQ(taken.record.pid, 4711U);
  const Taken local = Take("%t:%r:%u@%d:[%p]:", "2025-11-25 12:00:00 UTC::@:[4711]:LOG:  x");
  ASSERT_TRUE(local.matched);
}

TEST(LinePrefix, PaddingAndUnknown) {
  const Taken taken = Take("%m [%6p] %-10u|", "2025-11-25 12:00:00.123 UTC [    12] ann       |LOG:  x");
  ASSERT_TRUE(taken.matched);
  EXPECT_EQ(taken.record.pid, 12U);
  EXPECT_EQ(taken.record.user, "ann");
  EXPECT_EQ(Take("%m [%p] %u@%d ", "2025-11-25 12:00:00.123 UTC [1] [unknown]@[unknown] LOG:  x").record.user, "");
}

TEST(LinePrefix, OtherLines) {
  for (const std::string_view line :
       {"", "hello", "\tSELECT 1", "2025-11-25 12:00:00.123 UTC [4711]", "2025-11-25 12:00:00.123 UTC [4711] hello",
        "2025-11-25 12:00:00.123 UTC [x] LOG:  hello"}) {
    EXPECT_FALSE(Take("%m [%p] ", line).matched) << line;
  }
}

TEST(LinePrefix, ManySeparatorsEndSoon) {
  std::string line = "2025-11-25 12:00:00.123 UTC [1] ";
  for (int i = 0; i < 100'000; ++i) line += "a:b@c ";
  EXPECT_FALSE(Take("%m [%p] %a:%u@%d %h ", line).matched);
}

TEST(LinePrefix, BadPrefixes) {
  EXPECT_FALSE(LinePrefix::Compile("%m [%p] %z ").ok());
  EXPECT_FALSE(LinePrefix::Compile("").ok());
}

TEST(LinePrefix, OfAFieldThatIsThereTwiceTheLastCounts) {
  const Taken taken = Take("%m %u [%l] %u|", "2025-11-25 12:00:00.123 UTC ann [7] |LOG:  x");
  ASSERT_TRUE(taken.matched);
  EXPECT_EQ(taken.record.user, "");
}

bool SameRecord(const LogRecord& a, const LogRecord& b) {
  return a.time_us == b.time_us && a.pid == b.pid && a.session == b.session && a.transaction == b.transaction &&
         a.query_id == b.query_id && a.database == b.database && a.user == b.user && a.application == b.application &&
         a.sql_state == b.sql_state;
}

// What was read before has no part in how a line is read.
TEST(LinePrefix, RemembersOnlyWhatIsTrue) {
  const std::string_view prefixes[] = {
      "%m [%p] %q%u@%d app=%a client=%h session=%c ",
      "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
      "%m %5p|%-6p|%u|%Q|%e|%a %v ",
      "%m [%p] %p %u %u ",
      "%u@%d [%p] %m ",
      "%m %e [%c] %d%u ",
  };
  std::mt19937_64 random(7);
  const auto pick = [&](const std::vector<std::string>& values) { return values[random() % values.size()]; };
  const std::string bytes = "0123456789abcf @[].,:=|-";
  for (const std::string_view prefix : prefixes) {
    absl::StatusOr<LinePrefix> remembers = LinePrefix::Compile(prefix);
    ASSERT_TRUE(remembers.ok()) << remembers.status();
    int matched = 0;
    for (int i = 0; i < 4'000; ++i) {
      std::string line;
      for (std::size_t at = 0; at < prefix.size(); ++at) {
        if (prefix[at] != '%') {
          line += prefix[at];
          continue;
        }
        const bool left = prefix[at + 1] == '-';
        std::size_t width = 0;
        while (prefix[++at] == '-' || (prefix[at] >= '0' && prefix[at] <= '9')) width = 6;
        std::string value;
        switch (prefix[at]) {
          case 'm':
            value = "2025-11-25 12:00:0" + std::to_string(i % 7) + pick({".123 UTC", ".4 CET", ".123 UTC"});
            break;
          case 't':
            value = "2025-11-25 12:00:00 " + pick({"UTC", "CET"});
            break;
          case 'c':
            value = pick({"6925d1c0.1267", "6925d1c0.1268", "6925d1c1.7"});
            break;
          case 'u':
            value = pick({"ann", "ben", "[unknown]", "", "a long name"});
            break;
          case 'd':
            value = pick({"shop", "[unknown]", "shop2"});
            break;
          case 'a':
            value = pick({"psql", "my app", "[unknown]", ""});
            break;
          case 'h':
            value = pick({"[local]", "10.0.0.1"});
            break;
          case 'e':
            value = pick({"00000", "42P01"});
            break;
          case 'v':
            value = pick({"3/45", "3/46", ""});
            break;
          case 'q':
            break;
          default:
            value = pick({"4711", "12", "0", "471"});
            break;
        }
        const std::string padding(width - std::min(width, value.size()), ' ');
        line += left ? value + padding : padding + value;
      }
      line += "LOG:  x";
      if (i % 3 == 0) line[random() % line.size()] = bytes[random() % bytes.size()];
      absl::StatusOr<LinePrefix> fresh = LinePrefix::Compile(prefix);
      const auto accepts = [](std::string_view rest) { return TakeTag(rest).has_value(); };
      LogRecord expected;
      LogRecord record;
      std::string_view expected_rest = line;
      std::string_view rest = line;
      const bool fits = fresh->Take(expected_rest, expected, accepts);
      ASSERT_EQ(remembers->Take(rest, record, accepts), fits) << prefix << "\n" << line;
      ASSERT_EQ(rest, expected_rest) << prefix << "\n" << line;
      ASSERT_TRUE(SameRecord(record, expected)) << prefix << "\n" << line;
      matched += fits ? 1 : 0;
    }
    EXPECT_GE(matched, 2'000) << prefix;
  }
}

}  // namespace
}  // namespace pgassay::ingest
