#include "twin/statistics.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "catalog/index_identity.h"
#include "twin/hidden_statistics.h"
#include "whatif/btree_size.h"

namespace pgassay::twin {
namespace {

// Rows of pg_statistic in one INSERT, and indexes whose end points go in one statement. A batch with one that fails is
// sent again one by one.
constexpr std::size_t kBatch = 200;
// A domain's CHECK may take for ever, and a capture may have thousands of such columns.
constexpr int kMostTimeouts = 2;
constexpr int kSlots = 5;  // STATISTIC_NUM_SLOTS

// PostgreSQL's array text from optional elements.
class ArrayText {
 public:
  void Add(std::optional<std::string_view> element) {
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
  std::string Finish() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

std::string Exact(double value) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.17g", value);
  return buffer;
}

// The type of the values depends on the slot's kind (include/catalog/pg_statistic.h): the column's for common values
// and histograms, the element's for kinds 4 and 5 (text for tsvector), float8 for lengths of ranges, the range's for
// bounds of ranges and multiranges.
std::string InsertSql() {
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
  return absl::StrCat(
      "INSERT INTO pg_catalog.pg_statistic SELECT r.relation, r.number, r.inherited, r.null_fraction, r.width, "
      "r.distinct_values",
      kinds, ops, collations, numbers, values, " FROM unnest(", arrays, ") AS r(", names,
      ") JOIN pg_attribute a ON a.attrelid = r.relation AND a.attnum = r.number JOIN pg_type t ON t.oid = a.atttypid "
      "JOIN pg_type base ON base.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END");
}

struct Target {
  ColumnStatistics statistics;
  TwinOid relation;
  int column;
};

// Whether a slot can be used as it is. The planner trusts what ANALYZE wrote: it takes numbers[i] for values[i] and the
// only number of a correlation without looking (selfuncs.c), so a slot that lacks its values (capture --no-values) or
// whose arrays do not fit together (a damaged or hostile capture) must not reach it.
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

// `statistics` without the slots that cannot be used.
ColumnStatistics Consistent(const ColumnStatistics& statistics) {
  ColumnStatistics kept = statistics;
  std::erase_if(kept.slots, [](const StatisticSlot& slot) { return !IsConsistent(slot); });
  return kept;
}

std::vector<std::optional<std::string>> Parameters(std::span<const Target> rows) {
  std::array<ArrayText, 6 + kSlots * 5> arrays;
  for (const Target& row : rows) {
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

struct TwinEndPoint {
  const EndPoint* captured = nullptr;
  TwinOid index;
};

// All of them or none.
absl::Status SendEndPoints(std::span<const TwinEndPoint> end_points, pg::Session& superuser) {
  ArrayText indexes;
  ArrayText values;
  for (const TwinEndPoint& end_point : end_points) {
    for (const std::optional<std::string>& value : {end_point.captured->min, end_point.captured->max}) {
      if (!value) continue;
      indexes.Add(absl::StrCat(end_point.index.value));
      values.Add(*value);
    }
  }
  const std::optional<std::string> parameters[] = {indexes.Finish(), values.Finish()};
  return superuser
      .Query(
          "SELECT pg_catalog.pgassay_end_point(e.index, e.value) FROM unnest($1::oid[], $2::text[]) AS "
          "e(index, value)",
          parameters)
      .status();
}

std::string Subject(const Snapshot& snapshot, const ColumnStatistics& statistics) {
  if (const Relation* relation = snapshot.FindRelation(statistics.relation)) {
    const Column* column = FindColumn(*relation, statistics.column);
    return absl::StrCat(catalog::QuotedName(relation->name), ".", column ? QuoteIdentifier(column->name) : "?");
  }
  if (const Index* index = snapshot.FindIndex(statistics.relation)) return catalog::QuotedName(index->name);
  return "?";
}

bool IsFatal(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

// Expects search_path = pg_catalog, in which format_type prints names as the capture has them.
absl::StatusOr<EnumLabels> ReadEnumLabels(pg::Session& superuser) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows,
                           superuser.Query("SELECT format_type(enumtypid, NULL), count(*) FROM pg_enum GROUP BY 1"));
  EnumLabels labels;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    double count = 0;
    if (absl::SimpleAtod(rows.Text(row, 1), &count)) labels[rows.Text(row, 0)] = count;
  }
  return labels;
}

}  // namespace

absl::Status LoadStatistics(const Snapshot& snapshot, const Names& names, pg::Session& superuser,
                            std::vector<CaptureGap>& gaps) {
  std::vector<Target> targets;
  for (const ColumnStatistics& statistics : snapshot.statistics) {
    const TwinOid relation = names.ToTwin(statistics.relation);
    const bool of_index = snapshot.FindIndex(statistics.relation) != nullptr;
    const int column = of_index ? statistics.column : names.ColumnToTwin(statistics.relation, statistics.column);
    if (relation.value == 0 || column == 0) continue;
    targets.push_back({Consistent(statistics), relation, column});
    if (snapshot.with_values && targets.back().statistics.slots.size() != statistics.slots.size()) {
      gaps.push_back({Subject(snapshot, statistics), "a part of its statistics does not fit together and is left out"});
    }
  }
  PGASSAY_RETURN_IF_ERROR(superuser.Execute("SET search_path = pg_catalog"));
  PGASSAY_ASSIGN_OR_RETURN(const EnumLabels labels, ReadEnumLabels(superuser));
  for (ColumnStatistics& statistics : HiddenStatistics(snapshot, labels)) {
    const TwinOid relation = names.ToTwin(statistics.relation);
    const int column = names.ColumnToTwin(statistics.relation, statistics.column);
    if (relation.value != 0 && column != 0) targets.push_back({std::move(statistics), relation, column});
  }
  const std::string sql = InsertSql();
  int timeouts = 0;
  for (std::size_t begin = 0; begin < targets.size(); begin += kBatch) {
    const std::span<const Target> batch = std::span(targets).subspan(begin, std::min(kBatch, targets.size() - begin));
    const absl::Status sent = superuser.Query(sql, Parameters(batch)).status();
    if (IsFatal(sent)) return sent;
    if (sent.ok()) continue;
    for (const Target& target : batch) {
      const absl::Status single = superuser.Query(sql, Parameters(std::span(&target, 1))).status();
      if (IsFatal(single)) return single;
      if (absl::IsDeadlineExceeded(single) && ++timeouts == kMostTimeouts) {
        gaps.push_back({"statistics", "reading the values takes too long, so the rest of them is left out"});
        return absl::OkStatus();
      }
      if (!single.ok()) {
        gaps.push_back({Subject(snapshot, target.statistics),
                        absl::StrCat("its statistics cannot be carried over: ", std::string(single.message()))});
      }
    }
  }
  return absl::OkStatus();
}

absl::Status LoadEndPoints(const Snapshot& snapshot, const Names& names, pg::Session& superuser,
                           std::vector<CaptureGap>& gaps) {
  std::vector<TwinEndPoint> all;
  for (const EndPoint& end_point : snapshot.end_points) {
    const TwinOid index = names.ToTwin(end_point.index);
    if (index.value != 0 && (end_point.min || end_point.max)) all.push_back({&end_point, index});
  }
  for (std::size_t begin = 0; begin < all.size(); begin += kBatch) {
    const std::span<const TwinEndPoint> batch = std::span(all).subspan(begin, std::min(kBatch, all.size() - begin));
    const absl::Status sent = SendEndPoints(batch, superuser);
    if (IsFatal(sent)) return sent;
    if (sent.ok()) continue;
    for (const TwinEndPoint& end_point : batch) {
      const absl::Status single = SendEndPoints(std::span(&end_point, 1), superuser);
      if (IsFatal(single)) return single;
      if (absl::IsDeadlineExceeded(single)) {
        gaps.push_back({"end points", "reading the values takes too long, so the rest of them is left out"});
        return absl::OkStatus();
      }
      if (!single.ok()) {
        const Index* captured = snapshot.FindIndex(end_point.captured->index);
        gaps.push_back({captured ? catalog::QuotedName(captured->name) : "?",
                        absl::StrCat("its end points cannot be carried over: ", std::string(single.message()))});
      }
    }
  }
  return absl::OkStatus();
}

std::string SizesSql(const Snapshot& snapshot, const Names& names) {
  std::array<ArrayText, 5> tables;
  for (const Relation& relation : snapshot.relations) {
    const TwinOid oid = names.ToTwin(relation.oid);
    if (oid.value == 0) continue;
    tables[0].Add(absl::StrCat(oid.value));
    tables[1].Add(absl::StrCat(relation.pages));
    tables[2].Add(absl::StrCat(relation.statistics_pages));
    tables[3].Add(Exact(relation.statistics_tuples));
    tables[4].Add(absl::StrCat(relation.all_visible_pages));
  }
  std::array<ArrayText, 7> indexes;
  for (const Index& index : snapshot.indexes) {
    const TwinOid oid = names.ToTwin(index.oid);
    if (oid.value == 0) continue;
    const bool btree = index.def.method == "btree";
    const int height = index.tree_height ? *index.tree_height
                       : btree           ? whatif::EstimateTreeHeight(index.def, snapshot, index.pages)
                                         : -1;
    indexes[0].Add(absl::StrCat(oid.value));
    indexes[1].Add(absl::StrCat(index.pages));
    indexes[2].Add(absl::StrCat(index.statistics_pages));
    indexes[3].Add(Exact(index.statistics_tuples));
    indexes[4].Add("-1");
    indexes[5].Add(absl::StrCat(height));
    indexes[6].Add(absl::StrCat(index.oid.value));
  }
  std::string sql = "SELECT pg_catalog.pgassay_tables(";
  for (std::size_t i = 0; i < tables.size(); ++i) {
    absl::StrAppend(&sql, i == 0 ? "" : ", ", QuoteLiteral(tables[i].Finish()), i == 0 ? "::oid[]" : "::float8[]");
  }
  absl::StrAppend(&sql, "); SELECT pg_catalog.pgassay_indexes(");
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    absl::StrAppend(&sql, i == 0 ? "" : ", ", QuoteLiteral(indexes[i].Finish()), i == 0 ? "::oid[]" : "::float8[]");
  }
  return absl::StrCat(sql, ", false)");
}

}  // namespace pgassay::twin
