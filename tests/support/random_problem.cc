#include "support/random_problem.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

namespace pgassay::test {
namespace {

using catalog::ClauseKind;
using catalog::IndexRequest;

// The distributions of the standard library differ between implementations, so they are not used.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  int Below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(limit)); }
  bool Chance(int percent) { return Below(100) < percent; }
  double Share() { return (static_cast<double>(engine_()) + 0.5) / 4294967296.0; }
  // Between `low` and `high`, every order of magnitude equally likely.
  double Magnitude(double low, double high) { return low * std::pow(high / low, Share()); }

 private:
  std::mt19937 engine_;
};

struct Table {
  Oid oid;
  double rows = 0;
};

IndexRequest MakeRequest(Random& random, const Table& table, const ProblemShape& shape, bool inner) {
  IndexRequest request{.table = table.oid, .rows = table.rows, .tuples = table.rows};
  if (inner) {
    const double matches = random.Chance(60) ? 1 : random.Magnitude(1, 30);
    request.clauses.push_back(
        {.kind = ClauseKind::kJoinEquality, .column = 1 + random.Below(2), .selectivity = matches / table.rows});
  }
  const int filters = random.Below(inner ? 2 : 4);
  for (int i = 0; i < filters; ++i) {
    const int column = 1 + random.Below(shape.columns);
    const bool taken = std::any_of(request.clauses.begin(), request.clauses.end(),
                                   [&](const catalog::RequestClause& clause) { return clause.column == column; });
    if (taken) continue;
    const bool range = random.Chance(30);
    const double selectivity =
        range ? random.Magnitude(0.001, 0.5) : random.Magnitude(std::min(0.5, 2 / table.rows), 0.5);
    request.clauses.push_back(
        {.kind = range ? ClauseKind::kRange : ClauseKind::kEquality, .column = column, .selectivity = selectivity});
    request.rows = std::max(1.0, request.rows * selectivity);
  }
  for (const auto& clause : request.clauses) request.needed_columns.push_back(clause.column);
  if (!inner && random.Chance(40)) {
    catalog::RequestOrder order{.complete = true};
    const int columns = 1 + random.Below(2);
    for (int i = 0; i < columns; ++i) {
      const int column = 1 + random.Below(shape.columns);
      if (i == 1 && order.columns[0].column == column) continue;
      order.columns.push_back({.column = column, .descending = random.Chance(30)});
      request.needed_columns.push_back(column);
    }
    request.orders.push_back(std::move(order));
    if (random.Chance(60)) request.limit_tuples = random.Magnitude(1, 200);
  }
  const int more = random.Below(4);
  for (int i = 0; i < more; ++i) request.needed_columns.push_back(1 + random.Below(shape.columns));
  std::sort(request.needed_columns.begin(), request.needed_columns.end());
  request.needed_columns.erase(std::unique(request.needed_columns.begin(), request.needed_columns.end()),
                               request.needed_columns.end());
  request.needs_whole_row = random.Chance(40);
  return request;
}

// An index that the request might profit from: some of its point columns, then a range or the order, maybe all it
// needs.
IndexDef MakeDefinition(Random& random, const IndexRequest& request) {
  IndexDef def{.table = request.table};
  const auto has = [&](int column) {
    return std::any_of(def.keys.begin(), def.keys.end(), [&](const IndexKey& key) { return key.column == column; });
  };
  std::vector<catalog::RequestClause> clauses = request.clauses;
  for (std::size_t i = clauses.size(); i > 1; --i) {
    std::swap(clauses[i - 1], clauses[static_cast<std::size_t>(random.Below(static_cast<int>(i)))]);
  }
  for (const auto& clause : clauses) {
    if (clause.kind != ClauseKind::kRange && random.Chance(70)) def.keys.push_back({.column = clause.column});
  }
  const bool ordered = !request.orders.empty() && random.Chance(50);
  if (ordered) {
    for (const catalog::OrderColumn& column : request.orders[0].columns) {
      if (has(column.column)) continue;
      def.keys.push_back({.column = column.column, .descending = column.descending, .nulls_first = column.descending});
    }
  } else {
    for (const auto& clause : clauses) {
      if (clause.kind == ClauseKind::kRange && random.Chance(70) && !has(clause.column))
        def.keys.push_back({.column = clause.column});
    }
  }
  if (!def.keys.empty() && !request.needs_whole_row && random.Chance(40)) {
    for (const int column : request.needed_columns) {
      if (!has(column)) def.include.push_back(column);
    }
  }
  return def;
}

}  // namespace

