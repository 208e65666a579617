#pragma once

// Collects what is dropped, each thing once with all templates that wanted it.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "pgassay/advice.h"

namespace pgassay::candidates {

class Rejections {
 public:
  void Add(std::string definition, std::string_view code, std::string by, std::string detail,
           const std::string& template_id);

  // Ordered by definition, code, by. Leaves out definitions that are candidates after all, for another statement.
  std::vector<Rejection> Take(const std::set<std::string>& candidates) &&;

 private:
  struct Entry {
    std::string detail;
    std::set<std::string> templates;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Entry> entries_;  // definition, code, by
};

// "`what` on `table`: `clause`" with the literals of the clause replaced by $n; without the clause where it cannot be
// parsed.
std::string DescribeClause(std::string_view what, std::string_view table, std::string_view clause);

}  // namespace pgassay::candidates
