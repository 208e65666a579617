#include "catalog/array_text.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::catalog {
namespace {

class Parser {
 public:
  Parser(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  absl::StatusOr<std::vector<std::optional<std::string>>> Parse() {
    PGASSAY_RETURN_IF_ERROR(SkipBounds());
    if (!Take('{')) return Error("'{' expected");
    std::vector<std::optional<std::string>> elements;
    if (!Take('}')) {
      do {
        PGASSAY_ASSIGN_OR_RETURN(std::optional<std::string> element, ParseElement());
        elements.push_back(std::move(element));
      } while (Take(delimiter_));
      if (!Take('}')) return Error("a delimiter or '}' expected");
    }
    if (position_ != text_.size()) return Error("text after the closing '}'");
    return elements;
  }

 private:
  absl::Status Error(std::string_view problem) const {
    return absl::InvalidArgumentError(absl::StrCat("malformed array text at byte ", position_, ": ", ToAbsl(problem)));
  }

  bool AtEnd() const { return position_ == text_.size(); }

  bool Take(char c) {
    if (AtEnd() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  // An optional sign and at least one digit.
  bool SkipInteger() {
    if (!AtEnd() && (text_[position_] == '-' || text_[position_] == '+')) ++position_;
    const std::size_t begin = position_;
    while (!AtEnd() && text_[position_] >= '0' && text_[position_] <= '9') ++position_;
    return position_ > begin;
  }

  // `[lower:upper]=`, which array_out writes where the lower bound is not 1.
  absl::Status SkipBounds() {
    if (!Take('[')) return absl::OkStatus();
    if (!SkipInteger() || !Take(':') || !SkipInteger() || !Take(']')) return Error("malformed bounds");
    if (!AtEnd() && text_[position_] == '[') return Error("more than one dimension");
    return Take('=') ? absl::OkStatus() : Error("'=' expected after the bounds");
  }

  absl::StatusOr<std::optional<std::string>> ParseElement() {
    if (Take('"')) return ParseQuoted();
    const std::size_t begin = position_;
    for (; !AtEnd(); ++position_) {
      const char c = text_[position_];
      if (c == delimiter_ || c == '}') break;
      if (c == '{') return Error("more than one dimension");
      if (c == '"' || c == '\\' || c == ' ' || (c >= '\t' && c <= '\r'))
        return Error("an element that should be in quotes");
    }
    const std::string_view element = text_.substr(begin, position_ - begin);
    if (element.empty()) return Error("an empty element that should be in quotes");
    if (element == "NULL") return std::nullopt;
    return std::string(element);
  }

  absl::StatusOr<std::optional<std::string>> ParseQuoted() {
    std::string element;
    while (!AtEnd()) {
      if (Take('"')) return element;
      if (Take('\\') && AtEnd()) break;
      element += text_[position_++];
    }
    return Error("the text ends inside quotes");
  }

  std::string_view text_;
  char delimiter_;
  std::size_t position_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<std::optional<std::string>>> ParseArrayText(std::string_view text, char delimiter) {
  return Parser(text, delimiter).Parse();
}

absl::StatusOr<std::vector<double>> ParseNumberArrayText(std::string_view text) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> elements, ParseArrayText(text));
  std::vector<double> numbers;
  numbers.reserve(elements.size());
  for (const std::optional<std::string>& element : elements) {
    double number = 0;
    const char* end = element ? element->data() + element->size() : nullptr;
    const bool parsed =
        element && std::from_chars(element->data(), end, number) == std::from_chars_result{end, std::errc()};
    if (!parsed || !std::isfinite(number)) {
      return absl::InvalidArgumentError(
          absl::StrCat("element ", numbers.size() + 1, " of an array of numbers is no finite number"));
    }
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace pgassay::catalog
