#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "report/figures.h"
#include "report/page.h"
#include "report/render.h"
#include "report/statements.h"
#include "report/text_parts.h"

namespace pgassay::report {
namespace {

void WriteSummary(Page& page, const WhatifResult& result) {
  page.Blank();
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"as it is", "", "", CostText(result.cost_before), ""});
  for (const WhatifSet& set : result.sets) {
    Bytes size = 0;
    for (const WhatifIndex& index : set.indexes) size += index.dropped ? -index.size_bytes : index.size_bytes;
    rows.push_back({set.name, CountText(static_cast<std::int64_t>(set.indexes.size())), FormatBytes(size),
                    CostText(set.cost_after), FactorText(result.cost_before, set.cost_after)});
  }
  page.Table(2, {{"set", false, true}, {"changes", true}, {"size", true}, {"total cost", true}, {"factor", true}},
             rows);
}

void WriteIndexes(Page& page, const WhatifSet& set, const Statements& statements) {
  std::vector<std::vector<std::string>> rows;
  for (const WhatifIndex& index : set.indexes) {
    rows.push_back({index.dropped ? "drop" : "create", statements.Definition(index.definition),
                    FormatBytes(index.size_bytes),
                    index.dropped ? ""
                    : index.used  ? "used"
                                  : "not used by any plan"});
  }
  page.Table(2, {{"change"}, {"index", false, true}, {"size", true}, {"plans"}}, rows);
}

// What a set saves or costs for one template, all calls together.
Cost WeightedChange(const TemplateCost& cost, const Statements& statements) {
  const Template* const statement = statements.Find(cost.id);
  return statement == nullptr ? 0 : statement->weight * std::fabs(cost.cost_before - cost.cost_after);
}

void WriteQueries(Page& page, const WhatifSet& set, const Statements& statements, bool verbose) {
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
    rows.push_back({ShortId(cost->id), statements.Brief(cost->id),
                    WeightText(statement == nullptr ? 0 : statement->weight), CostText(cost->cost_before),
                    CostText(cost->cost_after), FactorText(cost->cost_before, cost->cost_after)});
  }
  page.Blank();
  if (!rows.empty()) {
    page.Table(
        2,
        {{"query"}, {"statement", false, true}, {"weight", true}, {"before", true}, {"after", true}, {"factor", true}},
        rows);
  }
  if (unchanged > 0) {
    page.Line(2, absl::StrCat(Plural(unchanged, "query costs", "queries cost"), " the same",
                              verbose ? "" : " (--verbose lists them)"));
  }
}

}  // namespace

std::string WhatifText(const WhatifResult& result, const Snapshot& snapshot, const Style& style) {
  const Statements statements(result.workload, style.show_literals);
  Page page(style.width, style.color);
  WriteHeader(page, "What if", snapshot, result.workload, statements);
  WriteSummary(page, result);
  for (const WhatifSet& set : result.sets) {
    page.Heading(absl::StrCat("Set ", set.name));
    WriteIndexes(page, set, statements);
    WriteQueries(page, set, statements, style.verbose);
  }
  WriteSkipped(page, result.workload, statements, style.verbose);
  WriteWarnings(page, result.warnings, statements);
  return page.Take();
}

}  // namespace pgassay::report
