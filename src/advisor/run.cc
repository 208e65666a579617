#include "advisor/run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "advisor/bind.h"
#include "advisor/recommend.h"
#include "advisor/referential.h"
#include "advisor/replacements.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"
#include "select/prices.h"
#include "whatif/index_size.h"

namespace pgassay::advisor {
namespace {

// Up to this many candidates on a statement's tables all of them are offered to it: an index that others asked for may
// serve it too. Beyond, only those that lead with a column it searches or sorts by, so that one call does not carry
// hundreds of indexes.
constexpr std::size_t kOfferAll = 48;

std::vector<candidates::StatementRequests> RequestsOf(const Workload& workload,
                                                      const std::vector<PlannedStatement>& statements) {
  std::vector<candidates::StatementRequests> requests;
  for (const PlannedStatement& statement : statements) {
    const Template& of = workload.templates[statement.template_index];
    requests.push_back({.statement = statement.id,
                        .template_id = of.id,
                        .weight = statement.weight,
                        .observed = of.bindings[statement.binding_index].source != "statistics",
                        .parameters = of.bindings[statement.binding_index].parameters,
                        .referential = statement.referential,
                        .requests = statement.requests,
                        .targets = statement.targets});
  }
  return requests;
}

// Columns of `table` that this statement searches, joins or sorts by first.
std::set<int> LeadingColumns(const PlannedStatement& statement, Oid table) {
  std::set<int> columns;
  for (const catalog::IndexRequest& request : statement.requests) {
    if (request.table != table) continue;
    for (const catalog::RequestClause& clause : request.clauses) {
      if (clause.column != 0 && clause.kind != catalog::ClauseKind::kOther) columns.insert(clause.column);
    }
    for (const catalog::RequestOrder& order : request.orders) columns.insert(order.columns.front().column);
  }
  return columns;
}

// A table on its own, or the topmost one that it is a part of.
Oid RootOf(Oid table, const Snapshot& snapshot) {
  std::set<Oid> seen;
  for (const Relation* of = snapshot.FindRelation(table); of != nullptr && seen.insert(of->oid).second;
       of = snapshot.FindRelation(of->parent)) {
    table = of->oid;
  }
  return table;
}

using CandidatesByTable = std::map<Oid, std::vector<const catalog::Candidate*>>;

CandidatesByTable UsableByTable(const std::vector<catalog::Candidate>& candidates, const std::vector<bool>& usable) {
  CandidatesByTable by_table;
  for (const catalog::Candidate& candidate : candidates) {
    if (usable[candidate.id.value]) by_table[candidate.def.table].push_back(&candidate);
  }
  return by_table;
}

whatif::IndexSet Relevant(const PlannedStatement& statement, const CandidatesByTable& candidates,
                          const whatif::IndexSet& pinned, const Snapshot& snapshot) {
  std::set<Oid> tables;
  for (const catalog::IndexRequest& request : statement.requests) tables.insert(request.table);
  std::vector<CandidateId> all;
  std::vector<CandidateId> narrow;
  // An index on a partitioned table is one on the partition that the statement names.
  std::set<Oid> ancestors;
  for (const Oid table : tables) {
    for (const Relation* part = snapshot.FindRelation(table); part != nullptr && part->parent.value != 0;
         part = snapshot.FindRelation(part->parent)) {
      if (tables.contains(part->parent) || !ancestors.insert(part->parent).second) break;
    }
  }
  for (const Oid table : ancestors) {
    const auto found = candidates.find(table);
    if (found == candidates.end()) continue;
    for (const catalog::Candidate* const candidate : found->second) {
      all.push_back(candidate->id);
      narrow.push_back(candidate->id);
    }
  }
  for (const Oid table : tables) {
    const auto found = candidates.find(table);
    if (found == candidates.end()) continue;
    const std::set<int> leading = LeadingColumns(statement, table);
    for (const catalog::Candidate* const candidate : found->second) {
      all.push_back(candidate->id);
      const bool asked = std::ranges::any_of(candidate->origins,
                                             [&](const catalog::Origin& o) { return o.statement == statement.id; });
      if (asked || leading.contains(candidate->def.keys.front().column) || pinned.Contains(candidate->id))
        narrow.push_back(candidate->id);
    }
  }
  return whatif::IndexSet(all.size() <= kOfferAll ? std::move(all) : std::move(narrow));
}

select::Constraints ConstraintsOf(const AdviseOptions& options) {
  select::Constraints constraints{.gap = options.gap, .frontier = true, .knee = options.budget_auto};
  constraints.budget_bytes = options.budget_bytes;
  constraints.max_indexes = options.max_indexes;
  constraints.max_per_table = options.max_per_table;
  constraints.max_write_share = options.max_maintenance;
  constraints.min_share = options.min_share;
  const auto start = std::chrono::steady_clock::now();
  constraints.stop = [start, limit = options.time_limit_s, cancelled = options.twin.cancelled] {
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start;
    return (limit && since.count() > *limit) || (cancelled && cancelled());
  };
  return constraints;
}

// Candidates made on the twin; those that the server refuses are rejected and marked unusable.
absl::StatusOr<std::vector<bool>> MakeCandidates(const std::vector<catalog::Candidate>& candidates,
                                                 const std::vector<twin::CandidateParts>& parts,
                                                 const Snapshot& snapshot, twin::Twin& twin,
                                                 std::vector<Rejection>& rejected) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<absl::Status> made, twin.AddCandidates(parts));
  std::vector<bool> usable;
  for (std::size_t i = 0; i < made.size(); ++i) {
    usable.push_back(made[i].ok());
    if (made[i].ok()) continue;
    rejected.push_back({.definition = catalog::Describe(candidates[i].def, snapshot),
                        .code = std::string(reason::kRefusedByServer),
                        .by = "",
                        .detail = Printable(FromAbsl(made[i].message())),
                        .templates = {}});
  }
  return usable;
}

