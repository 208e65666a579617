#pragma once

// Where the rows of a column lie in its order: most common values and histogram together, as the planner's
// scalarineqsel adds them up (src/backend/utils/adt/selfuncs.c).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workload/value_statistics.h"
#include "workload/value_type.h"

namespace pgassay::workload {

class Quantiles {
 public:
  explicit Quantiles(const ColumnValues& values);

  bool empty() const { return points_.empty(); }

  enum class Avoid : std::uint8_t { kLeast, kGreatest };

  // The value below which `fraction` of the rows lie: between two known values for numbers and times, a known value for
  // other types. Never the least or the greatest known value, as `avoid` says, where there is another: a comparison
  // with it would have no rows. Not to be called when empty.
  std::string At(double fraction, Avoid avoid) const;

  // A low and a high value; they differ where the column has two. Not to be called when empty.
  std::pair<std::string, std::string> Between(double low, double high) const;

  // The share of rows below `value`; none where it is not on a line (only numbers and times are).
  std::optional<double> Below(std::string_view value) const;

 private:
  // A known value; `below` and `through` are the shares of rows before it and up to it.
  struct Point {
    double scalar = 0;
    double below = 0;
    double through = 0;
    std::string text;
  };

  bool PlaceOnLine(const ColumnValues& values);
  void PlaceInOrder(const ColumnValues& values);
  Point Find(double fraction) const;

  TypeFamily family_ = TypeFamily::kOther;
  bool on_line_ = false;       // there are values between the known ones
  int decimals_ = 0;           // of numbers between known ones
  std::vector<Point> points_;  // by scalar, which counts them where they are not on a line
};

}  // namespace pgassay::workload
