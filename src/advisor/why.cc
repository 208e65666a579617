#include "advisor/why.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"

namespace pgassay::advisor {
namespace {

using catalog::ClauseKind;

// Statistics count as old when more than this share of the rows changed since the last ANALYZE: twice the 10 % after
// which autovacuum analyses by default (autovacuum_analyze_scale_factor).
constexpr double kStaleShare = 0.2;
// Index-only scans lose a page to the table for every row that changes on it: with 100 rows a page, this share of the
// rows can make every page not all-visible.
constexpr double kStaleVisibility = 0.01;

// Whether some clause on the column or expression of `key` is as `matches` says.
template <typename Matches>
bool HasClauseOn(std::span<const catalog::IndexRequest* const> requests, const IndexKey& key, const Matches& matches) {
  return std::ranges::any_of(requests, [&](const catalog::IndexRequest* request) {
    return std::ranges::any_of(request->clauses, [&](const catalog::RequestClause& clause) {
      return clause.column == key.column && clause.expression == key.expression && matches(clause);
    });
  });
}

bool HasClause(std::span<const catalog::IndexRequest* const> requests, const IndexKey& key, ClauseKind kind) {
  return HasClauseOn(requests, key, [kind](const catalog::RequestClause& clause) { return clause.kind == kind; });
}

// Whether `column` takes part in a wanted order.
bool InOrder(std::span<const catalog::IndexRequest* const> requests, int column) {
  return std::ranges::any_of(requests, [&](const catalog::IndexRequest* request) {
    return std::ranges::any_of(request->orders, [&](const catalog::RequestOrder& order) {
      return std::ranges::any_of(order.columns,
                                 [&](const catalog::OrderColumn& wanted) { return wanted.column == column; });
    });
  });
}

bool HasLimit(std::span<const catalog::IndexRequest* const> requests) {
  return std::ranges::any_of(requests, [](const catalog::IndexRequest* request) { return request->limit_tuples > 0; });
}

// Whether statistics of a table's columns, or of an index's expressions, were captured.
bool HasStatistics(Oid relation, const Snapshot& snapshot) {
  return std::ranges::any_of(snapshot.statistics, [&](const ColumnStatistics& s) { return s.relation == relation; });
}

std::string RoleOf(const IndexDef& def, const IndexKey& key, std::span<const catalog::IndexRequest* const> requests) {
  std::vector<std::string> roles;
  if (HasClause(requests, key, ClauseKind::kEquality)) roles.emplace_back("is compared for equality");
  if (HasClause(requests, key, ClauseKind::kIsNull)) roles.emplace_back("is searched for nulls");
  if (HasClause(requests, key, ClauseKind::kInList)) roles.emplace_back("is compared with a list");
  if (HasClause(requests, key, ClauseKind::kJoinEquality)) roles.emplace_back("joins to another table");
  if (key.column != 0 && InOrder(requests, key.column)) {
    roles.emplace_back(HasLimit(requests) ? "gives the order, so that LIMIT stops early"
                                          : "gives the order without a sort");
  }
  if (HasClause(requests, key, ClauseKind::kRange)) roles.emplace_back("bounds a range");
  if (HasClauseOn(requests, key,
                  [](const catalog::RequestClause& clause) { return !clause.pattern_opclass.empty(); })) {
    roles.emplace_back("is to begin with something");
  }
  if (HasClauseOn(requests, key, [&def](const catalog::RequestClause& clause) {
        return std::ranges::find(clause.access, def.method, &catalog::ClauseAccess::method) != clause.access.end();
      })) {
    roles.push_back(absl::StrCat("is searched by an operator that ", def.method, " serves"));
  }
  if (roles.empty()) return "filters within the index";
  std::string text;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : i + 1 == roles.size() ? " and " : ", ", roles[i]);
  }
  return text;
}

}  // namespace

