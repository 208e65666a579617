#include <cstddef>
#include <set>
#include <string>

#include "report/json_values.h"
#include "report/render.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

Json IndexesJson(const WhatifSet& set, const Statements& statements) {
  Json indexes = Json::array();
  for (const WhatifIndex& index : set.indexes) {
    indexes.push_back(Json{{"definition", statements.Definition(index.definition)},
                           {"name", index.name},
                           {"change", index.dropped ? "drop" : "create"},
                           {"size_bytes", index.size_bytes},
                           {"size_rests_on_estimate", index.size_rests_on_estimate},
                           {"used", index.used}});
  }
  return indexes;
}

Json TemplatesJson(const WhatifSet& set, const Statements& statements) {
  Json templates = Json::array();
  for (std::size_t i = 0; i < set.costs.size(); ++i) {
    const TemplateCost& cost = set.costs[i];
    const Template* const statement = statements.Find(cost.id);
    if (statement == nullptr) continue;
    Json json = TemplateJson(*statement, statements);
    json["cost_before"] = CostJson(cost.cost_before);
    json["cost_after"] = CostJson(cost.cost_after);
    json["penalty_before"] = CostJson(cost.penalty_before);
    json["penalty_after"] = CostJson(cost.penalty_after);
    json["used"] = Json::array();
    if (i < set.used.size()) {
      for (const std::string& definition : set.used[i]) json["used"].push_back(statements.Definition(definition));
    }
    templates.push_back(std::move(json));
  }
  return templates;
}

}  // namespace

std::string WhatifJson(const WhatifResult& result, const Snapshot& snapshot, const Style& style) {
  const Statements statements(result.workload, style.show_literals);
  Json sets = Json::array();
  for (const WhatifSet& set : result.sets) {
    Bytes size_bytes = 0;
    for (const WhatifIndex& index : set.indexes) size_bytes += index.dropped ? -index.size_bytes : index.size_bytes;
    sets.push_back(Json{{"name", set.name},
                        {"cost_after", CostJson(set.cost_after)},
                        {"size_bytes", size_bytes},
                        {"indexes", IndexesJson(set, statements)},
                        {"templates", TemplatesJson(set, statements)}});
  }
  std::set<std::string> planned;
  for (const WhatifSet& set : result.sets) {
    for (const TemplateCost& cost : set.costs) planned.insert(cost.id);
  }
  return Serialized(Json{{"schema_version", kJsonSchemaVersion},
                         {"database", DatabaseJson(snapshot)},
                         {"workload", WorkloadJson(result.workload, planned, statements)},
                         {"cost_before", CostJson(result.cost_before)},
                         {"sets", std::move(sets)},
                         {"warnings", SentencesJson(result.warnings, statements)}});
}

}  // namespace pgassay::report
