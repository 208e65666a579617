#include "advisor/bind.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "advisor/logged_bindings.h"
#include "advisor/statement_list.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/plannable.h"
#include "workload/bindings.h"

namespace pgassay::advisor {
namespace {

// Templates below this share of the weight of all get few sets of values: what they hide is little, and every set costs
// planner calls.
constexpr double kMinorShare = 0.001;
constexpr std::size_t kMinorSets = 2;
// Of the protocol (PQ_QUERY_PARAM_MAX_LIMIT in libpq-fe.h); the server would make room for every number below.
constexpr int kMostParameters = 65535;
// The parameters of a statement that has more are not tried one by one.
constexpr int kMostGuesses = 16;

// One text that waits for values.
struct Pending {
  std::size_t template_index = 0;
  Binding unbound;
  std::string text;  // with $n, as PostgreSQL understands it
  std::vector<workload::ForcedLiteral> forced;
  catalog::Parameters parameters;
  absl::Status refused;
};

// How much of the database's work a template is: observed time where there is any, else calls.
double Importance(const Template& of) {
  return of.observed && of.observed->total_ms > 0 ? of.observed->total_ms : of.weight;
}

void Skip(Workload& workload, const Pending& pending, const absl::Status& status, const twin::MissingObjects& missing) {
  const Template& of = workload.templates[pending.template_index];
  const double share = of.weight > 0 ? pending.unbound.weight / of.weight : 1;
  workload.skipped.push_back({.fingerprint = of.fingerprint,
                              .source = pending.unbound.source,
                              .code = ReasonCode(status, of, missing, reason::kHasParameters),
                              .reason = ReasonText(status, of, missing),
                              .weight = pending.unbound.weight,
                              .total_ms = of.observed ? share * of.observed->total_ms : 0});
}

// Statements that functions ran have the functions' variables as bare names (pg_stat_statements.track = all): where a
// name is no column it becomes a parameter, and the text waits for values like any other with $n.
absl::Status FindVariables(Workload& workload, twin::Twin& twin) {
  struct Place {
    std::size_t template_index = 0;
    Binding binding;
    bool unbound = false;
  };
  std::vector<Place> places;
  std::vector<twin::PlannedText> texts;
  for (std::size_t t = 0; t < workload.templates.size(); ++t) {
    Template& of = workload.templates[t];
    if (of.top_level) continue;
    for (Binding& binding : std::exchange(of.bindings, {})) places.push_back({t, std::move(binding), false});
    for (Binding& binding : std::exchange(of.unbound, {})) places.push_back({t, std::move(binding), true});
  }
  for (const Place& place : places) {
    const Template& of = workload.templates[place.template_index];
    texts.push_back({.sql = place.binding.sql, .user = of.user, .search_path = of.search_path});
  }
  if (texts.empty()) return absl::OkStatus();
  PGASSAY_ASSIGN_OR_RETURN(auto answers, twin.WithVariables(texts));
  for (std::size_t i = 0; i < places.size(); ++i) {
    Place& place = places[i];
    Template& of = workload.templates[place.template_index];
    const bool has_variables = answers[i].ok() && *answers[i] != place.binding.sql;
    if (has_variables) place.binding.sql = *std::move(answers[i]);
    (has_variables || place.unbound ? of.unbound : of.bindings).push_back(std::move(place.binding));
  }
  return absl::OkStatus();
}

// The word before the blanks that end at `at`, in capitals; empty: something else is there.
std::string WordBefore(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end > 0 && absl::ascii_isspace(static_cast<unsigned char>(text[end - 1]))) --end;
  std::size_t begin = end;
  while (begin > 0 && absl::ascii_isalpha(static_cast<unsigned char>(text[begin - 1]))) --begin;
  return absl::AsciiStrToUpper(ToAbsl(text.substr(begin, end - begin)));
}

// The word behind the blanks that begin at `at`.
std::string WordAfter(std::string_view text, std::size_t at) {
  while (at < text.size() && absl::ascii_isspace(static_cast<unsigned char>(text[at]))) ++at;
  std::size_t end = at;
  while (end < text.size() && absl::ascii_isalpha(static_cast<unsigned char>(text[end]))) ++end;
  return absl::AsciiStrToUpper(ToAbsl(text.substr(at, end - at)));
}

// Both of "FROM $1 FOR $2", as substring and overlay have them: PostgreSQL takes two unknown ones for a pattern and its
// escape character, which hardly anybody writes.
std::set<int> PartsOfText(const std::string& text, const std::vector<sql::ParameterPlace>& places) {
  std::set<int> numbers;
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    const bool pair = WordBefore(text, places[i].begin) == "FROM" && WordAfter(text, places[i].end) == "FOR" &&
                      WordBefore(text, places[i + 1].begin) == "FOR";
    const bool counted = places[i].number > 0 && places[i + 1].number > 0;  // $0 is for the server to refuse
    if (pair && counted) numbers.insert({places[i].number, places[i + 1].number});
  }
  return numbers;
}