// Every statement's plan under `chosen` and without what is dropped. One that fails has cost 0 and uses nothing.
absl::StatusOr<std::vector<whatif::PlanAnswer>> PlanUnder(Run& run, const whatif::IndexSet& chosen) {
  std::vector<whatif::PlanQuestion> questions;
  for (const PlannedStatement& statement : run.statements) {
    questions.push_back({.statement = statement.id, .enabled = chosen, .hidden = run.drops.hidden()});
  }
  PGASSAY_ASSIGN_OR_RETURN(const auto planned, run.twin->Plan(questions));
  std::vector<whatif::PlanAnswer> answers;
  for (const auto& answer : planned) answers.push_back(answer.ok() ? *answer : whatif::PlanAnswer{});
  run.selection.planner_calls += static_cast<std::int64_t>(planned.size());
  return answers;
}

// What each chosen index is worth when the drops are done; without it, the ones that it replaces would stay.
absl::Status PlanMarginals(Run& run) {
  select::Selection& selection = run.selection;
  for (select::Selection::Marginal& marginal : selection.marginals) {
    std::vector<Oid> hidden;
    for (const Drop& drop : run.drops.drops) {
      if (drop.by_candidate != marginal.candidate) hidden.push_back(drop.index->oid);
    }
    std::vector<whatif::PlanQuestion> questions;
    std::vector<std::size_t> users;
    for (std::size_t i = 0; i < run.statements.size(); ++i) {
      if (selection.cost_before[i] < 0) continue;
      marginal.cost_without[i] = selection.cost_after[i];
      marginal.penalty_without[i] = selection.penalty_after[i];
      if (!selection.used[i].Contains(marginal.candidate)) continue;
      users.push_back(i);
      questions.push_back({.statement = run.statements[i].id,
                           .enabled = selection.chosen.Without(marginal.candidate),
                           .hidden = hidden});
    }
    PGASSAY_ASSIGN_OR_RETURN(const auto without, run.twin->Plan(questions));
    selection.planner_calls += static_cast<std::int64_t>(without.size());
    marginal.gain = 0;
    for (std::size_t i = 0; i < users.size(); ++i) {
      if (!without[i].ok()) continue;
      marginal.cost_without[users[i]] = without[i]->net();
      marginal.penalty_without[users[i]] = without[i]->penalty;
      marginal.gain += run.statements[users[i]].weight * (without[i]->net() - selection.cost_after[users[i]]);
    }
  }
  return absl::OkStatus();
}

