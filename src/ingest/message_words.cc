// From the message catalogs of PostgreSQL 15, as message_patterns.cc.

#include "ingest/message_words.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "ingest/message_patterns.h"

namespace pgassay::ingest {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool Take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kBlanksOrOpen = " \t\r\n(";

void SkipBlanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size())); }

// Behind the quote that ends a name; "" within it is a quote of its own, and so the name goes on.
void SkipQuoted(std::string_view& text) {
  text.remove_prefix(std::min(text.find('"', 1), text.size() - 1) + 1);
}

// `word`, in lower case, in any case, and the blanks around it.
bool TakeWord(std::string_view& text, std::string_view word) {
  std::string_view rest = text;
  SkipBlanks(rest);
  if (rest.size() <= word.size() || kBlanksOrOpen.find(rest[word.size()]) == std::string_view::npos) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((rest[i] | 0x20) != word[i]) return false;
  }
  rest.remove_prefix(word.size());
  SkipBlanks(rest);
  text = rest;
  return true;
}

// The space in front of a French colon is one that does not break in some versions.
constexpr std::string_view kHardSpace = "\u00A0";

constexpr std::string_view kDurations[] = {
    "duration: ", "Dauer: ",  "duración: ",  "durée : ",     "durée\u00A0: ",  "durata: ",           "期間: ",
    "ხანგრძლივობა: ", "실행시간: ", "수행시간: ", "작업시간: ", "продолжительность: ", "varaktighet: ", "varaktighet ",
    "тривалість: ", "耗时: ", "持續時間: ",
};

// The longer of two where one begins the other comes first.
constexpr std::pair<std::string_view, MessagePhase> kPhases[] = {
    {"statement", MessagePhase::kStatement}, {"Anweisung", MessagePhase::kStatement},
    {"sentencia", MessagePhase::kStatement}, {"instruction", MessagePhase::kStatement},
    {"istruzione", MessagePhase::kStatement}, {"文", MessagePhase::kStatement},
    {"გამოსახულება", MessagePhase::kStatement}, {"ოპერატორი", MessagePhase::kStatement},
    {"명령 구문", MessagePhase::kStatement}, {"оператор", MessagePhase::kStatement}, {"sats", MessagePhase::kStatement},
    {"语句", MessagePhase::kStatement}, {"陳述式", MessagePhase::kStatement},
    {"execute fetch from", MessagePhase::kFetch}, {"Ausführen Fetch von", MessagePhase::kFetch},
    {"ejecutar fetch desde", MessagePhase::kFetch}, {"exécute fetch à partir de", MessagePhase::kFetch},
    {"esecuzione di fetch da", MessagePhase::kFetch}, {"取り出し実行", MessagePhase::kFetch},
    {"자료뽑기", MessagePhase::kFetch}, {"выборка из", MessagePhase::kFetch},
    {"kör hämtning från", MessagePhase::kFetch}, {"виконати витягнення з", MessagePhase::kFetch},
    {"执行提取，来源为", MessagePhase::kFetch}, {"執行擷取，來源為", MessagePhase::kFetch},
    {"execute", MessagePhase::kExecute}, {"Ausführen", MessagePhase::kExecute}, {"ejecutar", MessagePhase::kExecute},
    {"exécute", MessagePhase::kExecute}, {"esecuzione di", MessagePhase::kExecute}, {"実行", MessagePhase::kExecute},
    {"გაშვება", MessagePhase::kExecute}, {"쿼리실행", MessagePhase::kExecute}, {"выполнение", MessagePhase::kExecute},
    {"kör", MessagePhase::kExecute}, {"виконувати", MessagePhase::kExecute}, {"执行", MessagePhase::kExecute},
    {"執行", MessagePhase::kExecute},
    {"parse", MessagePhase::kParse}, {"Parsen", MessagePhase::kParse}, {"analyse", MessagePhase::kParse},
    {"analisi di", MessagePhase::kParse}, {"パース", MessagePhase::kParse}, {"разбор", MessagePhase::kParse},
    {"аналізування", MessagePhase::kParse}, {"解析", MessagePhase::kParse},
    {"bind", MessagePhase::kBind}, {"Binden", MessagePhase::kBind}, {"lien", MessagePhase::kBind},
    {"バインド", MessagePhase::kBind}, {"მიბმა", MessagePhase::kBind}, {"сообщение Bind", MessagePhase::kBind},
    {"повідомлення bind", MessagePhase::kBind}, {"绑定", MessagePhase::kBind}, {"繫結", MessagePhase::kBind},
    {"plan", MessagePhase::kPlan},
};

// Behind the name instead of in front of it.
constexpr std::pair<std::string_view, MessagePhase> kPhasesBehind[] = {
    {" 구문분석", MessagePhase::kParse}, {" 접속", MessagePhase::kBind}, {"-ის დამუშავება", MessagePhase::kParse},
};

constexpr std::string_view kParameters[] = {
    "parameters: ",    "Parameters: ",     "Parameter: ",    "parámetros: ",     "Parámetros: ",  "paramètres : ",
    "Paramètres : ",   "paramètres\u00A0: ", "Paramètres\u00A0: ", "parametri: ", "Parametri: ",  "パラメータ: ",
    "パラメーター: ",      "პარამეტრები: ",      "매개 변수: ",         "매개변수: ",           "параметры: ",    "Параметры: ",
    "parametrar: ",    "Parametrar: ",     "параметри: ",    "Параметри: ",      "参数: ",          "參數: ",
};

