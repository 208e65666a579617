// Of a statement the scanner has read, constant stretches are kept, and what stands between them: numbers, strings and
// comments whose bytes have no part in the shape. Another text that has the same stretches, and between them literals
// of the same kinds, read by the scanner's own functions, would take the scanner through the same states. So only the
// literals are read again. Which skeletons may fit is told by the text in front of the first literal.

#include "sql/statement_memo.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "sql/statement_blocks.h"
#include "sql/statement_literals.h"
#include "sql/statement_scanner.h"

namespace pgassay::sql {
namespace {

constexpr std::size_t kLongestText = 16 << 10;      // longer ones are read token by token
constexpr std::size_t kMostSteps = 256;             // the same
constexpr std::size_t kMostMemoryBytes = 1 << 20;   // beyond it, all is forgotten
constexpr std::int32_t kMostCredit = 256;           // misses in a row before a pause
constexpr std::uint32_t kPause = 4096;              // statements
constexpr std::size_t kKeyBytes = 4 * kBlockBytes;  // of the text in front of the first literal

// Bytes of `block` that may begin a literal or a comment; a digit does if `before`, the byte in front of the block, and
// that in front of it are no part of a word.
std::uint32_t GapBegins(const FastBlocks::Block& block, bool word_before) {
  const std::uint32_t digits = ~FastBlocks::DigitEnds(block);
  const std::uint32_t outside = FastBlocks::WordEnds(block) << 1 | (word_before ? 0U : 1U);
  return (digits & outside) | FastBlocks::Either(block, '\'', '/') | FastBlocks::Either(block, '-', '-');
}

}  // namespace

struct StatementMemo::MemoSink {
  struct Piece {
    const char* begin = nullptr;
    const char* end = nullptr;
    Literal literal;  // LiteralClass::kNone: a comment
    bool exact = false;
  };
  std::vector<Piece> pieces;

  void Add(const char* begin, const Literal& literal) { pieces.push_back({begin, literal.end, literal}); }
  void AddExact() { pieces.back().exact = true; }
  void AddComment(const char* begin, const char* end) { pieces.push_back({begin, end}); }
  std::size_t Size() const { return pieces.size(); }
  void Rewind(std::size_t size) { pieces.resize(size); }
};

std::size_t StatementMemo::Place(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (at != end && (*at == '/' || *at == '-')) at = SkipGap<FastBlocks>(at, end);  // a comment
  const char* const last = end - at > static_cast<std::ptrdiff_t>(kKeyBytes) ? at + kKeyBytes : end;
  std::uint64_t hash = 0;
  bool word_before = false;
  while (at < last) {
    const FastBlocks::Block block = FastBlocks::Load(at, end);
    const auto count = static_cast<std::size_t>(std::countr_zero(GapBegins(block, word_before) | kBlockEnd));
    const Words words = FastBlocks::First(block, count);
    hash = MixBlock(hash, words.low, words.high);
    if (count < kBlockBytes) break;
    word_before = (FastBlocks::WordEnds(block) >> (kBlockBytes - 1) & 1U) == 0;
    at += kBlockBytes;
  }
  return Mix(hash, kMixLength) % kPlaces;
}

bool StatementMemo::Fits(const Skeleton& skeleton, std::string_view text, StatementHash& hash) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* constant = skeleton.text.data();
  std::uint64_t literals = 0;
  std::uint64_t bits = 0;
  const auto count = [&](const Literal& literal) {
    literals = MixLiteral(literals, literal);
    bits |= ValueBit(literal, at);
    at = literal.end;
  };
  for (const Step& step : skeleton.steps) {
    if (end - at < static_cast<std::ptrdiff_t>(step.size) || std::memcmp(at, constant, step.size) != 0) return false;
    at += step.size;
    constant += step.size;
    switch (step.gap) {
      case Gap::kNumber:
      case Gap::kNegative: {
        if (at == end || !IsDigit(*at)) return false;
        Literal number = ScanNumber<FastBlocks>(at, end);
        if (number.kind != LiteralClass::kNumber) return false;
        if (step.gap == Gap::kNegative) {
          number.hash = ~number.hash;
          --at;
        }
        count(number);
        break;
      }
      case Gap::kString: {
        if (at == end || *at != '\'') return false;
        const Literal string = ScanString<FastBlocks>(at + 1, end);
        if (string.unterminated) return false;
        count(string);
        break;
      }
      case Gap::kComment: {
        if (!BeginsComment(at, end)) return false;
        const char* const behind = SkipComment<FastBlocks>(at, end);
        if (behind == nullptr) return false;
        at = behind;
        break;
      }
      case Gap::kFixed:
        literals = MixLiteral(literals, {.hash = step.hash, .kind = static_cast<LiteralClass>(step.kind)});
        bits |= step.bits;
        break;
      case Gap::kEnd:
        if (at != end) return false;
        break;
    }
  }
  hash = skeleton.hash;
  hash.literals = literals;
  hash.value_bits = bits;
  return true;
}

