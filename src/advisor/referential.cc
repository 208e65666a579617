// Foreign keys to the searches that they make.

#include "advisor/referential.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"
#include "sql/definition.h"
#include "whatif/btree_size.h"

namespace pgassay::advisor {
namespace {

// Deletes that cascade along many ways through a dense schema are followed up to so many steps.
constexpr int kMostSteps = 10000;

struct ForeignKey {
  const Constraint* constraint = nullptr;
  const Relation* child = nullptr;
  const Relation* parent = nullptr;
  sql::ForeignKeyActions actions;
};

std::vector<std::string> NamesOf(const Relation& table, const std::vector<int>& numbers) {
  std::vector<std::string> names;
  for (const int number : numbers) {
    const Column* const column = FindColumn(table, number);
    if (column == nullptr) return {};
    names.push_back(column->name);
  }
  return names;
}

const Relation* PartitionedParent(const Relation& table, const Snapshot& snapshot) {
  const Relation* const parent = snapshot.FindRelation(table.parent);
  return parent != nullptr && parent->kind == 'p' ? parent : nullptr;
}

// Whether partitioning made the constraint out of another one: of the partitioned table for its partition as the child,
// or of a partitioned parent for its partition. Those are checked by the original's searches.
bool IsInherited(const Constraint& constraint, const Relation& child, const Relation& parent,
                 const Snapshot& snapshot) {
  const Relation* const above_child = PartitionedParent(child, snapshot);
  const Relation* const above_parent = PartitionedParent(parent, snapshot);
  const std::vector<std::string> columns = NamesOf(child, constraint.columns);
  return std::ranges::any_of(snapshot.constraints, [&](const Constraint& other) {
    if (other.kind != 'f' || other.oid == constraint.oid) return false;
    if (above_child != nullptr && other.table == above_child->oid && other.foreign_table == constraint.foreign_table) {
      return NamesOf(*above_child, other.columns) == columns;
    }
    return above_parent != nullptr && other.table == constraint.table && other.foreign_table == above_parent->oid &&
           other.columns == constraint.columns;
  });
}

std::vector<ForeignKey> ForeignKeysOf(const Snapshot& snapshot) {
  std::vector<ForeignKey> keys;
  for (const Constraint& constraint : snapshot.constraints) {
    if (constraint.kind != 'f' || constraint.columns.size() != constraint.foreign_columns.size()) continue;
    const Relation* const child = snapshot.FindRelation(constraint.table);
    const Relation* const parent = snapshot.FindRelation(constraint.foreign_table);
    if (child == nullptr || parent == nullptr || IsInherited(constraint, *child, *parent, snapshot)) continue;
    if (NamesOf(*child, constraint.columns).empty() || NamesOf(*parent, constraint.foreign_columns).empty()) continue;
    absl::StatusOr<sql::ForeignKeyActions> actions = sql::ExamineForeignKey(constraint.sql);
    if (actions.ok()) keys.push_back({&constraint, child, parent, *std::move(actions)});
  }
  return keys;
}

// The tables whose rows a foreign key speaks of: triggers of an inheritance parent do not fire for the tables below it.
std::vector<Oid> ScopeOf(const Relation& table, const Snapshot& snapshot) {
  return table.kind == 'p' ? catalog::IndexedTables(snapshot, table.oid) : std::vector<Oid>{table.oid};
}

double RowsIn(std::span<const Oid> tables, const Snapshot& snapshot) {
  double rows = 0;
  for (const Oid table : tables) rows += std::max(1.0, whatif::EstimateTuples(*snapshot.FindRelation(table)));
  return rows;
}

// The share of rows written to `table` that are rows of the parent.
double ShareOfParent(Oid table, const Relation& parent, const Snapshot& snapshot) {
  const std::vector<Oid> written = catalog::IndexedTables(snapshot, table);
  const std::vector<Oid> scope = ScopeOf(parent, snapshot);
  std::vector<Oid> common;
  std::ranges::copy_if(written, std::back_inserter(common),
                       [&scope](Oid oid) { return std::ranges::find(scope, oid) != scope.end(); });
  if (common.size() == written.size()) return common.empty() ? 0 : 1;
  return RowsIn(common, snapshot) / RowsIn(written, snapshot);
}

// Rows of the child for each of the parent: every row whose key is not null has one parent.
double ChildrenPerParent(const ForeignKey& key, const Snapshot& snapshot) {
  double null_fraction = 0;
  for (const int column : key.constraint->columns) {
    const ColumnStatistics* const known = catalog::FindTableStatistics(snapshot, key.child->oid, column);
    if (known != nullptr) null_fraction = std::max(null_fraction, known->null_fraction);
  }
  const double children = RowsIn(ScopeOf(*key.child, snapshot), snapshot) * (1 - null_fraction);
  return children / std::max(1.0, RowsIn(ScopeOf(*key.parent, snapshot), snapshot));
}

// Whether rows of the parent change their key.
bool SetsKey(const TableWrites& writes, const ForeignKey& key, const Snapshot& snapshot) {
  const Relation* const table = snapshot.FindRelation(writes.table);
  if (table == nullptr || writes.command != 'u') return false;
  if (table->columns.size() > 1 && writes.columns.size() >= table->columns.size()) return false;
  const std::vector<std::string> referenced = NamesOf(*key.parent, key.constraint->foreign_columns);
  return std::ranges::any_of(NamesOf(*table, writes.columns), [&referenced](const std::string& name) {
    return std::ranges::find(referenced, name) != referenced.end();
  });
}

// What one action does.
struct Action {
  ReferentialSearch search;
  std::vector<int> set;  // columns of the child, sorted
  std::string sql;
  std::string search_path;
};

class ActionMaker {
 public:
  ActionMaker(const ForeignKey& key, char action, bool deleted, const Snapshot& snapshot)
      : key_(key), action_(action), deleted_(deleted), snapshot_(snapshot) {}

