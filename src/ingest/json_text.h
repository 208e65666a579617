#pragma once

// Texts of JSON.

#include <string>
#include <string_view>

namespace pgassay::ingest {

// Appends what `raw`, the inside of a JSON text, stands for; never longer than `raw`. Half a surrogate pair becomes
// U+FFFD. False: an escape that JSON does not know.
bool AppendUnescaped(std::string_view raw, std::string& to);

}  // namespace pgassay::ingest
