#pragma once

// What ingest tells on stderr.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/ingest.h"
#include "pgassay/log_workload.h"

namespace pgassay::cli {

// "reading postgresql.log: 120 MB of 1.2 GB, 310 MB/s, 3 s left".
std::string ProgressText(std::string_view name, std::uint64_t bytes, std::optional<std::uint64_t> size,
                         double seconds);

// What became of one log, in sentences without literals; lines of the log that nothing understood are shown.
std::vector<std::string> SummarizeLog(const IngestedLog& log);

// What the assay file `path` knows of logs now.
std::vector<std::string> SummarizeLogs(const LogWorkload& logs, std::string_view path);

}  // namespace pgassay::cli
