#include "ingest/log_record.h"

#include <array>
#include <cstddef>

namespace pgassay::ingest {
namespace {

constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kDigitOf = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 10; ++i) values[static_cast<std::size_t>('0') + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) values[static_cast<std::size_t>('a') + i] = static_cast<std::uint8_t>(10 + i);
  return values;
}();

// The number of at most 16 digits at the beginning of `text`, which are taken away; false: there is none.
template <unsigned kBase>
bool TakeNumber(std::string_view& text, std::uint64_t& number) {
  std::uint64_t value = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const std::uint8_t digit = kDigitOf[static_cast<unsigned char>(text[at])];
    if (digit >= kBase) break;
    value = value * kBase + digit;
  }
  number = value;
  text.remove_prefix(at);
  return at > 0 && at <= 16;
}

// Two numbers with `separator` between them.
template <unsigned kBase>
bool TakePair(std::string_view& text, char separator, std::uint64_t& first, std::uint64_t& second) {
  if (!TakeNumber<kBase>(text, first) || text.empty() || text.front() != separator) return false;
  text.remove_prefix(1);
  return TakeNumber<kBase>(text, second);
}

// Of a text that is none of the numbers it should be: it ends where something else than its characters stands.
template <unsigned kBase>
void TakeRest(std::string_view& text, char separator) {
  std::size_t at = 0;
  while (at < text.size() && (text[at] == separator || kDigitOf[static_cast<unsigned char>(text[at])] < kBase)) ++at;
  text.remove_prefix(at);
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

std::uint64_t TakeSessionKey(std::string_view& text) {
  std::uint64_t started = 0;
  std::uint64_t pid = 0;
  const bool is_key = TakePair<16>(text, '.', started, pid);
  if (is_key && (text.empty() || text.front() != '.')) return started << 32U ^ pid;
  TakeRest<16>(text, '.');
  return 0;
}

std::uint64_t TakeTransactionKey(std::string_view& text) {
  std::uint64_t backend = 0;
  std::uint64_t number = 0;
  const bool is_key = TakePair<10>(text, '/', backend, number);
  // 3/0 is a backend without a transaction.
  if (is_key && (text.empty() || text.front() != '/')) return number == 0 ? 0 : backend << 40U ^ number;
  TakeRest<10>(text, '/');
  return 0;
}

std::uint64_t SessionKey(std::string_view session_id) {
  const std::uint64_t key = TakeSessionKey(session_id);
  return session_id.empty() ? key : 0;
}

std::uint64_t TransactionKey(std::string_view virtual_transaction) {
  const std::uint64_t key = TakeTransactionKey(virtual_transaction);
  return virtual_transaction.empty() ? key : 0;
}

}  // namespace pgassay::ingest
