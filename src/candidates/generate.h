#pragma once

// Index requests to candidates, by the numbered rules of DESIGN.md section 4. Pure: no server, no clock, no order of
// hashing.

#include <span>
#include <vector>

#include "catalog/candidate.h"
#include "catalog/index_request.h"
#include "pgassay/advice.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

struct Options {
  int max_width = 4;         // key columns
  int max_per_request = 48;  // candidates that one request may propose; the rest is rejected with `too-many`
};

// What one statement asked for, and what it writes.
struct StatementRequests {
  StatementId statement;
  std::string template_id;  // for rejections
  double weight = 1;
  bool observed = true;      // its values are those of a call, not made from statistics
  bool parameters = false;   // some came as parameters of a prepared statement
  bool referential = false;  // the search of a foreign key's child for a row of the parent
  std::vector<catalog::IndexRequest> requests;
  std::vector<catalog::WriteTarget> targets;  // what it writes: columns that are updated are kept out of INCLUDE
};

struct Generated {
  std::vector<catalog::Candidate> candidates;  // ordered by table, then definition; id is the position
  std::vector<Rejection> rejected;             // ordered by definition, code
};

// Every candidate is canonical, unlike every usable existing index, and not covered by one; what is dropped carries a
// reason code.
Generated Generate(std::span<const StatementRequests> statements, const Snapshot& snapshot, const Options& options);

}  // namespace pgassay::candidates
