// What one line shows can be misread (is 42501 a process or an SQL state?). So nothing here has to be right: prefixes are
// made from many lines, and the one with which the most lines fit is taken.

#include "ingest/prefix_pieces.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "ingest/line_tag.h"
#include "ingest/line_time.h"
#include "ingest/log_record.h"
#include "ingest/severity_words.h"

namespace pgassay::ingest {
namespace {

constexpr std::size_t kLongestHead = 512;  // bytes; a few fields of at most 63 bytes each, and an address

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLetter(char c) { return IsUpper(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }
bool IsWord(char c) { return IsDigit(c) || IsLetter(c) || c == '_' || c == '.' || c == '$' || c == '-'; }

std::size_t CountWhile(std::string_view text, bool (*belongs)(char)) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) - text.begin());
}

// Escape for a value by the name in front of its equals sign; 0: unknown.
char EscapeOfKey(std::string_view key) {
  static constexpr std::pair<std::string_view, char> kKeys[] = {
      {"user", 'u'},     {"usr", 'u'},      {"u", 'u'},          {"username", 'u'},  {"role", 'u'},   {"db", 'd'},
      {"database", 'd'}, {"dbname", 'd'},   {"d", 'd'},          {"datname", 'd'},   {"app", 'a'},    {"appname", 'a'},
      {"application", 'a'}, {"application_name", 'a'}, {"a", 'a'}, {"client", 'h'},  {"host", 'h'},   {"h", 'h'},
      {"remote", 'r'},   {"rhost", 'r'},    {"r", 'r'},          {"addr", 'h'},      {"ip", 'h'},     {"pid", 'p'},
      {"p", 'p'},        {"process", 'p'},  {"session", 'c'},    {"sess", 'c'},      {"sid", 'c'},    {"session_id", 'c'},
      {"c", 'c'},        {"line", 'l'},     {"l", 'l'},          {"line_num", 'l'},  {"vxid", 'v'},   {"vtx", 'v'},
      {"v", 'v'},        {"vt", 'v'},       {"xid", 'x'},        {"tx", 'x'},        {"txid", 'x'},   {"x", 'x'},
      {"trx", 'x'},      {"state", 'e'},    {"sqlstate", 'e'},   {"e", 'e'},         {"error", 'e'},  {"sql_error_code", 'e'},
      {"code", 'e'},     {"qid", 'Q'},      {"query_id", 'Q'},   {"queryid", 'Q'},   {"q", 'Q'},      {"ps", 'i'},
      {"cmd", 'i'},      {"tag", 'i'},      {"command", 'i'},    {"backend", 'b'},   {"b", 'b'},      {"backend_type", 'b'},
  };
  std::string lower(key);
  for (char& c : lower) c = IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  for (const auto& [name, escape] : kKeys) {
    if (lower == name) return escape;
  }
  return 0;
}

constexpr std::size_t kQueryIdDigits = 15;

bool FitsPlainText(char escape) { return std::string_view("udahrbi").find(escape) != std::string_view::npos; }

class Pieces {
 public:
  explicit Pieces(std::string_view head) : rest_(head) {}

  std::string Run() {
    while (!rest_.empty()) {
      if (!TakeTime() && !TakeKeyed() && !TakeAddress() && !TakeTyped() && !TakeUserAtDatabase() && !TakeWord()) {
        Constant(rest_.front());
        rest_.remove_prefix(1);
      }
    }
    return std::move(prefix_);
  }

 private:
  void Constant(char c) {
    if (c == '%') prefix_ += '%';
    prefix_ += c;
  }

  void Escape(char escape, std::size_t size) {
    has_name_ = has_name_ || escape == 'u' || escape == 'd';
    has_application_ = has_application_ || escape == 'a';
    prefix_ += '%';
    prefix_ += escape;
    rest_.remove_prefix(size);
  }

  bool AfterWord() const { return !prefix_.empty() && prefix_.size() > 1 && prefix_[prefix_.size() - 2] == '%'; }

