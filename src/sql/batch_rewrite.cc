// The tree says whether a form keeps the meaning, tokens say where the text changes: what the application wrote stays
// as it is around the edits.

#include "sql/batch_rewrite.h"

#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/edits.h"
#include "sql/lexer.h"
#include "sql/parse.h"
#include "sql/plannable.h"
#include "sql/tree_walk.h"

namespace pgassay::sql {
namespace {

absl::Status Refuse(std::string_view why) {
  return absl::InvalidArgumentError(ToAbsl(why));
}

// Numbers of the parameters within `root`. Recurses: Parse bounds the depth.
void CollectParameters(const ProtobufCMessage& root, std::set<int>& numbers) {
  if (root.descriptor == &pg_query__param_ref__descriptor) numbers.insert(As<PgQuery__ParamRef>(root).number);
  ForEachChild(root, [&numbers](const ProtobufCMessage& child) { CollectParameters(child, numbers); });
}

bool Contains(const ProtobufCMessage& root, const ProtobufCMessageDescriptor& kind) {
  bool found = root.descriptor == &kind;
  ForEachChild(root, [&](const ProtobufCMessage& child) { found = found || Contains(child, kind); });
  return found;
}

std::set<int> ParametersOf(const PgQuery__Node* node) {
  std::set<int> numbers;
  if (node != nullptr) CollectParameters(node->base, numbers);
  return numbers;
}

struct Key {
  std::string column;  // as SQL, with its qualifier
  int parameter = 0;
};

// `node` as column = $n.
std::optional<Key> KeyOf(const PgQuery__Node& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_A_EXPR) return std::nullopt;
  const PgQuery__AExpr& expression = *node.a_expr;
  const PgQuery__Node* const left = expression.lexpr;
  const PgQuery__Node* const right = expression.rexpr;
  if (expression.kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP || expression.n_name != 1 || left == nullptr ||
      right == nullptr || std::string_view(expression.name[0]->string->sval) != "=" ||
      left->node_case != PG_QUERY__NODE__NODE_COLUMN_REF || right->node_case != PG_QUERY__NODE__NODE_PARAM_REF) {
    return std::nullopt;
  }
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < left->column_ref->n_fields; ++i) {
    const PgQuery__Node& field = *left->column_ref->fields[i];
    if (field.node_case != PG_QUERY__NODE__NODE_STRING) return std::nullopt;
    parts.push_back(QuoteIdentifier(field.string->sval));
  }
  return Key{.column = absl::StrJoin(parts, "."), .parameter = right->param_ref->number};
}

// The only column = $n among the conjuncts of `where`, where it is the only parameter; every other way to filter is
// left to LATERAL.
std::optional<Key> OnlyKey(const PgQuery__Node* where) {
  if (where == nullptr || ParametersOf(where).size() != 1) return std::nullopt;
  if (where->node_case != PG_QUERY__NODE__NODE_BOOL_EXPR) return KeyOf(*where);
  if (where->bool_expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) return std::nullopt;
  std::optional<Key> found;
  for (std::size_t i = 0; i < where->bool_expr->n_args; ++i) {
    const PgQuery__Node& conjunct = *where->bool_expr->args[i];
    if (std::optional<Key> key = KeyOf(conjunct)) {
      if (found) return std::nullopt;
      found = std::move(key);
    } else if (!ParametersOf(&conjunct).empty()) {
      return std::nullopt;
    }
  }
  return found;
}

// Each of its rows belongs to one key, whatever other keys are asked for.
bool RowsAreIndependent(const PgQuery__SelectStmt& select) {
  return select.op == PG_QUERY__SET_OPERATION__SETOP_NONE && select.n_group_clause == 0 &&
         select.having_clause == nullptr && select.n_distinct_clause == 0 && select.n_window_clause == 0 &&
         select.n_sort_clause == 0 && select.limit_count == nullptr && select.limit_offset == nullptr &&
         select.with_clause == nullptr && select.n_from_clause > 0;
}

class Batcher {
 public:
  Batcher(std::string text, std::vector<Token> tokens, std::span<const std::string> types)
      : text_(std::move(text)), tokens_(std::move(tokens)), types_(types) {
    batch_ = Unused("batch");
    each_ = Unused("each_row");
  }

