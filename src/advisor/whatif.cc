// Whatif: proposed sets of indexes on the twin, query by query.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "advisor/bind.h"
#include "advisor/referential.h"
#include "advisor/set_writes.h"
#include "advisor/statement_list.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "pgassay/advisor.h"
#include "sql/statement.h"
#include "twin/twin.h"
#include "whatif/index_size.h"
#include "whatif/plan_cache.h"

namespace pgassay {
namespace {

using advisor::PlannedStatement;

// A proposed set on the twin.
struct MadeSet {
  std::string name;
  std::vector<WhatifIndex> indexes;             // in the order of the statements
  std::vector<twin::MadeIndex> made;            // new ones
  std::vector<advisor::SetIndex> sized;         // the same
  std::map<CandidateId, std::size_t> position;  // of new ones in `indexes`
  whatif::IndexSet enabled;
  std::vector<Oid> hidden;
};

// The captured index that a DROP INDEX names: by schema, or through the search path where it gives none.
absl::StatusOr<const Index*> FindDropped(const sql::IndexStatement& statement, const Snapshot& snapshot) {
  std::vector<const Index*> found;
  for (const Index& index : snapshot.indexes) {
    if (index.name.name != statement.index_name) continue;
    if (statement.index_schema.empty() || statement.index_schema == index.name.schema) found.push_back(&index);
  }
  const std::string name = QuoteIdentifier(statement.index_name);
  if (found.empty()) return absl::InvalidArgumentError(absl::StrCat("there is no index ", name, " in the capture"));
  if (found.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("index ", name, " exists in ", found.size(), " schemas: name the schema"));
  }
  const Index& index = *found.front();
  if (index.def.unique || index.primary || index.exclusion || index.backs_constraint) {
    return absl::InvalidArgumentError(
        absl::StrCat(catalog::QuotedName(index.name),
                     " is unique or backs a constraint: dropping it would change what the data may be and what the "
                     "planner may prove, which is not modelled"));
  }
  return &index;
}

absl::Status AddCreate(const std::string& sql, const Snapshot& snapshot, twin::Twin& twin, MadeSet& set) {
  PGASSAY_ASSIGN_OR_RETURN(const sql::IndexStatement statement, sql::ExamineIndexStatement(sql));
  PGASSAY_ASSIGN_OR_RETURN(twin::MadeIndex made, twin.AddIndexStatement(sql));
  std::vector<whatif::BtreeSize> sizes;
  Bytes bytes = 0;
  bool guessed = false;
  for (std::size_t part = 0; part < made.parts.size(); ++part) {
    sizes.push_back(whatif::EstimateIndexSize(made.parts[part], snapshot, made.rows[part]));
    bytes += sizes.back().bytes();
    guessed = guessed || sizes.back().rests_on_estimate;
  }
  PGASSAY_RETURN_IF_ERROR(twin.SetSizes(made.candidate, sizes));
  set.position[made.candidate] = set.indexes.size();
  set.indexes.push_back({.definition = catalog::Describe(made.def, snapshot),
                         .name = statement.index_name,
                         .dropped = false,
                         .size_bytes = bytes,
                         .used = false,
                         .size_rests_on_estimate = guessed});
  set.enabled = set.enabled.With(made.candidate);
  advisor::SetIndex sized{.def = made.def};
  double rows = 0;
  for (std::size_t part = 0; part < made.parts.size(); ++part) {
    sized.parts.push_back({.def = made.parts[part], .size = sizes[part]});
    rows += made.rows[part];
  }
  const Relation* const table = snapshot.FindRelation(made.def.table);
  if (!made.def.predicate.empty() && table != nullptr && table->statistics_tuples > 0) {
    sized.fraction = std::clamp(rows / table->statistics_tuples, 0.0, 1.0);
  }
  set.sized.push_back(std::move(sized));
  set.made.push_back(std::move(made));
  return absl::OkStatus();
}

absl::Status AddDrop(const sql::IndexStatement& statement, const Snapshot& snapshot, MadeSet& set) {
  PGASSAY_ASSIGN_OR_RETURN(const Index* const index, FindDropped(statement, snapshot));
  set.hidden.push_back(index->oid);
  set.indexes.push_back({.definition = catalog::Describe(index->def, snapshot),
                         .name = catalog::QuotedName(index->name),
                         .dropped = true,
                         .size_bytes = index->pages * kPageBytes,
                         .used = false,
                         .size_rests_on_estimate = false});
  return absl::OkStatus();
}

absl::StatusOr<MadeSet> MakeSet(const ProposedSet& proposed, const Snapshot& snapshot, twin::Twin& twin) {
  MadeSet set;
  set.name = proposed.name;
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<sql::Piece> pieces, sql::Split(proposed.sql));
  if (pieces.empty()) return absl::InvalidArgumentError("no statement");
  for (const sql::Piece& piece : pieces) {
    const std::string sql = proposed.sql.substr(piece.begin, piece.end - piece.begin);
    const auto add = [&]() -> absl::Status {
      PGASSAY_ASSIGN_OR_RETURN(const sql::IndexStatement statement, sql::ExamineIndexStatement(sql));
      return statement.create ? AddCreate(sql, snapshot, twin, set) : AddDrop(statement, snapshot, set);
    };
    PGASSAY_RETURN_IF_ERROR(Annotate(add(), absl::StrCat("\"", Printable(sql), "\"")));
  }
  std::ranges::sort(set.hidden);
  return set;
}

