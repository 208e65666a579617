// PlanBench: proposed and advised sets with what the twin predicts for them, and the statements to be run.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "advice/template_source.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/database_clauses.h"
#include "catalog/index_sql.h"
#include "pgassay/bench.h"
#include "sql/replay.h"
#include "sql/statement.h"

namespace pgassay {
namespace {

constexpr char kCurrent[] = "current";
constexpr char kAdvised[] = "advised";

// Statements of a set, each by itself.
absl::StatusOr<std::vector<std::string>> SplitSet(const ProposedSet& set) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<sql::Piece> pieces, sql::Split(set.sql));
  std::vector<std::string> statements;
  for (const sql::Piece& piece : pieces) statements.push_back(set.sql.substr(piece.begin, piece.end - piece.begin));
  return statements;
}

std::string JoinSet(const std::vector<std::string>& statements) {
  std::string sql;
  // The line feed ends a comment that a statement may end with.
  for (const std::string& statement : statements) absl::StrAppend(&sql, statement, "\n;\n");
  return sql;
}

// The advised set as plain statements; `ids` gets the recommendation of each, `times` what is known of how long
// statements take without it and with it.
absl::StatusOr<ProposedSet> AdvisedSet(const Snapshot& snapshot, const Workload& workload, const AdviseOptions& options,
                                       std::vector<std::string>& ids, std::vector<TemplateCost>& times,
                                       std::vector<std::string>& warnings) {
  PGASSAY_ASSIGN_OR_RETURN(const Advice advice, Advise(snapshot, workload, options));
  if (advice.times.good) times = advice.costs;
  std::vector<std::string> statements;
  for (const Recommendation& given : advice.recommendations) {
    if (given.kind == "create-index") {
      statements.push_back(catalog::CreateIndexSql(given.index, given.index_name, false, snapshot));
    } else if (given.index.unique) {
      warnings.push_back(absl::StrCat("the advice to drop the unique index ", given.index_name,
                                      " is not measured: without it the data could change"));
      continue;
    } else {
      statements.push_back(
          absl::StrCat("DROP INDEX ", QuoteIdentifier(given.table.schema), ".", QuoteIdentifier(given.index_name)));
    }
    ids.push_back(given.id);
  }
  if (statements.empty()) {
    return absl::FailedPreconditionError("nothing is advised for this workload, so there is no advised set to measure");
  }
  return ProposedSet{.name = kAdvised, .sql = JoinSet(statements)};
}

// `set` without each of its statements in turn.
absl::StatusOr<std::vector<ProposedSet>> WithoutEach(const ProposedSet& set) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> statements, SplitSet(set));
  std::vector<ProposedSet> sets;
  for (std::size_t left_out = 0; left_out < statements.size(); ++left_out) {
    std::vector<std::string> kept = statements;
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(left_out));
    if (kept.empty()) continue;  // that is the current state
    sets.push_back({.name = absl::StrCat(set.name, "-without-", left_out + 1), .sql = JoinSet(kept)});
  }
  return sets;
}

absl::StatusOr<std::vector<ProposedSet>> AllSets(std::vector<ProposedSet> sets,
                                                 const std::vector<std::string>& leave_one_out) {
  for (const ProposedSet& set : sets) {
    if (set.name == kCurrent) {
      return absl::InvalidArgumentError("a set cannot be called current: that is the database as it is");
    }
  }
  for (const std::string& name : leave_one_out) {
    const auto found = std::ranges::find(sets, name, &ProposedSet::name);
    if (found == sets.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("no set is called ", Printable(name), ", so none of its members ", "can be left out"));
    }
    PGASSAY_ASSIGN_OR_RETURN(std::vector<ProposedSet> smaller, WithoutEach(*found));
    std::ranges::move(smaller, std::back_inserter(sets));
  }
  return sets;
}

