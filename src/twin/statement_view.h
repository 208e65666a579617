#pragma once

// A statement for the twin, and what PostgreSQL's own analysis and planner see in it.

#include <string>
#include <vector>

#include "catalog/index_request.h"
#include "catalog/parameters.h"

namespace pgassay::twin {

// A statement and as whom it is planned: the rights, policies and settings of `user`.
struct PlannedText {
  std::string sql;
  std::string user;         // a role of the source; empty or gone: one that sees every row
  std::string search_path;  // empty: that of the user's settings
};

struct StatementView {
  std::vector<catalog::IndexRequest> requests;
  std::vector<catalog::WriteTarget> targets;
};

// A custom setting that a statement or a policy reads: current_setting('app.tenant').
struct SettingRead {
  std::string name;
  std::vector<catalog::ParameterUse> uses;
};

struct StatementParameters {
  catalog::Parameters parameters;
  std::vector<SettingRead> settings;
};

}  // namespace pgassay::twin
