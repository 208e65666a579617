// Any bytes as SQL: splitting and examining must end with an answer or an error, and pieces must lie within the text.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sql/statement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pieces = pgassay::sql::Split(text);
  if (!pieces.ok()) return 0;
  std::size_t end = 0;
  for (const pgassay::sql::Piece& piece : *pieces) {
    if (piece.begin < end || piece.end < piece.begin || piece.end > size) std::abort();
    end = piece.end;
    (void)pgassay::sql::Examine(text.substr(piece.begin, piece.end - piece.begin));
  }
  return 0;
}