// The last word: every statement planned with the whole chosen set, also with indexes that it did not ask for, and
// without the existing ones that are not needed beside it.
absl::Status PlanChosen(Run& run, const Snapshot& snapshot, const AdviseOptions& options) {
  select::Selection& selection = run.selection;
  PGASSAY_ASSIGN_OR_RETURN(run.chosen, PlanUnder(run, selection.chosen));
  PGASSAY_RETURN_IF_ERROR(FindDrops(run, snapshot, selection.chosen, options.min_share, run.chosen, run.drops));
  for (std::size_t i = 0; i < run.chosen.size(); ++i) {
    if (selection.cost_before[i] < 0) continue;
    selection.cost_after[i] = run.chosen[i].net();
    selection.penalty_after[i] = run.chosen[i].penalty;
    selection.used[i] = run.chosen[i].used;
  }
  return run.drops.drops.empty() ? absl::OkStatus() : PlanMarginals(run);
}

absl::Status Exceeded(const std::string& what, const std::string& by, const std::string& limit) {
  return absl::InvalidArgumentError(absl::StrCat(what, ", ", by, " more than ", limit, " allows"));
}

// Whether the pinned indexes alone keep the limits, bytes apart.
absl::Status CheckPinned(Run& run, const Snapshot& snapshot, const AdviseOptions& options) {
  const auto pinned = static_cast<int>(run.pinned.size());
  if (options.max_indexes && pinned > *options.max_indexes) {
    return Exceeded(absl::StrCat(pinned, " indexes are pinned"), absl::StrCat(pinned - *options.max_indexes),
                    absl::StrCat("--max-indexes ", *options.max_indexes));
  }
  std::map<Oid, int> on_table;
  Cost writes = 0;
  for (const CandidateId id : run.pinned) {
    ++on_table[run.problem.tables[id.value]];
    writes += run.problem.write_costs[id.value];
  }
  for (const auto& [table, count] : on_table) {
    if (!options.max_per_table || count <= *options.max_per_table) continue;
    const Relation* const relation = snapshot.FindRelation(table);
    PGASSAY_CHECK(relation != nullptr);
    return Exceeded(absl::StrCat(count, " indexes are pinned on ", Printable(catalog::QuotedName(relation->name))),
                    absl::StrCat(count - *options.max_per_table),
                    absl::StrCat("--max-per-table ", *options.max_per_table));
  }
  if (!options.max_maintenance || writes <= 0) return absl::OkStatus();
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<whatif::PlanAnswer> answers, PlanUnder(run, {}));
  Cost most = 0;
  for (std::size_t i = 0; i < answers.size(); ++i)
    most += *options.max_maintenance * run.statements[i].weight * answers[i].net();
  if (writes <= most) return absl::OkStatus();
  return Exceeded(absl::StrCat("the pinned indexes cost ", FormatNumber(writes, 6), " in writes"),
                  FormatNumber(writes - most, 6),
                  absl::StrCat("--max-maintenance ", FormatNumber(100 * *options.max_maintenance), " %"));
}

absl::Status CheckPinnedBytes(const Run& run, Bytes budget) {
  Bytes bytes = 0;
  for (const CandidateId id : run.pinned) bytes += run.problem.sizes[id.value];
  const Bytes freed = run.drops.bytes();
  if (bytes <= budget + freed) return absl::OkStatus();
  std::string limit = absl::StrCat("--budget ", FormatBytes(budget));
  if (freed > 0) absl::StrAppend(&limit, " and the ", FormatBytes(freed), " of indexes that are not needed");
  return absl::InvalidArgumentError(absl::StrCat("the pinned indexes take ", FormatBytes(bytes), ", ",
                                                 FormatBytes(bytes - budget - freed), " more than ", limit,
                                                 freed > 0 ? " allow" : " allows"));
}

