#include "sample.h"

namespace pgassay::store {

LogWorkload SampleLogs() {
  LogWorkload logs;
  logs.files = {{.identity = 7,
                 .identity_bytes = 4096,
                 .name = "postgresql-1.log",
                 .format = "stderr, log_line_prefix %m [%p]",
                 .bytes = 123456789012,
                 .entries = 1000,
                 .continuation_lines = 20,
                 .empty_lines = 3,
                 .unknown_lines = {{"no-prefix", 4}, {"too-long", 1}}},
                {.identity = 0xFEDCBA9876543210, .identity_bytes = 0xFFFFFFFF, .name = "b.gz", .format = "csvlog"}};
  LogTemplate read{.database = "shop", .user = "app", .fingerprint = "0123456789abcdef", .sql = "SELECT $1"};
  read.counters = {.calls = 5,
                   .timed_calls = 4,
                   .total_us = 5030,
                   .min_us = 10,
                   .max_us = 5000,
                   .parse_us = 6,
                   .bind_us = 7,
                   .failed = 8,
                   .cancelled = 2,
                   .plans = 9,
                   .plan_us = 10,
                   .analyzed_plans = 3,
                   .plan_rows = 40,
                   .misestimated = 2,
                   .worst_misestimate = 1000,
                   .wal_plans = 2,
                   .wal_records = 15,
                   .wal_full_page_images = 16,
                   .wal_bytes = 17,
                   .temporary_files = 11,
                   .temporary_bytes = 12,
                   .lock_waits = 13,
                   .lock_wait_us = 14,
                   .first_us = 1700000000000000,
                   .last_us = 1700003600000000};
  read.latency.buckets = {{10, 3}, {468, 1}};
  read.hours = {{472222, {3, 30}}, {472223, {2, 5000}}};
  read.samples = {{.priority = 1, .time_us = 1700000000000000, .duration_us = 10, .parameters = "$1 = '42'"},
                  {.priority = 0x8000000000000000, .time_us = 1700000000000001, .sql = "SELECT /* a=b */ 43"},
                  {.priority = 0xFFFFFFFFFFFFFFFF, .time_us = 1700000000000002, .duration_us = 10, .sql = "SELECT 1"}};
  read.slowest = {{.priority = 9, .time_us = 1700003600000000, .duration_us = 5000, .sql = "SELECT 44"}};
  read.query_ids = {-5, 6};
  read.tags = {"a=b", "route=/orders"};
  logs.templates = {{.fingerprint = "shape-00000000000000ff", .sql = "SELEC ?"}, read};
  logs.not_kept = {{.code = "evicted", .statements = 1, .calls = 2, .total_us = 3},
                   {.code = "utility-statement", .detail = "VariableSetStmt", .statements = 4, .calls = 5}};
  logs.events = {{"checkpoint", 2}, {"completed", 5}};
  logs.loops = SampleLoops();
  return logs;
}

}  // namespace pgassay::store
