#include "workload/value_helpers.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/text.h"
#include "workload/value_argument.h"
#include "workload/value_json.h"
#include "workload/value_statistics.h"
#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

using Kind = catalog::ParameterUseKind;

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// One $n outside of quotes.
struct Hole {
  std::size_t begin = 0;
  std::size_t end = 0;
  int number = 0;
};

std::vector<Hole> Holes(std::string_view expression) {
  std::vector<Hole> holes;
  char quote = 0;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '$') {
      Hole hole{.begin = i, .end = i + 1, .number = 0};
      for (; hole.end < expression.size() && expression[hole.end] >= '0' && expression[hole.end] <= '9'; ++hole.end) {
        hole.number = std::min(10 * hole.number + (expression[hole.end] - '0'), 1'000'000);
      }
      if (hole.end > i + 1) holes.push_back(hole);
      i = hole.end - 1;
    }
  }
  return holes;
}

// `expression` with the literals of `fixed` in place of their parameters.
std::string WithLiterals(std::string_view expression, const std::map<int, std::string>& fixed) {
  std::string text;
  std::size_t from = 0;
  for (const Hole& hole : Holes(expression)) {
    const auto literal = fixed.find(hole.number);
    if (hole.number == 0 || literal == fixed.end()) continue;
    absl::StrAppend(&text, ToAbsl(expression.substr(from, hole.begin - from)), literal->second);
    from = hole.end;
  }
  return absl::StrCat(text, ToAbsl(expression.substr(from)));
}

class Preparation {
 public:
  Preparation(const catalog::Parameters& parameters, const Snapshot& snapshot, absl::Time now)
      : snapshot_(snapshot), now_(now) {
    for (const catalog::Parameter& parameter : parameters) {
      if (parameter.number > 0) open_.emplace(parameter.number, parameter);
    }
  }

  Prepared Run(std::span<const ForcedLiteral> forced) {
    for (const ForcedLiteral& literal : forced) Fix(literal.number, ForcedText(literal));
    for (auto& [number, parameter] : std::map(open_)) {
      if (IsConfiguration(parameter)) Fix(number, TypedLiteral(TextSearchConfiguration(snapshot_), parameter.type));
    }
    FixArguments();
    FixMinor();
    FixMembers();
    Prepared prepared{.fixed = fixed_, .open = {}};
    for (auto& [number, parameter] : open_) {
      for (catalog::ParameterUse& use : parameter.uses) Finish(use);
      prepared.open.push_back(std::move(parameter));
    }
    return prepared;
  }

 private:
  void Fix(int number, std::string literal) {
    fixed_.insert_or_assign(number, std::move(literal));
    open_.erase(number);
  }

  static bool IsConfiguration(const catalog::Parameter& parameter) {
    return WithoutModifiers(parameter.base_type) == "regconfig";
  }

  // The forced literal, with the type as PostgreSQL would write it where that is a text.
  std::string ForcedText(const ForcedLiteral& literal) const {
    const auto parameter = open_.find(literal.number);
    if (parameter == open_.end()) return literal.literal;
    if (IsConfiguration(parameter->second)) {
      return TypedLiteral(TextSearchConfiguration(snapshot_), parameter->second.type);
    }
    return literal.literal;
  }

  // Parameters that are arguments on the side of a column: date_trunc($1, placed_at) = $2.
  void FixArguments() {
    std::map<int, bool> wanted;
    for (const auto& [number, parameter] : open_) {
      for (const catalog::ParameterUse& use : parameter.uses) {
        for (const Hole& hole : Holes(use.expression)) wanted[hole.number] = true;
      }
    }
    for (const auto& [number, parameter] : std::map(open_)) {
      const bool argument = std::ranges::all_of(
          parameter.uses, [](const catalog::ParameterUse& use) { return use.kind == Kind::kArgument; });
      if (!argument || !wanted.contains(number)) continue;
      std::optional<std::string> legal;
      for (const catalog::ParameterUse& use : parameter.uses) {
        if (!legal) legal = ArgumentValue(use, parameter, snapshot_);
      }
      Fix(number, TypedLiteral(legal.value_or(TypicalValue(TypeOf(parameter), now_, 0)), parameter.type));
    }
  }

  // The parameter of a comparison that is worth choosing; `numbers` are all of it that are open.
  int Major(const std::vector<int>& numbers, const catalog::ParameterUse& use) const {
    const bool pattern = use.kind == Kind::kLike || use.kind == Kind::kRegex;
    if (pattern && numbers.size() > 2) return numbers[1];  // '%' || $n || '%'
    const auto first = [&](const auto& fits) {
      const auto found = std::ranges::find_if(numbers, [&](int n) { return fits(TypeOf(open_.at(n)).family); });
      return found == numbers.end() ? 0 : *found;
    };
    if (const int time = first(IsTime); time > 0) return time;
    const int other = first([](TypeFamily family) { return family != TypeFamily::kInterval; });
    return other > 0 ? other : numbers.front();
  }

  std::string MinorLiteral(const catalog::Parameter& parameter, const catalog::ParameterUse& use) const {
    const ValueType type = TypeOf(parameter);
    const std::string_view around = use.parameter_expression;
    const bool joined = Contains(around, "||") || Contains(around, "concat(");
    if (type.family == TypeFamily::kText && joined) {
      const bool pattern = use.kind == Kind::kLike;
      return TypedLiteral(pattern ? "%" : Contains(around, "interval") ? " days" : "", type.name);
    }
    if (IsNumber(type.family) && Contains(around, "make_interval(")) return TypedLiteral("0", type.name);
    return TypedLiteral(TypicalValue(type, now_, 0), type.name);
  }

