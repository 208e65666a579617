#pragma once

// The captured settings that plans depend on, as SQL for a planning session.

#include <string>

#include "pgassay/snapshot.h"

namespace pgassay::twin {

// Query for the names and built-in defaults of the settings that plans depend on and a session may change.
std::string PlannerSettingsSql();

// SET statements for the planner's settings, the formats of dates and intervals, time zone and search path, and the
// pinned clock.
std::string PlanningSettingsSql(const Snapshot& snapshot);

}  // namespace pgassay::twin
