// The twin's life and its walls: what it leaves behind, what a hostile capture can do to it, and that more backends
// change nothing.

#include "twin/twin.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "pgassay/capture.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

// A capture as small as it gets: `schema_sql` on an empty UTF8 database.
Snapshot SmallSnapshot(std::string schema_sql) {
  Snapshot snapshot;
  snapshot.database = "small";
  snapshot.user = "somebody";
  snapshot.server_version = 150000;
  snapshot.captured_at = "2026-06-30T12:00:00.000000Z";
  snapshot.encoding = "UTF8";
  snapshot.locale_provider = "c";
  snapshot.collate = "C";
  snapshot.ctype = "C";
  snapshot.schema_sql = std::move(schema_sql);
  return snapshot;
}

Relation Table(std::uint32_t oid, std::string name, std::vector<std::string> columns) {
  Relation relation;
  relation.oid = Oid{oid};
  relation.name = {"public", std::move(name)};
  relation.pages = 10000;
  relation.statistics_pages = 10000;
  relation.statistics_tuples = 1000000;
  for (std::string& column : columns) {
    relation.columns.push_back({.number = static_cast<int>(relation.columns.size()) + 1,
                                .name = std::move(column),
                                .type = "integer",
                                .type_oid = Oid{23},
                                .type_length = 4});
  }
  return relation;
}

ColumnStatistics Statistics(int column, std::vector<StatisticSlot> slots) {
  ColumnStatistics statistics;
  statistics.relation = Oid{1000};
  statistics.column = column;
  statistics.average_width = 4;
  statistics.distinct = 100;
  statistics.slots = std::move(slots);
  return statistics;
}

// Statements of the capture's user.
std::vector<twin::PlannedText> Texts(const std::vector<std::string>& statements) {
  std::vector<twin::PlannedText> texts;
  for (const std::string& sql : statements) texts.push_back({.sql = sql, .user = "somebody", .search_path = ""});
  return texts;
}

std::vector<std::string> Leftovers(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.push_back(entry.path().filename());
  return names;
}

class TwinTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<TemporaryDirectory> directory = TemporaryDirectory::Make("/tmp", "twin-test-");
    ASSERT_TRUE(directory.ok()) << directory.status();
    directory_ = std::make_unique<TemporaryDirectory>(*std::move(directory));
    // The server's user must reach its own directory below this one.
    std::filesystem::permissions(directory_->path(),
                                 std::filesystem::perms::others_exec | std::filesystem::perms::group_exec,
                                 std::filesystem::perm_options::add);
    options_ = test::TwinOptionsForTests();
    options_.work_dir = directory_->path();
  }
  void TearDown() override { EXPECT_EQ(Leftovers(directory_->path()), std::vector<std::string>()); }

  std::unique_ptr<TemporaryDirectory> directory_;
  TwinOptions options_;
};

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

