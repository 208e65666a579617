#include "store/bench_rows.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "store/advice_rows.h"
#include "store/insert_rows.h"
#include "store/read_rows.h"

namespace pgassay::store {
namespace {

bool IsFinite(double value) {
  return std::isfinite(value);
}
bool IsFinite(const std::optional<double>& value) {
  return !value || std::isfinite(*value);
}

bool IsPossible(const RecordedBenchIndex& index) {
  return index.size_bytes >= 0 && index.predicted_bytes >= 0 && IsFinite(index.build_ms) && index.scans >= 0;
}

bool IsPossible(const RecordedBenchQuery& query) {
  return IsFinite(query.weight) && query.samples >= 0 && IsFinite(query.median_ms) && IsFinite(query.low_ms) &&
         IsFinite(query.high_ms) && IsFinite(query.ratio) && IsFinite(query.blocks_hit) &&
         IsFinite(query.blocks_read) && IsFinite(query.wal_bytes) && IsFinite(query.cost_before) &&
         IsFinite(query.cost_after);
}

// The set alone, without what is in it.
bool IsPossible(const RecordedBenchSet& set) {
  return set.rounds >= 0 && IsFinite(set.mean_ms) && IsFinite(set.low_ms) && IsFinite(set.high_ms) &&
         IsFinite(set.ratio) && IsFinite(set.per_second) && IsFinite(set.build_ms);
}

bool AllPossible(const RecordedBenchSet& set) {
  bool possible = IsPossible(set);
  for (const RecordedBenchIndex& index : set.indexes) possible = possible && IsPossible(index);
  for (const RecordedBenchQuery& query : set.queries) possible = possible && IsPossible(query);
  return possible;
}

// Element `position` (from 1) of `elements`; nullptr where there is none.
template <typename Element>
Element* At(std::vector<Element>& elements, int position) {
  const bool exists = position >= 1 && static_cast<std::size_t>(position) <= elements.size();
  return exists ? &elements[static_cast<std::size_t>(position) - 1] : nullptr;
}

}  // namespace

absl::Status WriteBench(const Database& database, int number, const RecordedBench& bench) {
  PGASSAY_RETURN_IF_ERROR(CheckCapture(database, number));
  for (const RecordedBenchSet& set : bench.sets) {
    if (!AllPossible(set)) {
      return absl::InvalidArgumentError(
          absl::StrCat("set ", Printable(set.name), " has an impossible number and cannot be stored"));
    }
  }
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t count,
                           database.QueryInteger(absl::StrCat("SELECT count(*) FROM bench WHERE capture = ", number)));
  const int position = static_cast<int>(count) + 1;
  PGASSAY_ASSIGN_OR_RETURN(auto benches, Inserter<BenchRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto sets, Inserter<BenchSetRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto indexes, Inserter<BenchIndexRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto queries, Inserter<BenchQueryRow>::Make(database, number));
  PGASSAY_RETURN_IF_ERROR(benches.Insert({position, bench}));
  int set_position = 0;
  for (const RecordedBenchSet& set : bench.sets) {
    PGASSAY_RETURN_IF_ERROR(sets.Insert({position, ++set_position, set}));
    int part = 0;
    for (const RecordedBenchIndex& index : set.indexes) {
      PGASSAY_RETURN_IF_ERROR(indexes.Insert({position, set_position, ++part, index}));
    }
    part = 0;
    for (const RecordedBenchQuery& query : set.queries) {
      PGASSAY_RETURN_IF_ERROR(queries.Insert({position, set_position, ++part, query}));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RecordedBench>> ReadBenches(const Database& database, int number) {
  PGASSAY_RETURN_IF_ERROR(CheckCapture(database, number));
  std::vector<RecordedBench> benches;
  const auto set_of = [&benches](int bench, int set) {
    RecordedBench* const of = At(benches, bench);
    return of == nullptr ? nullptr : At(of->sets, set);
  };
  PGASSAY_RETURN_IF_ERROR(ReadRows<BenchRow>(
      database, number, [&](BenchRow&& row) { return AppendAt(benches, row.position, std::move(row.value)); }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<BenchSetRow>(database, number, [&](BenchSetRow&& row) {
    RecordedBench* const of = At(benches, row.bench);
    return of != nullptr && IsPossible(row.value) && AppendAt(of->sets, row.position, std::move(row.value));
  }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<BenchIndexRow>(database, number, [&](BenchIndexRow&& row) {
    RecordedBenchSet* const of = set_of(row.bench, row.set);
    return of != nullptr && IsPossible(row.value) && AppendAt(of->indexes, row.position, std::move(row.value));
  }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<BenchQueryRow>(database, number, [&](BenchQueryRow&& row) {
    RecordedBenchSet* const of = set_of(row.bench, row.set);
    return of != nullptr && IsPossible(row.value) && AppendAt(of->queries, row.position, std::move(row.value));
  }));
  return benches;
}

}  // namespace pgassay::store
