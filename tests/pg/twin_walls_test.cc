// The twin's walls: what a hostile or damaged capture can do to it.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pg/twin_fixture.h"
#include "twin/twin.h"

namespace pgassay {
namespace {

using test::SmallSnapshot;
using test::Statistics;
using test::Table;
using test::Texts;
using test::TwinTest;

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

}  // namespace
}  // namespace pgassay