  Action Make() && {
    Action made;
    const std::vector<int>& columns = key_.constraint->columns;
    made.search = {.child = key_.child->oid, .columns = {columns.begin(), columns.end()}, .command = Command()};
    if (made.search.command == 'u') {
      made.set = SetColumns();
      std::ranges::sort(made.set);
    }
    made.sql = Sql(made.search.command);
    made.search_path = SearchPath();
    return made;
  }

 private:
  char Command() const {
    if (action_ == 'n' || action_ == 'd') return 'u';
    if (action_ == 'c') return deleted_ ? 'd' : 'u';
    return 's';
  }

  std::vector<int> SetColumns() const {
    if (!deleted_ || key_.actions.delete_set_columns.empty()) return key_.constraint->columns;
    std::vector<int> columns;
    for (const int number : key_.constraint->columns) {
      const std::string& name = FindColumn(*key_.child, number)->name;
      const std::vector<std::string>& chosen = key_.actions.delete_set_columns;
      if (std::ranges::find(chosen, name) != chosen.end()) columns.push_back(number);
    }
    return columns;
  }

  const Column& ChildColumn(std::size_t i) const { return *FindColumn(*key_.child, key_.constraint->columns[i]); }
  const Column& ParentColumn(std::size_t i) const {
    return *FindColumn(*key_.parent, key_.constraint->foreign_columns[i]);
  }

  // The parent's value has the parent's type.
  std::string Value(std::size_t i) const {
    return ChildColumn(i).type_oid == ParentColumn(i).type_oid
               ? absl::StrCat("$", i + 1)
               : absl::StrCat("CAST($", i + 1, " AS ", ParentColumn(i).type, ")");
  }

  std::string Sql(char command) const {
    std::vector<std::string> conditions;
    std::vector<std::string> assignments;
    const std::vector<int> set = SetColumns();
    for (std::size_t i = 0; i < key_.constraint->columns.size(); ++i) {
      const std::string column = QuoteIdentifier(ChildColumn(i).name);
      conditions.push_back(absl::StrCat("x.", column, " = ", Value(i)));
      if (std::ranges::find(set, key_.constraint->columns[i]) == set.end()) continue;
      assignments.push_back(absl::StrCat(column, " = ",
                                         action_ == 'n'   ? "NULL"
                                         : action_ == 'd' ? "DEFAULT"
                                                          : absl::StrCat("$", i + 1)));
    }
    const std::string where = absl::StrCat(" WHERE ", absl::StrJoin(conditions, " AND "));
    const std::string table =
        absl::StrCat(key_.child->kind == 'p' ? "" : "ONLY ", catalog::QuotedName(key_.child->name), " AS x");
    if (command == 'd') return absl::StrCat("DELETE FROM ", table, where);
    if (command == 'u') return absl::StrCat("UPDATE ", table, " SET ", absl::StrJoin(assignments, ", "), where);
    return absl::StrCat("SELECT 1 FROM ", table, where, " FOR KEY SHARE OF x");
  }

