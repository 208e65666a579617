// One pass over the text (statement_scanner.h), 16 bytes at once where a word or string goes on (statement_blocks.h).

#include "sql/statement_hash.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sql/statement_blocks.h"
#include "sql/statement_literals.h"
#include "sql/statement_scanner.h"

namespace pgassay::sql {
namespace {

struct NoSink {
  void Add(const char* /*begin*/, const Literal& /*literal*/) {}
  void AddExact() {}
  void AddComment(const char* /*begin*/, const char* /*end*/) {}
  std::size_t Size() const { return 0; }
  void Rewind(std::size_t /*size*/) {}
};

struct SpanSink {
  const char* text;
  std::vector<LiteralSpan>& spans;

  void Add(const char* begin, const Literal& literal) {
    spans.push_back({static_cast<std::size_t>(begin - text), static_cast<std::size_t>(literal.end - text),
                     PublicKind(literal.kind)});
  }
  void AddExact() {}
  void AddComment(const char* /*begin*/, const char* /*end*/) {}
  std::size_t Size() const { return spans.size(); }
  void Rewind(std::size_t size) { spans.resize(size); }
};

// Literals and comments, in order.
struct RedactSink {
  struct Edit {
    const char* begin;
    const char* end;
    char replacement;
  };
  std::vector<Edit> edits;

  void Add(const char* begin, const Literal& literal) {
    if (literal.kind != LiteralClass::kParameter) edits.push_back({begin, literal.end, '?'});
  }
  void AddExact() {}
  void AddComment(const char* begin, const char* end) { edits.push_back({begin, end, ' '}); }
  std::size_t Size() const { return edits.size(); }
  void Rewind(std::size_t size) { edits.erase(edits.begin() + static_cast<std::ptrdiff_t>(size), edits.end()); }
};

}  // namespace

StatementHash HashStatement(std::string_view text) {
  NoSink sink;
  return Scanner<FastBlocks, NoSink>(text, sink).Run();
}

StatementHash HashStatement(std::string_view text, std::vector<LiteralSpan>& literals) {
  literals.clear();
  SpanSink sink{text.data(), literals};
  return Scanner<FastBlocks, SpanSink>(text, sink).Run();
}

StatementHash HashStatementPortably(std::string_view text) {
  NoSink sink;
  return Scanner<PortableBlocks, NoSink>(text, sink).Run();
}

std::string RedactLiterals(std::string_view text) {
  RedactSink sink;
  Scanner<FastBlocks, RedactSink>(text, sink).Run();
  std::string redacted;
  const char* at = text.data();
  for (const RedactSink::Edit& edit : sink.edits) {
    redacted.append(at, edit.begin);
    redacted += edit.replacement;
    at = edit.end;
  }
  redacted.append(at, text.data() + text.size());
  return redacted;
}

}  // namespace pgassay::sql
