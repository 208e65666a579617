#pragma once

// What a capture says about the statements it read.

#include <string>
#include <vector>

#include "pgassay/snapshot.h"

namespace pgassay::cli {

// One line each: what was kept, what was not and why, what the server itself lost, how much of the database's time the
// statements account for; or the one reason why there are none.
std::vector<std::string> SummarizeStatements(const Snapshot& snapshot);

}  // namespace pgassay::cli