std::vector<std::string> ExplainShape(const IndexDef& def, std::span<const catalog::IndexRequest* const> requests,
                                      const Snapshot& snapshot) {
  std::vector<std::string> sentences;
  const Relation* const relation = snapshot.FindRelation(def.table);
  if (relation == nullptr) return sentences;
  std::string shape;
  for (const IndexKey& key : def.keys) {
    const Column* const column = FindColumn(*relation, key.column);
    absl::StrAppend(&shape, shape.empty() ? "" : "; ", column ? QuoteIdentifier(column->name) : key.expression, " ",
                    RoleOf(def, key, requests));
  }
  sentences.push_back(shape + ".");
  if (def.method == "brin") {
    sentences.emplace_back(
        "The rows lie in its order, so that a summary of each range of blocks is enough to skip most of them.");
  }
  if (def.unique) {
    sentences.emplace_back(
        "UNIQUE, because an existing unique index on the same keys proves it and can go when this one is there.");
  }
  if (def.method == "hash") {
    sentences.emplace_back(
        "A hash index finds equal values only; it is smaller than a B-tree on values as long and as different as "
        "these.");
  }
  if (!def.predicate.empty()) {
    sentences.emplace_back(
        "It holds only the rows that these statements ask for: one without this condition cannot use it.");
  }
  return sentences;
}

std::string UniquenessHint(const IndexDef& def, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  const Column* const column =
      relation == nullptr || def.keys.size() != 1 ? nullptr : FindColumn(*relation, def.keys.front().column);
  if (column == nullptr || def.unique || def.method != "btree" || !def.predicate.empty() || relation->kind == 'p') {
    return "";
  }
  const ColumnStatistics* const known = catalog::FindTableStatistics(snapshot, def.table, column->number);
  const bool unique_already = std::ranges::any_of(snapshot.indexes, [&def](const Index& index) {
    return index.def.table == def.table && index.def.unique && index.def.predicate.empty() &&
           index.def.keys.size() == 1 && index.def.keys.front().column == def.keys.front().column;
  });
  // What ANALYZE writes when all values of its sample that are not null are different (compute_scalar_stats,
  // src/backend/commands/analyze.c).
  if (known == nullptr || known->distinct >= 0 || -known->distinct < 1 - known->null_fraction - 1e-6 ||
      unique_already) {
    return "";
  }
  const std::string name = QuoteIdentifier(column->name);
  return absl::StrCat("The statistics show no value of ", name,
                      " twice, which proves nothing: if it is meant to be unique, make the index UNIQUE, so that the "
                      "planner knows that a value finds one row. SELECT ",
                      name, " FROM ", catalog::QuotedName(relation->name), " WHERE ", name, " IS NOT NULL GROUP BY ",
                      name, " HAVING count(*) > 1 LIMIT 1 has to find nothing then.");
}

std::vector<std::string> NewExpressionDoubts(const IndexDef& def, const Snapshot& snapshot) {
  std::vector<std::string> doubts;
  const Relation* const relation = snapshot.FindRelation(def.table);
  for (const IndexKey& key : def.keys) {
    if (key.column != 0 || relation == nullptr || catalog::FoldedColumn(key, *relation) != 0) continue;
    doubts.push_back(
        absl::StrCat("PostgreSQL has no statistics of ", key.expression,
                     " before the index is built and ANALYZE has run, and guesses how many rows it finds"));
  }
  return doubts;
}

std::vector<std::string> ExpressionDoubts(Oid table, const Snapshot& snapshot) {
  std::vector<std::string> doubts;
  if (!HasStatistics(table, snapshot)) return doubts;  // StatisticsDoubts says more.
  for (const Index& index : snapshot.indexes) {
    const bool has_expression = std::ranges::count(index.def.keys, 0, &IndexKey::column) > 0;
    if (index.def.table != table || !has_expression || HasStatistics(index.oid, snapshot)) continue;
    doubts.push_back(absl::StrCat("The statistics of the expressions of ", catalog::QuotedName(index.name),
                                  " are missing or not readable, so conditions on them are guessed."));
  }
  return doubts;
}

