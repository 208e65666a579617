#include "workload/bindings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/parameters.h"
#include "pgassay/snapshot.h"

namespace pgassay::workload {
namespace {

using catalog::Parameter;
using catalog::Parameters;
using catalog::ParameterUse;
using Kind = catalog::ParameterUseKind;

constexpr Oid kOrders{100};

Column MakeColumn(int number, std::string name, std::string type) {
  Column column;
  column.number = number;
  column.name = std::move(name);
  column.type = std::move(type);
  return column;
}

StatisticSlot Slot(int kind, std::optional<std::string> numbers, std::optional<std::string> values) {
  StatisticSlot slot;
  slot.kind = kind;
  slot.numbers = std::move(numbers);
  slot.values = std::move(values);
  return slot;
}

ColumnStatistics Statistics(Oid relation, int column, std::vector<StatisticSlot> slots) {
  ColumnStatistics statistics;
  statistics.relation = relation;
  statistics.column = column;
  statistics.slots = std::move(slots);
  return statistics;
}

// A table of one column for each of `types`, called a, b, ...; statistics of column i are slots[i].
Snapshot MakeSnapshot(const std::vector<std::string>& types, const std::vector<std::vector<StatisticSlot>>& slots) {
  Snapshot snapshot;
  snapshot.captured_at = "2024-06-01T00:00:00.000000Z";
  Relation relation;
  relation.oid = kOrders;
  relation.name = {"shop", "orders"};
  for (std::size_t i = 0; i < types.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    relation.columns.push_back(MakeColumn(number, std::string(1, static_cast<char>('a' + i)), types[i]));
    if (i < slots.size() && !slots[i].empty()) snapshot.statistics.push_back(Statistics(kOrders, number, slots[i]));
  }
  snapshot.relations.push_back(relation);
  return snapshot;
}

ParameterUse Use(Kind kind, int column, std::string op = "=") {
  ParameterUse use;
  use.kind = kind;
  use.table = column > 0 ? kOrders : Oid{0};
  use.column = column;
  use.op = std::move(op);
  return use;
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

double SumOfShares(const std::vector<ValueSet>& sets) {
  double sum = 0;
  for (const ValueSet& set : sets) sum += set.share;
  return sum;
}

// The share of the calls by literal of parameter `number`.
std::map<std::string, double> Shares(const std::vector<ValueSet>& sets, int number) {
  std::map<std::string, double> shares;
  for (const ValueSet& set : sets)
    shares[set.literals.at(static_cast<std::size_t>(number) - 1).value_or("?")] += set.share;
  return shares;
}

std::vector<ValueSet> Choose(const Snapshot& snapshot, const Parameters& parameters) {
  std::vector<ValueSet> sets = ChooseValues(parameters, {}, snapshot);
  EXPECT_NEAR(SumOfShares(sets), 1, 1e-9);
  EXPECT_LE(sets.size(), 8u);
  EXPECT_FALSE(sets.empty());
  EXPECT_EQ(sets, ChooseValues(parameters, {}, snapshot));
  return sets;
}

// The literals of a statement with the parameter alone.
std::vector<std::string> Literals(const Snapshot& snapshot, const Parameter& parameter) {
  std::vector<std::string> literals;
  for (const ValueSet& set : Choose(snapshot, {parameter})) literals.push_back(set.literals.at(0).value_or("?"));
  return literals;
}

const std::vector<StatisticSlot> kStatus = {Slot(1, "{0.6,0.25,0.08,0.02}", "{open,closed,held,\"it's\"}"),
                                            Slot(2, std::nullopt, "{aa,bb,cc}")};

TEST(ChooseValues, NoParameters) {
  const std::vector<ValueSet> sets = Choose(MakeSnapshot({}, {}), {});
  ASSERT_EQ(sets.size(), 1u);
  EXPECT_TRUE(sets[0].literals.empty());
  EXPECT_EQ(sets[0].note, "");
}

TEST(ChooseValues, SkewedEqualityFollowsFrequencies) {
  const Snapshot snapshot = MakeSnapshot({"text"}, {kStatus});
  const std::vector<ValueSet> sets = Choose(snapshot, {MakeParameter(1, "text", 'S', Use(Kind::kEquality, 1))});
  ASSERT_EQ(sets.size(), 4u);
  EXPECT_EQ(sets[0].literals[0], "'open'::text");
  EXPECT_NEAR(sets[0].share, 0.6, 1e-9);
  EXPECT_EQ(sets[0].note, "a: common (60 %)");
  EXPECT_EQ(sets[1].literals[0], "'closed'::text");
  EXPECT_NEAR(sets[1].share, 0.25, 1e-9);
  EXPECT_EQ(sets[2].literals[0], "'held'::text");  // 8 % is nearer to the weighted average than 2 %
  EXPECT_NEAR(sets[2].share, 0.1, 1e-9);
  EXPECT_EQ(sets[2].note, "a: less common (8 %)");
  EXPECT_EQ(sets[3].literals[0], "'bb'::text");
  EXPECT_NEAR(sets[3].share, 0.05, 1e-9);
  EXPECT_EQ(sets[3].note, "a: not common");
}

TEST(ChooseValues, NullsCountForNothing) {
  Snapshot snapshot = MakeSnapshot({"boolean"}, {{Slot(1, "{0.3,0.1}", "{t,f}")}});
  snapshot.statistics[0].null_fraction = 0.6;
  const auto shares = Shares(Choose(snapshot, {MakeParameter(1, "boolean", 'B', Use(Kind::kEquality, 1))}), 1);
  EXPECT_NEAR(shares.at("'true'::boolean"), 0.75 * 0.75 + 0.125, 1e-9);
  EXPECT_NEAR(shares.at("'false'::boolean"), 0.75 * 0.25 + 0.125, 1e-9);
}

// A queue is asked for its waiting jobs, however few they are.
TEST(ChooseValues, TheRarestOfFewValuesIsAlwaysThere) {
  const Snapshot snapshot = MakeSnapshot({"text"}, {{Slot(1, "{0.974,0.02,0.006}", "{done,failed,pending}")}});
  const auto shares = Shares(Choose(snapshot, {MakeParameter(1, "text", 'S', Use(Kind::kEquality, 1))}), 1);
  EXPECT_NEAR(shares.at("'done'::text"), 0.75 * 0.974 + 0.25 / 3, 1e-9);
  EXPECT_NEAR(shares.at("'pending'::text"), 0.75 * 0.006 + 0.25 / 3, 1e-9);
}

TEST(ChooseValues, UniqueColumnsNeedOneValue) {
  const Snapshot snapshot = MakeSnapshot({"bigint"}, {{Slot(2, std::nullopt, "{-7,5,9000000000}")}});
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "bigint", 'N', Use(Kind::kEquality, 1))),
            std::vector<std::string>{"5"});
}

