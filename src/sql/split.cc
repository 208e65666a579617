// Statements end at semicolons that the scanner sees, with psql's two exceptions (src/fe_utils/psqlscan.l): inside the
// brackets of CREATE RULE, and inside BEGIN ATOMIC ... END of a function. Other brackets do not hide a semicolon, so
// that a statement with a missing bracket does not swallow those behind it.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sql/lexer.h"
#include "sql/script.h"
#include "sql/statement.h"

namespace pgassay::sql {
namespace {

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Counts lines by moving forward only.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  // Offsets must not decrease from call to call.
  std::size_t At(std::size_t offset) {
    line_ += static_cast<std::size_t>(std::count(text_.begin() + counted_, text_.begin() + offset, '\n'));
    counted_ = offset;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t counted_ = 0;
  std::size_t line_ = 1;
};

// What the tokens of the current statement say about where it may end.
class StatementState {
 public:
  void Add(TokenKind kind) {
    if (count_ == 0) {
      first_ = kind;
    }
    // CREATE RULE, CREATE OR REPLACE RULE
    is_rule_ = is_rule_ || (first_ == TokenKind::kCreate && kind == TokenKind::kRule && (count_ == 1 || count_ == 3));
    if (first_ == TokenKind::kCreate && previous_ == TokenKind::kBegin && kind == TokenKind::kAtomic &&
        atomic_depth_ == 0) {
      atomic_depth_ = 1;
    } else if (atomic_depth_ > 0 && previous_ != TokenKind::kDot) {
      atomic_depth_ += kind == TokenKind::kCase ? 1 : kind == TokenKind::kEnd ? -1 : 0;
    }
    open_ += kind == TokenKind::kOpen ? 1 : kind == TokenKind::kClose ? -1 : 0;
    reads_data_ =
        reads_data_ || (first_ == TokenKind::kCopy && previous_ == TokenKind::kFrom && kind == TokenKind::kStdin);
    previous_ = kind;
    ++count_;
  }
  bool MayEnd() const { return atomic_depth_ == 0 && !(is_rule_ && open_ > 0); }
  bool reads_data() const { return reads_data_; }

 private:
  TokenKind first_ = TokenKind::kOther;
  TokenKind previous_ = TokenKind::kOther;
  int count_ = 0;
  int open_ = 0;
  int atomic_depth_ = 0;
  bool is_rule_ = false;
  bool reads_data_ = false;
};

class Splitter {
 public:
  Splitter(std::string_view text, bool script) : text_(text), script_(script), lines_(text) {}

  std::vector<ScriptPiece> Run() {
    std::size_t start = 0;
    while (true) {
      const std::optional<LexError> error = Lex(text_.substr(start), [this, start](const Token& token) {
        std::optional<std::size_t> resume = Visit(token.kind, start + token.begin);
        if (resume) {
          *resume -= start;
        }
        return resume;
      });
      if (!error) {
        End(text_.size());
        return std::move(pieces_);
      }
      const std::optional<std::size_t> resume = Broken(start + error->position, *error);
      if (!resume) {
        return std::move(pieces_);
      }
      start = *resume;
    }
  }

 private:
  std::optional<std::size_t> Visit(TokenKind kind, std::size_t begin) {
    if (begin < passed_) {
      return std::nullopt;
    }
    if (kind == TokenKind::kLineComment || kind == TokenKind::kBlockComment) {
      if (begin_ && !comment_) {
        comment_ = begin;
      }
      if (script_ && kind == TokenKind::kLineComment) {
        Add(ScriptPart::kLineComment, begin, LineEnd(begin), lines_.At(begin));
      }
      return std::nullopt;
    }
    if (kind == TokenKind::kBackslash && script_) {
      End(begin);
      const std::size_t end = LineEnd(begin);
      Add(ScriptPart::kMetaCommand, begin, end, lines_.At(begin));
      if (text_.substr(begin, end - begin).find_first_of("'\"$/-*0123456789") != std::string_view::npos) {
        return end;  // read as SQL, its quotes and numbers might go on in the next line or be errors
      }
      passed_ = end;
      return std::nullopt;
    }
    if (kind == TokenKind::kSemicolon && state_.MayEnd()) {
      const bool data_follows = script_ && state_.reads_data();
      End(begin);
      return data_follows ? std::optional(DataEnd(begin)) : std::nullopt;
    }
    if (!begin_) {
      begin_ = begin;
      line_ = lines_.At(begin);
    }
    comment_.reset();
    state_.Add(kind);
    return std::nullopt;
  }

  // The statement that is being read, if there is one, ends before `end`.
  void End(std::size_t end) {
    if (begin_) {
      Add(ScriptPart::kStatement, *begin_, comment_.value_or(end), line_);
    }
    begin_.reset();
    comment_.reset();
    state_ = {};
  }

  // Returns where to go on, if anywhere.
  std::optional<std::size_t> Broken(std::size_t position, const LexError& error) {
    const std::size_t error_line = lines_.At(position);
    Add(ScriptPart::kBroken, begin_.value_or(position), text_.size(), begin_ ? line_ : error_line,
        absl::StrCat("line ", error_line, ": ", error.message));
    begin_.reset();
    comment_.reset();
    state_ = {};
    if (error.unterminated || !script_) {
      return std::nullopt;
    }
    for (std::size_t line = position; line < text_.size();) {
      const std::size_t line_end = std::min(text_.find('\n', line), text_.size());
      std::size_t last = line_end;
      while (last > line && IsSpace(text_[last - 1])) {
        --last;
      }
      line = std::min(line_end + 1, text_.size());
      if (last > position && text_[last - 1] == ';') {
        pieces_.back().piece.end = last;
        return line;
      }
    }
    return std::nullopt;
  }

  void Add(ScriptPart part, std::size_t begin, std::size_t end, std::size_t line, std::string message = {}) {
    while (end > begin && IsSpace(text_[end - 1])) {
      --end;
    }
    pieces_.push_back({part, {.begin = begin, .end = end, .line = line}, std::move(message)});
  }

  std::size_t LineEnd(std::size_t from) const { return std::min(text_.find('\n', from), text_.size()); }

  // Behind the line `\.` that ends the data of COPY.
  std::size_t DataEnd(std::size_t from) const {
    std::size_t line = LineEnd(from);
    while (line < text_.size()) {
      const std::size_t end = LineEnd(line + 1);
      std::string_view content = text_.substr(line + 1, end - line - 1);
      if (content.ends_with('\r')) {
        content.remove_suffix(1);
      }
      line = end;
      if (content == "\\.") {
        break;
      }
    }
    return line;
  }

  std::string_view text_;
  bool script_;
  LineCounter lines_;
  std::vector<ScriptPiece> pieces_;
  std::optional<std::size_t> begin_;    // of the statement that is being read
  std::size_t line_ = 1;                // of begin_
  std::optional<std::size_t> comment_;  // the first comment behind its last token so far
  StatementState state_;
  std::size_t passed_ = 0;  // tokens before it belong to a meta-command
};

}  // namespace

std::vector<ScriptPiece> SplitScript(std::string_view text) {
  return Splitter(text, true).Run();
}

absl::StatusOr<std::vector<Piece>> Split(std::string_view text) {
  std::vector<Piece> statements;
  for (ScriptPiece& piece : Splitter(text, false).Run()) {
    if (piece.part == ScriptPart::kBroken) {
      return absl::InvalidArgumentError(piece.message);
    }
    statements.push_back(piece.piece);
  }
  return statements;
}

}  // namespace pgassay::sql
