#pragma once

#include <compare>
#include <string>

namespace pgassay {

// A schema-qualified name, unquoted: exactly the bytes of the catalog.
struct QualifiedName {
  std::string schema;
  std::string name;
  friend auto operator<=>(const QualifiedName&, const QualifiedName&) = default;
};

}  // namespace pgassay
