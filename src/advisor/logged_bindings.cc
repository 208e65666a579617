#include "advisor/logged_bindings.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "sql/plannable.h"
#include "workload/value_class.h"

namespace pgassay::advisor {
namespace {

// Values of one class have one plan most of the time; some more show how its cost varies.
constexpr std::size_t kMostOfClass = 3;

// A text as PostgreSQL is to analyse it, and the bindings that are calls of it.
struct Shape {
  catalog::Parameters parameters;
  std::vector<std::pair<Binding*, std::vector<std::optional<std::string>>>> calls;
};

}  // namespace

absl::Status ClassifyLogged(Workload& workload, const Snapshot& snapshot, twin::Twin& twin) {
  std::map<std::tuple<std::string, std::string, std::string>, Shape> shapes;
  for (Template& of : workload.templates) {
    for (Binding& binding : of.bindings) {
      if (binding.source != "log") continue;
      absl::StatusOr<sql::ParameterizedText> call = sql::Parameterize(binding.sql);
      if (!call.ok() || call->values.empty()) continue;
      shapes[{std::move(call->text), of.user, of.search_path}].calls.emplace_back(&binding, std::move(call->values));
    }
  }
  if (shapes.empty()) return absl::OkStatus();
  std::vector<twin::PlannedText> texts;
  for (const auto& [key, shape] : shapes) {
    const auto& [text, user, search_path] = key;
    texts.push_back({.sql = text, .user = user, .search_path = search_path});
  }
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, twin.Parameters(texts));
  std::size_t i = 0;
  for (auto& [key, shape] : shapes) {
    const auto& parameters = answers[i++];
    if (!parameters.ok()) continue;  // where it matters, planning the call itself says why
    for (auto& [binding, values] : shape.calls) {
      const std::string classes = workload::ValueClasses(*parameters, values, snapshot);
      if (!classes.empty()) absl::StrAppend(&binding->note, binding->note.empty() ? "" : "; ", classes);
    }
  }
  return absl::OkStatus();
}

std::vector<Binding> Representatives(std::vector<Binding> bindings, std::size_t most) {
  struct Class {
    double weight = 0;
    std::size_t seats = 0;
    std::vector<std::size_t> members;  // heaviest first
  };
  std::map<std::string, Class> classes;
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    Class& of = classes[bindings[i].note];
    of.weight += bindings[i].weight;
    of.members.push_back(i);
  }
  std::vector<Class*> order;
  for (auto& [note, of] : classes) {
    std::ranges::stable_sort(of.members, std::ranges::greater(), [&](std::size_t i) { return bindings[i].weight; });
    order.push_back(&of);
  }
  std::ranges::stable_sort(order, std::ranges::greater(), [](const Class* of) { return of->weight; });
  // A round gives each class one more.
  std::size_t seats = most;
  for (std::size_t round = 1; round <= kMostOfClass; ++round) {
    for (Class* const of : order) {
      if (seats == 0 || of->members.size() < round) continue;
      of->seats = round;
      --seats;
    }
  }
  double total = 0;
  double seated = 0;
  for (const Class* const of : order) {
    total += of->weight;
    seated += of->seats > 0 ? of->weight : 0;
  }
  std::vector<std::size_t> kept;
  for (const Class* const of : order) {
    double sum = 0;
    for (std::size_t k = 0; k < of->seats; ++k) sum += bindings[of->members[k]].weight;
    for (std::size_t k = 0; k < of->seats; ++k) {
      double& weight = bindings[of->members[k]].weight;
      if (sum > 0 && seated > 0) weight *= of->weight / sum * (total / seated);
      kept.push_back(of->members[k]);
    }
  }
  std::ranges::sort(kept);
  std::vector<Binding> representatives;
  for (const std::size_t i : kept) representatives.push_back(std::move(bindings[i]));
  return representatives;
}

}  // namespace pgassay::advisor
