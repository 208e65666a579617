#include "candidates/column_ranks.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "candidates/request_view.h"

namespace pgassay::candidates {
namespace {

struct Use {
  std::vector<double> weights;  // of the statements, each once
  std::size_t last_statement = std::numeric_limits<std::size_t>::max();
  double selectivity = 1;  // the best of all
};

}  // namespace

double StableSum(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return std::accumulate(values.begin(), values.end(), 0.0);
}

ColumnRanks::ColumnRanks(std::span<const StatementRequests> statements) {
  std::map<std::pair<Oid, int>, Use> uses;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    for (const catalog::IndexRequest& request : statements[i].requests) {
      for (const catalog::RequestClause& clause : request.clauses) {
        if (!IsEquality(clause)) {
          continue;
        }
        Use& use = uses[{request.table, clause.column}];
        use.selectivity = std::min(use.selectivity, clause.selectivity);
        if (use.last_statement != i) {
          use.weights.push_back(statements[i].weight);
          use.last_statement = i;
        }
      }
    }
  }
  using Key = std::tuple<Oid, double, double, int>;  // table, weight (largest first), selectivity, column
  std::vector<Key> order;
  order.reserve(uses.size());
  for (auto& [column, use] : uses) {
    order.emplace_back(column.first, -StableSum(std::move(use.weights)), use.selectivity, column.second);
  }
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    ranks_[{std::get<0>(order[i]), std::get<3>(order[i])}] = i;
  }
}

std::size_t ColumnRanks::Of(Oid table, int column) const {
  const auto found = ranks_.find({table, column});
  return found == ranks_.end() ? std::numeric_limits<std::size_t>::max() : found->second;
}

}  // namespace pgassay::candidates
