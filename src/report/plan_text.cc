#include "report/plan_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"

namespace pgassay::report {
namespace {

constexpr std::size_t kSideBySideWidth = 120;  // columns of the page: less leaves too little for a condition
constexpr int kIndent = 2;                     // of the plans on the page
constexpr std::size_t kLevel = 2;              // columns for each level of the tree
constexpr std::size_t kDeepestIndent = 24;     // deeper nodes stand no further to the right
constexpr std::size_t kHang = 4;               // of conditions and of continued lines below their node
constexpr std::size_t kLeastText = 16;         // columns of text left beside the indent
constexpr std::size_t kMostLines = 4;          // of one condition

// Appends `text` wrapped at spaces; a word wider than a line is broken.
void Wrap(std::vector<PlanLine>& lines, std::string_view text, const std::string& first, const std::string& next,
          std::size_t width, bool changed) {
  const std::size_t room = std::max(width, next.size() + kLeastText) - next.size();
  std::vector<std::string> wrapped(1);
  for (const absl::string_view piece : absl::StrSplit(Printable(text), ' ', absl::SkipEmpty())) {
    std::string word(piece);
    if (!wrapped.back().empty() && TextWidth(wrapped.back()) + 1 + TextWidth(word) > room) wrapped.emplace_back();
    if (!wrapped.back().empty()) wrapped.back() += ' ';
    wrapped.back() += word;
    while (TextWidth(wrapped.back()) > room && wrapped.size() <= kMostLines) {
      std::string& line = wrapped.back();
      // What fits, found by shortening: the three dots take the place of three more code points.
      const std::string head = Shorten(line, room);
      const std::size_t keep = head.size() - 3;
      std::string rest = line.substr(keep);
      line.resize(keep);
      wrapped.push_back(std::move(rest));
    }
    if (wrapped.size() > kMostLines) break;
  }
  if (wrapped.size() > kMostLines) {
    wrapped.resize(kMostLines);
    wrapped.back() = Shorten(wrapped.back(), room - 3) + "...";
  }
  for (std::size_t i = 0; i < wrapped.size(); ++i) lines.push_back({(i == 0 ? first : next) + wrapped[i], changed});
}

std::vector<PlanLine> NodeLines(const PlanNode& node, std::size_t width) {
  const std::size_t deepest = std::min(kDeepestIndent, width / 3);
  const std::size_t indent = std::min(static_cast<std::size_t>(std::max(node.depth, 0)) * kLevel, deepest);
  const std::string first = absl::StrCat(node.changed ? "* " : "  ", std::string(indent, ' '));
  const std::string next(indent + 2 + kHang, ' ');
  std::vector<PlanLine> lines;
  Wrap(lines, node.figures.empty() ? node.title : absl::StrCat(node.title, " (", node.figures, ")"), first, next, width,
       node.changed);
  for (const std::string& detail : node.details) Wrap(lines, detail, next, next, width, node.changed);
  return lines;
}

void WriteBesides(Page& page, const PlanPair& plans) {
  const std::size_t half = Page::HalfWidth(page.width(), kIndent);
  page.Halves(kIndent, plans.before_title, true, plans.after_title, true);
  const PlanLine none;
  for (const PlanRow& row : plans.rows) {
    const std::vector<PlanLine> left = row.before ? NodeLines(*row.before, half) : std::vector<PlanLine>();
    const std::vector<PlanLine> right = row.after ? NodeLines(*row.after, half) : std::vector<PlanLine>();
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      const PlanLine& a = i < left.size() ? left[i] : none;
      const PlanLine& b = i < right.size() ? right[i] : none;
      page.Halves(kIndent, a.text, a.changed, b.text, b.changed);
    }
  }
}

}  // namespace

std::vector<PlanLine> PlanLines(const PlanPair& plans, bool after, std::size_t width) {
  std::vector<PlanLine> lines;
  for (const PlanRow& row : plans.rows) {
    const std::optional<PlanNode>& node = after ? row.after : row.before;
    if (!node) continue;
    std::vector<PlanLine> more = NodeLines(*node, width);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

void WritePlans(Page& page, const PlanPair& plans) {
  page.Blank();
  if (page.width() >= kSideBySideWidth) return WriteBesides(page, plans);
  for (const bool after : {false, true}) {
    page.Line(kIndent, after ? plans.after_title : plans.before_title);
    const std::vector<PlanLine> lines = PlanLines(plans, after, page.width() - kIndent);
    for (const PlanLine& line : lines) page.Marked(kIndent, line.text, line.changed);
  }
}

}  // namespace pgassay::report
