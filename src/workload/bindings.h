#pragma once

// Values for statements of which only the shape is known: pg_stat_statements has $n where the calls had values. They
// are drawn from the planner's statistics, because the plan depends on them as the calls' own plans did.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/parameters.h"
#include "pgassay/snapshot.h"
#include "sql/plannable.h"

namespace pgassay::workload {

// A parameter whose value is given: $n stands where only some constants are possible at all.
using ForcedLiteral = sql::ForcedValue;

struct ValueOptions {
  std::size_t sets = 8;       // at most so many for a statement
  std::int64_t limit = 20;    // of LIMIT $n: a page of a list
  std::int64_t offset = 100;  // of OFFSET $n: some pages later ...
  double offset_share = 0.1;  // ... in this share of the calls; the first page in all others
  friend bool operator==(const ValueOptions&, const ValueOptions&) = default;
};

// One value for every parameter.
struct ValueSet {
  std::vector<std::optional<std::string>> literals;  // SQL by parameter number - 1: 10, 'abc'::text; none: no such $n
  double share = 1;                                  // of the statement's calls
  std::string note;  // which class of value was chosen, without the values: "status: common (35 %); id: any value"
  friend bool operator==(const ValueSet&, const ValueSet&) = default;
};

// Sets of values whose shares sum to 1; one empty set where there are no parameters. The choice depends on the
// arguments only and never fails: what the statistics do not know becomes a typical value of the type, and the note
// says "no statistics". Never NULL.
//
// Which use of a parameter decides: the first one beside a column with usable statistics, else the first beside a
// column. workload/value_choice.h says what is drawn for comparisons, value_operator.h for containment and search. The
// parameters of one list, and the two of a range, are chosen together; what only shapes a comparison (value_helpers.h)
// gets a plain value; all others as if independent of each other (value_sets.h). "Now" is the moment of the capture, as
// for the twin.
std::vector<ValueSet> ChooseValues(const catalog::Parameters& parameters, std::span<const ForcedLiteral> forced,
                                   const Snapshot& snapshot, const ValueOptions& options = {});

}  // namespace pgassay::workload
