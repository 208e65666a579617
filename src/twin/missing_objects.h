#pragma once

// What the source has and the twin lacks, so that a statement that needs it can be told the true reason.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "pgassay/snapshot.h"
#include "twin/names.h"
#include "twin/restore.h"

namespace pgassay::twin {

class MissingObjects {
 public:
  MissingObjects() = default;
  MissingObjects(const Snapshot& snapshot, const Names& names, std::span<const NotRestored> not_restored);

  // Whether `relation` ("schema.name", quoted where needed) is in the capture and not on the twin.
  bool IsMissing(const std::string& relation) const { return relations_.contains(relation); }

  // Sentences on why the twin refused a statement on `relations` with `status`: which object could not be restored,
  // why, and what to install. Empty: nothing that is missing explains it.
  std::string Explain(std::span<const std::string> relations, const absl::Status& status) const;

 private:
  struct MissingExtension {
    std::string name;
    std::string reason;
    bool refused = false;  // not on the list of those that the twin loads; else not installed here
  };
  std::string WhyExtensions() const;
  std::string WhyMade(const std::string& object, int depth) const;

  std::map<std::string, std::string> relations_;  // missing ones; the server's words, or why nobody tried
  std::map<std::string, std::string> others_;     // types, functions and whatever else has a name
  std::vector<MissingExtension> extensions_;
  int major_version_ = 0;
};

}  // namespace pgassay::twin
