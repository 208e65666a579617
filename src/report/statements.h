#pragma once

// What is printed of a workload's statements, with or without their literals.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

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
  // Where the template comes from: "file" or "pg_stat_statements".
  static std::string Source(const Template& statement);
  // Enough of a template's id to tell it from the others of this workload, at least eight digits, for people. Commands
  // take any unambiguous prefix.
  std::string ShortId(std::string_view id) const;

  // The template's query tags. Values are kept of the tags that name a place in the application; others may hold what
  // people typed.
  std::vector<std::string> Tags(const Template& statement) const;

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
  std::size_t id_width_ = 8;
  bool show_literals_;
};

// Query tags as they are printed: values only of those that name a place in the application, unless literals are shown.
std::vector<std::string> PrintedTags(const std::vector<std::string>& tags, bool show_literals);

// "15.8" of 150008, "9.6.24" of 90624.
std::string ServerVersion(int server_version);

// Whether the reason of `code` may quote the server or the parser, and with it a value of the statement.
bool QuotesServer(std::string_view code);

}  // namespace pgassay::report
