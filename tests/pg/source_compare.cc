#include "pg/source_compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pg/plan_compare.h"
#include "pg/session.h"
#include "pgassay/assay_file.h"

namespace pgassay::test {
namespace {

double TotalCost(std::string_view plan) {
  const nlohmann::json document = nlohmann::json::parse(plan, nullptr, false);
  if (!document.is_array() || document.empty()) return 0;
  return document[0]["Plan"].value("Total Cost", 0.0);
}

}  // namespace

SourceComparison CompareWithSource(const TestServer& server, std::string_view database, const Snapshot& snapshot,
                                   twin::Twin& twin, const std::vector<std::string>& statements,
                                   const whatif::IndexSet& enabled, const std::map<std::string, std::string>& rename) {
  SourceComparison comparison;
  std::vector<twin::PlannedText> texts;
  for (const std::string& sql : statements) texts.push_back({.sql = sql, .user = snapshot.user, .search_path = ""});
  const auto prepared = twin.Prepare(texts);
  EXPECT_TRUE(prepared.ok()) << prepared.status();
  absl::StatusOr<pg::Session> session = server.Connect(database);
  EXPECT_TRUE(session.ok()) << session.status();
  if (!prepared.ok() || !session.ok()) return comparison;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const absl::StatusOr<pg::Result> source = session->Query("EXPLAIN (FORMAT JSON) " + statements[i]);
    absl::StatusOr<std::string> mine =
        twin.ExplainJson({.statement = StatementId{static_cast<std::uint32_t>(i)}, .enabled = enabled, .hidden = {}});
    EXPECT_TRUE(source.ok()) << source.status() << " " << statements[i];
    EXPECT_TRUE(mine.ok()) << mine.status() << " " << statements[i];
    if (!source.ok() || !mine.ok()) continue;
    for (const auto& [from, to] : rename) {
      for (std::size_t at = mine->find(from); at != std::string::npos; at = mine->find(from)) {
        mine->replace(at, from.size(), to);
      }
    }
    ++comparison.compared;
    const double cost = TotalCost(source->Text(0, 0));
    comparison.worst_share = std::max(comparison.worst_share, std::abs(TotalCost(*mine) - cost) / std::max(cost, 1.0));
    const std::vector<PlanDifference> differences = ComparePlans(source->Text(0, 0), *mine);
    if (differences.empty()) ++comparison.equal;
    if (!differences.empty()) comparison.differences += statements[i] + "\n" + Describe(differences) + "\n";
  }
  return comparison;
}

Snapshot ThroughAFile(const Snapshot& snapshot) {
  absl::StatusOr<TemporaryDirectory> directory = TemporaryDirectory::Make("/tmp", "pgassay-through-");
  EXPECT_TRUE(directory.ok()) << directory.status();
  if (!directory.ok()) return {};
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(directory->path() + "/through.assay");
  EXPECT_TRUE(file.ok()) << file.status();
  if (!file.ok()) return {};
  const absl::StatusOr<int> number = file->Append(snapshot);
  EXPECT_TRUE(number.ok()) << number.status();
  absl::StatusOr<Snapshot> read = file->Read(0);
  EXPECT_TRUE(read.ok()) << read.status();
  if (!read.ok()) return {};
  EXPECT_EQ(*read, snapshot);
  return *std::move(read);
}

}  // namespace pgassay::test