  // Operators of types that extensions bring are in the extensions' schemas.
  std::string SearchPath() const {
    std::set<std::string> schemas;
    for (const Extension& extension : snapshot_.extensions) {
      if (extension.schema != "pg_catalog") schemas.insert(QuoteIdentifier(extension.schema));
    }
    std::string path = "pg_catalog";
    for (const std::string& schema : schemas) absl::StrAppend(&path, ", ", schema);
    return path;
  }

  const ForeignKey& key_;
  char action_;
  bool deleted_;
  const Snapshot& snapshot_;
};

// Follows writes from table to table.
class Follower {
 public:
  Follower(const std::set<ReferentialSearch>& known, const Snapshot& snapshot)
      : known_(known), snapshot_(snapshot), keys_(ForeignKeysOf(snapshot)) {}

  std::vector<ReferentialQuery> Run(std::span<const TableWrites> written) && {
    for (const TableWrites& writes : written) open_.push_back({writes, {}});
    for (int step = 0; !open_.empty() && step < kMostSteps; ++step) {
      const Open next = std::move(open_.front());
      open_.pop_front();
      for (const ForeignKey& key : keys_) Follow(next, key);
    }
    std::vector<ReferentialQuery> queries;
    std::map<std::string, std::size_t> positions;
    for (auto& [oid, query] : by_action_) {
      const auto [same, fresh] = positions.try_emplace(query.sql, queries.size());
      if (fresh) {
        queries.push_back(std::move(query));
        continue;
      }
      ReferentialQuery& first = queries[same->second];
      first.weight += query.weight;
      if (first.foreign_keys.back() != query.foreign_keys.front()) {
        first.foreign_keys.push_back(query.foreign_keys.front());
      }
    }
    return queries;
  }

 private:
  // Writes, and the foreign keys that led to them.
  struct Open {
    TableWrites writes;
    std::vector<Oid> path;
  };

  void Follow(const Open& open, const ForeignKey& key) {
    const bool deleted = open.writes.command == 'd';
    const Oid oid = key.constraint->oid;
    if (open.writes.rows <= 0 || (!deleted && !SetsKey(open.writes, key, snapshot_))) return;
    if (std::ranges::find(open.path, oid) != open.path.end()) return;
    const double rows = open.writes.rows * ShareOfParent(open.writes.table, *key.parent, snapshot_);
    if (rows <= 0) return;
    Action action =
        ActionMaker(key, deleted ? key.actions.on_delete : key.actions.on_update, deleted, snapshot_).Make();
    if (known_.contains(action.search)) return;
    ReferentialQuery& query = by_action_[{oid, deleted ? 'd' : 'u'}];
    query.weight += rows;
    if (query.sql.empty()) {
      query.sql = action.sql;
      query.search_path = action.search_path;
      query.child = key.child->oid;
      query.foreign_keys = {key.constraint->name};
      for (const int column : key.constraint->foreign_columns) query.parents.emplace_back(key.parent->oid, column);
    }
    if (action.search.command == 's') return;
    Open next{.writes = {.table = key.child->oid,
                         .command = action.search.command,
                         .columns = std::move(action.set),
                         .rows = rows * ChildrenPerParent(key, snapshot_)},
              .path = open.path};
    next.path.push_back(oid);
    open_.push_back(std::move(next));
  }

  const std::set<ReferentialSearch>& known_;
  const Snapshot& snapshot_;
  std::vector<ForeignKey> keys_;
  std::deque<Open> open_;
  std::map<std::pair<Oid, char>, ReferentialQuery> by_action_;  // by constraint and the parent's command
};

}  // namespace

std::vector<ReferentialQuery> ReferentialQueries(std::span<const TableWrites> written,
                                                 const std::set<ReferentialSearch>& known, const Snapshot& snapshot) {
  return Follower(known, snapshot).Run(written);
}

}  // namespace pgassay::advisor
