#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"

namespace pgassay::store {
namespace {

using namespace std::string_literals;

class RoundTripTest : public StoreTest {
 protected:
  Snapshot Pass(const Snapshot& snapshot) {
    absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(Path("round.assay"));
    EXPECT_TRUE(file.ok()) << file.status();
    const absl::StatusOr<int> number = file->Append(snapshot);
    EXPECT_TRUE(number.ok()) << number.status();
    absl::StatusOr<AssayFile> reopened = AssayFile::Open(Path("round.assay"));
    EXPECT_TRUE(reopened.ok()) << reopened.status();
    absl::StatusOr<Snapshot> read = reopened->Read(*number);
    EXPECT_TRUE(read.ok()) << read.status();
    return *std::move(read);
  }
};

TEST_F(RoundTripTest, EveryFieldSurvives) {
  EXPECT_EQ(Pass(SampleSnapshot()), SampleSnapshot());
}

TEST_F(RoundTripTest, AnEmptySnapshotSurvives) {
  EXPECT_EQ(Pass(Snapshot()), Snapshot());
}

TEST_F(RoundTripTest, DoublesAreExact) {
  Snapshot snapshot = SampleSnapshot();
  for (const double value :
       {0.0, 1.0, 0.1, 1.0 / 3, 1e300, 5e-324, 9007199254740993.0, std::numeric_limits<double>::max()}) {
    snapshot.relations[1].statistics_tuples = value;
    snapshot.statistics[0].distinct = value;
    EXPECT_EQ(Pass(snapshot), snapshot) << value;
  }
}

TEST_F(RoundTripTest, LargeIntegersAreExact) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.relations[1].counters.seq_tuples_read = std::numeric_limits<std::int64_t>::max();
  snapshot.relations[1].statistics_pages = std::numeric_limits<int>::min();
  snapshot.database_bytes = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(Pass(snapshot), snapshot);
}

TEST_F(RoundTripTest, HostileTextsSurvive) {
  Snapshot snapshot = SampleSnapshot();
  for (const std::string& text :
       {""s, "a\0b"s, "\0"s, "'\"; DROP TABLE capture; --"s, "\xff\xfe"s, "\xed\xa0\x80"s, "größe 😀"s, "\xef\xbb\xbf"s,
        std::string(100000, 'x'), "line\r\nline"s, "NULL"s, "1"s}) {
    snapshot.relations[1].name.name = "t" + text;
    snapshot.relations[1].columns[0].name = text;
    snapshot.indexes[0].def.predicate = text;
    snapshot.end_points[0].min = text;
    snapshot.statistics[0].slots[0].values = text;
    snapshot.schema_sql = text;
    snapshot.settings[1].value = text;
    EXPECT_EQ(Pass(snapshot), snapshot) << testing::PrintToString(text);
  }
}

TEST_F(RoundTripTest, NoneAndEmptyStayApart) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.statistics_reset = std::nullopt;
  snapshot.statistics[0].slots[0].numbers = std::nullopt;
  snapshot.statistics[0].slots[0].values = "";
  snapshot.end_points[0] = {.index = {16410}, .min = std::nullopt, .max = ""};
  EXPECT_EQ(Pass(snapshot), snapshot);
}

TEST_F(RoundTripTest, CapturesAreNumberedAndKeptApart) {
  const Snapshot first = SampleSnapshot();
  Snapshot second = SampleSnapshot();
  second.captured_at = "2024-05-09T00:00:00.000000Z";
  second.standby = false;
  second.relations.pop_back();
  second.indexes.clear();
  second.constraints.clear();
  second.statistics.clear();
  second.extended.clear();
  second.end_points.clear();
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(Path("two.assay"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file->Append(first), 1);
  EXPECT_EQ(*file->Append(second), 2);
  absl::StatusOr<AssayFile> reader = AssayFile::Open(Path("two.assay"));
  ASSERT_TRUE(reader.ok());
  for (const AssayFile* open : {&*file, &*reader}) {
    EXPECT_EQ(*open->Read(1), first);
    EXPECT_EQ(*open->Read(2), second);
    EXPECT_EQ(*open->Read(), second);
    const auto captures = open->Captures();
    ASSERT_TRUE(captures.ok()) << captures.status();
    ASSERT_EQ(captures->size(), 2U);
    EXPECT_EQ((*captures)[0], (CaptureInfo{.number = 1,
                                           .captured_at = first.captured_at,
                                           .system_identifier = first.system_identifier,
                                           .database_oid = first.database_oid,
                                           .database = "shop",
                                           .standby = true,
                                           .server_version = 150008}));
    EXPECT_EQ((*captures)[1].number, 2);
    EXPECT_EQ((*captures)[1].captured_at, second.captured_at);
  }
}

TEST_F(RoundTripTest, AMissingCaptureIsNotFound) {
  absl::StatusOr<AssayFile> empty = AssayFile::OpenForAppend(Path("empty.assay"));
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(empty->Captures()->size(), 0U);
  EXPECT_EQ(empty->Read().status().code(), absl::StatusCode::kNotFound);
  const absl::StatusOr<AssayFile> file = AssayFile::Open(MakeSampleFile());
  ASSERT_TRUE(file.ok());
  for (const int number : {-1, 2, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    EXPECT_EQ(file->Read(number).status().code(), absl::StatusCode::kNotFound) << number;
  }
}

}  // namespace
}  // namespace pgassay::store
