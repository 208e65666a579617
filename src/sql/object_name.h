#pragma once

// Names of tables, their columns and indexes as people write them: by SQL's rules for identifiers.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sql/statement.h"

namespace pgassay::sql {

struct ObjectName {
  RelationName name;
  std::vector<std::string> columns;  // in parentheses behind it; empty: no parentheses
  friend bool operator==(const ObjectName&, const ObjectName&) = default;
};

// `orders`, `shop.orders`, `Shop."Order lines" (note, "two words")`: words are folded to lower case, in double quotes
// anything stands for itself. InvalidArgument for anything else.
absl::StatusOr<ObjectName> ParseObjectName(std::string_view text);

}  // namespace pgassay::sql
