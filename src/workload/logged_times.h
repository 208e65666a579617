#pragma once

// Template::logged, filled.

#include "pgassay/workload.h"

namespace pgassay::workload {

// Adds `logged` to what `to` has, quantiles included.
void AddLogged(Template& to, const LoggedTimes& logged);

}  // namespace pgassay::workload
