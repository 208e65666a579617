// Detection on labelled traffic, and what must hold whatever the traffic.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include "nplusone/evidence.h"
#include "nplusone/loop_detector.h"
#include "support/program_traffic.h"
#include "support/session_traffic.h"

namespace pgassay::nplusone {
namespace {

LoopTally Detect(const Traffic& traffic) {
  LoopDetector detector;
  for (std::uint32_t i = 0; i < traffic.statements.size(); ++i) detector.Define(i, traffic.statements[i]);
  for (const SessionEvent& event : traffic.events) detector.Add(event);
  return detector.Finish();
}

std::set<Label> Found(const LoopTally& tally) {
  std::set<Label> found;
  const std::vector<Evidence> evidence = Weigh(tally);
  std::size_t index = 0;
  for (const auto& [key, stats] : tally.loops) {
    if (!evidence[index++].dropped.empty()) continue;
    found.insert({key.kind, key.parent == 0 ? "" : tally.statements.at({key.owner, key.parent}).text,
                  tally.statements.at({key.owner, key.child}).text});
  }
  return found;
}

struct Score {
  int right = 0;
  int wrong = 0;
  int missed = 0;
  double Precision() const { return right + wrong == 0 ? 1 : static_cast<double>(right) / (right + wrong); }
  double Recall() const { return right + missed == 0 ? 1 : static_cast<double>(right) / (right + missed); }
};

void Add(const Traffic& traffic, const std::set<Label>& found, std::map<LoopKind, Score>& scores) {
  for (const Label& label : found) {
    if (traffic.rare.contains(label)) continue;
    ++(traffic.truth.contains(label) ? scores[label.kind].right : scores[label.kind].wrong);
  }
  for (const Label& label : traffic.truth) scores[label.kind].missed += found.contains(label) ? 0 : 1;
}

Score Report(const std::string& name, const std::map<LoopKind, Score>& scores) {
  Score all;
  for (const auto& [kind, score] : scores) {
    std::cout << name << ' ' << Slug(kind) << ": right " << score.right << ", wrong " << score.wrong << ", missed "
              << score.missed << '\n';
    all.right += score.right;
    all.wrong += score.wrong;
    all.missed += score.missed;
  }
  std::cout << name << ": precision " << all.Precision() << ", recall " << all.Recall() << '\n';
  return all;
}

TEST(LoopDetection, FindsWhatTheSimulatedApplicationsDo) {
  std::map<LoopKind, Score> scores;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Traffic traffic = SimulateTraffic(seed);
    Add(traffic, Found(Detect(traffic)), scores);
  }
  const Score all = Report("applications", scores);
  EXPECT_GE(all.Precision(), 0.95);
  EXPECT_GE(all.Recall(), 0.95);
}

TEST(LoopDetection, FindsWhatThePrograms) {
  std::map<LoopKind, Score> scores;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Traffic traffic = ProgramTraffic(seed);
    std::set<Label> found = Found(Detect(traffic));
    std::erase_if(found,
                  [](const Label& label) { return label.kind == LoopKind::kChattyTransaction; });  // not labelled
    Add(traffic, found, scores);
  }
  const Score all = Report("programs", scores);
  EXPECT_GE(all.Precision(), 0.95);
  EXPECT_GE(all.Recall(), 0.95);
}

}  // namespace
}  // namespace pgassay::nplusone
