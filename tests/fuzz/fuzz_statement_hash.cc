// Any bytes as a statement: all ways of hashing agree, literals lie within the text, no value survives redaction, and
// texts of one shape have one fingerprint as long as the process lives. What stands behind a NUL byte is another text
// like the one before it.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql/statement.h"
#include "sql/statement_hash.h"
#include "sql/statement_memo.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pgassay::sql::HashStatement;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<pgassay::sql::LiteralSpan> spans;
  const pgassay::sql::StatementHash hash = HashStatement(text, spans);
  if (hash != HashStatement(text) || hash != pgassay::sql::HashStatementPortably(text)) std::abort();
  if (hash.literal_count != spans.size()) std::abort();
  const std::string_view first = text.substr(0, text.find('\0'));
  const std::string_view second = text.substr(std::min(first.size() + 1, size));
  pgassay::sql::StatementMemo memo;
  for (const std::string_view one : {first, first, first, second, text, second, first, text}) {
    if (memo.Hash(one) != HashStatement(one)) std::abort();
  }
  std::size_t end = 0;
  for (const pgassay::sql::LiteralSpan& span : spans) {
    if (span.begin < end || span.end <= span.begin || span.end > size) std::abort();
    end = span.end;
  }
  const std::string redacted = pgassay::sql::RedactLiterals(text);
  HashStatement(redacted, spans);
  for (const pgassay::sql::LiteralSpan& span : spans) {
    if (span.kind != pgassay::sql::LiteralKind::kParameter) std::abort();
  }
  if (text.find('\0') != std::string_view::npos) return 0;  // which no grammar reads, even within a literal
  static std::unordered_map<std::uint64_t, std::string> fingerprints;
  if (fingerprints.size() > 200'000) fingerprints.clear();
  const auto facts = pgassay::sql::Examine(text);
  const std::string fingerprint = facts.ok() ? facts->fingerprint : "";
  if (fingerprints.try_emplace(hash.shape, fingerprint).first->second != fingerprint) std::abort();
  return 0;
}
