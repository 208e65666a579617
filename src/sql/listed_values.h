#pragma once

// What a CHECK constraint says about the values of a column.

#include <cstddef>
#include <optional>
#include <string_view>

namespace pgassay::sql {

// How many values `constraint`, as pg_get_constraintdef prints it, allows: the length of the list of
// CHECK (column IN (...)), which PostgreSQL keeps as column = ANY (ARRAY[...]), with or without casts. None for every
// other constraint and for what does not parse. Duplicates in the list count.
std::optional<std::size_t> CountListedValues(std::string_view constraint);

}  // namespace pgassay::sql
