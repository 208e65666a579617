#include "report/page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"

namespace pgassay::report {
namespace {

constexpr std::size_t kColumnGap = 2;
constexpr std::size_t kHalvesGap = 3;
constexpr int kBelowIndent = 4;  // of a cell below its row
// A statement cut to less than this says nothing.
constexpr std::size_t kLeastFlexibleWidth = 24;

bool ContinuesCodePoint(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string Spaces(std::size_t count) {
  return std::string(count, ' ');
}

std::string Pad(std::string_view text, std::size_t width, bool right) {
  const std::size_t used = TextWidth(text);
  const std::string padding = Spaces(width > used ? width - used : 0);
  return right ? padding + std::string(text) : std::string(text) + padding;
}

}  // namespace

std::size_t TextWidth(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !ContinuesCodePoint(c); }));
}

std::string Shorten(std::string_view text, std::size_t width) {
  if (TextWidth(text) <= width) return std::string(text);
  const std::size_t keep = width > 3 ? width - 3 : 0;
  std::size_t at = 0;
  for (std::size_t points = 0; at < text.size(); ++at) {
    if (!ContinuesCodePoint(text[at]) && points++ == keep) break;
  }
  return absl::StrCat(ToAbsl(text.substr(0, at)), std::string(std::min<std::size_t>(width, 3), '.'));
}

std::string Page::Bold(std::string_view text) const {
  return color_ ? absl::StrCat("\x1b[1m", ToAbsl(text), "\x1b[0m") : std::string(text);
}

std::string Page::Dim(std::string_view text) const {
  return color_ ? absl::StrCat("\x1b[2m", ToAbsl(text), "\x1b[0m") : std::string(text);
}

void Page::Heading(std::string_view text) {
  Blank();
  text_ += Bold(Printable(text)) + "\n";
}

void Page::Blank() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += "\n";
}

void Page::Line(int indent, std::string_view text) {
  text_ += Spaces(static_cast<std::size_t>(indent)) + Printable(text) + "\n";
}

void Page::Shortened(int indent, std::string_view text) {
  const auto begin = static_cast<std::size_t>(indent);
  text_ += Spaces(begin) + Shorten(Printable(text), width_ - begin) + "\n";
}

void Page::Strong(int indent, std::string_view text, std::string_view dim_suffix) {
  const std::string strong = Printable(text);
  const std::string suffix = Printable(dim_suffix);
  text_ += Spaces(static_cast<std::size_t>(indent)) + Bold(strong);
  const std::size_t used = static_cast<std::size_t>(indent) + TextWidth(strong) + TextWidth(suffix);
  if (!suffix.empty()) text_ += Spaces(used + kColumnGap > width_ ? kColumnGap : width_ - used) + Dim(suffix);
  text_ += "\n";
}

void Page::Prefixed(std::string_view prefix, std::string_view text) {
  Wrap(std::string(prefix), std::string(prefix), text);
}

void Page::Hanging(int indent, std::string_view label, std::string_view text, std::size_t label_width) {
  const std::string printable_label = Printable(label);
  const std::size_t begin = static_cast<std::size_t>(indent) + std::max(label_width, TextWidth(printable_label));
  Wrap(Pad(Spaces(static_cast<std::size_t>(indent)) + printable_label, begin, false), Spaces(begin), text);
}

void Page::Wrap(std::string line, const std::string& next_line, std::string_view text) {
  std::size_t used = TextWidth(line);
  bool first_word = true;
  for (const absl::string_view word : absl::StrSplit(Printable(text), ' ', absl::SkipEmpty())) {
    const std::size_t word_width = TextWidth(FromAbsl(word));
    if (!first_word && used + 1 + word_width > width_) {
      text_ += line + "\n";
      line = next_line;
      used = TextWidth(line);
      first_word = true;
    }
    if (!first_word) {
      line += ' ';
      ++used;
    }
    absl::StrAppend(&line, word);
    used += word_width;
    first_word = false;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  text_ += line + "\n";
}

void Page::Table(int indent, const std::vector<TableColumn>& columns,
                 const std::vector<std::vector<std::string>>& rows) {
  const std::size_t below = columns.empty() || !columns.back().below ? columns.size() : columns.size() - 1;
  std::vector<std::size_t> widths;
  std::size_t total = static_cast<std::size_t>(indent);
  for (std::size_t c = 0; c < below; ++c) {
    std::size_t width = TextWidth(columns[c].heading);
    for (const auto& row : rows) width = std::max(width, TextWidth(Printable(row[c])));
    widths.push_back(width);
    total += width + (c > 0 ? kColumnGap : 0);
  }
  for (std::size_t c = 0; c < below; ++c) {
    if (!columns[c].flexible || total <= width_) continue;
    const std::size_t excess = total - width_;
    widths[c] = std::max(std::min(widths[c], kLeastFlexibleWidth), widths[c] > excess ? widths[c] - excess : 0);
  }
  const auto format = [&](const auto& cell_of) {
    std::string line = Spaces(static_cast<std::size_t>(indent));
    for (std::size_t c = 0; c < below; ++c) {
      if (c > 0) line += Spaces(kColumnGap);
      line += Pad(Shorten(cell_of(c), widths[c]), widths[c], columns[c].right);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  };
  text_ += Dim(format([&](std::size_t c) { return columns[c].heading; })) + "\n";
  for (const auto& row : rows) {
    text_ += format([&](std::size_t c) { return Printable(row[c]); }) + "\n";
    if (below < columns.size()) Shortened(indent + kBelowIndent, row[below]);
  }
}

std::size_t Page::HalfWidth(std::size_t width, int indent) {
  const std::size_t taken = static_cast<std::size_t>(indent) + kHalvesGap;
  return width > taken ? (width - taken) / 2 : 0;
}

void Page::Halves(int indent, std::string_view left, bool strong_left, std::string_view right, bool strong_right) {
  const std::size_t half = HalfWidth(width_, indent);
  const std::string first = Shorten(Printable(left), half);
  const std::string second = Shorten(Printable(right), half);
  std::string line = Spaces(static_cast<std::size_t>(indent)) + (strong_left ? Bold(first) : first);
  if (!second.empty()) {
    line += Spaces(half - TextWidth(first) + kHalvesGap);
    line += strong_right ? Bold(second) : second;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  text_ += line + "\n";
}

void Page::Marked(int indent, std::string_view text, bool strong) {
  const std::string line = Printable(text);
  text_ += Spaces(static_cast<std::size_t>(indent)) + (strong ? Bold(line) : line) + "\n";
}

void Page::Verbatim(std::string_view line) {
  text_ += line;
  text_ += '\n';
}

}  // namespace pgassay::report
