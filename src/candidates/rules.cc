#include "candidates/rules.h"

namespace pgassay::candidates {

std::span<const Rule> Rules() {
  static constexpr Rule kRules[] = {
      {.number = 1, .propose = ProposeEquality},
      {.number = 2, .propose = ProposeRange},
      {.number = 3, .propose = ProposeOrder, .ordered = true},
      {.number = 4, .propose = ProposeJoin, .joins_are_equality = true},
      {.number = 5, .propose = ProposeGroup, .ordered = true},
      {.number = 9, .propose = ProposePattern},
      {.number = kForeignKeyRule, .propose = ProposeForeignKey},
  };
  return kRules;
}

}  // namespace pgassay::candidates
