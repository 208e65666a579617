#pragma once

// What pg_stat_statements leaves behind that not even the scanner reads as it was meant. Private to module sql.

#include <string>
#include <string_view>

namespace pgassay::sql {

// pg_stat_statements puts $n in the place of a constant without looking at what stands beside it. This sets apart $n
// that ran together with a word ('a'and'b' became $1and$2, date'...' became date$1), drops the UESCAPE behind what was
// a Unicode string, and gives NORMALIZED and normalize() back a form. N'...' became N$1: a CAST to bpchar, as its type
// is. Anything else stays as it is; so does a text that the scanner cannot read.
std::string RepairTokens(std::string_view text);

}  // namespace pgassay::sql
