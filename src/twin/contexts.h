#pragma once

// As whom and with which settings statements are planned. A setting's value for a user is what ALTER ROLE and ALTER
// DATABASE stored for it (role and database, role, database, every role, in this order; process_settings in
// src/backend/utils/init/postinit.c), else the captured one; before all of them comes what the caller gives.

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::twin {

class Contexts {
 public:
  // `custom` are settings with a dot in their name that policies read, with values to plan with where the user has
  // none. The snapshot must outlive the contexts.
  static absl::StatusOr<Contexts> Make(const Snapshot& snapshot, std::set<std::string> roles, pg::Session& session);

  // Gives a custom setting a value for all users that have none stored. A stored one that is not in `possible` (empty:
  // every one is) does not count: it is what a session has that has not said yet on whose behalf it works.
  void AddCustom(std::string_view name, std::string_view value, std::span<const std::string> possible = {});

  // Gives a custom setting a value for all users, whatever they have stored.
  void GiveCustom(std::string_view name, std::string_view value);

  // Whether it has a value by one of the two.
  bool HasCustom(std::string_view name) const { return custom_.contains(name) || given_.contains(name); }

  // Position of the context of `user` with `search_path` (empty: the user's own).
  std::size_t Of(std::string_view user, std::string_view search_path);

  // SQL statements that put a session into context `position`, whichever it was in before. One that the server refuses
  // (a value that it does not take) is left out: the others hold.
  const std::vector<std::string>& Steps(std::size_t position) const { return steps_[position]; }

  // Whether some user has a stored value for `name`, and whether one of them counts.
  bool IsStored(std::string_view name) const;
  bool HasUsefulStored(std::string_view name) const;

 private:
  explicit Contexts(const Snapshot& snapshot) : snapshot_(&snapshot) {}
  bool MaySet(std::string_view name) const;
  bool Counts(const RoleSetting& stored) const;
  void MakeAllAgain();
  std::string ValueFor(std::string_view user, const std::string& name) const;
  std::vector<std::string> MakeSteps(std::string_view user, std::string_view search_path) const;

  const Snapshot* snapshot_;
  std::set<std::string> roles_;
  std::map<std::string, std::string, std::less<>> defaults_;  // planner settings that a session may change
  std::set<std::string> names_;                               // set by every context
  std::map<std::string, std::string, std::less<>> custom_;
  std::map<std::string, std::string, std::less<>> given_;
  std::map<std::string, std::set<std::string>, std::less<>> possible_;
  std::map<std::pair<std::string, std::string>, std::size_t> positions_;
  std::vector<std::vector<std::string>> steps_;
};

}  // namespace pgassay::twin
