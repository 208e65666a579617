#pragma once

// Where libpg_query's grammar takes $n and PostgreSQL's does not. Private to module sql.

#include <string_view>
#include <vector>

#include "sql/edits.h"
#include "sql/lexer.h"
#include "sql/plannable.h"

struct ProtobufCMessage;

namespace pgassay::sql {

struct ParameterEdits {
  std::vector<Edit> edits;          // that make PostgreSQL accept the statement
  std::vector<ForcedValue> forced;  // by number, unique
};

// `root` is the tree of `text` or a part of it, `tokens` are those of `text` without comments. Recurses: check
// NestingBound first.
ParameterEdits FindParameterEdits(const ProtobufCMessage& root, std::string_view text,
                                  const std::vector<Token>& tokens);

}  // namespace pgassay::sql
