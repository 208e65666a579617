#pragma once

// What is printed of a workload's statements, with or without their literals.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "pgassay/workload.h"

namespace pgassay::report {

// The templates of a workload by id. The workload must outlive it.
class Statements {
 public:
  Statements(const Workload& workload, bool show_literals);

  const Template* Find(std::string_view id) const;  // nullptr: no such template
  // One line: the normalised statement, or with literals the first binding as it was written.
  std::string Text(const Template& statement) const;
  // The same, shortened for a column of a table; empty: no such template.
  std::string Brief(std::string_view id) const;
  // What the first binding's origin is called: "file.sql:12".
  static std::string Source(const Template& statement);

  std::string Definition(std::string_view sql) const;     // of an index
  std::string Sentence(std::string_view sentence) const;  // ours
  // A sentence that may quote the server or the parser.
  std::string ServerMessage(std::string_view message) const;

  std::size_t bindings() const { return bindings_; }
  double weight() const { return weight_; }

 private:
  std::map<std::string, const Template*, std::less<>> by_id_;
  std::size_t bindings_ = 0;
  double weight_ = 0;
  bool show_literals_;
};

// The first eight digits of a template's id, for people. Commands take any unambiguous prefix.
std::string ShortId(std::string_view id);

// "15.8" of 150008, "9.6.24" of 90624.
std::string ServerVersion(int server_version);

// Whether the reason of `code` may quote the server or the parser, and with it a value of the statement.
bool QuotesServer(std::string_view code);

}  // namespace pgassay::report
