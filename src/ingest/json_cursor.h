#pragma once

// Takes tokens from the front of JSON, without a tree and without recursion.

#include <cstddef>
#include <string_view>

#include "ingest/byte_scan.h"

namespace pgassay::ingest {

class JsonCursor {
 public:
  static constexpr int kDeepest = 64;  // objects and lists within each other in a value that is passed over

  // `objects_begin_lines`: a line that begins with an object begins something new, so that what is before it and is not
  // whole stays so.
  explicit JsonCursor(std::string_view text, bool objects_begin_lines = false)
      : at_(text.data()), end_(text.data() + text.size()), objects_begin_lines_(objects_begin_lines) {}

  const char* at() const { return at_; }

  // Whether everything was taken, or the text ends within a token.
  bool AtEnd() {
    SkipSpace();
    return at_ == end_;
  }

  bool Take(char c) {
    SkipSpace();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  // A text with its quotes; `raw` is its inside.
  bool TakeText(std::string_view& raw, bool& escaped) {
    if (!Take('"')) return false;
    const char* const begin = at_;
    escaped = false;
    while (true) {
      at_ = FindEither(at_, end_, '"', '\\');
      if (at_ == end_) return false;
      if (*at_ == '"') break;
      escaped = true;
      if (end_ - at_ < 2) {
        at_ = end_;
        return false;
      }
      at_ += 2;
    }
    raw = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
    ++at_;
    return true;
  }

  // Any value; of numbers and the like `raw` is the text, of texts the inside, of objects and lists nothing.
  bool TakeValue(std::string_view& raw, bool& escaped) {
    SkipSpace();
    if (at_ == end_) return false;
    if (*at_ == '"') return TakeText(raw, escaped);
    escaped = false;
    if (*at_ == '{' || *at_ == '[') return SkipNested(raw);
    const char* const begin = at_;
    while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && *at_ > ' ') ++at_;
    raw = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
    if (raw == "null") raw = {};
    return at_ != begin;
  }

 private:
  bool BeginsObjectLine() const { return objects_begin_lines_ && *at_ == '\n' && end_ - at_ > 1 && at_[1] == '{'; }

  void SkipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n') && !BeginsObjectLine()) ++at_;
  }

  bool SkipNested(std::string_view& raw) {
    raw = {};
    int depth = 0;
    bool escaped = false;
    std::string_view text;
    while (at_ != end_) {
      if (*at_ == '"') {
        if (!TakeText(text, escaped)) return false;
        if (objects_begin_lines_ && text.find('\n') != std::string_view::npos) return false;
        continue;
      }
      if (BeginsObjectLine()) return false;
      if ((*at_ == '{' || *at_ == '[') && ++depth > kDeepest) return false;
      if ((*at_ == '}' || *at_ == ']') && --depth == 0) {
        ++at_;
        return true;
      }
      ++at_;
    }
    return false;
  }

  const char* at_;
  const char* end_;
  bool objects_begin_lines_;
};

}  // namespace pgassay::ingest
