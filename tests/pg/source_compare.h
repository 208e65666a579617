#pragma once

// Plans of a source and of its twin for a list of statements.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/snapshot.h"
#include "support/test_server.h"
#include "twin/twin.h"

namespace pgassay::test {

struct SourceComparison {
  int equal = 0;            // in every node
  int compared = 0;         // planned by both
  double worst_share = 0;   // by which the twin's total cost differs most from the source's
  std::string differences;  // for people
};

// Plans `statements` on the source as it is and on the twin with `enabled`; `rename` maps the twin's index names to the
// source's. Prepares the statements, so a twin serves one call only.
SourceComparison CompareWithSource(const TestServer& server, std::string_view database, const Snapshot& snapshot,
                                   twin::Twin& twin, const std::vector<std::string>& statements,
                                   const whatif::IndexSet& enabled = {},
                                   const std::map<std::string, std::string>& rename = {});

// `snapshot` written into an assay file and read again.
Snapshot ThroughAFile(const Snapshot& snapshot);

}  // namespace pgassay::test
