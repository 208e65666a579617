#include "support/fake_oracle.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/status.h"

namespace pgassay::test {
namespace {

using catalog::ClauseKind;
using catalog::IndexRequest;
using catalog::RequestClause;

constexpr double kRowsPerPage = 80;
constexpr double kRowCost = 0.01;        // to read a row
constexpr double kIndexRowCost = 0.005;  // to read an index entry
constexpr double kDescent = 0.5;         // from root to leaf
constexpr double kRandomPage = 2.5;
constexpr double kSortRowCost = 0.01;  // times log2(rows)
constexpr double kHashRowCost = 0.015;

// One way to read a relation: an index, or none for the sequential scan.
struct Access {
  Cost cost = 0;
  std::optional<CandidateId> index;
};

// Of two equally cheap ways the one without an index wins, then the one with the smaller id, whatever else is enabled.
bool Beats(const Access& a, const Access& b) {
  if (a.cost != b.cost) return a.cost < b.cost;
  return a.index < b.index;
}

bool IsPoint(const RequestClause& clause, bool with_join) {
  return clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kInList ||
         clause.kind == ClauseKind::kIsNull || (with_join && clause.kind == ClauseKind::kJoinEquality);
}

bool HoldsAll(const IndexDef& def, const std::vector<int>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](int column) {
    return std::find(def.include.begin(), def.include.end(), column) != def.include.end() ||
           std::any_of(def.keys.begin(), def.keys.end(), [&](const IndexKey& key) { return key.column == column; });
  });
}

// Share of the rows that the leading keys of `def` select, and how many keys are fixed to a point.
struct Match {
  double selectivity = 1;
  std::size_t points = 0;
  bool any = false;
};

Match MatchOf(const IndexDef& def, const IndexRequest& request, bool with_join) {
  Match match;
  for (const IndexKey& key : def.keys) {
    const RequestClause* point = nullptr;
    const RequestClause* range = nullptr;
    for (const RequestClause& clause : request.clauses) {
      if (clause.column != key.column) continue;
      if (IsPoint(clause, with_join)) point = &clause;
      if (clause.kind == ClauseKind::kRange) range = &clause;
    }
    if (point != nullptr) {
      match.selectivity *= point->selectivity;
      ++match.points;
      match.any = true;
      continue;
    }
    if (range != nullptr) {
      match.selectivity *= range->selectivity;
      match.any = true;
    }
    break;
  }
  return match;
}

bool GivesOrder(const IndexDef& def, const IndexRequest& request, const Match& match) {
  if (request.orders.empty() || !request.orders[0].complete) return false;
  const auto& columns = request.orders[0].columns;
  for (const bool flipped : {false, true}) {
    // Keys fixed to a point do not disturb the order, so it may start anywhere among them.
    for (std::size_t begin = 0; begin <= match.points; ++begin) {
      if (begin + columns.size() > def.keys.size()) break;
      bool equal = true;
      for (std::size_t i = 0; i < columns.size() && equal; ++i) {
        const IndexKey& key = def.keys[begin + i];
        equal = key.column == columns[i].column && (key.descending != flipped) == columns[i].descending;
      }
      if (equal) return true;
    }
  }
  return false;
}

Cost SeqScan(const IndexRequest& request) {
  return request.tuples / kRowsPerPage + request.tuples * kRowCost;
}

Cost IndexScan(const IndexDef& def, const IndexRequest& request, const Match& match) {
  const double fetched = request.tuples * match.selectivity;
  const double pages = request.tuples / kRowsPerPage;
  const double width = 1.0 + static_cast<double>(def.keys.size() + def.include.size());
  const Cost entries = kDescent + fetched * kIndexRowCost * (1 + width / 20);
  if (!request.needs_whole_row && HoldsAll(def, request.needed_columns)) return entries;
  return entries + pages * (1 - std::exp(-fetched / pages)) * kRandomPage + fetched * kRowCost;
}

// Enabled candidates on the relation of a request.
struct Choices {
  const IndexRequest& request;
  std::vector<const catalog::Candidate*> indexes;
};

// The cheapest access; `ordered` takes only those that give the statement's order, none if there are none.
std::optional<Access> BestAccess(const Choices& choices, bool with_join, bool ordered) {
  std::optional<Access> best;
  if (!ordered && !with_join) best = Access{.cost = SeqScan(choices.request), .index = {}};
  for (const catalog::Candidate* candidate : choices.indexes) {
    const Match match = MatchOf(candidate->def, choices.request, with_join);
    const bool in_order = GivesOrder(candidate->def, choices.request, match);
    if (!match.any && !(ordered && in_order)) continue;
    if (ordered && !in_order) continue;
    const Access access{.cost = IndexScan(candidate->def, choices.request, match), .index = candidate->id};
    if (!best || Beats(access, *best)) best = access;
  }
  return best;
}

double JoinSelectivity(const IndexRequest& request) {
  double selectivity = 1;
  for (const RequestClause& clause : request.clauses) {
    if (clause.kind == ClauseKind::kJoinEquality) selectivity *= clause.selectivity;
  }
  return selectivity;
}

struct FakePlan {
  Cost cost = 0;
  std::vector<CandidateId> used;
  void Use(const Access& access) {
    if (access.index) used.push_back(*access.index);
  }
};

