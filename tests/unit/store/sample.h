#pragma once

#include <optional>
#include <string>

#include "base/file.h"
#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "pgassay/log_workload.h"
#include "pgassay/loops.h"
#include "pgassay/snapshot.h"

namespace pgassay::store {

// A small snapshot with something in every field and every list.
Snapshot SampleSnapshot();

// What a file of version 4 keeps of it.
Snapshot WithoutExtended(Snapshot snapshot);

// Takes from a file what version 5 added.
inline constexpr const char* kDropExtended =
    "DROP TABLE extended_slot; DROP TABLE extended_expression; DROP TABLE extended_value; DROP TABLE extended_group;"
    "DROP TABLE extended_statistics; DROP TABLE inverted_index; DROP TABLE block_range_index;";

// Takes from a file what version 7 added.
inline constexpr const char* kDropOpenSessions =
    "DROP TABLE log_wal; DROP TABLE log_open_statement_tag; DROP TABLE log_open_statement; DROP TABLE log_open_session;";

// And what version 6 added.
inline constexpr const char* kDropBenches =
    "DROP TABLE bench_query; DROP TABLE bench_index; DROP TABLE bench_set; DROP TABLE bench;";

// What logs say, small and with something in every field and every list.
LogWorkload SampleLogs();

// Its loops.
LoopTally SampleLoops();

// Gives each test a private directory.
class StoreTest : public testing::Test {
 protected:
  void SetUp() override;

  std::string Path(const std::string& name) const { return directory_->path() + "/" + name; }

  // Makes `name` with one capture of SampleSnapshot and returns its path.
  std::string MakeSampleFile(const std::string& name = "sample.assay") const;

  // Names of the entries of the private directory, sorted, separated by spaces.
  std::string Entries() const;

  std::optional<TemporaryDirectory> directory_;
};

// Runs SQL on a file as a user with sqlite3 would; fails the test on an error.
void RunSql(const std::string& path, const std::string& sql);

}  // namespace pgassay::store
