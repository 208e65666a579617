#include "workload/name_resolver.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "catalog/index_identity.h"

namespace pgassay::workload {
namespace {

constexpr std::string_view kDefaultSearchPath = "\"$user\", public";

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

}  // namespace

std::vector<std::string> SearchPath(std::string_view setting, std::string_view user) {
  std::vector<std::string> schemas = SplitIdentifiers(setting);
  std::replace(schemas.begin(), schemas.end(), std::string("$user"), std::string(user));
  if (std::find(schemas.begin(), schemas.end(), "pg_catalog") == schemas.end()) {
    schemas.insert(schemas.begin(), "pg_catalog");
  }
  return schemas;
}

NameResolver::NameResolver(const Snapshot& snapshot)
    : search_path_(SearchPath(snapshot.FindSetting("search_path").value_or(kDefaultSearchPath), snapshot.user)) {
  for (const Relation& relation : snapshot.relations) {
    relations_.insert(relation.name);
  }
}

std::vector<std::string> NameResolver::Resolve(const std::vector<sql::RelationName>& names) const {
  std::set<std::string> resolved;
  for (const sql::RelationName& name : names) {
    if (!name.schema.empty()) {
      resolved.insert(catalog::QuotedName({name.schema, name.name}));
      continue;
    }
    const auto schema =
        std::find_if(search_path_.begin(), search_path_.end(), [this, &name](const std::string& candidate) {
          return relations_.contains({candidate, name.name});
        });
    resolved.insert(schema == search_path_.end() ? QuoteIdentifier(name.name)
                                                 : catalog::QuotedName({*schema, name.name}));
  }
  return {resolved.begin(), resolved.end()};
}

}  // namespace pgassay::workload
