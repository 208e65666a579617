#pragma once

// Syntax trees as protobuf-c describes them: every message tells its members, so no kind of node needs a line of code
// of its own. Private to module sql.

#include <protobuf-c/protobuf-c.h>

#include <cstddef>
#include <cstdint>

namespace pgassay::sql {

// protobuf-c describes members by their offset within the message.
template <typename Member>
const Member& MemberAt(const ProtobufCMessage& message, unsigned offset) {
  return *reinterpret_cast<const Member*>(reinterpret_cast<const char*>(&message) + offset);
}

template <typename Message>
const Message& As(const ProtobufCMessage& message) {
  return reinterpret_cast<const Message&>(message);  // every message begins with its ProtobufCMessage
}

// Calls `visit` with each message that is a member of `message`.
template <typename Visit>
void ForEachChild(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field, const Visit& visit) {
  if (field.type != PROTOBUF_C_TYPE_MESSAGE) {
    return;
  }
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    const auto count = MemberAt<std::size_t>(message, field.quantifier_offset);
    const auto* const children = MemberAt<const ProtobufCMessage* const*>(message, field.offset);
    for (std::size_t i = 0; i < count; ++i) {
      visit(*children[i]);
    }
    return;
  }
  if ((field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
      MemberAt<std::uint32_t>(message, field.quantifier_offset) != field.id) {
    return;
  }
  if (const auto* const child = MemberAt<const ProtobufCMessage*>(message, field.offset); child != nullptr) {
    visit(*child);
  }
}

// Calls `visit` with each message that is a member of `message`, in the order of the grammar's declarations.
template <typename Visit>
void ForEachChild(const ProtobufCMessage& message, const Visit& visit) {
  for (unsigned i = 0; i < message.descriptor->n_fields; ++i) {
    ForEachChild(message, message.descriptor->fields[i], visit);
  }
}

}  // namespace pgassay::sql
