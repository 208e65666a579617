#include "ingest/log_input.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "packed_logs.h"

namespace pgassay::ingest {
namespace {

struct Log {
  std::string name;
  Content content;
};

class LogInputTest : public LogFilesTest {
 protected:
  // Every log in the file `name`; errors between logs as logs without a name.
  std::vector<Log> All(const std::string& name) {
    std::vector<Log> logs;
    absl::StatusOr<std::unique_ptr<LogInput>> input = LogInput::Open(Path(name));
    if (!input.ok()) return {{"", {.bytes = "", .status = input.status()}}};
    while (logs.size() < 100) {
      const absl::StatusOr<LogSource*> source = (*input)->Next();
      if (!source.ok()) {
        logs.push_back({"", {.bytes = "", .status = source.status()}});
      } else if (*source == nullptr) {
        break;
      } else {
        std::string shown = (*source)->name();
        EXPECT_EQ(shown.find(Path(name)), 0) << shown;
        logs.push_back({shown.substr(Path("").size()), ReadAll(**source)});
      }
    }
    ignored_ = (*input)->ignored_members();
    return logs;
  }
  Log Only(const std::string& name) {
    std::vector<Log> logs = All(name);
    EXPECT_EQ(logs.size(), 1);
    return logs.empty() ? Log{} : logs[0];
  }