std::vector<std::string> StatisticsDoubts(Oid table, const Snapshot& snapshot) {
  std::vector<std::string> doubts;
  const Relation* const relation = snapshot.FindRelation(table);
  if (relation == nullptr) return doubts;
  const std::string name = catalog::QuotedName(relation->name);
  if (catalog::HasForeignPartition(snapshot, table) && relation->kind != 'f') {
    doubts.push_back(absl::StrCat(name,
                                  " has a foreign partition: its part of the costs is a local estimate, without what "
                                  "its server could do, and no index here serves it"));
  }
  if (relation->pages == 0) return doubts;  // An empty table has no statistics and needs none.
  if (!HasStatistics(table, snapshot)) {
    doubts.push_back(absl::StrCat(name, " has no readable statistics, so its row counts are guesses; run ANALYZE ",
                                  name, " or give the capturing role the right to read them"));
    return doubts;
  }
  if (!snapshot.with_values) {
    doubts.push_back(absl::StrCat("the capture was made with --no-values, so how selective conditions on ", name,
                                  " are is guessed"));
  }
  const double rows = std::max(relation->statistics_tuples, 1.0);
  const auto changed = static_cast<double>(relation->counters.modified_since_analyze);
  // A session that fills a table and analyses it at once reports its rows after the ANALYZE, and they count as changed
  // although the statistics hold them: then the table has not grown since, and nothing was updated or deleted.
  const bool grown = relation->pages != relation->statistics_pages;
  const bool rewritten = relation->counters.tuples_updated + relation->counters.tuples_deleted > 0;
  if (changed > kStaleShare * rows && changed > 1000 && (grown || rewritten)) {
    doubts.push_back(absl::StrCat(FormatNumber(changed), " rows of ", name, " changed since its last ANALYZE (",
                                  FormatNumber(100 * changed / rows, 2),
                                  " % of its rows), so gains may be wrong; run ANALYZE ", name));
  }
  return doubts;
}

std::vector<std::string> CoverDoubts(const IndexDef& def, const Snapshot& snapshot) {
  std::vector<std::string> doubts;
  const Relation* const relation = snapshot.FindRelation(def.table);
  if (relation == nullptr || def.include.empty()) return doubts;
  for (const int number : def.include) {
    const Column* const column = FindColumn(*relation, number);
    if (column == nullptr || column->type != "text") continue;
    doubts.push_back(absl::StrCat(QuoteIdentifier(column->name),
                                  " has no length limit: a row whose indexed and included values together exceed 2,704 "
                                  "bytes could not be written any more"));
  }
  double changed = 0;
  double tuples = 0;
  for (const Oid table : catalog::IndexedTables(snapshot, def.table)) {
    const Relation* const part = snapshot.FindRelation(table);
    changed += static_cast<double>(part->counters.modified_since_analyze + part->counters.dead_tuples);
    tuples += std::max(part->statistics_tuples, 0.0);
  }
  if (changed > kStaleVisibility * tuples) {
    doubts.push_back(
        "index-only scans rest on which pages are all-visible, and rows changed since that was counted: run VACUUM "
        "after the build, and see that autovacuum keeps up");
  }
  return doubts;
}

std::vector<std::string> EndPointDoubts(const IndexDef& def, std::span<const catalog::IndexRequest* const> requests,
                                        const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  const int column = def.keys.front().column;
  const Column* const leading = relation == nullptr ? nullptr : FindColumn(*relation, column);
  if (leading == nullptr || !HasClause(requests, def.keys.front(), ClauseKind::kRange)) return {};
  if (relation->counters.modified_since_analyze == 0) return {};
  const bool known = std::ranges::any_of(snapshot.end_points, [&](const EndPoint& end_point) {
    const Index* const index = snapshot.FindIndex(end_point.index);
    return index != nullptr && index->def.table == def.table && index->def.keys.front().column == column;
  });
  if (known) return {};
  return {absl::StrCat(QuoteIdentifier(leading->name),
                       " is searched by a range, rows changed since the last ANALYZE, and no index tells its ",
                       "real ends yet: a range that reaches beyond the statistics may cost more than predicted")};
}

}  // namespace pgassay::advisor
