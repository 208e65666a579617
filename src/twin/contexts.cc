#include "twin/contexts.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "twin/roles.h"
#include "twin/settings.h"

namespace pgassay::twin {
namespace {

constexpr std::string_view kSearchPath = "search_path";
constexpr std::size_t kMostNameBytes = 256;
constexpr std::string_view kDefaultSearchPath = "\"$user\", public";

// Whether a captured value holds for the capturing user alone (pg_settings.source).
bool IsPersonal(const Setting& setting) {
  return setting.source == "user" || setting.source == "database user" || setting.source == "client" ||
         setting.source == "session";
}

// A name with a dot, of words as PostgreSQL takes them (valid_custom_variable_name in guc.c). Settings of plpgsql
// belong to the functions that they were made for, and most of them to superusers.
bool IsCustom(std::string_view name) {
  if (name.find('.') == std::string_view::npos || name.starts_with("plpgsql.") || name.size() > kMostNameBytes) {
    return false;
  }
  bool begins = true;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
    if (c == '.' ? begins : !(letter || (!begins && ((c >= '0' && c <= '9') || c == '$')))) return false;
    begins = c == '.';
  }
  return !begins;
}

}  // namespace

absl::StatusOr<Contexts> Contexts::Make(const Snapshot& snapshot, std::set<std::string> roles, pg::Session& session) {
  Contexts contexts(snapshot);
  contexts.roles_ = std::move(roles);
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows, session.Query(PlannerSettingsSql()));
  for (std::size_t row = 0; row < rows.rows(); ++row) contexts.defaults_[rows.Text(row, 0)] = rows.Text(row, 1);
  contexts.defaults_[std::string(kSearchPath)] = kDefaultSearchPath;
  contexts.names_.emplace(kSearchPath);
  for (const RoleSetting& stored : snapshot.role_settings) {
    if (contexts.MaySet(stored.name)) contexts.names_.insert(stored.name);
  }
  for (const Setting& setting : snapshot.settings) {
    if (IsPersonal(setting) && contexts.MaySet(setting.name)) contexts.names_.insert(setting.name);
  }
  return contexts;
}

void Contexts::AddCustom(std::string_view name, std::string_view value, std::span<const std::string> possible) {
  if (!IsCustom(name)) return;
  names_.emplace(name);
  custom_[std::string(name)] = value;
  if (!possible.empty()) possible_[std::string(name)].insert(possible.begin(), possible.end());
  MakeAllAgain();
}

void Contexts::GiveCustom(std::string_view name, std::string_view value) {
  if (!IsCustom(name)) return;
  names_.emplace(name);
  given_[std::string(name)] = value;
  MakeAllAgain();
}

void Contexts::MakeAllAgain() {
  for (const auto& [context, position] : positions_) steps_[position] = MakeSteps(context.first, context.second);
}

bool Contexts::IsStored(std::string_view name) const {
  return std::ranges::any_of(snapshot_->role_settings, [&](const RoleSetting& stored) { return stored.name == name; });
}

bool Contexts::HasUsefulStored(std::string_view name) const {
  return std::ranges::any_of(snapshot_->role_settings,
                             [&](const RoleSetting& stored) { return stored.name == name && Counts(stored); });
}

bool Contexts::Counts(const RoleSetting& stored) const {
  const auto possible = possible_.find(stored.name);
  return possible == possible_.end() || possible->second.contains(stored.value);
}

std::size_t Contexts::Of(std::string_view user, std::string_view search_path) {
  const auto [found, added] = positions_.try_emplace({std::string(user), std::string(search_path)}, steps_.size());
  if (added) steps_.push_back(MakeSteps(user, search_path));
  return found->second;
}

bool Contexts::MaySet(std::string_view name) const {
  return IsCustom(name) || defaults_.contains(name);
}

std::string Contexts::ValueFor(std::string_view user, const std::string& name) const {
  if (const auto given = given_.find(name); given != given_.end()) return given->second;
  const RoleSetting* best = nullptr;
  const auto rank = [](const RoleSetting& s) { return (s.role.empty() ? 0 : 2) + (s.database.empty() ? 0 : 1); };
  for (const RoleSetting& stored : snapshot_->role_settings) {
    if (stored.name != name || (!stored.role.empty() && stored.role != user)) continue;
    if (!stored.database.empty() && stored.database != snapshot_->database) continue;
    if (!Counts(stored)) continue;
    if (best == nullptr || rank(stored) > rank(*best)) best = &stored;
  }
  const auto captured = std::ranges::find(snapshot_->settings, name, &Setting::name);
  const bool has_captured = captured != snapshot_->settings.end();
  // What the capturing session really had, PGOPTIONS included.
  if (has_captured && user == snapshot_->user) return captured->value;
  if (best != nullptr) return best->value;
  if (has_captured && !IsPersonal(*captured)) return captured->value;
  if (const auto custom = custom_.find(name); custom != custom_.end()) return custom->second;
  const auto fallback = defaults_.find(name);
  return fallback == defaults_.end() ? "" : fallback->second;
}

std::vector<std::string> Contexts::MakeSteps(std::string_view user, std::string_view search_path) const {
  const bool known = roles_.contains(std::string(user));
  std::vector<std::string> steps = {absl::StrCat("SET ROLE ", known ? QuoteIdentifier(user) : std::string(kPlanner))};
  for (const std::string& name : names_) {
    const std::string value =
        name == kSearchPath && !search_path.empty() ? std::string(search_path) : ValueFor(user, name);
    steps.push_back(
        absl::StrCat("SELECT pg_catalog.set_config(", QuoteLiteral(name), ", ", QuoteLiteral(value), ", false)"));
  }
  return steps;
}

}  // namespace pgassay::twin
