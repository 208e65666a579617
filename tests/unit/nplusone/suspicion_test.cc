#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pgassay/findings.h"

namespace pgassay {
namespace {

Snapshot Blog() {
  Snapshot snapshot;
  for (const auto& [oid, name] : {std::pair(1U, "posts"), std::pair(2U, "authors"), std::pair(3U, "lonely")}) {
    Relation relation;
    relation.oid = Oid{oid};
    relation.name = {"public", name};
    snapshot.relations.push_back(relation);
  }
  Constraint key;
  key.kind = 'f';
  key.table = Oid{1};
  key.foreign_table = Oid{2};
  snapshot.constraints.push_back(key);
  return snapshot;
}

Template Of(const std::string& id, const std::string& sql, const std::string& relation, std::int64_t calls,
            std::int64_t rows) {
  Template of;
  of.id = id;
  of.sql = sql;
  of.user = "app";
  of.relations = {relation};
  of.observed = StatementCounters{};
  of.observed->calls = calls;
  of.observed->rows = rows;
  return of;
}

std::vector<std::string> Pairs(const std::vector<Template>& templates) {
  Workload workload;
  workload.templates = templates;
  std::vector<std::string> pairs;
  for (const LoopSuspicion& loop : SuspectLoops(workload, Blog())) pairs.push_back(loop.parent + " -> " + loop.child);
  return pairs;
}

const std::string kPosts = "SELECT * FROM posts WHERE blog = $1";
const std::string kAuthor = "SELECT name FROM authors WHERE id = $1";

TEST(SuspectLoops, CallsOfTheOneAndRowsOfTheOther) {
  const Template posts = Of("posts", kPosts, "public.posts", 100, 2000);
  EXPECT_EQ(Pairs({posts, Of("author", kAuthor, "public.authors", 1950, 1950)}),
            std::vector<std::string>{"posts -> author"});
  EXPECT_TRUE(Pairs({posts, Of("author", kAuthor, "public.authors", 3000, 3000)}).empty()) << "other counts";
  EXPECT_TRUE(Pairs({posts, Of("lonely", "SELECT 1 FROM lonely WHERE id = $1", "public.lonely", 2000, 0)}).empty())
      << "no foreign key ties the tables";
  EXPECT_TRUE(Pairs({posts, Of("all", "SELECT name FROM authors", "public.authors", 2000, 0)}).empty()) << "no key";
  Template other = Of("author", kAuthor, "public.authors", 2000, 2000);
  other.user = "batch";
  EXPECT_TRUE(Pairs({posts, other}).empty()) << "of another user";
  EXPECT_TRUE(Pairs({Of("post", "SELECT * FROM posts WHERE id = $1", "public.posts", 2000, 2000),
                     Of("author", kAuthor, "public.authors", 2000, 2000)})
                  .empty())
      << "one row each";
  EXPECT_TRUE(Pairs({posts, Of("author", "UPDATE authors SET n = $2 WHERE id = $1", "public.authors", 2000, 2000)})
                  .empty())
      << "no query";
}

}  // namespace
}  // namespace pgassay
