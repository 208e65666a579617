#pragma once

// What kind of statement a text of pg_stat_statements is, before anything else is done with it.

#include <string>
#include <string_view>
#include <vector>

#include "pgassay/snapshot.h"

namespace pgassay::workload {

enum class StatementUse {
  kPlannable,  // SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE, or a text that begins like one and does not
               // parse
  kWrapper,    // holds such a statement: PREPARE, DECLARE, EXPLAIN, CREATE TABLE AS, SELECT INTO, COPY (query) TO
  kUtility,    // anything else, parsable or not
};

struct StatementClass {
  StatementUse use = StatementUse::kPlannable;
  std::string node;        // the grammar's node, "VariableSetStmt"; empty: not parsed or unparsable
  std::string normalized;  // literals replaced by $n; empty: as `node`
  // As the statement names them, without its own CTEs, sorted; an empty schema: unqualified. Empty: as `node`.
  std::vector<QualifiedName> relations;
};

// Servers up to version 15 keep utility statements with their literals, passwords among them: only plannable texts are
// free of literals whatever the server. COPY ... PROGRAM counts as a utility statement, because its command may hold a
// secret. A text is parsed at most once, and not at all where its words tell that it is plannable and names nothing of
// the system catalog (pg_*, information_schema), because a parse tree takes a third of a millisecond.
StatementClass ClassifyStatement(std::string_view text);

}  // namespace pgassay::workload
