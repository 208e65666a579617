#pragma once

// Captures made by hand, and twins in a directory of their own that must be empty again in the end.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"
#include "twin/twin.h"

namespace pgassay::test {

// A capture as small as it gets: `schema_sql` on an empty UTF8 database.
Snapshot SmallSnapshot(std::string schema_sql);

// A table of public with a million rows and integer columns.
Relation Table(std::uint32_t oid, std::string name, std::vector<std::string> columns);

// Of a column of table 1000.
ColumnStatistics Statistics(int column, std::vector<StatisticSlot> slots);

// Statements of the capture's user.
std::vector<twin::PlannedText> Texts(const std::vector<std::string>& statements);

// What is in a directory.
std::vector<std::string> Leftovers(const std::string& directory);

class TwinTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override { EXPECT_EQ(Leftovers(directory_->path()), std::vector<std::string>()); }

  std::unique_ptr<TemporaryDirectory> directory_;
  TwinOptions options_;
};

}  // namespace pgassay::test
