#pragma once

// Proposed extended statistics, computed from rows of the analysed server.

#include <optional>
#include <string>
#include <vector>

#include "evidence/corrections.h"
#include "pgassay/analyze.h"
#include "pgassay/snapshot.h"

namespace pgassay::evidence {

// What ANALYZE would make of the statement `create`, from a sample of the table's rows. `columns` are quoted. None
// where the rows cannot be read, or their values not be compared.
std::optional<Correction> ReadExtended(Analyzer& analyzer, const Relation& table,
                                       const std::vector<std::string>& columns, const Snapshot& snapshot, bool equality,
                                       const std::string& create);

}  // namespace pgassay::evidence
