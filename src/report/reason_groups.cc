#include "report/reason_groups.h"

#include <array>

#include "advice/reason_codes.h"

namespace pgassay::report {

std::span<const ReasonPhrase> RejectionPhrases() {
  static constexpr auto kPhrases = std::to_array<ReasonPhrase>({
      {reason::kBelowFloor, "saves less than --min-share of the total cost"},
      {reason::kOverBudget, "no room left in --budget"},
      {reason::kOverCount, "--max-indexes reached"},
      {reason::kOverTable, "--max-per-table reached"},
      {reason::kOverMaintenance, "writes would cost more than --max-maintenance allows"},
      {reason::kForbidden, "by --forbid"},
      {reason::kSlowerByRows, "slower with the rows that were counted"},
      {reason::kKept, "not needed, but to be kept"},
      {reason::kBeaten, "an advised index serves the same statements better"},
      {reason::kWritesCostMore, "save less in reads than they cost in writes"},
      {reason::kNoGain, "saves nothing beside the advised indexes"},
      {reason::kCoveredByWider, "an advised index does its work"},
      {reason::kRefusedByServer, "PostgreSQL refused to create it"},
      {reason::kCoverTooWide, "included columns would make the index too wide"},
      {reason::kCoverNotVisible, "too few pages are all-visible for index-only scans"},
      {reason::kCoverHotColumn, "an included column is updated often"},
      {reason::kNeedsExpression, "the clause is on an expression, not on a column"},
      {reason::kForeignOperator, "a plain B-tree does not serve the operator or collation"},
      {reason::kUnsupportedTable, "the kind of table is not supported"},
      {reason::kSmallTable, "the table has a page or two"},
      {reason::kMovingRange, "the predicate would hold a date or key that moves on"},
      {reason::kTooWide, "more columns than --max-width"},
      {reason::kTooMany, "one statement asked for too many"},
      {reason::kNotIndexable, "the type has no B-tree operators, or the key is too long"},
      {reason::kExists, "exists already"},
      {reason::kCoveredByExisting, "an existing index does its work"},
      {reason::kUniquePrefix, "starts with a unique key that exists"},
      {reason::kNeverUsed, "no plan uses it"},
      {reason::kDropCostsReads, "another index does its work, but reads need this one"},
      {reason::kDropHasRole, "the same as another index, but needed for more than reads"},
  });
  return kPhrases;
}

std::span<const ReasonPhrase> SkippedPhrases() {
  static constexpr auto kPhrases = std::to_array<ReasonPhrase>({
      {reason::kCannotBePlanned, "PostgreSQL could not plan it"},
      {reason::kPlanningTimeout, "planning took too long"},
      {reason::kUnknownRelation, "names a table that the capture does not know"},
      {reason::kNotRestored, "needs something of the source that the private server lacks"},
      {reason::kAmbiguousName, "names a table that several schemas have"},
      {reason::kHasParameters, "has parameters without values"},
      {reason::kUnparsable, "could not be parsed"},
      {reason::kUtilityStatement, "is not a query"},
  });
  return kPhrases;
}

std::span<const ReasonPhrase> NotAnalyzedPhrases() {
  static constexpr auto kPhrases = std::to_array<ReasonPhrase>({
      {reason::kCallsVolatile, "may call a function that has an effect"},
      {reason::kCallsUntrusted, "may call a function in a language that may do anything"},
      {reason::kNotProven, "not proven to read only"},
      {reason::kForeignTable, "reads a foreign table"},
      {reason::kLocksRows, "locks rows"},
      {reason::kWrites, "writes"},
      {reason::kHasParameters, "has parameters without values"},
      {reason::kUnknownRelation, "names a table that the server does not have"},
      {reason::kUnparsable, "could not be parsed"},
      {reason::kAnalyzeTimeout, "took more than three times as long as usual and was stopped"},
      {reason::kAnalyzeFailed, "the server refused or ended it"},
      {reason::kOverLoad, "too many other sessions were at work"},
      {reason::kStandbyTrouble, "the standby waits for queries, or lags"},
      {reason::kOutOfTime, "no time left in --analyze-time, or interrupted"},
  });
  return kPhrases;
}

}  // namespace pgassay::report
