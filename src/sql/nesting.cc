// A chain of operators within one item of a list is as high as it is long, and what stands in brackets beside it adds
// to that; joins and set operations form chains across the items of a list. So the bound of a bracket comes from sums
// within items and a maximum over them, bottom up, with a stack of open brackets in place of recursion. It counts too
// much (most tokens are no nodes), never too little.

#include "sql/nesting.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "sql/lexer.h"

namespace pgassay::sql {
namespace {

// The statement, or a bracket or CASE that is open.
struct Level {
  bool is_case = false;
  std::size_t spine = 0;      // joins and set operations
  std::size_t operators = 0;  // in the current item
  std::size_t child = 0;      // the highest bracket in the current item
  std::size_t highest = 0;    // of the finished items
  std::size_t betweens = 0;   // in the current item, their AND still to come

  void FinishItem() {
    highest = std::max(highest, operators + child);
    operators = 0;
    child = 0;
    betweens = 0;
  }
  std::size_t Height() {
    FinishItem();
    return 1 + spine + highest;
  }
};

class NestingCounter {
 public:
  void Add(TokenKind kind) {
    if (kind == TokenKind::kLineComment || kind == TokenKind::kBlockComment) {
      return;
    }
    if (after_dot_ && kind != TokenKind::kOpen && kind != TokenKind::kClose && kind != TokenKind::kSemicolon) {
      kind = TokenKind::kIdentifier;  // a keyword behind a dot is a name
    }
    after_dot_ = kind == TokenKind::kDot;
    Level& top = levels_.back();
    switch (kind) {
      case TokenKind::kIdentifier:
      case TokenKind::kLiteral:
      case TokenKind::kParameter:
        return;
      case TokenKind::kOpen:
        levels_.push_back({});
        return;
      case TokenKind::kClose:
        while (levels_.size() > 1 && levels_.back().is_case) {
          Pop();
        }
        Pop();
        return;
      case TokenKind::kCase:
        levels_.push_back({.is_case = true});
        return;
      case TokenKind::kEnd:
        if (top.is_case) {
          Pop();
        } else {
          ++top.operators;
        }
        return;
      case TokenKind::kWhen:
      case TokenKind::kThen:
      case TokenKind::kElse:
        if (top.is_case) {
          top.FinishItem();
        } else {
          ++top.operators;
        }
        return;
      case TokenKind::kBetween:
        ++top.betweens;
        ++top.operators;
        return;
      case TokenKind::kAnd:
        if (top.betweens > 0) {  // x BETWEEN y AND z goes on; any other AND and OR make flat lists
          --top.betweens;
          ++top.operators;
        } else {
          top.FinishItem();
        }
        return;
      case TokenKind::kOr:
      case TokenKind::kComma:
        top.FinishItem();
        return;
      case TokenKind::kJoin:
      case TokenKind::kSetOperation:
        ++top.spine;
        return;
      case TokenKind::kSemicolon:
        highest_ = std::max(highest_, top.Height());
        top.spine = 0;
        top.highest = 0;
        return;
      default:
        ++top.operators;
        return;
    }
  }

  std::size_t Highest() {
    while (levels_.size() > 1) {
      Pop();
    }
    return std::max(highest_, levels_.front().Height());
  }

 private:
  void Pop() {
    if (levels_.size() == 1) {
      return;  // a closing bracket without an opening one
    }
    const std::size_t height = levels_.back().Height();
    levels_.pop_back();
    levels_.back().child = std::max(levels_.back().child, height);
    highest_ = std::max(highest_, height);
  }

  std::vector<Level> levels_{Level{}};
  std::size_t highest_ = 0;
  bool after_dot_ = false;
};

}  // namespace

std::size_t NestingBound(std::string_view text) {
  NestingCounter counter;
  const std::optional<LexError> error = Lex(text, [&counter](const Token& token) {
    counter.Add(token.kind);
    return std::optional<std::size_t>();
  });
  return error ? 0 : counter.Highest();
}

}  // namespace pgassay::sql
