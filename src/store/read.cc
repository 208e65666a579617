#include "store/read.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "store/check.h"
#include "store/extended_rows.h"
#include "store/read_rows.h"
#include "store/schema.h"

namespace pgassay::store {
namespace {

absl::Status ReadRelations(const Database& database, int number, std::vector<Relation>& relations) {
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, relations));
  std::size_t count = 0;  // each relation has exactly one row of counters, in the same order
  PGASSAY_RETURN_IF_ERROR(ReadRows<ActivityRow>(database, number, [&](ActivityRow&& row) {
    if (count == relations.size() || relations[count].oid != row.relation) return false;
    relations[count++].counters = std::move(row.value);
    return true;
  }));
  if (count != relations.size()) return database.Damaged("rows of relation_activity are missing");
  return ReadRows<ColumnRow>(database, number, [&](ColumnRow&& row) {
    Relation* relation = Find(relations, &Relation::oid, row.relation);
    if (relation == nullptr) return false;
    relation->columns.push_back(std::move(row.value));
    return true;
  });
}

absl::Status ReadIndexes(const Database& database, int number, std::vector<Index>& indexes) {
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, indexes));
  PGASSAY_RETURN_IF_ERROR(ReadRows<IndexKeyRow>(database, number, [&](IndexKeyRow&& row) {
    Index* index = Find(indexes, &Index::oid, row.index);
    return index != nullptr && AppendAt(index->def.keys, row.position, std::move(row.value));
  }));
  return ReadRows<IndexIncludeRow>(database, number, [&](IndexIncludeRow&& row) {
    Index* index = Find(indexes, &Index::oid, row.index);
    return index != nullptr && AppendAt(index->def.include, row.position, row.column);
  });
}

absl::Status ReadConstraints(const Database& database, int number, std::vector<Constraint>& constraints) {
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, constraints));
  return ReadRows<ConstraintColumnRow>(database, number, [&](ConstraintColumnRow&& row) {
    Constraint* constraint = Find(constraints, &Constraint::oid, row.constraint);
    if (constraint == nullptr || !AppendAt(constraint->columns, row.position, row.column)) return false;
    return !row.foreign_column || AppendAt(constraint->foreign_columns, row.position, *row.foreign_column);
  });
}

absl::Status ReadStatistics(const Database& database, int number, std::vector<ColumnStatistics>& statistics) {
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, statistics));
  const auto key = [](const ColumnStatistics& row) { return std::tuple(row.relation, row.column, row.inherited); };
  return ReadRows<SlotRow>(database, number, [&](SlotRow&& row) {
    ColumnStatistics* owner = Find(statistics, key, std::tuple(row.relation, row.column, row.inherited));
    return owner != nullptr && AppendAt(owner->slots, row.position, std::move(row.value));
  });
}

absl::Status ReadRoles(const Database& database, int number, std::vector<Role>& roles) {
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, roles));
  return ReadRows<MembershipRow>(database, number, [&](MembershipRow&& row) {
    Role* role = Find(roles, &Role::name, row.role);
    if (role == nullptr) return false;
    role->member_of.push_back(std::move(row.member_of));
    return true;
  });
}

absl::Status ReadStatements(const Database& database, int number, Snapshot& snapshot) {
  int sources = 0;
  PGASSAY_RETURN_IF_ERROR(ReadRows<StatementSource>(database, number, [&](StatementSource&& row) {
    snapshot.statement_source = std::move(row);
    return ++sources == 1;
  }));
  if (sources != 1) return database.Damaged("the row of statement_source is missing");
  PGASSAY_RETURN_IF_ERROR(ReadRows<StatementRow>(database, number, [&](StatementRow&& row) {
    return AppendAt(snapshot.statements, row.position, std::move(row.value));
  }));
  return ReadAll(database, number, snapshot.statement_groups);
}

absl::StatusOr<Snapshot> ReadHead(const Database& database, int number) {
  std::optional<Snapshot> head;
  PGASSAY_RETURN_IF_ERROR(ReadRows<Snapshot>(database, number, [&](Snapshot&& row) {
    if (head) return false;
    head = std::move(row);
    return true;
  }));
  if (!head) {
    return absl::NotFoundError(
        absl::StrCat(Printable(database.path()), " has no capture ", number, "; list its captures"));
  }
  return *std::move(head);
}

}  // namespace

absl::StatusOr<std::vector<CaptureInfo>> ReadCaptures(const Database& database) {
  std::vector<CaptureInfo> captures;
  PGASSAY_ASSIGN_OR_RETURN(Statement numbers, database.Prepare("SELECT number FROM capture ORDER BY number"));
  while (true) {
    PGASSAY_ASSIGN_OR_RETURN(const bool found, numbers.Step());
    if (!found) return captures;
    const std::int64_t number = numbers.Integer(0).value_or(0);
    const int last = captures.empty() ? 0 : captures.back().number;
    if (number <= last || number > std::numeric_limits<int>::max())
      return database.Damaged("impossible value in capture.number");
    PGASSAY_RETURN_IF_ERROR(ReadRows<CaptureInfo>(database, static_cast<int>(number), [&](CaptureInfo&& row) {
      captures.push_back(std::move(row));
      return true;
    }));
  }
}

absl::StatusOr<Snapshot> ReadSnapshot(const Database& database, int number, std::int64_t version) {
  PGASSAY_ASSIGN_OR_RETURN(Snapshot snapshot, ReadHead(database, number));
  PGASSAY_RETURN_IF_ERROR(ReadRelations(database, number, snapshot.relations));
  PGASSAY_RETURN_IF_ERROR(ReadIndexes(database, number, snapshot.indexes));
  PGASSAY_RETURN_IF_ERROR(ReadConstraints(database, number, snapshot.constraints));
  PGASSAY_RETURN_IF_ERROR(ReadStatistics(database, number, snapshot.statistics));
  if (version >= kFirstSchemaVersionOfExtended) {
    PGASSAY_RETURN_IF_ERROR(ReadExtended(database, number, snapshot));
  }
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, snapshot.end_points));
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, snapshot.settings));
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, snapshot.role_settings));
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, snapshot.extensions));
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, snapshot.views));
  PGASSAY_RETURN_IF_ERROR(ReadRoles(database, number, snapshot.roles));
  PGASSAY_RETURN_IF_ERROR(ReadStatements(database, number, snapshot));
  PGASSAY_RETURN_IF_ERROR(ReadRows<GapRow>(
      database, number, [&](GapRow&& row) { return AppendAt(snapshot.gaps, row.position, std::move(row.value)); }));
  const absl::Status checked = CheckSnapshot(snapshot);
  if (!checked.ok()) return database.Damaged(FromAbsl(checked.message()));
  return snapshot;
}

}  // namespace pgassay::store
