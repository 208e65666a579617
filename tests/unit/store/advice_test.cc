#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "pgassay/advice.h"
#include "pgassay/assay_file.h"
#include "sample.h"

namespace pgassay::store {
namespace {

class AdviceTest : public StoreTest {};

Advice SampleAdvice() {
  Advice advice;
  advice.recommendations.resize(2);
  Recommendation& first = advice.recommendations[0];
  first.id = "b";
  first.kind = "create-index";
  first.definition = "shop.orders (note)\n'; --";
  first.ddl = {{.sql = "SELECT 1"}, {.sql = "CREATE INDEX CONCURRENTLY ..."}};
  first.size_bytes = 8192;
  first.gain = 1.0 / 3;
  first.share = 0.5;
  advice.recommendations[1].id = "a";
  advice.workload.templates = {
      {.id = "t2", .fingerprint = "f2", .sql = "SELECT $1", .source = "file"},
      {.id = "t1", .fingerprint = "f1", .sql = "SELECT \"a\"", .source = "pg_stat_statements"}};
  return advice;
}

TEST_F(AdviceTest, SurvivesInItsOrder) {
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(MakeSampleFile());
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(file->RecordAdvice(1, SampleAdvice()).ok());
  const absl::StatusOr<AssayFile> reader = AssayFile::Open(Path("sample.assay"));
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(*reader->RecordedAdvice(1),
            (std::vector<RecordedRecommendation>{{.id = "b",
                                                  .kind = "create-index",
                                                  .definition = "shop.orders (note)\n'; --",
                                                  .ddl = "SELECT 1;\nCREATE INDEX CONCURRENTLY ...;\n",
                                                  .size_bytes = 8192,
                                                  .gain = 1.0 / 3,
                                                  .share = 0.5},
                                                 {.id = "a"}}));
  EXPECT_EQ(*reader->RecordedTemplates(1),
            (std::vector<RecordedTemplate>{
                {.id = "t2", .fingerprint = "f2", .sql = "SELECT $1", .source = "file"},
                {.id = "t1", .fingerprint = "f1", .sql = "SELECT \"a\"", .source = "pg_stat_statements"}}));
  EXPECT_EQ(*reader->Read(1), SampleSnapshot());
}

TEST_F(AdviceTest, ReplacesOnlyThatOfTheSameCapture) {
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(MakeSampleFile());
  ASSERT_TRUE(file.ok() && file->Append(SampleSnapshot()).ok());
  EXPECT_TRUE(file->RecordedAdvice(1)->empty());
  ASSERT_TRUE(file->RecordAdvice(1, SampleAdvice()).ok());
  ASSERT_TRUE(file->RecordAdvice(2, SampleAdvice()).ok());
  ASSERT_TRUE(file->RecordAdvice(2, Advice()).ok());
  EXPECT_EQ(file->RecordedAdvice(1)->size(), 2U);
  EXPECT_EQ(file->RecordedTemplates(1)->size(), 2U);
  EXPECT_TRUE(file->RecordedAdvice(2)->empty());
  EXPECT_TRUE(file->RecordedTemplates(2)->empty());
}

TEST_F(AdviceTest, RefusesWhatIsImpossibleAndKeepsWhatWasThere) {
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(MakeSampleFile());
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->RecordAdvice(1, SampleAdvice()).ok());
  Advice advice = SampleAdvice();
  advice.recommendations[1].gain = std::nan("");
  EXPECT_EQ(file->RecordAdvice(1, advice).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(file->RecordedAdvice(1)->size(), 2U);
  for (const int number : {0, 2, -1}) {
    EXPECT_EQ(file->RecordAdvice(number, advice).code(), absl::StatusCode::kNotFound) << number;
    EXPECT_EQ(file->RecordedAdvice(number).status().code(), absl::StatusCode::kNotFound) << number;
  }
  absl::StatusOr<AssayFile> reader = AssayFile::Open(Path("sample.assay"));
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->RecordAdvice(1, SampleAdvice()).code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(AdviceTest, ImpossibleRowsAreRefused) {
  for (const char* const sql :
       {"UPDATE recommendation SET size_bytes = -1", "UPDATE recommendation SET share = 9e999",
        "UPDATE recommendation SET position = position + 1", "UPDATE recorded_template SET position = position + 1"}) {
    const std::string path = MakeSampleFile();
    absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
    ASSERT_TRUE(file.ok() && file->RecordAdvice(1, SampleAdvice()).ok());
    RunSql(path,
           std::string(sql) + (std::string(sql).find("position") != std::string::npos ? " WHERE position = 2" : ""));
    const bool refused = absl::IsInvalidArgument(file->RecordedAdvice(1).status()) ||
                         absl::IsInvalidArgument(file->RecordedTemplates(1).status());
    EXPECT_TRUE(refused) << sql;
  }
}

}  // namespace
}  // namespace pgassay::store
