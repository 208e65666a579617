#include "twin/metapages.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "whatif/index_size.h"

namespace pgassay::twin {
namespace {

bool IsFatal(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

absl::Status SendRangeMap(TwinOid index, std::int64_t table_pages, const RangeMap& map, pg::Session& superuser) {
  const std::optional<std::string> parameters[] = {absl::StrCat(index.value), absl::StrCat(table_pages),
                                                   absl::StrCat(map.pages_per_range), absl::StrCat(map.map_pages)};
  return superuser.Query("SELECT pg_catalog.pgassay_range_map($1::oid, $2::float8, $3::int4, $4::int4)", parameters)
      .status();
}

std::int64_t InProportion(std::int64_t count, double share) {
  return std::llround(static_cast<double>(count) * share);
}

// The counts of a new build, where it is as large as the index really is: the planner takes them for that size only.
std::optional<InvertedCounts> ModelledCounts(const Index& index, const Snapshot& snapshot) {
  const Relation* const table = snapshot.FindRelation(index.def.table);
  double rows = table == nullptr ? 0 : whatif::EstimateTuples(*table);
  if (!index.def.predicate.empty()) rows = std::min(rows, std::max(0.0, index.statistics_tuples));
  const whatif::BtreeSize size = whatif::EstimateIndexSize(index.def, snapshot, rows);
  if (!size.inverted || size.inverted->total_pages < 1) return std::nullopt;
  const double share = static_cast<double>(index.pages) / static_cast<double>(size.inverted->total_pages);
  return InvertedCounts{.total_pages = index.pages,
                        .entry_pages = InProportion(size.inverted->entry_pages, share),
                        .data_pages = InProportion(size.inverted->data_pages, share),
                        .entries = InProportion(size.inverted->entries, share),
                        .pending_pages = 0};
}

// As captured; what was not readable, by the model.
std::optional<InvertedCounts> CountsOf(const Index& index, const Snapshot& snapshot) {
  if (index.inverted_counts && index.inverted_counts->total_pages > 0) return index.inverted_counts;
  std::optional<InvertedCounts> counts = ModelledCounts(index, snapshot);
  if (index.inverted_counts && counts) counts->pending_pages = index.inverted_counts->pending_pages;
  return counts ? counts : index.inverted_counts;
}

}  // namespace

absl::Status SetRangeMap(TwinOid index, const IndexDef& def, const Snapshot& snapshot, pg::Session& superuser) {
  const Relation* const table = snapshot.FindRelation(def.table);
  return SendRangeMap(index, table == nullptr ? 0 : table->pages, RangeMap(), superuser);
}

absl::Status SetInvertedCounts(TwinOid index, const InvertedCounts& counts, pg::Session& superuser) {
  const std::optional<std::string> parameters[] = {
      absl::StrCat(index.value),       absl::StrCat(counts.total_pages), absl::StrCat(counts.entry_pages),
      absl::StrCat(counts.data_pages), absl::StrCat(counts.entries),     absl::StrCat(counts.pending_pages)};
  return superuser
      .Query(
          "SELECT pg_catalog.pgassay_inverted_counts($1::oid, $2::float8, $3::float8, $4::float8, $5::float8, "
          "$6::float8)",
          parameters)
      .status();
}

absl::Status LoadMetapages(const Snapshot& snapshot, const Names& names, pg::Session& superuser) {
  for (const Index& index : snapshot.indexes) {
    const TwinOid oid = names.ToTwin(index.oid);
    const Relation* const table = snapshot.FindRelation(index.def.table);
    if (oid.value == 0 || table == nullptr || table->kind == 'p') continue;
    absl::Status sent;
    if (index.def.method == "brin") {
      sent = SendRangeMap(oid, table->pages, index.range_map.value_or(RangeMap()), superuser);
    } else if (index.def.method == "gin") {
      const std::optional<InvertedCounts> counts = CountsOf(index, snapshot);
      if (counts) sent = SetInvertedCounts(oid, *counts, superuser);
    }
    if (IsFatal(sent)) return sent;  // otherwise the metapage stays that of an empty index
  }
  return absl::OkStatus();
}

}  // namespace pgassay::twin
