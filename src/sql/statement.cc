#include "sql/statement.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/nesting.h"
#include "sql/tree.h"

namespace pgassay::sql {
namespace {

// libpg_query recurses without a limit when it writes, reads and fingerprints trees: 8 MB of stack are used up at a
// height of 4,300, and writing takes time in proportion to height times size. Statements that people or programs mean
// to run stay far below.
constexpr std::size_t kMaxNesting = 1000;

// Parsing takes some 60 times the memory of the text.
constexpr std::size_t kMaxStatementBytes = 4 * 1024 * 1024;

// Calls `Free` for a result of libpg_query, which are plain structs.
template <typename Result, void (*Free)(Result)>
class Owned {
 public:
  explicit Owned(Result result) : result_(result) {}
  ~Owned() { Free(result_); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  const Result* operator->() const { return &result_; }

 private:
  Result result_;
};

using ParseResult = Owned<PgQueryProtobufParseResult, pg_query_free_protobuf_parse_result>;
using FingerprintResult = Owned<PgQueryFingerprintResult, pg_query_free_fingerprint_result>;
using NormalizeResult = Owned<PgQueryNormalizeResult, pg_query_free_normalize_result>;

struct FreeTree {
  void operator()(PgQuery__ParseResult* tree) const { pg_query__parse_result__free_unpacked(tree, nullptr); }
};
using Tree = std::unique_ptr<PgQuery__ParseResult, FreeTree>;

std::size_t LineAt(std::string_view text, std::size_t offset, std::size_t first_line) {
  return first_line + static_cast<std::size_t>(std::count(text.begin(), text.begin() + offset, '\n'));
}

absl::Status GrammarError(const PgQueryError& error, std::string_view text, std::size_t first_line) {
  const std::size_t offset = ByteOffset(text, error.cursorpos);
  const std::string message = WithoutLiterals(error.message);
  return absl::InvalidArgumentError(absl::StrCat("line ", LineAt(text, offset, first_line), ": ", message));
}

absl::StatusOr<Tree> Parse(const std::string& text, std::size_t first_line = 1) {
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos) {
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
  const ParseResult parsed(pg_query_parse_protobuf(text.c_str()));
  if (parsed->error != nullptr) {
    return GrammarError(*parsed->error, text, first_line);
  }
  // libpg_query declares its bytes as char, protobuf-c as uint8_t.
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(parsed->parse_tree.data);
  Tree tree(pg_query__parse_result__unpack(nullptr, parsed->parse_tree.len, bytes));
  PGASSAY_CHECK(tree != nullptr);
  return tree;
}

const PgQuery__Node& Statement(const PgQuery__ParseResult& tree, std::size_t i) {
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

// SELECT INTO makes a table.
bool HasInto(const PgQuery__SelectStmt& select) {
  const PgQuery__SelectStmt* leftmost = &select;
  while (leftmost->larg != nullptr) {
    leftmost = leftmost->larg;
  }
  return leftmost->into_clause != nullptr;
}

StatementKind KindOf(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      return HasInto(*node.select_stmt) ? StatementKind::kUtility : StatementKind::kSelect;
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      return StatementKind::kInsert;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      return StatementKind::kUpdate;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
      return StatementKind::kDelete;
    case PG_QUERY__NODE__NODE_MERGE_STMT:
      return StatementKind::kMerge;
    default:
      return StatementKind::kUtility;
  }
}

absl::Status ExpectOne(const PgQuery__ParseResult& tree, std::size_t line) {
  if (tree.n_stmts == 1) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line, ": ", tree.n_stmts, " statements where one is expected"));
}

IndexStatement CreatedIndex(const PgQuery__IndexStmt& create) {
  return {.create = true,
          .index_schema = {},
          .index_name = create.idxname,
          .table = {.schema = create.relation->schemaname, .name = create.relation->relname},
          .method = create.access_method,
          .unique = create.unique != 0,
          .concurrently = create.concurrent != 0};
}

absl::StatusOr<IndexStatement> DroppedIndex(const PgQuery__DropStmt& drop) {
  if (drop.n_objects != 1) {
    return absl::InvalidArgumentError("DROP INDEX with several indexes; write one statement for each");
  }
  std::vector<std::string> parts;
  const PgQuery__Node& object = *drop.objects[0];
  if (object.node_case == PG_QUERY__NODE__NODE_LIST) {
    for (std::size_t i = 0; i < object.list->n_items; ++i) {
      if (object.list->items[i]->node_case == PG_QUERY__NODE__NODE_STRING) {
        parts.emplace_back(object.list->items[i]->string->sval);
      }
    }
  }
  if (parts.empty()) {
    return absl::InvalidArgumentError("DROP INDEX without a name");
  }
  IndexStatement statement{.create = false, .concurrently = drop.concurrent != 0};
  statement.index_name = parts.back();
  if (parts.size() > 1) {
    statement.index_schema = parts[parts.size() - 2];
  }
  return statement;
}

}  // namespace

int GrammarVersion() {
  return PG_VERSION_NUM / 10000;
}

absl::StatusOr<StatementFacts> Examine(std::string_view statement, std::size_t first_line) {
  const std::string text(statement);
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, Parse(text, first_line));
  PGASSAY_RETURN_IF_ERROR(ExpectOne(*tree, first_line));
  const FingerprintResult fingerprint(pg_query_fingerprint(text.c_str()));
  if (fingerprint->error != nullptr) {
    return GrammarError(*fingerprint->error, statement, first_line);
  }
  const NormalizeResult normalized(pg_query_normalize(text.c_str()));
  if (normalized->error != nullptr) {
    return GrammarError(*normalized->error, statement, first_line);
  }
  const PgQuery__Node& node = Statement(*tree, 0);
  NamesInTree names = FindNames(node.base);
  StatementFacts facts;
  facts.kind = KindOf(node);
  facts.node = NodeName(node);
  facts.fingerprint = fingerprint->fingerprint_str;
  facts.normalized = normalized->normalized_query;
  facts.relations = std::move(names.relations);
  facts.has_parameters = names.has_parameters;
  return facts;
}

absl::StatusOr<std::vector<std::string>> NodeNames(std::string_view text) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, Parse(std::string(text)));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < tree->n_stmts; ++i) {
    names.push_back(NodeName(Statement(*tree, i)));
  }
  return names;
}

absl::StatusOr<IndexStatement> ExamineIndexStatement(std::string_view statement) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, Parse(std::string(statement)));
  PGASSAY_RETURN_IF_ERROR(ExpectOne(*tree, 1));
  const PgQuery__Node& node = Statement(*tree, 0);
  if (node.node_case == PG_QUERY__NODE__NODE_INDEX_STMT) {
    return CreatedIndex(*node.index_stmt);
  }
  if (node.node_case == PG_QUERY__NODE__NODE_DROP_STMT &&
      node.drop_stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) {
    return DroppedIndex(*node.drop_stmt);
  }
  return absl::InvalidArgumentError(absl::StrCat("neither CREATE INDEX nor DROP INDEX but ", NodeName(node)));
}

}  // namespace pgassay::sql
