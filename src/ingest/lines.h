#pragma once

// Lines of a block, and the count of those that are no entries.

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "ingest/log_reader.h"

namespace pgassay::ingest {

// Offset behind the newline that ends the line at `from`; the size of `text` where there is none.
inline std::size_t LineEnd(std::string_view text, std::size_t from) {
  const void* const newline = std::memchr(text.data() + from, '\n', text.size() - from);
  if (newline == nullptr) return text.size();
  return static_cast<std::size_t>(static_cast<const char*>(newline) - text.data()) + 1;
}

inline std::string_view WithoutLineEnd(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// NUL bytes too: a file system that lost its last writes leaves them.
inline bool IsBlank(std::string_view line) {
  return line.find_first_not_of(std::string_view(" \t\r\n\0", 5)) == std::string_view::npos;
}

// Lines that are no entries, one after another. They are held back until an entry follows, so that a run of
// kOtherFormatRun of them can be left to the reader of another format without having been counted.
class UnknownRun {
 public:
  UnknownRun(bool stop_at_other, LineCounts& counts) : stop_at_other_(stop_at_other), counts_(counts) {}

  // Counts `line`, which begins at `begin` in the block. True: the run is so long that the format must be another one.
  bool Add(UnknownKind kind, std::size_t begin, std::string_view line) {
    if (IsBlank(line)) {
      ++(held_.Unknown() == 0 ? counts_ : held_).empty;
      return false;
    }
    if (!stop_at_other_) {
      counts_.AddUnknown(kind, WithoutLineEnd(line));
      return false;
    }
    if (held_.Unknown() == 0) begin_ = begin;
    held_.AddUnknown(kind, WithoutLineEnd(line));
    return held_.Unknown() >= kOtherFormatRun;
  }

  // An entry: what was held back is counted.
  void End() {
    if (held_.Unknown() != 0) counts_.Add(std::exchange(held_, {}));
  }

  // The end of the block. True: the input ends with so many such lines that their format must be another one.
  bool EndOfBlock(bool last) {
    if (last && stop_at_other_ && held_.Unknown() >= kOtherFormatTail) return true;
    End();
    return false;
  }

  ReadEnd Stop() const { return {.consumed = begin_, .other_format = true}; }

 private:
  bool stop_at_other_;
  LineCounts& counts_;
  LineCounts held_;
  std::size_t begin_ = 0;
};

}  // namespace pgassay::ingest
