#pragma once

// Tallied statements to templates of a LogWorkload.

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "pgassay/log_workload.h"
#include "workload/log_tally.h"

namespace pgassay::workload {

// A tallied statement, parsed: a template, or why it is none.
using ParsedStatement = std::variant<LogTemplate, LogGroup>;

// Thread-safe, and what takes the time. Statements that the planner has no part in are counted by kind, without their
// texts: passwords stand in them.
ParsedStatement Parse(TalliedStatement&& statement, std::string_view database, std::string_view user);

// Tallies of one database, user and fingerprint become one template.
class LogTemplates {
 public:
  void Add(ParsedStatement&& statement);
  LogWorkload Take() &&;

 private:
  std::map<std::tuple<std::string, std::string, std::string>, LogTemplate> templates_;
  std::map<std::pair<std::string, std::string>, LogGroup> groups_;
};

// Adds another template with the same database, user and fingerprint.
void MergeInto(LogTemplate& to, LogTemplate from);

}  // namespace pgassay::workload
