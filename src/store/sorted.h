#pragma once

#include <algorithm>
#include <functional>
#include <vector>

namespace pgassay::store {

// Whether `key` grows strictly from element to element: in order, without duplicates.
template <typename Element, typename Key>
bool IsStrictlySorted(const std::vector<Element>& elements, Key key) {
  const auto not_less = [&](const Element& a, const Element& b) {
    return !(std::invoke(key, a) < std::invoke(key, b));
  };
  return std::ranges::adjacent_find(elements, not_less) == elements.end();
}

}  // namespace pgassay::store
