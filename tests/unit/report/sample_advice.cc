#include "unit/report/sample_advice.h"

namespace pgassay::report {
namespace {

Template MakeTemplate(const std::string& id, const std::string& sql, const std::vector<Binding>& bindings) {
  Template made;
  made.id = id;
  made.fingerprint = "f" + id.substr(1);
  made.sql = sql;
  made.relations = {"shop.orders"};
  made.bindings = bindings;
  for (const Binding& binding : bindings) made.weight += binding.weight;
  return made;
}

Recommendation MakeRecommendation() {
  Recommendation made;
  made.id = "0123456789ab";
  made.kind = "create-index";
  made.table = {"shop", "orders"};
  made.index_name = "orders_customer_id_idx";
  made.definition = "shop.orders (customer_id)";
  made.ddl = {{"SELECT 'check'", "none", "no old snapshot may be open"},
              {"CREATE INDEX CONCURRENTLY orders_customer_id_idx ON shop.orders (customer_id)",
               "ShareUpdateExclusiveLock on shop.orders", "builds without blocking writes"},
              {"SELECT indisvalid FROM pg_index", "none", "must be true"}};
  made.undo = {{"DROP INDEX CONCURRENTLY shop.orders_customer_id_idx", "ShareUpdateExclusiveLock on shop.orders", ""}};
  made.size_bytes = 1048576;
  made.gain = 8000;
  made.share = 0.8;
  made.templates = {{"a000000000000001", "f000000000000001", 9, 1000, 1000, 8.45}};
  made.label = "estimated";
  made.confidence = "high";
  made.why = {"customer_id is compared for equality."};
  made.rules = {1};
  return made;
}

}  // namespace

Snapshot SampleSnapshot() {
  Snapshot snapshot;
  snapshot.database = "shop";
  snapshot.captured_at = "2025-01-02T03:04:05.000000Z";
  snapshot.server_version = 150008;
  snapshot.database_bytes = 120000000;
  return snapshot;
}

Advice SampleAdvice() {
  Advice advice;
  advice.workload.templates = {MakeTemplate("a000000000000001", "SELECT * FROM orders WHERE customer_id = $1",
                                            {{"SELECT * FROM orders WHERE customer_id = 4711", 9, "q.sql:1"}}),
                               MakeTemplate("b000000000000002", "SELECT note FROM orders WHERE email = $1",
                                            {{"SELECT note FROM orders WHERE email = 'max@example'", 1, "q.sql:3"},
                                             {"SELECT note FROM orders WHERE email = 'eva@example'", 1, "q.sql:5"}})};
  advice.workload.skipped = {
      {"c0", "q.sql:7", "cannot-be-planned", "invalid input syntax for type bigint: \"top secret\"", 1},
      {"", "q.sql:9", "unparsable", "syntax error at or near \"FORM\"", 1}};
  advice.costs = {{"a000000000000001", 1000, 8.45, 0, 0, {}, {}, {1000}, {8.45}},
                  {"b000000000000002", 500.125, 500.125, 0, 0, {}, {}, {400.25, -1}, {400.25, -1}}};
  advice.recommendations = {MakeRecommendation()};
  advice.rejected = {
      {"shop.orders (note)", "never-used", "", "", {}},
      {"shop.orders (status) WHERE (status = 'open'::text)", "below-floor", "", "saves 0.02 %", {"b000000000000002"}},
      {"shop.orders (id)", "exists", "shop.orders_pkey", "", {}}};
  advice.warnings = {"statistics of shop.orders are old; gains may be wrong; run ANALYZE shop.orders"};
  advice.certificate.cost_before = 10000.25;
  advice.certificate.cost_after = 1076.3;
  advice.certificate.candidates = 4;
  advice.certificate.planner_calls = 17;
  return advice;
}

WhatifResult SampleWhatif() {
  const Advice advice = SampleAdvice();
  WhatifResult result;
  result.workload = advice.workload;
  result.cost_before = 10000.25;
  WhatifSet set;
  set.name = "small";
  set.indexes = {{"shop.orders (customer_id)", "", false, 1048576, true, true},
                 {"shop.orders (status)", "shop.old_idx", true, 8192, false, false}};
  set.cost_after = 1076.3;
  set.costs = advice.costs;
  set.used = {{"shop.orders (customer_id)"}, {}};
  result.sets = {set};
  return result;
}

bool HasControlCharacters(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

testing::AssertionResult Has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos)
    return testing::AssertionSuccess() << "'" << part << "' occurs in\n" << text;
  return testing::AssertionFailure() << "'" << part << "' does not occur in\n" << text;
}

}  // namespace pgassay::report
