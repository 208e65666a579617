// Extended statistics and first pages of indexes in assay files of this and of the previous version.

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "pgassay/assay_file.h"
#include "sample.h"

namespace pgassay::store {
namespace {

using namespace std::string_literals;

class ExtendedTest : public StoreTest {
 protected:
  std::string MakeVersion4File() {
    const std::string path = MakeSampleFile("old.assay");
    RunSql(path, std::string(kDropOpenSessions) + kDropBenches + kDropExtended + "PRAGMA user_version = 4");
    return path;
  }
};

TEST_F(ExtendedTest, AFileOfVersion4IsReadAsItIs) {
  const std::string path = MakeVersion4File();
  const std::string before = *ReadFile(path);
  EXPECT_EQ(*AssayFile::Open(path)->Read(), WithoutExtended(SampleSnapshot()));
  EXPECT_EQ(*ReadFile(path), before);
}

TEST_F(ExtendedTest, AFileOfVersion4TakesWholeCapturesWhenItIsOpenedForAppending) {
  const std::string path = MakeVersion4File();
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->Append(SampleSnapshot()).value_or(0), 2);
  EXPECT_EQ(*file->Read(1), WithoutExtended(SampleSnapshot()));
  EXPECT_EQ(*file->Read(2), SampleSnapshot());
  EXPECT_EQ(ReadFile(path)->substr(60, 4), "\0\0\0\7"s);  // user_version
}

TEST_F(ExtendedTest, RefusesRowsThatBelongToNothing) {
  for (const std::string change : {
           "UPDATE extended_group SET statistics_oid = 1",
           "UPDATE extended_group SET kind = 'x' WHERE kind = 'd'",
           "UPDATE extended_group SET position = position + 7",
           "UPDATE extended_value SET statistics_oid = 1",
           "UPDATE extended_value SET position = position + 7",
           "UPDATE extended_expression SET statistics_oid = 1",
           "UPDATE extended_slot SET number = 2",
           "UPDATE extended_slot SET position = position + 7",
           "UPDATE inverted_index SET index_oid = 1",
           "UPDATE block_range_index SET index_oid = 1",
           "UPDATE block_range_index SET map_pages = NULL",
           "UPDATE extended_statistics SET relation_oid = 1",
           "UPDATE extended_group SET figure = 9e999",
           "UPDATE extended_value SET frequency = 9e999",
       }) {
    const std::string path = MakeSampleFile("changed.assay");
    RunSql(path, change);
    EXPECT_EQ(AssayFile::Open(path)->Read().status().code(), absl::StatusCode::kInvalidArgument) << change;
    EXPECT_TRUE(RemoveTree(path).ok());
  }
}

}  // namespace
}  // namespace pgassay::store
