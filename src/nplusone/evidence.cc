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
// Pauses of requests that arrive independently are exponential. In a loop with k of them the mean of their logarithms
// to base 2 is about 0.83 - 0.72 / k below the logarithm of their mean; in round trips of one client of which one in
// three is twice the other, less than 0.2. Pauses count as uneven from this part of what independent requests would
// have.
constexpr double kUnevenPart = 0.85;
// A parent whose calls are followed by the loop less often than this has got there by accident, or hardly matters.
constexpr double kLeastRate = 0.03;
constexpr double kLeastRateOfSeldom = 0.3;
constexpr double kLeastRateOfDoubtful = 0.1;
constexpr double kLeastChildShare = 0.1;
constexpr double kSameCalls = 0.1;
// The same query again within this time is no waiting for something, however uneven the pauses are.
constexpr double kShortPauseUs = 10'000;
// Outside of transactions a loop that was seen once may be an accident.
constexpr std::int64_t kLeastLoops = 2;
// Unless it is long, and a large part of what the statement is used for.
constexpr std::int64_t kPlainCalls = 10;
constexpr double kPlainShare = 0.5;
constexpr double kLeastPlainShare = 0.2;
// An accidental pair of SELECT and INSERT is soon seen, a third one hardly.
constexpr std::int64_t kLeastPairs = 3;
constexpr double kLeastPairShare = 0.3;    // of the INSERT's calls, where the values agree
constexpr double kUnknownPairShare = 0.6;  // where values are not known
constexpr double kLeastKeyShare = 0.5;
// From this part on of the calls of a loop of INSERTs that have their SELECT before them, it is one of pairs.
constexpr double kPairedShare = 0.8;
// A parent is one of several if it is followed by the loop, and accounts for loops, at least this much as the best one.
constexpr double kMinorParent = 0.5;
constexpr double kFarRarer = 0.2;
// Writes that are repeated by accident are single ones most of the time, or in loops that are hardly any.
constexpr double kLeastWriteShare = 0.3;
constexpr double kLeastMeanCalls = 6;
// A part of what is in loops that may have come about by accident without mattering.
constexpr double kHardlyAccidental = 0.02;

double Ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

class Scale {
 public:
  explicit Scale(const LoopTally& tally) : tally_(tally) {
    for (const auto& [statement, calls] : tally.calls) owner_calls_[statement.first] += calls;
    for (const auto& [key, stats] : tally.loops) {
      if (key.kind != LoopKind::kNPlusOne) continue;
      Child& child = children_[{key.owner, key.child}];
      child.loops += stats.loops;
      child.most_loops = std::max(child.most_loops, stats.loops);
      child.best_rate = std::max(child.best_rate, Ratio(stats.loops, Calls(key.owner, key.parent)));
    }
  }

