#include "workload/logged_parameters.h"

#include <charconv>
#include <cstddef>

#include "base/text.h"

namespace pgassay::workload {
namespace {

constexpr std::size_t kMostParameters = 65535;  // of the protocol

bool Take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

// 'it''s': the value, and `text` goes on behind the closing quote.
std::optional<std::string> TakeQuoted(std::string_view& text) {
  if (!Take(text, "'")) return std::nullopt;
  std::string value;
  while (!text.empty()) {
    const std::size_t quote = text.find('\'');
    if (quote == std::string_view::npos) return std::nullopt;
    value += text.substr(0, quote);
    text.remove_prefix(quote + 1);
    if (!Take(text, "'")) return value;
    value += '\'';
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::optional<std::string>>> ReadLoggedParameters(std::string_view text) {
  std::vector<std::optional<std::string>> values;
  while (!text.empty()) {
    if (!values.empty() && !Take(text, ", ")) return std::nullopt;
    std::size_t number = 0;
    if (!Take(text, "$")) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number == 0 || number > kMostParameters) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!Take(text, " = ")) return std::nullopt;
    if (values.size() < number) values.resize(number);
    if (Take(text, "NULL")) {
      values[number - 1] = "NULL";
      continue;
    }
    const std::optional<std::string> value = TakeQuoted(text);
    if (!value || value->ends_with("...")) return std::nullopt;
    values[number - 1] = QuoteLiteral(*value);
  }
  return values;
}

}  // namespace pgassay::workload
