// schema: the part of SQL that index advice looks at, so that a server can read the same text.
//
//   CREATE [TEMPORARY | UNLOGGED | FOREIGN] TABLE name (column type [NOT NULL] [PRIMARY KEY | UNIQUE], ...,
//       [PRIMARY KEY (columns)], [UNIQUE (columns)]) [INHERITS (parent)] [PARTITION BY ... | SERVER ...];
//   CREATE [FOREIGN] TABLE name PARTITION OF parent ... [PARTITION BY ... | SERVER ...];
//   CREATE [UNIQUE] INDEX name ON table [USING method] (column | (expression) [COLLATE name] [operator class]
//       [ASC | DESC] [NULLS FIRST | LAST], ...) [INCLUDE (columns)] [WHERE ...];

#include <cctype>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "golden/directives.h"

namespace pgassay::golden {
namespace {

constexpr std::uint32_t kFirstTableOid = 16384;  // the first that PostgreSQL gives to users
constexpr std::uint32_t kFirstIndexOid = 20000;

// Words, quoted names with their quotes taken off, literals with them, and single punctuation characters.
Lines Tokens(std::string_view text) {
  Lines tokens;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      ++i;
    } else if (c == '"') {
      const std::size_t end = std::min(text.find('"', i + 1), text.size() - 1);
      tokens.emplace_back(text.substr(i + 1, end - i - 1));
      i = end + 1;
    } else if (c == '\'') {
      const std::size_t end = std::min(text.find('\'', i + 1), text.size() - 1);
      tokens.emplace_back(text.substr(i, end - i + 1));
      i = end + 1;
    } else if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_') {
      std::size_t end = i;
      while (end < text.size() &&
             (absl::ascii_isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_' || text[end] == '.')) {
        ++end;
      }
      tokens.emplace_back(text.substr(i, end - i));
      i = end;
    } else {
      tokens.emplace_back(1, c);
      ++i;
    }
  }
  return tokens;
}

// An expression as pg_get_indexdef prints it: in parentheses, but for a call of a function.
std::string AsCatalog(const std::string& text) {
  const std::string close = absl::StrReplaceAll(text, {{" ( ", "("}, {"( ", "("}, {" )", ")"}});
  const std::size_t open = close.find('(');
  const bool call = open != std::string::npos && open > 0 && close.find(' ') > open && close.ends_with(")");
  return call ? close : absl::StrCat("(", close, ")");
}

QualifiedName Name(std::string_view word) {
  const std::size_t dot = word.find('.');
  if (dot == std::string_view::npos) {
    return {"public", std::string(word)};
  }
  return {std::string(word.substr(0, dot)), std::string(word.substr(dot + 1))};
}

class Reader {
 public:
  Reader(Snapshot& snapshot, Lines tokens) : snapshot_(snapshot), tokens_(std::move(tokens)) {}

  absl::Status Run() {
    while (next_ < tokens_.size()) {
      PGASSAY_RETURN_IF_ERROR(Expect("CREATE"));
      Relation table;
      bool unique = false;
      if (Take("TEMPORARY")) {
        table.persistence = 't';
      } else if (Take("UNLOGGED")) {
        table.persistence = 'u';
      } else if (Take("FOREIGN")) {
        table.kind = 'f';
      } else if (Take("UNIQUE")) {
        unique = true;
      }
      PGASSAY_RETURN_IF_ERROR(Take("TABLE") ? ReadTable(std::move(table)) : ReadIndex(unique));
      PGASSAY_RETURN_IF_ERROR(Expect(";"));
    }
    return absl::OkStatus();
  }

 private:
  std::string_view Peek() const {
    return next_ < tokens_.size() ? std::string_view(tokens_[next_]) : std::string_view();
  }

  bool Take(std::string_view word) {
    const bool matches = absl::EqualsIgnoreCase(ToAbsl(Peek()), ToAbsl(word));
    next_ += matches ? 1 : 0;
    return matches;
  }