  bool TakeTime() {
    std::string_view rest = rest_;
    LineTime time;
    if (time.Take(rest)) {
      const std::string_view text = rest_.substr(0, rest_.size() - rest.size());
      const bool milliseconds = text.size() > 19 && text[19] == '.';
      Escape(has_time_ ? 's' : milliseconds ? 'm' : 't', text.size());
      has_time_ = true;
      return true;
    }
    // 1764065472.345
    if (rest_.size() >= 14 && CountWhile(rest_, IsDigit) == 10 && rest_[10] == '.' &&
        CountWhile(rest_.substr(11), IsDigit) == 3) {
      Escape('n', 14);
      return true;
    }
    return false;
  }

  // "user=app": up to the next key or the end of the word.
  bool TakeKeyed() {
    if (AfterWord() && !rest_.empty() && IsWord(rest_.front())) return false;
    const std::size_t key = CountWhile(rest_, [](char c) { return IsLetter(c) || c == '_'; });
    if (key == 0 || key >= rest_.size() || rest_[key] != '=') return false;
    const char known = EscapeOfKey(rest_.substr(0, key));
    for (std::size_t i = 0; i <= key; ++i) Constant(rest_[i]);
    rest_.remove_prefix(key + 1);
    if (known != 0 && !FitsPlainText(known)) {
      // A transaction may be virtual or not.
      const std::size_t digits = CountWhile(rest_, IsDigit);
      if ((known == 'x' || known == 'v') && digits > 0 && digits < rest_.size() && rest_[digits] == '/') {
        return TakeTyped();
      }
      const std::size_t size = CountWhile(rest_, [](char c) { return IsWord(c) || c == '/'; });
      Escape(known, known == 'l' || known == 'x' || known == 'p' ? digits : size);
      has_pid_ = has_pid_ || known == 'p';
      return true;
    }
    std::size_t end = 0;
    while (end < rest_.size() && !EndsValue(end)) ++end;
    Escape(known != 0 ? known : 'i', end);
    return true;
  }

  // Whether a value ends at `at`: at a bracket, a comma, a semicolon, a bar, or a space before the end or another key.
  bool EndsValue(std::size_t at) const {
    const char c = rest_[at];
    if (c == '[' || c == '(') return false;
    if (c == ',' || c == ';' || c == '|') return true;
    if (c == ']' || c == ')') {
      const char open = c == ']' ? '[' : '(';
      return rest_.substr(0, at).find(open) == std::string_view::npos;
    }
    if (c != ' ' && c != ':') return false;
    const std::string_view next = rest_.substr(at + 1);
    const std::size_t word = CountWhile(next, [](char d) { return IsLetter(d) || d == '_'; });
    return next.find_first_not_of(" :-|") == std::string_view::npos || next.front() == '[' || next.front() == '(' ||
           (word > 0 && word < next.size() && next[word] == '=');
  }

  // "10.0.0.1(5432)", "fe80::1(5432)", "10.0.0.1", "[local]".
  bool TakeAddress() {
    if (rest_.starts_with("[local]")) {
      Escape('r', 7);
      return true;
    }
    const std::size_t size = CountWhile(rest_, [](char c) { return IsHex(c) || c == '.' || c == ':'; });
    const std::string_view text = rest_.substr(0, size);
    const bool four = std::count(text.begin(), text.end(), '.') == 3 && text.find(':') == std::string_view::npos;
    if (size < rest_.size() && rest_[size] == '(' && size > 1) {
      const std::size_t port = CountWhile(rest_.substr(size + 1), IsDigit);
      if (port > 0 && rest_.substr(size + 1 + port).starts_with(')')) {
        Escape('r', size + port + 2);
        return true;
      }
    }
    if (!four || size < 7) return false;
    Escape('h', size);
    return true;
  }

