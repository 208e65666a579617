#include "ingest/log_record.h"

#include <cstddef>

namespace pgassay::ingest {
namespace {

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Two numbers with `separator` between them, and nothing else.
bool ReadPair(std::string_view text, unsigned base, char separator, std::uint64_t& first, std::uint64_t& second) {
  std::uint64_t* number = &first;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == separator && digits > 0 && number == &first) {
      number = &second;
      digits = 0;
      continue;
    }
    const int digit = DigitOf(c);
    if (digit < 0 || static_cast<unsigned>(digit) >= base || ++digits > 16) return false;
    *number = *number * base + static_cast<unsigned>(digit);
  }
  return number == &second && digits > 0;
}

}  // namespace

std::string Text(const LogRecord& record, std::string_view text) {
  if (!record.tabs_behind_newlines || text.find('\n') == std::string_view::npos) return std::string(text);
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (record.tabs_behind_newlines && text[at] == '\t' && at > 0 && text[at - 1] == '\n') continue;
    result.push_back(text[at]);
  }
  return result;
}

std::uint64_t SessionKey(std::string_view session_id) {
  std::uint64_t started = 0;
  std::uint64_t pid = 0;
  return ReadPair(session_id, 16, '.', started, pid) ? started << 32U ^ pid : 0;
}

std::uint64_t TransactionKey(std::string_view virtual_transaction) {
  std::uint64_t backend = 0;
  std::uint64_t number = 0;
  // 3/0 is a backend without a transaction.
  if (!ReadPair(virtual_transaction, 10, '/', backend, number) || number == 0) return 0;
  return backend << 40U ^ number;
}

}  // namespace pgassay::ingest