// Nothing in a schema text may run a program, read or write a file, become superuser, or run a statement that defines
// nothing.
TEST_F(TwinTest, HostileSchemaDoesNothing) {
  const std::string marker = directory_->path() + "-marker";
  const std::string schema =
      "CREATE TABLE public.good (a integer);\n"
      "\\! touch " +
      marker +
      "\n"
      "CREATE TABLE public.after (a integer);\n"
      "COPY public.good FROM PROGRAM 'touch " +
      marker +
      "';\n"
      "COPY (SELECT 1) TO '" +
      marker +
      "';\n"
      "DO $$ BEGIN EXECUTE 'CREATE TABLE public.from_do (a integer)'; END $$;\n"
      "RESET SESSION AUTHORIZATION;\nSET ROLE pgassay_superuser;\n"
      "CREATE FUNCTION public.evil() RETURNS integer LANGUAGE c AS '/lib/x86_64-linux-gnu/libc.so.6', 'getpid';\n"
      "CREATE ROLE mallory SUPERUSER;\nALTER ROLE pgassay_owner SUPERUSER;\n"
      "CREATE EXTENSION file_fdw;\nALTER SYSTEM SET archive_command = 'touch " +
      marker +
      "';\n"
      "INSERT INTO public.good VALUES (1);\nSELECT pg_terminate_backend(pg_backend_pid());\n"
      "CREATE TABLE public.last (a integer);\n";
  Snapshot snapshot = SmallSnapshot(schema);
  snapshot.extensions.push_back({"file_fdw", "1.0", "public"});
  std::uint32_t oid = 1000;
  for (const char* name : {"good", "last"}) snapshot.relations.push_back(Table(oid++, name, {"a"}));
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  EXPECT_FALSE(std::filesystem::exists(marker));
  std::string warnings;
  for (const std::string& warning : (*twin)->warnings()) warnings += warning + "\n";
  for (const char* listed :
       {"COPY", "DO $$", "LANGUAGE c", "CREATE ROLE mallory", "file_fdw", "ALTER SYSTEM", "INSERT"}) {
    EXPECT_NE(warnings.find(listed), std::string::npos) << listed << " is not listed in:\n" << warnings;
  }
  const std::vector<twin::PlannedText> statements =
      Texts({"SELECT * FROM good, last", "SELECT * FROM from_do", "SELECT evil()",
             "SELECT * FROM pg_roles WHERE rolname = 'mallory'"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_TRUE((*prepared)[0].ok()) << (*prepared)[0].status();
  EXPECT_FALSE((*prepared)[1].ok());
  EXPECT_FALSE((*prepared)[2].ok());
  std::filesystem::remove(marker);
}

// Reading statistics and end points runs the CHECK of a domain: never with the rights of the session that writes them.
TEST_F(TwinTest, DomainOfAHostileSchemaHasNoRights) {
  const std::string marker = directory_->path() + "-marker";
  Snapshot snapshot = SmallSnapshot(
      "CREATE FUNCTION public.evil(v text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN BEGIN EXECUTE $q$COPY (SELECT "
      "1) TO PROGRAM 'touch " +
      marker +
      "'$q$; EXCEPTION WHEN OTHERS THEN NULL; END; BEGIN EXECUTE 'RESET ROLE'; EXECUTE 'RESET SESSION AUTHORIZATION'; "
      "EXECUTE 'CREATE ROLE "
      "mallory SUPERUSER LOGIN'; EXCEPTION WHEN OTHERS THEN NULL; END; RETURN true; END $$;\n"
      "CREATE DOMAIN public.d AS text CHECK (public.evil(VALUE));\n"
      "CREATE TABLE public.t (a public.d, b public.d[]);\nCREATE INDEX t_a_idx ON public.t (a);");
  Relation table = Table(1000, "t", {"a", "b"});
  snapshot.relations.push_back(table);
  Index index;
  index.oid = Oid{1001};
  index.name = {"public", "t_a_idx"};
  index.def = {.table = Oid{1000}, .keys = {{.column = 1}}};
  index.pages = 100;
  index.tree_height = 1;
  snapshot.indexes.push_back(index);
  snapshot.end_points.push_back({Oid{1001}, "a", "z"});
  snapshot.statistics = {Statistics(1, {{2, "<(text,text)", "", {}, "{a,m,z}"}}),
                         Statistics(2, {{2, "0", "", {}, "{\"{a,b}\",\"{c}\"}"}})};
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  EXPECT_EQ((*twin)->warnings(), std::vector<std::string>());  // the values were loaded all the same
  EXPECT_FALSE(std::filesystem::exists(marker));
  const std::vector<twin::PlannedText> statements =
      Texts({"SELECT * FROM t WHERE a > 'k'", "SELECT 1 / count(*) FROM pg_roles WHERE rolname = 'mallory'"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_TRUE((*prepared)[0].ok()) << (*prepared)[0].status();
  const auto plan = (*twin)->ExplainJson({StatementId{0}, {}, {}});
  ASSERT_TRUE(plan.ok());
  std::filesystem::remove(marker);
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

// Immutable functions run while the planner folds constants: an endless one must stop at the timeout, and the twin
// lives on.
TEST_F(TwinTest, EndlessFunctionStopsAtTheTimeout) {
  Snapshot snapshot = SmallSnapshot(
      "CREATE TABLE public.t (a integer);\n"
      "CREATE FUNCTION public.endless() RETURNS integer IMMUTABLE LANGUAGE plpgsql AS 'BEGIN LOOP END LOOP; END';");
  snapshot.relations.push_back(Table(1000, "t", {"a"}));
  options_.statement_timeout_ms = 300;
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  const std::vector<twin::PlannedText> statements =
      Texts({"SELECT * FROM t WHERE a = public.endless()", "SELECT * FROM t"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_TRUE(absl::IsDeadlineExceeded((*prepared)[0].status())) << (*prepared)[0].status();
  EXPECT_TRUE((*prepared)[1].ok()) << (*prepared)[1].status();
}

// The planner trusts statistics: arrays that do not fit together would make it read beyond their ends.
TEST_F(TwinTest, StatisticsThatDoNotFitAreLeftOut) {
  Snapshot snapshot = SmallSnapshot("CREATE TABLE public.t (a integer, b integer, c integer, d integer);");
  snapshot.relations.push_back(Table(1000, "t", {"a", "b", "c", "d"}));
  const std::string equal = "=(integer,integer)";
  const std::string less = "<(integer,integer)";
  snapshot.statistics = {
      Statistics(1, {{1, equal, "", "{0.5}", "{1,2,3,4,5,6,7,8,9}"}, {3, less, "", "{0.1,0.2}", {}}}),
      Statistics(2, {{1, equal, "", "{0.5,0.25}", {}}, {2, less, "", {}, {}}, {3, less, "", {}, {}}}),
      Statistics(3, {{2, less, "", {}, "{not,numbers}"}}),
      Statistics(4, {{1, equal, "", "{0.5,0.25}", "{1,2}"}, {2, less, "", {}, "{3,10,20}"}, {3, less, "", "{1}", {}}}),
  };
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  EXPECT_EQ((*twin)->warnings().size(), 3U);
  std::vector<std::string> statements;
  for (const char* column : {"a", "b", "c", "d"}) {
    statements.push_back("SELECT * FROM t WHERE " + std::string(column) + " = 9 OR " + column + " > 15 ORDER BY " +
                         column);
  }
  const auto prepared = (*twin)->Prepare(Texts(statements));
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  for (const auto& requests : *prepared) EXPECT_TRUE(requests.ok()) << requests.status();
}

// What is sent in batches fails one by one: the neighbours of what the server refuses are there, in the script's order.
TEST_F(TwinTest, OneThatIsRefusedTakesNoOtherWithIt) {
  Snapshot snapshot = SmallSnapshot(
      "CREATE TABLE public.t (a integer, b integer) -- a comment at the end;\n;\n"
      "CREATE TABLE public.broken (a nosuchtype);\n"
      "CREATE SCHEMA small;\nDO $$ BEGIN END $$;\n"
      "CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql IMMUTABLE BEGIN ATOMIC; SELECT 1; SELECT 2; END;\n"
      "CREATE TYPE public.mood AS ENUM ('good');\nALTER TYPE public.mood ADD VALUE 'bad';\n"
      "CREATE TABLE small.u (a public.mood DEFAULT 'bad');\nCREATE TABLE public.t (again integer);\n"
      "CREATE INDEX ta ON public.t (a);\nCREATE INDEX tb ON public.t (b);\n");
  snapshot.relations = {Table(1000, "t", {"a", "b"}), Table(1001, "u", {"a"})};
  snapshot.relations[1].name.schema = "small";
  for (std::uint32_t i = 0; i < 2; ++i) {
    snapshot.indexes.push_back({.oid = Oid{2000 + i}, .name = {"public", i == 0 ? "ta" : "tb"}});
    snapshot.indexes.back().def = {.table = Oid{1000}, .keys = {{.column = static_cast<int>(i) + 1}}};
  }
  snapshot.end_points = {{Oid{2000}, "1", "no number"}, {Oid{2001}, "1", "5000"}};
  const auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  const std::vector<std::string>& warnings = (*twin)->warnings();
  ASSERT_EQ(warnings.size(), 4U);
  const char* const expected[] = {"CREATE TABLE public.broken", "DO $$", "CREATE TABLE public.t (again", "public.ta"};
  for (std::size_t i = 0; i < warnings.size(); ++i) {
    EXPECT_NE(warnings[i].find(expected[i]), std::string::npos) << warnings[i];
  }
  const auto prepared = (*twin)->Prepare(Texts({"SELECT a, f() FROM t", "SELECT * FROM small.u WHERE a = 'bad'"}));
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  for (const auto& requests : *prepared) EXPECT_TRUE(requests.ok()) << requests.status();

  std::vector<twin::CandidateParts> candidates;
  for (const auto& [table, column] : {std::pair(1000, 1), std::pair(1000, 99), std::pair(1001, 1)}) {
    const IndexDef def{.table = Oid{static_cast<std::uint32_t>(table)}, .keys = {{.column = column}}};
    candidates.push_back({{.def = def, .size = {.pages = 10, .tuples = 1000, .tree_height = 1}}});
  }
  candidates.push_back(candidates.front());
  candidates.back().front().def.keys.front().opclass = "pg_catalog.text_ops";
  const auto made = (*twin)->AddCandidates(candidates);
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(made->size(), 4U);
  EXPECT_TRUE((*made)[0].ok()) << (*made)[0];
  EXPECT_FALSE((*made)[1].ok());
  EXPECT_TRUE((*made)[2].ok()) << (*made)[2];
  EXPECT_FALSE((*made)[3].ok());
  const std::vector<whatif::PlanQuestion> question = {{StatementId{1}, whatif::IndexSet({CandidateId{2}}), {}}};
  const auto answers = (*twin)->Plan(question);
  ASSERT_TRUE(answers.ok() && answers->front().ok());
  EXPECT_EQ(answers->front()->used, question.front().enabled);
}

TEST_F(TwinTest, NonsenseSizesDoNoHarm) {
  Snapshot snapshot = SmallSnapshot("CREATE TABLE public.t (a integer PRIMARY KEY);");
  Relation table = Table(1000, "t", {"a"});
  table.pages = -5;
  table.statistics_pages = -7;
  table.statistics_tuples = 1e300;
  table.all_visible_pages = -3;
  snapshot.relations.push_back(table);
  Index index;
  index.oid = Oid{1001};
  index.name = {"public", "t_pkey"};
  index.def = {.table = Oid{1000}, .keys = {{.column = 1}}, .unique = true};
  index.pages = std::int64_t{1} << 60;
  index.statistics_tuples = -1e300;
  index.tree_height = 1000000000;
  snapshot.indexes.push_back(index);
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  const std::vector<twin::PlannedText> statements = Texts({"SELECT * FROM t WHERE a = 1", "SELECT count(*) FROM t"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  for (const auto& requests : *prepared) EXPECT_TRUE(requests.ok()) << requests.status();
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

// Code of a schema runs while a statement that calls it is planned. What that planning works on is out of its reach,
// and the session survives the attempt.
TEST_F(TwinTest, CodeOfASchemaCannotReachIntoPlanning) {
  Snapshot snapshot = SmallSnapshot(
      "CREATE TABLE public.t (a integer);"
      "CREATE FUNCTION public.evil() RETURNS integer LANGUAGE plpgsql STABLE AS $$BEGIN "
      "PERFORM pg_catalog.pgassay_prepare(0, 'SELECT 1'); PERFORM pg_catalog.pgassay_requests(0); RETURN 1; END$$;");
  snapshot.relations.push_back(Table(1000, "t", {"a"}));
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  const std::vector<twin::PlannedText> statements =
      Texts({"SELECT * FROM t WHERE a = public.evil()", "SELECT * FROM t WHERE a = 1"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_FALSE((*prepared)[0].ok());
  EXPECT_TRUE((*prepared)[1].ok()) << (*prepared)[1].status();
}

// A stored value that the server does not take, or a name that is none, costs no statement.
TEST_F(TwinTest, OneBadSettingTakesNoOtherWithIt) {
  Snapshot snapshot = SmallSnapshot("CREATE SCHEMA s; CREATE TABLE s.t (a integer);");
  snapshot.relations.push_back(Table(1000, "t", {"a"}));
  snapshot.relations[0].name.schema = "s";
  snapshot.role_settings = {{.role = "", .database = "", .name = "a.b'c; DROP", .value = "1"},
                            {.role = "", .database = "", .name = "plpgsql.variable_conflict", .value = "use_column"},
                            {.role = "", .database = "", .name = "search_path", .value = "s"},
                            {.role = "", .database = "", .name = "work_mem", .value = "lots"}};
  auto twin = twin::Twin::Start(snapshot, options_);
  ASSERT_TRUE(twin.ok()) << twin.status();
  const std::vector<twin::PlannedText> statements = Texts({"SELECT * FROM t WHERE a = 1"});
  const auto prepared = (*twin)->Prepare(statements);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_TRUE((*prepared)[0].ok()) << (*prepared)[0].status();
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
