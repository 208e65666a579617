#include "nplusone/findings.h"

#include <gtest/gtest.h>

#include "unit/nplusone/session_script.h"
#include "workload/loop_tally.h"

namespace pgassay::nplusone {
namespace {

constexpr const char* kPosts = "SELECT id, author_id FROM posts WHERE blog = $1";
constexpr const char* kAuthor = "SELECT name FROM authors WHERE id = $1";

// Merged tallies of pages of one session each.
LoopTally Pages(int count, int rows, const char* parent = kPosts) {
  LoopTally tally;
  for (int page = 0; page < count; ++page) {
    SessionScript script(static_cast<std::uint64_t>(page + 1));
    workload::MergeInto(tally, script.Run(parent, {page}).Loop(kAuthor, rows).Tally());
  }
  return tally;
}

TEST(Findings, SaysWhatRepeatsAndWhatToDo) {
  const LoopFindings found = MakeFindings(Pages(4, 12), {.observed_us = 24 * 3'600'000'000});
  ASSERT_EQ(found.findings.size(), 1U);
  const Finding& finding = found.findings[0];
  EXPECT_EQ(finding.kind, "n-plus-one");
  EXPECT_EQ(finding.severity, "critical");
  EXPECT_EQ(finding.parent, kPosts);
  EXPECT_EQ(finding.child, kAuthor);
  EXPECT_EQ(finding.loops, 4);
  EXPECT_EQ(finding.calls, 48);
  EXPECT_EQ(finding.sessions, 4);
  EXPECT_EQ(finding.median_calls, 12);
  EXPECT_EQ(finding.p95_calls, 12);
  EXPECT_DOUBLE_EQ(finding.wasted_ms_per_day, 4 * 11 * 0.8);
  EXPECT_EQ(finding.confidence, "medium");
  EXPECT_EQ(finding.examples.size(), kLoopExamples);
  EXPECT_EQ(finding.rewrite.sql, "SELECT name, id FROM authors WHERE id = ANY($1)");
}

TEST(Findings, OneShortLoopAcrossTransactionsMayBeAnAccident) {
  const LoopFindings found = MakeFindings(Pages(1, 6));
  EXPECT_TRUE(found.findings.empty());
  ASSERT_EQ(found.dropped.size(), 1U);
  EXPECT_EQ(found.dropped[0].reason, "seen-once");
}

TEST(Findings, OneLongLoopIsLowConfidence) {
  const LoopFindings found = MakeFindings(Pages(1, 12));
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].confidence, "low");
}

TEST(Findings, OneLoopOfRowsThatAreLookedForBeforeIsOneFinding) {
  SessionScript script;
  for (int i = 1; i <= 15; ++i)
    script.Run("SELECT id FROM tag WHERE name = $1", {i}).Run("INSERT INTO tag (name) VALUES ($1)", {i});
  for (int i = 1; i <= 300; ++i) script.Pause(600'000).Run("UPDATE seen SET at = $1 WHERE id = $2", {i, i});
  const LoopFindings found = MakeFindings(script.Tally());
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].kind, "check-then-insert");
  ASSERT_EQ(found.dropped.size(), 1U);
  EXPECT_EQ(found.dropped[0].reason, "part-of-check-then-insert");
}

TEST(Findings, OneLoopWithinATransactionIsEnough) {
  const LoopFindings found = MakeFindings(SessionScript().Transaction(5).Run(kPosts).Loop(kAuthor, 6).Tally());
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].confidence, "high");
  EXPECT_EQ(found.findings[0].severity, "warning");
}

TEST(Findings, ALoopThatComesAsOftenWithoutItsParentIsNotTiedToIt) {
  LoopTally tally;
  for (int i = 0; i < 40; ++i) {
    // Popular lookups behind whatever was before: all statements are followed by a run of them now and then.
    const std::string before = "SELECT * FROM page" + std::to_string(i % 4) + " WHERE k = $1";
    SessionScript script(static_cast<std::uint64_t>(i + 1));
    script.Run(before, {i});
    workload::MergeInto(tally, (i % 8 < 4 ? script.Loop(kAuthor, 6) : script.Loop(kAuthor, 2)).Tally());
  }
  const LoopFindings found = MakeFindings(tally);
  EXPECT_TRUE(found.findings.empty());
  ASSERT_EQ(found.dropped.size(), 4U);
  EXPECT_EQ(found.dropped[0].reason, "not-tied-to-parent");
}

TEST(Findings, OneRowAsParentIsLowConfidence) {
  const LoopFindings found = MakeFindings(Pages(4, 12, "SELECT * FROM posts WHERE id = $1"));
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].confidence, "low");
}

TEST(Findings, ARareParentBesideTheRealOneIsDropped) {
  LoopTally tally = Pages(20, 8);
  workload::MergeInto(tally, Pages(2, 8, "SELECT * FROM recent WHERE blog = $1"));
  for (int i = 0; i < 30; ++i) {
    workload::MergeInto(tally, SessionScript(99).Run("SELECT * FROM recent WHERE blog = $1", {i}).Tally());
  }
  const LoopFindings found = MakeFindings(tally);
  ASSERT_EQ(found.findings.size(), 1U);
  ASSERT_EQ(found.dropped.size(), 1U);
  EXPECT_EQ(found.findings[0].parent, kPosts);
}

TEST(Findings, WritesWithUnevenPausesAreIndependentRequests) {
  constexpr const char* kEvent = "INSERT INTO events (at) VALUES ($1)";
  LoopTally tally;
  for (int i = 0; i < 4; ++i) {
    SessionScript script(static_cast<std::uint64_t>(i + 1));
    for (int k = 0; k < 8; ++k) script.Pause(k % 2 == 0 ? 100 : 90'000).Run(kEvent, {i * 100 + k});
    workload::MergeInto(tally, script.Tally());
  }
  const LoopFindings found = MakeFindings(tally);
  EXPECT_TRUE(found.findings.empty());
  ASSERT_EQ(found.dropped.size(), 1U);
  EXPECT_EQ(found.dropped[0].reason, "independent-requests");
}

TEST(Findings, NoRewriteSaysWhy) {
  LoopTally tally;
  for (int i = 0; i < 3; ++i) {
    SessionScript script(static_cast<std::uint64_t>(i + 1));
    for (int k = 0; k < 6; ++k) script.Run("UPDATE t SET a = $1", {k});
    workload::MergeInto(tally, script.Tally());
  }
  const LoopFindings found = MakeFindings(tally);
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].rewrite.sql, "");
  EXPECT_TRUE(found.findings[0].rewrite.note.starts_with("No rewrite: ")) << found.findings[0].rewrite.note;
}

}  // namespace
}  // namespace pgassay::nplusone
