#pragma once

// How far from the best a set of indexes is, and what other budgets would bring.

#include <string>
#include <vector>

#include "pgassay/advice.h"
#include "report/document.h"
#include "report/statements.h"

namespace pgassay::report {

// Sentences; none where nothing was proven.
std::vector<std::string> ProofSentences(const Certificate& certificate, const Statements& statements);

// The gain by bytes as a table with bars; nothing where there are no points.
void AddFrontier(Document& document, const Advice& advice);

}  // namespace pgassay::report
