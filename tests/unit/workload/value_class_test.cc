#include "workload/value_class.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/parameters.h"
#include "pgassay/snapshot.h"

namespace pgassay::workload {
namespace {

using catalog::Parameters;
using Kind = catalog::ParameterUseKind;
using Values = std::vector<std::optional<std::string>>;

constexpr Oid kJobs{100};

// A table of the columns status (mostly 'done'), day (a histogram of ten equal bins) and id (unique).
Snapshot Jobs() {
  Snapshot snapshot;
  snapshot.captured_at = "2024-06-01T00:00:00.000000Z";
  Relation relation;
  relation.oid = kJobs;
  relation.name = {"shop", "jobs"};
  const std::vector<std::pair<std::string, std::string>> columns = {
      {"status", "text"}, {"day", "integer"}, {"id", "bigint"}};
  for (const auto& [name, type] : columns) {
    Column column;
    column.number = static_cast<int>(relation.columns.size()) + 1;
    column.name = name;
    column.type = type;
    relation.columns.push_back(column);
  }
  snapshot.relations.push_back(relation);
  const auto add = [&](int column, int kind, std::optional<std::string> numbers, std::string values) {
    StatisticSlot slot;
    slot.kind = kind;
    slot.numbers = std::move(numbers);
    slot.values = std::move(values);
    ColumnStatistics statistics;
    statistics.relation = kJobs;
    statistics.column = column;
    statistics.slots = {slot};
    snapshot.statistics.push_back(statistics);
  };
  add(1, 1, "{0.9,0.05,0.001}", "{done,failed,waiting}");
  add(2, 2, std::nullopt, "{0,100,200,300,400,500,600,700,800,900,1000}");
  add(3, 2, std::nullopt, "{1,50000,100000}");
  return snapshot;
}

catalog::Parameter Beside(int number, int column, Kind kind, std::string type) {
  catalog::Parameter parameter;
  parameter.number = number;
  parameter.type = std::move(type);
  parameter.base_type = parameter.type;
  catalog::ParameterUse use;
  use.kind = kind;
  use.table = kJobs;
  use.column = column;
  parameter.uses = {use};
  return parameter;
}

std::string Classes(const Parameters& parameters, const Values& values) {
  return ValueClasses(parameters, values, Jobs());
}

TEST(ValueClasses, OfEquality) {
  const Parameters status = {Beside(1, 1, Kind::kEquality, "text")};
  EXPECT_EQ(Classes(status, {"done"}), "status: common (95 %)");
  EXPECT_EQ(Classes(status, {"failed"}), "status: less common (5.3 %)");
  EXPECT_EQ(Classes(status, {"no such"}), "status: not common");
  EXPECT_EQ(Classes(status, {std::nullopt}), "status: NULL");
  const Parameters id = {Beside(1, 3, Kind::kEquality, "bigint")};
  EXPECT_EQ(Classes(id, {"7"}), "id: any value");
  EXPECT_EQ(Classes(id, {"200000"}), "id: outside of the known values");
}

TEST(ValueClasses, OfRanges) {
  const Parameters above = {Beside(1, 2, Kind::kGreater, "integer")};
  EXPECT_EQ(Classes(above, {"995"}), "day: 0.1-1 % of rows");
  EXPECT_EQ(Classes(above, {"950"}), "day: 1-10 % of rows");
  EXPECT_EQ(Classes(above, {"-5"}), "day: >50 % of rows");
  EXPECT_EQ(Classes(above, {"2000"}), "day: <0.1 % of rows");
  const Parameters window = {Beside(1, 2, Kind::kGreater, "integer"), Beside(2, 2, Kind::kLess, "integer")};
  EXPECT_EQ(Classes(window, {"300", "550"}), "day: 10-50 % of rows");
  EXPECT_EQ(Classes(window, {"300", "299"}), "day: <0.1 % of rows");
}

TEST(ValueClasses, OfListsAndPatterns) {
  EXPECT_EQ(Classes({Beside(1, 3, Kind::kArray, "bigint[]")}, {"{1,2,3}"}), "id: list of 3 to 4");
  EXPECT_EQ(Classes({Beside(1, 3, Kind::kArray, "bigint[]")}, {"damaged"}), "");
  EXPECT_EQ(Classes({Beside(1, 1, Kind::kLike, "text")}, {"%one"}), "status: pattern without a beginning");
  EXPECT_EQ(Classes({Beside(1, 1, Kind::kLike, "text")}, {"one%"}), "status: pattern with a beginning");
}

TEST(ValueClasses, SayNothingOfWhatIsNotKnown) {
  Parameters moved = {Beside(1, 2, Kind::kGreater, "integer")};
  moved[0].uses[0].parameter_expression = "now() - $0";
  EXPECT_EQ(Classes(moved, {"995"}), "");
  EXPECT_EQ(Classes({Beside(1, 1, Kind::kAssigned, "text")}, {"done"}), "");
  EXPECT_EQ(Classes({Beside(2, 1, Kind::kEquality, "text")}, {"done"}), "");  // fewer values than parameters
}

}  // namespace
}  // namespace pgassay::workload
