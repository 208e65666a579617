// The words are those of the message catalogs of PostgreSQL 12 to 18 (src/backend/po). No word means two things in two
// languages; where one catalog has one word for two severities (Georgian), the graver one is taken.

#include "ingest/severity_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace pgassay::ingest {
namespace {

using Word = std::pair<std::string_view, LineTag>;

constexpr Word kEnglish[] = {
    {"LOG", LineTag::kLog},         {"DETAIL", LineTag::kDetail},       {"ERROR", LineTag::kError},
    {"STATEMENT", LineTag::kStatement}, {"CONTEXT", LineTag::kContext}, {"HINT", LineTag::kHint},
    {"WARNING", LineTag::kWarning}, {"FATAL", LineTag::kFatal},         {"PANIC", LineTag::kPanic},
    {"NOTICE", LineTag::kNotice},   {"INFO", LineTag::kInfo},           {"QUERY", LineTag::kQuery},
    {"LOCATION", LineTag::kLocation}, {"BACKTRACE", LineTag::kBacktrace}, {"DEBUG", LineTag::kDebug},
    {"DEBUG1", LineTag::kDebug},    {"DEBUG2", LineTag::kDebug},        {"DEBUG3", LineTag::kDebug},
    {"DEBUG4", LineTag::kDebug},    {"DEBUG5", LineTag::kDebug},
};

// Sorted when it is compiled.
constexpr auto kOthers = [] {
  std::array words = std::to_array<Word>({
      // German
      {"FEHLER", LineTag::kError}, {"WARNUNG", LineTag::kWarning}, {"HINWEIS", LineTag::kNotice},
      {"PANIK", LineTag::kPanic}, {"TIPP", LineTag::kHint}, {"ANFRAGE", LineTag::kQuery},
      {"ZUSAMMENHANG", LineTag::kContext}, {"ORT", LineTag::kLocation}, {"ANWEISUNG", LineTag::kStatement},
      // Spanish
      {"DETALLE", LineTag::kDetail}, {"SUGERENCIA", LineTag::kHint}, {"CONSULTA", LineTag::kQuery},
      {"CONTEXTO", LineTag::kContext}, {"UBICACIÓN", LineTag::kLocation}, {"SENTENCIA", LineTag::kStatement},
      // French
      {"ERREUR", LineTag::kError}, {"ATTENTION", LineTag::kWarning}, {"DÉTAIL", LineTag::kDetail},
      {"ASTUCE", LineTag::kHint}, {"REQUÊTE", LineTag::kQuery}, {"CONTEXTE", LineTag::kContext},
      {"EMPLACEMENT", LineTag::kLocation}, {"PILE D'APPEL", LineTag::kBacktrace},
      {"INSTRUCTION", LineTag::kStatement},
      // Italian
      {"ERRORE", LineTag::kError}, {"FATALE", LineTag::kFatal}, {"PANICO", LineTag::kPanic},
      {"NOTIFICA", LineTag::kNotice}, {"ATTENZIONE", LineTag::kWarning}, {"DETTAGLI", LineTag::kDetail},
      {"SUGGERIMENTO", LineTag::kHint}, {"CONTESTO", LineTag::kContext}, {"POSIZIONE", LineTag::kLocation},
      {"ISTRUZIONE", LineTag::kStatement},
      // Japanese
      {"詳細", LineTag::kDetail}, {"ヒント", LineTag::kHint}, {"問い合わせ", LineTag::kQuery},
      {"文脈", LineTag::kContext}, {"コンテキスト", LineTag::kContext}, {"コンテクスト", LineTag::kContext},
      {"場所", LineTag::kLocation}, {"バックトレース", LineTag::kBacktrace}, {"文", LineTag::kStatement},
      {"ステートメント", LineTag::kStatement}, {"デバッグ", LineTag::kDebug}, {"ログ", LineTag::kLog},
      {"情報", LineTag::kInfo}, {"警告", LineTag::kWarning}, {"エラー", LineTag::kError},
      // Georgian
      {"გამართვა", LineTag::kDebug}, {"ჟურნალი", LineTag::kLog}, {"ინფორმაცია", LineTag::kInfo},
      {"გაფრთხილება", LineTag::kWarning}, {"შეცდომა", LineTag::kError}, {"ფატალური", LineTag::kFatal},
      {"პანიკა", LineTag::kPanic}, {"დეტალები", LineTag::kDetail}, {"მინიშნება", LineTag::kHint},
      {"მოთხოვნა", LineTag::kQuery}, {"კონტექსტი", LineTag::kContext}, {"მდებარეობა", LineTag::kLocation},
      {"სტეკი", LineTag::kBacktrace}, {"ოპერატორი", LineTag::kStatement},
      // Korean
      {"디버그", LineTag::kDebug}, {"로그", LineTag::kLog}, {"정보", LineTag::kInfo}, {"알림", LineTag::kNotice},
      {"경고", LineTag::kWarning}, {"오류", LineTag::kError}, {"치명적오류", LineTag::kFatal},
      {"손상", LineTag::kPanic}, {"상세정보", LineTag::kDetail}, {"힌트", LineTag::kHint}, {"쿼리", LineTag::kQuery},
      {"내용", LineTag::kContext}, {"위치", LineTag::kLocation}, {"역추적", LineTag::kBacktrace},
      {"명령 구문", LineTag::kStatement}, {"명령구문", LineTag::kStatement},
      // Polish
      {"DZIENNIK", LineTag::kLog}, {"INFORMACJA", LineTag::kInfo}, {"UWAGA", LineTag::kNotice},
      {"OSTRZEŻENIE", LineTag::kWarning}, {"BŁĄD", LineTag::kError}, {"KATASTROFALNY", LineTag::kFatal},
      {"PANIKA", LineTag::kPanic}, {"SZCZEGÓŁY", LineTag::kDetail}, {"PODPOWIEDŹ", LineTag::kHint},
      {"ZAPYTANIE", LineTag::kQuery}, {"KONTEKST", LineTag::kContext}, {"POZYCJA", LineTag::kLocation},
      {"WYRAŻENIE", LineTag::kStatement},
      // Portuguese
      {"DEPURAÇÃO", LineTag::kDebug}, {"NOTA", LineTag::kNotice}, {"AVISO", LineTag::kWarning},
      {"ERRO", LineTag::kError}, {"PÂNICO", LineTag::kPanic}, {"DETALHE", LineTag::kDetail},
      {"DICA", LineTag::kHint}, {"LOCAL", LineTag::kLocation}, {"COMANDO", LineTag::kStatement},
      // Russian
      {"ОТЛАДКА", LineTag::kDebug}, {"СООБЩЕНИЕ", LineTag::kLog}, {"ИНФОРМАЦИЯ", LineTag::kInfo},
      {"ЗАМЕЧАНИЕ", LineTag::kNotice}, {"ПРЕДУПРЕЖДЕНИЕ", LineTag::kWarning}, {"ОШИБКА", LineTag::kError},
      {"ВАЖНО", LineTag::kFatal}, {"ПАНИКА", LineTag::kPanic}, {"ПОДРОБНОСТИ", LineTag::kDetail},
      {"ПОДСКАЗКА", LineTag::kHint}, {"ЗАПРОС", LineTag::kQuery}, {"КОНТЕКСТ", LineTag::kContext},
      {"ПОЛОЖЕНИЕ", LineTag::kLocation}, {"СТЕК", LineTag::kBacktrace}, {"ОПЕРАТОР", LineTag::kStatement},
      // Swedish
      {"LOGG", LineTag::kLog}, {"NOTIS", LineTag::kNotice}, {"VARNING", LineTag::kWarning},
      {"FEL", LineTag::kError}, {"FATALT", LineTag::kFatal}, {"DETALJ", LineTag::kDetail}, {"TIPS", LineTag::kHint},
      {"FRÅGA", LineTag::kQuery}, {"KONTEXT", LineTag::kContext}, {"PLATS", LineTag::kLocation},
      {"SATS", LineTag::kStatement},
      // Turkish
      {"BİLGİ", LineTag::kInfo}, {"NOT", LineTag::kNotice}, {"UYARI", LineTag::kWarning}, {"HATA", LineTag::kError},
      {"ÖLÜMCÜL (FATAL)", LineTag::kFatal}, {"ÖLÜMCÜL", LineTag::kFatal}, {"KRİTİK", LineTag::kPanic},
      {"PANİK", LineTag::kPanic}, {"AYRINTI", LineTag::kDetail}, {"İPUCU", LineTag::kHint},
      {"SORGU", LineTag::kQuery}, {"BAĞLAM", LineTag::kContext}, {"YER", LineTag::kLocation},
      {"KOMUT", LineTag::kStatement}, {"İFADE", LineTag::kStatement},
      // Ukrainian
      {"НАЛАГОДЖЕННЯ", LineTag::kDebug}, {"ЗАПИСУВАННЯ", LineTag::kLog}, {"ІНФОРМАЦІЯ", LineTag::kInfo},
      {"ПОВІДОМЛЕННЯ", LineTag::kNotice}, {"ПОПЕРЕДЖЕННЯ", LineTag::kWarning}, {"ПОМИЛКА", LineTag::kError},
      {"ФАТАЛЬНО", LineTag::kFatal}, {"ПАНІКА", LineTag::kPanic}, {"ВІДОМОСТІ", LineTag::kDetail},
      {"УКАЗІВКА", LineTag::kHint}, {"ПІДКАЗКА", LineTag::kHint}, {"ЗАПИТ", LineTag::kQuery},
      {"РОЗТАШУВАННЯ", LineTag::kLocation}, {"ВІДСТЕЖУВАТИ", LineTag::kBacktrace},
      {"ІНСТРУКЦІЯ", LineTag::kStatement},
      // Chinese, simplified
      {"调试", LineTag::kDebug}, {"日志", LineTag::kLog}, {"信息", LineTag::kInfo}, {"注意", LineTag::kNotice},
      {"错误", LineTag::kError}, {"致命错误", LineTag::kFatal}, {"灾难性错误", LineTag::kPanic},
      {"比致命错误还过分的错误", LineTag::kPanic}, {"详情", LineTag::kDetail}, {"详细信息", LineTag::kDetail},
      {"提示", LineTag::kHint}, {"查询", LineTag::kQuery}, {"上下文", LineTag::kContext}, {"位置", LineTag::kLocation},
      {"回溯", LineTag::kBacktrace}, {"语句", LineTag::kStatement},
      // Chinese, traditional
      {"除錯", LineTag::kDebug}, {"日誌", LineTag::kLog}, {"資訊", LineTag::kInfo}, {"錯誤", LineTag::kError},
      {"致命錯誤", LineTag::kFatal}, {"嚴重錯誤", LineTag::kPanic}, {"詳情", LineTag::kDetail},
      {"查詢", LineTag::kQuery}, {"陳述式", LineTag::kStatement},
  });
  std::sort(words.begin(), words.end());
  return words;
}();

constexpr bool AllDiffer() {
  return std::adjacent_find(kOthers.begin(), kOthers.end(),
                            [](const Word& a, const Word& b) { return a.first == b.first; }) == kOthers.end();
}
static_assert(AllDiffer());

}  // namespace

std::optional<LineTag> TagOf(std::string_view word) {
  for (const auto& [name, tag] : kEnglish) {
    if (word == name) return tag;
  }
  const auto at = std::lower_bound(kOthers.begin(), kOthers.end(), word,
                                   [](const Word& entry, std::string_view sought) { return entry.first < sought; });
  if (at == kOthers.end() || at->first != word) return std::nullopt;
  return at->second;
}

}  // namespace pgassay::ingest
