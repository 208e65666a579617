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

// What a key is wanted for.
enum class MemberWanted { kText, kNumber, kNested, kAny };

// A key of the object that `path`, a chain as below or $0 or empty, leads to in `document`, whose value is a text or
// boolean, a number, an object, or anything. None where there is none.
std::optional<std::string> JsonMemberKey(std::string_view path, std::string_view document, MemberWanted wanted);

// The values of a document for a query by path: $."kind" ? (@ == "a"), or $."kind" == "a" for the operator @@. None
// where no member has a plain value.
std::optional<std::string> JsonPathOf(std::string_view document, bool predicate);

// The text that `expression`, a chain such as ($0 ->> 'a'), (($0 -> 'a') ->> 'b') or ($0 #>> '{a,b}'), has for
// `document`, casts around it left out. None where that is NULL or the expression is something else.
std::optional<std::string> JsonMember(std::string_view expression, std::string_view document);

}  // namespace pgassay::workload
