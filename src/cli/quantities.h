#pragma once

// Sizes, shares and durations as people type them. InvalidArgument says what is expected.

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "pgassay/units.h"

namespace pgassay::cli {

// "2GB", "500 MB", "1.5GB": B, kB, MB, GB and TB, binary multiples as PostgreSQL counts them. The unit is required.
absl::StatusOr<Bytes> ParseBytes(std::string_view text);

// "0.1%" or "0.001": a share between 0 and 1.
absl::StatusOr<double> ParseShare(std::string_view text);

// "60s", "500ms", "2min", "1h", or a plain number of seconds; more than 0. Returns seconds.
absl::StatusOr<double> ParseDuration(std::string_view text);

// "2026-11-25", "2026-11-25 10:00", "2026-11-25T10:00:00.5+02:00" (without a zone: UTC), or "7d", "24h", "30min" before
// `now_us`. Microseconds since 1970 UTC.
absl::StatusOr<std::int64_t> ParseTime(std::string_view text, std::int64_t now_us);

// A whole number from `least` to `most`.
absl::StatusOr<int> ParseCount(std::string_view text, int least, int most);

}  // namespace pgassay::cli