TEST(ChooseValues, PartitionedTablesAreAskedInSeveralPlaces) {
  Snapshot snapshot = MakeSnapshot({"integer"}, {{Slot(2, std::nullopt, "{1,2,3,4,5,6,7}")}});
  snapshot.relations[0].kind = 'p';
  snapshot.statistics[0].inherited = true;
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "integer", 'N', Use(Kind::kEquality, 1))),
            (std::vector<std::string>{"2", "4", "6"}));
}

TEST(ChooseValues, PartitionedTablesWithoutStatisticsAreJudgedByTheLargestChild) {
  Snapshot snapshot = MakeSnapshot({"integer"}, {});
  snapshot.relations[0].kind = 'p';
  for (const auto& [oid, tuples] : {std::pair<Oid, double>{Oid{101}, 10}, {Oid{102}, 1000}, {Oid{103}, 20}}) {
    Relation child;
    child.oid = oid;
    child.parent = oid == Oid{102} ? Oid{101} : kOrders;
    child.statistics_tuples = tuples;
    child.columns = {MakeColumn(3, "a", "integer")};
    snapshot.relations.push_back(child);
    snapshot.statistics.push_back(Statistics(oid, 3, {Slot(1, "{1}", "{" + std::to_string(oid.value) + "}")}));
  }
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "integer", 'N', Use(Kind::kEquality, 1))),
            std::vector<std::string>{"102"});
  snapshot.relations[0].parent = Oid{102};  // a damaged file
  Choose(snapshot, {MakeParameter(1, "integer", 'N', Use(Kind::kEquality, 1))});
}

