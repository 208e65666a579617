#pragma once

// PostgreSQL's types as far as choosing values needs them: how a literal of the type is written, whether a text can be
// one of its values, and values that are typical of it. Types are told by name, so extension types count too.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "catalog/parameters.h"

namespace pgassay::workload {

enum class TypeFamily : std::uint8_t {
  kInteger,  // smallint, integer, bigint
  kDecimal,
  kFloat,
  kText,
  kBoolean,
  kDate,
  kTimestamp,
  kTimestampTz,
  kTime,
  kInterval,
  kUuid,
  kJson,
  kEnum,
  kArray,
  kRange,  // multiranges too
  kTsQuery,
  kOther,
};

// The type that a literal is to have.
struct ValueType {
  std::string name;                 // of the cast: "integer", "shop.status"
  std::string base;                 // the type below a domain; else as `name`
  std::vector<std::string> labels;  // of an enum
  TypeFamily family = TypeFamily::kOther;
  friend bool operator==(const ValueType&, const ValueType&) = default;
};

ValueType TypeOf(const catalog::Parameter& parameter);

// Of the elements, where the parameter is an array; else the type itself.
ValueType ElementTypeOf(const catalog::Parameter& parameter);

// Type `name` as format_type writes it: "character varying(20)".
ValueType TypeNamed(std::string_view name);

// `name` without type modifiers: "timestamp(3) with time zone" is "timestamp with time zone".
std::string WithoutModifiers(std::string_view name);

bool IsNumber(TypeFamily family);
bool IsTime(TypeFamily family);  // dates and points of time

// `'value'::type`. "character" and "bit" are written so that no length of 1 is meant.
std::string TypedLiteral(std::string_view value, std::string_view type);

// As TypedLiteral, but integer and numeric values as plain numbers, as applications write them where the other side is
// a column: 42, (-5).
std::string PlainLiteral(std::string_view value, const ValueType& type);

// The text of an array: {1,"a b"}.
std::string ArrayText(std::span<const std::string> elements, const ValueType& element_type);

// `value`, a value of a column of type `source`, as a value of `type`; rounded where `type` is coarser. None where it
// cannot be one: values come from a file that may be foreign.
std::optional<std::string> Fitted(std::string_view value, std::string_view source, const ValueType& type);

// A value of `type` for use where nothing else is known; a higher `variant` (from 0) is another and, for types with an
// order, mostly a greater value. Points of time lie around `now`.
std::string TypicalValue(const ValueType& type, absl::Time now, int variant);

}  // namespace pgassay::workload
