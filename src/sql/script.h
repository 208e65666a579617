#pragma once

// A text as psql reads it: statements, meta-commands, and what is neither. Unlike Split it never gives up.

#include <string>
#include <string_view>
#include <vector>

#include "sql/statement.h"

namespace pgassay::sql {

enum class ScriptPart {
  kStatement,
  kLineComment,  // -- to the end of the line, outside of statements or within
  kMetaCommand,  // a backslash outside of quotes, to the end of the line; it ends the statement before it
  kBroken,       // from where the scanner cannot read on; see `message`
};

struct ScriptPiece {
  ScriptPart part = ScriptPart::kStatement;
  Piece piece;
  std::string message;  // kBroken: why, without literals
  friend bool operator==(const ScriptPiece&, const ScriptPiece&) = default;
};

// The parts of `text` in order of their beginning; a comment within a statement comes before it. Data lines behind
// COPY ... FROM STDIN are passed over. Reading goes on behind a broken piece at the next line that ends a statement,
// unless it is an unterminated quote or comment, to which the rest of the text belongs.
std::vector<ScriptPiece> SplitScript(std::string_view text);

}  // namespace pgassay::sql
