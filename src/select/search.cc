#include "select/search.h"

// The idea: grow a set by the move that saves most for its bytes, where a move adds one candidate, adds all candidates
// of one known plan (pairs that help only together), or replaces an index by a wider one (Extend: Schlosser, Kossmann,
// Boissier 2019). Gain per byte fills a budget badly at its end, so the set is then improved by its total cost: put a
// plan's candidates in and take out what is missed least until the rest fits; take one out and grow again. Greedy by
// gain alone starts a second attempt. We differ from Extend in moving on known plans instead of planner calls: whoever
// calls checks the result with the planner, and has the last word from the exact program (master.h), which starts here.

#include <algorithm>
#include <compare>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "catalog/index_identity.h"
#include "select/ranking.h"
#include "select/search_state.h"

namespace pgassay::select {
namespace {

using Ids = std::vector<std::uint32_t>;

constexpr std::uint32_t kNoCandidate = std::numeric_limits<std::uint32_t>::max();
// Less than this share of the total cost is rounding, not gain.
constexpr double kNegligible = 1e-9;
// Exchanges are tried for this many moves, the most promising first; more cost seconds and found nothing better in
// tests.
constexpr std::size_t kMaxExchanges = 300;
// Evaluations of moves that growing again after taking one index out may cost in one pass.
constexpr std::size_t kMaxRegrowth = 60'000;

enum class Measure { kPerByte, kTotal };

// A set of candidates that may be added together.
struct AddMove {
  Ids ids;  // by rank
  Bytes bytes = 0;
  // What was computed last, and for which SearchState::version.
  std::uint64_t version = std::numeric_limits<std::uint64_t>::max();
  Cost gain = 0;
};

// The order of moves: higher score, then fewer bytes, then the definitions.
struct Score {
  double value = 0;
  Bytes bytes = 0;
  Ids ranks;
  bool operator<(const Score& other) const {  // true: this one is worse
    if (value != other.value) return value < other.value;
    if (bytes != other.bytes) return bytes > other.bytes;
    return ranks > other.ranks;
  }
};

struct Change {
  Ids add;
  Ids remove;
};

// What is chosen already costs and gains nothing.
Ids Missing(const SearchState& state, const Ids& ids) {
  Ids missing;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(missing),
               [&](std::uint32_t id) { return !state.contains(id); });
  return missing;
}

class Searcher {
 public:
  explicit Searcher(const SearchProblem& problem)
      : problem_(problem), base_(problem.columns, problem.weights, problem.sizes, problem.prices, problem.limits) {
    CollectMoves();
    CollectWidenings();
  }

  SearchState Empty() { return SearchState(base_); }

  // Takes the best step until none is left; `banned` never comes in.
  void Grow(SearchState& state, Measure measure, std::uint32_t banned = kNoCandidate);
  void Improve(SearchState& state);
  // Takes out what is not worth its price, and columns that are not.
  void Prune(SearchState& state) const;
  // Takes over what `other` has on a table, table by table, where that makes `state` cheaper.
  void TakeFrom(const SearchState& other, SearchState& state) const;

  // Whether `a` is better than `b`: cheaper, then smaller, then by definitions.
  bool Better(const SearchState& a, const SearchState& b) const;

 private:
  void CollectMoves();
  void CollectWidenings();
  bool Fits(const SearchState& state, const Ids& add, const Ids& remove) const {
    return problem_.limits.Fits(state.sums(), add, remove);
  }
  Ids RanksOf(const Ids& ids) const;
  Cost GainOf(SearchState& state, AddMove& move) const;
  std::optional<Change> BestStep(SearchState& state, Measure measure, std::uint32_t banned);
  bool EvictUntilFitting(SearchState& state, const Ids& keep, Cost total) const;
  // The first of the most promising exchanges that makes the set cheaper; the same for taking one index out and growing
  // again.
  std::optional<SearchState> Exchange(SearchState& state);
  std::optional<SearchState> Regrow(const SearchState& state);
  Cost Negligible() const { return kNegligible * base_total_; }

