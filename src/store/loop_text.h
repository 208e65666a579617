#pragma once

// Parts of loops as the texts that stand in their columns.

#include <string>
#include <string_view>

#include "pgassay/loops.h"

namespace pgassay::store {

// Reads what Slug gives. False where `text` is the slug of none.
bool ParseSlug(std::string_view text, LoopKind& kind);
bool ParseSlug(std::string_view text, LoopSuppression& reason);

// The hashes, each as 16 hexadecimal digits, separated by spaces.
std::string HashesText(const DistinctCount& distinct);

// Reads what HashesText writes. False where `text` is something else; neither order nor number of the hashes is looked
// at. `distinct` is empty before.
bool ParseHashesText(std::string_view text, DistinctCount& distinct);

}  // namespace pgassay::store
