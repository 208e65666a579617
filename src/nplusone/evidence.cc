#include "nplusone/evidence.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"

namespace pgassay::nplusone {
namespace {

// A parent's calls are followed by the loop so many times more often than those of other statements are.
constexpr double kLeastLift = 3;
// Or so often that no other explanation is left.
constexpr double kCertainRate = 0.8;
// Pauses of requests that arrive independently have 0.83 in long loops and 0.68 in those of five calls; those of one
// client's round trips, of which one in three is twice the other, stay below 0.2.
constexpr double kUneven = 0.45;
// Outside of transactions a loop that was seen once may be an accident.
constexpr std::int64_t kLeastLoops = 2;
// An accidental pair of SELECT and INSERT is soon seen, a third one hardly.
constexpr std::int64_t kLeastPairs = 3;
constexpr double kLeastPairShare = 0.3;    // of the INSERT's calls, where the values agree
constexpr double kUnknownPairShare = 0.6;  // where values are not known
constexpr double kLeastKeyShare = 0.5;

double Ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

class Scale {
 public:
  explicit Scale(const LoopTally& tally) : tally_(tally) {
    for (const auto& [statement, calls] : tally.calls) owner_calls_[statement.first] += calls;
    for (const auto& [key, stats] : tally.loops) {
      if (key.kind == LoopKind::kNPlusOne) child_loops_[{key.owner, key.child}] += stats.loops;
    }
  }

  Evidence Weigh(const LoopKey& key, const LoopStats& stats) const {
    switch (key.kind) {
      case LoopKind::kNPlusOne:
        return WeighChild(key, stats);
      case LoopKind::kWritesInALoop:
        return WeighWrites(stats);
      case LoopKind::kRedundantQuery:
        return WeighRedundant(stats);
      case LoopKind::kChattyTransaction:
        return WeighChatty(stats);
      case LoopKind::kCheckThenInsert:
        return WeighCheck(key, stats);
    }
    return {};
  }

 private:
  std::int64_t Calls(const LoopOwner& owner, std::uint64_t shape) const {
    const auto at = tally_.calls.find({owner, shape});
    return at == tally_.calls.end() ? 0 : at->second;
  }

  static double UnevennessOf(const LoopStats& stats) {
    const std::int64_t pauses = std::max<std::int64_t>(1, stats.calls - stats.loops);
    return Ratio(stats.unevenness, 64 * pauses);
  }

  static bool MostlyWithinTransactions(const LoopStats& stats) { return stats.within_transaction * 2 >= stats.loops; }

  Evidence WeighChild(const LoopKey& key, const LoopStats& stats) const {
    Evidence evidence;
    const std::int64_t parent_calls = Calls(key.owner, key.parent);
    const std::int64_t others = owner_calls_.at(key.owner) - parent_calls - Calls(key.owner, key.child);
    const double rate = Ratio(stats.loops, parent_calls);
    const double base = Ratio(child_loops_.at({key.owner, key.child}) - stats.loops, others);
    const bool tied = rate >= kLeastLift * base || rate >= kCertainRate;
    if (!tied) {
      evidence.dropped = "not-tied-to-parent";
      return evidence;
    }
    if (MostlyWithinTransactions(stats)) {
      evidence.confidence = Confidence::kHigh;
      evidence.why.push_back("the calls of a loop share one transaction");
    } else if (stats.loops < kLeastLoops) {
      evidence.dropped = "seen-once";
      return evidence;
    } else {
      evidence.confidence = Confidence::kMedium;
      evidence.why.push_back("each call is a transaction of its own, so that several clients may be mixed");
    }
    if (stats.weak_parent * 2 > stats.loops) {
      evidence.confidence = Confidence::kLow;
      evidence.why.push_back(
          "the statement before the loop seems to return one row only: what drives the loop may be another");
    }
    return evidence;
  }

