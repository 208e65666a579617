#include "sql/object_name.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::sql {
namespace {

// src/backend/parser/scan.l: ident_start and ident_cont.
bool StartsWord(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool ContinuesWord(char c) {
  return StartsWord(c) || absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '$';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // Whether `c` comes next, spaces apart; it is behind us then.
  bool Take(char c) {
    SkipSpaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<std::string> Identifier() {
    SkipSpaces();
    if (at_ >= text_.size()) return std::nullopt;
    if (text_[at_] == '"') return Quoted();
    if (!StartsWord(text_[at_])) return std::nullopt;
    std::string word;
    while (at_ < text_.size() && ContinuesWord(text_[at_])) {
      word += absl::ascii_tolower(static_cast<unsigned char>(text_[at_++]));
    }
    return word;
  }

  bool AtEnd() {
    SkipSpaces();
    return at_ == text_.size();
  }

 private:
  void SkipSpaces() {
    while (at_ < text_.size() && absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  std::optional<std::string> Quoted() {
    std::string name;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] != '"') {
        name += text_[i];
      } else if (i + 1 < text_.size() && text_[i + 1] == '"') {
        name += text_[i++];
      } else {
        at_ = i + 1;
        return name.empty() ? std::nullopt : std::optional(std::move(name));
      }
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<ObjectName> Read(std::string_view text) {
  Reader reader(text);
  std::optional<std::string> name = reader.Identifier();
  if (!name) return std::nullopt;
  ObjectName object;
  object.name.name = *std::move(name);
  if (reader.Take('.')) {
    name = reader.Identifier();
    if (!name) return std::nullopt;
    object.name.schema = std::exchange(object.name.name, *std::move(name));
  }
  if (reader.Take('(')) {
    do {
      name = reader.Identifier();
      if (!name) return std::nullopt;
      object.columns.push_back(*std::move(name));
    } while (reader.Take(','));
    if (!reader.Take(')')) return std::nullopt;
  }
  return reader.AtEnd() ? std::optional(std::move(object)) : std::nullopt;
}

}  // namespace

absl::StatusOr<ObjectName> ParseObjectName(std::string_view text) {
  std::optional<ObjectName> object = Read(text);
  if (object) return *std::move(object);
  return absl::InvalidArgumentError(absl::StrCat(
      "'", Printable(text),
      "' is no name; write orders, shop.orders or shop.\"Order lines\", and columns of a table behind it in "
      "parentheses"));
}

}  // namespace pgassay::sql
