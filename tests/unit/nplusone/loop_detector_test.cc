#include "nplusone/loop_detector.h"

#include <gtest/gtest.h>

#include "unit/nplusone/session_script.h"

namespace pgassay::nplusone {
namespace {

constexpr const char* kPosts = "SELECT id, author_id FROM posts ORDER BY id DESC LIMIT $1";
constexpr const char* kAuthor = "SELECT name FROM authors WHERE id = $1";
constexpr const char* kAvatar = "SELECT url FROM avatars WHERE author_id = $1";

std::string Line(const std::string& kind, const std::string& parent, const std::string& child, const char* counts) {
  return kind + ": " + parent + " -> " + child + ", " + counts;
}

TEST(LoopDetector, FindsTheChildOfAParent) {
  const LoopTally tally = SessionScript().Run(kPosts).Loop(kAuthor, 5).Tally();
  EXPECT_EQ(Loops(tally), Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 5")}));
  EXPECT_TRUE(Suppressed(tally).empty());
}

TEST(LoopDetector, FourCallsAreNoLoop) {
  EXPECT_EQ(Loops(SessionScript().Run(kPosts).Loop(kAuthor, 4).Tally()), Lines());
}

TEST(LoopDetector, FindsEveryMemberOfACycle) {
  SessionScript script;
  script.Run(kPosts);
  for (int i = 0; i < 6; ++i) script.Run(kAuthor, {i}).Run(kAvatar, {i});
  EXPECT_EQ(Loops(script.Tally()),
            Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 6"), Line("n-plus-one", kPosts, kAvatar, "1 x 6")}));
}

TEST(LoopDetector, AttributesANestedLoopToTheNearestParent) {
  SessionScript script;
  script.Run(kPosts);
  for (int i = 0; i < 6; ++i) script.Run(kAuthor, {i}).Loop(kAvatar, 7);
  EXPECT_EQ(Loops(script.Tally()),
            Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 6"), Line("n-plus-one", kAuthor, kAvatar, "6 x 42")}));
}

TEST(LoopDetector, PassesOverFiguresAndSingleRowsBetweenParentAndLoop) {
  SessionScript script;
  script.Run("SELECT * FROM users WHERE id = $1").Run(kPosts).Run("SELECT count(*) FROM posts").Loop(kAuthor, 5);
  EXPECT_EQ(Loops(script.Tally()), Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 5")}));
}

TEST(LoopDetector, LoopsThatFollowEachOtherShareTheirParent) {
  EXPECT_EQ(Loops(SessionScript().Run(kPosts).Loop(kAuthor, 6).Loop(kAvatar, 6).Tally()),
            Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 6"), Line("n-plus-one", kPosts, kAvatar, "1 x 6")}));
}

TEST(LoopDetector, ACursorDrivesALoop) {
  constexpr const char* kDeclare = "DECLARE c CURSOR FOR SELECT id FROM posts";
  SessionScript script;
  script.Run("BEGIN").Run(kDeclare).Run("FETCH 100 FROM c").Loop(kAuthor, 5).Run("FETCH 100 FROM c").Run("CLOSE c");
  EXPECT_EQ(Loops(script.Run("COMMIT").Tally()), Lines({Line("n-plus-one", kDeclare, kAuthor, "1 x 5")}));
}

TEST(LoopDetector, APauseEndsALoop) {
  SessionScript script;
  script.Run(kPosts).Loop(kAuthor, 3).Pause(600'000).Run(kAuthor, {7}).Pause(800).Run(kAuthor, {8});
  EXPECT_EQ(Loops(script.Tally()), Lines());
}

TEST(LoopDetector, LoopsSpanTransactionsAndStayWithinOne) {
  SessionScript apart;
  apart.Transaction(1).Run(kPosts);
  for (int i = 0; i < 5; ++i) apart.Transaction(static_cast<std::uint64_t>(10 + i)).Run(kAuthor, {i});
  const LoopTally spanning = apart.Tally();
  ASSERT_EQ(spanning.loops.size(), 1U);
  EXPECT_EQ(spanning.loops.begin()->second.transactions, 5);
  EXPECT_EQ(spanning.loops.begin()->second.within_transaction, 0);
  const LoopTally within = SessionScript().Transaction(1).Run(kPosts).Loop(kAuthor, 5).Tally();
  ASSERT_EQ(within.loops.size(), 1U);
  EXPECT_EQ(within.loops.begin()->second.transactions, 1);
  EXPECT_EQ(within.loops.begin()->second.within_transaction, 1);
}

TEST(LoopDetector, TransactionsWithALoopEachAreNoLongerOnes) {
  constexpr const char* kLine = "INSERT INTO line (head, n) VALUES ($1, $2)";
  SessionScript requests;  // that follow each other at once
  for (std::uint64_t i = 1; i <= 3; ++i) {
    requests.Transaction(i).Run("BEGIN").Run(kPosts).Loop(kAuthor, 6);
    requests.Run("UPDATE a SET x = $1 WHERE id = $2", {1, 1}).Loop(kLine, 7).Run("COMMIT");
  }
  const LoopTally tally = requests.Tally();
  EXPECT_EQ(Loops(tally),
            Lines({Line("n-plus-one", kPosts, kAuthor, "3 x 18"), Line("writes-in-a-loop", "-", kLine, "3 x 21")}));
  for (const auto& [key, stats] : tally.loops) {
    EXPECT_EQ(stats.transactions, 3);
    EXPECT_EQ(stats.within_transaction, 3);
  }
}

TEST(LoopDetector, ALoopEndsWithItsTransaction) {
  constexpr const char* kLine = "INSERT INTO line (head, n) VALUES ($1, $2)";
  SessionScript script;
  for (std::uint64_t i = 1; i <= 4; ++i) script.Transaction(i).Run("BEGIN").Loop(kLine, 9).Run("COMMIT");
  const LoopTally tally = script.Tally();
  EXPECT_EQ(Loops(tally), Lines({Line("writes-in-a-loop", "-", kLine, "4 x 36")}));
  EXPECT_EQ(tally.loops.begin()->second.transactions, 4);
  EXPECT_EQ(tally.loops.begin()->second.within_transaction, 4);
}

TEST(LoopDetector, WastedTimeIsRoundTripsBeyondTheFirstCall) {
  const LoopTally tally = SessionScript().Run(kPosts).Loop(kAuthor, 6).Tally();
  EXPECT_EQ(tally.loops.begin()->second.wasted_us, 5 * 800);
  EXPECT_EQ(tally.loops.begin()->second.busy_us, 6 * 200);
}

TEST(LoopDetector, SameValuesAreARedundantQuery) {
  constexpr const char* kSetting = "SELECT value FROM settings WHERE name = $1";
  SessionScript script;
  for (int i = 0; i < 5; ++i) script.Run(kSetting, {1});
  const LoopTally tally = script.Tally();
  EXPECT_EQ(Loops(tally), Lines({Line("redundant-query", "-", kSetting, "1 x 5")}));
  EXPECT_EQ(tally.loops.begin()->second.wasted_us, 4 * (800 + 200));
}

TEST(LoopDetector, WritesInALoop) {
  constexpr const char* kLine = "INSERT INTO line (head, n) VALUES ($1, $2)";
  SessionScript script;
  script.Run("BEGIN").Run("INSERT INTO head (a) VALUES ($1)", {1}).Loop(kLine, 5).Run("COMMIT");
  EXPECT_EQ(Loops(script.Tally()), Lines({Line("writes-in-a-loop", "-", kLine, "1 x 5")}));
}

TEST(LoopDetector, ChattyTransaction) {
  constexpr const char* kStep = "UPDATE a SET x = $1 WHERE id = $2";
  SessionScript script;
  script.Run("BEGIN").Pause(20'000).Run(kStep, {1, 1}).Run("SELECT * FROM b WHERE k = $1", {2}).Run(kStep, {2, 2});
  script.Run("DELETE FROM c WHERE k = $1", {3}).Run("INSERT INTO d (k) VALUES ($1)", {4}).Run("COMMIT");
  EXPECT_EQ(Loops(script.Tally()), Lines({Line("chatty-transaction", "-", kStep, "1 x 5")}));
  SessionScript few;
  few.Run("BEGIN").Run(kStep, {1, 1}).Pause(600'000).Run("SELECT * FROM b WHERE k = $1", {2}).Run("COMMIT");
  EXPECT_EQ(Loops(few.Tally()), Lines({Line("chatty-transaction", "-", kStep, "1 x 2")}));
  SessionScript quick;
  quick.Run("BEGIN").Run(kStep, {1, 1}).Run("SELECT * FROM b WHERE k = $1", {2}).Run(kStep, {2, 2});
  quick.Run("DELETE FROM c WHERE k = $1", {3}).Run("INSERT INTO d (k) VALUES ($1)", {4}).Run("COMMIT");
  EXPECT_EQ(Loops(quick.Tally()), Lines());
}

constexpr const char* kCheck = "SELECT 1 AS one FROM users WHERE email = $1 LIMIT 1";
constexpr const char* kInsert = "INSERT INTO users (email, name) VALUES ($1, $2)";

TEST(LoopDetector, CheckThenInsert) {
  SessionScript script;
  script.Run("BEGIN").Run(kCheck, {1}).Run("SAVEPOINT a").Run(kInsert, {1, 2}).Run("COMMIT");
  const LoopTally tally = script.Tally();
  EXPECT_EQ(Loops(tally), Lines({Line("check-then-insert", kCheck, kInsert, "1 x 2")}));
  EXPECT_EQ(tally.loops.begin()->second.matched_keys, 1);
}

TEST(LoopDetector, UniquenessValidationsAreNoNPlusOne) {
  SessionScript script;
  script.Run(kPosts);
  for (int i = 1; i <= 6; ++i) {
    script.Run("BEGIN").Run(kCheck, {i}).Run(kInsert, {i, 100 + i}).Run("COMMIT");
  }
  const LoopTally tally = script.Tally();
  EXPECT_EQ(Loops(tally), Lines({Line("check-then-insert", kCheck, kInsert, "6 x 12")}));
  EXPECT_EQ(Suppressed(tally), (Reasons{{"uniqueness-check", 1}, {"independent-transactions", 1}}));
}

TEST(LoopDetector, CheckThenInsertIsFineWithALockOrOnConflictOrAnotherKey) {
  SessionScript locked;
  locked.Run("BEGIN").Run("SELECT pg_advisory_xact_lock($1)", {1}).Run(kCheck, {1}).Run(kInsert, {1, 2}).Run("COMMIT");
  EXPECT_EQ(Loops(locked.Tally()), Lines());
  EXPECT_EQ(Suppressed(locked.Tally()), (Reasons{{"locked", 1}}));
  SessionScript other;
  other.Run(kCheck, {1}).Run(kInsert, {5, 2});
  EXPECT_EQ(Loops(other.Tally()), Lines());
  EXPECT_EQ(Suppressed(other.Tally()), (Reasons{{"other-key", 1}}));
  SessionScript upsert;
  upsert.Run(kCheck, {1}).Run("INSERT INTO users (email) VALUES ($1) ON CONFLICT DO NOTHING", {1});
  EXPECT_EQ(Loops(upsert.Tally()), Lines());
  SessionScript list;
  list.Run("SELECT * FROM users WHERE email = $1 ORDER BY id LIMIT 20", {1}).Run(kInsert, {1, 2});
  EXPECT_EQ(Loops(list.Tally()), Lines());
}

TEST(LoopDetector, JobQueuesAreNoLoops) {
  SessionScript script;
  for (int i = 1; i <= 8; ++i) {
    script.Run("SELECT * FROM jobs WHERE state = $1 LIMIT 1 FOR UPDATE SKIP LOCKED", {1});
    script.Run(kAuthor, {i}).Run("UPDATE jobs SET state = $1 WHERE id = $2", {2, i});
  }
  EXPECT_EQ(Loops(script.Tally()), Lines());
}

TEST(LoopDetector, HousekeepingIsNoLoop) {
  SessionScript script;
  script.Run(kPosts);
  for (int i = 1; i <= 8; ++i) {
    script.Run("SELECT 1").Run("SELECT nextval('ids')", {i}).Run("SET x = 1").Run("SHOW y").Run("DEALLOCATE z");
    script.Run("FETCH 10 FROM c").Run("COPY t FROM STDIN").Run("BEGIN").Run("COMMIT").Run("PREPARE p AS SELECT 1");
  }
  EXPECT_EQ(Loops(script.Tally()), Lines());
  EXPECT_EQ(Suppressed(script.Tally()), Reasons());
}

TEST(LoopDetector, PagesOfOneResultAreNoLoop) {
  for (const char* page :
       {"SELECT * FROM t WHERE id > $1 ORDER BY id LIMIT $2", "SELECT * FROM t ORDER BY id LIMIT 9 OFFSET $1"}) {
    const LoopTally tally = SessionScript().Run(kPosts).Loop(page, 8).Tally();
    EXPECT_EQ(Loops(tally), Lines());
    EXPECT_EQ(Suppressed(tally), (Reasons{{"pagination", 1}}));
  }
}

TEST(LoopDetector, SlicesOfATableAreNoLoop) {
  for (const char* slice : {"SELECT * FROM t WHERE id > $1 AND id <= $2", "SELECT * FROM t WHERE at BETWEEN $1 AND $2",
                            "DELETE FROM t WHERE t.id >= $1 AND t.id < $2"}) {
    const LoopTally tally = SessionScript().Run(kPosts).Loop(slice, 8).Tally();
    EXPECT_EQ(Loops(tally), Lines()) << slice;
    EXPECT_EQ(Suppressed(tally), (Reasons{{"pagination", 1}})) << slice;
  }
  for (const char* slice :
       {"SELECT * FROM t WHERE post = $1 AND at > $2 AND at < 7", "SELECT * FROM t WHERE a > $1 AND b < $1"})
    EXPECT_EQ(Loops(SessionScript().Run(kPosts).Loop(slice, 8).Tally()).size(), 1U) << slice;
}

TEST(LoopDetector, BestRowsOfEachParentAreALoop) {
  constexpr const char* kTop = "SELECT * FROM comments WHERE post_id = $1 ORDER BY at DESC LIMIT 3";
  EXPECT_EQ(Loops(SessionScript().Run(kPosts).Loop(kTop, 5).Tally()),
            Lines({Line("n-plus-one", kPosts, kTop, "1 x 5")}));
}

TEST(LoopDetector, NothingBeforeALoopIsNoParent) {
  const LoopTally tally = SessionScript().Run("INSERT INTO t (a) VALUES (1)").Loop(kAuthor, 6).Tally();
  EXPECT_EQ(Loops(tally), Lines());
  EXPECT_EQ(Suppressed(tally), (Reasons{{"no-parent", 1}}));
}

TEST(LoopDetector, WholeTransactionsThatRepeatAreIndependent) {
  SessionScript script;
  script.Run(kPosts);
  for (int i = 1; i <= 8; ++i) {
    script.Run("BEGIN").Run("UPDATE account SET b = b + 1 WHERE aid = $1", {i}).Run(kAvatar, {i});
    script.Run("INSERT INTO history (aid) VALUES ($1)", {i}).Run("COMMIT");
  }
  const LoopTally tally = script.Tally();
  EXPECT_EQ(Loops(tally), Lines());
  EXPECT_EQ(Suppressed(tally), (Reasons{{"independent-transactions", 3}}));
}

TEST(LoopDetector, RetriesAreNoLoop) {
  SessionScript script;
  for (int i = 0; i < 8; ++i) {
    script.Run("BEGIN")
        .Run(kAvatar, {1})
        .Fail("UPDATE avatars SET url = $1 WHERE author_id = $2", {1, 2})
        .Run("ROLLBACK");
  }
  EXPECT_EQ(Loops(script.Tally()), Lines());
  EXPECT_EQ(script.Tally().failed, 8);
}

TEST(LoopDetector, PollingIsNotRedundant) {
  SessionScript script;
  script.Pause(100'000);
  for (int i = 0; i < 8; ++i) script.Run("SELECT id FROM mail WHERE state = $1", {1});
  EXPECT_EQ(Loops(script.Tally()), Lines());
  EXPECT_EQ(Suppressed(script.Tally()), (Reasons{{"polling", 1}}));
}

TEST(LoopDetector, ReadingAgainAfterAWriteIsNotRedundant) {
  SessionScript script;
  for (int i = 0; i < 8; ++i) {
    script.Run("SELECT n FROM counters WHERE name = $1", {1});
    script.Run("UPDATE counters SET n = $1 WHERE name = $2", {i, 1});
  }
  EXPECT_EQ(Suppressed(script.Tally()), (Reasons{{"read-after-write", 1}}));
}

TEST(LoopDetector, LockingAgainIsNotRedundant) {
  SessionScript script;
  for (int i = 0; i < 8; ++i) script.Run("SELECT n FROM counters WHERE name = $1 FOR UPDATE", {1});
  EXPECT_EQ(Suppressed(script.Tally()), (Reasons{{"row-lock", 1}}));
}

TEST(LoopDetector, RequestsThatAskTheSameFirstAreSeparate) {
  SessionScript script;
  for (int i = 1; i <= 8; ++i) {
    script.Run("SELECT * FROM settings WHERE tenant = $1", {1}).Run(i % 2 == 0 ? kAuthor : kAvatar, {i});
  }
  const LoopTally tally = script.Tally();
  EXPECT_EQ(Loops(tally).size(), 0U);
  EXPECT_EQ(Suppressed(tally).count("separate-requests"), 1U);
}

TEST(LoopDetector, APoolersResetDividesClients) {
  SessionScript script;
  for (int i = 1; i <= 8; ++i) script.Run(kPosts).Run(kAuthor, {i}).Run("DISCARD ALL");
  EXPECT_EQ(Loops(script.Tally()), Lines());
  EXPECT_EQ(Suppressed(script.Tally()), Reasons());
}

TEST(LoopDetector, TheLeastRecentlyActiveSessionMakesRoom) {
  LoopDetector detector({.sessions = 2});
  detector.Define(0, SessionScript::TraitsOf(kPosts));
  detector.Define(1, SessionScript::TraitsOf(kAuthor));
  const auto add = [&detector](std::uint64_t session, std::uint32_t statement, std::int64_t at_ms) {
    detector.Add({.session = session,
                  .begin_us = at_ms * 1000,
                  .end_us = at_ms * 1000 + 100,
                  .statement = statement,
                  .values = static_cast<std::uint64_t>(at_ms)});
  };
  std::int64_t at_ms = 1;
  add(1, 0, at_ms++);
  for (int i = 0; i < 5; ++i) add(1, 1, at_ms++);
  add(2, 0, at_ms++);
  add(1, 1, at_ms++);
  add(3, 0, at_ms++);  // session 2 goes
  add(1, 1, at_ms++);
  const LoopTally tally = detector.Finish();
  EXPECT_EQ(tally.sessions_closed_early, 1);
  EXPECT_EQ(Loops(tally), Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 7")}));
  EXPECT_EQ(tally.events, 10);
}

}  // namespace
}  // namespace pgassay::nplusone
