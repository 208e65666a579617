#pragma once

// The numbered rules of DESIGN.md section 4 that look at one request at a time. Each rule has a source file and a test
// of its own; a new one is a line in the table of rules.cc.

#include <cstddef>
#include <span>
#include <vector>

#include "candidates/request_view.h"

namespace pgassay::candidates {

struct Rule {
  int number = 0;
  // Key lists for `view`, the most promising first. A list wider than the view's max_width is no candidate but shows
  // what was given up: the caller rejects it, and what the rule keeps of it follows as a list of its own.
  std::vector<KeyList> (*propose)(const RequestView& view) = nullptr;
  bool joins_are_equality = false;  // the rule's keys are searched with values of the join columns
  bool ordered = false;             // the rule's keys give an order: more than their set matters
};

inline constexpr int kForeignKeyRule = 12;

// In order of their numbers.
std::span<const Rule> Rules();

std::vector<KeyList> ProposeEquality(const RequestView& view);    // rule 1
std::vector<KeyList> ProposeRange(const RequestView& view);       // rule 2
std::vector<KeyList> ProposeOrder(const RequestView& view);       // rule 3
std::vector<KeyList> ProposeJoin(const RequestView& view);        // rule 4
std::vector<KeyList> ProposeGroup(const RequestView& view);       // rule 5
std::vector<KeyList> ProposePattern(const RequestView& view);     // rule 9
std::vector<KeyList> ProposeForeignKey(const RequestView& view);  // rule 12

}  // namespace pgassay::candidates
