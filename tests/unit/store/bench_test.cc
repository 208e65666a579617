// Benches in assay files of this and of the previous version.

#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"

namespace pgassay::store {
namespace {

class BenchTest : public StoreTest {};

RecordedBench SampleBench() {
  return {.run = "0123456789ab",
          .ran_at = "2026-11-30T12:00:00Z",
          .database = "copy'; --",
          .server_version = 150008,
          .sets = {{.name = "current",
                    .rounds = 3,
                    .mean_ms = 1.0 / 3,
                    .low_ms = 0.25,
                    .high_ms = 0.5,
                    .per_second = 1000,
                    .queries = {{.template_id = "t1",
                                 .weight = 2.5,
                                 .samples = 9,
                                 .median_ms = 1,
                                 .low_ms = 0.5,
                                 .high_ms = 2,
                                 .blocks_hit = 3,
                                 .blocks_read = 0,
                                 .wal_bytes = 100}}},
                   {.name = "new",
                    .rounds = 2,
                    .ratio = 0.5,
                    .size_bytes = -8192,
                    .build_ms = 12.5,
                    .problem_code = "disturbed",
                    .indexes = {{.definition = "t (a)",
                                 .dropped = true,
                                 .recommendation = "r",
                                 .size_bytes = 8192,
                                 .predicted_bytes = 16384,
                                 .build_ms = 2,
                                 .scans = 7,
                                 .label = "measured"},
                                {.definition = "t (b)"}},
                    .queries = {{.template_id = "t1",
                                 .ratio = 0.1,
                                 .cost_before = 100,
                                 .cost_after = 10,
                                 .regression = true,
                                 .answer = "same",
                                 .problem_code = "deadlock"},
                                {.template_id = "t2"}}}}};
}

TEST_F(BenchTest, EveryFieldSurvivesAndLaterOnesFollow) {
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(MakeSampleFile());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->RecordedBenches(1)->empty());
  RecordedBench second = SampleBench();
  second.run = "another";
  ASSERT_TRUE(file->RecordBench(1, SampleBench()).ok());
  ASSERT_TRUE(file->RecordBench(1, second).ok());
  const absl::StatusOr<AssayFile> reader = AssayFile::Open(Path("sample.assay"));
  EXPECT_EQ(*reader->RecordedBenches(1), (std::vector<RecordedBench>{SampleBench(), second}));
  EXPECT_EQ(*reader->Read(1), SampleSnapshot());
}

TEST_F(BenchTest, BelongToTheirCapture) {
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(MakeSampleFile());
  ASSERT_TRUE(file.ok() && file->Append(SampleSnapshot()).ok());
  ASSERT_TRUE(file->RecordBench(2, SampleBench()).ok());
  EXPECT_TRUE(file->RecordedBenches(1)->empty());
  EXPECT_EQ(file->RecordedBenches(2)->size(), 1U);
  EXPECT_EQ(file->RecordBench(3, SampleBench()).code(), absl::StatusCode::kNotFound);
}

TEST_F(BenchTest, FiguresThatAreNoNumbersAreNotKept) {
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(MakeSampleFile());
  ASSERT_TRUE(file.ok());
  RecordedBench bench = SampleBench();
  bench.sets[1].queries[0].ratio = INFINITY;
  EXPECT_EQ(file->RecordBench(1, bench).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(file->RecordedBenches(1)->empty());
}

TEST_F(BenchTest, AFileOfVersion5IsReadAsItIsAndTakesBenchesWhenItIsOpenedForAppending) {
  const std::string path = MakeSampleFile("old.assay");
  RunSql(path, std::string(kDropOpenSessions) + kDropBenches + "PRAGMA user_version = 5");
  const std::string before = *ReadFile(path);
  EXPECT_EQ(*AssayFile::Open(path)->Read(), SampleSnapshot());
  EXPECT_TRUE(AssayFile::Open(path)->RecordedBenches(1)->empty());
  EXPECT_EQ(*ReadFile(path), before);
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(file->RecordBench(1, SampleBench()).ok());
  EXPECT_EQ(*file->RecordedBenches(1), std::vector<RecordedBench>{SampleBench()});
}

TEST_F(BenchTest, RefusesRowsThatBelongToNothing) {
  for (const std::string change : {
           "UPDATE bench SET position = 2",
           "UPDATE bench_set SET bench = 7",
           "UPDATE bench_set SET position = position + 7",
           "UPDATE bench_index SET set_position = 9",
           "UPDATE bench_index SET position = position + 7",
           "UPDATE bench_query SET bench = 0",
           "UPDATE bench_query SET median_ms = 9e999",
           "UPDATE bench_query SET regression = 2",
           "UPDATE bench_index SET size_bytes = -1",
       }) {
    const std::string path = MakeSampleFile("changed.assay");
    ASSERT_TRUE(AssayFile::OpenForAppend(path)->RecordBench(1, SampleBench()).ok());
    RunSql(path, change);
    EXPECT_EQ(AssayFile::Open(path)->RecordedBenches(1).status().code(), absl::StatusCode::kInvalidArgument) << change;
    EXPECT_TRUE(RemoveTree(path).ok());
  }
}

}  // namespace
}  // namespace pgassay::store
