#include "candidates/generate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "advice/reason_codes.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;

std::vector<std::string> Codes(const Generated& generated) {
  std::vector<std::string> codes;
  for (const Rejection& rejection : generated.rejected) {
    codes.push_back(rejection.definition + " " + rejection.code);
  }
  return codes;
}

using Strings = std::vector<std::string>;

TEST(Generate, NothingAsked) {
  EXPECT_EQ(Show(Generate({}, OneTable(), {})), "");
  const StatementRequests statement = Statement(1, 1, {});
  const Generated generated = Generate({&statement, 1}, OneTable(), {});
  EXPECT_TRUE(generated.candidates.empty());
  EXPECT_TRUE(generated.rejected.empty());
}

TEST(Generate, IdsAndOriginsOfAllRules) {
  const std::vector<StatementRequests> statements = {
      Statement(7, 1, {.clauses = {Clause(ClauseKind::kRange, 1)}, .orders = {Order({{1}})}}),
      Statement(3, 1, {.clauses = {Clause(ClauseKind::kEquality, 1)}})};
  const Generated generated = Generate(statements, OneTable(), {});
  ASSERT_EQ(generated.candidates.size(), 1U);
  EXPECT_EQ(generated.candidates[0].id, CandidateId{0});
  EXPECT_EQ(generated.candidates[0].origins, (std::vector<catalog::Origin>{{1, {3}}, {2, {7}}, {3, {7}}}));
}

TEST(Generate, RejectionsCarryTemplatesAndSentences) {
  Snapshot snapshot = OneTable();
  snapshot.indexes = {Existing(1, "a")};
  const std::vector<StatementRequests> statements = {Statement(1, 1, {.clauses = {Clause(ClauseKind::kEquality, 1)}}),
                                                     Statement(2, 1, {.clauses = {Clause(ClauseKind::kInList, 1)}})};
  const Generated generated = Generate(statements, snapshot, {});
  EXPECT_TRUE(generated.candidates.empty());
  EXPECT_EQ(
      generated.rejected,
      (std::vector<Rejection>{
          {"public.t (a)", std::string(reason::kExists), "public.i1", "public.i1 is the same index.", {"q1", "q2"}}}));
}

TEST(Generate, NoIndexOnAMadeUpValue) {
  const auto made = [](const std::string& expression, bool observed) {
    catalog::RequestClause clause = Clause(ClauseKind::kEquality, 0);
    clause.expression = expression;
    StatementRequests statement = Statement(1, 1, {.clauses = {clause}});
    statement.observed = observed;
    return !Generate({&statement, 1}, OneTable(), {}).candidates.empty();
  };
  EXPECT_TRUE(made("SUBSTRING(a FROM 1 FOR 2)", true));
  EXPECT_FALSE(made("SUBSTRING(a FROM 1 FOR 2)", false));
  EXPECT_FALSE(made("a ->> 'key'::text", false));
  EXPECT_TRUE(made("lower(a)", false));
  EXPECT_TRUE(made("md5(f1.\"2 '\")", false));
}

TEST(Generate, NullsAreNotUnique) {
  Snapshot snapshot = OneTable();
  snapshot.indexes = {Existing(1, "a", true)};
  const StatementRequests null =
      Statement(1, 1, {.clauses = {Clause(ClauseKind::kIsNull, 1, 0.9), Clause(ClauseKind::kEquality, 2, 0.1)}});
  EXPECT_EQ(Show(Generate({&null, 1}, snapshot, {})), "b ba");
  const StatementRequests one =
      Statement(1, 1, {.clauses = {Clause(ClauseKind::kEquality, 1, 0.9), Clause(ClauseKind::kEquality, 2, 0.1)}});
  EXPECT_EQ(Show(Generate({&one, 1}, snapshot, {})), "b");
}

TEST(Generate, UnknownAndUnsupportedTables) {
  Snapshot snapshot = OneTable();
  snapshot.relations[0].kind = 'f';
  StatementRequests statement = Statement(1, 1, {.clauses = {Clause(ClauseKind::kEquality, 1)}});
  EXPECT_EQ(Codes(Generate({&statement, 1}, snapshot, {})), (Strings{"public.t unsupported-table"}));
  snapshot.relations[0].kind = 'm';
  EXPECT_EQ(Show(Generate({&statement, 1}, snapshot, {})), "a");
  statement.requests[0].table = {1};
  EXPECT_EQ(Codes(Generate({&statement, 1}, snapshot, {})),
            (Strings{"a table outside of the capture unsupported-table"}));
}

TEST(Generate, OptionsAreClamped) {
  const StatementRequests statement =
      Statement(1, 1, {.clauses = {Clause(ClauseKind::kEquality, 1), Clause(ClauseKind::kEquality, 2)}});
  EXPECT_EQ(Show(Generate({&statement, 1}, OneTable(), {.max_width = 0})), "a b");
  EXPECT_EQ(Show(Generate({&statement, 1}, OneTable(), {.max_per_request = -1})), "");
}

TEST(Generate, ACandidateForOneStatementIsNoRejectionOfAnother) {
  const std::vector<StatementRequests> statements = {
      Statement(1, 1, {.clauses = {Clause(ClauseKind::kEquality, 1, 0.1), Clause(ClauseKind::kEquality, 2, 0.2)}}),
      Statement(2, 1, {.clauses = {Clause(ClauseKind::kEquality, 2)}})};
  const Generated generated = Generate(statements, OneTable(), {.max_per_request = 1});
  EXPECT_EQ(Show(generated), "b ba");
  EXPECT_EQ(Codes(generated), (Strings{"public.t (a) too-many"}));
}

}  // namespace
}  // namespace pgassay::candidates
