#include "workload/template_builder.h"

#include "base/text.h"

namespace pgassay::workload {

std::string TemplateId(const Template& identity) {
  std::string key;
  // Names cannot contain the NUL byte, so it keeps neighbours apart.
  const auto append = [&key](std::string_view part) {
    key += part;
    key += '\0';
  };
  append(identity.database);
  append(identity.user);
  append(identity.top_level ? "top" : "nested");
  for (const std::string& relation : identity.relations) {
    append(relation);
  }
  append("");
  append(identity.fingerprint);
  append(std::to_string(identity.fingerprint_version));
  return HexDigits(StableHash(key), 16);
}

void TemplateBuilder::Add(const sql::StatementFacts& facts, Binding binding) {
  Template identity{.fingerprint = facts.fingerprint,
                    .fingerprint_version = sql::GrammarVersion(),
                    .sql = facts.normalized,
                    .database = executor_.database,
                    .user = executor_.user,
                    .top_level = executor_.top_level,
                    .relations = resolver_.Resolve(facts.relations)};
  identity.id = TemplateId(identity);
  const auto [known, is_new] = by_id_.try_emplace(identity.id, workload_.templates.size());
  const std::size_t position = known->second;
  if (is_new) {
    workload_.templates.push_back(std::move(identity));
  }
  Template& target = workload_.templates[position];
  target.weight += binding.weight;
  const auto [same, is_first] = by_binding_.try_emplace({position, binding.sql}, target.bindings.size());
  if (is_first) {
    target.bindings.push_back(std::move(binding));
  } else {
    target.bindings[same->second].weight += binding.weight;
  }
}

}  // namespace pgassay::workload