TEST(ChooseValues, TablesWithChildrenUseInheritedStatistics) {
  Snapshot snapshot = MakeSnapshot({"integer"}, {{Slot(1, "{1}", "{1}")}});
  ColumnStatistics inherited = Statistics(kOrders, 1, {Slot(1, "{1}", "{2}")});
  inherited.inherited = true;
  snapshot.statistics.push_back(inherited);
  const Parameter parameter = MakeParameter(1, "integer", 'N', Use(Kind::kEquality, 1));
  EXPECT_EQ(Literals(snapshot, parameter), std::vector<std::string>{"1"});
  Relation child;
  child.oid = Oid{200};
  child.parent = kOrders;
  snapshot.relations.push_back(child);
  EXPECT_EQ(Literals(snapshot, parameter), std::vector<std::string>{"2"});
}

TEST(ChooseValues, SeveralParametersKeepTheirProportions) {
  const Snapshot snapshot =
      MakeSnapshot({"text", "text"}, {{Slot(1, "{0.5,0.5}", "{x,y}")}, {Slot(1, "{0.5,0.5}", "{u,v}")}});
  const std::vector<ValueSet> sets = Choose(snapshot, {MakeParameter(1, "text", 'S', Use(Kind::kEquality, 1)),
                                                       MakeParameter(2, "text", 'S', Use(Kind::kEquality, 2))});
  ASSERT_EQ(sets.size(), 4u);  // independent of each other
  for (const ValueSet& set : sets) EXPECT_NEAR(set.share, 0.25, 1e-9);
  EXPECT_NEAR(Shares(sets, 1).at("'x'::text"), 0.5, 1e-9);
  EXPECT_NEAR(Shares(sets, 2).at("'u'::text"), 0.5, 1e-9);
}

TEST(ChooseValues, ManySkewedParametersStayWithinTheLimit) {
  std::vector<std::string> types(12, "text");
  const Snapshot snapshot = MakeSnapshot(types, std::vector<std::vector<StatisticSlot>>(12, kStatus));
  Parameters parameters;
  for (int i = 1; i <= 12; ++i) parameters.push_back(MakeParameter(i, "text", 'S', Use(Kind::kEquality, i)));
  const std::vector<ValueSet> sets = Choose(snapshot, parameters);
  EXPECT_GT(sets.size(), 4u);
  EXPECT_GE(Shares(sets, 12).size(), 2u);
  EXPECT_NE(sets[0].note.find("and 6 more"), std::string::npos);
  EXPECT_EQ(ChooseValues(parameters, {}, snapshot, {.sets = 1}).size(), 1u);
  EXPECT_EQ(ChooseValues(parameters, {}, snapshot, {.sets = 0}).size(), 1u);
}

TEST(ChooseValues, ListsHaveDifferentValues) {
  const Snapshot snapshot = MakeSnapshot({"text"}, {kStatus});
  Parameters parameters;
  for (int i = 1; i <= 3; ++i) parameters.push_back(MakeParameter(i, "text", 'S', Use(Kind::kInList, 1)));
  for (const ValueSet& set : Choose(snapshot, parameters)) {
    EXPECT_NE(set.literals[0], set.literals[1]);
    EXPECT_NE(set.literals[1], set.literals[2]);
    EXPECT_NE(set.literals[0], set.literals[2]);
  }
  for (int i = 4; i <= 5000; ++i) parameters.push_back(MakeParameter(i, "text", 'S', Use(Kind::kInList, 1)));
  for (const ValueSet& set : Choose(snapshot, parameters)) {
    EXPECT_TRUE(std::ranges::all_of(set.literals, [](const auto& literal) { return literal.has_value(); }));
  }
}

TEST(ChooseValues, ArraysOfSeveralLengths) {
  std::string bounds = "{0";
  for (int i = 1; i <= 100; ++i) bounds += "," + std::to_string(i);
  const Snapshot snapshot = MakeSnapshot({"integer"}, {{Slot(2, std::nullopt, bounds + "}")}});
  Parameter parameter = MakeParameter(1, "integer[]", 'A', Use(Kind::kArray, 1));
  parameter.element_type = "integer";
  const std::vector<std::string> literals = Literals(snapshot, parameter);
  ASSERT_EQ(literals.size(), 3u);
  EXPECT_EQ(literals[0], "'{50}'::integer[]");
  EXPECT_EQ(std::ranges::count(literals[1], ','), 4);
  EXPECT_EQ(std::ranges::count(literals[2], ','), 19);
}

