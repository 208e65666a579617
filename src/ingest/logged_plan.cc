// Every format has one property on a line (only statements and parameters span several), so all are read line by line:
// the same properties stand behind another label in each. A node's properties stand in front of those of its children,
// so the first node is the plan's own.

#include "ingest/logged_plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "ingest/json_text.h"
#include "ingest/message_words.h"

namespace pgassay::ingest {
namespace {

bool Take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

std::string_view TrimLeft(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

std::string_view TrimRight(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

std::string_view TakeLine(std::string_view& text) {
  const std::size_t newline = text.find('\n');
  const std::string_view line = text.substr(0, newline);
  text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  return line;
}

// A count at the beginning of `text`, which goes on behind it.
std::optional<double> TakeCount(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::int64_t ReadId(std::string_view text) {
  std::int64_t id = 0;
  return std::from_chars(text.data(), text.data() + text.size(), id).ec == std::errc() ? id : 0;
}

void AddNode(double estimated, double actual, double loops, LoggedPlan& plan) {
  if (loops < 1) return;  // never executed
  if (!plan.analyzed) {
    plan.analyzed = true;
    plan.rows = std::llround(std::min(actual * loops, static_cast<double>(kMostPlanRows)));
  }
  const double more = std::max({estimated, actual, 1.0});
  const double fewer = std::max(1.0, std::min(estimated, actual));
  const auto ratio = static_cast<std::int64_t>(std::min(more / fewer, static_cast<double>(kMostMisestimate)));
  plan.worst_misestimate = std::max(plan.worst_misestimate, ratio);
}

// One of the three figures of "WAL".
void AddWal(std::int64_t LoggedPlan::*figure, double value, LoggedPlan& plan) {
  plan.has_wal = true;
  plan.*figure = std::llround(std::min(value, static_cast<double>(kMostPlanWal)));
}

// "WAL: records=3 fpi=1 bytes=8432"; figures that are 0 are left out.
void ReadWalLine(std::string_view line, LoggedPlan& plan) {
  static constexpr std::pair<std::string_view, std::int64_t LoggedPlan::*> kFigures[] = {
      {" records=", &LoggedPlan::wal_records},
      {" fpi=", &LoggedPlan::wal_full_page_images},
      {" bytes=", &LoggedPlan::wal_bytes}};
  for (const auto& [name, figure] : kFigures) {
    const std::size_t at = line.find(name);
    if (at == std::string_view::npos) continue;
    std::string_view value = line.substr(at + name.size());
    if (const std::optional<double> count = TakeCount(value)) AddWal(figure, *count, plan);
  }
}

// Behind the name of a node: "  (cost=0.00..35.50 rows=10 width=4) (actual time=0.010..0.011 rows=3 loops=1)".
// Nothing: `line` is no node.
struct NodeLine {
  double estimated = 0;
  double actual = 0;
  double loops = 0;  // 0: not executed, or not told
};

std::optional<NodeLine> ReadNode(std::string_view line) {
  static constexpr std::string_view kCost = "  (cost=";
  const std::size_t cost = line.find(kCost);
  if (cost == 0 || cost == std::string_view::npos) return std::nullopt;
  NodeLine node;
  std::string_view rest = line.substr(cost + kCost.size());
  if (!TakeCount(rest) || !Take(rest, "..") || !TakeCount(rest) || !Take(rest, " rows=")) return std::nullopt;
  const std::optional<double> estimated = TakeCount(rest);
  if (!estimated || !Take(rest, " width=") || !TakeCount(rest) || !Take(rest, ")")) return std::nullopt;
  node.estimated = *estimated;
  if (!Take(rest, " (actual ")) return node;
  const std::size_t rows = rest.find("rows=");
  if (rows == std::string_view::npos) return node;
  rest.remove_prefix(rows + 5);
  const std::optional<double> actual = TakeCount(rest);
  if (!actual || !Take(rest, " loops=")) return node;
  node.actual = *actual;
  node.loops = TakeCount(rest).value_or(0);
  return node;
}

// The statement, which may have any number of lines, ends where the plan's first node stands: at the beginning of a
// line.
void ReadTextPlan(std::string_view text, LoggedPlan& plan) {
  if (!Take(text, "Query Text: ")) return;
  const std::string_view whole = text;
  TakeLine(text);
  while (!text.empty()) {
    const auto begin = static_cast<std::size_t>(text.data() - whole.data());
    const std::string_view line = TakeLine(text);
    if (line.starts_with(' ')) continue;
    const std::optional<NodeLine> first = ReadNode(line);
    if (!first) continue;
    AddNode(first->estimated, first->actual, first->loops, plan);
    std::string_view head = TrimRight(whole.substr(0, begin));
    static constexpr std::string_view kParameters = "\nQuery Parameters: ";
    if (const std::size_t at = head.rfind(kParameters); at != std::string_view::npos) {
      plan.parameters = head.substr(at + kParameters.size());
      head = TrimRight(head.substr(0, at));
    }
    plan.query = head;
    break;
  }
  bool own_properties = true;  // of the first node, not of one below it
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (std::string_view rest = line; Take(rest, "Query Identifier: ")) {
      plan.query_id = ReadId(rest);
      continue;
    }
    std::string_view property = TrimLeft(line);
    if (own_properties && Take(property, "WAL:")) ReadWalLine(property, plan);
    if (!property.starts_with("->")) continue;
    own_properties = false;
    if (const std::optional<NodeLine> node = ReadNode(line)) AddNode(node->estimated, node->actual, node->loops, plan);
  }
}

enum class Format : std::uint8_t { kJson, kYaml, kXml };

// Takes `name`, a property with a blank between its words, from the beginning of a line.
bool TakeLabel(Format format, std::string_view first, std::string_view second, std::string_view& line) {
  std::string_view rest = line;
  bool taken = false;
  switch (format) {
    case Format::kJson:
      taken = Take(rest, "\"") && Take(rest, first) && Take(rest, " ") && Take(rest, second) && Take(rest, "\":");
      break;
    case Format::kYaml:
      Take(rest, "- ");
      taken = Take(rest, first) && Take(rest, " ") && Take(rest, second) && Take(rest, ":");
      break;
    case Format::kXml:
      taken = Take(rest, "<") && Take(rest, first) && Take(rest, "-") && Take(rest, second) && Take(rest, ">");
      break;
  }
  if (taken) line = format == Format::kXml ? rest : TrimLeft(rest);
  return taken;
}

// "\"a\\nb\"", or as it stands where YAML needs no quotes. Nothing: its end is missing.
std::optional<std::string> ReadQuoted(std::string_view text) {
  std::string value;
  if (!Take(text, "\"")) {
    value = TrimRight(text);
    return value;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      if (!AppendUnescaped(text.substr(0, at), value)) return std::nullopt;
      return value;
    }
  }
  return std::nullopt;
}

// What the entities of XML stand for; others are kept.
std::string WithoutEntities(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&#x0d;", '\r'}};
  std::string value;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find('&'), text.size());
    value.append(text.substr(0, at));
    text.remove_prefix(at);
    if (text.empty()) break;
    const auto* const entity = std::find_if(std::begin(kEntities), std::end(kEntities),
                                            [&](const auto& of) { return text.starts_with(of.first); });
    value.push_back(entity == std::end(kEntities) ? '&' : entity->second);
    text.remove_prefix(entity == std::end(kEntities) ? 1 : entity->first.size());
  }
  return value;
}

// The value of a property that begins at `value`, the rest of its line; of XML also in the lines that follow, `text`.
std::optional<std::string> ReadText(Format format, std::string_view value, std::string_view text,
                                    std::string_view closing) {
  if (format != Format::kXml) return ReadQuoted(value);
  const std::string_view all(value.data(), static_cast<std::size_t>(text.data() + text.size() - value.data()));
  const std::size_t end = all.find(closing);
  if (end == std::string_view::npos) return std::nullopt;
  return WithoutEntities(all.substr(0, end));
}

void ReadStructuredPlan(Format format, std::string_view text, LoggedPlan& plan) {
  constexpr double kNone = -1;
  static constexpr std::pair<std::string_view, std::int64_t LoggedPlan::*> kWal[] = {
      {"Records", &LoggedPlan::wal_records},
      {"FPI", &LoggedPlan::wal_full_page_images},
      {"Bytes", &LoggedPlan::wal_bytes}};
  int nodes = 0;
  double estimated = kNone;
  double actual = kNone;
  while (!text.empty()) {
    std::string_view line = TrimLeft(TakeLine(text));
    if (line.empty()) continue;
    if (TakeLabel(format, "Plan", "Rows", line)) {
      ++nodes;
      estimated = TakeCount(line).value_or(kNone);
      actual = kNone;
    } else if (TakeLabel(format, "Actual", "Rows", line)) {
      actual = TakeCount(line).value_or(kNone);
    } else if (TakeLabel(format, "Actual", "Loops", line)) {
      // A worker's own rows have no estimate.
      if (estimated >= 0 && actual >= 0) AddNode(estimated, actual, TakeCount(line).value_or(0), plan);
      estimated = kNone;
      actual = kNone;
    } else if (const auto* const wal = std::ranges::find_if(
                   kWal, [&](const auto& of) { return nodes == 1 && TakeLabel(format, "WAL", of.first, line); });
               wal != std::end(kWal)) {
      if (const std::optional<double> count = TakeCount(line)) AddWal(wal->second, *count, plan);
    } else if (plan.query.empty() && TakeLabel(format, "Query", "Text", line)) {
      plan.query = ReadText(format, line, text, "</Query-Text>").value_or("");
    } else if (plan.parameters.empty() && TakeLabel(format, "Query", "Parameters", line)) {
      plan.parameters = ReadText(format, line, text, "</Query-Parameters>").value_or("");
    } else if (TakeLabel(format, "Query", "Identifier", line)) {
      plan.query_id = ReadId(line);
    }
  }
}

}  // namespace

LoggedPlan ReadPlan(std::string_view text) {
  LoggedPlan plan;
  text = TrimLeft(text);
  if (text.starts_with('{') || text.starts_with('[')) {
    ReadStructuredPlan(Format::kJson, text, plan);
  } else if (text.starts_with('<')) {
    ReadStructuredPlan(Format::kXml, text, plan);
  } else if (text.starts_with("Query Text: \"")) {  // no statement begins with a quote
    ReadStructuredPlan(Format::kYaml, text, plan);
  } else {
    ReadTextPlan(text, plan);
  }
  // What EXECUTE runs is logged with the PREPARE that it came in.
  if (const std::string_view behind = BehindPrepare(plan.query); behind.size() != plan.query.size())
    plan.query = std::string(behind);
  return plan;
}

}  // namespace pgassay::ingest