  Evidence Weigh(const LoopKey& key, const LoopStats& stats) const {
    switch (key.kind) {
      case LoopKind::kNPlusOne:
        return WeighChild(key, stats);
      case LoopKind::kWritesInALoop:
        return WeighWrites(key, stats);
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

  std::int64_t OwnerCalls(const LoopOwner& owner) const {
    const auto at = owner_calls_.find(owner);
    return at == owner_calls_.end() ? 0 : at->second;
  }

  static bool Uneven(const LoopStats& stats) {
    const auto pauses = static_cast<double>(std::max<std::int64_t>(1, stats.calls - stats.loops));
    const double each = pauses / static_cast<double>(stats.loops);
    return static_cast<double>(stats.unevenness) / 64 >= kUnevenPart * pauses * (0.83 - 0.72 / each);
  }

  // The part of the child's calls that would be in loops if every call of the owner were a request of its own, which
  // has nothing to do with the others: runs whose lengths are geometric, with up to kMostMates others within a round.
  double AccidentalShare(const LoopKey& key) const {
    const double others = 1 - Ratio(Calls(key.owner, key.child), OwnerCalls(key.owner));
    const double again = 1 - others * others * others * others;
    return again * again * again * again * (5 - 4 * again);
  }

  static bool MostlyWithinTransactions(const LoopStats& stats) { return stats.within_transaction * 2 >= stats.loops; }

  Evidence WeighChild(const LoopKey& key, const LoopStats& stats) const {
    Evidence evidence;
    const std::int64_t parent_calls = Calls(key.owner, key.parent);
    const std::int64_t others = OwnerCalls(key.owner) - parent_calls - Calls(key.owner, key.child);
    const Child& child = children_.at({key.owner, key.child});
    const double rate = Ratio(stats.loops, parent_calls);
    const double base = Ratio(child.loops - stats.loops, others);
    const bool tied = rate >= kLeastLift * base || rate >= kCertainRate;
    if (!tied) {
      evidence.dropped = "not-tied-to-parent";
      return evidence;
    }
    const bool fewer = stats.loops < child.most_loops;
    const bool far_fewer = static_cast<double>(stats.loops) < kMinorParent * static_cast<double>(child.most_loops);
    if ((far_fewer && rate < kMinorParent * child.best_rate) || (fewer && rate < kFarRarer * child.best_rate)) {
      evidence.dropped = "minor-parent";
      return evidence;
    }
    // Two weak signs together: the child is seldom repeated at all, or with pauses as of independent requests, or it is
    // called as often as the parent, as members of one cycle are; and the parent seldom has the loop behind it.
    const double each = Ratio(Calls(key.owner, key.child), parent_calls);
    const bool beside = each > 1 - kSameCalls && each < 1 + kSameCalls;
    const bool seldom = Ratio(stats.calls, Calls(key.owner, key.child)) < kLeastChildShare;
    const double least_rate = beside                            ? kLeastRateOfDoubtful
                              : MostlyWithinTransactions(stats) ? kLeastRate
                              : seldom                          ? kLeastRateOfSeldom
                              : Uneven(stats)                   ? kLeastRateOfDoubtful
                                                                : kLeastRate;
    if (rate < least_rate) {
      evidence.dropped = "not-tied-to-parent";
      return evidence;
    }
    const bool weak = stats.weak_parent * 2 > stats.loops;
    if (MostlyWithinTransactions(stats)) {
      evidence.confidence = Confidence::kHigh;
      evidence.why.push_back("the calls of a loop share one transaction");
    } else if (stats.loops < kLeastLoops) {
      const double share = Ratio(stats.calls, Calls(key.owner, key.child));
      const bool certain = AccidentalShare(key) <= kHardlyAccidental * share;
      const bool plain =
          stats.calls >= kPlainCalls && !weak && share >= kLeastPlainShare && (certain || !Uneven(stats));
      if (!plain) {
        evidence.dropped = "seen-once";
        return evidence;
      }
      evidence.why.push_back("it was seen once only, but in a long loop");
    } else if (weak && Uneven(stats)) {
      evidence.dropped = "independent-requests";
      return evidence;
    } else {
      evidence.confidence = Confidence::kMedium;
      evidence.why.push_back("each call is a transaction of its own, so that several clients may be mixed");
    }
    if (weak) {
      evidence.confidence = Confidence::kLow;
      evidence.why.push_back(
          "the statement before the loop seems to return one row only: what drives the loop may be another");
    }
    return evidence;
  }

  // So few of the statement's calls are in loops that the loops may be an accident.
  static bool SeldomInLoops(const LoopStats& stats, double share, bool certain) {
    if (share >= kPlainShare) return false;
    return !certain || share < kLeastWriteShare || Uneven(stats) || Ratio(stats.calls, stats.loops) < kLeastMeanCalls;
  }

  Evidence WeighWrites(const LoopKey& key, const LoopStats& stats) const {
    Evidence evidence;
    const double share = Ratio(stats.calls, Calls(key.owner, key.child));
    const double accidental = AccidentalShare(key);
    const bool certain = accidental <= kHardlyAccidental * share;
    if (MostlyWithinTransactions(stats)) {
      evidence.confidence = Confidence::kHigh;
      evidence.why.push_back("the calls of a loop share one transaction");
    } else if (stats.loops < kLeastLoops) {
      if (stats.calls < kPlainCalls || share < kPlainShare || !certain) {
        evidence.dropped = "seen-once";
        return evidence;
      }
      evidence.why.push_back("it was seen once only, but in a long loop");
    } else if (SeldomInLoops(stats, share, certain) || (Uneven(stats) && accidental > kFarRarer * share)) {
      evidence.dropped = "independent-requests";
    } else {
      evidence.confidence = Confidence::kMedium;
      evidence.why.push_back(
          Uneven(stats) ? "each call is a transaction of its own, but they follow each other far too often to be "
                          "requests by themselves"
                        : "each call is a transaction of its own, but the pauses are even, as of one client");
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
    } else if (Uneven(stats) && Ratio(stats.idle_us, stats.calls) >= kShortPauseUs) {
      evidence.dropped = "independent-requests";
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
  struct Child {
    std::int64_t loops = 0;  // under any parent
    std::int64_t most_loops = 0;
    double best_rate = 0;
  };
  std::map<LoopTally::Statement, Child> children_;
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

// Rows of a parent that happen to have few values between them: the batched call of n-plus-one serves them too.
void FoldRedundant(const LoopTally& tally, std::vector<Evidence>& evidence) {
  std::map<LoopTally::Statement, std::int64_t> loops;
  std::size_t index = 0;
  for (const auto& [key, stats] : tally.loops) {
    if (key.kind == LoopKind::kNPlusOne && evidence[index].dropped.empty())
      loops[{key.owner, key.child}] += stats.loops;
    ++index;
  }
  index = 0;
  for (const auto& [key, stats] : tally.loops) {
    Evidence& own = evidence[index++];
    if (key.kind != LoopKind::kRedundantQuery || !own.dropped.empty()) continue;
    const auto at = loops.find({key.owner, key.child});
    if (at != loops.end() && at->second >= stats.loops) own.dropped = "part-of-n-plus-one";
  }
}

// Rows that are each looked for before they are inserted, and a loop of such INSERTs that was seen once.
void FoldChecked(const LoopTally& tally, std::vector<Evidence>& evidence) {
  std::map<LoopTally::Statement, std::int64_t> pairs;
  std::size_t index = 0;
  for (const auto& [key, stats] : tally.loops) {
    if (key.kind == LoopKind::kCheckThenInsert && evidence[index].dropped.empty())
      pairs[{key.owner, key.child}] += stats.loops;
    ++index;
  }
  index = 0;
  for (const auto& [key, stats] : tally.loops) {
    Evidence& own = evidence[index++];
    if (key.kind != LoopKind::kWritesInALoop || own.confidence != Confidence::kLow || !own.dropped.empty()) continue;
    const auto at = pairs.find({key.owner, key.child});
    if (at != pairs.end() && Ratio(at->second, stats.calls) >= kPairedShare) own.dropped = "part-of-check-then-insert";
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
  FoldRedundant(tally, evidence);
  FoldChecked(tally, evidence);
  return evidence;
}

}  // namespace pgassay::nplusone
