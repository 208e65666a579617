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

// A shop whose server counts statements from now on, loaded at this scale; the loading itself is not counted.
absl::StatusOr<std::unique_ptr<TestServer>> StartCountingShop(std::string_view scale);

// The shop's traffic in its mix: every script once for each `weight_per_call` of its weight, and once more for the
// rest, as the role that it belongs to, with fixed seeds. Returns when the sessions have ended and their statements are
// counted.
absl::Status RunTraffic(const TestServer& server, int weight_per_call);

// workloads/shop
std::string ShopDirectory();

// A twin as the program would start it, with the extension of this build.
TwinOptions TwinOptionsForTests(int jobs = 2);

}  // namespace pgassay::test
