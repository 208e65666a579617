#include "twin/statistic_rows.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/array_text.h"

namespace pgassay::twin {
namespace {

constexpr int kSlots = 5;  // STATISTIC_NUM_SLOTS

bool IsConsistent(const StatisticSlot& slot) {
  std::size_t numbers = 0;
  std::size_t values = 0;
  if (slot.numbers) {
    const absl::StatusOr<std::vector<double>> parsed = catalog::ParseNumberArrayText(*slot.numbers);
    if (!parsed.ok()) return false;
    numbers = parsed->size();
  }
  if (slot.values) {
    const absl::StatusOr<std::vector<std::optional<std::string>>> parsed = catalog::ParseArrayText(*slot.values);
    if (!parsed.ok() || !std::ranges::all_of(*parsed, [](const auto& value) { return value.has_value(); }))
      return false;
    values = parsed->size();
  }
  switch (slot.kind) {
    case 1:
      return values > 0 && numbers == values;
    case 2:
      return values >= 2;
    case 3:
      return numbers == 1;
    case 4:
      return values > 0 && (numbers == values + 2 || numbers == values + 3);  // and the least, the greatest, nulls
    case 5:
      return numbers >= 2;
    case 6:
      return values >= 2 && numbers == 1;
    case 7:
      return values >= 2;
    default:
      return true;  // Other kinds belong to extensions' own types.
  }
}

}  // namespace

void ArrayText::Add(std::optional<std::string_view> element) {
  text_ += text_.empty() ? "{" : ",";
  if (!element) {
    text_ += "NULL";
    return;
  }
  text_ += '"';
  for (char c : *element) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

std::string Exact(double value) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.17g", value);
  return buffer;
}

ColumnStatistics Consistent(const ColumnStatistics& statistics) {
  ColumnStatistics kept = statistics;
  std::erase_if(kept.slots, [](const StatisticSlot& slot) { return !IsConsistent(slot); });
  return kept;
}

// The type of the values depends on the slot's kind (include/catalog/pg_statistic.h): the column's for common values
// and histograms, the element's for kinds 4 and 5 (text for tsvector), float8 for lengths of ranges, the range's for
// bounds of ranges and multiranges.
std::string StatisticRowsSql(std::string_view join_type) {
  std::string arrays = "$1::oid[], $2::int2[], $3::bool[], $4::float4[], $5::int4[], $6::float4[]";
  std::string names = "relation, number, inherited, null_fraction, width, distinct_values";
  std::string kinds, ops, collations, numbers, values;
  for (int slot = 1; slot <= kSlots; ++slot) {
    const int base = 7 + (slot - 1) * 5;
    absl::StrAppend(&arrays, ", $", base, "::int2[], $", base + 1, "::text[], $", base + 2, "::text[], $", base + 3,
                    "::text[], $", base + 4, "::text[]");
    absl::StrAppend(&names, ", kind", slot, ", op", slot, ", collation", slot, ", numbers", slot, ", values", slot);
    absl::StrAppend(&kinds, ", r.kind", slot);
    absl::StrAppend(&ops, ", r.op", slot, "::regoperator");
    absl::StrAppend(&collations, ", coalesce(r.collation", slot, "::regcollation::oid, 0)");
    absl::StrAppend(&numbers, ", r.numbers", slot, "::float4[]");
    absl::StrAppend(
        &values, ", pgassay_array_in(r.values", slot, ", CASE WHEN r.kind", slot,
        " = 6 THEN 'float8'::regtype::oid WHEN r.kind", slot,
        " IN (4, 5) THEN CASE WHEN base.typelem <> 0 THEN base.typelem ELSE 'text'::regtype::oid END WHEN r.kind", slot,
        " = 7 AND base.typtype = 'm' THEN (SELECT rngtypid FROM pg_range WHERE rngmultitypid = base.oid)"
        " ELSE a.atttypid END)");
  }
  return absl::StrCat("SELECT r.relation, r.number, r.inherited, r.null_fraction, r.width, r.distinct_values", kinds,
                      ops, collations, numbers, values, " FROM unnest(", arrays, ") AS r(", names, ") ",
                      ToAbsl(join_type),
                      " JOIN pg_type t ON t.oid = a.atttypid "
                      "JOIN pg_type base ON base.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END");
}

std::vector<std::optional<std::string>> StatisticParameters(std::span<const StatisticRow> rows) {
  std::array<ArrayText, 6 + kSlots * 5> arrays;
  for (const StatisticRow& row : rows) {
    const ColumnStatistics& s = row.statistics;
    arrays[0].Add(absl::StrCat(row.relation.value));
    arrays[1].Add(absl::StrCat(row.column));
    arrays[2].Add(s.inherited ? "t" : "f");
    arrays[3].Add(Exact(s.null_fraction));
    arrays[4].Add(absl::StrCat(s.average_width));
    arrays[5].Add(Exact(s.distinct));
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      const StatisticSlot empty{.kind = 0, .op = "0", .collation = "", .numbers = {}, .values = {}};
      const StatisticSlot& used = slot < s.slots.size() ? s.slots[slot] : empty;
      ArrayText* const out = &arrays[6 + slot * 5];
      out[0].Add(absl::StrCat(used.kind));
      out[1].Add(used.op);
      out[2].Add(used.collation.empty() ? std::nullopt : std::optional<std::string_view>(used.collation));
      out[3].Add(used.numbers);
      out[4].Add(used.values);
    }
  }
  std::vector<std::optional<std::string>> parameters;
  for (const ArrayText& array : arrays) parameters.emplace_back(array.Finish());
  return parameters;
}

}  // namespace pgassay::twin
