// libpg_query's grammar takes $n where PostgreSQL's wants a constant or a keyword, and the tree says where that is: a
// typed constant is a cast without a place of its own.

#include "sql/parameter_edits.h"

#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "sql/forced_values.h"
#include "sql/tree_walk.h"

namespace pgassay::sql {
namespace {

// The last part of a name that the grammar keeps as a list; empty if it is none.
std::string_view LastPart(PgQuery__Node* const* names, std::size_t count) {
  if (count == 0 || names[count - 1]->node_case != PG_QUERY__NODE__NODE_STRING) {
    return {};
  }
  return names[count - 1]->string->sval;
}

const PgQuery__ParamRef* ParamOf(const PgQuery__Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_PARAM_REF ? node->param_ref : nullptr;
}

bool IsTextType(std::string_view type) {
  return type == "text" || type == "varchar" || type == "bpchar" || type == "name";
}

// $n itself, or $n::text.
const PgQuery__ParamRef* TextParamOf(const PgQuery__Node* node) {
  if (node != nullptr && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
    const PgQuery__TypeCast& cast = *node->type_cast;
    return IsTextType(LastPart(cast.type_name->names, cast.type_name->n_names)) ? ParamOf(cast.arg) : nullptr;
  }
  return ParamOf(node);
}

class PlaceFinder {
 public:
  PlaceFinder(std::string_view text, const std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  void Visit(const ProtobufCMessage& message) {
    if (message.descriptor == &pg_query__type_cast__descriptor) {
      VisitCast(As<PgQuery__TypeCast>(message));
    } else if (message.descriptor == &pg_query__func_call__descriptor) {
      VisitCall(As<PgQuery__FuncCall>(message));
    } else if (message.descriptor == &pg_query__range_table_sample__descriptor) {
      const auto& sample = As<PgQuery__RangeTableSample>(message);
      if (sample.n_args == 1) {
        Force(ParamOf(sample.args[0]), "10");  // percent
      }
    }
    ForEachChild(message, [this](const ProtobufCMessage& child) { Visit(child); });
  }

  ParameterEdits Take() && {
    ParameterEdits found{.edits = std::move(edits_)};
    for (auto& [number, literal] : forced_) {
      found.forced.push_back({.number = number, .literal = std::move(literal)});
    }
    return found;
  }

 private:
  void VisitCast(const PgQuery__TypeCast& cast) {
    const PgQuery__ParamRef* const param = ParamOf(cast.arg);
    if (param == nullptr || cast.type_name == nullptr) {
      return;
    }
    const std::string_view type = LastPart(cast.type_name->names, cast.type_name->n_names);
    if (const auto literal = ForcedForType(type); literal && cast.type_name->n_array_bounds == 0) {
      Force(param, *literal);
    }
    const int type_at = cast.type_name->location;
    if (cast.location == -1 && type_at >= 0 && type_at < param->location) {
      RewriteTypedConstant(*cast.type_name, type, *param);
    }
  }

  // type $n, or interval $n day to second(3).
  void RewriteTypedConstant(const PgQuery__TypeName& type_name, std::string_view type, const PgQuery__ParamRef& param) {
    const auto begin = static_cast<std::size_t>(type_name.location);
    const std::size_t at = TokenAt(param.location);
    if (at == tokens_.size() || at == 0) {
      return;
    }
    std::string written(text_.substr(begin, tokens_[at].begin - begin));
    if (written.find("--") == std::string::npos && written.find("/*") == std::string::npos) {
      written.resize(tokens_[at - 1].end - begin);
    }
    if (type_name.n_typmods == 0 && (type == "bpchar" || type == "bit")) {
      written = absl::StrCat("pg_catalog.", ToAbsl(type));  // in a cast, a plain char is char(1), a plain bit is bit(1)
    }
    const std::size_t last = QualifierEnd(type_name, type, at);
    const std::string_view qualifier = text_.substr(tokens_[at].end, tokens_[last].end - tokens_[at].end);
    edits_.push_back(
        {.begin = begin,
         .end = tokens_[last].end,
         .text = absl::StrCat("CAST(", ToAbsl(TextOf(text_, tokens_[at])), " AS ", written, ToAbsl(qualifier), ")")});
  }

  // The token that starts at `location`; the number of tokens if there is none.
  std::size_t TokenAt(int location) const {
    const auto begin = static_cast<std::size_t>(location);
    const auto found = std::lower_bound(tokens_.begin(), tokens_.end(), begin,
                                        [](const Token& token, std::size_t offset) { return token.begin < offset; });
    return found == tokens_.end() || found->begin != begin ? tokens_.size()
                                                           : static_cast<std::size_t>(found - tokens_.begin());
  }

  // The last token of what stands behind the constant of an interval: DAY, DAY TO SECOND(3), ...; `at` where there is
  // nothing of the kind.
  std::size_t QualifierEnd(const PgQuery__TypeName& type_name, std::string_view type, std::size_t at) const {
    if (type != "interval" || type_name.n_typmods == 0 ||
        type_name.typmods[0]->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        type_name.typmods[0]->a_const->location < static_cast<int>(tokens_[at].begin)) {
      return at;
    }
    std::size_t last = UnitEnd(at + 1);
    if (last + 1 < tokens_.size() && IsWord(text_, tokens_[last + 1], "to")) {
      last = UnitEnd(last + 2);
    }
    return std::min(last, tokens_.size() - 1);
  }

  // `unit` is DAY, SECOND or the like; SECOND may have a precision in brackets.
  std::size_t UnitEnd(std::size_t unit) const {
    const bool has_precision = unit + 3 < tokens_.size() && IsWord(text_, tokens_[unit], "second") &&
                               tokens_[unit + 1].kind == TokenKind::kOpen &&
                               tokens_[unit + 2].kind == TokenKind::kLiteral;
    return has_precision ? unit + 3 : unit;
  }

  void VisitCall(const PgQuery__FuncCall& call) {
    const std::string_view function = LastPart(call.funcname, call.n_funcname);
    for (std::size_t i = 0; i < call.n_args; ++i) {
      const std::optional<std::string_view> literal = ForcedArgument(function, i + 1, call.n_args);
      const PgQuery__ParamRef* const param = TextParamOf(call.args[i]);
      if (!literal || param == nullptr) {
        continue;
      }
      if (function == "extract" && call.funcformat == PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX) {
        if (const std::size_t at = TokenAt(param->location); at < tokens_.size()) {
          edits_.push_back({.begin = tokens_[at].begin, .end = tokens_[at].end, .text = std::string(*literal)});
        }
      } else {
        Force(param, *literal);
      }
    }
  }

  void Force(const PgQuery__ParamRef* param, std::string_view literal) {
    if (param != nullptr) {
      forced_.try_emplace(param->number, literal);
    }
  }

  std::string_view text_;
  const std::vector<Token>& tokens_;  // without comments
  std::vector<Edit> edits_;
  std::map<int, std::string> forced_;
};

}  // namespace

ParameterEdits FindParameterEdits(const ProtobufCMessage& root, std::string_view text,
                                  const std::vector<Token>& tokens) {
  PlaceFinder finder(text, tokens);
  finder.Visit(root);
  return std::move(finder).Take();
}

}  // namespace pgassay::sql
