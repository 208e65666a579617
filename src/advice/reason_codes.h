#pragma once

// Why something is not advised or not analysed. Codes are public and stable: scripts compare them, so a code is never
// renamed or used again for something else. Each occurs in a golden test.

#include <span>
#include <string_view>

namespace pgassay::reason {

// Candidates dropped before planning.
inline constexpr std::string_view kExists = "exists";                          // an existing index is the same
inline constexpr std::string_view kCoveredByExisting = "covered-by-existing";  // a prefix of an existing index
inline constexpr std::string_view kUniquePrefix = "unique-prefix";  // starts with all columns of a unique key
inline constexpr std::string_view kTooWide = "too-wide";            // over --max-width
inline constexpr std::string_view kTooMany = "too-many";            // over the number that one request may propose
inline constexpr std::string_view kMovingRange =
    "moving-range";  // its predicate would hold a date or key that moves on
inline constexpr std::string_view kNotIndexable =
    "not-indexable";  // no default B-tree operator class, or a key too long
inline constexpr std::string_view kNeedsExpression = "needs-expression";  // a clause on an expression, not on a column
inline constexpr std::string_view kForeignOperator =
    "foreign-operator";  // operator or collation that a plain B-tree does not serve
inline constexpr std::string_view kUnsupportedTable =
    "unsupported-table";  // foreign, temporary, system, partitioned without partitions that hold rows here
inline constexpr std::string_view kSmallTable = "small-table";  // of a page or two: reading all of it is as cheap
inline constexpr std::string_view kCoverTooWide =
    "cover-too-wide";  // INCLUDE of all needed columns would nearly be a copy of the table
inline constexpr std::string_view kCoverNotVisible =
    "cover-not-visible";  // too few all-visible pages for index-only scans
inline constexpr std::string_view kCoverHotColumn =
    "cover-hot-column";  // INCLUDE of an updated column would end heap-only updates

// Candidates dropped by the server or by selection.
inline constexpr std::string_view kRefusedByServer = "refused-by-server";  // CREATE INDEX failed on the twin
inline constexpr std::string_view kNeverUsed = "never-used";               // no plan wanted it
inline constexpr std::string_view kNoGain = "no-gain";          // used in the end, but it saves nothing in the set
inline constexpr std::string_view kBelowFloor = "below-floor";  // saves less than --min-share of the total
inline constexpr std::string_view kWritesCostMore = "writes-cost-more";  // saves less in reads than it costs in writes
inline constexpr std::string_view kCoveredByWider = "covered-by-wider";  // a chosen index does its work
inline constexpr std::string_view kBeaten = "beaten";  // another chosen index serves the same statements better
inline constexpr std::string_view kOverBudget = "over-budget";            // no room left in --budget
inline constexpr std::string_view kOverCount = "over-count";              // --max-indexes reached
inline constexpr std::string_view kOverTable = "over-table";              // --max-per-table reached on its table
inline constexpr std::string_view kOverMaintenance = "over-maintenance";  // its writes exceed --max-maintenance
inline constexpr std::string_view kForbidden = "forbidden";               // by --forbid
inline constexpr std::string_view kSlowerByRows =
    "slower-by-rows";  // with the rows that --analyze counted, statements take longer with it

// Existing indexes whose work another one does, and which stay.
inline constexpr std::string_view kDropHasRole = "drop-has-role";        // a constraint, replica identity, CLUSTER
inline constexpr std::string_view kDropCostsReads = "drop-costs-reads";  // reads would pay more than writes save
inline constexpr std::string_view kKept = "kept";                        // not needed, but --keep-existing or --keep

// Statements that are not analysed.
inline constexpr std::string_view kUnparsable = "unparsable";
inline constexpr std::string_view kUtilityStatement = "utility-statement";
inline constexpr std::string_view kUnknownRelation = "unknown-relation";
inline constexpr std::string_view kCannotBePlanned = "cannot-be-planned";
inline constexpr std::string_view kPlanningTimeout = "planning-timeout";
inline constexpr std::string_view kHasParameters = "has-parameters";  // $1 and no values for it
inline constexpr std::string_view kNotRestored =
    "not-restored";  // needs something of the capture that the private server could not have, such as an extension
inline constexpr std::string_view kAmbiguousName = "ambiguous-name";  // several schemas have a table of that name

// Statements of pg_stat_statements that a capture counts without keeping them; utility statements are among them.
inline constexpr std::string_view kOtherDatabase = "other-database";
inline constexpr std::string_view kOwnStatement = "own-statement";  // of an earlier capture
inline constexpr std::string_view kSystemCatalog =
    "system-catalog";                                             // reads nothing but system catalogs: pg_dump, psql
inline constexpr std::string_view kNoPrivilege = "no-privilege";  // of another user, without pg_read_all_stats
inline constexpr std::string_view kTextLost = "text-lost";        // no text, or one longer than 1 MB

// Statements that --analyze does not execute. Three of those above are used for them as well: unparsable,
// unknown-relation, has-parameters.
inline constexpr std::string_view kWrites = "writes";                   // no plain query
inline constexpr std::string_view kLocksRows = "locks-rows";            // FOR UPDATE and its like
inline constexpr std::string_view kCallsVolatile = "calls-volatile";    // a function that may have an effect
inline constexpr std::string_view kCallsUntrusted = "calls-untrusted";  // a function in a language that may do anything
inline constexpr std::string_view kForeignTable = "foreign-table";      // another server would do the work
inline constexpr std::string_view kNotProven = "not-proven";            // nothing shows that it only reads
inline constexpr std::string_view kAnalyzeTimeout = "analyze-timeout";  // stopped after three times its usual time
inline constexpr std::string_view kAnalyzeFailed = "analyze-failed";    // the server refused or ended it
inline constexpr std::string_view kOverLoad = "over-load";              // too many sessions were at work
inline constexpr std::string_view kStandbyTrouble = "standby-trouble";  // replay waits or lags
inline constexpr std::string_view kOutOfTime = "out-of-time";           // --analyze-time was over, or Ctrl-C

// Every code above, in that order.
std::span<const std::string_view> All();

}  // namespace pgassay::reason