absl::StatusOr<std::vector<BenchChange>> Changes(const ProposedSet& set, const WhatifSet& costed) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> statements, SplitSet(set));
  std::vector<BenchChange> changes;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    PGASSAY_ASSIGN_OR_RETURN(const sql::IndexStatement statement, sql::ExamineIndexStatement(statements[i]));
    BenchChange change{.create = statement.create};
    if (statement.create) {
      PGASSAY_ASSIGN_OR_RETURN(change.sql, sql::BuildableIndex(statements[i], absl::StrCat("pgassay_bench_", i + 1)));
    }
    change.index = {.schema = statement.index_schema, .name = statement.index_name};
    if (change.create && change.index.name.empty()) change.index.name = absl::StrCat("pgassay_bench_", i + 1);
    change.definition = costed.indexes[i].definition;
    change.predicted_bytes = costed.indexes[i].size_bytes;
    changes.push_back(std::move(change));
  }
  return changes;
}

// Whether ORDER BY has all columns of a key that tells every row apart.
bool IsOrderTotal(const sql::ReplayFacts& facts, const std::vector<std::string>& relations, const Snapshot& snapshot) {
  if (facts.table.name.empty() || relations.size() != 1) return false;
  for (const Index& index : snapshot.indexes) {
    if (!index.def.unique || !index.def.predicate.empty() || !index.valid) continue;
    const Relation* const table = snapshot.FindRelation(index.def.table);
    if (table == nullptr || table->name.name != facts.table.name) continue;
    if (relations[0] != absl::StrCat(QuoteIdentifier(table->name.schema), ".", QuoteIdentifier(table->name.name))) {
      continue;
    }
    const bool covered = std::ranges::all_of(index.def.keys, [&](const IndexKey& key) {
      const Column* const column = key.column == 0 ? nullptr : FindColumn(*table, key.column);
      return column != nullptr && column->not_null &&
             std::ranges::find(facts.order_columns, column->name) != facts.order_columns.end();
    });
    if (covered) return true;
  }
  return false;
}

void ChooseCheck(const sql::ReplayFacts& facts, bool order_total, BenchQuery& query) {
  const auto choose = [&query](AnswerCheck check, const char* note) {
    query.check = check;
    query.check_note = note;
  };
  if (facts.sampled) {
    choose(AnswerCheck::kNothing, "it takes a sample or skips locked rows");
  } else if (facts.reads_clock) {
    choose(AnswerCheck::kNothing, "it reads the clock");
  } else if (facts.limited_inside) {
    choose(AnswerCheck::kNothing, "a part of it has a LIMIT, and the plan may decide which rows that keeps");
  } else if (facts.writes) {
    choose(AnswerCheck::kCount, "it writes: only the number of rows is compared");
  } else if (facts.limited && !order_total) {
    choose(AnswerCheck::kCount, "it has a LIMIT, and its order is not known to tell all rows apart");
  } else if (facts.order_dependent) {
    choose(AnswerCheck::kCount, "its values depend on an order that it does not fix");
  }
}

// The query and statements of a template that has costs; none where no binding was planned.
absl::Status AddQuery(const Template& statement, const TemplateCost& cost, const Snapshot& snapshot, BenchPlan& plan) {
  BenchQuery query{.id = statement.id};
  const auto session = std::ranges::find_if(plan.sessions, [&](const PlanningSession& of) {
    return of.user == statement.user && of.search_path == statement.search_path;
  });
  query.session = static_cast<std::size_t>(session - plan.sessions.begin());
  std::vector<BenchStatement> statements;
  for (std::size_t i = 0; i < statement.bindings.size(); ++i) {
    if (i < cost.binding_costs_before.size() && cost.binding_costs_before[i] < 0) continue;
    const Binding& binding = statement.bindings[i];
    PGASSAY_ASSIGN_OR_RETURN(const sql::ReplayFacts facts, sql::ExamineReplay(binding.sql));
    if (statements.empty()) {
      query.writes = facts.writes;
      query.functions = facts.functions;
      ChooseCheck(facts, IsOrderTotal(facts, statement.relations, snapshot), query);
    }
    statements.push_back({.query = plan.queries.size(), .sql = binding.sql, .weight = binding.weight});
    query.weight += binding.weight;
  }
  if (statements.empty()) return absl::OkStatus();
  plan.queries.push_back(std::move(query));
  std::ranges::move(statements, std::back_inserter(plan.statements));
  return absl::OkStatus();
}

