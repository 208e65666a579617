#pragma once

// Which relation a name in a statement means, as far as the snapshot knows.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/snapshot.h"
#include "sql/statement.h"

namespace pgassay::workload {

// The schemas of a search_path setting in order, "$user" replaced by `user`. PostgreSQL looks into pg_catalog first
// unless the setting names it, so it comes first here too.
std::vector<std::string> SearchPath(std::string_view setting, std::string_view user);

// Resolves names by the search path of the snapshot's settings, or PostgreSQL's default where the snapshot has none.
// Keeps no reference to the snapshot.
class NameResolver {
 public:
  explicit NameResolver(const Snapshot& snapshot);

  // "schema.name" of each relation, quoted where needed, sorted and unique. Names that the snapshot does not know
  // (views, system tables, misspelt ones) stay as written: the planner decides about them.
  std::vector<std::string> Resolve(const std::vector<sql::RelationName>& names) const;

 private:
  std::vector<std::string> search_path_;
  std::set<QualifiedName> relations_;
};

}  // namespace pgassay::workload
