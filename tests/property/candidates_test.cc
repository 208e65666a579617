// Properties of module candidates on random requests. The seed is fixed and printed on failure.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "candidates/generate.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

constexpr unsigned kSeed = 7;
constexpr int kColumns = 12;

Snapshot RandomSnapshot(std::mt19937& random) {
  Snapshot snapshot;
  for (std::uint32_t t = 0; t < 3; ++t) {
    Relation table{.oid = {100 + t}, .name = {"public", "t" + std::to_string(2 - t)}, .pages = 4000};
    table.all_visible_pages = static_cast<int>(random() % 4001);
    if (t == 2 && random() % 2 == 0) {
      table.parent = {100 + static_cast<std::uint32_t>(random() % 3)};  // its own at times
      snapshot.relations[0].kind = random() % 2 == 0 ? 'p' : 'r';
    }
    for (int number = 1; number <= kColumns; ++number) {
      table.columns.push_back({.number = number, .name = "c" + std::to_string(number)});
    }
    snapshot.relations.push_back(table);
  }
  for (std::uint32_t i = 0; i < 6; ++i) {
    Index index{.oid = {200 + i}, .name = {"public", "i" + std::to_string(i)}};
    index.def.table = {100 + static_cast<std::uint32_t>(random() % 3)};
    std::set<int> columns;
    for (auto k = random() % 3 + 1; k > 0; --k) {
      columns.insert(static_cast<int>(random() % kColumns) + 1);
    }
    for (const int column : columns) {
      index.def.keys.push_back({.column = column});
    }
    index.def.unique = random() % 2 == 0;
    snapshot.indexes.push_back(index);
  }
  return snapshot;
}

catalog::IndexRequest RandomRequest(std::mt19937& random) {
  using catalog::ClauseKind;
  static constexpr ClauseKind kKinds[] = {ClauseKind::kEquality,     ClauseKind::kEquality, ClauseKind::kInList,
                                          ClauseKind::kRange,        ClauseKind::kIsNull,   ClauseKind::kIsNotNull,
                                          ClauseKind::kJoinEquality, ClauseKind::kOther};
  const auto column = [&random] { return static_cast<int>(random() % kColumns) + 1; };
  catalog::IndexRequest request{.table = {100 + static_cast<std::uint32_t>(random() % 3)}};
  for (auto k = random() % 6; k > 0; --k) {
    catalog::RequestClause clause{.kind = kKinds[random() % std::size(kKinds)], .column = column()};
    clause.selectivity = static_cast<double>(random() % 1000) / 1000;
    if (clause.kind == ClauseKind::kJoinEquality) {
      clause.peers = {static_cast<int>(random() % 3) + 2};
    }
    clause.default_opclass = random() % 10 != 0;
    clause.text = "c" + std::to_string(clause.column) + " ~ 'x'";
    request.clauses.push_back(clause);
  }
  if (random() % 3 == 0) {
    catalog::RequestOrder order;
    for (auto k = random() % 3 + 1; k > 0; --k) {
      const bool descending = random() % 2 == 0;
      order.columns.push_back({column(), descending, descending});
    }
    order.purpose = static_cast<catalog::OrderPurpose>(random() % 4);
    request.orders.push_back(order);
    request.limit_tuples = random() % 2 == 0 ? 10 : -1;
  }
  std::set<int> needed;
  for (auto k = random() % 4; k > 0; --k) {
    needed.insert(column());
  }
  request.needed_columns.assign(needed.begin(), needed.end());
  request.row_mark = random() % 10 == 0;
  return request;
}

std::vector<StatementRequests> RandomStatements(std::mt19937& random, std::uint32_t count) {
  std::vector<StatementRequests> statements;
  for (std::uint32_t i = 0; i < count; ++i) {
    StatementRequests statement{.statement = {i}, .template_id = "q" + std::to_string(i)};
    statement.weight = static_cast<double>(random() % 1000) / 7;
    for (auto k = random() % 3; k > 0; --k) {
      statement.requests.push_back(RandomRequest(random));
    }
    if (random() % 10 == 0) {
      statement.targets.push_back({.table = {100 + static_cast<std::uint32_t>(random() % 3)},
                                   .command = 'u',
                                   .columns = {static_cast<int>(random() % (kColumns + 2))}});
    }
    statements.push_back(statement);
  }
  return statements;
}

