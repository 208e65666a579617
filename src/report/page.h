#pragma once

// Text laid out for a terminal: headings, wrapped paragraphs, tables. Widths are counted in code points.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgassay::report {

// Code points of UTF-8 `text`.
std::size_t TextWidth(std::string_view text);

// At most `width` code points of `text`; "..." ends what was cut.
std::string Shorten(std::string_view text, std::size_t width);

struct TableColumn {
  std::string heading;
  bool right = false;     // figures are aligned right
  bool flexible = false;  // takes what the other columns leave of the width, and is shortened to it; at most one
  bool below = false;     // on a line of its own below the row, shortened to the width; at most one, the last
  bool sql = false;       // statements, definitions and names, as opposed to words and figures
};

class Page {
 public:
  Page(int width, bool color) : width_(width < 40 ? 40 : static_cast<std::size_t>(width)), color_(color) {}

  // All text given is made printable first, except that of Verbatim.
  void Heading(std::string_view text);
  void Blank();
  void Line(int indent, std::string_view text);                                 // one line, never wrapped
  void Shortened(int indent, std::string_view text);                            // one line, cut at the width
  void Strong(int indent, std::string_view text, std::string_view dim_suffix);  // bold, then the suffix where it fits
  void Paragraph(int indent, std::string_view text) { Hanging(indent, "", text); }
  // As paragraph, with `prefix` before every line.
  void Prefixed(std::string_view prefix, std::string_view text);
  // `label`, padded, before the first line; further lines start below the text. `label_width` counts the space after
  // it.
  void Hanging(int indent, std::string_view label, std::string_view text, std::size_t label_width = 0);
  void Table(int indent, const std::vector<TableColumn>& columns, const std::vector<std::vector<std::string>>& rows);
  void Verbatim(std::string_view line);  // as it is, with a line feed
  // Two texts beside each other, each in its half of the width, and cut to it.
  void Halves(int indent, std::string_view left, bool strong_left, std::string_view right, bool strong_right);
  static std::size_t HalfWidth(std::size_t width, int indent);
  // A line that is bold where `strong`, never wrapped.
  void Marked(int indent, std::string_view text, bool strong);

  std::size_t width() const { return width_; }
  std::string Take() { return std::move(text_); }

 private:
  void Wrap(std::string line, const std::string& next_line, std::string_view text);
  std::string Bold(std::string_view text) const;
  std::string Dim(std::string_view text) const;

  std::size_t width_;
  bool color_;
  std::string text_;
};

}  // namespace pgassay::report
