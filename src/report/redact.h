#pragma once

// Literals are private: what is printed of statements, definitions and server messages goes through here first. Works
// on PostgreSQL's lexical rules alone (strings, dollar quotes, quoted names, comments), so it never fails on broken
// SQL.

#include <string>
#include <string_view>

namespace pgassay::report {

// A statement on one line: comments removed (they may hold values, and a "--" would hide the rest of the line), white
// space outside quotes folded.
std::string OneLine(std::string_view sql);

// A statement of one line for a narrow column: a long list of what is selected gives way to "...", because the tables
// and conditions tell one query from another.
std::string Abbreviated(std::string_view line);

// SQL with every string and number constant replaced by "?".
std::string RedactConstants(std::string_view sql);

// A sentence of ours with the text between single quotes replaced by "?". Apostrophes within words are none.
std::string RedactSentence(std::string_view sentence);

// A message of the server or the parser: as RedactSentence, and double-quoted text is replaced as well unless the word
// before it says that it is a name (relation "orders").
std::string RedactServerMessage(std::string_view message);

}  // namespace pgassay::report
