#pragma once

// Statements to templates: those with one identity become bindings of one template.

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "pgassay/workload.h"
#include "sql/statement.h"
#include "workload/name_resolver.h"

namespace pgassay::workload {

// Who ran a statement, and where.
struct Executor {
  std::string database;
  std::string user;
  bool top_level = true;
  friend bool operator==(const Executor&, const Executor&) = default;
};

// The stable id of a template: 16 hexadecimal digits over database, user, top level, resolved relations, fingerprint
// and its version.
std::string TemplateId(const Template& identity);

// Collects the templates of one executor. Identical bindings of a template are merged, their weights added.
class TemplateBuilder {
 public:
  TemplateBuilder(const Snapshot& snapshot, Executor executor) : resolver_(snapshot), executor_(std::move(executor)) {}

  void Add(const sql::StatementFacts& facts, Binding binding);
  void Add(Skipped skipped) { workload_.skipped.push_back(std::move(skipped)); }

  Workload Take() && { return std::move(workload_); }

 private:
  NameResolver resolver_;
  Executor executor_;
  Workload workload_;
  std::map<std::string, std::size_t> by_id_;  // position in workload_.templates
  std::map<std::pair<std::size_t, std::string>, std::size_t>
      by_binding_;  // template and text: position among its bindings
};

}  // namespace pgassay::workload
