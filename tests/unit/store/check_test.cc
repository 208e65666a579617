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
      snapshot.extended.clear();
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
      [](Snapshot& s) { std::swap(s.extended[0], s.extended[1]); },
      [](Snapshot& s) { s.extended.push_back(s.extended[1]); },
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

TEST(CheckSnapshotTest, RefusesImpossibleExtendedStatistics) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::function<void(ExtendedStatistics&)>> changes = {
      [](ExtendedStatistics& e) { e.oid = {}; },
      [](ExtendedStatistics& e) { e.relation = {4711}; },
      [](ExtendedStatistics& e) { e.columns = "{1,2}"; },  // 2 was dropped
      [](ExtendedStatistics& e) { e.columns = "{1,-1}"; },
      [](ExtendedStatistics& e) { e.columns = "nothing"; },
      [](ExtendedStatistics& e) { e.distinct[0].columns = "{1}"; },
      [](ExtendedStatistics& e) { e.distinct[0].columns = "{1,1}"; },
      [](ExtendedStatistics& e) { e.distinct[0].columns = "{1,-9}"; },
      [](ExtendedStatistics& e) { e.distinct[0].columns = "{1,1.5}"; },
      [](ExtendedStatistics& e) { e.distinct[0].columns = "{1,3,-1,-2,-3,-4,-5,-6,-7}"; },
      [](ExtendedStatistics& e) { e.distinct[0].figure = -1; },
      [](ExtendedStatistics& e) { e.distinct[0].figure = std::nan(""); },
      [=](ExtendedStatistics& e) { e.distinct[0].figure = infinity; },
      [](ExtendedStatistics& e) { e.distinct.resize(2000, e.distinct[0]); },
      [](ExtendedStatistics& e) { e.dependencies[0].figure = 1.1; },
      [](ExtendedStatistics& e) { e.dependencies[0].figure = std::nan(""); },
      [](ExtendedStatistics& e) { e.common[0].frequency = std::nan(""); },
      [](ExtendedStatistics& e) { e.common[0].base_frequency = 1.1; },
      [](ExtendedStatistics& e) { e.common.resize(10'001, e.common[0]); },
      [](ExtendedStatistics& e) { e.expressions[0].column = 0; },
      [](ExtendedStatistics& e) { e.expressions[0].null_fraction = 2; },
      [](ExtendedStatistics& e) { e.expressions[0].distinct = std::nan(""); },
      [](ExtendedStatistics& e) { e.expressions[0].slots[0].kind = 70000; },
      [](ExtendedStatistics& e) { e.expressions.push_back(e.expressions[0]); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Snapshot snapshot = SampleSnapshot();
    changes[i](snapshot.extended[0]);
    EXPECT_EQ(CheckSnapshot(snapshot).code(), absl::StatusCode::kInvalidArgument) << i;
  }
}

TEST(CheckSnapshotTest, RefusesImpossibleFirstPages) {
  const std::vector<std::function<void(Snapshot&)>> changes = {
      [](Snapshot& s) { s.indexes[0].def.pages_per_range = 16; },  // a B-tree
      [](Snapshot& s) { s.indexes[0].range_map = s.indexes[1].range_map; },
      [](Snapshot& s) { s.indexes[0].inverted_counts = s.indexes[2].inverted_counts; },
      [](Snapshot& s) { s.indexes[1].def.pages_per_range = -1; },
      [](Snapshot& s) { s.indexes[1].def.pages_per_range = 131'073; },
      [](Snapshot& s) { s.indexes[1].range_map->pages_per_range = 0; },
      [](Snapshot& s) { s.indexes[1].range_map->map_pages = -1; },
      [](Snapshot& s) { s.indexes[2].inverted_counts->entries = -1; },
      [](Snapshot& s) { s.indexes[2].inverted_counts->total_pages = -1; },
      [](Snapshot& s) { s.indexes[2].inverted_counts->pending_pages = std::int64_t{1} << 60; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Snapshot snapshot = SampleSnapshot();
    changes[i](snapshot);
    EXPECT_EQ(CheckSnapshot(snapshot).code(), absl::StatusCode::kInvalidArgument) << i;
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