void ExpectSound(const Generated& generated, const std::vector<StatementRequests>& statements, const Snapshot& snapshot,
                 const Options& options) {
  std::set<IndexDef> seen;
  for (std::size_t i = 0; i < generated.candidates.size(); ++i) {
    const catalog::Candidate& candidate = generated.candidates[i];
    const std::string definition = catalog::Describe(candidate.def, snapshot);
    EXPECT_EQ(candidate.id.value, i);
    EXPECT_TRUE(seen.insert(candidate.def).second) << definition;
    EXPECT_EQ(catalog::Canonical(candidate.def), candidate.def) << definition;
    EXPECT_LE(candidate.def.keys.size(), static_cast<std::size_t>(options.max_width)) << definition;
    std::set<int> columns;
    for (const IndexKey& key : candidate.def.keys) {
      EXPECT_TRUE(columns.insert(key.column).second) << definition;
    }
    EXPECT_TRUE(std::ranges::is_sorted(candidate.def.include)) << definition;
    for (const int column : candidate.def.include) {
      EXPECT_TRUE(columns.insert(column).second) << definition;
    }
    for (const Index& index : snapshot.indexes) {
      if (catalog::IsParent(snapshot, candidate.def.table)) {
        continue;  // its own indexes do not speak for all of its tables
      }
      EXPECT_FALSE(catalog::SameWork(index.def, candidate.def) || catalog::Covers(index.def, candidate.def))
          << definition;
    }
    EXPECT_FALSE(candidate.origins.empty()) << definition;
    EXPECT_TRUE(std::is_sorted(candidate.origins.begin(), candidate.origins.end())) << definition;
    EXPECT_EQ(std::adjacent_find(candidate.origins.begin(), candidate.origins.end()), candidate.origins.end())
        << definition;
    for (const catalog::Origin& origin : candidate.origins) {
      EXPECT_TRUE(std::ranges::any_of(statements, [&](const StatementRequests& statement) {
        return statement.statement == origin.statement &&
               std::ranges::any_of(statement.requests,
                                   [&](const auto& request) { return request.table == candidate.def.table; });
      })) << definition;
    }
  }
  const auto key = [](const Rejection& rejection) {
    return std::tie(rejection.definition, rejection.code, rejection.by);
  };
  EXPECT_TRUE(std::ranges::is_sorted(generated.rejected, {}, key));
  for (const Rejection& rejection : generated.rejected) {
    EXPECT_FALSE(rejection.code.empty() || rejection.detail.empty()) << rejection.definition;
    // Clauses are listed without their literals; an index's predicate is nothing without them.
    const std::string shown = rejection.definition.substr(0, rejection.definition.find(" WHERE "));
    EXPECT_EQ(shown.find("'x'"), std::string::npos) << rejection.definition;
  }
}

TEST(CandidatesProperty, Sound) {
  for (unsigned seed = kSeed; seed < kSeed + 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Snapshot snapshot = RandomSnapshot(random);
    const std::vector<StatementRequests> statements = RandomStatements(random, 12);
    const Options options{.max_width = static_cast<int>(random() % 5) + 1,
                          .max_per_request = static_cast<int>(random() % 30)};
    ExpectSound(Generate(statements, snapshot, options), statements, snapshot, options);
  }
}

TEST(CandidatesProperty, TheOrderOfTheStatementsDoesNotMatter) {
  for (unsigned seed = kSeed; seed < kSeed + 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Snapshot snapshot = RandomSnapshot(random);
    std::vector<StatementRequests> statements = RandomStatements(random, 30);
    const Generated generated = Generate(statements, snapshot, {});
    std::shuffle(statements.begin(), statements.end(), random);
    const Generated shuffled = Generate(statements, snapshot, {});
    EXPECT_EQ(generated.candidates, shuffled.candidates);
    EXPECT_EQ(generated.rejected, shuffled.rejected);
    for (std::uint32_t i = 0; i < statements.size(); ++i) {
      statements[i].statement = {i};  // statements are numbered as they come
    }
    const Generated renumbered = Generate(statements, snapshot, {});
    ASSERT_EQ(generated.candidates.size(), renumbered.candidates.size());
    for (std::size_t i = 0; i < generated.candidates.size(); ++i) {
      EXPECT_EQ(generated.candidates[i].def, renumbered.candidates[i].def);
      EXPECT_EQ(generated.candidates[i].origins.size(), renumbered.candidates[i].origins.size());
    }
  }
}

// Not timed, but a quadratic step would be felt.
TEST(CandidatesProperty, FiveThousandStatements) {
  std::mt19937 random(kSeed);
  const Snapshot snapshot = RandomSnapshot(random);
  const std::vector<StatementRequests> statements = RandomStatements(random, 5000);
  const Generated generated = Generate(statements, snapshot, {});
  EXPECT_GT(generated.candidates.size(), 1000U);
  EXPECT_LT(generated.candidates.size(), 6 * statements.size());
}

}  // namespace
}  // namespace pgassay::candidates
