#include "sql/parse.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/nesting.h"
#include "sql/owned.h"

namespace pgassay::sql {
namespace {

// libpg_query recurses without a limit when it writes, reads and fingerprints trees: 8 MB of stack are used up at a
// height of 4,300, and writing takes time in proportion to height times size. Statements that people or programs mean
// to run stay far below.
constexpr std::size_t kMaxNesting = 1000;

// Parsing takes some 60 times the memory of the text.
constexpr std::size_t kMaxStatementBytes = 4 * 1024 * 1024;

using SplitResult = Owned<PgQuerySplitResult, pg_query_free_split_result>;
using ParseResult = Owned<PgQueryProtobufParseResult, pg_query_free_protobuf_parse_result>;

std::size_t LineAt(std::string_view text, std::size_t offset, std::size_t first_line) {
  return first_line + static_cast<std::size_t>(std::count(text.begin(), text.begin() + offset, '\n'));
}

absl::Status CheckLimits(std::string_view text, std::size_t first_line) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat("line ", LineAt(text, nul, first_line), ": NUL byte"));
  }
  if (text.size() > kMaxStatementBytes) {
    return absl::InvalidArgumentError(absl::StrCat("line ", first_line, ": longer than ",
                                                   FormatBytes(static_cast<std::int64_t>(kMaxStatementBytes))));
  }
  if (NestingBound(text) > kMaxNesting) {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", first_line, ": nested deeper than ", kMaxNesting, " levels; split the statement"));
  }
  return absl::OkStatus();
}

absl::Status ExpectOne(std::size_t statements, std::size_t first_line) {
  if (statements == 1) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("line ", first_line, ": ", statements, " statements where one is expected"));
}

}  // namespace

void FreeTree::operator()(PgQuery__ParseResult* tree) const {
  pg_query__parse_result__free_unpacked(tree, nullptr);
}

absl::Status GrammarError(std::string_view message, int position, std::string_view text, std::size_t first_line) {
  const std::size_t line = LineAt(text, ByteOffset(text, position), first_line);
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", WithoutLiterals(message)));
}

absl::StatusOr<Tree> Parse(std::string_view text, std::size_t first_line) {
  PGASSAY_RETURN_IF_ERROR(CheckLimits(text, first_line));
  const ParseResult parsed(pg_query_parse_protobuf(std::string(text).c_str()));
  if (parsed->error != nullptr) {
    return GrammarError(parsed->error->message, parsed->error->cursorpos, text, first_line);
  }
  // libpg_query declares its bytes as char, protobuf-c as uint8_t.
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(parsed->parse_tree.data);
  Tree tree(pg_query__parse_result__unpack(nullptr, parsed->parse_tree.len, bytes));
  PGASSAY_CHECK(tree != nullptr);
  return tree;
}

absl::StatusOr<Tree> ParseOne(std::string_view text, std::size_t first_line) {
  PGASSAY_ASSIGN_OR_RETURN(Tree tree, Parse(text, first_line));
  PGASSAY_RETURN_IF_ERROR(ExpectOne(tree->n_stmts, first_line));
  return tree;
}

absl::Status Check(std::string_view text) {
  PGASSAY_RETURN_IF_ERROR(CheckLimits(text, 1));
  const SplitResult split(pg_query_split_with_parser(std::string(text).c_str()));
  if (split->error != nullptr) {
    return GrammarError(split->error->message, split->error->cursorpos, text, 1);
  }
  return ExpectOne(static_cast<std::size_t>(split->n_stmts), 1);
}

const PgQuery__Node& StatementNode(const PgQuery__ParseResult& tree, std::size_t i) {
  return *tree.stmts[i]->stmt;
}

std::string NodeName(const PgQuery__Node& node) {
  const ProtobufCFieldDescriptor* const field =
      protobuf_c_message_descriptor_get_field(&pg_query__node__descriptor, static_cast<unsigned>(node.node_case));
  if (field == nullptr || field->type != PROTOBUF_C_TYPE_MESSAGE) {
    return {};
  }
  return static_cast<const ProtobufCMessageDescriptor*>(field->descriptor)->short_name;
}

}  // namespace pgassay::sql