// What can go whatever is advised makes room for more.
absl::Status FindDropsBefore(Run& run, const Snapshot& snapshot, const AdviseOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(std::vector<whatif::PlanAnswer> answers, PlanUnder(run, {}));
  PGASSAY_RETURN_IF_ERROR(FindDrops(run, snapshot, {}, options.min_share, answers, run.drops));
  return absl::OkStatus();
}

Cost TotalBefore(const Run& run) {
  Cost total = 0;
  for (std::size_t i = 0; i < run.statements.size(); ++i) {
    total += run.statements[i].weight * std::max(0.0, run.selection.cost_before[i]);
  }
  return total;
}

// Takes out what gains least until the set fits: for a search that was stopped before it could.
absl::Status EvictUntilFitting(Run& run, const Snapshot& snapshot, const AdviseOptions& options,
                               const select::Constraints& constraints, const Replacements& replacements,
                               const Drops& before) {
  select::Selection& selection = run.selection;
  const Cost total = TotalBefore(run);
  while (replacements.Exceeds(run, constraints, total)) {
    auto least = selection.marginals.end();
    for (auto of = selection.marginals.begin(); of != selection.marginals.end(); ++of) {
      if (constraints.pinned.Contains(of->candidate)) continue;
      if (least == selection.marginals.end() || of->gain < least->gain) least = of;
    }
    if (least == selection.marginals.end()) break;
    selection.turned.push_back({.candidate = least->candidate,
                                .code = std::string(reason::kOverBudget),
                                .by = std::nullopt,
                                .share = total > 0 ? std::max(0.0, least->gain / total) : 0});
    selection.chosen = selection.chosen.Without(least->candidate);
    selection.marginals.erase(least);
    run.drops = before;
    PGASSAY_RETURN_IF_ERROR(PlanChosen(run, snapshot, options));
  }
  return PlanMarginals(run);
}

// Write costs of all candidates beside the chosen ones. What ends HOT for an update costs an entry in every index of
// the table, but once: the chosen index that gains most pays for it.
std::vector<Cost> WriteCostsBeside(const Run& run) {
  std::vector<const select::Selection::Marginal*> order;
  for (const select::Selection::Marginal& marginal : run.selection.marginals) order.push_back(&marginal);
  std::ranges::stable_sort(order, std::ranges::greater(), [](const auto* marginal) { return marginal->gain; });
  std::vector<Cost> costs(run.generated.candidates.size());
  std::vector<IndexDef> beside;
  const auto price = [&](const catalog::Candidate& candidate) {
    costs[candidate.id.value] =
        run.writes->Of(candidate.def, run.parts[candidate.id.value], candidate.fraction, beside).cost;
  };
  for (const select::Selection::Marginal* const marginal : order) {
    const catalog::Candidate& candidate = run.generated.candidates[marginal->candidate.value];
    price(candidate);
    beside.push_back(candidate.def);
  }
  for (const catalog::Candidate& candidate : run.generated.candidates) {
    if (!run.selection.chosen.Contains(candidate.id)) price(candidate);
  }
  return costs;
}

// What the selection is to make least, with the writes of the whole set: HOT ended once, dropped indexes given back.
Cost ObjectiveOf(const Run& run, Cost floor) {
  select::Problem problem = run.problem;
  problem.write_costs = WriteCostsBeside(run);
  const std::vector<Cost> prices = select::Prices(problem, floor);
  Cost sum = 0;
  for (const CandidateId id : run.selection.chosen) sum += prices[id.value];
  for (const Drop& drop : run.drops.drops) sum -= drop.writes;
  for (std::size_t i = 0; i < run.statements.size(); ++i) {
    if (run.selection.cost_before[i] >= 0) sum += run.statements[i].weight * run.selection.cost_after[i];
  }
  return sum;
}