absl::StatusOr<WhatifSet> CostSet(MadeSet set, const Snapshot& snapshot, const Workload& workload,
                                  const std::vector<PlannedStatement>& statements,
                                  const advisor::StatementCosts& before, whatif::CostOracle& oracle) {
  std::vector<whatif::PlanQuestion> questions;
  for (const PlannedStatement& statement : statements) questions.push_back({statement.id, set.enabled, set.hidden});
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, oracle.Plan(questions));
  WhatifSet result;
  result.name = set.name;
  advisor::StatementCosts after;
  std::map<std::size_t, std::vector<std::string>> used;  // by template
  for (std::size_t i = 0; i < statements.size(); ++i) {
    after.Add(answers[i].ok() ? &*answers[i] : nullptr);
    if (!answers[i].ok() || before.net[i] < 0) continue;
    result.cost_after += statements[i].weight * answers[i]->net();
    for (const CandidateId candidate : answers[i]->used) {
      WhatifIndex& index = set.indexes[set.position[candidate]];
      index.used = true;
      std::vector<std::string>& names = used[statements[i].template_index];
      if (std::ranges::find(names, index.definition) == names.end()) names.push_back(index.definition);
    }
  }
  result.indexes = std::move(set.indexes);
  result.costs = advisor::TemplateCosts(workload, statements, before, after);
  for (const advisor::WriteChange& change :
       advisor::ChangesOfWrites(snapshot, workload, statements, result.costs, set.sized, set.hidden)) {
    result.writes_before.push_back(change.before);
    result.writes_after.push_back(change.after);
  }
  for (const TemplateCost& cost : result.costs) {
    const auto of = std::ranges::find(workload.templates, cost.id, &Template::id);
    result.used.push_back(used[static_cast<std::size_t>(of - workload.templates.begin())]);
  }
  return result;
}

}  // namespace

absl::StatusOr<WhatifResult> Whatif(const Snapshot& snapshot, Workload workload, const std::vector<ProposedSet>& sets,
                                    const TwinOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const std::unique_ptr<twin::Twin> twin, twin::Twin::Start(snapshot, options));
  PGASSAY_RETURN_IF_ERROR(advisor::BindWorkload(workload, snapshot, *twin));
  PGASSAY_ASSIGN_OR_RETURN(std::vector<PlannedStatement> statements, advisor::PrepareWorkload(workload, *twin));
  PGASSAY_RETURN_IF_ERROR(advisor::AddReferential(workload, statements, snapshot, *twin));
  whatif::PlanCache cache(*twin);
  std::vector<whatif::PlanQuestion> questions;
  for (const PlannedStatement& statement : statements) questions.push_back({statement.id, {}, {}});
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, cache.Plan(questions));
  WhatifResult result;
  advisor::StatementCosts before;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    before.Add(answers[i].ok() ? &*answers[i] : nullptr);
    if (answers[i].ok()) {
      result.cost_before += statements[i].weight * answers[i]->net();
    } else {
      advisor::SkipBinding(workload, statements[i], answers[i].status(), twin->missing());
    }
  }
  result.before = advisor::TemplateCosts(workload, statements, before, before);
  for (const ProposedSet& proposed : sets) {
    absl::StatusOr<MadeSet> made = MakeSet(proposed, snapshot, *twin);
    if (!made.ok())
      return proposed.name.empty() ? made.status() : Annotate(made.status(), absl::StrCat("set ", proposed.name));
    PGASSAY_ASSIGN_OR_RETURN(WhatifSet costed,
                             CostSet(*std::move(made), snapshot, workload, statements, before, cache));
    result.sets.push_back(std::move(costed));
  }
  std::set<std::pair<std::string, std::string>> sessions;
  for (const Template& statement : workload.templates) sessions.emplace(statement.user, statement.search_path);
  for (const auto& [user, search_path] : sessions) {
    result.sessions.push_back({user, search_path, twin->SessionSettings(user, search_path)});
  }
  result.warnings = twin->warnings();
  result.workload = std::move(workload);
  return result;
}

}  // namespace pgassay
