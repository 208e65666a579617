#include "workload/value_json.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/text.h"

namespace pgassay::workload {
namespace {

using Json = nlohmann::ordered_json;

// How many members of an object a containment query names.
constexpr std::size_t kPartMembers = 2;

Json Parse(std::string_view text) {
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

// Plain values only, so that the depth of a document never becomes the depth of the stack.
std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What a nested value contains for certain; a plain one is itself.
Json Emptied(const Json& value) {
  if (value.is_object()) return Json::object();
  return value.is_array() ? Json::array() : value;
}

// The text of a constant such as 'a'::text or '{a,b}'::text[] or '''quoted'; none for anything else.
std::optional<std::string> Constant(std::string_view text) {
  if (!text.starts_with('\'')) return std::nullopt;
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '\'') {
      value += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '\'') {
      value += text[i++];
    } else {
      return text.substr(i + 1).find_first_of("'()") == std::string_view::npos ? std::optional(value) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::string_view Trimmed(std::string_view text) {
  return FromAbsl(absl::StripAsciiWhitespace(ToAbsl(text)));
}

// The keys along the chain, outermost document first; none where the text is no such chain. PostgreSQL writes chains as
// ((($0 -> 'a'::text) -> 'b'::text) ->> 'c'::text).
std::optional<std::vector<std::string>> Path(std::string_view expression) {
  std::vector<std::string> path;
  for (expression = Trimmed(expression); expression != "$0";) {
    if (expression.starts_with('(') && expression.ends_with(')')) {
      expression = Trimmed(expression.substr(1, expression.size() - 2));
      continue;
    }
    const std::size_t arrow = expression.rfind(" -> ");
    const std::size_t text_arrow = expression.rfind(" ->> ");
    const std::size_t path_arrow = expression.rfind(" #>> ");
    const auto later = [](std::size_t a, std::size_t b) {
      return a != std::string_view::npos && (b == std::string_view::npos || a > b);
    };
    const bool by_path = later(path_arrow, arrow) && later(path_arrow, text_arrow);
    const std::size_t at = by_path ? path_arrow : later(text_arrow, arrow) ? text_arrow : arrow;
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t quote = std::min(expression.find('\'', at), expression.size());
    const std::optional<std::string> key = Constant(expression.substr(quote));
    if (!key) return std::nullopt;
    if (by_path) {
      const std::string_view keys = FromAbsl(absl::StripSuffix(absl::StripPrefix(*key, "{"), "}"));
      const std::vector<std::string> parts = absl::StrSplit(ToAbsl(keys), ',');
      path.insert(path.begin(), parts.begin(), parts.end());
    } else {
      path.insert(path.begin(), *key);
    }
    expression = Trimmed(expression.substr(0, at));
  }
  if (path.empty()) return std::nullopt;
  return path;
}

// Where the chain leads in `json`; null where it leads nowhere.
const Json* Follow(std::string_view expression, const Json& json) {
  const std::optional<std::vector<std::string>> path = Path(expression);
  if (!path) return nullptr;
  const Json* at = &json;
  for (const std::string& key : *path) {
    if (!at->is_object() || !at->contains(key)) return nullptr;
    at = &at->at(key);
  }
  return at;
}

// (...)::integer and the like without the cast.
std::string_view WithoutCasts(std::string_view expression) {
  for (;;) {
    expression = Trimmed(expression);
    const std::size_t cast = expression.rfind(")::");
    if (cast == std::string_view::npos || expression.find_first_of("'()", cast + 3) != std::string_view::npos) {
      return expression;
    }
    expression = expression.substr(0, cast + 1);
  }
}

}  // namespace

bool IsJson(std::string_view text) {
  return Json::accept(text);
}

std::string JsonPart(std::string_view document) {
  const Json json = Parse(document);
  if (json.is_array() && !json.empty()) return Dump(Json::array({Emptied(json.front())}));
  if (!json.is_object()) return "{}";
  Json part = Json::object();
  for (const bool plain : {true, false}) {
    if (!plain && !part.empty()) break;
    for (const auto& [key, value] : json.items()) {
      if (value.is_primitive() == plain && part.size() < kPartMembers) part[key] = Emptied(value);
    }
  }
  return Dump(part);
}

std::optional<std::string> JsonKey(std::string_view document) {
  const Json json = Parse(document);
  if (json.is_object() && !json.empty()) return json.begin().key();
  if (!json.is_array()) return std::nullopt;
  for (const Json& element : json) {
    if (element.is_string()) return element.get<std::string>();
  }
  return std::nullopt;
}

std::optional<std::string> JsonMemberKey(std::string_view path, std::string_view document, MemberWanted wanted) {
  const Json json = Parse(document);
  const Json* at = path.empty() || path == "$0" ? &json : Follow(path, json);
  if (at == nullptr || !at->is_object()) return std::nullopt;
  for (const auto& [key, value] : at->items()) {
    if (wanted == MemberWanted::kAny || (wanted == MemberWanted::kNested && value.is_object()) ||
        (wanted == MemberWanted::kNumber && value.is_number()) ||
        (wanted == MemberWanted::kText && (value.is_string() || value.is_boolean()))) {
      return key;
    }
  }
  return std::nullopt;
}

std::optional<std::string> JsonPathOf(std::string_view document, bool predicate) {
  const Json json = Parse(document);
  if (!json.is_object()) return std::nullopt;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_primitive() || value.is_null()) continue;
    const std::string member = absl::StrCat("$.", Dump(key));
    return predicate ? absl::StrCat(member, " == ", Dump(value)) : absl::StrCat(member, " ? (@ == ", Dump(value), ")");
  }
  return std::nullopt;
}

std::optional<std::string> JsonMember(std::string_view expression, std::string_view document) {
  const Json json = Parse(document);
  const Json* at = Follow(WithoutCasts(expression), json);
  if (at == nullptr || !at->is_primitive() || at->is_null()) return std::nullopt;
  return at->is_string() ? at->get<std::string>() : Dump(*at);
}

}  // namespace pgassay::workload
