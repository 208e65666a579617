#include "ingest/log_siblings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "packed_logs.h"

namespace pgassay::ingest {
namespace {

using Paths = std::vector<std::string>;

std::string Minute(int minute) { return absl::StrCat("2026-11-25 10:", minute < 10 ? "0" : "", minute, ":00.100 UTC"); }

std::string Text(int from, int to) {
  std::string log;
  for (int minute = from; minute < to; ++minute)
    absl::StrAppend(&log, Minute(minute), " [11] ann@shop LOG:  duration: 12.345 ms  statement: SELECT 1\n");
  return log;
}

std::string Csv(int from, int to) {
  std::string log;
  for (int minute = from; minute < to; ++minute) {
    absl::StrAppend(&log, Minute(minute), ",\"ann\",\"shop\",11,\"[local]\",6565f1a2.b,1,\"SELECT\",", Minute(0).substr(0, 19),
                    " UTC,3/10,0,LOG,00000,\"duration: 12.345 ms  statement: SELECT 1\",,,,,,,,,\"psql\",\"client backend\",,0\n");
  }
  return log;
}

std::string Json(int from, int to) {
  std::string log;
  for (int minute = from; minute < to; ++minute) {
    absl::StrAppend(&log, "{\"timestamp\":\"", Minute(minute),
                    "\",\"user\":\"ann\",\"dbname\":\"shop\",\"pid\":11,\"error_severity\":\"LOG\",\"message\":\"duration: "
                    "12.345 ms  statement: SELECT 1\"}\n");
  }
  return log;
}

class LogSiblingsTest : public LogFilesTest {
 protected:
  SiblingChoice Choose(const Paths& arguments, std::string_view known = "nothing") const {
    return ChooseSiblings(FindLogs(arguments), {}, [known](std::string_view prefix) { return prefix.starts_with(known); });
  }
};

TEST_F(LogSiblingsTest, OfThreeFormatsOneIsRead) {
  Write("a.log", Text(0, 30));
  Write("a.csv", Csv(0, 30));
  Write("a.json", Json(0, 30));
  Write("b.log", Text(30, 50));
  Write("b.csv", Csv(30, 50));
  const SiblingChoice choice = Choose({Path("")});
  EXPECT_EQ(choice.left_out, Paths({Path("a.csv"), Path("a.log"), Path("b.log")}));
  ASSERT_EQ(choice.notes.size(), 2);
  EXPECT_EQ(choice.notes[0],
            Path("a.json") + " is read alone: a.csv, a.log beside it hold the same entries in other formats");
}

// log_filename = 'pg-%H': nothing is put in the place of .log.
TEST_F(LogSiblingsTest, TextMayHaveNoExtension) {
  Write("pg-10", Text(0, 30));
  Write("pg-10.csv", Csv(0, 30));
  Write("pg-11", Text(30, 50));
  EXPECT_EQ(Choose({Path("")}).left_out, Paths({Path("pg-10")}));
}

TEST_F(LogSiblingsTest, RotatedAndCompressedFilesAreSiblingsToo) {
  Write("a.log.1", Text(0, 30));
  Write("a.json.1.gz", Compressed("gzip", Json(0, 30)));
  Write("a.json.2", Json(0, 30));
  EXPECT_EQ(Choose({Path("")}).left_out, Paths({Path("a.log.1")}));
}

TEST_F(LogSiblingsTest, WhatWasBegunIsReadOn) {
  Write("a.log", Text(0, 30));
  Write("a.json", Json(0, 31));
  EXPECT_EQ(Choose({Path("")}, "2026").left_out, Paths({Path("a.json")}));
}

TEST_F(LogSiblingsTest, TheOneThatCoversTheOthersIsRead) {
  Write("a.log", Text(0, 30));
  Write("a.csv", Csv(10, 30));  // csvlog was switched on later
  EXPECT_EQ(Choose({Path("")}).left_out, Paths({Path("a.csv")}));
}

TEST_F(LogSiblingsTest, WhatIsNoSiblingStays) {
  Write("a.log", Text(0, 2));  // until the collector took over
  Write("a.csv", Csv(10, 30));
  Write("b.log", Text(0, 30));
  Write("b.json", "{\"some\": \"configuration\"}\n");
  Write("c.log", Text(0, 30));
  const SiblingChoice choice = Choose({Path("")});
  EXPECT_TRUE(choice.left_out.empty());
  EXPECT_TRUE(choice.notes.empty());
}

TEST_F(LogSiblingsTest, WhatIsNamedIsReadWithAWarning) {
  Write("a.log", Text(0, 30));
  Write("a.csv", Csv(0, 30));
  const SiblingChoice choice = Choose({Path("a.log"), Path("a.csv")});
  EXPECT_TRUE(choice.left_out.empty());
  ASSERT_EQ(choice.notes.size(), 1);
  EXPECT_NE(choice.notes[0].find("count several times"), std::string::npos) << choice.notes[0];
  // The same packed: known again by its content, and read once.
  Write("b.log", Text(0, 30));
  Write("b.log.gz", Compressed("gzip", Text(0, 30)));
  EXPECT_TRUE(Choose({Path("b.log"), Path("b.log.gz")}).notes.empty());
  EXPECT_TRUE(Choose({Path("b.*")}).left_out.empty());
  EXPECT_EQ(Choose({Path("a.log"), Path("*.csv")}).left_out, Paths({Path("a.csv")})) << "found by a pattern";
}

}  // namespace
}  // namespace pgassay::ingest
