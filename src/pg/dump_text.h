#pragma once

// Plain-text output of pg_dump as the assay file keeps it.

#include <string>
#include <string_view>

namespace pgassay::pg {

struct DumpText {
  std::string sql;
  int user_mappings = 0;  // CREATE USER MAPPING statements that were left out: their options are mostly passwords
  friend bool operator==(const DumpText&, const DumpText&) = default;
};

// Takes psql's \restrict and \unrestrict lines (a random key on every run) and user mappings out of `dump`; every other
// byte stays as it is.
DumpText CleanDump(std::string_view dump);

}  // namespace pgassay::pg
