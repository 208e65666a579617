#pragma once

// The text in front of a severity word, taken apart.

#include <optional>
#include <string>
#include <string_view>

namespace pgassay::ingest {

// The size of what stands in `line` in front of the first severity word ("LOG:  "). Nothing: there is none near the
// beginning.
std::optional<std::size_t> HeadSize(std::string_view line);

// The log_line_prefix that could have written `head`: times, process ids and the like by their form, "user=app" by its
// key, "app@shop" as user and database, other text as it stands where it is punctuation and as %i where it is a word.
std::string PrefixOf(std::string_view head);

}  // namespace pgassay::ingest
