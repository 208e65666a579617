#include "workload/value_helpers.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/parameters.h"
#include "pgassay/snapshot.h"
#include "workload/bindings.h"

namespace pgassay::workload {
namespace {

using catalog::Parameter;
using catalog::ParameterUse;
using Kind = catalog::ParameterUseKind;

constexpr Oid kTable{100};

StatisticSlot Slot(int kind, std::optional<std::string> numbers, std::string values) {
  StatisticSlot slot;
  slot.kind = kind;
  slot.numbers = std::move(numbers);
  slot.values = std::move(values);
  return slot;
}

// Columns: 1 at, with times of May 2024; 2 name; 3 doc; 4 period; 5 status.
Snapshot MakeSnapshot() {
  Snapshot snapshot;
  snapshot.captured_at = "2024-06-01T00:00:00.000000Z";
  Relation relation;
  relation.oid = kTable;
  relation.name = {"shop", "event"};
  const std::vector<std::pair<std::string, std::string>> columns = {
      {"at", "timestamp with time zone"}, {"name", "text"}, {"doc", "jsonb"}, {"period", "tstzrange"},
      {"status", "text"}};
  const std::vector<StatisticSlot> slots = {
      Slot(2, std::nullopt, R"({"2024-05-01 00:00:00+00","2024-05-31 00:00:00+00"})"),
      Slot(2, std::nullopt, "{annabella,bartholomew,christopher}"),
      Slot(2, std::nullopt, R"({"{\"n\": 9, \"plan\": {\"name\": \"a\"}}","{\"n\": 10, \"plan\": {\"name\": \"b\"}}"})"),
      Slot(7, std::nullopt,
           R"x({"[\"2024-05-01 00:00:00+00\",\"2024-05-02 00:00:00+00\")","[\"2024-05-30 00:00:00+00\",\"2024-05-31 00:00:00+00\")"})x"),
      Slot(1, "{0.6,0.3,0.09,0.01}", "{done,failed,retry,waiting}")};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Column column;
    column.number = static_cast<int>(i) + 1;
    column.name = columns[i].first;
    column.type = columns[i].second;
    relation.columns.push_back(column);
    ColumnStatistics statistics;
    statistics.relation = kTable;
    statistics.column = column.number;
    statistics.slots = {slots[i]};
    snapshot.statistics.push_back(statistics);
  }
  snapshot.relations.push_back(relation);
  return snapshot;
}

Parameter MakeParameter(int number, std::string type, char category, ParameterUse use) {
  Parameter parameter;
  parameter.number = number;
  parameter.type = type;
  parameter.base_type = std::move(type);
  parameter.category = category;
  parameter.uses = {std::move(use)};
  return parameter;
}

ParameterUse Use(Kind kind, int column, std::string expression, std::string parameter_expression,
                 std::string op = "=") {
  ParameterUse use;
  use.kind = kind;
  use.table = kTable;
  use.column = column;
  use.op = std::move(op);
  use.expression = std::move(expression);
  use.parameter_expression = std::move(parameter_expression);
  return use;
}

ParameterUse Argument(std::string function, int argument) {
  ParameterUse use;
  use.kind = Kind::kArgument;
  use.function = std::move(function);
  use.argument = argument;
  return use;
}

std::string Literal(const std::vector<ValueSet>& sets, std::size_t set, int number) {
  return sets.at(set).literals.at(static_cast<std::size_t>(number) - 1).value_or("none");
}

TEST(FixHelpers, TheUnitOfAnIntervalIsPlainAndTheCountChosen) {
  const auto sets = ChooseValues(
      {MakeParameter(1, "double precision", 'N', Use(Kind::kGreater, 1, "", "(now() - ($0 * $2))", ">")),
       MakeParameter(2, "interval", 'T', Use(Kind::kGreater, 1, "", "(now() - ($1 * $0))", ">"))},
      {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 2), "'1 day'::interval");
  EXPECT_EQ(Literal(sets, 0, 1), "'1.300'::double precision");
}

TEST(FixHelpers, AnIntervalJoinedFromTextsIsOne) {
  const auto sets = ChooseValues(
      {MakeParameter(1, "text", 'S', Use(Kind::kGreater, 1, "", "(now() - (($0 || $2))::interval)", ">")),
       MakeParameter(2, "text", 'S', Use(Kind::kGreater, 1, "", "(now() - (($1 || $0))::interval)", ">"))},
      {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 2), "' days'::text");
  EXPECT_EQ(Literal(sets, 0, 1), "'1'::text");
}

TEST(FixHelpers, OtherUnitsOfMakeIntervalAreNothing) {
  const auto sets = ChooseValues(
      {MakeParameter(1, "integer", 'N', Use(Kind::kGreater, 1, "", "(now() - make_interval(hours => $0, mins => $2))")),
       MakeParameter(2, "integer", 'N', Use(Kind::kGreater, 1, "", "(now() - make_interval(hours => $1, mins => $0))"))},
      {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 1), "'31'::integer");
  EXPECT_EQ(Literal(sets, 0, 2), "'0'::integer");
}

TEST(FixHelpers, AWindowFromAPointOfTimeAndALength) {
  const auto sets =
      ChooseValues({MakeParameter(1, "timestamp with time zone", 'D', Use(Kind::kGreater, 1, "", "", ">=")),
                    MakeParameter(2, "timestamp with time zone", 'D', Use(Kind::kLess, 1, "", "($0 + $3)", "<")),
                    MakeParameter(3, "interval", 'T', Use(Kind::kLess, 1, "", "($2 + $0)", "<"))},
                   {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 3), "'1 day'::interval");
  // A day before the end of the window.
  EXPECT_EQ(Literal(sets, 0, 2).substr(0, 11), "'2024-05-30");
}

TEST(FixHelpers, PatternsAreJoined) {
  const auto sets = ChooseValues({MakeParameter(1, "text", 'S', Use(Kind::kLike, 2, "", "(($0 || $2) || $3)", "~~*")),
                                  MakeParameter(2, "text", 'S', Use(Kind::kLike, 2, "", "(($1 || $0) || $3)", "~~*")),
                                  MakeParameter(3, "text", 'S', Use(Kind::kLike, 2, "", "(($1 || $2) || $0)", "~~*"))},
                                 {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 1), "'%'::text");
  EXPECT_EQ(Literal(sets, 0, 3), "'%'::text");
  EXPECT_NE(Literal(sets, 0, 2), "'%'::text");
  EXPECT_GT(Literal(sets, 0, 2).size(), std::string("'abc'::text").size() - 1);
}

TEST(FixHelpers, ArgumentsBesideAColumnStandInItsExpression) {
  const auto sets = ChooseValues(
      {MakeParameter(1, "text", 'S', Argument("date_trunc", 1)),
       MakeParameter(2, "timestamp with time zone", 'D', Use(Kind::kEquality, 1, "date_trunc($1, $0)", ""))},
      {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 1), "'day'::text");
  EXPECT_EQ(Literal(sets, 0, 2).substr(0, 30), "(date_trunc('day'::text, '2024");
}

TEST(FixHelpers, KeysOfDocuments) {
  const auto sets =
      ChooseValues({MakeParameter(1, "text", 'S', Use(Kind::kOperator, 3, "", "", "->")),
                    MakeParameter(2, "text", 'S', Use(Kind::kOperator, 3, "($0 -> $1)", "", "->>")),
                    MakeParameter(3, "text", 'S', Use(Kind::kEquality, 3, "(($0 -> $1) ->> $2)", ""))},
                   {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 1), "'plan'::text");
  EXPECT_EQ(Literal(sets, 0, 2), "'name'::text");
  EXPECT_EQ(Literal(sets, 0, 3), "'a'::text");
}

TEST(FixHelpers, NumbersInDocumentsAreInTheirOrder) {
  const auto sets = ChooseValues({MakeParameter(1, "text", 'S', Use(Kind::kOperator, 3, "", "", "->>")),
                                  MakeParameter(2, "integer", 'N', Use(Kind::kGreater, 3, "(($0 ->> $1))::integer", "", ">"))},
                                 {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 1), "'n'::text");
  EXPECT_EQ(Literal(sets, 0, 2), "9");  // less than the greatest, 10
}

TEST(FixHelpers, TheConfigurationOfTheSchema) {
  Snapshot snapshot = MakeSnapshot();
  EXPECT_EQ(TextSearchConfiguration(snapshot), "pg_catalog.simple");
  snapshot.schema_sql = "CREATE INDEX i ON t USING gin (to_tsvector('english'::regconfig, body));";
  EXPECT_EQ(TextSearchConfiguration(snapshot), "english");
  const std::vector<ForcedLiteral> forced = {{1, "'simple'"}};
  const Prepared prepared =
      FixHelpers({MakeParameter(1, "regconfig", 'N', Argument("to_tsvector", 1))}, forced, snapshot, absl::UnixEpoch());
  EXPECT_EQ(prepared.fixed.at(1), "'english'::regconfig");
}

TEST(ChooseValues, RangesMadeInTheStatement) {
  const auto sets = ChooseValues(
      {MakeParameter(1, "timestamp with time zone", 'D', Use(Kind::kGreater, 4, "lower($0)", "", "")),
       MakeParameter(2, "timestamp with time zone", 'D', Use(Kind::kLess, 4, "lower($0)", "", ""))},
      {}, MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 1).substr(0, 8), "'2024-05");
  EXPECT_LT(Literal(sets, 0, 1), Literal(sets, 0, 2));
}