  absl::Status Expect(std::string_view word) {
    if (Take(word)) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat("expected ", ToAbsl(word), " before '", ToAbsl(Peek()), "'"));
  }

  std::string Word() { return next_ < tokens_.size() ? tokens_[next_++] : std::string(); }

  // Tokens up to one of `, ) ;` outside of brackets, or a keyword of column constraints.
  std::string Text(bool stops_at_comma) {
    Lines words;
    int open = 0;
    while (next_ < tokens_.size()) {
      const std::string_view token = Peek();
      if (open == 0 && (token == ")" || token == ";" || (stops_at_comma && token == ","))) {
        break;
      }
      if (open == 0 && stops_at_comma && (token == "NOT" || token == "PRIMARY" || token == "UNIQUE")) {
        break;
      }
      open += token == "(" ? 1 : token == ")" ? -1 : 0;
      words.push_back(Word());
    }
    return absl::StrJoin(words, " ");
  }

  absl::StatusOr<std::vector<int>> Columns(const Relation& table) {
    PGASSAY_RETURN_IF_ERROR(Expect("("));
    std::vector<int> columns;
    do {
      const std::string name = Word();
      columns.push_back(ColumnNumber(table, name));
      if (columns.back() == 0) {
        return absl::InvalidArgumentError(absl::StrCat("no column ", name));
      }
    } while (Take(","));
    PGASSAY_RETURN_IF_ERROR(Expect(")"));
    return columns;
  }

  void AddKey(const Relation& table, const std::vector<int>& columns, bool primary) {
    Index index{.name = {table.name.schema, table.name.name}, .primary = primary, .backs_constraint = true};
    for (const int column : columns) {
      index.def.keys.push_back({.column = column});
      if (!primary) {
        absl::StrAppend(&index.name.name, "_", FindColumn(table, column)->name);
      }
    }
    index.name.name += primary ? "_pkey" : "_key";
    index.def.table = table.oid;
    index.def.unique = true;
    Add(std::move(index));
  }

  void Add(Index index) {
    index.oid = {kFirstIndexOid + static_cast<std::uint32_t>(snapshot_.indexes.size())};
    snapshot_.indexes.push_back(std::move(index));
  }

  absl::Status ReadTable(Relation table) {
    table.name = Name(Word());
    table.oid = {kFirstTableOid + static_cast<std::uint32_t>(snapshot_.relations.size())};
    if (Take("PARTITION")) {
      PGASSAY_RETURN_IF_ERROR(Expect("OF"));
      PGASSAY_RETURN_IF_ERROR(ReadParent(table));
      table.columns = snapshot_.FindRelation(table.parent)->columns;
      return Finish(std::move(table));
    }
    std::vector<std::pair<std::vector<int>, bool>> keys;  // columns, whether primary
    PGASSAY_RETURN_IF_ERROR(Expect("("));
    do {
      const bool primary = Take("PRIMARY");
      if (primary || Take("UNIQUE")) {
        PGASSAY_RETURN_IF_ERROR(primary ? Expect("KEY") : absl::OkStatus());
        PGASSAY_ASSIGN_OR_RETURN(std::vector<int> columns, Columns(table));
        keys.emplace_back(std::move(columns), primary);
        continue;
      }
      Column column{.number = static_cast<int>(table.columns.size()) + 1, .name = Word()};
      column.type = Text(true);
      while (Peek() != "," && Peek() != ")") {
        if (Take("NOT")) {
          PGASSAY_RETURN_IF_ERROR(Expect("NULL"));
          column.not_null = true;
        } else if (Take("PRIMARY")) {
          PGASSAY_RETURN_IF_ERROR(Expect("KEY"));
          keys.emplace_back(std::vector<int>{column.number}, true);
        } else {
          PGASSAY_RETURN_IF_ERROR(Expect("UNIQUE"));
          keys.emplace_back(std::vector<int>{column.number}, false);
        }
      }
      table.columns.push_back(std::move(column));
    } while (Take(","));
    PGASSAY_RETURN_IF_ERROR(Expect(")"));
    if (Take("INHERITS")) {
      PGASSAY_RETURN_IF_ERROR(Expect("("));
      PGASSAY_RETURN_IF_ERROR(ReadParent(table));
      PGASSAY_RETURN_IF_ERROR(Expect(")"));
    }
    for (const auto& [columns, primary] : keys) {
      AddKey(table, columns, primary);
    }
    return Finish(std::move(table));
  }

  absl::Status ReadParent(Relation& table) {
    const std::string name = Word();
    const Relation* const parent = FindTable(snapshot_, name);
    if (parent == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("no table ", name));
    }
    table.parent = parent->oid;
    return absl::OkStatus();
  }

  // What follows the columns or the parent.
  absl::Status Finish(Relation table) {
    while (next_ < tokens_.size() && Peek() != ";") {
      if (Take("PARTITION")) {
        table.kind = 'p';
      } else {
        ++next_;
      }
    }
    snapshot_.relations.push_back(std::move(table));
    return absl::OkStatus();
  }

  absl::StatusOr<IndexKey> ReadKey(const Relation& table) {
    IndexKey key;
    if (Take("(")) {
      key.expression = AsCatalog(Text(false));
      PGASSAY_RETURN_IF_ERROR(Expect(")"));
    } else {
      const std::string name = Word();
      key.column = ColumnNumber(table, name);
      if (key.column == 0) {
        return absl::InvalidArgumentError(absl::StrCat("no column ", name));
      }
    }
    if (Take("COLLATE")) {
      key.collation = QuoteIdentifier(Word());
    }
    if (Peek().ends_with("_ops")) {
      key.opclass = Word();
    }
    key.descending = Take("DESC");
    if (!key.descending) {
      Take("ASC");
    }
    key.nulls_first = key.descending;
    if (Take("NULLS")) {
      key.nulls_first = Take("FIRST");
      PGASSAY_RETURN_IF_ERROR(key.nulls_first ? absl::OkStatus() : Expect("LAST"));
    }
    return key;
  }

  absl::Status ReadIndex(bool unique) {
    PGASSAY_RETURN_IF_ERROR(Expect("INDEX"));
    const std::string name = Word();
    PGASSAY_RETURN_IF_ERROR(Expect("ON"));
    const std::string table_name = Word();
    const Relation* const table = FindTable(snapshot_, table_name);
    if (table == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("no table ", table_name));
    }
    Index index{.name = {table->name.schema, name}};
    index.def.table = table->oid;
    index.def.unique = unique;
    if (Take("USING")) {
      index.def.method = Word();
    }
    PGASSAY_RETURN_IF_ERROR(Expect("("));
    do {
      PGASSAY_ASSIGN_OR_RETURN(IndexKey key, ReadKey(*table));
      index.def.keys.push_back(std::move(key));
    } while (Take(","));
    PGASSAY_RETURN_IF_ERROR(Expect(")"));
    if (Take("INCLUDE")) {
      PGASSAY_ASSIGN_OR_RETURN(index.def.include, Columns(*table));
    }
    if (Take("WHERE")) {
      // Without blanks inside of parentheses, as pg_get_expr writes them.
      index.def.predicate = absl::StrReplaceAll(Text(false), {{"( ", "("}, {" )", ")"}});
    }
    Add(std::move(index));
    return absl::OkStatus();
  }

  Snapshot& snapshot_;
  Lines tokens_;
  std::size_t next_ = 0;
};

}  // namespace

absl::StatusOr<Lines> ReadSchema(Case& state, const Block& block) {
  PGASSAY_RETURN_IF_ERROR(Reader(state.snapshot, Tokens(absl::StrJoin(block.input, "\n"))).Run());
  return Lines{};
}

}  // namespace pgassay::golden
