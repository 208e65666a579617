#include "ingest/log_event.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "ingest/message_words.h"

namespace pgassay::ingest {
namespace {

// Inline, so that the size of `beginning` is known and no call of memcmp is left.
[[gnu::always_inline]] inline bool Take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

// No statement runs for longer than 30 days; a larger number is damage.
constexpr std::int64_t kLongestUs = std::int64_t{30} * 24 * 3600 * 1'000'000;

// "12.345": milliseconds with three decimals, as the server prints them.
std::optional<std::int64_t> TakeMilliseconds(std::string_view& text) {
  std::int64_t us = 0;
  std::size_t at = 0;
  // Fourteen digits are above the limit below; one more is no number that a server wrote.
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && at < 14; ++at) us = us * 10 + (text[at] - '0');
  if (at == 0) return std::nullopt;
  us *= 1000;
  if (at < text.size() && (text[at] == '.' || text[at] == ',')) {  // a comma in some languages
    ++at;
    for (std::int64_t unit = 100; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      us += (text[at] - '0') * unit;
  }
  if (us > kLongestUs) return std::nullopt;
  text.remove_prefix(at);
  return us;
}

// "execute name: SELECT ...", behind "execute ". A name may hold anything; the first ": " ends it.
bool TakeName(std::string_view& text) {
  const std::size_t end = text.find(": ");
  if (end == std::string_view::npos) return false;
  text.remove_prefix(end + 2);
  return true;
}

// What stands behind the duration, or where a line without one begins.
void ReadPhase(std::string_view text, const LogRecord& record, EventKind executed, LogEvent& event) {
  if (Take(text, "statement: ")) {
    event.kind = executed;
    event.text = text;
    if (record.detail.empty()) return;
    // EXECUTE: the statement that was prepared is in the detail.
    const std::string_view prepared = PreparedIn(record.detail);
    if (!prepared.empty()) event.text = prepared;
    return;
  }
  EventKind kind = executed;
  if (Take(text, "execute ")) {
    event.fetch = Take(text, "fetch from ");
  } else if (Take(text, "parse ")) {
    kind = EventKind::kParse;
  } else if (Take(text, "bind ")) {
    kind = EventKind::kBind;
  } else {
    return;
  }
  if (!TakeName(text)) return;
  event.kind = kind;
  event.extended = true;
  event.text = text;
  event.parameters = ParametersIn(record.detail);
}

void ReadDuration(std::string_view text, const LogRecord& record, LogEvent& event) {
  const std::optional<std::int64_t> duration = TakeMilliseconds(text);
  if (!duration || !Take(text, " ms")) return;
  event.duration_us = *duration;
  if (text.empty()) {
    event.kind = EventKind::kDuration;
    return;
  }
  if (!Take(text, "  ")) return;
  if (Take(text, "plan:")) {
    event.kind = EventKind::kPlan;
    if (!text.empty() && text.front() == '\n') text.remove_prefix(1);
    event.plan = text;
    return;
  }
  ReadPhase(text, record, EventKind::kCompleted, event);
}

// "temporary file: path "base/...", size 1234".
void ReadTemporaryFile(std::string_view text, const LogRecord& record, LogEvent& event) {
  const std::size_t size = text.rfind("size ");
  if (size == std::string_view::npos) return;
  const std::string_view digits = text.substr(size + 5);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), event.bytes);
  if (error != std::errc()) return;
  event.kind = EventKind::kTemporaryFile;
  event.text = record.statement;
}

// "process 12 still waiting for ShareLock on transaction 34 after 1000.123 ms", or "acquired".
void ReadLock(std::string_view text, const LogRecord& record, LogEvent& event) {
  const std::size_t after = text.rfind(" after ");
  if (after == std::string_view::npos) return;
  std::string_view time = text.substr(after + 7);
  const std::optional<std::int64_t> waited = TakeMilliseconds(time);
  if (!waited) return;
  if (text.find(" still waiting for ") != std::string_view::npos) {
    event.kind = EventKind::kLockWait;
  } else if (text.find(" acquired ") != std::string_view::npos) {
    event.kind = EventKind::kLockAcquired;
  } else {
    return;
  }
  event.duration_us = *waited;
  event.text = record.statement;
}

void ReadTranslatedPhase(const Message& message, const LogRecord& record, EventKind executed, LogEvent& event) {
  if (message.phase == MessagePhase::kNone) return;
  event.kind = executed;
  event.text = message.text;
  switch (message.phase) {
    case MessagePhase::kStatement: {
      const std::string_view prepared = PreparedIn(record.detail);
      if (!prepared.empty()) event.text = prepared;
      return;
    }
    case MessagePhase::kPlan:
      event.kind = EventKind::kPlan;
      event.plan = std::exchange(event.text, {});
      return;
    case MessagePhase::kParse: event.kind = EventKind::kParse; break;
    case MessagePhase::kBind: event.kind = EventKind::kBind; break;
    default: event.fetch = message.phase == MessagePhase::kFetch; break;
  }
  event.extended = true;
  event.parameters = ParametersIn(record.detail);
}

