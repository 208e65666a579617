#include "catalog/index_columns.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"
#include "base/text.h"

namespace pgassay::catalog {
namespace {

constexpr int kSummaries = 160000;  // the first version that tells them apart

bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Whether `word` stands in `text` with no letter or digit beside it.
bool Mentions(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !IsWordByte(text[at - 1])) && (end == text.size() || !IsWordByte(text[end]))) return true;
  }
  return false;
}

}  // namespace

bool DependsOn(const IndexDef& def, const Column& column) {
  const std::string word = QuoteIdentifier(column.name);
  return std::ranges::find(def.include, column.number) != def.include.end() || Mentions(def.predicate, word) ||
         std::ranges::any_of(def.keys, [&](const IndexKey& key) {
           return key.column == column.number || Mentions(key.expression, word);
         });
}

bool EndsHot(const IndexDef& def, int server_version) {
  return def.method != "brin" || server_version < kSummaries;
}

}  // namespace pgassay::catalog
