#include "store/check.h"

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "sample.h"

namespace pgassay::store {
namespace {

TEST(CheckSnapshotTest, AcceptsTheSampleAndTheEmptyOne) {
  EXPECT_TRUE(CheckSnapshot(SampleSnapshot()).ok()) << CheckSnapshot(SampleSnapshot());
  EXPECT_TRUE(CheckSnapshot(Snapshot()).ok());
}

TEST(CheckSnapshotTest, AcceptsWhatServersReallyHave) {
  const std::vector<std::function<void(Snapshot&)>> changes = {
      [](Snapshot& s) { s.relations[1].statistics_pages = -1; },   // an analysed partitioned table
      [](Snapshot& s) { s.relations[1].statistics_tuples = -1; },  // never analysed
      [](Snapshot& s) { s.relations[1].parent = {1}; },            // a parent that was not captured
      [](Snapshot& s) {
        s.constraints[0].columns = {-6, 0};
      },                                                         // a CHECK on tableoid and the whole row
      [](Snapshot& s) { s.statistics[0].slots[0].kind = 102; },  // PostGIS
      [](Snapshot& s) { s.statements[1] = s.statements[0]; },    // the same by two roles that are gone
      [](Snapshot& s) { s.relations[1].columns.clear(); },       // CREATE TABLE t (), once its index is gone
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Snapshot snapshot = SampleSnapshot();
    if (i + 1 == changes.size()) {
      snapshot.indexes.clear();
      snapshot.end_points.clear();
      snapshot.statistics.clear();
    }
    changes[i](snapshot);
    EXPECT_TRUE(CheckSnapshot(snapshot).ok()) << i << CheckSnapshot(snapshot);
  }
}

TEST(CheckSnapshotTest, RefusesDisorder) {
  const std::vector<std::function<void(Snapshot&)>> changes = {
      [](Snapshot& s) { std::swap(s.relations[0], s.relations[1]); },
      [](Snapshot& s) { s.relations[0] = s.relations[1]; },
      [](Snapshot& s) { s.indexes.push_back(s.indexes[0]); },
      [](Snapshot& s) { std::swap(s.constraints[0], s.constraints[1]); },
      [](Snapshot& s) { std::swap(s.statistics[0], s.statistics[1]); },
      [](Snapshot& s) { s.end_points.push_back(s.end_points[0]); },
      [](Snapshot& s) { std::swap(s.settings[0], s.settings[1]); },
      [](Snapshot& s) { std::swap(s.role_settings[0], s.role_settings[1]); },
      [](Snapshot& s) { s.extensions.push_back(s.extensions[0]); },
      [](Snapshot& s) { s.views.push_back(s.views[0]); },
      [](Snapshot& s) { std::swap(s.roles[0], s.roles[1]); },
      [](Snapshot& s) { std::swap(s.roles[0].member_of[0], s.roles[0].member_of[1]); },
      [](Snapshot& s) { s.roles[0].member_of[1] = s.roles[0].member_of[0]; },
      [](Snapshot& s) { std::swap(s.statements[0], s.statements[1]); },
      [](Snapshot& s) { std::swap(s.statement_groups[0], s.statement_groups[1]); },
      [](Snapshot& s) { s.statement_groups[1] = s.statement_groups[0]; },
      [](Snapshot& s) { std::swap(s.relations[1].columns[0], s.relations[1].columns[1]); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Snapshot snapshot = SampleSnapshot();
    changes[i](snapshot);
    EXPECT_EQ(CheckSnapshot(snapshot).code(), absl::StatusCode::kInvalidArgument) << i;
  }
}

TEST(CheckSnapshotTest, RefusesWhatIsNoNumber) {
  for (const double value :
       {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    for (int field = 0; field < 8; ++field) {
      Snapshot snapshot = SampleSnapshot();
      double* const fields[] = {
          &snapshot.relations[0].statistics_tuples,  &snapshot.indexes[0].statistics_tuples,
          &snapshot.statistics[0].null_fraction,     &snapshot.statistics[0].distinct,
          &snapshot.statements[1].counters.total_ms, &snapshot.statements[0].counters.jit_ms,
          &snapshot.statement_groups[0].total_ms,    &snapshot.statement_source.database_active_ms.emplace()};
      *fields[field] = value;
      EXPECT_EQ(CheckSnapshot(snapshot).code(), absl::StatusCode::kInvalidArgument) << field << " " << value;
    }
  }
}

TEST(CheckSnapshotTest, NamesTheCulpritPrintably) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.relations[1].name.name = "bad\x1b[31m";
  snapshot.relations[1].pages = -1;
  EXPECT_EQ(CheckSnapshot(snapshot).message(), "shop.\"bad\\x1b[31m\" has a negative size");
}

}  // namespace
}  // namespace pgassay::store
