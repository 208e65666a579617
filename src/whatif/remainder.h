#pragma once

// How often the values repeat that are no NULL and no most common value: what ANALYZE reports of them is one number of
// distinct values, which is too low by a known estimator, and a histogram, which tells where they are dense.

#include <span>
#include <string_view>
#include <vector>

namespace pgassay::whatif {

// What ANALYZE saw of the rows that are not NULL.
struct SampleFacts {
  double rows = 0;      // in the table
  double fraction = 1;  // of them in the sample
  double distinct = 0;  // as reported
  double common = 0;    // number of most common values
  double rest = 0;      // share of the rows with another value
};

// Rows whose values are equally frequent.
struct RemainderClass {
  double share = 1;  // of the remaining rows
  double rate = 1;   // expected rows of a value; 0: every value occurs once
  friend bool operator==(const RemainderClass&, const RemainderClass&) = default;
};

// Shares sum up to 1. `ranges` are the differences between neighbouring histogram bounds, each of which holds as many
// rows; empty where they cannot be told, and then all values count as equally frequent.
std::vector<RemainderClass> RemainderClasses(const SampleFacts& facts, std::span<const double> ranges);

// The differences between bounds that are numbers, dates or times in ISO style; empty for others.
std::vector<double> BoundRanges(std::span<const std::string_view> bounds);

}  // namespace pgassay::whatif
