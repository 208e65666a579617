#pragma once

// The source's roles on the twin, as far as they decide which rows a query sees: membership, BYPASSRLS and ownership.
// None of them can log in, none is a superuser or a member of a predefined role that reaches files or programs.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"
#include "twin/names.h"

namespace pgassay::twin {

// The role whose sessions plan; it becomes the roles of the source by SET ROLE.
inline constexpr std::string_view kPlanner = "pgassay_planner";

// The role that restores the schema and makes candidates.
inline constexpr std::string_view kOwner = "pgassay_owner";

// Creates kOwner, kPlanner and the captured roles; returns the names of those that exist. A role that the server
// refuses is left out: statements of it are planned by kPlanner.
absl::StatusOr<std::set<std::string>> CreateRoles(const Snapshot& snapshot, pg::Session& superuser);

// Lets every role read and write every table, as far as policies allow.
absl::Status OpenToEverybody(pg::Session& superuser);

// Gives tables and views their captured owners, because an owner bypasses row level security and a view reads with its
// owner's rights. kOwner stays able to make indexes on all of them.
absl::Status SetOwners(const Snapshot& snapshot, const Names& names, const std::set<std::string>& roles,
                       pg::Session& superuser);

// Statements of files are planned as the role that captured. Where no policy lets it see any row of a table, it cannot
// be the one that runs them, and its plans say nothing: such tables get a policy on the twin that shows it every row.
// Returns their names, sorted. Tables with a policy for the role keep it. Expects owners to be set.
absl::StatusOr<std::vector<QualifiedName>> OpenUnseenTables(const Snapshot& snapshot,
                                                            const std::set<std::string>& roles,
                                                            pg::Session& superuser);

}  // namespace pgassay::twin
