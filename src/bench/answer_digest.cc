#include "bench/answer_digest.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::bench {
namespace {

// pg_type.oid, the same in every database (src/include/catalog/pg_type.dat).
constexpr std::uint32_t kFloat4 = 700;
constexpr std::uint32_t kFloat8 = 701;

constexpr double kRelative = 1e-9;

// A finite number in PostgreSQL's text format.
std::optional<double> FiniteNumber(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// The finalizer of splitmix64: sums of FNV hashes of similar rows would be similar too.
std::uint64_t Scramble(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace

bool SameRows(const Digest& a, const Digest& b) {
  const double allowed = kRelative * std::fmax(a.magnitude, b.magnitude);
  return a.rows == b.rows && a.hash == b.hash && std::fabs(a.numbers - b.numbers) <= allowed;
}

void DigestSink::Columns(std::span<const std::uint32_t> types) {
  digest_ = {};
  floating_.clear();
  for (const std::uint32_t type : types) floating_.push_back(type == kFloat4 || type == kFloat8);
}

void DigestSink::Row(std::span<const std::optional<std::string_view>> cells) {
  row_.clear();
  for (std::size_t column = 0; column < cells.size(); ++column) {
    const std::optional<std::string_view>& cell = cells[column];
    if (!cell) {
      row_ += '-';  // no length begins so
      continue;
    }
    if (floating_[column]) {
      if (const std::optional<double> number = FiniteNumber(*cell)) {
        digest_.numbers += *number * static_cast<double>(column + 1);
        digest_.magnitude += std::fabs(*number) * static_cast<double>(column + 1);
        continue;
      }
    }
    absl::StrAppend(&row_, cell->size(), ":", ToAbsl(*cell));
  }
  digest_.hash += Scramble(StableHash(row_));
  ++digest_.rows;
}

}  // namespace pgassay::bench
