#pragma once

// Parameters that are chosen together, and what they may be.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "catalog/parameters.h"
#include "pgassay/snapshot.h"
#include "workload/bindings.h"
#include "workload/value_choice.h"
#include "workload/value_statistics.h"

namespace pgassay::workload {

// A parameter with the use of it that decides.
struct PlacedParameter {
  const catalog::Parameter* parameter = nullptr;
  catalog::ParameterUse use;
  const ColumnValues* values = nullptr;  // of the column beside it; never nullptr
};

// The use that decides about `parameter` (bindings.h); the result points into both arguments.
PlacedParameter PlaceUse(const catalog::Parameter& parameter, ColumnCache& cache);

enum class GroupKind : std::uint8_t {
  kSingle,
  kList,      // values of one column, all different
  kSame,      // the same value for all: of a function such as extract(year FROM column), compared several times
  kExcluded,  // different values of one column that are not asked for
  kElements,  // different elements of one column's arrays
  kWindow,    // a low and a high value of one column, in this order
};

struct ParameterGroup {
  GroupKind kind = GroupKind::kSingle;
  std::vector<PlacedParameter> members;
};

// In order of the first member: elements of IN lists and several equalities with one column are a list, those with one
// expression the same value, a lower and an upper bound of one column a window.
std::vector<ParameterGroup> GroupParameters(std::span<const PlacedParameter> parameters);

// What literals the members of `group` may be (ValueChoice::values, by member), at most options.sets choices, at least
// one. Notes name the column, or the parameter where there is none.
std::vector<ValueChoice> LiteralChoices(const ParameterGroup& group, const Snapshot& snapshot,
                                        const ValueOptions& options, absl::Time now);

}  // namespace pgassay::workload
