#include "store/write.h"

#include <cstddef>
#include <string>
#include <vector>

#include "base/status_macros.h"
#include "store/extended_rows.h"
#include "store/insert_rows.h"

namespace pgassay::store {
namespace {

absl::Status WriteRelations(const Database& database, int number, const std::vector<Relation>& relations) {
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, relations));
  PGASSAY_ASSIGN_OR_RETURN(auto activity, Inserter<ActivityRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto columns, Inserter<ColumnRow>::Make(database, number));
  for (const Relation& relation : relations) {
    PGASSAY_RETURN_IF_ERROR(activity.Insert({relation.oid, relation.counters}));
    for (const Column& column : relation.columns) PGASSAY_RETURN_IF_ERROR(columns.Insert({relation.oid, column}));
  }
  return absl::OkStatus();
}

absl::Status WriteIndexes(const Database& database, int number, const std::vector<Index>& indexes) {
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, indexes));
  PGASSAY_ASSIGN_OR_RETURN(auto keys, Inserter<IndexKeyRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto includes, Inserter<IndexIncludeRow>::Make(database, number));
  for (const Index& index : indexes) {
    int position = 0;
    for (const IndexKey& key : index.def.keys) PGASSAY_RETURN_IF_ERROR(keys.Insert({index.oid, ++position, key}));
    position = 0;
    for (const int column : index.def.include)
      PGASSAY_RETURN_IF_ERROR(includes.Insert({index.oid, ++position, column}));
  }
  return absl::OkStatus();
}

absl::Status WriteConstraints(const Database& database, int number, const std::vector<Constraint>& constraints) {
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, constraints));
  PGASSAY_ASSIGN_OR_RETURN(auto columns, Inserter<ConstraintColumnRow>::Make(database, number));
  for (const Constraint& constraint : constraints) {
    for (std::size_t i = 0; i < constraint.columns.size(); ++i) {
      ConstraintColumnRow row{
          .constraint = constraint.oid, .position = static_cast<int>(i + 1), .column = constraint.columns[i]};
      if (!constraint.foreign_columns.empty()) row.foreign_column = constraint.foreign_columns[i];
      PGASSAY_RETURN_IF_ERROR(columns.Insert(row));
    }
  }
  return absl::OkStatus();
}

absl::Status WriteStatistics(const Database& database, int number, const std::vector<ColumnStatistics>& statistics) {
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, statistics));
  PGASSAY_ASSIGN_OR_RETURN(auto slots, Inserter<SlotRow>::Make(database, number));
  for (const ColumnStatistics& row : statistics) {
    int position = 0;
    for (const StatisticSlot& slot : row.slots) {
      PGASSAY_RETURN_IF_ERROR(slots.Insert({row.relation, row.column, row.inherited, ++position, slot}));
    }
  }
  return absl::OkStatus();
}

absl::Status WriteRoles(const Database& database, int number, const std::vector<Role>& roles) {
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, roles));
  PGASSAY_ASSIGN_OR_RETURN(auto memberships, Inserter<MembershipRow>::Make(database, number));
  for (const Role& role : roles) {
    for (const std::string& group : role.member_of) PGASSAY_RETURN_IF_ERROR(memberships.Insert({role.name, group}));
  }
  return absl::OkStatus();
}

absl::Status WriteStatements(const Database& database, int number, const Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(auto source, Inserter<StatementSource>::Make(database, number));
  PGASSAY_RETURN_IF_ERROR(source.Insert(snapshot.statement_source));
  PGASSAY_RETURN_IF_ERROR(InsertInOrder<StatementRow>(database, number, snapshot.statements));
  return InsertAll(database, number, snapshot.statement_groups);
}

}  // namespace

absl::Status WriteSnapshot(const Database& database, int number, const Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(auto capture, Inserter<Snapshot>::Make(database, number));
  PGASSAY_RETURN_IF_ERROR(capture.Insert(snapshot));
  PGASSAY_RETURN_IF_ERROR(WriteRelations(database, number, snapshot.relations));
  PGASSAY_RETURN_IF_ERROR(WriteIndexes(database, number, snapshot.indexes));
  PGASSAY_RETURN_IF_ERROR(WriteConstraints(database, number, snapshot.constraints));
  PGASSAY_RETURN_IF_ERROR(WriteStatistics(database, number, snapshot.statistics));
  PGASSAY_RETURN_IF_ERROR(WriteExtended(database, number, snapshot));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.end_points));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.settings));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.role_settings));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.extensions));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.views));
  PGASSAY_RETURN_IF_ERROR(WriteRoles(database, number, snapshot.roles));
  PGASSAY_RETURN_IF_ERROR(WriteStatements(database, number, snapshot));
  return InsertInOrder<GapRow>(database, number, snapshot.gaps);
}

}  // namespace pgassay::store
