#pragma once

// Which values of a column a kind of comparison asks for, and how often. What the planner's statistics know is used as
// it is; what nobody knows (how narrow the ranges of an application are, how long its lists) is a fixed mix, given with
// each function.

#include <cstddef>
#include <string>
#include <vector>

#include "workload/value_statistics.h"

namespace pgassay::workload {

// Values that belong together, with the share of the calls that they stand for. The shares of one list of choices sum
// to 1.
struct ValueChoice {
  double share = 1;
  std::vector<std::string> values;
  std::string note;  // what they are, without the values: "common (35 %)"
  friend bool operator==(const ValueChoice&, const ValueChoice&) = default;
};

// All functions give an empty list where `values` holds nothing that fits, and choices of one value unless they say
// otherwise.

// Column = value. Applications are taken to ask for a value as often as it occurs: each value of at least 10 % of the
// rows on its own, one for the other common values together (as frequent as they are on average, weighted by
// themselves), one from the histogram for the rest; three there where the table is partitioned. Where all values are
// known and few, a quarter of the calls asks for each of them equally often instead, and the rarest one is always among
// them: a queue is asked for its waiting jobs, however many are done. At most `most` choices.
std::vector<ValueChoice> EqualityChoices(const ColumnValues& values, std::size_t most);

// `count` different values, drawn in proportion to their frequency by systematic sampling; three such lists, or one
// where no value is common. Where all values are known and few, a quarter of the calls asks for the rarest ones. Lists
// are shorter where fewer values are known, and leave one value out: nobody lists all there are.
std::vector<ValueChoice> ListChoices(const ColumnValues& values, std::size_t count);

// `count` different values that a query leaves out: the most common ones in half of the calls, the rarest known ones in
// the other half. One value at least is not among them, so lists may be shorter.
std::vector<ValueChoice> ExcludedChoices(const ColumnValues& values, std::size_t count);

// `count` different elements of arrays: the most common ones, and less common ones.
std::vector<ValueChoice> ElementListChoices(const ColumnValues& values, std::size_t count);

// Lists of 1, 5 and 20 values, equally often; no longer than half of the values that there are.
std::vector<ValueChoice> ArrayChoices(const ColumnValues& values);

// Column > value (`greater`) or column < value, for 1 %, 10 % and 33 % of the rows in 50 %, 30 % and 20 % of the calls;
// later points of time are asked for more narrowly: 1 %, 5 % and 20 % of the rows.
std::vector<ValueChoice> RangeChoices(const ColumnValues& values, bool greater);

// Low and high value of a range that holds 0.5 %, 2 % or 10 % of the rows in 50 %, 30 % and 20 % of the calls: from
// different places of the histogram, the recent end for points of time.
std::vector<ValueChoice> WindowChoices(const ColumnValues& values);

// One ordinary value: the most common one, or one from the middle of the histogram.
std::vector<ValueChoice> OrdinaryChoice(const ColumnValues& values);

// Two values drawn in proportion to their frequency, to make patterns of.
std::vector<ValueChoice> SampleChoices(const ColumnValues& values);

}  // namespace pgassay::workload
