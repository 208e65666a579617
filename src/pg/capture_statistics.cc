#include "pg/capture_statistics.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "pg/capture_extended.h"

namespace pgassay::pg {
namespace {

// STATISTIC_NUM_SLOTS and STATISTIC_KIND_* of include/catalog/pg_statistic.h.
constexpr int kSlots = 5;
constexpr int kCommonValues = 1;
constexpr int kHistogram = 2;
constexpr int kCorrelation = 3;
constexpr int kCommonElements = 4;
constexpr int kElementCounts = 5;

absl::Status ReadPgStatistic(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.statistics));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    snapshot.statistics.push_back(ReadStatisticRow(row, snapshot.with_values));
  }
  return absl::OkStatus();
}

// The slots of a pg_stats row in the order in which ANALYZE fills them (compute_scalar_stats, compute_array_stats).
std::vector<StatisticSlot> SlotsOfView(ResultRow& row, bool with_values) {
  const std::optional<std::string>& common_values = row.Optional();
  const std::optional<std::string>& common_frequencies = row.Optional();
  const std::optional<std::string>& histogram = row.Optional();
  const std::optional<std::string>& correlation = row.Optional();
  const std::optional<std::string>& common_elements = row.Optional();
  const std::optional<std::string>& element_frequencies = row.Optional();
  const std::optional<std::string>& element_counts = row.Optional();
  const std::string& equal = row.Text();
  const std::string& less = row.Text();
  const std::string& element_equal = row.Text();
  const std::string& collation = row.Text();
  const bool is_tsvector = row.Boolean();

  std::vector<StatisticSlot> slots;
  const auto add = [&](int kind, const std::string& op, const std::optional<std::string>& numbers,
                       const std::optional<std::string>& values) {
    slots.push_back({.kind = kind,
                     .op = op.empty() ? "0" : op,
                     .collation = collation,
                     .numbers = numbers,
                     .values = with_values ? values : std::nullopt});
  };
  if (common_values.has_value()) add(kCommonValues, equal, common_frequencies, common_values);
  if (histogram.has_value()) add(kHistogram, less, std::nullopt, histogram);
  if (correlation.has_value()) add(kCorrelation, less, absl::StrCat("{", *correlation, "}"), std::nullopt);
  if (common_elements.has_value()) {
    add(kCommonElements, element_equal, element_frequencies, common_elements);
    // compute_tsvector_stats uses the default collation although the type has none.
    if (is_tsvector) slots.back().collation = "pg_catalog.\"default\"";
  }
  if (element_counts.has_value()) add(kElementCounts, element_equal, element_counts, std::nullopt);
  return slots;
}

absl::Status ReadPgStats(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.visible_statistics));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    ColumnStatistics statistics;
    statistics.relation = row.ReadOid();
    statistics.column = row.Int();
    statistics.inherited = row.Boolean();
    statistics.null_fraction = row.Number();
    statistics.average_width = row.Int();
    statistics.distinct = row.Number();
    statistics.slots = SlotsOfView(row, snapshot.with_values);
    snapshot.statistics.push_back(std::move(statistics));
  }
  return absl::OkStatus();
}

// Analysed tables and expression indexes of which pg_stats shows nothing.
void ListHiddenStatistics(const CatalogDetails& details, Snapshot& snapshot) {
  std::set<Oid> visible;
  for (const ColumnStatistics& statistics : snapshot.statistics) visible.insert(statistics.relation);
  std::set<Oid> analysed;
  for (const Relation& relation : snapshot.relations) {
    if (relation.statistics_tuples <= 0 || relation.columns.empty()) continue;
    analysed.insert(relation.oid);
    if (visible.contains(relation.oid)) continue;
    std::string_view why = "this role may not see pg_statistic";
    if (!relation.readable) {
      why = "this role may not SELECT the table";
    } else if (details.row_security_active.contains(relation.oid)) {
      why = "row level security applies to this role";
    }
    snapshot.gaps.push_back({NameForMessage(relation.name),
                             absl::StrCat("statistics not readable: ", std::string(why),
                                          "; grant pg_read_all_data and BYPASSRLS, or capture as a superuser")});
  }
  for (const Index& index : snapshot.indexes) {
    bool has_expression = false;
    for (const IndexKey& key : index.def.keys) has_expression = has_expression || key.column == 0;
    if (!has_expression || visible.contains(index.oid) || !analysed.contains(index.def.table)) continue;
    snapshot.gaps.push_back({NameForMessage(index.name),
                             "statistics of its expressions not readable: only the owner sees them in pg_stats; grant "
                             "pg_read_all_data, or capture as a superuser"});
  }
}

}  // namespace

ColumnStatistics ReadStatisticRow(ResultRow& row, bool with_values) {
  ColumnStatistics statistics;
  statistics.relation = row.ReadOid();
  statistics.column = row.Int();
  statistics.inherited = row.Boolean();
  statistics.null_fraction = row.Number();
  statistics.average_width = row.Int();
  statistics.distinct = row.Number();
  for (int number = 0; number < kSlots; ++number) {
    StatisticSlot slot;
    slot.kind = row.Int();
    slot.op = row.Text();
    slot.collation = row.Text();
    slot.numbers = row.Optional();
    slot.values = row.Optional();
    if (!with_values) slot.values.reset();
    if (slot.kind != 0) statistics.slots.push_back(std::move(slot));
  }
  return statistics;
}

absl::Status ReadStatistics(const CatalogQueries& queries, Session& session, const CatalogDetails& details,
                            Snapshot& snapshot) {
  if (details.statistics_readable) {
    PGASSAY_RETURN_IF_ERROR(ReadPgStatistic(queries, session, snapshot));
  } else {
    PGASSAY_RETURN_IF_ERROR(ReadPgStats(queries, session, snapshot));
    ListHiddenStatistics(details, snapshot);
  }
  return ReadExtendedStatistics(queries, session, details, snapshot);
}

}  // namespace pgassay::pg
