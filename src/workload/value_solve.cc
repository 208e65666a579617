#include "workload/value_solve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "workload/value_scalar.h"

namespace pgassay::workload {
namespace {

constexpr std::string_view kHole = "$0";

constexpr std::array<std::string_view, 8> kClocks = {
    "now()",       "CURRENT_TIMESTAMP",       "LOCALTIMESTAMP",       "CURRENT_DATE", "clock_timestamp()",
    "'now'::text", "transaction_timestamp()", "statement_timestamp()"};

// Functions whose result lies at their argument.
constexpr std::array<std::string_view, 12> kTransparent = {"lower",   "upper",        "btrim",    "ltrim",
                                                           "rtrim",   "date",         "abs",      "coalesce",
                                                           "to_date", "to_timestamp", "timezone", "date_trunc"};

struct Unit {
  std::string_view name;  // singular
  double seconds = 0;
};
constexpr double kDay = 86'400;
constexpr std::array<Unit, 9> kUnits = {{{"second", 1},
                                         {"sec", 1},
                                         {"minute", 60},
                                         {"min", 60},
                                         {"hour", 3'600},
                                         {"day", kDay},
                                         {"week", 7 * kDay},
                                         {"month", 30 * kDay},
                                         {"year", 365.25 * kDay}}};

// The arguments of make_interval, in order.
constexpr std::array<std::string_view, 7> kMakeInterval = {"year", "month", "week", "day", "hour", "min", "sec"};

std::string_view Trimmed(std::string_view text) {
  return FromAbsl(absl::StripAsciiWhitespace(ToAbsl(text)));
}

bool HasHole(std::string_view text) {
  return text.find(kHole) != std::string_view::npos;
}

bool IsClock(std::string_view text) {
  return !HasHole(text) && std::ranges::any_of(kClocks, [text](std::string_view clock) {
    return text.find(clock) != std::string_view::npos;
  });
}

// `text` with what stands inside of quotes and parentheses blanked out, byte by byte.
std::string Outside(std::string_view text) {
  std::string outside(text);
  int depth = 0;
  char quote = 0;
  for (char& c : outside) {
    const bool inside = quote != 0 || depth > 1 || (depth == 1 && c != ')');
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    }
    if (inside) c = '\1';
  }
  return outside;
}

// left OPERATOR right, one of them with the hole in it.
struct Operation {
  std::string_view op;  // empty: it is none
  std::string_view left;
  std::string_view right;
};

Operation OperationOf(std::string_view text) {
  const std::string outside = Outside(text);
  for (const std::string_view op : {" || ", " - ", " + ", " * "}) {
    if (const std::size_t at = outside.rfind(op); at != std::string::npos) {
      return {op.substr(1, op.size() - 2), text.substr(0, at), text.substr(at + op.size())};
    }
  }
  return {};
}

// Without white space, parentheses and casts around the whole.
std::string_view Unwrapped(std::string_view text) {
  for (;;) {
    text = Trimmed(text);
    const std::string outside = Outside(text);
    const bool operation = !OperationOf(text).op.empty();
    if (const std::size_t cast = outside.rfind("::"); cast != std::string::npos && !operation && HasHole(text)) {
      text = text.substr(0, cast);
    } else if (outside.starts_with('(') && outside.find(')') + 1 == outside.size()) {
      text = text.substr(1, text.size() - 2);
    } else {
      return text;
    }
  }
}

// Without the parentheses around the whole.
std::string_view Inside(std::string_view text) {
  text = Trimmed(text);
  if (text.starts_with('(') && Outside(text).find(')') + 1 == text.size()) text = text.substr(1, text.size() - 2);
  return text;
}

// The text of a constant such as '1 day'::interval or 30.
std::string_view ConstantText(std::string_view text) {
  text = Trimmed(text);
  while (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  if (!text.starts_with('\'')) return text;
  return text.substr(1, text.find('\'', 1) - 1);
}

std::optional<double> UnitSeconds(std::string_view name) {
  if (name.ends_with('s')) name.remove_suffix(1);
  if (name == "mon") name = "month";
  const auto unit = std::ranges::find(kUnits, name, &Unit::name);
  return unit == kUnits.end() ? std::nullopt : std::optional(unit->seconds);
}

// Seconds of "7 days" or "01:30:00".
std::optional<double> IntervalSeconds(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return ToScalar(text, TypeFamily::kTime);
  const std::optional<double> count = ToScalar(text.substr(0, space), TypeFamily::kDecimal);
  const std::optional<double> unit = UnitSeconds(text.substr(space + 1));
  if (!count || !unit) return std::nullopt;
  return *count * *unit;
}

// A length of time as a value of `type`: an interval, or a number of `unit` seconds each.
std::optional<std::string> Duration(double seconds, double unit, const ValueType& type) {
  if (!(seconds > 0) || !(unit > 0)) return std::nullopt;
  if (type.family == TypeFamily::kInterval) {
    const double whole = std::round(seconds);
    if (std::fmod(whole, kDay) == 0) return absl::StrCat(FromScalar(whole / kDay, TypeFamily::kInteger, 0), " days");
    return absl::StrCat(FromScalar(whole, TypeFamily::kInteger, 0), " seconds");
  }
  const bool fraction = type.family == TypeFamily::kDecimal || type.family == TypeFamily::kFloat;
  return FromScalar(seconds / unit, fraction ? TypeFamily::kDecimal : TypeFamily::kInteger, 3);
}

// The argument with the hole in a list of arguments, and its position from 0.
std::pair<std::string_view, std::size_t> ArgumentWithHole(std::string_view arguments) {
  const std::string outside = Outside(arguments);
  std::size_t position = 0;
  for (std::size_t begin = 0; begin < outside.size(); ++position) {
    const std::size_t end = std::min(outside.find(", ", begin), outside.size());
    const std::string_view argument = arguments.substr(begin, end - begin);
    if (HasHole(argument)) return {argument, position};
    begin = end + 2;
  }
  return {};
}

// The value of the hole for which `expression` is a length of `seconds`.
std::optional<std::string> SolveDuration(std::string_view expression, double seconds, const ValueType& type) {
  expression = Unwrapped(expression);
  if (expression == kHole) return Duration(seconds, kDay, type);  // date - integer counts days
  const Operation operation = OperationOf(expression);
  const bool left = HasHole(operation.left);
  const std::string_view rest = left ? operation.right : operation.left;
  if (operation.op == "*") {
    const std::optional<double> unit = IntervalSeconds(ConstantText(rest));
    return unit ? Duration(seconds, *unit, type) : std::nullopt;
  }
  if (operation.op == "||" && left) {
    const std::optional<double> unit = UnitSeconds(Trimmed(ConstantText(rest)));
    return unit && Unwrapped(operation.left) == kHole ? Duration(seconds, *unit, type) : std::nullopt;
  }
  const std::string_view call = "make_interval(";
  if (!expression.starts_with(call) || !expression.ends_with(')')) return std::nullopt;
  const auto [argument, position] =
      ArgumentWithHole(expression.substr(call.size(), expression.size() - call.size() - 1));
  const std::size_t arrow = argument.find(" => ");
  std::optional<double> unit;
  if (arrow != std::string_view::npos) {
    unit = UnitSeconds(argument.substr(0, arrow));
  } else if (position < kMakeInterval.size()) {
    unit = UnitSeconds(kMakeInterval[position]);
  }
  return unit ? Duration(seconds, *unit, type) : std::nullopt;
}

// The argument with the hole of a call of a transparent function; empty for anything else.
std::string_view TransparentArgument(std::string_view expression) {
  const std::size_t open = expression.find('(');
  if (open == std::string_view::npos || !expression.ends_with(')')) return {};
  const std::string_view name = expression.substr(0, open);
  if (std::ranges::find(kTransparent, name) == kTransparent.end()) return {};
  return ArgumentWithHole(expression.substr(open + 1, expression.size() - open - 2)).first;
}

// Seconds of a constant interval, also a number times one.
std::optional<double> ConstantSeconds(std::string_view text) {
  const Operation operation = OperationOf(Inside(text));
  if (operation.op != "*") return IntervalSeconds(ConstantText(text));
  const std::optional<double> left = ToScalar(ConstantText(operation.left), TypeFamily::kDecimal);
  const std::optional<double> right = ToScalar(ConstantText(operation.right), TypeFamily::kDecimal);
  const std::optional<double> unit = IntervalSeconds(ConstantText(left ? operation.right : operation.left));
  if (!unit || (!left && !right)) return std::nullopt;
  return *unit * (left ? *left : *right);
}

// A point of time moved by the constant of `operation`: an interval, or days.
std::string MovedInTime(const Operation& operation, bool hole_left, std::string_view target, absl::Time moment) {
  const std::string_view constant = hole_left ? operation.right : operation.left;
  std::optional<double> seconds = ToScalar(ConstantText(constant), TypeFamily::kDecimal);
  if (seconds) *seconds *= kDay;
  if (!seconds) seconds = ConstantSeconds(constant);
  if (!seconds || (operation.op == "-" && !hole_left)) return std::string(target);
  return FormatMoment(moment + absl::Seconds(operation.op == "+" ? -*seconds : *seconds)) + "+00";
}

// `target` moved by the constant of `operation`, a number or a point of time plus or minus a constant, so that the hole
// alone is worth it; as it is where they are nothing of the kind.
std::string Moved(const Operation& operation, bool hole_left, std::string_view target) {
  const std::optional<double> number = ToScalar(target, TypeFamily::kDecimal);
  if (!number) {
    const std::optional<absl::Time> moment = ParseMoment(target);
    return moment ? MovedInTime(operation, hole_left, target, *moment) : std::string(target);
  }
  const std::optional<double> shift =
      ToScalar(ConstantText(hole_left ? operation.right : operation.left), TypeFamily::kDecimal);
  if (!number || !shift) return std::string(target);
  const double moved = operation.op == "+" ? *number - *shift : hole_left ? *number + *shift : *shift - *number;
  return FromScalar(moved, TypeFamily::kDecimal, Decimals(target));
}

}  // namespace

std::optional<std::string> PutIn(std::string_view expression, std::string_view literal) {
  const std::size_t at = expression.find('$');
  if (at == std::string_view::npos || expression.substr(at, kHole.size()) != kHole) return std::nullopt;
  const std::string_view rest = expression.substr(at + kHole.size());
  if (rest.find('$') != std::string_view::npos) return std::nullopt;
  return absl::StrCat("(", ToAbsl(expression.substr(0, at)), ToAbsl(literal), ToAbsl(rest), ")");
}

std::optional<std::string> SolveFor(std::string_view expression, std::string_view target, const ValueType& type,
                                    absl::Time now) {
  expression = Unwrapped(expression);
  if (expression == kHole) return std::string(target);
  if (!HasHole(expression)) return std::nullopt;
  const Operation operation = OperationOf(expression);
  const bool left = HasHole(operation.left);
  if (operation.op == "-" || operation.op == "+") {
    const std::string_view rest = left ? operation.right : operation.left;
    if (!IsClock(rest))
      return SolveFor(left ? operation.left : operation.right, Moved(operation, left, target), type, now);
    const std::optional<absl::Time> moment = ParseMoment(target);
    if (!moment || (operation.op == "-" && left)) return std::nullopt;
    const absl::Duration distance = operation.op == "-" ? now - *moment : *moment - now;
    return SolveDuration(left ? operation.left : operation.right, absl::ToDoubleSeconds(distance), type);
  }
  if (!operation.op.empty()) return std::nullopt;
  const std::string_view argument = TransparentArgument(expression);
  if (expression.starts_with("to_timestamp(") && IsNumber(type.family)) {
    const std::optional<absl::Time> moment = ParseMoment(target);
    if (!moment) return std::nullopt;
    return FromScalar(static_cast<double>(absl::ToUnixSeconds(*moment)), TypeFamily::kInteger, 0);
  }
  return argument.empty() ? std::nullopt : SolveFor(argument, target, type, now);
}

}  // namespace pgassay::workload
