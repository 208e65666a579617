#pragma once

// What the answers about loops share.

#include <algorithm>
#include <cstddef>
#include <string>

#include "pgassay/findings.h"
#include "report/document.h"
#include "report/json_values.h"
#include "report/render.h"

namespace pgassay::report {

// 0: all.
constexpr std::size_t Shown(std::size_t count, std::size_t limit) {
  return limit == 0 ? count : std::min(limit, count);
}

// "n-plus-one, critical: 24 calls in 3 loops".
std::string FindingTitle(const Finding& finding);

// Its statements, what it costs and what to do instead; and unless `brief`, all that is known of it.
Facts FindingFacts(const Finding& finding, const Style& style, bool brief);

Json FindingJson(const Finding& finding, const Style& style);

}  // namespace pgassay::report
