#include "support/shop.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/status_macros.h"

namespace pgassay::test {
namespace {

constexpr int kTrafficSeed = 20260630;

// The scripts right in a directory, by name.
std::vector<std::string> ScriptsIn(const std::string& directory) {
  std::vector<std::string> scripts;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".sql") scripts.push_back(entry.path().string());
  }
  std::ranges::sort(scripts);
  return scripts;
}

// From the first line, "-- weight: 250".
absl::StatusOr<int> WeightOf(const std::string& script) {
  constexpr std::string_view kBegin = "-- weight: ";
  PGASSAY_ASSIGN_OR_RETURN(const std::string text, ReadFile(script));
  int weight = 0;
  if (!text.starts_with(kBegin) ||
      std::from_chars(text.data() + kBegin.size(), text.data() + text.size(), weight).ec != std::errc()) {
    return absl::InvalidArgumentError(script + " does not begin with its weight");
  }
  return weight;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TestServer>> StartShop(std::string_view scale, const TestServerOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(std::unique_ptr<TestServer> server, TestServer::Start(options));
  PGASSAY_RETURN_IF_ERROR(server->Run("postgres", "CREATE DATABASE shop"));
  PGASSAY_RETURN_IF_ERROR(server->RunFile(kShopDatabase, ShopDirectory() + "/schema.sql"));
  PGASSAY_RETURN_IF_ERROR(
      server->RunFile(kShopDatabase, ShopDirectory() + "/data.sql", {{"scale", std::string(scale)}}));
  return server;
}

absl::StatusOr<std::unique_ptr<TestServer>> StartCountingShop(std::string_view scale) {
  TestServerOptions options;
  options.settings = {{"shared_preload_libraries", "pg_stat_statements"}};
  PGASSAY_ASSIGN_OR_RETURN(std::unique_ptr<TestServer> server, StartShop(scale, options));
  for (const std::string_view database : {kShopDatabase, std::string_view("postgres")}) {
    PGASSAY_RETURN_IF_ERROR(server->Run(database, "CREATE EXTENSION pg_stat_statements"));
  }
  PGASSAY_RETURN_IF_ERROR(server->WaitUntilAlone());
  // From another database, so that the reset itself is no statement of the shop.
  PGASSAY_RETURN_IF_ERROR(server->Run("postgres", "SELECT pg_stat_statements_reset()"));
  return server;
}

absl::Status RunTraffic(const TestServer& server, int weight_per_call) {
  const std::string traffic = ShopDirectory() + "/traffic";
  for (const std::string user : {"shop_app", "shop_reporting", "shop_archivist"}) {
    for (const std::string& script : ScriptsIn(user == "shop_app" ? traffic : traffic + "/" + user)) {
      PGASSAY_ASSIGN_OR_RETURN(const int weight, WeightOf(script));
      const int calls = (weight + weight_per_call - 1) / weight_per_call;
      PGASSAY_RETURN_IF_ERROR(server.RunScript(kShopDatabase, script, calls, kTrafficSeed, user));
    }
  }
  return server.WaitUntilAlone();
}

std::string ShopDirectory() {
  return PGASSAY_SOURCE_DIR "/workloads/shop";
}

TwinOptions TwinOptionsForTests(int jobs) {
  TwinOptions options;
  options.planner_dir = PGASSAY_BUILD_DIR "/planner";
  options.work_dir = "/tmp";
  options.cache_dir = PGASSAY_BUILD_DIR "/test-cache";
  options.jobs = jobs;
  return options;
}

}  // namespace pgassay::test