// What CASE returns, as in sum(CASE WHEN ... THEN $1 ELSE $2 END).
std::set<int> ResultsOfCases(const std::string& text, const std::vector<sql::ParameterPlace>& places) {
  std::set<int> numbers;
  for (const sql::ParameterPlace& place : places) {
    const std::string word = WordBefore(text, place.begin);
    if (word == "THEN" || word == "ELSE") numbers.insert(place.number);
  }
  return numbers;
}

// `text` with the parameters that `numbers` holds declared integers.
std::optional<std::string> WithIntegers(const std::string& text, const std::set<int>& numbers, int count) {
  std::vector<std::string> types(static_cast<std::size_t>(count), "unknown");
  for (const int n : numbers) types[static_cast<std::size_t>(n - 1)] = "integer";
  absl::StatusOr<std::string> typed = sql::WithParameterTypes(text, types);
  return typed.ok() ? std::optional(*std::move(typed)) : std::nullopt;
}

// Declares what PostgreSQL would take for something else.
void DeclarePartsOfText(std::string& text) {
  const std::vector<sql::ParameterPlace> places = sql::ParameterPlaces(text);
  const std::set<int> numbers = PartsOfText(text, places);
  if (numbers.empty()) return;
  int count = 0;
  for (const sql::ParameterPlace& place : places) count = std::max(count, place.number);
  if (std::optional<std::string> typed = WithIntegers(text, numbers, count)) text = *std::move(typed);
}

std::vector<Pending> TakeUnbound(Workload& workload) {
  std::vector<Pending> all;
  for (std::size_t t = 0; t < workload.templates.size(); ++t) {
    for (Binding& unbound : std::exchange(workload.templates[t].unbound, {})) {
      Pending pending{.template_index = t, .unbound = std::move(unbound)};
      absl::StatusOr<sql::ParsableText> parsable = sql::MakeParsable(pending.unbound.sql);
      if (!parsable.ok()) {
        pending.refused = parsable.status();
      } else {
        pending.text = std::move(parsable->text);
        pending.forced = std::move(parsable->forced);
        for (const sql::ParameterPlace& place : sql::ParameterPlaces(pending.text)) {
          if (place.number > kMostParameters) {
            pending.refused = absl::InvalidArgumentError(absl::StrCat(
                "$", place.number, " is beyond the ", kMostParameters, " parameters that a statement has"));
          }
        }
        if (pending.refused.ok()) DeclarePartsOfText(pending.text);
      }
      all.push_back(std::move(pending));
    }
  }
  return all;
}

// Parameters beside an arithmetic operator or within generate_series(...): those whose types PostgreSQL asks for.
std::set<int> InArithmetic(const std::string& text, const std::vector<sql::ParameterPlace>& places) {
  constexpr std::string_view kOperators = "+-*/%";
  constexpr std::string_view kBlanks = " \t\r\n";
  constexpr std::string_view kSeries = "generate_series";
  const auto is_operator = [&](std::size_t at) {
    return at != std::string::npos && kOperators.find(text[at]) != std::string_view::npos;
  };
  std::set<int> numbers;
  for (const sql::ParameterPlace& place : places) {
    const std::size_t before = place.begin == 0 ? std::string::npos : text.find_last_not_of(kBlanks, place.begin - 1);
    const std::size_t behind = text.find_first_not_of(kBlanks, place.end);
    const std::size_t open = place.begin == 0 ? std::string::npos : text.rfind('(', place.begin - 1);
    const bool in_series = open != std::string::npos && std::string_view(text).substr(0, open).ends_with(kSeries) &&
                           text.find(')', open) > place.begin;
    if (is_operator(before) || is_operator(behind) || in_series) numbers.insert(place.number);
  }
  return numbers;
}