  std::uint64_t ignored_ = 0;
};

TEST_F(LogInputTest, TellsEveryCompressionByContent) {
  const std::string log = SampleLog(1000000);
  for (const char* filter : {"gzip", "zstd", "xz", "bzip2", "lz4"}) {
    Write("a.log", Compressed(filter, log));
    const Log read = Only("a.log");
    EXPECT_EQ(read.name, "a.log");
    EXPECT_TRUE(read.content.status.ok()) << filter << read.content.status;
    EXPECT_EQ(read.content.bytes, log) << filter;
  }
  Write("plain.gz", log);
  EXPECT_EQ(Only("plain.gz").content.bytes, log);
}

TEST_F(LogInputTest, ReadsSeveralMembersOfOneStream) {
  const std::string log = SampleLog(200000);
  for (const char* filter : {"gzip", "zstd", "xz", "bzip2", "lz4"}) {
    Write("a", Compressed(filter, log) + Compressed(filter, "second\n") + Compressed(filter, "third\n"));
    const Log read = Only("a");
    EXPECT_TRUE(read.content.status.ok()) << filter << read.content.status;
    EXPECT_EQ(read.content.bytes, log + "second\nthird\n") << filter;
  }
}

TEST_F(LogInputTest, AnEmptyLogIsALog) {
  Write("a", "");
  EXPECT_EQ(Only("a").content.bytes, "");
  for (const char* filter : {"gzip", "zstd", "xz", "bzip2", "lz4"}) {
    Write("a", Compressed(filter, ""));
    const Log read = Only("a");
    EXPECT_EQ(read.name, "a") << filter;
    EXPECT_TRUE(read.content.status.ok()) << filter << read.content.status;
    EXPECT_EQ(read.content.bytes, "") << filter;
  }
}

TEST_F(LogInputTest, GivesTheFilesOfAnArchiveInTheirOrder) {
  const std::string log = SampleLog(300000);
  const std::vector<Member> members = {{"logs/", "", Member::kDirectory},
                                       {"logs/b.log", log},
                                       {"logs/latest", "b.log", Member::kLink},
                                       {"logs/old/", "", Member::kDirectory},
                                       {"logs/old/a.log", "old\n"},
                                       {"logs/._a.log", "finder"},
                                       {"logs/empty.log", ""}};
  for (const auto& [format, filter] : std::vector<std::pair<std::string, std::string>>{{"ustar", "none"},
                                                                                       {"v7tar", "none"},
                                                                                       {"pax", "gzip"},
                                                                                       {"ustar", "zstd"},
                                                                                       {"ustar", "xz"},
                                                                                       {"zip", "none"}}) {
    SCOPED_TRACE(format + " " + filter);
    Write("x", Archived(format, filter, members));
    const std::vector<Log> logs = All("x");
    ASSERT_EQ(logs.size(), 3);
    EXPECT_EQ(logs[0].name, "x: logs/b.log");
    EXPECT_EQ(logs[0].content.bytes, log);
    EXPECT_EQ(logs[1].name, "x: logs/old/a.log");
    EXPECT_EQ(logs[1].content.bytes, "old\n");
    EXPECT_EQ(logs[2].name, "x: logs/empty.log");
    EXPECT_EQ(logs[2].content.bytes, "");
    for (const Log& read : logs) EXPECT_TRUE(read.content.status.ok()) << read.content.status;
    EXPECT_EQ(ignored_, 2);
  }
}

TEST_F(LogInputTest, AMemberNeedNotBeReadToItsEnd) {
  Write("x", Archived("ustar", "gzip", {{"a", SampleLog(500000)}, {"b", "second\n"}}));
  absl::StatusOr<std::unique_ptr<LogInput>> input = LogInput::Open(Path("x"));
  ASSERT_TRUE(input.ok());
  ASSERT_TRUE((*input)->Next().ok());
  const absl::StatusOr<LogSource*> second = (*input)->Next();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(ReadAll(**second).bytes, "second\n");
}

TEST_F(LogInputTest, UnpacksCompressedMembersAndArchivesWithin) {
  const std::string log = SampleLog(200000);
  const std::string inner = Archived("ustar", "xz", {{"deep.log", "deep\n"}});
  Write("x", Archived("ustar", "gzip", {{"a.log.gz", Compressed("gzip", log)}, {"i.txz", inner}, {"z.log", "last\n"}}));
  const std::vector<Log> logs = All("x");
  ASSERT_EQ(logs.size(), 3);
  EXPECT_EQ(logs[0].name, "x: a.log.gz");
  EXPECT_EQ(logs[0].content.bytes, log);
  EXPECT_EQ(logs[1].name, "x: i.txz: deep.log");
  EXPECT_EQ(logs[1].content.bytes, "deep\n");
  EXPECT_EQ(logs[2].content.bytes, "last\n");
}

TEST_F(LogInputTest, ATrapOfArchivesEnds) {
  std::string archive = "log\n";
  for (int i = 0; i < 6; ++i) archive = Archived("ustar", "none", {{"x", archive}});
  Write("x", archive);
  const Log read = Only("x");
  EXPECT_EQ(read.content.status.code(), absl::StatusCode::kInvalidArgument) << read.content.status;
}

TEST_F(LogInputTest, GivesWhatIsThereOfATruncatedLog) {
  for (const char* filter : {"gzip", "zstd", "xz", "bzip2", "lz4"}) {
    // Several of the blocks that can only be read whole: 4 MiB in lz4, 900 kB in bzip2.
    const std::string log = SampleLog(filter == std::string_view("lz4") ? 12000000 : 2800000);
    const std::string packed = Compressed(filter, log);
    Write("a", packed.substr(0, packed.size() / 2));
    const Log read = Only("a");
    EXPECT_GT(read.content.bytes.size(), log.size() / 20) << filter;
    EXPECT_EQ(read.content.bytes, log.substr(0, read.content.bytes.size())) << filter;
    EXPECT_EQ(read.content.status.code(), absl::StatusCode::kDataLoss) << filter << read.content.status;
    EXPECT_NE(read.content.status.message().find("further than byte"), std::string::npos) << read.content.status;
  }
}

TEST_F(LogInputTest, SaysWhereAnArchiveIsCutOrDamaged) {
  const std::string log = SampleLog(100000);
  const std::string packed = Archived("ustar", "none", {{"a", log}, {"b", log}});
  Write("x", packed.substr(0, packed.size() - log.size() / 2 - 10240));
  const std::vector<Log> logs = All("x");
  ASSERT_GE(logs.size(), 2);
  EXPECT_EQ(logs[0].content.bytes, log);
  EXPECT_EQ(logs[1].name, "x: b");
  EXPECT_FALSE(logs[1].content.bytes.empty());
  EXPECT_EQ(logs[1].content.status.code(), absl::StatusCode::kDataLoss) << logs[1].content.status;
}

TEST_F(LogInputTest, OneDamagedMemberDoesNotHideTheOthers) {
  const std::string log = SampleLog(3000000);
  std::string damaged = Compressed("gzip", log);
  damaged.resize(damaged.size() / 2);
  Write("x", Archived("ustar", "none", {{"a.gz", damaged}, {"b", "after\n"}}));
  const std::vector<Log> logs = All("x");
  ASSERT_EQ(logs.size(), 2);
  EXPECT_EQ(logs[0].content.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(logs[1].content.bytes, "after\n");
}

TEST_F(LogInputTest, NoPackingFromItsFirstBytesAlone) {
  Write("a", "\x1f\x8b\x08");
  EXPECT_EQ(Only("a").content.status.code(), absl::StatusCode::kDataLoss);
  Write("b", "7z\xbc\xaf\x27\x1c more");
  EXPECT_EQ(Only("b").content.status.code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(LogInputTest, SaysWhyAFileCannotBeOpened) {
  EXPECT_EQ(LogInput::Open(Path("none")).status().code(), absl::StatusCode::kNotFound);
  const absl::Status status = LogInput::Open(Path("")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("is a directory"), std::string::npos) << status;
  EXPECT_EQ(LogInput::Open("/dev/zero").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace pgassay::ingest