  // Of comparisons with several parameters all but one are given a value, unless they are worth choosing elsewhere.
  void FixMinor() {
    std::map<int, catalog::ParameterUse> minor;
    for (auto& [number, parameter] : open_) {
      std::vector<catalog::ParameterUse> kept;
      for (const catalog::ParameterUse& use : parameter.uses) {
        std::vector<int> numbers;
        for (const Hole& hole : Holes(use.parameter_expression)) {
          const int in = hole.number == 0 ? number : hole.number;
          if (open_.contains(in)) numbers.push_back(in);
        }
        if (numbers.size() > 1 && Major(numbers, use) != number) {
          minor.emplace(number, use);
        } else {
          kept.push_back(use);
        }
      }
      if (!kept.empty()) minor.erase(number);
      if (!minor.contains(number)) parameter.uses = std::move(kept);
    }
    for (const auto& [number, use] : minor) Fix(number, MinorLiteral(open_.at(number), use));
  }

  // doc ->> $1: a key that documents have, by which the values beside it are found.
  void FixMembers() {
    for (const auto& [number, parameter] : std::map(open_)) {
      for (catalog::ParameterUse use : parameter.uses) {
        if (use.kind != Kind::kOperator || !(use.op.starts_with("->") || use.op.starts_with("#>"))) continue;
        const std::string before = WithLiterals(use.expression, fixed_);
        use.expression.clear();
        const ValueType type = TypeOf(parameter);
        if (const auto key = MemberKey(FindColumnValues(snapshot_, use), before, use.op, WantsNumber(number))) {
          if (type.family == TypeFamily::kText) Fix(number, TypedLiteral(*key, type.name));
          if (type.family == TypeFamily::kArray) {
            Fix(number, TypedLiteral(ArrayText(std::span(&*key, 1), TypeNamed("text")), type.name));
          }
        }
        break;
      }
    }
  }

  // Whether what $`number` names is cast to a number.
  bool WantsNumber(int number) const {
    const std::string end = absl::StrCat("$", number, ")");
    for (const auto& [other, parameter] : open_) {
      for (const catalog::ParameterUse& use : parameter.uses) {
        const std::size_t at = use.expression.find(end);
        if (at == std::string::npos) continue;
        const std::string_view rest = std::string_view(use.expression).substr(at + end.size());
        for (const std::string_view type : {")::integer", ")::bigint", ")::numeric", ")::double precision"}) {
          if (Contains(rest, type)) return true;
        }
      }
    }
    return false;
  }

  static std::optional<std::string> MemberKey(const ColumnValues& values, std::string_view before, std::string_view op,
                                              bool number) {
    std::vector<std::string> documents;
    for (const CommonValue& common : values.common) documents.push_back(common.text);
    documents.insert(documents.end(), values.bounds.begin(), values.bounds.end());
    const MemberWanted wanted = op == "->" ? MemberWanted::kNested : number ? MemberWanted::kNumber : MemberWanted::kText;
    for (const MemberWanted kind : {wanted, MemberWanted::kAny}) {
      for (const std::string& document : documents) {
        if (std::optional<std::string> key = JsonMemberKey(before, document, kind)) return key;
      }
    }
    return std::nullopt;
  }

  void Finish(catalog::ParameterUse& use) const {
    use.expression = WithLiterals(use.expression, fixed_);
    use.parameter_expression = WithLiterals(use.parameter_expression, fixed_);
    // now() - $0 and age($0) are small where the column is great.
    const bool falling = Contains(use.expression, " - $0") || Contains(use.expression, "age($0");
    if (falling && (use.kind == Kind::kLess || use.kind == Kind::kGreater)) {
      use.kind = use.kind == Kind::kLess ? Kind::kGreater : Kind::kLess;
    }
  }

  const Snapshot& snapshot_;
  absl::Time now_;
  std::map<int, catalog::Parameter> open_;
  std::map<int, std::string> fixed_;
};

}  // namespace

std::string TextSearchConfiguration(const Snapshot& snapshot) {
  constexpr std::string_view kCall = "to_tsvector('";
  std::map<std::string, int> counts;
  const std::string_view text = snapshot.schema_sql;
  for (std::size_t at = text.find(kCall); at != std::string_view::npos; at = text.find(kCall, at + 1)) {
    const std::size_t begin = at + kCall.size();
    const std::size_t end = std::min(text.find('\'', begin), text.size());
    // A constant document has no cast to regconfig behind it, and is left out.
    if (text.substr(end).starts_with("'::regconfig")) ++counts[std::string(text.substr(begin, end - begin))];
  }
  const auto most = std::ranges::max_element(counts, {}, &std::pair<const std::string, int>::second);
  if (most != counts.end()) return most->first;
  return std::string(snapshot.FindSetting("default_text_search_config").value_or("pg_catalog.simple"));
}

Prepared FixHelpers(const catalog::Parameters& parameters, std::span<const ForcedLiteral> forced,
                    const Snapshot& snapshot, absl::Time now) {
  return Preparation(parameters, snapshot, now).Run(forced);
}

}  // namespace pgassay::workload