  const SearchProblem& problem_;
  SearchBase base_;
  std::vector<AddMove> moves_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> widenings_;  // narrow, wide
  Cost base_total_ = 0;
};

void Searcher::CollectMoves() {
  const SearchState empty = Empty();
  base_total_ = empty.total();
  std::vector<Ids> sets;
  for (std::size_t i = 0; i < problem_.columns.statements(); ++i) {
    for (const PlanColumn& column : problem_.columns.of(i)) {
      if (!column.used.empty()) sets.push_back(RanksOf(column.used));
      if (column.used.size() < 2) continue;
      for (const std::uint32_t id : column.used) sets.push_back({problem_.ranks[id]});
    }
  }
  std::sort(sets.begin(), sets.end());
  sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
  Ids by_rank(problem_.ranks.size());
  for (std::uint32_t id = 0; id < problem_.ranks.size(); ++id) by_rank[problem_.ranks[id]] = id;
  for (const Ids& ranks : sets) {
    AddMove move;
    for (const std::uint32_t rank : ranks) {
      move.ids.push_back(by_rank[rank]);
      move.bytes += problem_.sizes[by_rank[rank]];
    }
    if (Fits(empty, Missing(empty, move.ids), {})) moves_.push_back(std::move(move));
  }
}

void Searcher::CollectWidenings() {
  std::map<Oid, Ids> by_table;  // candidates that are moves by themselves
  Ids alone;
  for (const AddMove& move : moves_) {
    if (move.ids.size() != 1) continue;
    alone.push_back(move.ids[0]);
    by_table[problem_.candidates[move.ids[0]].def.table].push_back(move.ids[0]);
  }
  for (const std::uint32_t narrow : alone) {
    const IndexDef& narrow_def = problem_.candidates[narrow].def;
    for (const std::uint32_t wide : by_table[narrow_def.table]) {
      if (narrow != wide && catalog::Covers(problem_.candidates[wide].def, narrow_def)) {
        widenings_.emplace_back(narrow, wide);
      }
    }
  }
}

Ids Searcher::RanksOf(const Ids& ids) const {
  Ids ranks;
  for (const std::uint32_t id : ids) ranks.push_back(problem_.ranks[id]);
  std::sort(ranks.begin(), ranks.end());
  return ranks;
}

Bytes BytesOf(const SearchState& state, const Ids& ids) {
  Bytes bytes = 0;
  for (const std::uint32_t id : ids) bytes += state.size_of(id);
  return bytes;
}

Cost Searcher::GainOf(SearchState& state, AddMove& move) const {
  const std::uint64_t version = state.version(move.ids);
  if (move.version != version) {
    move.gain = state.GainOf(Missing(state, move.ids), {});
    move.version = version;
  }
  return move.gain;
}

double Value(Cost gain, Bytes bytes, Measure measure) {
  if (measure == Measure::kTotal) return Band(gain);
  return bytes <= 0 ? std::numeric_limits<double>::infinity() : Band(gain / static_cast<double>(bytes));
}

std::optional<Change> Searcher::BestStep(SearchState& state, Measure measure, std::uint32_t banned) {
  std::optional<Change> best;
  Score best_score;
  const auto offer = [&](Change change, Cost gain, Bytes bytes) {
    Score score{.value = Value(gain, bytes, measure), .bytes = bytes, .ranks = {}};
    if (best && (score.value < best_score.value || (score.value == best_score.value && bytes > best_score.bytes)))
      return;
    score.ranks = RanksOf(change.add);
    if (best && !(best_score < score)) return;
    best_score = std::move(score);
    best = std::move(change);
  };
  for (AddMove& move : moves_) {
    const Cost gain = GainOf(state, move);
    if (gain < Negligible()) continue;
    Ids add = Missing(state, move.ids);
    const Bytes bytes = BytesOf(state, add);
    const bool is_banned = std::find(add.begin(), add.end(), banned) != add.end();
    if (add.empty() || is_banned || !Fits(state, add, {})) continue;
    offer({.add = std::move(add), .remove = {}}, gain, bytes);
  }
  for (const auto& [narrow, wide] : widenings_) {
    if (!state.contains(narrow) || state.contains(wide) || wide == banned || problem_.limits.IsPinned(narrow)) continue;
    const Ids add{wide};
    const Ids remove{narrow};
    const Bytes bytes = state.size_of(wide) - state.size_of(narrow);
    if (!Fits(state, add, remove)) continue;
    const Cost gain = state.GainOf(add, remove);
    if (gain < Negligible() && !(bytes < 0 && gain >= -Negligible())) continue;
    offer({.add = add, .remove = remove}, gain, bytes);
  }
  return best;
}

void Searcher::Grow(SearchState& state, Measure measure, std::uint32_t banned) {
  // Each step saves cost or bytes; the bound only guards against costs that are not numbers.
  for (std::size_t step = 0; step < 4 * problem_.candidates.size() + 4; ++step) {
    const std::optional<Change> change = BestStep(state, measure, banned);
    if (!change) break;
    state.Apply(change->add, change->remove);
    state.RemoveUnused();
  }
}

// Takes out what is missed least for what it takes of a limit that is exceeded until none is. False: that leaves no set
// that costs less than `total`.
bool Searcher::EvictUntilFitting(SearchState& state, const Ids& keep, Cost total) const {
  state.RemoveUnused();
  while (true) {
    if (state.total() >= total) return false;
    const Limit* const over = problem_.limits.Exceeded(state.sums());
    if (over == nullptr) return true;
    const std::vector<Cost> losses = state.Losses();
    std::optional<std::uint32_t> least;
    std::pair<double, std::uint32_t> least_value;
    for (const std::uint32_t id : state.chosen()) {
      if (over->amounts[id] == 0 || problem_.limits.IsPinned(id)) continue;
      if (std::find(keep.begin(), keep.end(), id) != keep.end()) continue;
      const auto amount = static_cast<double>(over->amounts[id]);
      const std::pair<double, std::uint32_t> value(Band((losses[id] - state.price_of(id)) / amount),
                                                   problem_.ranks[id]);
      if (least && !(value < least_value)) continue;
      least = id;
      least_value = value;
    }
    if (!least) return false;
    state.Apply({}, Ids{*least});
    state.RemoveUnused();
  }
}

bool Searcher::Better(const SearchState& a, const SearchState& b) const {
  const Cost total_a = Band(a.total());
  const Cost total_b = Band(b.total());
  if (total_a != total_b) return total_a < total_b;
  if (a.bytes() != b.bytes()) return a.bytes() < b.bytes();
  return RanksOf(a.chosen()) < RanksOf(b.chosen());
}

std::optional<SearchState> Searcher::Exchange(SearchState& state) {
  std::vector<std::pair<Cost, std::size_t>> promising;
  for (std::size_t i = 0; i < moves_.size(); ++i) {
    const Cost gain = Band(GainOf(state, moves_[i]));
    if (gain > Negligible()) promising.emplace_back(-gain, i);
  }
  std::sort(promising.begin(), promising.end());
  if (promising.size() > kMaxExchanges) promising.resize(kMaxExchanges);
  const Cost target = state.total() - Negligible();
  for (const auto& [gain, index] : promising) {
    SearchState changed = state;
    changed.Apply(Missing(changed, moves_[index].ids), {});
    if (EvictUntilFitting(changed, moves_[index].ids, target)) return changed;
  }
  return std::nullopt;
}

std::optional<SearchState> Searcher::Regrow(const SearchState& state) {
  const Ids chosen = state.chosen();
  if (chosen.size() * moves_.size() > kMaxRegrowth) return std::nullopt;
  const Cost total = state.total();
  for (const std::uint32_t id : chosen) {
    if (problem_.limits.IsPinned(id)) continue;
    for (const Measure measure : {Measure::kPerByte, Measure::kTotal}) {
      SearchState changed = state;
      changed.Apply({}, Ids{id});
      Grow(changed, measure, id);
      if (changed.total() < total - Negligible()) return changed;
    }
  }
  return std::nullopt;
}

void Searcher::Improve(SearchState& state) {
  if (problem_.limits.all().empty()) return;  // growing took everything that helps
  for (std::size_t pass = 0; pass < 2 * problem_.candidates.size() + 2; ++pass) {
    std::optional<SearchState> better = Exchange(state);
    if (!better) better = Regrow(state);
    if (!better) break;
    state = *std::move(better);
    Grow(state, Measure::kPerByte);
  }
}

void Searcher::Prune(SearchState& state) const {
  state.RemoveUnused();
  // Each step saves cost or bytes; the bound only guards against costs that are not numbers.
  for (std::size_t step = 0; step < 4 * problem_.candidates.size() + 4; ++step) {
    Change best;
    Score best_score;
    const auto offer = [&](Cost gain, Bytes freed, Ids add, std::uint32_t out) {
      if (gain < -Negligible() || (gain < Negligible() && freed <= 0)) return;
      Score score{.value = Band(gain), .bytes = -freed, .ranks = RanksOf({out})};
      if (!best.remove.empty() && !(best_score < score)) return;
      best_score = std::move(score);
      best = {.add = std::move(add), .remove = {out}};
    };
    const std::vector<Cost> losses = state.Losses();
    for (const std::uint32_t id : state.chosen()) {
      if (!problem_.limits.IsPinned(id)) offer(state.price_of(id) - losses[id], state.size_of(id), {}, id);
    }
    for (const auto& [narrow, wide] : widenings_) {
      if (!state.contains(wide) || state.contains(narrow) || problem_.limits.IsPinned(wide)) continue;
      const Ids add{narrow};
      const Ids remove{wide};
      if (!Fits(state, add, remove)) continue;
      offer(state.GainOf(add, remove), state.size_of(wide) - state.size_of(narrow), add, wide);
    }
    if (best.remove.empty()) break;
    state.Apply(best.add, best.remove);
    state.RemoveUnused();
  }
}

void Searcher::TakeFrom(const SearchState& other, SearchState& state) const {
  std::map<Oid, Change> changes;
  for (std::uint32_t id = 0; id < problem_.candidates.size(); ++id) {
    if (other.contains(id) == state.contains(id)) continue;
    Change& change = changes[problem_.candidates[id].def.table];
    (other.contains(id) ? change.add : change.remove).push_back(id);
  }
  for (auto& [table, change] : changes) {
    std::erase_if(change.remove, [&](std::uint32_t id) { return !state.contains(id); });
    if (!Fits(state, change.add, change.remove) || state.GainOf(change.add, change.remove) <= Negligible()) continue;
    state.Apply(change.add, change.remove);
    state.RemoveUnused();
  }
}

// The searches differ in the order of their steps, and an exchange that saves less than the floor is taken by one and
// not by another. Which of them ends cheapest is decided by the tables with the largest differences; without this, what
// is known of one table would decide what is advised on all others.
SearchState BestOfEachTable(Searcher& searcher, const std::vector<SearchState>& found) {
  const SearchState* best = &found.front();
  for (const SearchState& state : found) {
    if (searcher.Better(state, *best)) best = &state;
  }
  SearchState mixed = *best;
  for (const SearchState& state : found) searcher.TakeFrom(state, mixed);
  searcher.Prune(mixed);
  return searcher.Better(mixed, *best) ? mixed : *best;
}

}  // namespace

std::vector<std::uint32_t> Search(const SearchProblem& problem, const std::vector<std::uint32_t>& start,
                                  bool thorough) {
  Searcher searcher(problem);
  std::vector<SearchState> found(1, searcher.Empty());
  found[0].Apply(Missing(found[0], start), {});
  searcher.Grow(found[0], Measure::kPerByte);
  for (const Measure measure : {Measure::kPerByte, Measure::kTotal}) {
    if (thorough) searcher.Grow(found.emplace_back(searcher.Empty()), measure);
  }
  for (SearchState& state : found) {
    searcher.Improve(state);
    searcher.Prune(state);
  }
  return BestOfEachTable(searcher, found).chosen();
}

}  // namespace pgassay::select