// A message in another language than English.
void ReadTranslated(const LogRecord& record, LogEvent& event) {
  const Message message = ReadMessage(record.message);
  std::string_view number = message.number;
  switch (message.kind) {
    case MessageKind::kTimed: {
      const std::optional<std::int64_t> duration = TakeMilliseconds(number);
      if (!duration) return;
      event.duration_us = *duration;
      event.kind = EventKind::kDuration;
      ReadTranslatedPhase(message, record, EventKind::kCompleted, event);
      return;
    }
    case MessageKind::kPhase: ReadTranslatedPhase(message, record, EventKind::kStatement, event); return;
    case MessageKind::kLockWait:
    case MessageKind::kLockAcquired: {
      const std::optional<std::int64_t> waited = TakeMilliseconds(number);
      if (!waited) return;
      event.kind = message.kind == MessageKind::kLockWait ? EventKind::kLockWait : EventKind::kLockAcquired;
      event.duration_us = *waited;
      event.text = record.statement;
      return;
    }
    case MessageKind::kTemporaryFile:
      if (std::from_chars(number.data(), number.data() + number.size(), event.bytes).ec != std::errc()) return;
      event.kind = EventKind::kTemporaryFile;
      event.text = record.statement;
      return;
    case MessageKind::kCheckpoint: event.kind = EventKind::kCheckpoint; return;
    case MessageKind::kAutovacuum: event.kind = EventKind::kAutovacuum; return;
    case MessageKind::kAutoanalyze: event.kind = EventKind::kAutoanalyze; return;
    case MessageKind::kConnection: event.kind = EventKind::kConnection; return;
    case MessageKind::kDisconnection: event.kind = EventKind::kDisconnection; return;
    default: return;
  }
}

void ReadError(const LogRecord& record, LogEvent& event) {
  event.text = record.statement;
  if (record.message == "deadlock detected" || record.sql_state == "40P01") {
    event.kind = EventKind::kDeadlock;
  } else if (record.sql_state == "57014" || record.message.starts_with("canceling statement due to ")) {
    event.kind = EventKind::kCancelled;
  } else if (const MessageKind kind = ReadMessage(record.message).kind; kind == MessageKind::kCancelled) {
    event.kind = EventKind::kCancelled;
  } else if (kind == MessageKind::kDeadlock) {
    event.kind = EventKind::kDeadlock;
  } else {
    event.kind = record.statement.empty() ? EventKind::kError : EventKind::kFailed;
  }
}

void ReadOther(std::string_view text, const LogRecord& record, LogEvent& event) {
  static constexpr std::pair<std::string_view, EventKind> kBeginnings[] = {
      {"checkpoint complete", EventKind::kCheckpoint},
      {"automatic vacuum of table", EventKind::kAutovacuum},
      {"automatic aggressive vacuum", EventKind::kAutovacuum},
      {"automatic analyze of table", EventKind::kAutoanalyze},
      {"connection authorized", EventKind::kConnection},
      {"disconnection", EventKind::kDisconnection},
      // Frequent, and nothing that is counted: no need to look for other languages.
      {"connection received", EventKind::kOther},
      {"connection authenticated", EventKind::kOther},
      {"checkpoint starting", EventKind::kOther},
  };
  for (const auto& [beginning, kind] : kBeginnings) {
    if (text.starts_with(beginning)) {
      event.kind = kind;
      return;
    }
  }
  ReadTranslated(record, event);
}

}  // namespace

std::string_view Slug(EventKind kind) {
  switch (kind) {
    case EventKind::kOther: return "other";
    case EventKind::kCompleted: return "completed";
    case EventKind::kStatement: return "statement";
    case EventKind::kDuration: return "duration";
    case EventKind::kParse: return "parse";
    case EventKind::kBind: return "bind";
    case EventKind::kPlan: return "plan";
    case EventKind::kFailed: return "failed";
    case EventKind::kCancelled: return "cancelled";
    case EventKind::kError: return "error";
    case EventKind::kTemporaryFile: return "temporary-file";
    case EventKind::kLockWait: return "lock-wait";
    case EventKind::kLockAcquired: return "lock-acquired";
    case EventKind::kDeadlock: return "deadlock";
    case EventKind::kCheckpoint: return "checkpoint";
    case EventKind::kAutovacuum: return "autovacuum";
    case EventKind::kAutoanalyze: return "autoanalyze";
    case EventKind::kConnection: return "connection";
    case EventKind::kDisconnection: return "disconnection";
    case EventKind::kCount: break;
  }
  return "other";
}

LogEvent ReadEvent(const LogRecord& record) {
  LogEvent event;
  std::string_view text = record.message;
  if (record.severity >= Severity::kError) {
    ReadError(record, event);
  } else if (record.severity != Severity::kLog) {
    // auto_explain.log_level may be any; all else with a duration is the server's LOG.
    if (Take(text, "duration: ")) ReadDuration(text, record, event);
    return event.kind == EventKind::kPlan ? event : LogEvent{};
  } else if (Take(text, "duration: ")) {
    ReadDuration(text, record, event);
  } else if (text.starts_with("statement: ") || text.starts_with("execute ")) {
    ReadPhase(text, record, EventKind::kStatement, event);
  } else if (Take(text, "temporary file: ")) {
    ReadTemporaryFile(text, record, event);
  } else if (text.starts_with("process ")) {
    ReadLock(text, record, event);
  } else {
    ReadOther(text, record, event);
  }
  return event;
}

}  // namespace pgassay::ingest
