#pragma once

// expected.json of a workload: the indexes that an experienced engineer would create, and decoys. The format is
// described in workloads/shop/README.md.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pgassay/snapshot.h"

namespace pgassay::test {

struct ExpectedIndex {
  std::string table;  // "schema.name" without quotes
  std::vector<std::string> columns;
  std::vector<std::string> order;    // "", "DESC", "DESC NULLS LAST", ...; empty: plain
  std::vector<std::string> include;  // further columns that the index must have, as keys or included
  int equality = 0;                  // leading columns that may come in any order
};

struct ExpectedAdvice {
  std::vector<ExpectedIndex> expected;
  std::vector<ExpectedIndex> decoys;
};

absl::StatusOr<ExpectedAdvice> ReadExpected(const std::string& path);

// Whether the keys of `def` start with the expected columns, directions and places of nulls included (or all of them
// mirrored), and it has all columns that the expected one includes.
bool Satisfies(const IndexDef& def, const ExpectedIndex& expected, const Snapshot& snapshot);

}  // namespace pgassay::test
