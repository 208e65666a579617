#include "candidates/rule_access.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "catalog/index_identity.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

// BRIN is for tables that a B-tree on the same column would be large for; 16 MB.
constexpr std::int64_t kBlockRangePages = 2048;
// Below it, a range of values is spread over too many ranges of blocks.
constexpr double kLeastCorrelation = 0.9;
constexpr int kCorrelationKind = 3;  // STATISTIC_KIND_CORRELATION, include/catalog/pg_statistic.h

// Between -1 and 1; 0 where it is not known.
double CorrelationOf(const Snapshot& snapshot, Oid table, int column) {
  const ColumnStatistics* const statistics = catalog::FindTableStatistics(snapshot, table, column);
  if (statistics == nullptr) {
    return 0;
  }
  const auto slot = std::ranges::find(statistics->slots, kCorrelationKind, &StatisticSlot::kind);
  if (slot == statistics->slots.end() || !slot->numbers || slot->numbers->size() < 3) {
    return 0;
  }
  double correlation = 0;  // "{0.98}"
  const char* const begin = slot->numbers->data() + 1;
  std::from_chars(begin, slot->numbers->data() + slot->numbers->size() - 1, correlation);
  return correlation;
}

}  // namespace

std::vector<AccessProposal> ProposeAccess(const RequestView& view, const Snapshot& snapshot) {
  std::vector<AccessProposal> proposals;
  for (const AccessColumn& column : view.accesses) {
    const bool inverted = std::ranges::count(column.access, "gin", &catalog::ClauseAccess::method) > 0;
    for (const catalog::ClauseAccess& access : column.access) {
      // Where there is a choice, GIN finds exact matches, and GiST signatures that have to be rechecked, which costs more
      // than the planner thinks (PostgreSQL manual, "Preferred Index Types for Text Search").
      if (inverted ? access.method != "gin" : access.method != "gist" && access.method != "spgist") {
        continue;
      }
      AccessProposal proposal{.rule = kAccessRule, .def = {.table = view.table, .method = access.method}};
      proposal.def.keys.push_back({.column = column.column, .opclass = access.opclass});
      proposals.push_back(std::move(proposal));
    }
  }
  const std::int64_t pages = catalog::ExtentOf(snapshot, view.table).pages;
  for (const RangeColumn& range : view.ranges) {
    if (pages < kBlockRangePages || range.column <= 0 ||
        std::abs(CorrelationOf(snapshot, view.table, range.column)) < kLeastCorrelation) {
      continue;
    }
    AccessProposal proposal{.rule = kBlockRangeRule, .def = {.table = view.table, .method = "brin"}};
    proposal.def.keys.push_back({.column = range.column});
    proposals.push_back(std::move(proposal));
  }
  return proposals;
}

}  // namespace pgassay::candidates