TEST(ChooseValues, RangesAskForPieces) {
  std::string bounds = "{0";
  for (int i = 1; i <= 100; ++i) bounds += "," + std::to_string(10 * i);
  const Snapshot snapshot = MakeSnapshot({"integer"}, {{Slot(2, std::nullopt, bounds + "}")}});
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "integer", 'N', Use(Kind::kGreater, 1, ">"))),
            (std::vector<std::string>{"990", "900", "670"}));
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "integer", 'N', Use(Kind::kLess, 1, "<"))),
            (std::vector<std::string>{"10", "100", "330"}));
  // BETWEEN: 0.5 % of the rows lie between two bounds of the histogram.
  const std::vector<ValueSet> sets = Choose(snapshot, {MakeParameter(1, "integer", 'N', Use(Kind::kGreater, 1, ">=")),
                                                       MakeParameter(2, "integer", 'N', Use(Kind::kLess, 1, "<="))});
  ASSERT_EQ(sets.size(), 3u);
  EXPECT_EQ(sets[0].literals[0], "498");
  EXPECT_EQ(sets[0].literals[1], "502");
  EXPECT_EQ(sets[0].note, "a: 49.75 to 50.25 % quantile");
}

TEST(ChooseValues, TimesPreferTheRecentEnd) {
  const Snapshot snapshot = MakeSnapshot(
      {"timestamp with time zone"},
      {{Slot(2, std::nullopt, "{\"2024-01-01 00:00:00+00\",\"2024-01-11 00:00:00+00\",\"2024-04-10 00:00:00+00\"}")}});
  Parameter parameter = MakeParameter(1, "timestamp with time zone", 'D', Use(Kind::kGreater, 1, ">="));
  EXPECT_EQ(Literals(snapshot, parameter),
            (std::vector<std::string>{"'2024-04-08 04:48:00+00'::timestamp with time zone",
                                      "'2024-04-01 00:00:00+00'::timestamp with time zone",
                                      "'2024-03-05 00:00:00+00'::timestamp with time zone"}));
  parameter.type = parameter.base_type = "interval";
  parameter.category = 'T';
  parameter.uses[0].parameter_expression = "(now() - $0)";
  EXPECT_EQ(Literals(snapshot, parameter),
            (std::vector<std::string>{"'4648320 seconds'::interval", "'61 days'::interval", "'88 days'::interval"}));
  parameter.uses[0].parameter_expression = "date_trunc('day'::text, $0) #- 3";
  EXPECT_EQ(Literals(snapshot, parameter), std::vector<std::string>{"'1 day'::interval"});
}

TEST(ChooseValues, ExpressionsAroundTheColumn) {
  Snapshot snapshot = MakeSnapshot({"character varying(50)"}, {{Slot(2, std::nullopt, "{A,\"Bo\\\\b's\",C}")}});
  Parameter parameter = MakeParameter(1, "text", 'S', Use(Kind::kEquality, 1));
  parameter.uses[0].expression = "lower(($0)::text)";
  EXPECT_EQ(Literals(snapshot, parameter),
            std::vector<std::string>{"(lower((E'Bo\\\\b''s'::character varying(50))::text))"});
  // Statistics of an index know the expression's own values.
  Index index;
  index.oid = Oid{300};
  index.def.table = kOrders;
  index.def.keys = {IndexKey{.column = 1}, IndexKey{.column = 0, .expression = "lower((a)::text)"}};
  snapshot.indexes.push_back(index);
  snapshot.statistics.push_back(Statistics(Oid{300}, 2, {Slot(1, "{0.7,0.3}", "{u,v}")}));
  EXPECT_EQ(Literals(snapshot, parameter), (std::vector<std::string>{"'u'::text", "'v'::text"}));
  parameter.uses[0].expression = "concat($0, $2)";
  EXPECT_EQ(Literals(snapshot, parameter), std::vector<std::string>{"'a'::text"});
}

