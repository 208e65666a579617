#pragma once

// A script as lines to be copied, the same in every format.

#include <cstddef>
#include <string>

#include "report/document.h"

namespace pgassay::report {

// Remarks become "-- " comments, wrapped at `width`; SQL stays what it is, down to the byte, and gets its semicolon.
// SQL that a terminal would obey is shown escaped, as a comment.
std::string ScriptText(const Script& script, std::size_t width);

}  // namespace pgassay::report
