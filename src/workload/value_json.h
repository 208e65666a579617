#pragma once

// What applications ask of JSON columns, taken from whole documents. Documents may come from a foreign file: texts that
// are not JSON give nothing.

#include <optional>
#include <string>
#include <string_view>

namespace pgassay::workload {

bool IsJson(std::string_view text);

// A document that `document` contains (@>): one or two of its members with plain values; nested ones only where there
// is nothing else, and empty then. "{}" for what is no object or array.
std::string JsonPart(std::string_view document);

// A key of its top level, or an element that is a string (?).
std::optional<std::string> JsonKey(std::string_view document);

// The text that `expression`, a chain such as ($0 ->> 'a'), (($0 -> 'a') ->> 'b') or ($0 #>> '{a,b}'), has for
// `document`. None where that is NULL or the expression is something else.
std::optional<std::string> JsonMember(std::string_view expression, std::string_view document);

}  // namespace pgassay::workload
