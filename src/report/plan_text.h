#pragma once

// Plans as lines: each node with its figures, its conditions below, and a mark where it has no equal in the other plan.

#include <cstddef>
#include <string>
#include <vector>

#include "report/document.h"
#include "report/page.h"

namespace pgassay::report {

struct PlanLine {
  std::string text;
  bool changed = false;
};

// One of the two plans, wrapped at `width`; what is too long for a few lines ends in "...".
std::vector<PlanLine> PlanLines(const PlanPair& plans, bool after, std::size_t width);

// Beside each other where the page is wide enough, else one below the other.
void WritePlans(Page& page, const PlanPair& plans);

}  // namespace pgassay::report
