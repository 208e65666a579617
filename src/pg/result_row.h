#pragma once

// Reads the cells of one row from left to right.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pg/session.h"
#include "pgassay/units.h"

namespace pgassay::pg {

// Each call takes the next column; the result must outlive the reader. NULL reads as "", 0 or false.
class ResultRow {
 public:
  ResultRow(const Result& result, std::size_t row) : result_(result), row_(row) {}

  const std::string& Text() { return result_.Text(row_, column_++); }
  const std::optional<std::string>& Optional() { return result_.At(row_, column_++); }
  double Number() { return result_.Number(row_, column_++); }
  bool Boolean() { return result_.Boolean(row_, column_++); }
  std::int64_t Integer() { return result_.Integer(row_, column_++); }
  // A count: what is negative reads as 0.
  std::int64_t Count() { return std::max(Integer(), std::int64_t{0}); }
  // A quantity: what is negative or no finite number reads as 0.
  double Amount() {
    const double number = Number();
    return std::isfinite(number) && number > 0 ? number : 0;
  }
  int Int() { return static_cast<int>(Integer()); }
  Oid ReadOid() { return {static_cast<std::uint32_t>(Integer())}; }
  char Character() {
    const std::string& text = Text();
    return text.empty() ? '\0' : text.front();
  }
  std::optional<int> OptionalInt() {
    const bool is_null = !result_.At(row_, column_).has_value();
    const int value = Int();
    return is_null ? std::nullopt : std::optional<int>(value);
  }
  // The integers of an int2vector ("1 2") or an int2[] ("{1,2}").
  std::vector<int> Integers() {
    std::vector<int> numbers;
    const std::string_view text = Text();
    for (const char* at = text.data(); at != text.data() + text.size();) {
      int number = 0;
      const auto [end, error] = std::from_chars(at, text.data() + text.size(), number);
      if (error == std::errc()) numbers.push_back(number);
      at = error == std::errc::invalid_argument ? at + 1 : end;
    }
    return numbers;
  }

 private:
  const Result& result_;
  std::size_t row_;
  int column_ = 0;
};

}  // namespace pgassay::pg
