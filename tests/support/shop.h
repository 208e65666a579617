#pragma once

// The shop workload on a private server, for tests that need a real source.

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "pgassay/advisor.h"
#include "support/test_server.h"

namespace pgassay::test {

inline constexpr std::string_view kShopDatabase = "shop";

// A server with database shop, loaded at this scale (0.1: 150 MB, about ten seconds).
absl::StatusOr<std::unique_ptr<TestServer>> StartShop(std::string_view scale = "0.1",
                                                      const TestServerOptions& options = {});

// workloads/shop
std::string ShopDirectory();

// A twin as the program would start it, with the extension of this build.
TwinOptions TwinOptionsForTests(int jobs = 2);

}  // namespace pgassay::test
