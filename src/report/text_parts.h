#pragma once

// Sections that the text of advice and of what-if share.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "report/page.h"
#include "report/reason_groups.h"
#include "report/statements.h"

namespace pgassay::report {

// "examined 24 statements in 22 templates", and how many of them were planned where that is not all.
std::string ExaminedText(const Workload& workload, std::size_t planned, const Statements& statements);

void WriteHeader(Page& page, std::string_view title, const Snapshot& snapshot, const Workload& workload,
                 const Statements& statements);

// One line of a group: what, and the sentence about it.
struct ReasonItem {
  std::string subject;
  std::string sentence;
};

// Items that share a code.
struct ReasonGroup {
  std::string code;
  std::string phrase;
  std::vector<ReasonItem> items;
};

// Sorts `codes_and_items` into groups: known codes in the order of `phrases`, then the others by code. Items keep their
// order.
std::vector<ReasonGroup> GroupByReason(const std::vector<std::pair<std::string, ReasonItem>>& codes_and_items,
                                       std::span<const ReasonPhrase> phrases);

// Every group has its line with the count; below the first groups a few items, `max_lines` in all, unless `verbose`.
void WriteGroups(Page& page, const std::vector<ReasonGroup>& groups, std::size_t max_lines, bool verbose);

void WriteSkipped(Page& page, const Workload& workload, const Statements& statements, bool verbose);
void WriteWarnings(Page& page, const std::vector<std::string>& warnings, const Statements& statements);

}  // namespace pgassay::report
