#pragma once

// How the server's messages begin in its languages; for message_words.cc.

#include <span>
#include <string_view>

#include "ingest/message_words.h"

namespace pgassay::ingest {

struct MessagePattern {
  MessageKind kind = MessageKind::kOther;
  std::string_view beginning;
  std::string_view part = {};  // somewhere behind it
};

// The first that fits tells the kind of a message.
std::span<const MessagePattern> MessagePatterns();

}  // namespace pgassay::ingest
