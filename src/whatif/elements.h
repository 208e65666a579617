#pragma once

// The elements that GIN operator classes make of one value, from its text form. Texts may come from a foreign file:
// whatever they hold, the answer is some list.

#include <set>
#include <string>
#include <string_view>

namespace pgassay::whatif {

// jsonb_ops: keys, and values that are no objects or arrays. `paths` (jsonb_path_ops): one for each value, with its
// keys (src/backend/utils/adt/jsonb_gin.c). `text` is what jsonb_out writes.
std::set<std::string> DocumentElements(std::string_view text, bool paths);

// Groups of three characters of each word in lower case, with two blanks before and one after it (contrib/pg_trgm).
std::set<std::string> Trigrams(std::string_view text);

// Words in lower case, about as the configuration "simple" of text search finds them.
std::set<std::string> Words(std::string_view text);

}  // namespace pgassay::whatif
