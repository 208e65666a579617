#pragma once

// Documents as GitHub-flavoured Markdown, for pull requests and tickets. Whatever names and statements contain, they
// make no markup, no HTML, no link and no mention of a user; SQL to be copied stands in fenced blocks as it is.

#include <string>
#include <string_view>

#include "report/document.h"

namespace pgassay::report {

std::string DocumentMarkdown(const Document& document);

// Words as they are, with everything escaped that Markdown or HTML would take for markup.
std::string MarkdownWords(std::string_view text);

// A code span of one line. In a table also its pipes are escaped.
std::string MarkdownCode(std::string_view text, bool in_table);

// A fenced block whose fence is longer than every run of backticks within. `text` ends with a line feed.
std::string MarkdownFence(std::string_view language, std::string_view text);

}  // namespace pgassay::report
