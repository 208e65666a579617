// Combined variance of two populations: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing
// sample variances", 1979.

#include "workload/counters.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace pgassay::workload {
namespace {

std::int64_t Add(std::int64_t a, std::int64_t b) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (b > 0 && a > Limits::max() - b) return Limits::max();
  if (b < 0 && a < Limits::min() - b) return Limits::min();
  return a + b;
}

double Finite(double value) {
  return std::isfinite(value) ? value : 0;
}

double Add(double a, double b) {
  return Finite(Finite(a) + Finite(b));
}

double StandardDeviation(const StatementCounters& a, const StatementCounters& b) {
  const auto calls_a = static_cast<double>(std::max<std::int64_t>(a.calls, 0));
  const auto calls_b = static_cast<double>(std::max<std::int64_t>(b.calls, 0));
  const double calls = calls_a + calls_b;
  if (calls_a == 0 || calls_b == 0) {
    return Finite(calls_b == 0 ? a.stddev_ms : b.stddev_ms);
  }
  const double between = Finite(b.total_ms) / calls_b - Finite(a.total_ms) / calls_a;
  const double squares = calls_a * Finite(a.stddev_ms) * Finite(a.stddev_ms) +
                         calls_b * Finite(b.stddev_ms) * Finite(b.stddev_ms) +
                         between * between * calls_a / calls * calls_b;
  return Finite(std::sqrt(squares / calls));
}

}  // namespace

StatementCounters Sum(const StatementCounters& a, const StatementCounters& b) {
  const bool only_a = b.calls <= 0;
  const bool only_b = a.calls <= 0;
  return {.calls = Add(a.calls, b.calls),
          .total_ms = Add(a.total_ms, b.total_ms),
          .min_ms = Finite(only_a   ? a.min_ms
                           : only_b ? b.min_ms
                                    : std::min(a.min_ms, b.min_ms)),
          .max_ms = Finite(std::max(Finite(a.max_ms), Finite(b.max_ms))),
          .stddev_ms = StandardDeviation(a, b),
          .rows = Add(a.rows, b.rows),
          .plans = Add(a.plans, b.plans),
          .plan_ms = Add(a.plan_ms, b.plan_ms),
          .shared_blocks_hit = Add(a.shared_blocks_hit, b.shared_blocks_hit),
          .shared_blocks_read = Add(a.shared_blocks_read, b.shared_blocks_read),
          .shared_blocks_dirtied = Add(a.shared_blocks_dirtied, b.shared_blocks_dirtied),
          .shared_blocks_written = Add(a.shared_blocks_written, b.shared_blocks_written),
          .local_blocks_hit = Add(a.local_blocks_hit, b.local_blocks_hit),
          .local_blocks_read = Add(a.local_blocks_read, b.local_blocks_read),
          .local_blocks_dirtied = Add(a.local_blocks_dirtied, b.local_blocks_dirtied),
          .local_blocks_written = Add(a.local_blocks_written, b.local_blocks_written),
          .temp_blocks_read = Add(a.temp_blocks_read, b.temp_blocks_read),
          .temp_blocks_written = Add(a.temp_blocks_written, b.temp_blocks_written),
          .block_read_ms = Add(a.block_read_ms, b.block_read_ms),
          .block_write_ms = Add(a.block_write_ms, b.block_write_ms),
          .wal_records = Add(a.wal_records, b.wal_records),
          .wal_full_page_images = Add(a.wal_full_page_images, b.wal_full_page_images),
          .wal_bytes = Add(a.wal_bytes, b.wal_bytes),
          .jit_functions = Add(a.jit_functions, b.jit_functions),
          .jit_ms = Add(a.jit_ms, b.jit_ms)};
}

}  // namespace pgassay::workload
