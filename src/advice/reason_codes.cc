#include "advice/reason_codes.h"

namespace pgassay::reason {
namespace {

constexpr std::string_view kAll[] = {
    kExists,          kCoveredByExisting,
    kUniquePrefix,    kTooWide,
    kTooMany,         kMovingRange,
    kNotIndexable,    kNeedsExpression,
    kForeignOperator, kUnsupportedTable,
    kSmallTable,      kCoverTooWide,
    kCoverNotVisible, kCoverHotColumn,
    kRefusedByServer, kNeverUsed,
    kNoGain,          kBelowFloor,
    kWritesCostMore,  kCoveredByWider,
    kBeaten,          kOverBudget,
    kOverCount,       kOverTable,
    kOverMaintenance, kForbidden,
    kSlowerByRows,    kDropHasRole,
    kDropCostsReads,  kKept,
    kUnparsable,      kUtilityStatement,
    kUnknownRelation, kCannotBePlanned,
    kPlanningTimeout, kHasParameters,
    kNotRestored,     kAmbiguousName,
    kOtherDatabase,   kOwnStatement,
    kSystemCatalog,   kNoPrivilege,
    kTextLost,        kWrites,
    kLocksRows,       kCallsVolatile,
    kCallsUntrusted,  kForeignTable,
    kNotProven,       kAnalyzeTimeout,
    kAnalyzeFailed,   kOverLoad,
    kStandbyTrouble,  kOutOfTime,
};

}  // namespace

std::span<const std::string_view> All() {
  return kAll;
}

}  // namespace pgassay::reason
