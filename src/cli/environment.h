#pragma once

// The process's surroundings: environment variables, terminals, directories. PG* variables are libpq's, for the source
// only.

#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "pgassay/advisor.h"
#include "report/render.h"

namespace pgassay::cli {

// How to print to where `options` says: colours and width of the terminal if it is one.
report::Style OutputStyle(const Options& options);

// Whether stderr is a terminal that understands cursor movements, so that progress may be shown.
bool CanShowProgress();

// Columns of the terminal on `fd`, 0 if it is none.
int TerminalWidth(int fd);

// Removes the PG* variables from the environment. They are for the source; libpq would apply some of them to
// connections to the twin as well, whatever the connection string says (PGSERVICE: conninfo_add_defaults in
// fe-connect.c; PGTZ, PGDATESTYLE and PGGEQO: build_startup_packet in fe-protocol3.c). Call it when the source has been
// read.
void ForgetSourceVariables();

// The PG* variables of the environment, for a command that goes back to a server when the twin is done.
std::vector<std::pair<std::string, std::string>> SourceVariables();
void RestoreVariables(const std::vector<std::pair<std::string, std::string>>& variables);

// Directories for the twin: the planner extension beside the program (build tree) or in ../lib/pgassay (installed),
// temporary files in $TMPDIR, the cache in $XDG_CACHE_HOME, $HOME/.cache or, where these cannot be used, in $TMPDIR.
TwinOptions MakeTwinOptions(const Options& options);

}  // namespace pgassay::cli
