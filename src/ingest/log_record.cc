#include "ingest/log_record.h"

#include <charconv>

namespace pgassay::ingest {
namespace {

// Two numbers with `separator` between them, and nothing else.
template <int kBase>
bool TakePair(std::string_view text, char separator, std::uint64_t& first, std::uint64_t& second) {
  const char* const end = text.data() + text.size();
  const auto [middle, error] = std::from_chars(text.data(), end, first, kBase);
  if (error != std::errc() || middle == end || *middle != separator) return false;
  const auto [rest, second_error] = std::from_chars(middle + 1, end, second, kBase);
  return second_error == std::errc() && rest == end;
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
  return TakePair<16>(session_id, '.', started, pid) ? started << 32U ^ pid : 0;
}

std::uint64_t TransactionKey(std::string_view virtual_transaction) {
  std::uint64_t backend = 0;
  std::uint64_t number = 0;
  // 3/0 is a backend without a transaction.
  if (!TakePair<10>(virtual_transaction, '/', backend, number) || number == 0) return 0;
  return backend << 40U ^ number;
}

}  // namespace pgassay::ingest