// Texts such as $1 + $2 say nothing about types, and PostgreSQL asks for casts. Whoever wrote them had numbers there
// most of the time: what stands in arithmetic is tried as integers, what CASE returns, then each parameter by itself,
// then all together.
absl::Status GuessTypes(const Workload& workload, std::vector<Pending>& all, twin::Twin& twin) {
  std::vector<twin::PlannedText> guesses;
  std::vector<std::pair<std::size_t, std::string>> of;  // position in `all`, text
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string code = twin::ServerErrorCode(all[i].refused);
    // Ambiguous operator or function, undefined operator, indeterminate or mismatched type.
    if (code != "42725" && code != "42883" && code != "42P18" && code != "42804") continue;
    const std::vector<sql::ParameterPlace> places = sql::ParameterPlaces(all[i].text);
    int count = 0;
    for (const sql::ParameterPlace& place : places) count = std::max(count, place.number);
    std::vector<std::set<int>> tries = {InArithmetic(all[i].text, places), ResultsOfCases(all[i].text, places)};
    tries.push_back(tries[0]);
    tries.back().insert(tries[1].begin(), tries[1].end());
    std::set<int> every;
    for (int n = 1; n <= count && count <= kMostGuesses; ++n) {
      tries.push_back({n});
      every.insert(n);
    }
    tries.push_back(std::move(every));
    const Template& owner = workload.templates[all[i].template_index];
    for (const std::set<int>& numbers : tries) {
      if (numbers.empty()) continue;
      std::optional<std::string> typed = WithIntegers(all[i].text, numbers, count);
      if (!typed) continue;
      guesses.push_back({.sql = *typed, .user = owner.user, .search_path = owner.search_path});
      of.emplace_back(i, *std::move(typed));
    }
  }
  PGASSAY_ASSIGN_OR_RETURN(auto answers, twin.Parameters(guesses));
  for (std::size_t g = 0; g < answers.size(); ++g) {
    Pending& pending = all[of[g].first];
    if (!answers[g].ok() || pending.refused.ok()) continue;
    pending.refused = absl::OkStatus();
    pending.text = std::move(of[g].second);
    pending.parameters = *std::move(answers[g]);
  }
  return absl::OkStatus();
}

absl::Status Analyse(const Workload& workload, std::vector<Pending>& all, twin::Twin& twin) {
  std::vector<twin::PlannedText> texts;
  for (const Pending& pending : all) {
    const Template& of = workload.templates[pending.template_index];
    texts.push_back(
        {.sql = pending.refused.ok() ? pending.text : "SELECT 1", .user = of.user, .search_path = of.search_path});
  }
  PGASSAY_ASSIGN_OR_RETURN(auto answers, twin.Parameters(texts));
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].refused.ok()) continue;
    all[i].refused = answers[i].status();
    if (answers[i].ok()) all[i].parameters = *std::move(answers[i]);
  }
  return GuessTypes(workload, all, twin);
}

void AddBinding(std::vector<Binding>& bindings, Binding binding) {
  const auto same = std::ranges::find(bindings, binding.sql, &Binding::sql);
  if (same == bindings.end()) {
    bindings.push_back(std::move(binding));
  } else {
    same->weight += binding.weight;
  }
}

// Adds the bindings of one text; the error is the text's own.
absl::Status Bind(Template& of, const Pending& pending, const Snapshot& snapshot, std::size_t sets) {
  workload::ValueOptions options;
  options.sets = sets;
  for (const workload::ValueSet& values :
       workload::ChooseValues(pending.parameters, pending.forced, snapshot, options)) {
    PGASSAY_ASSIGN_OR_RETURN(std::string text, sql::Substitute(pending.text, values.literals));
    AddBinding(of.bindings, {.sql = std::move(text),
                             .weight = pending.unbound.weight * values.share,
                             .source = "statistics",
                             .note = values.note});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BindWorkload(Workload& workload, const Snapshot& snapshot, twin::Twin& twin) {
  double total = 0;
  for (const Template& of : workload.templates) total += Importance(of);
  PGASSAY_RETURN_IF_ERROR(FindVariables(workload, twin));
  PGASSAY_RETURN_IF_ERROR(ClassifyLogged(workload, snapshot, twin));
  const auto sets_of = [total](const Template& of) {
    return Importance(of) >= kMinorShare * total ? workload::ValueOptions{}.sets : kMinorSets;
  };
  for (Template& of : workload.templates) {
    const bool logged = std::ranges::any_of(of.bindings, [](const Binding& b) { return b.source == "log"; });
    if (logged) of.bindings = Representatives(std::move(of.bindings), sets_of(of));
  }
  std::vector<Pending> all = TakeUnbound(workload);
  if (all.empty()) return absl::OkStatus();
  PGASSAY_RETURN_IF_ERROR(Analyse(workload, all, twin));
  for (const Pending& pending : all) {
    Template& of = workload.templates[pending.template_index];
    const absl::Status bound = pending.refused.ok() ? Bind(of, pending, snapshot, sets_of(of)) : pending.refused;
    if (!bound.ok()) Skip(workload, pending, bound, twin.missing());
  }
  return absl::OkStatus();
}

}  // namespace pgassay::advisor
