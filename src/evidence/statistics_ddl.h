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

// Extended statistics on columns and expressions, as CREATE STATISTICS takes them. Of several columns that are compared
// for equality alone, how far they determine each other and how many combinations there are; else their most common
// combinations. Not both: what is in no list of common combinations is estimated as if the columns were independent,
// whatever the dependencies say (statext_clauselist_selectivity in extended_stats.c).
void AddExtended(const Relation& table, const std::vector<std::string>& on, bool equality, EvidenceFinding& finding);

// The target that ANALYZE uses for a column today.
int StatisticsTarget(const Column& column, const Snapshot& snapshot);

}  // namespace pgassay::evidence