  absl::StatusOr<BatchText> Rewrite(const PgQuery__Node& node) {
    switch (node.node_case) {
      case PG_QUERY__NODE__NODE_SELECT_STMT:
        return Select(*node.select_stmt);
      case PG_QUERY__NODE__NODE_INSERT_STMT:
        return Insert(*node.insert_stmt);
      case PG_QUERY__NODE__NODE_UPDATE_STMT:
        return Update(*node.update_stmt);
      case PG_QUERY__NODE__NODE_DELETE_STMT:
        return Delete(*node.delete_stmt);
      default:
        return Refuse("only SELECT, INSERT, UPDATE and DELETE can be batched");
    }
  }

 private:
  absl::StatusOr<BatchText> Select(const PgQuery__SelectStmt& select) {
    if (select.into_clause != nullptr) return Refuse("SELECT INTO makes a table for each call");
    const std::optional<Key> key = OnlyKey(select.where_clause);
    const std::size_t from = Outermost("from");
    const bool figures = HasCallOrSubquery(select);
    if (key && RowsAreIndependent(select) && from < tokens_.size() && !figures && Places(key->parameter) == 1) {
      ReplaceParameter(key->parameter, absl::StrCat("ANY($", key->parameter, ")"));
      if (!Selects(select, *key))
        edits_.push_back({tokens_[from - 1].end, tokens_[from - 1].end, absl::StrCat(", ", key->column)});
      return Finish({key->parameter}, absl::StrCat("$", key->parameter, " is now an array of all keys; ", key->column,
                                 " tells which key a row belongs to."));
    }
    const std::set<int> keys = ParametersOf(select.where_clause);
    if (keys.empty()) return Refuse("no parameter is compared in its WHERE clause, so there is nothing to batch by");
    ReplaceKeys(keys);
    edits_.insert(edits_.begin(), {0, 0,
                                   absl::StrCat("SELECT ", Columns(keys, absl::StrCat(batch_, ".")), ", ", each_,
                                                ".* FROM ", Unnest(keys), " CROSS JOIN LATERAL (")});
    edits_.push_back({text_.size(), text_.size(), absl::StrCat(") AS ", each_)});
    return Finish(keys, absl::StrCat(ArraysNote(keys), " The query runs once for each key, within one call."));
  }

  absl::StatusOr<BatchText> Insert(const PgQuery__InsertStmt& insert) {
    if (insert.with_clause != nullptr) return Refuse("an INSERT with WITH is not rewritten");
    const PgQuery__Node* const source = insert.select_stmt;
    if (source == nullptr || source->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
        source->select_stmt->n_values_lists == 0) {
      return Refuse("the INSERT has no VALUES");
    }
    if (source->select_stmt->n_values_lists != 1)
      return Refuse("the INSERT adds several rows already; make it add more");
    const PgQuery__Node& row = *source->select_stmt->values_lists[0];
    if (Contains(row.base, pg_query__set_to_default__descriptor)) {
      return Refuse("DEFAULT in VALUES cannot be part of a SELECT; leave the column out of the list and look again");
    }
    const std::set<int> keys = ParametersOf(&row);
    if (keys.empty()) return Refuse("no parameter is inserted");
    const std::size_t values = Outermost("values");
    if (values + 1 >= tokens_.size()) return Refuse("VALUES was not found");
    std::size_t close = values + 1;
    for (int depth = 0; close < tokens_.size(); ++close) {
      depth += tokens_[close].kind == TokenKind::kOpen ? 1 : tokens_[close].kind == TokenKind::kClose ? -1 : 0;
      if (depth == 0) break;
    }
    if (close >= tokens_.size()) return Refuse("VALUES has no end");
    ReplaceKeys(keys);
    edits_.push_back({tokens_[values].begin, tokens_[values + 1].end, "SELECT "});
    edits_.push_back({tokens_[close].begin, tokens_[close].end, absl::StrCat(" FROM ", Unnest(keys))});
    std::string note = ArraysNote(keys);
    if (insert.on_conflict_clause != nullptr) {
      note += " ON CONFLICT DO UPDATE refuses two rows with one key: let each occur once.";
    }
    if (insert.n_returning_list > 0) note += " RETURNING gives the rows in any order.";
    return Finish(keys, std::move(note));
  }

  absl::StatusOr<BatchText> Update(const PgQuery__UpdateStmt& update) {
    if (update.with_clause != nullptr || update.n_from_clause != 0) {
      return Refuse("an UPDATE with WITH or FROM is not rewritten");
    }
    std::set<int> keys = ParametersOf(update.where_clause);
    if (keys.empty())
      return Refuse("no parameter is compared in its WHERE clause, so every call is about the same rows");
    for (std::size_t i = 0; i < update.n_target_list; ++i) keys.merge(ParametersOf(update.target_list[i]));
    return JoinBatch(" FROM ", keys, " A row whose key occurs twice is updated once only: let each key occur once.");
  }

