#include "cli/advise_options.h"

#include <string_view>

#include "cli/environment.h"

namespace pgassay::cli {

AdviseOptions MakeAdviseOptions(const Options& options, Progress& progress) {
  AdviseOptions advise;
  advise.twin = MakeTwinOptions(options);
  advise.twin.progress = [&progress](std::string_view step) { progress.Step(step); };
  if (options.budget) {
    advise.budget_bytes = options.budget->bytes;
    advise.budget_auto = options.budget->automatic;
  }
  if (options.gap) advise.gap = *options.gap;
  advise.max_indexes = options.max_indexes;
  if (options.max_width) advise.max_width = *options.max_width;
  if (options.min_share) advise.min_share = *options.min_share;
  advise.time_limit_s = options.time_limit_s;
  return advise;
}

}  // namespace pgassay::cli
