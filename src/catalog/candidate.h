#pragma once

// An index that might be worth having, and who asked for it.

#include <string>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/units.h"

namespace pgassay::catalog {

// A rule of DESIGN.md section 4 that proposed a candidate for a statement. Rules 13 (merge) carry every statement
// served.
struct Origin {
  int rule = 0;
  StatementId statement;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct Candidate {
  CandidateId id;                // position in the list
  IndexDef def;                  // canonical (see index_identity.h)
  std::vector<Origin> origins;   // sorted, unique
  double fraction = 1;           // of the table's rows that it holds: the selectivity of its predicate
  std::string caution;           // a sentence on what would end its use; empty: nothing in particular
  bool beside_existing = false;  // an existing index has its keys already: it would add included columns only
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

}  // namespace pgassay::catalog