  absl::StatusOr<BatchText> Delete(const PgQuery__DeleteStmt& deletion) {
    if (deletion.with_clause != nullptr || deletion.n_using_clause != 0) {
      return Refuse("a DELETE with WITH or USING is not rewritten");
    }
    if (const std::optional<Key> key = OnlyKey(deletion.where_clause); key && Places(key->parameter) == 1) {
      ReplaceParameter(key->parameter, absl::StrCat("ANY($", key->parameter, ")"));
      return Finish({key->parameter}, absl::StrCat("$", key->parameter, " is now an array of all keys."));
    }
    const std::set<int> keys = ParametersOf(deletion.where_clause);
    if (keys.empty())
      return Refuse("no parameter is compared in its WHERE clause, so every call is about the same rows");
    return JoinBatch(" USING ", keys, "");
  }

  absl::StatusOr<BatchText> JoinBatch(std::string_view word, const std::set<int>& keys, std::string_view note) {
    const std::size_t where = Outermost("where");
    if (where >= tokens_.size() || Is(where + 1, "current")) return Refuse("it changes the row of a cursor");
    ReplaceKeys(keys);
    edits_.push_back(
        {tokens_[where].begin, tokens_[where].begin, absl::StrCat(ToAbsl(word.substr(1)), Unnest(keys), " ")});
    return Finish(keys, absl::StrCat(ArraysNote(keys), ToAbsl(note)));
  }

  bool Is(std::size_t i, std::string_view word) const { return i < tokens_.size() && IsWord(text_, tokens_[i], word); }

  // The first `word` outside of parentheses; the number of tokens: none.
  std::size_t Outermost(std::string_view word) const {
    int depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      depth += tokens_[i].kind == TokenKind::kOpen ? 1 : tokens_[i].kind == TokenKind::kClose ? -1 : 0;
      if (depth == 0 && Is(i, word)) return i;
    }
    return tokens_.size();
  }

  // Calls may be aggregates, whose names only the catalog knows.
  static bool HasCallOrSubquery(const PgQuery__SelectStmt& select) {
    bool found = false;
    for (std::size_t i = 0; i < select.n_target_list; ++i) {
      found = found || Contains(select.target_list[i]->base, pg_query__func_call__descriptor) ||
              Contains(select.target_list[i]->base, pg_query__sub_link__descriptor);
    }
    return found;
  }

  static bool Selects(const PgQuery__SelectStmt& select, const Key& key) {
    for (std::size_t i = 0; i < select.n_target_list; ++i) {
      const PgQuery__Node* const value = select.target_list[i]->res_target->val;
      if (value == nullptr || value->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) continue;
      const PgQuery__ColumnRef& column = *value->column_ref;
      std::vector<std::string> parts;
      bool star = false;
      for (std::size_t k = 0; k < column.n_fields; ++k) {
        const PgQuery__Node& field = *column.fields[k];
        star = star || field.node_case == PG_QUERY__NODE__NODE_A_STAR;
        if (field.node_case == PG_QUERY__NODE__NODE_STRING) parts.push_back(QuoteIdentifier(field.string->sval));
      }
      const std::string name = absl::StrJoin(parts, ".");
      if (!star && name == key.column) return true;
      if (star && (name.empty() || select.n_from_clause == 1) &&
          (name.empty() || key.column.starts_with(name + ".") ||
           (key.column.find('.') == std::string::npos &&
            select.from_clause[0]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR))) {
        return true;
      }
    }
    return false;
  }

  std::string Unused(std::string name) const {
    const auto occurs = [this](const std::string& word) {
      return std::any_of(tokens_.begin(), tokens_.end(), [&](const Token& token) {
        return IsWord(text_, token, word) || TextOf(text_, token) == absl::StrCat("\"", word, "\"");
      });
    };
    while (occurs(name)) name += "_";
    return name;
  }

  std::size_t Places(int number) const {
    const std::vector<ParameterPlace> places = ParameterPlaces(text_);
    return static_cast<std::size_t>(std::count_if(places.begin(), places.end(),
                                                  [&](const ParameterPlace& place) { return place.number == number; }));
  }

  void ReplaceParameter(int number, const std::string& by) {
    for (const ParameterPlace& place : ParameterPlaces(text_)) {
      if (place.number == number) edits_.push_back({place.begin, place.end, by});
    }
  }

  void ReplaceKeys(const std::set<int>& keys) {
    for (const int key : keys) ReplaceParameter(key, absl::StrCat(batch_, ".key", key));
  }

  static std::string Columns(const std::set<int>& keys, const std::string& prefix) {
    return absl::StrJoin(keys, ", ", [&](std::string* out, int key) { absl::StrAppend(out, prefix, "key", key); });
  }

  std::string Unnest(const std::set<int>& keys) const {
    const std::string arrays = absl::StrJoin(keys, ", ", [this](std::string* out, int key) {
      absl::StrAppend(out, "$", key);
      const auto index = static_cast<std::size_t>(key) - 1;
      if (key > 0 && index < types_.size() && !types_[index].empty()) absl::StrAppend(out, "::", types_[index], "[]");
    });
    return absl::StrCat("unnest(", arrays, ") AS ", batch_, " (", Columns(keys, ""), ")");
  }

  std::string ArraysNote(const std::set<int>& keys) const {
    const std::string names =
        absl::StrJoin(keys, ", ", [](std::string* out, int key) { absl::StrAppend(out, "$", key); });
    const bool one = keys.size() == 1;
    const bool typed = static_cast<std::size_t>(*keys.rbegin()) <= types_.size();
    const std::string_view cast = typed ? "" : one ? "; cast it, unless the driver says its type"
                                                   : "; cast them, unless the driver says their types";
    return absl::StrCat(names, one ? " is now an array" : " are now arrays of one length", ToAbsl(cast), ".");
  }

  absl::StatusOr<BatchText> Finish(const std::set<int>& arrays, std::string note) {
    BatchText batch{.sql = Apply(text_, std::move(edits_)),
                    .note = std::move(note),
                    .arrays = std::vector<int>(arrays.begin(), arrays.end())};
    if (!Check(batch.sql).ok()) return Refuse("the rewritten statement would not be valid");
    return batch;
  }

  std::string text_;
  std::vector<Token> tokens_;  // without comments
  std::span<const std::string> types_;
  std::string batch_;
  std::string each_;
  std::vector<Edit> edits_;
};

