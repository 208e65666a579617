#pragma once

// Rows of an assay file's tables into values, for the readers of this module. Everything is checked: types, ranges of
// the members' types, order.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
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

// Reads the current row of a statement field by field and keeps the name of the first field that does not fit its type.
class RowReader {
 public:
  explicit RowReader(const Statement& statement) : statement_(statement) {}

  template <typename Value>
  void operator()(std::string_view name, Value& value) {
    if (!Take(column_++, value) && wrong_.empty()) wrong_ = name;
  }

  std::string_view wrong() const { return wrong_; }

 private:
  template <typename Value>
  bool TakeInteger(int column, std::int64_t least, std::int64_t greatest, Value& value) {
    const std::optional<std::int64_t> read = statement_.Integer(column);
    if (!read || *read < least || *read > greatest) return false;
    value = static_cast<Value>(*read);
    return true;
  }

  bool Take(int column, std::int64_t& value) {
    using Limits = std::numeric_limits<std::int64_t>;
    return TakeInteger(column, Limits::min(), Limits::max(), value);
  }
  bool Take(int column, int& value) {
    return TakeInteger(column, std::numeric_limits<int>::min(), std::numeric_limits<int>::max(), value);
  }
  bool Take(int column, std::uint32_t& value) {
    return TakeInteger(column, 0, std::numeric_limits<std::uint32_t>::max(), value);
  }
  bool Take(int column, std::uint64_t& value) {  // the same bits as Statement::Bind has written
    using Limits = std::numeric_limits<std::int64_t>;
    return TakeInteger(column, Limits::min(), Limits::max(), value);
  }
  bool Take(int column, Oid& value) { return Take(column, value.value); }
  bool Take(int column, bool& value) { return TakeInteger(column, 0, 1, value); }
  bool Take(int column, double& value) {
    const std::optional<double> read = statement_.Real(column);
    value = read.value_or(0);
    return read.has_value();
  }
  bool Take(int column, char& value) {
    const std::optional<std::string_view> read = statement_.Text(column);
    if (!read || read->size() != 1) return false;
    value = read->front();
    return true;
  }
  bool Take(int column, std::string& value) {
    const std::optional<std::string_view> read = statement_.Text(column);
    value = read.value_or("");
    return read.has_value();
  }
  bool Take(int column, LoopKind& value) { return Parse(column, ParseSlug, value); }
  bool Take(int column, LoopSuppression& value) { return Parse(column, ParseSlug, value); }
  bool Take(int column, Sketch& value) { return Parse(column, ParseSketchText, value); }
  bool Take(int column, DistinctCount& value) { return Parse(column, ParseHashesText, value); }
  template <typename Value>
  bool Parse(int column, bool (*parse)(std::string_view, Value&), Value& value) {
    const std::optional<std::string_view> read = statement_.Text(column);
    return read && parse(*read, value);
  }
  template <typename Value>
  bool Take(int column, std::optional<Value>& value) {
    if (statement_.IsNull(column)) return true;  // the row is new, so the value is none
    return Take(column, value.emplace());
  }

  const Statement& statement_;
  int column_ = 0;
  std::string_view wrong_;
};

template <typename Row>
std::string SelectSql() {
  std::string columns;
  auto visit = [&](std::string_view name, const auto&) {
    absl::StrAppend(&columns, columns.empty() ? "" : ", ", ToAbsl(name));
  };
  const Row row;
  Fields(visit, row);
  const std::string condition =
      kPlace<Row>.capture.empty() ? "" : absl::StrCat(" WHERE ", ToAbsl(kPlace<Row>.capture), " = ?");
  return absl::StrCat("SELECT ", columns, " FROM ", ToAbsl(kPlace<Row>.table), condition, " ORDER BY ",
                      ToAbsl(kPlace<Row>.order));
}

// Reads the rows of one type of the capture, or of the file (kNoCapture), in order and gives each to `accept`, which
// says whether it fits to what was read before.
template <typename Row>
absl::Status ReadRows(const Database& database, int number, const std::function<bool(Row&&)>& accept) {
  PGASSAY_ASSIGN_OR_RETURN(Statement statement, database.Prepare(SelectSql<Row>()));
  if (!kPlace<Row>.capture.empty()) statement.Bind(number);
  for (std::int64_t count = 1;; ++count) {
    PGASSAY_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return absl::OkStatus();
    Row row;
    RowReader reader(statement);
    Fields(reader, row);
    if (!reader.wrong().empty()) {
      return database.Damaged(absl::StrCat("impossible value in ", ToAbsl(kPlace<Row>.table), ".",
                                           ToAbsl(reader.wrong()), ", row ", count));
    }
    if (!accept(std::move(row))) {
      return database.Damaged(
          absl::StrCat("row ", count, " of ", ToAbsl(kPlace<Row>.table), " belongs to nothing or is out of order"));
    }
  }
}

// Reads rows that are elements of a list by themselves.
template <typename Row>
absl::Status ReadAll(const Database& database, int number, std::vector<Row>& rows) {
  return ReadRows<Row>(database, number, [&](Row&& row) {
    rows.push_back(std::move(row));
    return true;
  });
}

// The element of `elements` (in order of `key`) with key `wanted`; nullptr where there is none.
template <typename Element, typename Key, typename Wanted>
Element* Find(std::vector<Element>& elements, Key key, const Wanted& wanted) {
  const auto found = std::ranges::lower_bound(elements, wanted, {}, key);
  return found != elements.end() && std::invoke(key, *found) == wanted ? &*found : nullptr;
}

// Appends `value` as element `position` (from 1) of `elements`; false where another position is due.
template <typename Value>
bool AppendAt(std::vector<Value>& elements, int position, Value value) {
  if (position < 1 || elements.size() + 1 != static_cast<std::size_t>(position)) return false;
  elements.push_back(std::move(value));
  return true;
}

}  // namespace pgassay::store
