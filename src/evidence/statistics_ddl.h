#pragma once

// Statements that make statistics better, each with its undo.

#include <string>
#include <vector>

#include "pgassay/evidence.h"
#include "pgassay/snapshot.h"

namespace pgassay::evidence {

// ANALYZE of the table, behind whatever `finding` has already.
void AddAnalyze(const Relation& table, EvidenceFinding& finding);

void AddStatisticsTarget(const Relation& table, const Column& column, EvidenceFinding& finding);

// `distinct` values among `rows`: as a number, or where that grows with the table as a share of the rows.
void AddDistinctOverride(const Relation& table, const Column& column, double distinct, double rows,
                         EvidenceFinding& finding);

// Extended statistics on columns and expressions, as CREATE STATISTICS takes them.
void AddExtended(const Relation& table, const std::vector<std::string>& on, EvidenceFinding& finding);

// The target that ANALYZE uses for a column today.
int StatisticsTarget(const Column& column, const Snapshot& snapshot);

}  // namespace pgassay::evidence
