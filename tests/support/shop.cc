#include "support/shop.h"

#include "base/status_macros.h"

namespace pgassay::test {

absl::StatusOr<std::unique_ptr<TestServer>> StartShop(std::string_view scale, const TestServerOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(std::unique_ptr<TestServer> server, TestServer::Start(options));
  PGASSAY_RETURN_IF_ERROR(server->Run("postgres", "CREATE DATABASE shop"));
  PGASSAY_RETURN_IF_ERROR(server->RunFile(kShopDatabase, ShopDirectory() + "/schema.sql"));
  PGASSAY_RETURN_IF_ERROR(
      server->RunFile(kShopDatabase, ShopDirectory() + "/data.sql", {{"scale", std::string(scale)}}));
  return server;
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
