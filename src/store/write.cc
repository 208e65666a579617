#include "store/write.h"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "store/fields.h"

namespace pgassay::store {
namespace {

// INSERT for the table that keeps rows of type `Row`.
template <typename Row>
std::string InsertSql() {
  std::string columns = std::is_same_v<Row, Snapshot> ? "number" : "capture";
  std::string parameters = "?";
  auto visit = [&](std::string_view name, const auto&) {
    absl::StrAppend(&columns, ", ", ToAbsl(name));
    parameters += ", ?";
  };
  const Row row;
  Fields(visit, row);
  return absl::StrCat("INSERT INTO ", ToAbsl(kPlace<Row>.table), " (", columns, ") VALUES (", parameters, ")");
}

// Inserts rows of one table into one capture.
template <typename Row>
class Inserter {
 public:
  static absl::StatusOr<Inserter> Make(const Database& database, int number) {
    PGASSAY_ASSIGN_OR_RETURN(Statement statement, database.Prepare(InsertSql<Row>()));
    return Inserter(std::move(statement), number);
  }

  absl::Status Insert(const Row& row) {
    statement_.Bind(number_);
    auto visit = [this](std::string_view, const auto& value) { statement_.Bind(value); };
    Fields(visit, row);
    const absl::Status status = statement_.Step().status();
    statement_.Reset();
    return status;
  }

 private:
  Inserter(Statement statement, int number) : statement_(std::move(statement)), number_(number) {}

  Statement statement_;
  int number_;
};

// Inserts every element of a list whose elements are rows by themselves.
template <typename Row>
absl::Status InsertAll(const Database& database, int number, const std::vector<Row>& rows) {
  PGASSAY_ASSIGN_OR_RETURN(Inserter<Row> inserter, Inserter<Row>::Make(database, number));
  for (const Row& row : rows) PGASSAY_RETURN_IF_ERROR(inserter.Insert(row));
  return absl::OkStatus();
}

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

absl::Status WriteGaps(const Database& database, int number, const std::vector<CaptureGap>& gaps) {
  PGASSAY_ASSIGN_OR_RETURN(auto inserter, Inserter<GapRow>::Make(database, number));
  int position = 0;
  for (const CaptureGap& gap : gaps) PGASSAY_RETURN_IF_ERROR(inserter.Insert({++position, gap}));
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteSnapshot(const Database& database, int number, const Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(auto capture, Inserter<Snapshot>::Make(database, number));
  PGASSAY_RETURN_IF_ERROR(capture.Insert(snapshot));
  PGASSAY_RETURN_IF_ERROR(WriteRelations(database, number, snapshot.relations));
  PGASSAY_RETURN_IF_ERROR(WriteIndexes(database, number, snapshot.indexes));
  PGASSAY_RETURN_IF_ERROR(WriteConstraints(database, number, snapshot.constraints));
  PGASSAY_RETURN_IF_ERROR(WriteStatistics(database, number, snapshot.statistics));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.end_points));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.settings));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.role_settings));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.extensions));
  return WriteGaps(database, number, snapshot.gaps);
}

}  // namespace pgassay::store
