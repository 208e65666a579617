#include <exception>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/signals.h"

// No code of ours throws; what arrives here came out of a library that was trusted not to (or memory ran out).
int main(int argc, char** argv) {
  pgassay::cli::ReserveStandardStreams();
  pgassay::cli::InstallSignalHandlers();
  try {
    return pgassay::cli::RunProgram(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::exception& error) {
    pgassay::cli::Note(std::string("internal error: ") + error.what() + ". Please report this.");
    return pgassay::cli::kOurBug;
  }
}
