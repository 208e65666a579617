// The server gives syslog an entry in lines of at most 900 bytes, numbered [entry-line]. A line that begins with a tab is
// a new line of the text; any other that does not begin with the prefix goes on where a long line was cut, in front of a
// space that it still has.

#include "ingest/syslog_reader.h"

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status_macros.h"
#include "ingest/lines.h"

namespace pgassay::ingest {
namespace {

// A text that is put together from lines; copied only where there is more than one.
class JoinedText {
 public:
  void Set(std::string_view text) {
    owned_.reset();
    view_ = text;
  }
  void Append(std::string_view text) {
    if (!owned_) owned_ = std::make_unique<std::string>(view_);
    if (text.starts_with('\t')) {
      owned_->push_back('\n');
      text.remove_prefix(1);
    }
    owned_->append(text);
    view_ = *owned_;
  }
  std::string_view view() const { return view_; }

 private:
  std::string_view view_;
  std::unique_ptr<std::string> owned_;
};

struct OpenEntry {
  LogRecord record;
  std::uint64_t sequence = 0;
  JoinedText message, detail, hint, context, statement, other;
  JoinedText* current = nullptr;
  std::size_t bytes = 0;

  JoinedText& FieldOf(LineTag tag) {
    switch (tag) {
      case LineTag::kDetail: return detail;
      case LineTag::kHint: return hint;
      case LineTag::kContext: return context;
      case LineTag::kStatement: return statement;
      default: return other;
    }
  }
};

class Entries {
 public:
  // The entry that `line` goes on with; null: none is open.
  OpenEntry* Find(const SyslogLine& line) {
    const auto at = open_.find(KeyOf(line));
    if (at == open_.end() || at->second->sequence != line.sequence) return nullptr;
    return at->second;
  }

  OpenEntry& Begin(const SyslogLine& line, const LogRecord& record) {
    OpenEntry& entry = entries_.emplace_back();
    entry.record = record;
    entry.sequence = line.sequence;
    entry.current = &entry.message;
    open_[KeyOf(line)] = &entry;
    return entry;
  }

  void Finish(const RecordSink& sink, LineCounts& counts) {
    for (OpenEntry& entry : entries_) {
      LogRecord& record = entry.record;
      record.message = entry.message.view();
      if (entry.bytes > kLongestEntry) {
        counts.AddUnknown(UnknownKind::kTooLong, record.message.substr(0, 200));
        continue;
      }
      record.detail = entry.detail.view();
      record.hint = entry.hint.view();
      record.context = entry.context.view();
      record.statement = entry.statement.view();
      ++counts.entries;
      sink(record);
    }
  }

 private:
  // logplex names the server only, so entries of its processes are told by their numbers.
  static std::uint64_t KeyOf(const SyslogLine& line) {
    return line.logplex ? line.process ^ line.sequence * 0x9E3779B97F4A7C15U : line.process;
  }