void AddTime(const std::vector<TemplateCost>& times, const std::string& id, PredictedCost& predicted) {
  const auto time = std::ranges::find(times, id, &TemplateCost::id);
  if (time == times.end()) return;
  predicted.ms_before = time->ms_before;
  predicted.ms_after = time->ms_after;
}

BenchOrigin OriginOf(const Snapshot& snapshot) {
  BenchOrigin origin{.server_version = snapshot.server_version,
                     .database_clauses = catalog::DatabaseClauses(snapshot, !snapshot.collate.empty()),
                     .clauses_in_c = catalog::DatabaseClauses(snapshot, false),
                     .locales = {},
                     .roles = snapshot.roles};
  for (const std::string& locale : {snapshot.collate, snapshot.ctype}) {
    if (!locale.empty()) origin.locales.push_back(locale);
  }
  return origin;
}

PredictedCost Predicted(const WhatifSet& set, const std::string& id) {
  const auto cost = std::ranges::find(set.costs, id, &TemplateCost::id);
  if (cost == set.costs.end()) return {};
  const auto position = static_cast<std::size_t>(cost - set.costs.begin());
  return {.before = cost->cost_before - cost->penalty_before + set.writes_before[position],
          .after = cost->cost_after - cost->penalty_after + set.writes_after[position],
          .used = set.used[position]};
}

}  // namespace

absl::StatusOr<BenchPlan> PlanBench(const Snapshot& snapshot, Workload workload, const BenchPlanOptions& options) {
  BenchPlan plan;
  std::vector<ProposedSet> proposed = options.sets;
  std::vector<std::string> ids;  // recommendations of the advised set, by statement
  std::vector<TemplateCost> times;
  if (options.advise) {
    PGASSAY_ASSIGN_OR_RETURN(ProposedSet advised,
                             AdvisedSet(snapshot, workload, *options.advise, ids, times, plan.warnings));
    proposed.insert(proposed.begin(), std::move(advised));
  }
  PGASSAY_ASSIGN_OR_RETURN(proposed, AllSets(std::move(proposed), options.leave_one_out));
  PGASSAY_ASSIGN_OR_RETURN(WhatifResult costed, Whatif(snapshot, std::move(workload), proposed, options.twin));
  std::ranges::copy(costed.warnings, std::back_inserter(plan.warnings));

  std::map<std::string, const Template*> templates;
  for (const Template& statement : costed.workload.templates) templates.emplace(statement.id, &statement);
  plan.origin = OriginOf(snapshot);
  plan.sets.push_back({.name = kCurrent});
  plan.sessions = std::move(costed.sessions);
  for (const TemplateCost& cost : costed.before) {
    const Template* const statement = templates.at(cost.id);
    // The search of a foreign key is a part of the DELETE or UPDATE that makes it.
    if (absl::StartsWith(statement->source, ToAbsl(advice::kForeignKeySource))) continue;
    PGASSAY_RETURN_IF_ERROR(AddQuery(*statement, cost, snapshot, plan));
  }
  for (std::size_t s = 0; s < costed.sets.size(); ++s) {
    BenchSet set{.name = proposed[s].name};
    PGASSAY_ASSIGN_OR_RETURN(set.changes, Changes(proposed[s], costed.sets[s]));
    if (options.advise && s == 0) {
      for (std::size_t i = 0; i < set.changes.size(); ++i) set.changes[i].recommendation = ids[i];
    }
    for (const BenchQuery& query : plan.queries) {
      set.predicted.push_back(Predicted(costed.sets[s], query.id));
      if (options.advise && s == 0) AddTime(times, query.id, set.predicted.back());
    }
    plan.sets.push_back(std::move(set));
  }
  // The capturing role is whoever connects.
  for (PlanningSession& session : plan.sessions) {
    if (session.user == snapshot.user) session.user.clear();
  }
  plan.workload = std::move(costed.workload);
  return plan;
}

}  // namespace pgassay
