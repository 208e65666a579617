#pragma once

// Joint choice: what each group of parameters may be becomes a few sets of values for the whole statement.
//
// The idea: the choices of a group are arcs on a circle whose circumference is the calls, as long as their shares. All
// groups lie on the same circle, each turned by the angle that leaves it closest to independent of those before it.
// Between two neighbouring ends of arcs every group has one choice: that is a set, and its length is its share. So
// every choice keeps its share exactly, with as many sets as there are choices in all, not their product. Groups with
// too many choices lose their rarest ones to the neighbours; groups for which nothing is left end no set and take the
// choice at the middle of each one.

#include <cstddef>
#include <vector>

#include "workload/value_choice.h"

namespace pgassay::workload {

struct JointChoice {
  double share = 0;
  std::vector<std::size_t> chosen;  // by group: position in its choices
  friend bool operator==(const JointChoice&, const JointChoice&) = default;
};

// At most `most` (at least 1) sets over `groups`, none of which is empty; shares sum to 1.
std::vector<JointChoice> Combine(const std::vector<std::vector<ValueChoice>>& groups, std::size_t most);

}  // namespace pgassay::workload
