#pragma once

// What an index costs in writes, in words and for programs.

#include <string>

#include "pgassay/advice.h"
#include "report/json_values.h"

namespace pgassay::report {

// "+12,300 index entries a day (10,000 inserts, 2,300 updates); ends HOT for 1,200 updates a day that set status"
std::string MaintenanceText(const Maintenance& maintenance);

// Rates are null where it is not known how long the counters have run.
Json MaintenanceJson(const Maintenance& maintenance);

}  // namespace pgassay::report