  static Evidence WeighWrites(const LoopStats& stats) {
    Evidence evidence;
    if (MostlyWithinTransactions(stats)) {
      evidence.confidence = Confidence::kHigh;
      evidence.why.push_back("the calls of a loop share one transaction");
    } else if (stats.loops < kLeastLoops) {
      evidence.dropped = "seen-once";
    } else if (UnevennessOf(stats) >= kUneven) {
      evidence.dropped = "independent-requests";
    } else {
      evidence.confidence = Confidence::kMedium;
      evidence.why.push_back("each call is a transaction of its own, but the pauses are even, as of one client");
    }
    return evidence;
  }

  static Evidence WeighRedundant(const LoopStats& stats) {
    Evidence evidence;
    if (MostlyWithinTransactions(stats)) {
      evidence.confidence = Confidence::kHigh;
      evidence.why.push_back("the same values are asked for within one transaction");
    } else if (stats.loops < kLeastLoops) {
      evidence.dropped = "seen-once";
    } else {
      evidence.confidence = Confidence::kMedium;
      evidence.why.push_back(
          "each call is a transaction of its own: other clients may have changed the rows in between");
    }
    return evidence;
  }

  static Evidence WeighChatty(const LoopStats& stats) {
    Evidence evidence;
    if (stats.loops < kLeastPairs) evidence.dropped = "seen-once";
    evidence.confidence = Confidence::kHigh;
    evidence.why.push_back("the pauses are measured from the log's own times");
    return evidence;
  }

  Evidence WeighCheck(const LoopKey& key, const LoopStats& stats) const {
    Evidence evidence;
    const double share = Ratio(stats.loops, Calls(key.owner, key.child));
    const bool known = stats.known_keys * 2 >= stats.loops;
    const bool matched = known && Ratio(stats.matched_keys, stats.known_keys) >= kLeastKeyShare;
    if (stats.loops < kLeastPairs) {
      evidence.dropped = "seen-once";
    } else if (share < (matched ? kLeastPairShare : kUnknownPairShare)) {
      evidence.dropped = "not-tied-to-parent";
    }
    evidence.confidence = matched ? Confidence::kHigh : known ? Confidence::kMedium : Confidence::kLow;
    evidence.why.push_back(matched ? "the SELECT looks for values that the INSERT then writes"
                           : known ? "the SELECT looks for some of the values that the INSERT then writes"
                                   : "the values are not logged: that both are about one key is likely, not known");
    return evidence;
  }

  const LoopTally& tally_;
  std::map<LoopOwner, std::int64_t> owner_calls_;
  std::map<LoopTally::Statement, std::int64_t> child_loops_;
};

// P -> B beside P -> A and A -> B: rounds of A in which B was too rare for a loop were counted for P.
void FoldNested(const LoopTally& tally, std::vector<Evidence>& evidence) {
  std::map<LoopKey, std::size_t> kept;
  std::size_t index = 0;
  for (const auto& [key, stats] : tally.loops) {
    if (key.kind == LoopKind::kNPlusOne && evidence[index].dropped.empty()) kept.emplace(key, index);
    ++index;
  }
  for (const auto& [inner, inner_index] : kept) {
    for (const auto& [outer, outer_index] : kept) {
      if (outer.owner != inner.owner || outer.child != inner.parent) continue;
      LoopKey through = inner;
      through.parent = outer.parent;
      const auto at = kept.find(through);
      if (at == kept.end() || through.parent == inner.parent) continue;
      if (tally.loops.at(through).loops <= tally.loops.at(inner).loops) evidence[at->second].dropped = "nested";
    }
  }
}

}  // namespace

std::string_view Word(Confidence confidence) {
  return confidence == Confidence::kHigh ? "high" : confidence == Confidence::kMedium ? "medium" : "low";
}

std::vector<Evidence> Weigh(const LoopTally& tally) {
  const Scale scale(tally);
  std::vector<Evidence> evidence;
  evidence.reserve(tally.loops.size());
  for (const auto& [key, stats] : tally.loops) evidence.push_back(scale.Weigh(key, stats));
  FoldNested(tally, evidence);
  return evidence;
}

}  // namespace pgassay::nplusone
