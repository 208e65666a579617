#pragma once

// The words in front of the server's messages, in every language that it speaks.

#include <optional>
#include <string_view>

#include "ingest/line_tag.h"

namespace pgassay::ingest {

// What `word` ("LOG", "DÉTAIL", "FEHLER"), without its colon and in UTF-8, stands for. Nothing: no catalog has it.
std::optional<LineTag> TagOf(std::string_view word);

}  // namespace pgassay::ingest
