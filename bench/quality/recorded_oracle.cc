#include "recorded_oracle.h"

#include <limits>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"

namespace pgassay::bench {
namespace {

// One line: the question, "=", total, startup, penalty, candidates used. Existing indexes that a plan uses are not
// kept: the search does not look at them.
std::string KeyOf(const whatif::PlanQuestion& question) {
  std::string key = absl::StrCat(question.statement.value);
  for (const CandidateId id : question.enabled) absl::StrAppend(&key, " ", id.value);
  for (const Oid oid : question.hidden) absl::StrAppend(&key, " -", oid.value);
  for (const Cost charge : question.charges) absl::StrAppendFormat(&key, " +%.17g", charge);
  return key;
}

std::string LineOf(const whatif::PlanAnswer& answer) {
  std::ostringstream line;
  line.precision(std::numeric_limits<double>::max_digits10);
  line << answer.total << ' ' << answer.startup << ' ' << answer.penalty;
  for (const CandidateId id : answer.used) line << ' ' << id.value;
  return std::move(line).str();
}

whatif::PlanAnswer AnswerOf(const std::string& text) {
  std::istringstream line(text);
  whatif::PlanAnswer answer;
  line >> answer.total >> answer.startup >> answer.penalty;
  std::vector<CandidateId> used;
  for (std::uint32_t id = 0; line >> id;) used.push_back({id});
  answer.used = whatif::IndexSet(std::move(used));
  return answer;
}

}  // namespace

absl::Status RecordedOracle::Open(const std::string& path, std::uint64_t problem) {
  const std::string title = absl::StrCat("problem ", problem);
  std::string line;
  std::ifstream read(path);
  const bool is_new = !std::getline(read, line);
  if (!is_new && line != title) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " holds answers for another problem; remove it or name another file"));
  }
  while (std::getline(read, line)) {
    const std::size_t at = line.find('=');
    if (at != std::string::npos) known_.insert_or_assign(line.substr(0, at), AnswerOf(line.substr(at + 1)));
  }
  file_.open(path, std::ios::app);
  if (is_new) file_ << title << '\n';
  return file_ ? absl::OkStatus() : absl::InternalError(absl::StrCat("cannot write ", path));
}

absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> RecordedOracle::PlanUntil(
    std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) {
  std::vector<absl::StatusOr<whatif::PlanAnswer>> answers(questions.size());
  std::vector<whatif::PlanQuestion> open;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (const auto found = known_.find(KeyOf(questions[i])); found != known_.end()) {
      answers[i] = found->second;
    } else {
      open.push_back(questions[i]);
      places.push_back(i);
    }
  }
  if (open.empty()) return answers;
  asked_ += static_cast<std::int64_t>(open.size());
  PGASSAY_ASSIGN_OR_RETURN(auto planned, oracle_.PlanUntil(open, stop));
  for (std::size_t i = 0; i < open.size(); ++i) {
    answers[places[i]] = std::move(planned[i]);
    const absl::StatusOr<whatif::PlanAnswer>& answer = answers[places[i]];
    if (!answer.ok() || !file_.is_open()) continue;
    std::string key = KeyOf(open[i]);
    file_ << key << '=' << LineOf(*answer) << '\n';
    known_.emplace(std::move(key), *answer);
  }
  file_.flush();
  return answers;
}

}  // namespace pgassay::bench
