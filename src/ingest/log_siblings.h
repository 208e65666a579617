#pragma once

// The same entries in several formats: log_destination = 'stderr,csvlog,jsonlog' writes X.log, X.csv and X.json, or X,
// X.csv and X.json where log_filename does not end in .log.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/detect_format.h"
#include "ingest/log_input.h"

namespace pgassay::ingest {

struct SiblingChoice {
  std::vector<std::string> left_out;  // of LogPaths::paths
  std::vector<std::string> notes;     // for people
};

// Of files in one directory that have the same name but for .log (or nothing), .csv or .json, are written as the name
// says and cover the same time, one is to be read: what `is_known` (asked with its first kIdentityBytes) has begun to
// be read, else jsonlog, csvlog or the text, in this order, but rather one that covers the time of the others. What was
// named by itself is always read, with a note. Opens such files and reads a little of them; what cannot be read is left
// for whoever reads all of it.
SiblingChoice ChooseSiblings(const LogPaths& logs, const FormatHints& hints,
                             const std::function<bool(std::string_view prefix)>& is_known);

}  // namespace pgassay::ingest
