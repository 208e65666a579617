#pragma once

// Statements to templates: those with one identity become one template.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

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

// A statement as it was seen: who ran it, and what is known about that.
struct Occurrence {
  Executor executor;
  std::string source;                    // Template::source
  std::string place;                     // Skipped::source
  std::vector<std::int64_t> query_ids;  // the server's
  std::optional<StatementCounters> counters;
  std::optional<LoggedTimes> logged;
  std::vector<std::string> tags;  // query tags, "key=value"
};

// The stable id of a template: 16 hexadecimal digits over database, user, top level, resolved relations, fingerprint
// and its version.
std::string TemplateId(const Template& identity);

// Collects templates. Identical texts of a template are merged: weights and counters added, query ids and tags united.
// Keeps a reference to the snapshot.
class TemplateBuilder {
 public:
  explicit TemplateBuilder(const Snapshot& snapshot) : resolver_(snapshot) {}

  // `text` joins Template::unbound if it has parameters, else Template::bindings. Where its names are ambiguous, the
  // statement is skipped with code ambiguous-name.
  void Add(const Occurrence& occurrence, const sql::StatementFacts& facts, Binding text);
  void Add(Skipped skipped) { workload_.skipped.push_back(std::move(skipped)); }

  Workload Take() &&;

 private:
  Template& Find(Template identity);

  NameResolver resolver_;
  Workload workload_;
  std::map<std::string, std::size_t> by_id_;  // position in workload_.templates
  // Template id, whether unbound, and text: position among its bindings or unbound texts.
  std::map<std::tuple<std::string, bool, std::string>, std::size_t> by_text_;
};

}  // namespace pgassay::workload
