#pragma once

// Sections that several documents share.

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "report/document.h"
#include "report/reason_groups.h"
#include "report/statements.h"

namespace pgassay::report {

// "examined 24 statements in 22 templates", and how many of them were planned where that is not all.
std::string ExaminedText(const Workload& workload, std::size_t planned, const Statements& statements);

// "PostgreSQL 15.8, captured 2025-01-02T03:04:05Z, 121 MB".
Fact ServerFact(const Snapshot& snapshot);

// "24 templates from pg_stat_statements and 12 from files, ...", and the share of the observed time that was planned.
Facts WorkloadFacts(const Snapshot& snapshot, const Workload& workload, const Statements& statements,
                    const std::function<bool(const Template&)>& planned);

// Sorts `codes_and_items` into groups: known codes in the order of `phrases`, then the others by code. Items keep their
// order.
std::vector<ReasonGroup> GroupByReason(const std::vector<std::pair<std::string, ReasonItem>>& codes_and_items,
                                       std::span<const ReasonPhrase> phrases);

// Every group has its line with the count; below the first groups a few items, `max_lines` in all, unless `verbose`.
Groups MakeGroups(std::vector<ReasonGroup> groups, std::size_t max_lines, bool verbose);

void AddSkipped(Document& document, const Workload& workload, const Statements& statements, bool verbose);
void AddWarnings(Document& document, const std::vector<std::string>& warnings, const Statements& statements);

// "1,000.00 -> 8.45 (118x)". Where parts of the costs are penalties (pgassay/advice.h), the factor is that of the rest:
// "10,000,001,000.00 -> 8.45 (118x without penalties)".
std::string ChangeText(Cost before, Cost after, Cost penalty_before = 0, Cost penalty_after = 0);

}  // namespace pgassay::report