TEST(ChooseValues, JsonMembers) {
  const Snapshot snapshot =
      MakeSnapshot({"jsonb"}, {{Slot(1, "{0.5,0.2}", R"({"{\"s\": \"x\", \"n\": {\"k\": 1}}","{\"s\": \"y\"}"})"),
                                Slot(2, std::nullopt, R"({"{\"s\": \"x\"}","[1]"})")}});
  Parameter parameter = MakeParameter(1, "text", 'S', Use(Kind::kEquality, 1));
  parameter.uses[0].expression = "($0 ->> 's'::text)";
  const auto shares = Shares(Choose(snapshot, {parameter}), 1);
  EXPECT_NEAR(shares.at("'x'::text"), 0.75 * 0.65 / 0.85 + 0.125, 1e-9);
  EXPECT_NEAR(shares.at("'y'::text"), 0.75 * 0.20 / 0.85 + 0.125, 1e-9);
  const Parameter contained = MakeParameter(1, "jsonb", 'U', Use(Kind::kOperator, 1, "@>"));
  EXPECT_EQ(Literals(snapshot, contained)[0], R"('{"s":"x"}'::jsonb)");
  const Parameter key = MakeParameter(1, "text", 'S', Use(Kind::kOperator, 1, "?"));
  EXPECT_EQ(Literals(snapshot, key)[0], "'s'::text");
}

TEST(ChooseValues, ContainmentAndSearch) {
  const StatisticSlot elements = Slot(4, "{0.5,0.3,0.1,0.1,0.5,0}", "{\"it's\",b,c}");
  const Snapshot snapshot = MakeSnapshot({"text[]", "tsvector", "daterange", "integer"},
                                         {{elements},
                                          {elements},
                                          {Slot(7, std::nullopt, "{\"[2024-01-01,2024-02-01)\"}")},
                                          {Slot(2, std::nullopt, "{0,100}")}});
  Parameter tags = MakeParameter(1, "text[]", 'A', Use(Kind::kOperator, 1, "@>"));
  tags.element_type = "text";
  EXPECT_EQ(Literals(snapshot, tags), (std::vector<std::string>{"'{it''s}'::text[]", "'{it''s,b}'::text[]"}));
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "tsquery", 'U', Use(Kind::kOperator, 2, "@@"))),
            (std::vector<std::string>{"'''it''''s'''::tsquery", "'''b'''::tsquery"}));
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "text", 'S', Use(Kind::kOperator, 2, "@@")))[0], "'it''s'::text");
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "daterange", 'R', Use(Kind::kOperator, 3, "&&"))),
            std::vector<std::string>{"'[2024-01-01,2024-02-01)'::daterange"});
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "date", 'D', Use(Kind::kOperator, 3, "@>"))),
            std::vector<std::string>{"'2024-01-01'::date"});
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "int4range", 'R', Use(Kind::kOperator, 4, "<@")))[1],
            "'[\"24\",\"26\")'::int4range");
}

TEST(ChooseValues, Patterns) {
  const Snapshot snapshot = MakeSnapshot({"text"}, {{Slot(1, "{1}", "{\"50%_of \xC3\xA4pfel\"}")}});
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "text", 'S', Use(Kind::kLike, 1, "~~"))),
            std::vector<std::string>{"E'50\\\\%\\\\_%'::text"});
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "text", 'S', Use(Kind::kRegex, 1, "~"))),
            std::vector<std::string>{"'^50%_'::text"});
}

TEST(ChooseValues, PagesAndAssignments) {
  const Snapshot snapshot = MakeSnapshot({"text"}, {kStatus});
  const std::vector<ValueSet> sets = Choose(snapshot, {MakeParameter(1, "bigint", 'N', Use(Kind::kLimit, 0)),
                                                       MakeParameter(2, "bigint", 'N', Use(Kind::kOffset, 0)),
                                                       MakeParameter(3, "text", 'S', Use(Kind::kAssigned, 1))});
  ASSERT_EQ(sets.size(), 2u);
  EXPECT_EQ(sets[0].literals, (std::vector<std::optional<std::string>>{"20", "0", "'open'::text"}));
  EXPECT_NEAR(sets[0].share, 0.9, 1e-9);
  EXPECT_EQ(sets[1].literals[1], "100");
  EXPECT_EQ(sets[0].note, "limit: default; offset: first page; a: most common");
}

TEST(ChooseValues, ForcedLiteralsAndGaps) {
  const std::vector<ForcedLiteral> forced = {{2, "'day'"}, {5, "interval '1 day'"}, {-1, "x"}};
  const std::vector<ValueSet> sets = ChooseValues(
      {MakeParameter(2, "text", 'S', {}), MakeParameter(3, "integer", 'N', {})}, forced, MakeSnapshot({}, {}));
  ASSERT_EQ(sets.size(), 1u);
  EXPECT_EQ(sets[0].literals, (std::vector<std::optional<std::string>>{std::nullopt, "'day'", "'1'::integer",
                                                                       std::nullopt, "interval '1 day'"}));
}

