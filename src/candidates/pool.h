#pragma once

// The candidates of all statements while they are collected.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "candidates/generate.h"
#include "catalog/candidate.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

struct PoolEntry {
  std::set<catalog::Origin> origins;
  double fraction = 1;       // of the table's rows that the index holds
  std::string caution;       // as catalog::Candidate
  std::size_t equality = 0;  // so many leading keys are compared by equality, for at least one statement

  std::set<StatementId> Statements() const {
    std::set<StatementId> statements;
    for (const catalog::Origin& origin : origins) {
      statements.insert(origin.statement);
    }
    return statements;
  }
};

using Pool = std::map<IndexDef, PoolEntry>;  // definitions are canonical, so equal work is one entry

using Weights = std::map<StatementId, double>;

}  // namespace pgassay::candidates
