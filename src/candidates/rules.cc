#include "candidates/rules.h"

namespace pgassay::candidates {

std::span<const Rule> Rules() {
  static constexpr Rule kRules[] = {
      {.number = 1, .propose = ProposeEquality}, {.number = 2, .propose = ProposeRange},
      {.number = 3, .propose = ProposeOrder},    {.number = 4, .propose = ProposeJoin, .joins_are_equality = true},
      {.number = 5, .propose = ProposeGroup},    {.number = 9, .propose = ProposePattern},
  };
  return kRules;
}

}  // namespace pgassay::candidates
