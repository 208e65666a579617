// A statement that needs something of the source that this machine lacks is told so: which object, why, and what to
// install. The extension is really here; the capture is made to name one that is not.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "base/file.h"
#include "base/text.h"
#include "pgassay/advisor.h"
#include "pgassay/capture.h"
#include "pgassay/workload_files.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

constexpr std::string_view kSchema = R"sql(
CREATE EXTENSION hstore;
CREATE EXTENSION pgrowlocks;
CREATE TABLE plain (id int PRIMARY KEY, a int);
CREATE TABLE place (id int PRIMARY KEY, tags hstore);
CREATE VIEW places AS SELECT id, tags FROM place;
CREATE TABLE secret (id int PRIMARY KEY);
CREATE ROLE weak LOGIN;
GRANT SELECT ON plain, place, places TO weak;
)sql";

constexpr std::string_view kStatements = R"sql(SELECT a FROM plain WHERE a = 1;
SELECT id FROM place WHERE id = 1;
SELECT id FROM places WHERE id = 2;
SELECT * FROM pgrowlocks('plain');
SELECT id FROM nowhere;
SELECT id FROM secret WHERE id = 1;
)sql";

class NotRestoredTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::Status made = server_->Run("postgres", kSchema);
    ASSERT_TRUE(made.ok()) << made;
  }
  static void TearDownTestSuite() { server_.reset(); }

  // The advice with hstore under the name of an extension that is on the twin's list, and not on this machine.
  static Advice MustAdvise(std::string_view user) {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo(user, "postgres");
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    for (Extension& extension : snapshot->extensions) {
      if (extension.name == "hstore") extension.name = "roaringbitmap";
    }
    const absl::StatusOr<std::string> directory = MakeTemporaryDirectory("/tmp", "pgassay-lacks-");
    EXPECT_TRUE(directory.ok());
    EXPECT_TRUE(WriteFileAtomically(*directory + "/q.sql", kStatements).ok());
    absl::StatusOr<Workload> workload = ReadSqlWorkload({*directory + "/q.sql"}, *snapshot);
    EXPECT_TRUE(RemoveTree(*directory).ok());
    EXPECT_TRUE(workload.ok()) << workload.status();
    AdviseOptions advise;
    advise.twin = test::TwinOptionsForTests(2);
    absl::StatusOr<Advice> advice = Advise(*snapshot, *std::move(workload), advise);
    EXPECT_TRUE(advice.ok()) << advice.status();
    return advice.ok() ? *std::move(advice) : Advice{};
  }

  static Skipped SkippedAt(const Advice& advice, std::string_view line) {
    for (const Skipped& skipped : advice.workload.skipped) {
      if (skipped.source.ends_with(line)) return skipped;
    }
    ADD_FAILURE() << "nothing skipped at " << line;
    return {};
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> NotRestoredTest::server_;

bool Has(const Skipped& skipped, std::string_view text) {
  return absl::StrContains(skipped.reason, ToAbsl(text));
}

TEST_F(NotRestoredTest, TheReasonIsTheMissingExtension) {
  const Advice advice = MustAdvise("postgres");
  EXPECT_EQ(advice.costs.size(), 2U) << "plain and secret";
  const Skipped table = SkippedAt(advice, ":2");
  EXPECT_EQ(table.code, "not-restored");
  EXPECT_TRUE(Has(table, "public.place is in the capture, but could not be made on the private server"))
      << table.reason;
  EXPECT_TRUE(Has(table, "type \"public.hstore\" does not exist")) << table.reason;
  EXPECT_TRUE(Has(table, "extension roaringbitmap")) << table.reason;
  EXPECT_TRUE(Has(table, "install it for PostgreSQL 15 on this machine")) << table.reason;
  EXPECT_FALSE(Has(table, "temporary table")) << table.reason;

  const Skipped view = SkippedAt(advice, ":3");
  EXPECT_EQ(view.code, "not-restored");
  EXPECT_TRUE(Has(view, "public.place could not be made on the private server: type \"public.hstore\"")) << view.reason;

  const Skipped function = SkippedAt(advice, ":4");
  EXPECT_EQ(function.code, "not-restored");
  EXPECT_TRUE(Has(function, "extension pgrowlocks is not on it, because pgassay loads only extensions"))
      << function.reason;

  const Skipped unknown = SkippedAt(advice, ":5");
  EXPECT_EQ(unknown.code, "unknown-relation");
  EXPECT_TRUE(Has(unknown, "it may be a temporary table")) << unknown.reason;
}

TEST_F(NotRestoredTest, ATableThatTheCaptureCouldNotRead) {
  const Advice advice = MustAdvise("weak");
  const Skipped skipped = SkippedAt(advice, ":6");
  EXPECT_EQ(skipped.code, "not-restored");
  EXPECT_TRUE(Has(skipped, "grant it SELECT and capture again")) << skipped.reason;
}

}  // namespace
}  // namespace pgassay
