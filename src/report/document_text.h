#pragma once

// Documents for a terminal.

#include <string>

#include "report/document.h"
#include "report/render.h"

namespace pgassay::report {

std::string DocumentText(const Document& document, const Style& style);

}  // namespace pgassay::report