// Selects, with what candidates give back by replacing existing indexes, until that comes true (replacements.h).
absl::Status ChooseReplacing(Run& run, const Snapshot& snapshot, const AdviseOptions& options,
                             const select::Constraints& constraints, Replacements& replacements) {
  constexpr int kMostRounds = 3;
  const Drops before = run.drops;
  std::int64_t calls = run.selection.planner_calls;
  for (int round = 1;; ++round) {
    run.drops = before;
    replacements.Apply(run.problem);
    PGASSAY_ASSIGN_OR_RETURN(run.selection, select::Select(run.problem, constraints, *run.twin));
    run.selection.planner_calls += calls;  // of the rounds before
    PGASSAY_RETURN_IF_ERROR(PlanChosen(run, snapshot, options));
    calls = run.selection.planner_calls;
    if (!replacements.TakeBack(run, constraints, TotalBefore(run))) return absl::OkStatus();
    if (run.selection.stopped || round == kMostRounds) {
      return EvictUntilFitting(run, snapshot, options, constraints, replacements, before);
    }
  }
}

// Prices are of one candidate at a time, so each one is charged with the end of HOT for the updates of its columns.
// Where one was turned down for that and a chosen one ends it anyway, the selection runs once more with only one of
// them charged; the better set by what its indexes cost together is kept.
absl::Status Choose(Run& run, const Snapshot& snapshot, const AdviseOptions& options,
                    const select::Constraints& constraints) {
  const Drops before = run.drops;
  Replacements replacements(run, snapshot);
  PGASSAY_RETURN_IF_ERROR(ChooseReplacing(run, snapshot, options, constraints, replacements));
  replacements.CorrectFrontier(run);
  const Cost total = TotalBefore(run);
  const Cost floor = options.min_share * total;
  select::Problem beside = run.problem;
  beside.write_costs = WriteCostsBeside(run);
  const std::vector<Cost> prices = select::Prices(beside, floor);
  const bool missed = std::ranges::any_of(run.selection.turned, [&](const select::Turned& turned) {
    return turned.code == reason::kWritesCostMore && turned.share * total > prices[turned.candidate.value];
  });
  if (!missed || run.selection.stopped) return absl::OkStatus();
  const Cost objective = ObjectiveOf(run, floor);
  select::Selection selection = run.selection;
  Drops drops = std::exchange(run.drops, before);
  std::vector<whatif::PlanAnswer> chosen = run.chosen;
  replacements.Reprice(std::move(beside.write_costs));
  PGASSAY_RETURN_IF_ERROR(ChooseReplacing(run, snapshot, options, constraints, replacements));
  replacements.CorrectFrontier(run);
  if (!run.selection.stopped && ObjectiveOf(run, floor) < objective) return absl::OkStatus();
  selection.planner_calls = run.selection.planner_calls;
  run.selection = std::move(selection);
  run.drops = std::move(drops);
  run.chosen = std::move(chosen);
  return absl::OkStatus();
}

}  // namespace

twin::CandidateParts PartsOf(const IndexDef& def, const Snapshot& snapshot, double fraction) {
  twin::CandidateParts parts;
  for (IndexDef& part : catalog::Parts(def, snapshot)) {
    const Relation* const relation = snapshot.FindRelation(part.table);
    const whatif::BtreeSize size =
        whatif::EstimateIndexSize(part, snapshot, relation ? fraction * whatif::EstimateTuples(*relation) : 0);
    parts.push_back({.def = std::move(part), .size = size});
  }
  return parts;
}

