#include "workload/value_sets.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace pgassay::workload {
namespace {

// Angles that are tried for a group, in parts of the circle.
constexpr int kTurns = 32;

// Sets that stand for less of the calls come from rounding, or are not worth a call of the planner.
constexpr double kLeastShare = 2e-3;

// One group on the circle.
struct Wheel {
  std::size_t group = 0;
  std::vector<std::size_t> positions;  // of the choices that are left
  std::vector<double> ends;            // of their arcs; the last one is 1
  double turn = 0;
  bool leads = true;  // its arcs end sets
};

double Wrapped(double angle) {
  return angle - std::floor(angle);
}

std::size_t ChoiceAt(const Wheel& wheel, double angle) {
  const double own = Wrapped(angle - wheel.turn);
  const auto end = std::ranges::upper_bound(wheel.ends, own);
  return std::min<std::size_t>(static_cast<std::size_t>(end - wheel.ends.begin()), wheel.ends.size() - 1);
}

// The choices of a group with the shares of the rarest given to their neighbours until `most` are left.
Wheel MakeWheel(std::size_t group, const std::vector<ValueChoice>& choices, std::size_t most) {
  Wheel wheel{.group = group, .positions = {}, .ends = {}};
  std::vector<double> shares;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    wheel.positions.push_back(i);
    shares.push_back(choices[i].share);
  }
  while (shares.size() > most) {
    const auto rarest = std::ranges::min_element(shares) - shares.begin();
    const auto heir = rarest == 0 ? 1 : rarest - 1;
    shares[static_cast<std::size_t>(heir)] += shares[static_cast<std::size_t>(rarest)];
    shares.erase(shares.begin() + rarest);
    wheel.positions.erase(wheel.positions.begin() + rarest);
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  double end = 0;
  for (const double share : shares) wheel.ends.push_back(end += share / sum);
  wheel.ends.back() = 1;
  return wheel;
}

// Where sets end: sorted, the first one is repeated a circle later.
std::vector<double> Cuts(const std::vector<Wheel>& wheels) {
  std::vector<double> cuts;
  for (const Wheel& wheel : wheels) {
    if (!wheel.leads || wheel.positions.size() < 2) continue;
    for (const double end : wheel.ends) cuts.push_back(Wrapped(end + wheel.turn));
  }
  if (cuts.empty()) cuts.push_back(0);
  std::ranges::sort(cuts);
  cuts.push_back(cuts.front() + 1);
  return cuts;
}

// How far two wheels are from independent: the sum over pairs of choices of (joint share - product of shares)^2.
double Dependence(const Wheel& a, const Wheel& b) {
  std::vector<double> joint(a.ends.size() * b.ends.size(), 0);
  const std::vector<double> cuts = Cuts({a, b});
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double middle = (cuts[i] + cuts[i + 1]) / 2;
    joint[ChoiceAt(a, middle) * b.ends.size() + ChoiceAt(b, middle)] += cuts[i + 1] - cuts[i];
  }
  double sum = 0;
  for (std::size_t i = 0; i < a.ends.size(); ++i) {
    for (std::size_t j = 0; j < b.ends.size(); ++j) {
      const double product = (a.ends[i] - (i > 0 ? a.ends[i - 1] : 0)) * (b.ends[j] - (j > 0 ? b.ends[j - 1] : 0));
      sum += std::pow(joint[i * b.ends.size() + j] - product, 2);
    }
  }
  return sum;
}

// Turns `wheel` to where it depends least on those before it; the smallest angle among equals. A wheel with one choice
// looks the same at every angle.
void Turn(Wheel& wheel, const std::vector<Wheel>& before) {
  if (wheel.positions.size() < 2) return;
  double least = std::numeric_limits<double>::infinity();
  double best = 0;
  for (int turn = 0; turn < kTurns; ++turn) {
    wheel.turn = static_cast<double>(turn) / kTurns;
    double dependence = 0;
    for (const Wheel& other : before) {
      if (other.positions.size() > 1) dependence += Dependence(wheel, other);
    }
    if (dependence < least - 1e-12) {
      least = dependence;
      best = wheel.turn;
    }
  }
  wheel.turn = best;
}

// How many choices each group may keep so that their sum is at most `most`; 0: it ends no set.
std::vector<std::size_t> Allowance(const std::vector<std::vector<ValueChoice>>& groups, std::size_t most) {
  std::vector<std::size_t> allowance;
  allowance.reserve(groups.size());
  for (const std::vector<ValueChoice>& choices : groups) allowance.push_back(choices.size() > 1 ? choices.size() : 0);
  while (std::accumulate(allowance.begin(), allowance.end(), std::size_t{0}) > most) {
    // The last one of the longest: what comes first in a statement is mostly what it is about.
    const auto longest = std::max_element(allowance.rbegin(), allowance.rend());
    *longest = *longest > 2 ? *longest - 1 : 0;
  }
  return allowance;
}

}  // namespace

std::vector<JointChoice> Combine(const std::vector<std::vector<ValueChoice>>& groups, std::size_t most) {
  const std::vector<std::size_t> allowance = Allowance(groups, most);
  std::vector<Wheel> wheels;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const std::size_t kept = allowance[group] > 0 ? allowance[group] : most;
    Wheel wheel = MakeWheel(group, groups[group], std::max<std::size_t>(1, kept));
    wheel.leads = allowance[group] > 0;
    Turn(wheel, wheels);
    wheels.push_back(std::move(wheel));
  }
  const std::vector<double> cuts = Cuts(wheels);
  std::vector<JointChoice> sets;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    JointChoice set{.share = cuts[i + 1] - cuts[i], .chosen = {}};
    if (set.share < kLeastShare) continue;
    for (const Wheel& wheel : wheels) {
      set.chosen.push_back(wheel.positions[ChoiceAt(wheel, (cuts[i] + cuts[i + 1]) / 2)]);
    }
    const auto same = std::ranges::find(sets, set.chosen, &JointChoice::chosen);
    if (same == sets.end()) {
      sets.push_back(std::move(set));
    } else {
      same->share += set.share;
    }
  }
  double sum = 0;
  for (const JointChoice& set : sets) sum += set.share;
  for (JointChoice& set : sets) set.share /= sum;
  return sets;
}

}  // namespace pgassay::workload