// The cheapest plan that does (or does not) keep the order of the driving index: a hash join keeps none.
std::optional<FakePlan> BestPlan(const std::vector<Choices>& relations, bool ordered) {
  FakePlan plan;
  const std::optional<Access> driving = BestAccess(relations[0], /*with_join=*/false, ordered);
  if (!driving) return std::nullopt;
  plan.cost = driving->cost;
  plan.Use(*driving);
  double rows = relations[0].request.rows;
  for (std::size_t i = 1; i < relations.size(); ++i) {
    const IndexRequest& inner = relations[i].request;
    const std::optional<Access> looked_up = BestAccess(relations[i], /*with_join=*/true, /*ordered=*/false);
    const std::optional<Access> scanned = BestAccess(relations[i], /*with_join=*/false, /*ordered=*/false);
    const Cost loop = looked_up ? rows * looked_up->cost : 0;
    const Cost hash = scanned->cost + (rows + inner.rows) * kHashRowCost;
    if (ordered && !looked_up) return std::nullopt;
    if (looked_up && (ordered || loop < hash)) {
      plan.cost += loop;
      plan.Use(*looked_up);
    } else {
      plan.cost += hash;
      plan.Use(*scanned);
    }
    rows = std::max(1.0, rows * inner.rows * JoinSelectivity(inner));
  }
  const IndexRequest& first = relations[0].request;
  if (ordered && first.limit_tuples >= 0) plan.cost *= std::min(1.0, (first.limit_tuples + 1) / (rows + 1));
  if (!ordered && !first.orders.empty()) plan.cost += rows * std::log2(rows + 2) * kSortRowCost;
  return plan;
}

}  // namespace

FakeOracle::FakeOracle(std::vector<FakeStatement> statements, std::vector<catalog::Candidate> candidates)
    : candidates_(std::move(candidates)) {
  for (FakeStatement& statement : statements) statements_.emplace(statement.id, std::move(statement));
}

whatif::PlanAnswer FakeOracle::Answer(const whatif::PlanQuestion& question) const {
  std::vector<Choices> relations;
  for (const IndexRequest& request : statements_.at(question.statement).requests) {
    Choices& choices = relations.emplace_back(Choices{.request = request, .indexes = {}});
    for (const CandidateId id : question.enabled) {
      if (candidates_[id.value].def.table == request.table) choices.indexes.push_back(&candidates_[id.value]);
    }
  }
  std::optional<FakePlan> best = BestPlan(relations, /*ordered=*/false);
  std::optional<FakePlan> ordered = BestPlan(relations, /*ordered=*/true);
  if (ordered && ordered->cost < best->cost) best = std::move(ordered);
  whatif::PlanAnswer answer;
  answer.total = best->cost;
  answer.used = whatif::IndexSet(std::move(best->used));
  return answer;
}

whatif::PlanAnswer FakeOracle::AnswerCharged(const whatif::PlanQuestion& question) const {
  std::map<CandidateId, Cost> charges;
  for (const CandidateId id : question.enabled) charges.emplace(id, question.charges[charges.size()]);
  std::optional<whatif::PlanAnswer> best;
  std::set<whatif::IndexSet> seen = {question.enabled};
  std::vector<whatif::IndexSet> open = {question.enabled};
  while (!open.empty()) {
    const whatif::IndexSet enabled = std::move(open.back());
    open.pop_back();
    whatif::PlanAnswer answer = Answer({.statement = question.statement, .enabled = enabled, .hidden = {}});
    for (const CandidateId id : answer.used) {
      answer.total += charges.at(id);
      if (charges.at(id) > 0 && seen.insert(enabled.Without(id)).second) open.push_back(enabled.Without(id));
    }
    if (!best || answer.total < best->total) best = std::move(answer);
  }
  return *best;
}

absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> FakeOracle::PlanUntil(
    std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) {
  std::vector<absl::StatusOr<whatif::PlanAnswer>> answers;
  for (const whatif::PlanQuestion& question : questions) {
    if (stop && stop()) {
      answers.emplace_back(absl::CancelledError("not asked"));
      continue;
    }
    ++calls_;
    const bool fails = failing_.contains(question.statement) ||
                       std::any_of(question.enabled.begin(), question.enabled.end(), [&](CandidateId id) {
                         return failing_with_.contains({question.statement, id});
                       });
    if (fails) {
      answers.emplace_back(absl::InvalidArgumentError("the statement cannot be planned"));
    } else {
      answers.emplace_back(question.charges.empty() ? Answer(question) : AnswerCharged(question));
    }
  }
  return answers;
}

Bytes FakeSize(const IndexDef& def, double rows) {
  return static_cast<Bytes>(rows * 8 * (1.0 + static_cast<double>(def.keys.size() + def.include.size())));
}

whatif::IndexSet FakeRelevant(const FakeStatement& statement, std::span<const catalog::Candidate> candidates) {
  std::vector<CandidateId> ids;
  for (const catalog::Candidate& candidate : candidates) {
    const bool on_table =
        std::any_of(statement.requests.begin(), statement.requests.end(),
                    [&](const IndexRequest& request) { return request.table == candidate.def.table; });
    if (on_table) ids.push_back(candidate.id);
  }
  return whatif::IndexSet(std::move(ids));
}

}  // namespace pgassay::test