RandomProblem MakeRandomProblem(std::uint32_t seed, const ProblemShape& shape) {
  Random random(seed);
  std::vector<Table> tables;
  for (int i = 0; i < shape.tables; ++i) {
    tables.push_back({Oid{static_cast<std::uint32_t>(1000 + i)}, std::floor(random.Magnitude(2e3, 5e6))});
  }
  RandomProblem result;
  std::map<IndexDef, std::vector<StatementId>> wanted;
  for (int i = 0; i < shape.statements; ++i) {
    FakeStatement statement{.id = {static_cast<std::uint32_t>(i)}};
    const int joined = 1 + random.Below(shape.max_joined);
    for (int j = 0; j < joined; ++j) {
      const Table& table = tables[static_cast<std::size_t>(random.Below(shape.tables))];
      statement.requests.push_back(MakeRequest(random, table, shape, j > 0));
    }
    for (const IndexRequest& request : statement.requests) {
      for (int k = 0; k < shape.per_relation; ++k) {
        IndexDef def = MakeDefinition(random, request);
        if (!def.keys.empty()) wanted[std::move(def)].push_back(statement.id);
      }
    }
    result.statements.push_back(std::move(statement));
  }
  std::vector<IndexDef> defs;
  for (const auto& [def, statements] : wanted) defs.push_back(def);
  while (static_cast<int>(defs.size()) > shape.candidates) {
    defs.erase(defs.begin() + random.Below(static_cast<int>(defs.size())));
  }
  for (std::uint32_t id = 0; id < defs.size(); ++id) {
    catalog::Candidate candidate{.id = {id}, .def = defs[id]};
    for (const StatementId statement : wanted[defs[id]])
      candidate.origins.push_back({.rule = 1, .statement = statement});
    const auto table =
        std::find_if(tables.begin(), tables.end(), [&](const Table& t) { return t.oid == defs[id].table; });
    result.problem.sizes.push_back(FakeSize(defs[id], table->rows));
    result.problem.candidates.push_back(std::move(candidate));
  }
  for (const FakeStatement& statement : result.statements) {
    select::Statement selected{.id = statement.id, .weight = std::round(random.Magnitude(1, 1000))};
    selected.relevant = FakeRelevant(statement, result.problem.candidates);
    if (!shape.relevant_by_table) {
      std::vector<CandidateId> own;
      for (const catalog::Candidate& candidate : result.problem.candidates) {
        const bool asked = std::any_of(candidate.origins.begin(), candidate.origins.end(),
                                       [&](const catalog::Origin& origin) { return origin.statement == statement.id; });
        if (asked) own.push_back(candidate.id);
      }
      selected.relevant = whatif::IndexSet(std::move(own));
    }
    result.problem.statements.push_back(std::move(selected));
  }
  return result;
}

Cost TotalCost(const RandomProblem& problem, const FakeOracle& oracle, const whatif::IndexSet& enabled) {
  Cost total = 0;
  for (const select::Statement& statement : problem.problem.statements) {
    const whatif::IndexSet relevant = enabled.Intersection(statement.relevant);
    total += statement.weight * oracle.Answer({.statement = statement.id, .enabled = relevant, .hidden = {}}).total;
  }
  return total;
}

}  // namespace pgassay::test
