#include "ingest/message_words.h"

#include <string_view>

#include <gtest/gtest.h>

#include "ingest/log_event.h"

namespace pgassay::ingest {
namespace {

TEST(MessageWords, DurationsInEveryLanguage) {
  struct Case {
    std::string_view text;
    MessagePhase phase;
  };
  for (const Case& one : {
           Case{"duration: 0.123 ms  statement: SELECT 1", MessagePhase::kStatement},
           Case{"Dauer: 0.123 ms  Anweisung: SELECT 1", MessagePhase::kStatement},
           Case{"Dauer: 0.123 ms  Ausführen <unnamed>: SELECT 1", MessagePhase::kExecute},
           Case{"Dauer: 0.123 ms  Ausführen Fetch von c: SELECT 1", MessagePhase::kFetch},
           Case{"Dauer: 0.123 ms  Parsen <unnamed>: SELECT 1", MessagePhase::kParse},
           Case{"Dauer: 0.123 ms  Binden s: SELECT 1", MessagePhase::kBind},
           Case{"duración: 0.123 ms  sentencia: SELECT 1", MessagePhase::kStatement},
           Case{"duración: 0.123 ms  parse: <unnamed>: SELECT 1", MessagePhase::kParse},
           Case{"duración: 0.123 ms  ejecutar <unnamed>: SELECT 1", MessagePhase::kExecute},
           Case{"durée : 0.123 ms, instruction : SELECT 1", MessagePhase::kStatement},
           Case{"durée\u00A0: 0.123 ms, lien <unnamed>\u00A0: SELECT 1", MessagePhase::kBind},
           Case{"durée : 0.123 ms  exécute fetch à partir de c: SELECT 1", MessagePhase::kFetch},
           Case{"durata: 0.123 ms  istruzione: SELECT 1", MessagePhase::kStatement},
           Case{"期間: 0.123 ミリ秒  文: SELECT 1", MessagePhase::kStatement},
           Case{"期間: 0.123 ミリ秒  パース<unnamed> : SELECT 1", MessagePhase::kParse},
           Case{"ხანგრძლივობა: 0.123 მწმ  გამოსახულება: SELECT 1", MessagePhase::kStatement},
           Case{"실행시간: 0.123 ms  명령 구문: SELECT 1", MessagePhase::kStatement},
           Case{"실행시간: 0.123 ms  <unnamed> 구문분석: SELECT 1", MessagePhase::kParse},
           Case{"продолжительность: 0.123 мс, оператор: SELECT 1", MessagePhase::kStatement},
           Case{"продолжительность: 0.123 мс  выполнение <unnamed>: SELECT 1", MessagePhase::kExecute},
           Case{"varaktighet: 0.123 ms  sats: SELECT 1", MessagePhase::kStatement},
           Case{"тривалість: 0.123 мс, оператор: SELECT 1", MessagePhase::kStatement},
           Case{"耗时: 0.123 ms  语句: SELECT 1", MessagePhase::kStatement},
           Case{"持續時間: 0.123 毫秒  陳述式: SELECT 1", MessagePhase::kStatement},
       }) {
    const Message message = ReadMessage(one.text);
    EXPECT_EQ(message.kind, MessageKind::kTimed) << one.text;
    EXPECT_EQ(message.phase, one.phase) << one.text;
    EXPECT_EQ(message.number, "0.123") << one.text;
    EXPECT_EQ(message.text, "SELECT 1") << one.text;
  }
  for (const std::string_view text : {"Dauer: 0.123 ms", "durée : 0.123 ms", "varaktighet 0.123 ms", "продолжительность: 0.123 мс"}) {
    const Message message = ReadMessage(text);
    EXPECT_EQ(message.kind, MessageKind::kTimed) << text;
    EXPECT_EQ(message.phase, MessagePhase::kNone) << text;
  }
}

TEST(MessageWords, OtherMessages) {
  EXPECT_EQ(ReadMessage("Anweisung: SELECT 1").kind, MessageKind::kPhase);
  EXPECT_EQ(ReadMessage("archivo temporal: ruta «base/pgsql_tmp/1», tamaño 4096").number, "4096");
  const Message wait = ReadMessage("Prozess 12 wartet immer noch auf ShareLock-Sperre auf Transaktion 34 nach 1000,123 ms");
  EXPECT_EQ(wait.kind, MessageKind::kLockWait);
  EXPECT_EQ(wait.number, "1000,123");
  EXPECT_EQ(ReadMessage("进程 12 等待 1000.123 毫秒后，仍在等待 事务 34 上的 ShareLock").number, "1000.123");
  EXPECT_EQ(ReadMessage("обнаружена взаимоблокировка").kind, MessageKind::kDeadlock);
  EXPECT_EQ(ReadMessage("ユーザーからの要求により文をキャンセルしています").kind, MessageKind::kCancelled);
  EXPECT_EQ(ReadMessage("ANALYZE automatique de la table « a.b.c »").kind, MessageKind::kAutoanalyze);
  EXPECT_EQ(ReadMessage("").kind, MessageKind::kOther);
  EXPECT_EQ(ReadMessage("der Server ist bereit").kind, MessageKind::kOther);
  EXPECT_EQ(ParametersIn("Parameter: $1 = '42'"), "$1 = '42'");
  EXPECT_EQ(ParametersIn("Параметры: $1 = NULL"), "$1 = NULL");
  EXPECT_EQ(ParametersIn("Schlüssel »(id)=(1)« existiert bereits."), "");
  EXPECT_EQ(PreparedIn("Vorbereiten: PREPARE p AS SELECT 1"), "SELECT 1");
}

TEST(MessageWords, EventsOfOtherLanguages) {
  LogRecord record{.severity = Severity::kLog};
  record.message = "durée : 12.345 ms  exécute <unnamed>: SELECT $1";
  record.detail = "paramètres : $1 = '42'";
  LogEvent event = ReadEvent(record);
  EXPECT_EQ(event.kind, EventKind::kCompleted);
  EXPECT_EQ(event.duration_us, 12345);
  EXPECT_TRUE(event.extended);
  EXPECT_EQ(event.text, "SELECT $1");
  EXPECT_EQ(event.parameters, "$1 = '42'");
  record.message = "Prozess 12 erlangte ShareLock-Sperre auf Transaktion 34 nach 1000,123 ms";
  event = ReadEvent(record);
  EXPECT_EQ(event.kind, EventKind::kLockAcquired);
  EXPECT_EQ(event.duration_us, 1000123);
  record.severity = Severity::kError;
  record.message = "storniere Anfrage wegen Zeitüberschreitung der Anfrage";
  record.statement = "SELECT 1";
  EXPECT_EQ(ReadEvent(record).kind, EventKind::kCancelled);
}

TEST(MessageWords, WhatIsPrepared) {
  for (const char* prepare : {"PREPARE p AS SELECT 1", "prepare p as SELECT 1", "PREPARE \"a \"\" (\"(int) AS SELECT 1",
                              "PREPARE p (numeric(10, 2), \"my )type\")\n\tAS\n\tSELECT 1", " PREPARE p(int)AS SELECT 1"})
    EXPECT_EQ(BehindPrepare(prepare), "SELECT 1") << prepare;
  EXPECT_EQ(BehindPrepare("PREPARE p AS (SELECT 1)"), "(SELECT 1)");
  for (const char* other : {"", "PREPARE", "PREPARE ", "PREPARE p", "PREPARE p (", "PREPARE p AS ", "PREPARE \"p",
                            "PREPARE TRANSACTION 'x'", "SELECT 1", "PREPARED AS SELECT"})
    EXPECT_EQ(BehindPrepare(other), other);
}

}  // namespace
}  // namespace pgassay::ingest
