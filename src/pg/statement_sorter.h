#pragma once

// Sorts the rows of pg_stat_statements into what is kept and what is only counted.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pg/statement_query.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

class StatementSorter {
 public:
  // `user_relations`: names of relations and views of the user that begin with pg_ like the system's. Without values,
  // literals of statements that the server does not normalise are replaced.
  StatementSorter(std::set<std::string, std::less<>> user_relations, bool with_values)
      : user_relations_(std::move(user_relations)), with_values_(with_values) {}

  void Add(StatementRow row);

  // Fills Snapshot::statements and statement_groups, in their orders.
  void Finish(Snapshot& snapshot) &&;

 private:
  // Why the row is not kept, as code and detail; an empty code: it is kept.
  std::pair<std::string_view, std::string> ReasonAgainst(StatementRow& row) const;
  bool IsSystemRelation(const QualifiedName& name) const;

  std::set<std::string, std::less<>> user_relations_;
  bool with_values_;
  std::vector<Statement> kept_;
  std::map<std::pair<std::string, std::string>, StatementGroup> groups_;
};

}  // namespace pgassay::pg
