#pragma once

// What a message of the server says where lc_messages is not English.

#include <cstdint>
#include <string_view>

namespace pgassay::ingest {

enum class MessageKind : std::uint8_t {
  kOther,
  kTimed,  // "duration: 0.123 ms", perhaps with a phase
  kPhase,  // "statement: ..." or "execute name: ..." without a duration
  kTemporaryFile,
  kLockWait,
  kLockAcquired,
  kDeadlock,
  kCancelled,
  kCheckpointStarting,
  kCheckpoint,
  kAutovacuum,
  kAutoanalyze,
  kConnectionReceived,
  kConnection,
  kDisconnection,
};

enum class MessagePhase : std::uint8_t { kNone, kStatement, kParse, kBind, kExecute, kFetch, kPlan };

// Views into the message.
struct Message {
  MessageKind kind = MessageKind::kOther;
  MessagePhase phase = MessagePhase::kNone;
  std::string_view number;  // kTimed, locks: milliseconds, "0.123" or "0,123"; kTemporaryFile: bytes
  std::string_view text;    // the statement, behind the name of its portal; of a plan, the plan
};

// Reads `message` in any language that the server speaks. English is read too, by the same table; ReadEvent has a faster
// way for it.
Message ReadMessage(std::string_view message);

// The values in "parameters: $1 = '42'", a DETAIL in any language; empty: it is something else.
std::string_view ParametersIn(std::string_view detail);

// The statement in "prepare: PREPARE x AS SELECT 1", a DETAIL in any language, which EXECUTE has run: what stands behind
// AS, since PREPARE itself is another statement. Empty: the detail is something else.
std::string_view PreparedIn(std::string_view detail);

// "SELECT 1" of "PREPARE x (int) AS SELECT 1"; any other text as it is.
std::string_view BehindPrepare(std::string_view text);

}  // namespace pgassay::ingest
