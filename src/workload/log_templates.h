#pragma once

// Tallied statements to templates of a LogWorkload.

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "pgassay/log_workload.h"
#include "workload/log_tally.h"

namespace pgassay::workload {

// Tallies of one database, user and fingerprint become one template. Statements that the planner has no part in are
// counted by kind, without their texts: passwords stand in them.
class LogTemplates {
 public:
  void Add(TalliedStatement&& statement, std::string_view database, std::string_view user);
  LogWorkload Take() &&;

 private:
  void Count(std::string_view code, std::string_view detail, const LogCounters& counters);

  std::map<std::tuple<std::string, std::string, std::string>, LogTemplate> templates_;
  std::map<std::pair<std::string, std::string>, LogGroup> groups_;
};

// Adds another template with the same database, user and fingerprint.
void MergeInto(LogTemplate& to, LogTemplate from);

}  // namespace pgassay::workload
