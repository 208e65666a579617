#pragma once

// EXPLAIN (FORMAT JSON), executed or not, as a tree of what estimates are made of. Pure.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/evidence.h"
#include "pgassay/qualified_name.h"
#include "pgassay/units.h"
#include "sql/conjuncts.h"

namespace pgassay::evidence {

struct PlanNode {
  std::string type;      // "Seq Scan", "Hash Join"
  std::string relation;  // its name; with its schema, and quoted, in an executed plan; empty: no scan of a table
  std::string alias;
  std::string join_type;      // "Inner", "Anti"
  bool inner_unique = false;  // of a join: one partner is enough
  std::vector<sql::Conjunct> conditions;
  Cost startup = 0;
  Cost total = 0;
  double rows = 1;         // estimated, at least 1
  double actual_rows = 0;  // for each time that it was executed
  double loops = 0;        // 0: it was not executed
  bool cut_short = false;  // as NodeEvidence has it
  // Those that it gets rows from. Subqueries in expressions have none to give.
  std::vector<PlanNode> children;
};

// None: the text is no plan of one statement.
std::optional<PlanNode> ParsePlan(std::string_view json);

// What is kept of an executed plan, as a tree, without costs and without how it joins. Subqueries in expressions are
// children too: a join that has one is none by IsJoinNode. None: it has no nodes.
std::optional<PlanNode> ExecutedPlan(const PlanEvidence& evidence);

// By which its tables are called in conditions.
using Aliases = std::set<std::string>;

// Of the tables that are scanned by the node and those below it.
Aliases AliasesOf(const PlanNode& node);

// Those that conditions of the node and below it name, and which are scanned elsewhere: it is executed anew for each
// row of these.
Aliases NamedFromOutside(const PlanNode& node);

// A node that scans a table, and gives rows of nothing else.
bool IsTableScan(const PlanNode& node);

bool IsJoinNode(const PlanNode& node);

// A node that gives the rows of its child, all of them and no others.
bool KeepsRows(const PlanNode& node);

}  // namespace pgassay::evidence
