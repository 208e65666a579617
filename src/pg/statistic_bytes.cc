#include "pg/statistic_bytes.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "pg/byte_reader.h"

namespace pgassay::pg {
namespace {

constexpr std::uint32_t kDistinctMagic = 0xA352BFA4;    // STATS_NDISTINCT_MAGIC (src/include/statistics/statistics.h)
constexpr std::uint32_t kDependencyMagic = 0xB4549A2C;  // STATS_DEPS_MAGIC
constexpr std::uint32_t kBasicType = 1;                 // STATS_NDISTINCT_TYPE_BASIC, STATS_DEPS_TYPE_BASIC
constexpr std::uint32_t kMaxGroups = 1016;              // dependencies among eight columns: each by each set of others
constexpr std::int32_t kMaxDimensions = 8;              // STATS_MAX_DIMENSIONS

// Both forms are a header of three numbers and items of a figure, the number of columns and the columns.
std::optional<std::vector<ColumnGroup>> ReadGroups(std::string_view bytes, std::uint32_t magic, bool wide_count) {
  ByteReader reader(bytes);
  if (reader.Unsigned32() != magic || reader.Unsigned32() != kBasicType) return std::nullopt;
  const std::uint32_t count = reader.Unsigned32();
  if (count > kMaxGroups) return std::nullopt;
  std::vector<ColumnGroup> groups;
  for (std::uint32_t i = 0; i < count; ++i) {
    ColumnGroup group;
    group.figure = reader.Double();
    const std::int32_t columns = wide_count ? reader.Signed32() : reader.Signed16();
    if (columns < 2 || columns > kMaxDimensions || !std::isfinite(group.figure)) return std::nullopt;
    for (std::int32_t column = 0; column < columns; ++column) {
      absl::StrAppend(&group.columns, column == 0 ? "{" : ",", reader.Signed16());
    }
    group.columns += '}';
    groups.push_back(std::move(group));
  }
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return groups;
}

}  // namespace

std::optional<std::vector<ColumnGroup>> ReadDistinctBytes(std::string_view bytes) {
  return ReadGroups(bytes, kDistinctMagic, true);
}

std::optional<std::vector<ColumnGroup>> ReadDependencyBytes(std::string_view bytes) {
  return ReadGroups(bytes, kDependencyMagic, false);
}

}  // namespace pgassay::pg