  std::deque<OpenEntry> entries_;  // does not move them
  absl::flat_hash_map<std::uint64_t, OpenEntry*> open_;
};

}  // namespace

std::string_view WithControls(std::string_view text, std::string& buffer) {
  std::size_t at = text.find("#01");
  if (at == std::string_view::npos) return text;
  buffer.clear();
  std::size_t done = 0;
  for (; at != std::string_view::npos; at = text.find("#01", at + 1)) {
    const char code = at + 3 < text.size() ? text[at + 3] : ' ';
    if (code != '1' && code != '2') continue;
    // '#011627' is a colour.
    const char before = at > 0 ? text[at - 1] : ' ';
    if (before == '\'' || before == '"' || before == ':') continue;
    buffer.append(text, done, at - done);
    buffer.push_back(code == '1' ? '\t' : '\n');
    done = at + 4;
  }
  buffer.append(text, done);
  return buffer;
}

absl::StatusOr<std::unique_ptr<LogReader>> SyslogReader::Make(const LogFormat& format) {
  std::optional<LinePrefix> prefix;
  if (!format.line_prefix.empty()) {
    PGASSAY_ASSIGN_OR_RETURN(prefix, LinePrefix::Compile(format.line_prefix, format.default_utc_offset_s));
  }
  return std::unique_ptr<LogReader>(new SyslogReader(format, std::move(prefix)));
}

// The tag behind the prefix; nothing: `text` goes on with the line before it.
std::optional<LineTag> SyslogReader::TakePrefix(const SyslogLine& line, std::string_view& text,
                                                LogRecord& record) const {
  record.time_us = line.time_us;
  record.pid = line.pid;
  record.session = line.pid;
  if (text.starts_with('\t')) return std::nullopt;
  std::optional<LineTag> tag;
  const auto accepts = [&](std::string_view rest) {
    tag = TakeTag(rest);
    return tag.has_value();
  };
  if (prefix_ ? prefix_->Take(text, record, accepts) : accepts(text)) {
    TakeTag(text);
    return tag;
  }
  return std::nullopt;
}

ReadEnd SyslogReader::Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
                           LineCounts& counts) {
  UnknownRun unknown(stop_at_other, counts);
  Entries entries;
  std::deque<std::string> buffers;  // of lines that had escapes
  std::string buffer;
  std::size_t at = 0;
  ReadEnd end{.consumed = block.size()};
  while (at < block.size()) {
    const std::size_t begin = at;
    at = LineEnd(block, begin);
    const std::string_view whole = block.substr(begin, at - begin);
    if (whole.back() != '\n') {
      end.consumed = begin;
      break;
    }
    SyslogLine line;
    if (!header_.Read(WithoutLineEnd(whole), line)) {
      if (unknown.Add(UnknownKind::kNoPrefix, begin, whole)) {
        entries.Finish(sink, counts);
        return unknown.Stop();
      }
      continue;
    }
    std::string_view text = WithControls(line.text, buffer);
    if (text.data() != line.text.data()) text = buffers.emplace_back(std::move(buffer));
    LogRecord record;
    const std::optional<LineTag> tag = line.chunk == 1 || line.chunk == 0 || !text.starts_with('\t')
                                           ? TakePrefix(line, text, record)
                                           : std::nullopt;
    OpenEntry* entry = nullptr;
    if (tag && BeginsEntry(*tag) && line.chunk <= 1) {
      record.severity = SeverityOf(*tag);
      entry = &entries.Begin(line, record);
      entry->message.Set(text);
    } else if ((entry = entries.Find(line)) != nullptr) {
      ++counts.continuations;
      if (tag) {
        entry->current = &entry->FieldOf(*tag);
        entry->current->Set(text);
      } else {
        entry->current->Append(text);
      }
    } else if (line.sequence == 0 && !tag) {
      // Another program's, most likely.
      if (unknown.Add(UnknownKind::kNoPrefix, begin, whole)) {
        entries.Finish(sink, counts);
        return unknown.Stop();
      }
      continue;
    } else if (line.chunk == 1 && unknown.Add(UnknownKind::kNoPrefix, begin, whole)) {
      entries.Finish(sink, counts);
      return unknown.Stop();
    } else if (line.chunk != 1) {
      unknown.End();  // it is of this format
      counts.AddUnknown(UnknownKind::kOrphan, WithoutLineEnd(whole));
    }
    if (entry == nullptr) continue;
    unknown.End();
    entry->bytes += text.size();
  }
  if (unknown.EndOfBlock(last)) end = unknown.Stop();
  entries.Finish(sink, counts);
  return end;
}

std::size_t SyslogReader::LastEntry(std::string_view block) const {
  std::string buffer;
  for (std::size_t end = block.size(); end > 1;) {
    const std::size_t newline = block.substr(0, end - 1).rfind('\n');
    if (newline == std::string_view::npos) return 0;
    const std::size_t begin = newline + 1;
    SyslogLine line;
    if (header_.Read(WithoutLineEnd(block.substr(begin, end - begin)), line) && line.chunk <= 1) {
      std::string_view text = line.text;
      LogRecord ignored;
      const std::optional<LineTag> tag = TakePrefix(line, text, ignored);
      if (tag && BeginsEntry(*tag)) return begin;
    }
    end = begin;
  }
  return 0;
}

}  // namespace pgassay::ingest