bool StatementMemo::Find(std::size_t place, std::string_view text, StatementHash& hash) {
  if (skeletons_.empty()) return false;
  Skeleton* const ways = &skeletons_[place * kWays];
  for (std::size_t way = 0; way < kWays && !ways[way].steps.empty(); ++way) {
    if (!Fits(ways[way], text, hash)) continue;
    if (way > 0) std::swap(ways[way], ways[way - 1]);
    return true;
  }
  return false;
}

void StatementMemo::Keep(std::size_t place, std::string_view text) {
  if (text.size() > kLongestText) return;
  MemoSink sink;
  const StatementHash hash = Scanner<FastBlocks, MemoSink>(text, sink).Run();
  if (hash.unterminated || sink.pieces.size() > kMostSteps) return;
  Skeleton made{.hash = hash};
  const char* constant = text.data();  // what has not been given to a step
  const auto add = [&](const char* gap_begin, Gap gap) {
    const std::string_view stretch(constant, static_cast<std::size_t>(gap_begin - constant));
    made.text += stretch;
    made.steps.push_back({.size = static_cast<std::uint32_t>(stretch.size()), .gap = gap});
  };
  for (const MemoSink::Piece& piece : sink.pieces) {
    const char first = *piece.begin;
    const LiteralClass kind = piece.literal.kind;
    const bool number = kind == LiteralClass::kNumber && !piece.exact;
    if (kind == LiteralClass::kNone) {
      add(piece.begin, Gap::kComment);
      constant = piece.end;
    } else if (number && IsDigit(first)) {
      add(piece.begin, Gap::kNumber);
      constant = piece.end;
    } else if (number && first == '-' && IsDigit(piece.begin[1])) {
      add(piece.begin + 1, Gap::kNegative);
      constant = piece.end;
    } else if (kind == LiteralClass::kString && !piece.exact && first == '\'') {
      add(piece.begin, Gap::kString);
      constant = piece.end;
    } else {
      made.steps.push_back({.gap = Gap::kFixed,
                            .kind = static_cast<std::uint8_t>(kind),
                            .hash = piece.literal.hash,
                            .bits = ValueBit(piece.literal, piece.begin)});
    }
  }
  add(text.data() + text.size(), Gap::kEnd);
  if (memory_bytes_ + made.MemoryBytes() > kMostMemoryBytes) {
    skeletons_.clear();
    memory_bytes_ = 0;
  }
  if (skeletons_.empty()) skeletons_.resize(kPlaces * kWays);
  Skeleton* const ways = &skeletons_[place * kWays];
  std::rotate(ways, ways + kWays - 1, ways + kWays);
  memory_bytes_ += made.MemoryBytes() - ways[0].MemoryBytes();
  ways[0] = std::move(made);
}

StatementHash StatementMemo::Hash(std::string_view text) {
  if (pause_ > 0) {
    --pause_;
    return HashStatement(text);
  }
  StatementHash hash;
  const std::size_t place = Place(text);
  if (Find(place, text, hash)) {
    ++found_;
    credit_ = std::min(credit_ + 1, kMostCredit);
    return hash;
  }
  hash = HashStatement(text);
  std::uint64_t& shape = shapes_[hash.shape % kShapes];
  if (shape == hash.shape) Keep(place, text);
  shape = hash.shape;
  if (--credit_ < -kMostCredit) {
    pause_ = kPause;
    credit_ = 0;
  }
  return hash;
}

}  // namespace pgassay::sql
