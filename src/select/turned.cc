#include "select/turned.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "advice/reason_codes.h"
#include "catalog/index_identity.h"
#include "select/prices.h"
#include "select/ranking.h"
#include "select/search_state.h"

namespace pgassay::select {
namespace {

// What is known about one candidate.
struct Prospect {
  Cost alone = 0;  // weighted gain as the only index, or in its best plan where it gains nothing alone
  Cost added = 0;  // weighted gain on top of the chosen set, its price paid
  std::vector<std::size_t> statements;  // that it could make cheaper, by number
};

Prospect ProspectOf(std::uint32_t candidate, const Explorer& explorer, const SearchBase& base, SearchState& none,
                    SearchState& chosen) {
  Prospect prospect;
  const std::uint32_t ids[] = {candidate};
  prospect.alone = none.GainOf(ids, {}) + base.prices[candidate];
  prospect.added = chosen.GainOf(ids, {});
  Cost in_best_plan = 0;
  std::optional<std::uint32_t> last;
  for (const SearchBase::Place& place : base.places_of[candidate]) {
    if (std::exchange(last, place.statement) == place.statement) continue;  // only its cheapest column counts
    const Planned& planned = explorer.statements()[place.statement];
    const Cost cost = explorer.columns().of(place.statement)[place.position].cost;
    if (cost >= planned.before) continue;
    prospect.statements.push_back(place.statement);
    in_best_plan += planned.statement.weight * (planned.before - cost);
  }
  if (prospect.alone <= 0) prospect.alone = in_best_plan;
  return prospect;
}

// The chosen index that saves most in the statements that the candidate could serve: the one on the same table if there
// is one.
std::optional<CandidateId> Beater(const Problem& problem, const Explorer& explorer, const catalog::Candidate& beaten,
                                  const std::vector<std::size_t>& statements,
                                  const std::vector<whatif::PlanAnswer>& answers) {
  std::map<CandidateId, Cost> saved;
  for (const std::size_t i : statements) {
    const Planned& planned = explorer.statements()[i];
    for (const CandidateId id : answers[i].used)
      saved[id] += planned.statement.weight * (planned.before - answers[i].net());
  }
  std::optional<CandidateId> best;
  std::pair<bool, double> best_value;
  for (const auto& [id, gain] : saved) {
    const std::pair<bool, double> value(problem.candidates[id.value].def.table == beaten.def.table, Band(gain));
    if (best && !(value > best_value)) continue;
    best = id;
    best_value = value;
  }
  return best;
}

std::optional<CandidateId> Coverer(const Problem& problem, const catalog::Candidate& narrow,
                                   const whatif::IndexSet& chosen) {
  for (const CandidateId id : chosen) {
    const IndexDef& wide = problem.candidates[id.value].def;
    if (wide.table == narrow.def.table && catalog::Covers(wide, narrow.def)) return id;
  }
  return std::nullopt;
}

std::string_view CodeOf(Limit::Kind kind) {
  switch (kind) {
    case Limit::Kind::kCount:
      return reason::kOverCount;
    case Limit::Kind::kTable:
      return reason::kOverTable;
    case Limit::Kind::kWrites:
      return reason::kOverMaintenance;
    case Limit::Kind::kBytes:
      break;
  }
  return reason::kOverBudget;
}

}  // namespace

std::vector<Turned> ExplainTurned(const Problem& problem, const Constraints& constraints, const Limits& limits,
                                  const Explorer& explorer, const whatif::IndexSet& chosen,
                                  const whatif::IndexSet& gainless, const std::vector<whatif::PlanAnswer>& answers) {
  std::vector<double> weights;
  for (const Planned& planned : explorer.statements()) weights.push_back(planned.statement.weight);
  const std::vector<Cost> prices = Prices(problem, constraints.min_share * explorer.total_before());
  SearchBase base(explorer.columns(), weights, problem.sizes, prices, limits);
  SearchState none(base);
  SearchState state(base);
  std::vector<std::uint32_t> ids;
  for (const CandidateId id : chosen.Minus(constraints.pinned)) ids.push_back(id.value);
  state.Apply(ids, {});

  const Cost total_before = explorer.total_before();
  std::vector<Turned> turned;
  for (std::uint32_t id = 0; id < problem.candidates.size(); ++id) {
    if (chosen.Contains({id})) continue;
    const catalog::Candidate& candidate = problem.candidates[id];
    Turned& entry = turned.emplace_back();
    entry.candidate = {id};
    if (constraints.forbidden.Contains({id})) {
      entry.code = reason::kForbidden;
      continue;
    }
    if (!explorer.columns().seen(id)) {
      entry.code = reason::kNeverUsed;
      continue;
    }
    const Prospect prospect = ProspectOf(id, explorer, base, none, state);
    entry.share = total_before > 0 ? std::max(0.0, prospect.alone / total_before) : 0;
    const Limit* const full = limits.ExceededWith(state.sums(), id);
    const bool worth_adding = prospect.added > 0;
    if ((entry.by = Coverer(problem, candidate, chosen))) {
      entry.code = reason::kCoveredByWider;
    } else if (worth_adding && full != nullptr) {
      entry.code = CodeOf(full->kind);
    } else if (prospect.statements.empty() || prospect.alone <= 0 || gainless.Contains({id})) {
      entry.code = reason::kNoGain;
    } else if (prospect.alone < prices[id]) {
      const Cost writes = problem.write_costs.empty() ? 0 : problem.write_costs[id];
      entry.code = prospect.alone < prices[id] - writes ? reason::kBelowFloor : reason::kWritesCostMore;
    } else if ((entry.by = Beater(problem, explorer, candidate, prospect.statements, answers))) {
      entry.code = reason::kBeaten;
    } else if (full != nullptr) {
      // It helps only together with others for which there is no room.
      entry.code = CodeOf(full->kind);
    } else {
      entry.code = reason::kBelowFloor;
    }
  }
  return turned;
}

}  // namespace pgassay::select
