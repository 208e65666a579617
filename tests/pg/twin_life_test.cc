// The twin's life: what it plans, what it leaves behind, and that more backends change nothing.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "pg/twin_fixture.h"
#include "support/shop.h"
#include "twin/twin.h"

namespace pgassay {
namespace {

using test::Leftovers;
using test::SmallSnapshot;
using test::Table;
using test::Texts;
using test::TwinTest;

TEST_F(TwinTest, PlansWithSizesThatNoFileHas) {
  Snapshot snapshot = SmallSnapshot("CREATE TABLE public.t (a integer, b integer);");
  snapshot.relations.push_back(Table(1000, "t", {"a", "b"}));
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  EXPECT_EQ((*twin)->warnings(), std::vector<std::string>());
  const std::vector<twin::PlannedText> statements =
      Texts({"SELECT * FROM t WHERE a = 1", "SELECT * FROM nowhere", "SELECT"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  ASSERT_TRUE((*prepared)[0].ok()) << (*prepared)[0].status();
  ASSERT_EQ((*prepared)[0]->requests.size(), 1U);
  EXPECT_EQ((*prepared)[0]->requests.front().table, Oid{1000});
  EXPECT_EQ((*prepared)[0]->requests.front().clauses.size(), 1U);
  EXPECT_EQ((*prepared)[0]->requests.front().clauses.front().kind, catalog::ClauseKind::kEquality);
  EXPECT_FALSE((*prepared)[1].ok());
  EXPECT_EQ(twin::ServerErrorCode((*prepared)[1].status()), "42P01");

  const IndexDef index{.table = Oid{1000}, .keys = {{.column = 1}}};
  const whatif::BtreeSize size{.pages = 2745, .tuples = 1000000, .tree_height = 2};
  const twin::CandidateParts candidate = {{.def = index, .size = size}};
  const auto made = (*twin)->AddCandidates(std::span(&candidate, 1));
  ASSERT_TRUE(made.ok() && made->front().ok());
  const whatif::IndexSet enabled({CandidateId{0}});
  const std::vector<whatif::PlanQuestion> questions = {{StatementId{0}, {}, {}}, {StatementId{0}, enabled, {}}};
  const auto answers = (*twin)->Plan(questions);
  ASSERT_TRUE(answers.ok() && answers->at(0).ok() && answers->at(1).ok());
  EXPECT_TRUE(answers->at(0)->used.empty());
  EXPECT_GT(answers->at(0)->total, 10000);  // ten thousand pages at least
  EXPECT_EQ(answers->at(1)->used, enabled);
  EXPECT_LT(answers->at(1)->total, answers->at(0)->total);

  // Whichever comes first: the other one is not asked.
  std::atomic<int> left = 1;
  const auto stopped = (*twin)->PlanUntil(questions, [&] { return left.fetch_sub(1) <= 0; });
  ASSERT_TRUE(stopped.ok());
  EXPECT_EQ(stopped->at(0).ok() + stopped->at(1).ok(), 1);
  EXPECT_TRUE(absl::IsCancelled(stopped->at(0).status()) || absl::IsCancelled(stopped->at(1).status()));
}

TEST_F(TwinTest, ClockStandsAtTheCapture) {
  Snapshot snapshot = SmallSnapshot("CREATE TABLE public.t (a integer);");
  snapshot.relations.push_back(Table(1000, "t", {"a"}));
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  const std::vector<twin::PlannedText> statements =
      Texts({"SELECT * FROM t WHERE now() = '2026-06-30 12:00:00+00'",
             "SELECT * FROM t WHERE 'now'::timestamptz = '2026-06-30 12:00:00+00'"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok());
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto plan = (*twin)->ExplainJson({StatementId{i}, {}, {}});
    ASSERT_TRUE(plan.ok()) << plan.status();
    // A condition that is true at the capture's time estimates all rows; at any other time none.
    EXPECT_NE(plan->find("\"Plan Rows\": 1000000"), std::string::npos) << *plan;
  }
}

// A join with an alias of its own names its columns; statements with one are planned like any other.
TEST_F(TwinTest, AliasedJoinsHaveRequests) {
  Snapshot snapshot =
      SmallSnapshot("CREATE TABLE public.t (a integer, b integer); CREATE TABLE public.u (a integer, c integer);");
  snapshot.relations.push_back(Table(1000, "t", {"a", "b"}));
  snapshot.relations.push_back(Table(1001, "u", {"a", "c"}));
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  const std::vector<twin::PlannedText> statements = Texts(
      {"SELECT j.* FROM (t JOIN u USING (a)) AS j WHERE j.b = 4",
       "SELECT * FROM (t x JOIN u y ON x.a = y.a) AS j(p, q, r, s) WHERE q < 5 OR s = 2",
       "SELECT * FROM t LEFT JOIN (SELECT a, coalesce(c, 0) AS z FROM u) s ON s.a = t.a WHERE s.z = 3 OR t.b = 1",
       "SELECT * FROM t, LATERAL (SELECT coalesce(t.b, u.c) AS z FROM u WHERE u.a = t.a LIMIT 1) l WHERE l.z = 1"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  for (const auto& requests : *prepared) {
    ASSERT_TRUE(requests.ok()) << requests.status();
    EXPECT_EQ(requests->requests.size(), 2U);
  }
}

TEST_F(TwinTest, MoreBackendsGiveTheSameAnswers) {
  Snapshot snapshot = SmallSnapshot("CREATE TABLE public.t (a integer, b integer, c integer);");
  snapshot.relations.push_back(Table(1000, "t", {"a", "b", "c"}));
  std::vector<std::string> statements;
  for (int i = 0; i < 20; ++i) {
    statements.push_back("SELECT * FROM t WHERE a = " + std::to_string(i) + " AND b < " + std::to_string(i) +
                         " ORDER BY c LIMIT 5");
  }
  std::vector<twin::CandidateParts> candidates;
  for (int column = 1; column <= 3; ++column) {
    candidates.push_back({{.def = {.table = Oid{1000}, .keys = {{.column = column}}},
                           .size = {.pages = 2745, .tuples = 1000000, .tree_height = 2}}});
  }
  std::vector<whatif::PlanQuestion> questions;
  for (std::uint32_t s = 0; s < 20; ++s) {
    for (std::uint32_t mask = 0; mask < 8; ++mask) {
      std::vector<CandidateId> enabled;
      for (std::uint32_t c = 0; c < 3; ++c) {
        if (mask & (1U << c)) enabled.push_back(CandidateId{c});
      }
      questions.push_back({StatementId{s}, whatif::IndexSet(enabled), {}});
    }
  }
  std::vector<std::vector<whatif::PlanAnswer>> all;
  for (const int jobs : {1, 2, 5}) {
    options_.jobs = jobs;
    auto twin = twin::Twin::Start(snapshot, options_);
    ASSERT_TRUE(twin.ok()) << twin.status();
    ASSERT_TRUE((*twin)->Prepare(Texts(statements)).ok());
    ASSERT_TRUE((*twin)->AddCandidates(candidates).ok());
    const auto answers = (*twin)->Plan(questions);
    ASSERT_TRUE(answers.ok());
    std::vector<whatif::PlanAnswer> plain;
    for (const auto& answer : *answers) {
      ASSERT_TRUE(answer.ok()) << answer.status();
      plain.push_back(*answer);
    }
    all.push_back(std::move(plain));
  }
  EXPECT_EQ(all[0], all[1]);
  EXPECT_EQ(all[0], all[2]);
}

// A run that is killed leaves its directory; the next run ends its server and removes it.
TEST_F(TwinTest, NextRunRemovesWhatAKilledOneLeft) {
  Snapshot snapshot = SmallSnapshot("CREATE TABLE public.t (a integer);");
  snapshot.relations.push_back(Table(1000, "t", {"a"}));
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto twin = twin::Twin::Start(snapshot, options_);
    const char byte = twin.ok() ? '1' : '0';
    if (write(ready[1], &byte, 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  close(ready[1]);
  char byte = '0';
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  EXPECT_EQ(byte, '1');
  ASSERT_EQ(kill(child, SIGKILL), 0);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(Leftovers(directory_->path()).size(), 1U);
  {
    auto twin = twin::Twin::Start(snapshot, options_);
    ASSERT_TRUE(twin.ok()) << twin.status();
    EXPECT_EQ(Leftovers(directory_->path()).size(), 1U);  // its own
  }
}

// What another run is using is left alone.
TEST_F(TwinTest, TwoTwinsLiveSideBySide) {
  Snapshot snapshot = SmallSnapshot("CREATE TABLE public.t (a integer);");
  snapshot.relations.push_back(Table(1000, "t", {"a"}));
  auto first = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(first.ok()) << first.status();
  auto second = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(second.ok()) << second.status();
  const std::vector<twin::PlannedText> statements = Texts({"SELECT * FROM t"});
  const auto prepared = (*first)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_TRUE((*prepared)[0].ok());
}

TEST_F(TwinTest, SaysWhatIsMissing) {
  Snapshot snapshot = SmallSnapshot("");
  options_.pg_bindir = "/nonexistent";
  const auto no_programs = twin::Twin::Start(snapshot, options_);
  EXPECT_TRUE(absl::IsNotFound(no_programs.status())) << no_programs.status();
  EXPECT_NE(no_programs.status().message().find("--pg-bindir"), absl::string_view::npos);
  options_ = test::TwinOptionsForTests();
  options_.work_dir = directory_->path();
  snapshot.server_version = 990000;
  const auto no_extension = twin::Twin::Start(snapshot, options_);
  EXPECT_TRUE(absl::IsNotFound(no_extension.status())) << no_extension.status();
  snapshot.server_version = 150000;
  options_.work_dir = directory_->path() + "/no/such/directory";
  EXPECT_FALSE(twin::Twin::Start(snapshot, options_).ok());
}

}  // namespace
}  // namespace pgassay
