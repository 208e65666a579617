#pragma once

// A second source of labelled traffic, written without a look at the first: services whose endpoints are random trees
// of statements, run depth first or level by level, with labels taken from what was really executed.

#include <cstdint>

#include "support/session_traffic.h"

namespace pgassay::nplusone {

Traffic ProgramTraffic(std::uint64_t seed);

}  // namespace pgassay::nplusone
