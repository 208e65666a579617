#pragma once

// What ingest tells on stderr.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/ingest.h"
#include "pgassay/log_workload.h"

namespace pgassay::cli {

// "[####----------------]  21 %  120 MB of 570 MB, 310 MB/s, 2 s left  postgresql.log".
class ProgressMeter {
 public:
  // `bytes` of `size` (none: a pipe) are done `seconds` after the beginning; `name` is being read. The rate is that of
  // the last seconds: what is known already is passed in no time.
  std::string Text(std::string_view name, std::uint64_t bytes, std::optional<std::uint64_t> size, double seconds);

 private:
  struct Point {
    double seconds = 0;
    std::uint64_t bytes = 0;
  };
  std::deque<Point> points_;  // at most one for each tenth of a second of the last ones
};

// What became of one log, in sentences without literals; lines of the log that nothing understood are shown.
std::vector<std::string> SummarizeLog(const IngestedLog& log);

// The filters by names (NamesOfFilter) through which the logs were read, with the number of logs. Several: the assay
// file mixes them.
std::map<std::string, std::uint64_t> NameFilters(const LogWorkload& logs);

// What the assay file `path` knows of logs now.
std::vector<std::string> SummarizeLogs(const LogWorkload& logs, std::string_view path);

}  // namespace pgassay::cli
