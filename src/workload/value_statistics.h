#pragma once

// The values of one column, or of an expression, as the planner's statistics tell them.

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "catalog/parameters.h"
#include "pgassay/snapshot.h"

namespace pgassay::workload {

// A value and its share of the rows that are not NULL.
struct CommonValue {
  std::string text;
  double share = 0;
  friend bool operator==(const CommonValue&, const CommonValue&) = default;
};

enum class Availability {
  kUsable,
  kNone,      // no column, never analysed, unreadable, or damaged
  kLeftOut,   // capture --no-values
  kOnlyNull,  // every row is NULL
};

struct ColumnValues {
  Availability availability = Availability::kNone;
  std::string column;                  // its name
  std::string type;                    // of the values
  bool partitioned = false;            // the table is: values decide which partitions are read
  bool of_expression = false;          // the values are those of the use's expression, not of its column
  bool unique = false;                 // every value occurs once
  std::vector<CommonValue> common;     // most frequent first
  std::vector<std::string> bounds;     // of the histogram, in the type's own order, common values left out
  double rest = 0;                     // share of the rows that the histogram stands for; with `common` sums to 1
  std::vector<CommonValue> elements;   // most common elements of arrays and documents; shares of rows, sum exceeds 1
  std::vector<std::string> intervals;  // bounds histogram of range types, as ranges
  friend bool operator==(const ColumnValues&, const ColumnValues&) = default;
};

// What the planner would look at for the column side of `use`: the rows that cover children for partitioned and
// inherited tables, statistics of an index for an expression that it holds. A partitioned table that was never analysed
// itself (autovacuum never does) is judged by its largest analysed child.
ColumnValues FindColumnValues(const Snapshot& snapshot, const catalog::ParameterUse& use);

// Reads the statistics of each column once, however many parameters stand beside it. The snapshot must outlive it.
class ColumnCache {
 public:
  explicit ColumnCache(const Snapshot& snapshot) : snapshot_(snapshot) {}

  // As FindColumnValues; valid as long as the cache.
  const ColumnValues& Find(const catalog::ParameterUse& use);

 private:
  const Snapshot& snapshot_;
  std::map<std::tuple<Oid, int, std::string>, ColumnValues> known_;
};

}  // namespace pgassay::workload
