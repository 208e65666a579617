#pragma once

// Sessions that were in the middle of something where the logs end, kept until logs that are read later go on with
// them: a live session as numbers in a text, and back. What is in the numbers is the order of `Numbers` in
// session_table.h; the literals of statements are hashes in them.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nplusone/session_table.h"
#include "pgassay/loops.h"

namespace pgassay::nplusone {

// The state of `session`; the statements that it names, by their numbers in the state, are appended to `statements`.
std::string PackState(LiveSession& session, std::vector<std::uint32_t>& statements);

// Makes `session`, which is new, what PackState made `state` of; `statements` are what its statements are now. False:
// it is the state of nothing, and `session` stays new.
bool UnpackState(const std::string& state, const std::vector<std::uint32_t>& statements, LiveSession& session);

// `tally` with the loops of its open sessions counted, and none open: for showing what was found so far.
LoopTally WithAllClosed(LoopTally tally);

// The same of those sessions alone which the end of the logs is too far away from for going on.
LoopTally WithPastClosed(LoopTally tally);

}  // namespace pgassay::nplusone
