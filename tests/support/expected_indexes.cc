#include "support/expected_indexes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/status_macros.h"

namespace pgassay::test {
namespace {

struct Direction {
  bool descending = false;
  bool nulls_first = false;
};

Direction Parse(const std::string& text) {
  Direction direction;
  direction.descending = text.find("DESC") != std::string::npos;
  direction.nulls_first = direction.descending;
  if (text.find("NULLS FIRST") != std::string::npos) direction.nulls_first = true;
  if (text.find("NULLS LAST") != std::string::npos) direction.nulls_first = false;
  return direction;
}

std::vector<ExpectedIndex> Parse(const nlohmann::json& list) {
  std::vector<ExpectedIndex> result;
  for (const auto& entry : list) {
    ExpectedIndex index;
    index.table = entry.at("table").get<std::string>();
    index.columns = entry.at("columns").get<std::vector<std::string>>();
    if (entry.contains("order")) index.order = entry.at("order").get<std::vector<std::string>>();
    if (entry.contains("include")) index.include = entry.at("include").get<std::vector<std::string>>();
    index.equality = entry.value("equality", 0);
    result.push_back(std::move(index));
  }
  return result;
}

// Names of the key columns (the text of an expression), then those of the included ones.
std::vector<std::string> ColumnNames(const IndexDef& def, const Relation& relation) {
  std::vector<std::string> names;
  for (const IndexKey& key : def.keys) {
    const Column* const column = FindColumn(relation, key.column);
    names.push_back(column ? column->name : key.expression);
  }
  for (const int number : def.include) {
    const Column* const column = FindColumn(relation, number);
    names.push_back(column ? column->name : "");
  }
  return names;
}

}  // namespace

absl::StatusOr<ExpectedAdvice> ReadExpected(const std::string& path) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return absl::InvalidArgumentError(path + " is no JSON object");
  return ExpectedAdvice{Parse(json.at("expected")), Parse(json.at("decoys"))};
}

bool Satisfies(const IndexDef& def, const ExpectedIndex& expected, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  if (relation == nullptr || relation->name.schema + "." + relation->name.name != expected.table) return false;
  if (def.keys.size() < expected.columns.size() || !def.predicate.empty()) return false;
  const std::vector<std::string> names = ColumnNames(def, *relation);
  const bool has_all =
      std::ranges::all_of(expected.include, [&](const std::string& n) { return std::ranges::count(names, n) > 0; });
  if (!has_all) return false;
  const auto equality = static_cast<std::size_t>(expected.equality);
  if (!std::is_permutation(names.begin(), names.begin() + expected.equality, expected.columns.begin(),
                           expected.columns.begin() + expected.equality)) {
    return false;
  }
  bool straight = true;
  bool mirrored = true;
  for (std::size_t i = equality; i < expected.columns.size(); ++i) {
    if (names[i] != expected.columns[i]) return false;
    const Direction wanted = Parse(i < expected.order.size() ? expected.order[i] : "");
    straight = straight && def.keys[i].descending == wanted.descending && def.keys[i].nulls_first == wanted.nulls_first;
    mirrored = mirrored && def.keys[i].descending != wanted.descending && def.keys[i].nulls_first != wanted.nulls_first;
  }
  return straight || mirrored;
}

}  // namespace pgassay::test
