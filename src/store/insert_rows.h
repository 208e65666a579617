#pragma once

// Values into rows of an assay file's tables, for the writers of this module.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "store/bench_fields.h"
#include "store/extended_fields.h"
#include "store/fields.h"
#include "store/log_fields.h"
#include "store/loop_fields.h"
#include "store/loop_text.h"
#include "store/sketch_text.h"
#include "store/sqlite.h"
#include "store/workload_fields.h"

namespace pgassay::store {

// What a statement binds for a member: a text for what is kept as one, else the member itself.
template <typename Value>
const Value& Stored(const Value& value) {
  return value;
}
inline std::string_view Stored(const LoopKind& kind) {
  return Slug(kind);
}
inline std::string_view Stored(const LoopSuppression& reason) {
  return Slug(reason);
}
inline std::string Stored(const Sketch& sketch) {
  return SketchText(sketch);
}
inline std::string Stored(const DistinctCount& distinct) {
  return HashesText(distinct);
}

// INSERT for the table that keeps rows of type `Row`.
template <typename Row>
std::string InsertSql() {
  std::string columns(kPlace<Row>.capture);
  std::string parameters = columns.empty() ? "" : "?";
  auto visit = [&](std::string_view name, const auto&) {
    absl::StrAppend(&columns, columns.empty() ? "" : ", ", ToAbsl(name));
    parameters += parameters.empty() ? "?" : ", ?";
  };
  const Row row;
  Fields(visit, row);
  return absl::StrCat("INSERT INTO ", ToAbsl(kPlace<Row>.table), " (", columns, ") VALUES (", parameters, ")");
}

// Inserts rows of one table into one capture, or into the file (kNoCapture).
template <typename Row>
class Inserter {
 public:
  static absl::StatusOr<Inserter> Make(const Database& database, int number) {
    PGASSAY_ASSIGN_OR_RETURN(Statement statement, database.Prepare(InsertSql<Row>()));
    return Inserter(std::move(statement), number);
  }

  absl::Status Insert(const Row& row) {
    if (!kPlace<Row>.capture.empty()) statement_.Bind(number_);
    auto visit = [this](std::string_view, const auto& value) { statement_.Bind(Stored(value)); };
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

// Inserts `values` as rows that have their position, from 1, beside the value.
template <typename Row, typename Value>
absl::Status InsertInOrder(const Database& database, int number, const std::vector<Value>& values) {
  PGASSAY_ASSIGN_OR_RETURN(Inserter<Row> inserter, Inserter<Row>::Make(database, number));
  int position = 0;
  for (const Value& value : values) PGASSAY_RETURN_IF_ERROR(inserter.Insert({++position, value}));
  return absl::OkStatus();
}

// Deletes all rows of tables that belong to the file, referencing tables first, so that no row is left without the one
// that it names.
template <typename... Rows>
absl::Status RemoveAll(const Database& database) {
  absl::Status status;
  ((status = database.Execute(absl::StrCat("DELETE FROM ", ToAbsl(kPlace<Rows>.table))), status.ok()) && ...);
  return status;
}

}  // namespace pgassay::store