absl::StatusOr<Run> PrepareRun(const Snapshot& snapshot, Workload workload, const AdviseOptions& options) {
  const auto progress = [&](std::string_view step) {
    if (options.twin.progress) options.twin.progress(step);
  };
  Run run;
  run.workload = std::move(workload);
  run.replicas = options.replicas;
  run.searching = std::make_shared<std::atomic<bool>>(false);
  TwinOptions twin = options.twin;
  twin.cancelled = [searching = run.searching, cancelled = options.twin.cancelled] {
    return !*searching && cancelled && cancelled();
  };
  PGASSAY_ASSIGN_OR_RETURN(run.twin, twin::Twin::Start(snapshot, twin));
  PGASSAY_ASSIGN_OR_RETURN(run.demands, ReadDemands(options, snapshot, *run.twin));
  progress("planning the workload");
  PGASSAY_RETURN_IF_ERROR(BindWorkload(run.workload, snapshot, *run.twin));
  PGASSAY_ASSIGN_OR_RETURN(run.statements, PrepareWorkload(run.workload, *run.twin));
  PGASSAY_RETURN_IF_ERROR(AddReferential(run.workload, run.statements, snapshot, *run.twin));

  progress("finding candidates");
  run.generated =
      candidates::Generate(RequestsOf(run.workload, run.statements), snapshot, {.max_width = options.max_width});
  run.pinned = AddPins(run.demands, run.generated.candidates);
  for (const catalog::Candidate& candidate : run.generated.candidates) {
    run.parts.push_back(PartsOf(candidate.def, snapshot, candidate.fraction));
  }
  PGASSAY_ASSIGN_OR_RETURN(
      run.usable, MakeCandidates(run.generated.candidates, run.parts, snapshot, *run.twin, run.generated.rejected));

  for (const CandidateId id : run.pinned) {
    if (run.usable[id.value]) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "--pin: PostgreSQL refuses ", Printable(catalog::Describe(run.generated.candidates[id.value].def, snapshot))));
  }

  const CandidatesByTable by_table = UsableByTable(run.generated.candidates, run.usable);
  for (const PlannedStatement& statement : run.statements) {
    run.problem.statements.push_back({.id = statement.id,
                                      .weight = statement.weight,
                                      .relevant = Relevant(statement, by_table, run.pinned, snapshot),
                                      .relations = static_cast<int>(statement.requests.size())});
  }
  run.problem.candidates = run.generated.candidates;
  for (catalog::Candidate& candidate : run.problem.candidates) {
    if (candidate.beside_existing && ReplacesExisting(candidate.def, run.demands, snapshot))
      candidate.beside_existing = false;
    run.problem.tables.push_back(RootOf(candidate.def.table, snapshot));
  }
  run.writes = std::make_shared<WriteLoad>(snapshot, run.workload, run.statements);
  for (std::size_t i = 0; i < run.parts.size(); ++i) {
    const catalog::Candidate& candidate = run.generated.candidates[i];
    run.problem.sizes.push_back(TotalBytes(run.parts[i]));
    run.problem.write_costs.push_back(run.writes->Of(candidate.def, run.parts[i], candidate.fraction).cost);
  }
  return run;
}

absl::Status SelectIndexes(Run& run, const Snapshot& snapshot, const AdviseOptions& options) {
  if (options.twin.progress) options.twin.progress("choosing indexes");
  *run.searching = true;
  if (!run.offered) run.offered = std::make_shared<const select::Problem>(run.problem);
  run.problem = *run.offered;
  run.drops = {};
  select::Constraints constraints = ConstraintsOf(options);
  constraints.pinned = run.pinned;
  constraints.forbidden = Banned(run.demands, run.generated.candidates, snapshot).Union(run.harmful);
  PGASSAY_RETURN_IF_ERROR(CheckPinned(run, snapshot, options));
  if (constraints.budget_bytes) {
    PGASSAY_RETURN_IF_ERROR(FindDropsBefore(run, snapshot, options));
    PGASSAY_RETURN_IF_ERROR(CheckPinnedBytes(run, *constraints.budget_bytes));
    *constraints.budget_bytes += run.drops.bytes();
  }
  return Choose(run, snapshot, options, constraints);
}

absl::StatusOr<Run> RunAdvice(const Snapshot& snapshot, Workload workload, const AdviseOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(Run run, PrepareRun(snapshot, std::move(workload), options));
  PGASSAY_RETURN_IF_ERROR(SelectIndexes(run, snapshot, options));
  return run;
}

}  // namespace pgassay::advisor
