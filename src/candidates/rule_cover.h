#pragma once

// Rule 6: the keys that another rule proposes, with the remaining columns that the statement needs as INCLUDE, so that
// the scan reads the index only.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "candidates/generate.h"
#include "candidates/hot_columns.h"
#include "candidates/request_view.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

inline constexpr int kCoverRule = 6;

// Key lists that one request may have covered, the first ones of its rules: each is one more index for the planner.
inline constexpr std::size_t kMaxCoveredLists = 3;

// Why an index with INCLUDE is not proposed.
struct CoverVerdict {
  std::string_view code;  // advice/reason_codes.h; empty: nothing against it
  std::string detail;
  friend bool operator==(const CoverVerdict&, const CoverVerdict&) = default;
};

// What makes an index-only scan pay. Reads the statistics of a table once; keeps a reference to the snapshot.
class CoverLimits {
 public:
  CoverLimits(std::span<const StatementRequests> statements, const Snapshot& snapshot);

  // Whether `table` is so large that reading it costs something.
  bool IsLarge(Oid table);

  // `def` has included columns. Looks at the width first, then at visibility, then at updates.
  CoverVerdict Judge(const IndexDef& def);

 private:
  struct TableFacts {
    std::int64_t pages = 0;
    double visible_share = 0;
    double row_bytes = 0;  // average, header included
  };
  struct Width {
    double average = 0;  // bytes, over NULLs too
    double longest = 0;  // of the values that the statistics show
  };

  const TableFacts& FactsOf(Oid table);
  const Width& WidthOf(Oid table, int column);
  CoverVerdict JudgeWidth(const IndexDef& def);
  bool IsBounded(Oid table, int column);

  const Snapshot& snapshot_;
  HotColumns hot_;
  std::map<Oid, TableFacts> tables_;
  std::map<std::pair<Oid, int>, Width> widths_;
};

// `keys` with the rest of `needed` included, ascending; none included where the keys hold all of them.
IndexDef Cover(Oid table, const KeyList& keys, std::span<const int> needed);

// Positions in `defs`, which all cover one request, of the first kMaxCoveredLists that have included columns and that
// no other one replaces: (a, b) INCLUDE (c) is as large as (a) INCLUDE (b, c) and does all that it does.
std::vector<std::size_t> BestCovering(std::span<const IndexDef> defs);

}  // namespace pgassay::candidates
