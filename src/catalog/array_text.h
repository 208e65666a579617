#pragma once

// PostgreSQL's text form of arrays (array_out in src/backend/utils/adt/arrayfuncs.c), as statistics are kept in a
// snapshot. The text may come from a foreign assay file: whatever it holds, the answer is a value or an error.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pgassay::catalog {

// The elements of a one-dimensional array such as `{1,"a,b",NULL}`, unquoted; none is SQL's NULL. Bounds in front
// (`[0:1]={...}`) are accepted and dropped. `delimiter` is pg_type.typdelim of the element type: ',' for all built-in
// types but box. InvalidArgument with the byte position for anything that array_out does not write, and for more than
// one dimension.
absl::StatusOr<std::vector<std::optional<std::string>>> ParseArrayText(std::string_view text, char delimiter = ',');

// The same for pg_statistic.stanumbers: finite numbers, never NULL.
absl::StatusOr<std::vector<double>> ParseNumberArrayText(std::string_view text);

}  // namespace pgassay::catalog
