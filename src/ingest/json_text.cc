#include "ingest/json_text.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pgassay::ingest {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

// The four hexadecimal digits at the beginning of `raw`.
std::optional<std::uint32_t> Hex4(std::string_view raw) {
  std::uint32_t value = 0;
  if (raw.size() < 4) return std::nullopt;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + 4, value, 16);
  if (error != std::errc() || end != raw.data() + 4) return std::nullopt;
  return value;
}

void AppendUtf8(std::uint32_t code, std::string& to) {
  const auto byte = [&](std::uint32_t bits) { to.push_back(static_cast<char>(bits)); };
  const auto further = [&](std::uint32_t shift) { byte(0x80U | (code >> shift & 0x3FU)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0U | code >> 6U);
    further(0);
  } else if (code < 0x10000) {
    byte(0xE0U | code >> 12U);
    further(6);
    further(0);
  } else {
    byte(0xF0U | code >> 18U);
    further(12);
    further(6);
    further(0);
  }
}

// Behind "\u": takes the digits, and those of the second half of a pair.
bool TakeUnicode(std::string_view& raw, std::string& to) {
  const std::optional<std::uint32_t> first = Hex4(raw);
  if (!first) return false;
  raw.remove_prefix(4);
  std::uint32_t code = *first;
  if (code >= 0xD800 && code < 0xE000) {
    const std::optional<std::uint32_t> second =
        code < 0xDC00 && raw.starts_with("\\u") ? Hex4(raw.substr(2)) : std::nullopt;
    code = kReplacement;
    if (second && *second >= 0xDC00 && *second < 0xE000) {
      code = 0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00);
      raw.remove_prefix(6);
    }
  }
  AppendUtf8(code, to);
  return true;
}

}  // namespace

bool AppendUnescaped(std::string_view raw, std::string& to) {
  while (true) {
    const std::size_t backslash = raw.find('\\');
    to.append(raw.substr(0, backslash));
    if (backslash == std::string_view::npos) return true;
    if (backslash + 1 == raw.size()) return false;
    const char escape = raw[backslash + 1];
    raw.remove_prefix(backslash + 2);
    switch (escape) {
      case '"': case '\\': case '/': to.push_back(escape); break;
      case 'n': to.push_back('\n'); break;
      case 't': to.push_back('\t'); break;
      case 'r': to.push_back('\r'); break;
      case 'b': to.push_back('\b'); break;
      case 'f': to.push_back('\f'); break;
      case 'u':
        if (!TakeUnicode(raw, to)) return false;
        break;
      default: return false;
    }
  }
}

}  // namespace pgassay::ingest
