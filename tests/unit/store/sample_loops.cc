#include <limits>

#include "sample.h"

namespace pgassay::store {

LoopTally SampleLoops() {
  const LoopOwner app{.database = "shop", .user = "app"};
  constexpr std::uint64_t kLarge = 0xFEDCBA9876543210;  // negative in SQLite, and behind the others here
  LoopStats driven{.loops = 1, .calls = 2, .transactions = 3, .wasted_us = 4, .busy_us = 5, .idle_us = 6};
  driven.sessions.least = {0, 0x0123456789ABCDEF, 0xFFFFFFFFFFFFFFFF};
  driven.n.buckets = {{10, 3}, {468, 1}};
  driven.first_us = 1700000000000000;
  driven.last_us = 1700003600000000;
  driven.within_transaction = 7;
  driven.weak_parent = 8;
  driven.unevenness = 9;
  driven.repeated_values = 10;
  driven.matched_keys = 11;
  driven.known_keys = 12;
  driven.examples = {
      {.priority = 1, .session = kLarge, .first_us = 1700000000000000, .last_us = 1700000000000900, .calls = 12},
      {.priority = 5, .session = 3, .first_us = -1, .last_us = -1, .calls = 4294967295},
      {.priority = kLarge}};
  LoopTally loops;
  loops.loops = {{{LoopKind::kNPlusOne, app, 5, 7}, driven},
                 {{LoopKind::kNPlusOne, app, kLarge, 7}, {.loops = 1}},
                 {{LoopKind::kRedundantQuery, {}, 0, 7}, {.loops = 1}},
                 {{LoopKind::kWritesInALoop, app, 0, kLarge}, {.loops = 1}},
                 {{LoopKind::kChattyTransaction, app, 0, 5}, {.loops = 1}},
                 {{LoopKind::kCheckThenInsert, app, 5, 5}, {.loops = 1}}};
  loops.statements = {{{{}, 7}, {}},
                      {{app, 5}, {.text = "SELECT id FROM orders WHERE customer_id = $1"}},
                      {{app, 7}, {.text = "SELECT $1", .tags = {"a=b", "route=/orders"}}},
                      {{app, kLarge}, {.text = "INSERT", .tags = {"a=b"}}}};
  loops.calls = {{{{}, 7}, 1}, {{app, 5}, 20}, {{app, 6}, 0}, {{app, kLarge}, (std::int64_t{1} << 53) - 1}};
  for (std::size_t i = 0; i < kLoopSuppressionSlugs.size(); ++i)
    loops.suppressed[{{app, 7}, static_cast<LoopSuppression>(i)}] = static_cast<std::int64_t>(i);
  loops.suppressed[{{app, kLarge}, LoopSuppression::kPolling}] = 30;
  loops.events = 1000;
  loops.failed = 2;
  loops.sessions_closed_early = 3;
  loops.not_watched = 4;
  loops.first_us = 1700000000000000;
  loops.last_us = 1700003600000001;
  loops.open = {{.last_end_us = 1700003599999999,
                 .session = 7,
                 .statements = {{.owner = app,
                                 .shape = kLarge,
                                 .role = kLarge,
                                 .described = {.text = "SELECT $1", .tags = {"a=b", "route=/orders"}}},
                                {}},
                 .state = "1 -2 3"},
                {.last_end_us = 1700003600000000, .session = kLarge}};
  return loops;
}

}  // namespace pgassay::store
