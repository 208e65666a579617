#include "golden/golden_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"

namespace pgassay::golden {
namespace {

constexpr std::string_view kSeparator = "----";

Lines Words(std::string_view line) {
  return absl::StrSplit(ToAbsl(line), absl::ByAnyChar(" \t"), absl::SkipEmpty());
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

class Parser {
 public:
  Parser(std::string_view text, std::span<const std::string_view> directives) : directives_(directives) {
    lines_ = absl::StrSplit(ToAbsl(text), '\n');
    if (lines_.back().empty()) {
      lines_.pop_back();
    }
  }

  absl::StatusOr<File> Run() {
    File file;
    Lines before;
    while (next_ < lines_.size()) {
      if (IsBlank(lines_[next_]) || lines_[next_].starts_with('#')) {
        before.push_back(lines_[next_++]);
        continue;
      }
      absl::StatusOr<Block> block = ReadBlock();
      if (!block.ok()) {
        return block.status();
      }
      block->before = std::exchange(before, {});
      file.blocks.push_back(*std::move(block));
    }
    file.after = std::move(before);
    return file;
  }

 private:
  absl::Status Error(std::size_t line, std::string_view message) const {
    return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", ToAbsl(message)));
  }

  bool IsDirective(std::string_view line) const {
    const Lines words = Words(line);
    return !words.empty() && std::find(directives_.begin(), directives_.end(), words[0]) != directives_.end() &&
           std::all_of(words.begin() + 1, words.end(),
                       [](const std::string& word) { return word.find('=') != std::string::npos; });
  }

  absl::StatusOr<Block> ReadBlock() {
    Block block;
    block.line = next_ + 1;
    block.header = lines_[next_++];
    if (!IsDirective(block.header)) {
      return Error(block.line, absl::StrCat("'", block.header, "' is no directive with name=value options"));
    }
    const Lines words = Words(block.header);
    block.directive = words[0];
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::size_t equals = words[i].find('=');
      block.options[words[i].substr(0, equals)] = words[i].substr(equals + 1);
    }
    while (next_ < lines_.size() && lines_[next_] != kSeparator) {
      block.input.push_back(lines_[next_++]);
    }
    if (next_ == lines_.size()) {
      return Error(block.line, absl::StrCat("'", block.directive, "' has no expectation: no line ---- follows"));
    }
    ++next_;
    while (next_ < lines_.size() && !IsBlank(lines_[next_]) && !lines_[next_].starts_with('#') &&
           !IsDirective(lines_[next_])) {
      block.expected.push_back(lines_[next_++]);
    }
    return block;
  }

  std::span<const std::string_view> directives_;
  Lines lines_;
  std::size_t next_ = 0;
};

void AppendLines(std::string& text, const Lines& lines) {
  for (const std::string& line : lines) {
    absl::StrAppend(&text, line, "\n");
  }
}

}  // namespace

absl::StatusOr<File> Parse(std::string_view text, std::span<const std::string_view> directives) {
  return Parser(text, directives).Run();
}

std::string Render(const File& file) {
  std::string text;
  for (const Block& block : file.blocks) {
    AppendLines(text, block.before);
    absl::StrAppend(&text, block.header, "\n");
    AppendLines(text, block.input);
    absl::StrAppend(&text, ToAbsl(kSeparator), "\n");
    AppendLines(text, block.expected);
  }
  AppendLines(text, file.after);
  return text;
}

bool SameText(const Lines& a, const Lines& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const std::string& left, const std::string& right) { return Words(left) == Words(right); });
}

}  // namespace pgassay::golden
