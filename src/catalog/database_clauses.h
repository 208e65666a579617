#pragma once

// What CREATE DATABASE needs for a database like a captured one.

#include <string>

#include "pgassay/snapshot.h"

namespace pgassay::catalog {

// " TEMPLATE template0 ENCODING ... LC_COLLATE ...", to follow CREATE DATABASE name: the source's encoding, and its
// locale or C.
std::string DatabaseClauses(const Snapshot& snapshot, bool with_locale);

}  // namespace pgassay::catalog
