#pragma once

// The execution time that the server counted, and how much of it the statements at hand stand for. Counters come from
// files, so they may be anything: what is no positive number counts as none.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "report/document.h"
#include "report/json_values.h"

namespace pgassay::report {

// Statements that share a reason why they are not among the templates.
struct TimeGroup {
  std::string code;
  std::string detail;  // kind of utility statement; else empty
  std::int64_t statements = 0;
  std::int64_t calls = 0;
  double total_ms = 0;
  bool elsewhere = false;  // in another database, so no part of the total
};

struct ObservedTime {
  double total_ms = 0;  // of the database: templates, skipped statements and groups not kept
  double templates_ms = 0;
  double selected_ms = 0;          // of the templates that were asked for
  std::vector<TimeGroup> skipped;  // longest first
  std::vector<TimeGroup> not_kept;

  double Share(double ms) const { return total_ms > 0 ? ms / total_ms : 0; }
};

// `selected` says of a template whether it counts for selected_ms.
ObservedTime ObserveTime(const Workload& workload, const std::function<bool(const Template&)>& selected);

// "planned 87.2 % of 3 h 12 min observed since ...; skipped ...; not kept ..."; empty where no time is known.
std::string CoverageText(const ObservedTime& time, const std::string& verb, const StatementSource& source);

// The same for programs; null where no time is known.
Json CoverageJson(const ObservedTime& time);

// [{code, detail, statements, calls, total_ms, share}]; share is null for other databases.
Json TimeGroupsJson(const std::vector<TimeGroup>& groups, const ObservedTime& time);

// `value` if it is a positive number, and no more than sums of many can hold; else 0.
double Positive(double value);

}  // namespace pgassay::report
