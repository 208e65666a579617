#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "report/document_parts.h"
#include "report/documents.h"
#include "report/figures.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

Table Summary(const WhatifResult& result) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"as it is", "", "", CostText(result.cost_before), ""});
  for (const WhatifSet& set : result.sets) {
    Bytes size = 0;
    for (const WhatifIndex& index : set.indexes) size += index.dropped ? -index.size_bytes : index.size_bytes;
    rows.push_back({set.name, CountText(static_cast<std::int64_t>(set.indexes.size())), FormatBytes(size),
                    CostText(set.cost_after), FactorText(result.cost_before, set.cost_after)});
  }
  return {.columns = {{.heading = "set", .flexible = true},
                      {.heading = "changes", .right = true},
                      {.heading = "size", .right = true},
                      {.heading = "total cost", .right = true},
                      {.heading = "factor", .right = true}},
          .rows = std::move(rows)};
}

Table Indexes(const WhatifSet& set, const Statements& statements) {
  std::vector<std::vector<std::string>> rows;
  for (const WhatifIndex& index : set.indexes) {
    rows.push_back({index.dropped ? "drop" : "create", statements.Definition(index.definition),
                    absl::StrCat(FormatBytes(index.size_bytes), index.size_rests_on_estimate ? " (guess)" : ""),
                    index.dropped ? ""
                    : index.used  ? "used"
                                  : "not used by any plan"});
  }
  return {.columns = {{.heading = "change"},
                      {.heading = "index", .flexible = true, .sql = true},
                      {.heading = "size", .right = true},
                      {.heading = "plans"}},
          .rows = std::move(rows)};
}

// What a set saves or costs for one template, all calls together.
Cost WeightedChange(const TemplateCost& cost, const Statements& statements) {
  const Template* const statement = statements.Find(cost.id);
  const Cost before = cost.cost_before - cost.penalty_before;
  const Cost after = cost.cost_after - cost.penalty_after;
  return statement == nullptr ? 0 : statement->weight * std::fabs(before - after);
}

void AddQueries(Document& document, const WhatifSet& set, const Statements& statements, bool verbose) {
  std::vector<const TemplateCost*> shown;
  std::int64_t unchanged = 0;
  for (const TemplateCost& cost : set.costs) {
    const bool same = RoundCost(cost.cost_before) == RoundCost(cost.cost_after);
    if (same) ++unchanged;
    if (!same || verbose) shown.push_back(&cost);
  }
  std::stable_sort(shown.begin(), shown.end(), [&](const TemplateCost* a, const TemplateCost* b) {
    return WeightedChange(*a, statements) > WeightedChange(*b, statements);
  });
  std::vector<std::vector<std::string>> rows;
  for (const TemplateCost* const cost : shown) {
    const Template* const statement = statements.Find(cost->id);
    rows.push_back({statements.ShortId(cost->id), statements.Brief(cost->id),
                    WeightText(statement == nullptr ? 0 : statement->weight), CostText(cost->cost_before),
                    CostText(cost->cost_after),
                    FactorText(cost->cost_before - cost->penalty_before, cost->cost_after - cost->penalty_after)});
  }
  if (!rows.empty()) {
    document.push_back(Table{.columns = {{.heading = "query", .sql = true},
                                         {.heading = "statement", .flexible = true, .sql = true},
                                         {.heading = "weight", .right = true},
                                         {.heading = "before", .right = true},
                                         {.heading = "after", .right = true},
                                         {.heading = "factor", .right = true}},
                             .rows = std::move(rows)});
  }
  if (unchanged > 0) {
    document.push_back(Remark{absl::StrCat(Plural(unchanged, "query costs", "queries cost"), " the same",
                                           verbose ? "" : " (--verbose lists them)")});
  }
}

}  // namespace

Document WhatifDocument(const WhatifResult& result, const Snapshot& snapshot, const Style& style) {
  const Statements statements(result.workload, style.show_literals);
  std::set<std::string> planned;
  for (const WhatifSet& set : result.sets) {
    for (const TemplateCost& cost : set.costs) planned.insert(cost.id);
  }
  Document document;
  document.push_back(Title{absl::StrCat("What if for database ", snapshot.database)});
  document.push_back(WorkloadFacts(snapshot, result.workload, statements,
                                   [&](const Template& statement) { return planned.contains(statement.id); }));
  document.push_back(Summary(result));
  for (const WhatifSet& set : result.sets) {
    document.push_back(Heading{absl::StrCat("Set ", set.name)});
    document.push_back(Indexes(set, statements));
    AddQueries(document, set, statements, style.verbose);
  }
  AddSkipped(document, result.workload, statements, style.verbose);
  AddWarnings(document, result.warnings, statements);
  return document;
}

}  // namespace pgassay::report
