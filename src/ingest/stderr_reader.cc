// Lines of text. The server puts a tab behind each newline within a text, so a line that begins with one goes on with
// the text before it; every other line begins with the prefix, or is none of the server's.

#include "ingest/stderr_reader.h"

#include <cstring>
#include <optional>
#include <utility>

#include "ingest/line_tag.h"

namespace pgassay::ingest {
namespace {

// Offset behind the newline that ends the line at `from`; the size of the text where there is none.
std::size_t LineEnd(std::string_view text, std::size_t from) {
  const void* const newline = std::memchr(text.data() + from, '\n', text.size() - from);
  if (newline == nullptr) return text.size();
  return static_cast<std::size_t>(static_cast<const char*>(newline) - text.data()) + 1;
}

std::string_view WithoutLineEnd(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

bool IsBlank(std::string_view line) { return line.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// What line of an entry a tag says it is.
std::string_view* FieldOf(LogRecord& record, LineTag tag) {
  switch (tag) {
    case LineTag::kDetail: return &record.detail;
    case LineTag::kHint: return &record.hint;
    case LineTag::kContext: return &record.context;
    case LineTag::kStatement: return &record.statement;
    default: return nullptr;
  }
}

}  // namespace

ReadEnd StderrReader::Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
                           LineCounts& counts) {
  LogRecord records[2];
  LogRecord* entry = &records[0];
  LogRecord* found = &records[1];  // of the line at hand
  LineCounts of_entry;  // its lines, which count once it is complete
  bool open = false;
  std::size_t entry_begin = 0;
  std::size_t unknown_begin = 0;
  LineCounts unknown;  // of the run that begins there
  const auto close = [&] {
    if (!open) return;
    if (entry->truncated) {
      counts.AddUnknown(UnknownKind::kTooLong, block.substr(entry_begin, 200));
    } else {
      sink(*entry);
      ++counts.entries;
    }
    counts.continuations += of_entry.continuations;
    of_entry.continuations = 0;
    open = false;
  };
  const auto tail_is_other = [&] { return last && stop_at_other && unknown.Unknown() >= kOtherFormatTail; };
  std::size_t at = 0;
  while (at < block.size()) {
    const std::size_t begin = at;
    at = LineEnd(block, at);
    const std::size_t first_end = at;
    std::size_t lines = 1;
    while (at < block.size() && block[at] == '\t') {
      at = LineEnd(block, at);
      ++lines;
    }
    if (at == block.size() && block.back() != '\n') {
      // A line that is still being written, and with it perhaps its entry.
      std::string_view tail = block.substr(begin, first_end - begin);
      LogRecord ignored;
      const bool begins = TakePrefix(tail, ignored, [](std::string_view rest) {
        const std::optional<LineTag> tag = TakeTag(rest);
        return tag.has_value() && BeginsEntry(*tag);
      });
      if (!begins && open) return {.consumed = entry_begin};
      close();
      if (tail_is_other()) return {.consumed = unknown_begin, .other_format = true};
      counts.Add(unknown);
      return {.consumed = begin};
    }
    const std::string_view text = WithoutLineEnd(block.substr(begin, at - begin));
    std::string_view rest = text.substr(0, first_end - begin);  // a prefix is on one line
    std::optional<LineTag> tag;
    *found = {};
    std::string_view message;
    const bool matched = TakePrefix(rest, *found, [&](std::string_view tail) {
      tag = TakeTag(tail);
      message = tail;
      return tag.has_value();
    });
    if (matched) {
      rest = text.substr(static_cast<std::size_t>(message.data() - text.data()));
      if (unknown.Lines() != 0) counts.Add(std::exchange(unknown, {}));
      if (BeginsEntry(*tag)) {
        close();
        std::swap(entry, found);
        entry->severity = SeverityOf(*tag);
        entry->tabs_behind_newlines = true;
        entry->message = rest;
        entry_begin = begin;
        open = true;
        of_entry.continuations += lines - 1;
      } else if (open) {
        of_entry.continuations += lines;
        std::string_view* const field = FieldOf(*entry, *tag);
        if (field != nullptr) *field = rest;
      } else {
        counts.AddUnknown(UnknownKind::kOrphan, text);
        counts.continuations += lines - 1;
      }
      if (open && at - entry_begin > kLongestEntry) entry->truncated = true;
      continue;
    }
    close();
    for (std::size_t line = begin; line < at;) {
      const std::size_t end = LineEnd(block, line);
      const std::string_view one = block.substr(line, end - line);
      if (IsBlank(one)) {
        ++(unknown.Lines() == 0 ? counts : unknown).empty;
      } else {
        if (unknown.Lines() == 0) unknown_begin = line;
        unknown.AddUnknown(UnknownKind::kNoPrefix, WithoutLineEnd(one));
        if (stop_at_other && unknown.Unknown() >= kOtherFormatRun) {
          return {.consumed = unknown_begin, .other_format = true};
        }
      }
      line = end;
    }
  }
  close();
  if (tail_is_other()) return {.consumed = unknown_begin, .other_format = true};
  counts.Add(unknown);
  return {.consumed = block.size()};
}

std::size_t StderrReader::LastEntry(std::string_view block) const {
  std::size_t end = block.size();
  while (end > 0) {
    const std::size_t newline = block.substr(0, end - 1).rfind('\n');
    if (newline == std::string_view::npos) return 0;
    const std::size_t begin = newline + 1;
    std::string_view line = block.substr(begin, end - begin);
    LogRecord ignored;
    std::optional<LineTag> tag;
    // A line that goes on with the one before may look like an entry where the prefix begins with free text.
    const bool matched = line.front() != '\t' && TakePrefix(line, ignored, [&](std::string_view tail) {
      tag = TakeTag(tail);
      return tag.has_value();
    });
    if (matched && BeginsEntry(*tag)) return begin;
    end = begin;
  }
  return 0;
}

}  // namespace pgassay::ingest