  // Session ids, virtual transactions, SQL states, numbers.
  bool TakeTyped() {
    if (AfterWord()) return false;
    // Only a query id has so many digits: 64 bits with their sign.
    const std::size_t sign = rest_.starts_with('-') ? 1 : 0;
    const std::size_t id = CountWhile(rest_.substr(sign), IsDigit);
    if (id >= kQueryIdDigits && id <= 19) {
      Escape('Q', sign + id);
      return true;
    }
    const std::string_view word = rest_.substr(0, CountWhile(rest_, [](char c) { return IsHex(c) || c == '.'; }));
    if (word.size() >= 10 && SessionKey(word) != 0) {
      Escape('c', word.size());
      return true;
    }
    const std::size_t digits = CountWhile(rest_, IsDigit);
    if (digits > 0 && digits + 1 < rest_.size() && rest_[digits] == '/' && IsDigit(rest_[digits + 1])) {
      Escape('v', digits + 1 + CountWhile(rest_.substr(digits + 1), IsDigit));
      return true;
    }
    const std::size_t state = CountWhile(rest_, [](char c) { return IsDigit(c) || IsUpper(c); });
    const bool ends = state == rest_.size() || !IsWord(rest_[state]) || rest_[state] == '-';
    if (state == 5 && ends && (digits == 0 ? IsDigit(rest_[4]) && IsDigit(rest_[1]) : digits < 5 || rest_.starts_with("00000"))) {
      Escape('e', state);
      return true;
    }
    if (digits == 0 || (digits < rest_.size() && IsWord(rest_[digits]) && rest_[digits] != '-' && rest_[digits] != '.')) {
      return false;
    }
    const bool bracketed = !prefix_.empty() && prefix_.back() == '[';
    const bool counted = rest_.substr(digits).starts_with("-1]");  // [%l-1], for syslog's sake
    const bool is_pid = !has_pid_ && !counted && (bracketed || digits > 1);
    if (is_pid) has_pid_ = true;
    Escape(is_pid ? 'p' : 'l', digits);
    if (counted) {
      prefix_ += "-1";
      rest_.remove_prefix(2);
    }
    return true;
  }

  // A name, or [unknown], or nothing.
  std::size_t NameSize(std::string_view text) const {
    return text.starts_with("[unknown]") ? 9 : CountWhile(text, IsWord);
  }

  bool TakeUserAtDatabase() {
    if (AfterWord()) return false;
    const std::size_t user = NameSize(rest_);
    if (user >= rest_.size() || rest_[user] != '@') return false;
    Escape('u', user);
    Constant('@');
    rest_.remove_prefix(1);
    Escape('d', NameSize(rest_));
    return true;
  }

  bool TakeWord() {
    const std::size_t size = NameSize(rest_);
    if (size == 0) return false;
    // A lone dash is a separator.
    if (size == 1 && rest_.front() == '-') return false;
    // One free text behind another cannot be told apart.
    if (AfterWord()) {
      for (std::size_t i = 0; i < size; ++i) Constant(rest_[i]);
      rest_.remove_prefix(size);
    } else {
      // Behind a user or a database stands an application more often than a command tag, which is in capitals.
      const std::string_view word = rest_.substr(0, size);
      Escape(has_name_ && !has_application_ && !IsCommandTag(word) ? 'a' : 'i', size);
    }
    return true;
  }

  static bool IsCommandTag(std::string_view word) {
    return word == "idle" || word == "authentication" || word == "startup" ||
           std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  }

  std::string_view rest_;
  std::string prefix_;
  bool has_time_ = false;
  bool has_pid_ = false;
  bool has_name_ = false;  // of a user or a database
  bool has_application_ = false;
};

}  // namespace

std::optional<std::size_t> HeadSize(std::string_view line) {
  line = line.substr(0, kLongestHead);
  for (std::size_t colon = line.find(":  "); colon != std::string_view::npos; colon = line.find(":  ", colon + 1)) {
    std::size_t end = colon;
    if (line.substr(0, end).ends_with("\u00A0")) end -= 2;
    if (line.substr(0, end).ends_with(' ')) end -= 1;
    std::size_t begin = end;
    while (begin > 0 && (IsLetter(line[begin - 1]) || (end - begin <= 1 && IsDigit(line[begin - 1])))) --begin;
    if (TagOf(line.substr(begin, end - begin))) return begin;
    // PILE D'APPEL, and Korean: a word in two parts.
    const std::size_t space = line.substr(0, begin).rfind(' ', begin < 2 ? 0 : begin - 2);
    const std::size_t first = space == std::string_view::npos ? 0 : space + 1;
    if (TagOf(line.substr(first, end - first))) return first;
  }
  return std::nullopt;
}

std::string PrefixOf(std::string_view head) { return Pieces(head).Run(); }

}  // namespace pgassay::ingest
