#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "ingest/log_input.h"
#include "packed_logs.h"

namespace pgassay::ingest {
namespace {

using Paths = std::vector<std::string>;

class FindLogsTest : public LogFilesTest {
 protected:
  void SetUp() override {
    LogFilesTest::SetUp();
    for (const char* name : {"b.log", "a.log", "B.log", "c.csv", ".hidden"}) Write(name, name);
    ASSERT_EQ(::mkdir(Path("below").c_str(), 0700), 0);
    Write("below/d.log", "d");
  }
};

TEST_F(FindLogsTest, FilesStayInTheirOrder) {
  const LogPaths found = FindLogs({Path("b.log"), Path("a.log")});
  EXPECT_EQ(found.paths, Paths({Path("b.log"), Path("a.log")}));
  EXPECT_TRUE(found.notes.empty());
  EXPECT_TRUE(found.failures.empty());
}

TEST_F(FindLogsTest, ADirectoryStandsForItsVisibleFilesByName) {
  const LogPaths found = FindLogs({Path("")});
  EXPECT_EQ(found.paths, Paths({Path("B.log"), Path("a.log"), Path("b.log"), Path("c.csv")}));
  ASSERT_EQ(found.notes.size(), 1);
  EXPECT_NE(found.notes[0].find("below is a directory and left out"), std::string::npos) << found.notes[0];
}

TEST_F(FindLogsTest, APatternStandsForItsFilesByName) {
  EXPECT_EQ(FindLogs({Path("*.log")}).paths, Paths({Path("B.log"), Path("a.log"), Path("b.log")}));
  EXPECT_EQ(FindLogs({Path("{c,a}.*")}).paths, Paths({Path("a.log"), Path("c.csv")}));
  Write("[a].log", "a file whose name is a pattern");
  EXPECT_EQ(FindLogs({Path("[a].log")}).paths, Paths({Path("[a].log")}));
}

TEST_F(FindLogsTest, RotatedOnesStandOldestFirst) {
  for (const char* name : {"p.log", "p.log.1", "p.log.2.gz", "p.log.10.gz", "q.log", "q.log-20261124.gz",
                           "q.log-20261125", "r-2026-11-24.log", "r-2026-11-25.log"}) {
    Write(name, "x");
  }
  EXPECT_EQ(FindLogs({Path("[pqr]*")}).paths,
            Paths({Path("p.log.10.gz"), Path("p.log.2.gz"), Path("p.log.1"), Path("p.log"), Path("q.log-20261124.gz"),
                   Path("q.log-20261125"), Path("q.log"), Path("r-2026-11-24.log"), Path("r-2026-11-25.log")}));
}

TEST_F(FindLogsTest, WhatMatchesNothingSaysWhatToDo) {
  const LogPaths found = FindLogs({Path("x*.log"), Path("none.log"), Path("a.log"), Path("bel*")});
  EXPECT_EQ(found.paths, Paths({Path("a.log")}));
  ASSERT_EQ(found.failures.size(), 3);
  for (const absl::Status& failure : found.failures) EXPECT_EQ(failure.code(), absl::StatusCode::kNotFound) << failure;
  EXPECT_NE(found.failures[0].message().find("check the pattern"), std::string::npos) << found.failures[0];
  EXPECT_NE(found.failures[1].message().find("check the path"), std::string::npos) << found.failures[1];
}

TEST_F(FindLogsTest, AFileIsGivenOnceByWhateverName) {
  ASSERT_EQ(::symlink("a.log", Path("link.log").c_str()), 0);
  ASSERT_EQ(::link(Path("a.log").c_str(), Path("hard.log").c_str()), 0);
  const LogPaths found = FindLogs({Path("a.log"), Path("link.log"), Path("./a.log"), Path("hard.log")});
  EXPECT_EQ(found.paths, Paths({Path("a.log")}));
  ASSERT_EQ(found.notes.size(), 3);
  EXPECT_NE(found.notes[0].find("named before"), std::string::npos) << found.notes[0];
}

TEST_F(FindLogsTest, SpecialFilesAmongOthersAreNoted) {
  ASSERT_EQ(::mkfifo(Path("z.log").c_str(), 0600), 0);
  ASSERT_EQ(::symlink("nowhere", Path("y.log").c_str()), 0);
  const LogPaths found = FindLogs({Path("[a-z].log")});
  EXPECT_EQ(found.paths, Paths({Path("a.log"), Path("b.log")}));
  EXPECT_EQ(found.notes.size(), 2);
  EXPECT_EQ(FindLogs({Path("z.log")}).paths, Paths({Path("z.log")}));  // named by itself: somebody writes into it
}

TEST_F(FindLogsTest, ADataDirectoryIsNoLogDirectory) {
  Write("PG_VERSION", "15\n");
  const LogPaths found = FindLogs({Path("")});
  EXPECT_TRUE(found.paths.empty());
  ASSERT_EQ(found.failures.size(), 1);
  EXPECT_NE(found.failures[0].message().find("log_directory"), std::string::npos);
}

TEST_F(FindLogsTest, AnEmptyDirectoryIsNotFound) {
  ASSERT_EQ(::mkdir(Path("empty").c_str(), 0700), 0);
  ASSERT_EQ(FindLogs({Path("empty")}).failures.size(), 1);
}

}  // namespace
}  // namespace pgassay::ingest
