#include "workload/name_resolver.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "base/text.h"
#include "catalog/index_identity.h"

namespace pgassay::workload {
namespace {

constexpr std::string_view kSearchPath = "search_path";
constexpr std::string_view kUserSchema = "$user";
constexpr std::string_view kDefaultSearchPath = "\"$user\", public";

// Whether a setting of the capturing session with this pg_settings.source is that of other roles too.
bool HoldsForEveryRole(std::string_view source) {
  constexpr std::string_view kOwn[] = {"user", "database user", "client", "override", "interactive", "session", "test"};
  return std::find(std::begin(kOwn), std::end(kOwn), source) == std::end(kOwn);
}

// The first of `path` that is among `schemas`, which are sorted; nullptr if none is.
const std::string* FirstOf(const std::vector<std::string>& path, const std::vector<std::string>* schemas) {
  if (schemas == nullptr) {
    return nullptr;
  }
  const auto found = std::find_if(path.begin(), path.end(), [schemas](const std::string& schema) {
    return std::binary_search(schemas->begin(), schemas->end(), schema);
  });
  return found == path.end() ? nullptr : &*found;
}

std::vector<std::string> Intersection(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

// The identifiers of a list as PostgreSQL's SplitIdentifierString reads them (src/backend/utils/adt/varlena.c):
// separated by commas, folded to lower case unless in double quotes.
std::vector<std::string> SplitIdentifiers(std::string_view list) {
  std::vector<std::string> identifiers;
  std::string current;
  bool quoted = false;
  const auto finish = [&identifiers, &current] {
    if (!current.empty()) {
      identifiers.push_back(current);
    }
    current.clear();
  };
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (c == '"') {
      if (quoted && i + 1 < list.size() && list[i + 1] == '"') {
        current += c;
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (quoted) {
      current += c;
    } else if (c == ',') {
      finish();
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f') {
      current += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  finish();
  return identifiers;
}

// A setting that puts `first` in front of the schemas of `setting`.
std::string SettingOf(const std::vector<std::string>& first, std::string_view setting, std::string_view user) {
  std::string extended;
  for (const std::string& schema : first) {
    extended += extended.empty() ? "" : ", ";
    extended += QuoteIdentifier(schema);
  }
  for (std::string& schema : SplitIdentifiers(setting)) {
    if (schema == kUserSchema) {
      schema = user;
    }
    if (!schema.empty()) {
      extended += ", ";
      extended += QuoteIdentifier(schema);
    }
  }
  return extended;
}

}  // namespace

std::vector<std::string> SearchPath(std::string_view setting, std::string_view user) {
  std::vector<std::string> schemas = SplitIdentifiers(setting);
  std::replace(schemas.begin(), schemas.end(), std::string(kUserSchema), std::string(user));
  if (std::find(schemas.begin(), schemas.end(), "pg_catalog") == schemas.end()) {
    schemas.insert(schemas.begin(), "pg_catalog");
  }
  return schemas;
}

std::string SearchPathSetting(const Snapshot& snapshot, std::string_view user, std::string_view database) {
  const auto captured = std::find_if(snapshot.settings.begin(), snapshot.settings.end(),
                                     [](const Setting& setting) { return setting.name == kSearchPath; });
  const bool was_captured = captured != snapshot.settings.end();
  if (was_captured && user == snapshot.user && database == snapshot.database) {
    return captured->value;
  }
  // Role and database, role, database, neither: the order of InitPostgres's process_settings().
  using Place = std::pair<std::string_view, std::string_view>;
  for (const auto& [of_role, of_database] :
       {Place{user, database}, Place{user, ""}, Place{"", database}, Place{"", ""}}) {
    for (const RoleSetting& setting : snapshot.role_settings) {
      if (setting.name == kSearchPath && setting.role == of_role && setting.database == of_database) {
        return setting.value;
      }
    }
  }
  return was_captured && HoldsForEveryRole(captured->source) ? captured->value : std::string(kDefaultSearchPath);
}

NameResolver::NameResolver(const Snapshot& snapshot) : snapshot_(snapshot) {
  const auto add = [this](const QualifiedName& name) { schemas_[name.name].push_back(name.schema); };
  for (const Relation& relation : snapshot.relations) {
    if (relation.persistence != 't') {  // nobody else sees the temporary tables of a session
      add(relation.name);
    }
  }
  for (const View& view : snapshot.views) {
    add(view.name);
  }
  for (auto& [name, schemas] : schemas_) {
    std::sort(schemas.begin(), schemas.end());
    schemas.erase(std::unique(schemas.begin(), schemas.end()), schemas.end());
  }
}

const NameResolver::Path& NameResolver::PathOf(const std::string& user, const std::string& database) {
  const auto [path, is_new] = paths_.try_emplace({user, database});
  if (is_new) {
    path->second.setting = SearchPathSetting(snapshot_, user, database);
    path->second.schemas = SearchPath(path->second.setting, user);
  }
  return path->second;
}

const std::vector<std::string>* NameResolver::SchemasOf(const std::string& name) const {
  const auto found = schemas_.find(name);
  return found == schemas_.end() ? nullptr : &found->second;
}

std::vector<std::string> NameResolver::Qualify(const std::vector<sql::RelationName>& names,
                                               const std::vector<std::string>& path) const {
  std::vector<std::string> qualified;
  for (const sql::RelationName& name : names) {
    const std::vector<std::string>* const schemas = SchemasOf(name.name);
    const std::string* const schema = !name.schema.empty() ? &name.schema : FirstOf(path, schemas);
    qualified.push_back(schema == nullptr ? QuoteIdentifier(name.name) : catalog::QuotedName({*schema, name.name}));
  }
  std::sort(qualified.begin(), qualified.end());
  qualified.erase(std::unique(qualified.begin(), qualified.end()), qualified.end());
  return qualified;
}

Resolution NameResolver::Resolve(const std::vector<sql::RelationName>& names, const std::string& user,
                                 const std::string& database) {
  const Path& path = PathOf(user, database);
  std::vector<std::string> lost;    // names that are somewhere, but not on the path
  std::vector<std::string> common;  // schemas that have them all
  std::vector<std::string> homes;   // the schema of each, where it has only one
  bool all_have_one = true;
  for (const sql::RelationName& name : names) {
    const std::vector<std::string>* const schemas = name.schema.empty() ? SchemasOf(name.name) : nullptr;
    if (schemas == nullptr || FirstOf(path.schemas, schemas) != nullptr) {
      continue;
    }
    common = lost.empty() ? *schemas : Intersection(common, *schemas);
    if (schemas->size() == 1 && std::find(homes.begin(), homes.end(), schemas->front()) == homes.end()) {
      homes.push_back(schemas->front());
    }
    all_have_one = all_have_one && schemas->size() == 1;
    lost.push_back(name.name);
  }
  Resolution resolution;
  if (common.size() > 1) {
    resolution.possible_schemas = std::move(common);
    resolution.ambiguous_names = std::move(lost);
  } else if (common.size() == 1 || (!lost.empty() && all_have_one)) {
    // One schema that has them all, or the only schema of each.
    const std::vector<std::string>& first = common.size() == 1 ? common : homes;
    std::vector<std::string> extended = first;
    extended.insert(extended.end(), path.schemas.begin(), path.schemas.end());
    resolution.search_path = SettingOf(first, path.setting, user);
    resolution.relations = Qualify(names, extended);
    return resolution;
  }
  resolution.relations = Qualify(names, path.schemas);
  return resolution;
}

}  // namespace pgassay::workload
