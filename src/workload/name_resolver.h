#pragma once

// Which relation a name in a statement means, as far as the snapshot knows.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pgassay/snapshot.h"
#include "sql/statement.h"

namespace pgassay::workload {

// The schemas of a search_path setting in order, "$user" replaced by `user`. PostgreSQL looks into pg_catalog first
// unless the setting names it, so it comes first here too.
std::vector<std::string> SearchPath(std::string_view setting, std::string_view user);

// The search_path setting of a session of `user` in `database`: for the capturing role what the capture saw, for others
// what ALTER ROLE and ALTER DATABASE stored, the most specific first, else the server's setting, else PostgreSQL's
// default. `user` may be empty: a role that is gone has no setting of its own.
std::string SearchPathSetting(const Snapshot& snapshot, std::string_view user, std::string_view database);

// What the names of one statement mean.
struct Resolution {
  // "schema.name" of each relation, quoted where needed, sorted and unique. Names that the snapshot does not know
  // (system and temporary tables, misspelt ones) stay as written: the planner decides about them.
  std::vector<std::string> relations;
  // Empty: the session's own setting finds the names. Else the setting that finds them: the only schema that has all
  // the names which the session's own does not find, and that setting behind it.
  std::string search_path;
  // Several schemas have all those names: the schemas and the names, sorted. Both are empty otherwise.
  std::vector<std::string> possible_schemas;
  std::vector<std::string> ambiguous_names;
  friend bool operator==(const Resolution&, const Resolution&) = default;
};

// Resolves the names of tables and views. Keeps a reference to the snapshot. Not for several threads at once.
class NameResolver {
 public:
  explicit NameResolver(const Snapshot& snapshot);

  Resolution Resolve(const std::vector<sql::RelationName>& names, const std::string& user, const std::string& database);

 private:
  struct Path {
    std::string setting;
    std::vector<std::string> schemas;
  };

  const Path& PathOf(const std::string& user, const std::string& database);
  const std::vector<std::string>* SchemasOf(const std::string& name) const;
  std::vector<std::string> Qualify(const std::vector<sql::RelationName>& names,
                                   const std::vector<std::string>& path) const;

  const Snapshot& snapshot_;
  std::unordered_map<std::string, std::vector<std::string>> schemas_;  // of each name, sorted; looked up, never walked
  std::map<std::pair<std::string, std::string>, Path> paths_;          // by user and database
};

}  // namespace pgassay::workload
