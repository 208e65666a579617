#pragma once

// What the database is asked to do: templates with their observed parameter bindings. Implemented by module workload.

#include <string>
#include <vector>

namespace pgassay {

// One observed set of parameter values of a template: here a whole statement with its literals.
struct Binding {
  std::string sql;     // as written, without the closing semicolon
  double weight = 1;   // calls that this binding stands for
  std::string source;  // where it was seen: "file.sql:12"
  friend bool operator==(const Binding&, const Binding&) = default;
};

// All statements with one identity: database, user, top level, resolved relations, fingerprint and its version. One
// text under two search paths has one fingerprint and two templates.
struct Template {
  std::string id;               // 16 hexadecimal digits, a stable hash of the identity
  std::string fingerprint;      // libpg_query's, 16 hexadecimal digits
  int fingerprint_version = 0;  // major version of libpg_query's grammar
  std::string sql;              // normalised text of the first binding seen, literals replaced by $n
  std::string database;
  std::string user;
  bool top_level = true;
  std::vector<std::string> relations;  // resolved "schema.name", quoted where needed, sorted, unique
  double weight = 0;                   // calls: the sum over the bindings
  std::vector<Binding> bindings;
  friend bool operator==(const Template&, const Template&) = default;
};

// Something of the input that is not analysed. Codes are stable and public.
struct Skipped {
  std::string fingerprint;  // empty where the text could not be parsed
  std::string source;       // "file.sql:12"
  std::string code;         // unparsable, utility-statement, unknown-relation, cannot-be-planned, ...
  std::string reason;       // a sentence with what to do next
  double weight = 0;
  friend bool operator==(const Skipped&, const Skipped&) = default;
};

struct Workload {
  std::vector<Template> templates;  // in order of first appearance
  std::vector<Skipped> skipped;
  friend bool operator==(const Workload&, const Workload&) = default;
};

}  // namespace pgassay