constexpr std::string_view kPrepared[] = {
    "prepare: ", "Vorbereiten: ", "préparation : ", "préparation\u00A0: ", "preparazione: ", "準備: ", "მომზადება: ",
    "подготовка: ", "підготовка: ", "预备语句: ", "預備敘述: ",
};

// Digits, and behind a point or comma more of them.
std::string_view TakeNumber(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && IsDigit(text[end])) ++end;
  if (end > 0 && end + 1 < text.size() && (text[end] == '.' || text[end] == ',') && IsDigit(text[end + 1])) {
    for (++end; end < text.size() && IsDigit(text[end]);) ++end;
  }
  const std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  return number;
}

// The last "1234.567" of `text`: the wait for a lock.
std::string_view LastFraction(std::string_view text) {
  for (std::size_t point = text.size(); (point = text.find_last_of(".,", point)) != std::string_view::npos && point > 0; --point) {
    std::size_t begin = point;
    while (begin > 0 && IsDigit(text[begin - 1])) --begin;
    std::size_t end = point + 1;
    while (end < text.size() && IsDigit(text[end])) ++end;
    if (begin < point && end == point + 4) return text.substr(begin, end - begin);
  }
  return {};
}

// The digits at the end of `text`.
std::string_view LastDigits(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && IsDigit(text[begin - 1])) --begin;
  return text.substr(begin);
}

std::string_view Trimmed(std::string_view label) {
  while (true) {
    if (label.ends_with(' ')) {
      label.remove_suffix(1);
    } else if (label.ends_with(kHardSpace)) {
      label.remove_suffix(kHardSpace.size());
    } else {
      return label;
    }
  }
}

// "statement: SELECT 1", "execute name: SELECT 1".
void ReadPhase(std::string_view text, Message& message) {
  std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos && (colon = text.find(":\n")) == std::string_view::npos) return;
  std::string_view label = text.substr(0, colon);
  std::string_view behind = text.substr(colon + 2);
  for (const auto& [word, phase] : kPhases) {
    if (!label.starts_with(word)) continue;
    message.phase = phase;
    message.text = behind;
    // Spanish writes "parse: name: SELECT".
    if (phase == MessagePhase::kParse && label == word) {
      const std::size_t second = behind.find(": ");
      if (second != std::string_view::npos) message.text = behind.substr(second + 2);
    }
    return;
  }
  label = Trimmed(label);
  for (const auto& [word, phase] : kPhasesBehind) {
    if (!label.ends_with(word)) continue;
    message.phase = phase;
    message.text = behind;
    return;
  }
}

bool ReadTimed(std::string_view text, Message& message) {
  bool found = false;
  for (const std::string_view beginning : kDurations) {
    found = Take(text, beginning);
    if (found) break;
  }
  if (!found) return false;
  message.number = TakeNumber(text);
  if (message.number.empty()) return false;
  // The unit, up to the comma or space behind it.
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  text.remove_prefix(std::min(text.find_first_of(" ,"), text.size()));
  text.remove_prefix(std::min(text.find_first_not_of(" ,"), text.size()));
  message.kind = MessageKind::kTimed;
  ReadPhase(text, message);
  return true;
}

}  // namespace

Message ReadMessage(std::string_view message) {
  Message result;
  if (ReadTimed(message, result)) return result;
  for (const MessagePattern& pattern : MessagePatterns()) {
    if (!message.starts_with(pattern.beginning)) continue;
    if (!pattern.part.empty() && message.substr(0, 1024).find(pattern.part) == std::string_view::npos) continue;
    result.kind = pattern.kind;
    if (pattern.kind == MessageKind::kLockWait || pattern.kind == MessageKind::kLockAcquired) {
      result.number = LastFraction(message);
    } else if (pattern.kind == MessageKind::kTemporaryFile) {
      result.number = LastDigits(message);
    }
    return result;
  }
  ReadPhase(message, result);
  if (result.phase != MessagePhase::kNone) result.kind = MessageKind::kPhase;
  return result;
}

std::string_view ParametersIn(std::string_view detail) {
  for (const std::string_view beginning : kParameters) {
    if (Take(detail, beginning)) return detail;
  }
  return {};
}

std::string_view BehindPrepare(std::string_view text) {
  std::string_view rest = text;
  if (!TakeWord(rest, "prepare") || rest.empty()) return text;
  if (rest.front() == '"') {
    while (!rest.empty() && rest.front() == '"') SkipQuoted(rest);
  } else {
    rest.remove_prefix(std::min(rest.find_first_of(kBlanksOrOpen), rest.size()));
  }
  SkipBlanks(rest);
  for (int depth = 0; !rest.empty() && (depth > 0 || rest.front() == '(');) {
    if (rest.front() == '"') {
      SkipQuoted(rest);
      continue;
    }
    depth += rest.front() == '(' ? 1 : rest.front() == ')' ? -1 : 0;
    rest.remove_prefix(1);
    if (depth == 0) break;
  }
  return TakeWord(rest, "as") && !rest.empty() ? rest : text;
}

std::string_view PreparedIn(std::string_view detail) {
  for (const std::string_view beginning : kPrepared) {
    if (Take(detail, beginning)) return BehindPrepare(detail);
  }
  return {};
}

}  // namespace pgassay::ingest
