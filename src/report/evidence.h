#pragma once

// What executed plans say, as blocks and JSON.

#include "pgassay/evidence.h"
#include "report/document.h"
#include "report/json_values.h"
#include "report/render.h"
#include "report/statements.h"

namespace pgassay::report {

// "Before any index": each finding with what to do, how it was checked, and the undo. Nothing where there is none.
void AddFindings(Document& document, const Evidence& evidence, const Statements& statements);

// What was executed, a line for each statement and its values, and what was not, by reason. `nodes`: the nodes of each
// plan, estimated against actual.
void AddExecuted(Document& document, const Evidence& evidence, const Statements& statements, const Style& style,
                 bool nodes);

Json EvidenceJson(const Evidence& evidence, const Statements& statements);

}  // namespace pgassay::report
