#pragma once

// Advice and what-if results as bytes: text for a terminal, JSON for programs (DESIGN.md section 9). Same input, same
// bytes. Nothing of what is returned holds a raw control character but the line feed, whatever names and statements
// contain.

#include <string>

#include "pgassay/advice.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"

namespace pgassay::report {

struct Style {
  bool color = false;          // ANSI colours; text only
  bool show_literals = false;  // false: literals of statements, predicates and server messages are redacted
  bool verbose = false;        // every rejection, skipped statement and served query; text only
  int width = 100;             // columns for wrapping; text only. DDL lines are never wrapped.
};

std::string AdviceText(const Advice& advice, const Snapshot& snapshot, const Style& style);
std::string AdviceJson(const Advice& advice, const Snapshot& snapshot, const Style& style);
std::string WhatifText(const WhatifResult& result, const Snapshot& snapshot, const Style& style);
std::string WhatifJson(const WhatifResult& result, const Snapshot& snapshot, const Style& style);

}  // namespace pgassay::report