TEST(ChooseValues, TheFirstUseWithStatisticsDecides) {
  const Snapshot snapshot = MakeSnapshot({"integer", "integer"}, {{}, {Slot(1, "{1}", "{42}")}});
  Parameter parameter = MakeParameter(1, "integer", 'N', Use(Kind::kArgument, 0));
  parameter.uses.push_back(Use(Kind::kEquality, 1));
  EXPECT_EQ(Choose(snapshot, {parameter})[0].note, "a: no statistics");
  parameter.uses.push_back(Use(Kind::kEquality, 2));
  EXPECT_EQ(Literals(snapshot, parameter), std::vector<std::string>{"42"});
}

TEST(ChooseValues, WithoutStatistics) {
  Snapshot snapshot = MakeSnapshot({"shop.status", "integer"}, {{}, {Slot(1, "{0.5,0.5}", std::nullopt)}});
  Parameter status = MakeParameter(1, "shop.status", 'E', Use(Kind::kEquality, 1));
  status.enum_labels = {"open", "it's"};
  EXPECT_EQ(Literals(snapshot, status), (std::vector<std::string>{"'open'::shop.status", "'it''s'::shop.status"}));
  const Parameter left_out = MakeParameter(1, "integer", 'N', Use(Kind::kEquality, 2));
  EXPECT_EQ(Choose(snapshot, {left_out})[0].note, "b: no values captured");
  snapshot.statistics[0].slots.clear();
  snapshot.statistics[0].null_fraction = 1;
  EXPECT_EQ(Choose(snapshot, {left_out})[0].note, "b: only NULL");
  EXPECT_EQ(Literals(snapshot, left_out), std::vector<std::string>{"1"});
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "date", 'D', Use(Kind::kEquality, 7))),
            std::vector<std::string>{"'2024-05-31'::date"});
}

TEST(ChooseValues, DamagedStatisticsCountAsNone) {
  for (const auto& [numbers, values] : std::vector<std::pair<std::string, std::string>>{{"{0.5}", "{1,2}"},
                                                                                        {"{nan}", "{1}"},
                                                                                        {"{-1}", "{1}"},
                                                                                        {"{0.9,0.9}", "{1,2}"},
                                                                                        {"{0.5}", "{1"},
                                                                                        {"{0.5}", "{NULL}"},
                                                                                        {"", ""}}) {
    const Snapshot snapshot = MakeSnapshot({"integer"}, {{Slot(1, numbers, values)}});
    const Parameter parameter = MakeParameter(1, "integer", 'N', Use(Kind::kEquality, 1));
    EXPECT_EQ(Choose(snapshot, {parameter})[0].note, "a: no statistics") << numbers << values;
  }
  // Values that are none of the type are not used.
  const Snapshot snapshot = MakeSnapshot({"integer"}, {{Slot(1, "{1}", "{\"1); DROP TABLE x; --\"}")}});
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "integer", 'N', Use(Kind::kEquality, 1))),
            std::vector<std::string>{"1"});
}

TEST(ChooseValues, DomainsAndLegalArguments) {
  const Snapshot snapshot = MakeSnapshot({"shop.email"}, {{Slot(1, "{1}", "{a@b}")}});
  Parameter domain = MakeParameter(1, "shop.email", 'S', Use(Kind::kEquality, 1));
  domain.base_type = "text";
  EXPECT_EQ(Literals(snapshot, domain), std::vector<std::string>{"'a@b'::shop.email"});
  ParameterUse trunc;
  trunc.function = "date_trunc";
  trunc.argument = 1;
  EXPECT_EQ(Literals(snapshot, MakeParameter(1, "text", 'S', trunc)), std::vector<std::string>{"'day'::text"});
}

TEST(ChooseValues, ThousandsOfAssignedValues) {
  Parameters parameters;
  for (int i = 1; i <= 3000; ++i) parameters.push_back(MakeParameter(i, "text", 'S', Use(Kind::kAssigned, 1)));
  const std::vector<ValueSet> sets = Choose(MakeSnapshot({"text"}, {kStatus}), parameters);
  ASSERT_EQ(sets.size(), 1u);
  EXPECT_EQ(sets[0].literals[2999], "'open'::text");
}

}  // namespace
}  // namespace pgassay::workload