TEST(ChooseValues, ExcludedValuesDifferAndLeaveSomething) {
  const auto use = [] { return Use(Kind::kNotEqual, 5, "", "", "<>"); };
  const auto two = ChooseValues({MakeParameter(1, "text", 'S', use()), MakeParameter(2, "text", 'S', use())}, {},
                                MakeSnapshot());
  EXPECT_EQ(Literal(two, 0, 1), "'done'::text");
  EXPECT_EQ(Literal(two, 0, 2), "'failed'::text");
  EXPECT_EQ(Literal(two, 1, 1), "'waiting'::text");
  EXPECT_EQ(Literal(two, 1, 2), "'retry'::text");
  catalog::Parameters all;
  for (int i = 1; i <= 4; ++i) all.push_back(MakeParameter(i, "text", 'S', use()));
  for (const ValueSet& set : ChooseValues(all, {}, MakeSnapshot())) {
    EXPECT_EQ(set.literals[3], set.literals[0]);  // three of the four values
  }
}

TEST(ChooseValues, OneFunctionComparedTwiceHasOneValue) {
  const auto use = [] { return Use(Kind::kEquality, 1, "EXTRACT(year FROM $0)", ""); };
  const auto sets = ChooseValues({MakeParameter(1, "numeric", 'N', use()), MakeParameter(2, "numeric", 'N', use())}, {},
                                 MakeSnapshot());
  EXPECT_EQ(Literal(sets, 0, 1), Literal(sets, 0, 2));
}

}  // namespace
}  // namespace pgassay::workload