// `text` as PostgreSQL itself accepts it, without comments at its ends and the semicolon.
absl::StatusOr<std::pair<std::string, std::vector<Token>>> Trimmed(std::string_view text) {
  PGASSAY_ASSIGN_OR_RETURN(const ParsableText parsable, MakeParsable(text));
  PGASSAY_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokens(parsable.text));
  std::erase_if(tokens, IsComment);
  while (!tokens.empty() && tokens.back().kind == TokenKind::kSemicolon) tokens.pop_back();
  if (tokens.empty()) return Refuse("the statement is empty");
  const std::size_t begin = tokens.front().begin;
  std::string trimmed = parsable.text.substr(begin, tokens.back().end - begin);
  for (Token& token : tokens) {
    token.begin -= begin;
    token.end -= begin;
  }
  return std::pair(std::move(trimmed), std::move(tokens));
}

}  // namespace

absl::StatusOr<BatchText> BatchOf(std::string_view statement, std::span<const std::string> types) {
  PGASSAY_ASSIGN_OR_RETURN(auto trimmed, Trimmed(statement));
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(trimmed.first));
  return Batcher(std::move(trimmed.first), std::move(trimmed.second), types).Rewrite(StatementNode(*tree, 0));
}

absl::StatusOr<BatchText> WithoutConflict(std::string_view insert) {
  PGASSAY_ASSIGN_OR_RETURN(const auto trimmed, Trimmed(insert));
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(trimmed.first));
  const PgQuery__Node& node = StatementNode(*tree, 0);
  if (node.node_case != PG_QUERY__NODE__NODE_INSERT_STMT) return Refuse("not an INSERT");
  if (node.insert_stmt->on_conflict_clause != nullptr) return Refuse("the INSERT has an ON CONFLICT clause already");
  int depth = 0;
  std::size_t place = trimmed.first.size();
  for (const Token& token : trimmed.second) {
    depth += token.kind == TokenKind::kOpen ? 1 : token.kind == TokenKind::kClose ? -1 : 0;
    if (depth == 0 && IsWord(trimmed.first, token, "returning")) place = token.begin;
  }
  const bool last = place == trimmed.first.size();
  BatchText text{
      .sql = Apply(trimmed.first, {{place, place, last ? " ON CONFLICT DO NOTHING" : "ON CONFLICT DO NOTHING "}}),
      .note =
          "Needs a unique constraint on the key that is looked for, and then no SELECT before it; a row "
          "that exists already gives no row in RETURNING."};
  if (!Check(text.sql).ok()) return Refuse("the rewritten statement would not be valid");
  return text;
}

}  // namespace pgassay::sql
