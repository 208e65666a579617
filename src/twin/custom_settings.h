#pragma once

// Settings of an application's own (current_setting('app.tenant')) that policies, views and statements read. Planning
// fails where one has no value, and its value decides the plan, so each gets a typical one.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"
#include "twin/names.h"
#include "twin/statement_view.h"

namespace pgassay::twin {

// A setting with a value to plan with, and where the value is from, without the value: "the most common value of
// shop.ticket.tenant_id".
struct ChosenSetting {
  std::string name;
  std::string value;
  std::string source;
  std::vector<std::string> possible;  // all values that match a row, where the statistics list them; empty: not known
};

// What the policies and views of the twin read. `session` is an unprivileged one; a policy that cannot be analysed is
// left out here and shows when a statement needs it.
absl::StatusOr<std::vector<ChosenSetting>> SettingsOfSchema(const Snapshot& snapshot, const Names& names,
                                                            pg::Session& session);

// What one statement reads; nothing where it cannot be analysed.
absl::StatusOr<std::vector<ChosenSetting>> SettingsOfStatement(const std::string& sql, const Snapshot& snapshot,
                                                               const Names& names, pg::Session& session);

}  // namespace pgassay::twin
