#pragma once

#include <string>

namespace pgassay {

// One statement for a person to run, in order.
struct DdlStep {
  std::string sql;
  std::string lock;  // the strongest lock it takes and on what, "none" for a query
  std::string note;  // why it is there and what to look for
  friend bool operator==(const DdlStep&, const DdlStep&) = default;
};

}  // namespace pgassay
